"""Every source over the lab in memory: what it finds, and what it says when it is lost."""

import asyncio
from contextlib import asynccontextmanager

import pytest

from lparwiz.lab.scenario import Scenario
from lparwiz.watch.figures import Cause, counted
from lparwiz.watch.gaps import ROUNDED
from lparwiz.watch.measuring import measure
from lparwiz.watch.peers import POLL, Links

from .streaming import Streaming

INTERVAL = 0.05
NEAR = 0.015


class Watch:
    """A watch under way, and what it has found."""

    def __init__(self, world, **options):
        self.world = world
        self.found = []
        self.task = asyncio.create_task(
            measure(world, world.change, world, self.found.append, **options)
        )

    @property
    def site(self):
        return self.world.site

    @property
    def figures(self):
        return self.found[-1]

    def source(self, name):
        return next(source for source in self.figures.sources if source.id == name)

    def others(self, name):
        return [(gap.cause, gap.seconds) for gap in self.source(name).other]

    async def go_on(self, seconds):
        await self.site.clock.sleep(seconds)
        assert not self.task.done()

    async def end(self):
        self.task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await self.task


@asynccontextmanager
async def watching(tmp_path, *, faults=(), seconds=10.0, **fields):
    """A watch that has gone on for so many lab seconds."""
    world = Streaming(Scenario(**fields), tmp_path / "change.toml")
    for kind, host, pattern, more in faults:
        world.site.faults.add(kind, host, pattern, **more)
    watch = Watch(world)
    try:
        await watch.go_on(seconds)
        yield watch
    finally:
        if not watch.task.done():
            await watch.end()
        await world.site.close()
    assert world.streams == 0


async def test_a_freeze_is_told_by_every_source_each_in_its_own_measure(tmp_path):
    async with watching(tmp_path, llt_log=True, peerinact=(3200, 300)) as watch:
        watch.site.freeze("db01", 9.0)
        await watch.go_on(30.0)
        (freeze,) = watch.site.record.of("thaw")
        assert freeze["seconds"] == 9.0
        ticks, ssh = watch.source("ticks").longest, watch.source("ssh").longest
        assert ticks.cause is Cause.FREEZE
        assert 9.0 <= ticks.seconds <= 9.0 + INTERVAL + NEAR
        assert ticks.least <= 9.0 + ROUNDED
        assert 9.0 <= ssh.seconds <= 9.0 + INTERVAL + NEAR
        ping = watch.source("ping/db02").longest
        assert ping.cause is Cause.SILENCE
        assert 9.0 <= ping.seconds <= 9.0 + 0.3
        links = watch.source("llt/db02").longest  # between two looks, six seconds apart, each end
        assert links.least <= 9.0 <= links.seconds <= 9.0 + 2 * 6.0 + NEAR
        log = watch.source("log/db02").longest  # of a high-pri or a low-pri link: 2 s more
        assert log.least <= 9.0 <= log.seconds <= 9.0 + 2.0 + 2.0
        assert all(not source.lost for source in watch.figures.sources)
        assert counted(watch.figures)[0].gap.seconds >= 9.0


@pytest.mark.parametrize("peerinact", [1600, 300])
async def test_links_that_are_down_had_been_silent_for_peerinact_before(tmp_path, peerinact):
    async with watching(tmp_path, peerinact=(3200, peerinact)) as watch:
        watch.site.freeze("db01", 40.0)
        await watch.go_on(60.0)
        links = watch.source("llt/db02").longest
    assert links.least <= 40.0 <= links.seconds <= 40.0 + 2 * POLL + NEAR


async def test_without_a_freeze_nothing_is_found(tmp_path):
    async with watching(tmp_path, seconds=60.0) as watch:
        assert counted(watch.figures) == ()
        assert all(not source.other for source in watch.figures.sources)
        assert watch.source("ticks").samples > 20 * 55
        assert max(watch.source("ticks").recent[-50:]) == pytest.approx(INTERVAL, abs=NEAR)
        assert {source.id for source in watch.figures.sources} == {
            "ticks",
            "ssh",
            "ping/db02",
            "llt/db02",
        }


async def test_a_freeze_shows_in_the_last_two_minutes_while_it_lasts(tmp_path):
    async with watching(tmp_path) as watch:
        watch.site.freeze("db01", 30.0)
        await watch.go_on(20.0)
        assert watch.source("ticks").longest is None
        assert watch.source("ticks").recent[-1] > 19.0
        assert watch.source("ticks").standing > 19.0
        assert watch.source("ping/db02").standing > 19.0
        await watch.go_on(20.0)
        assert watch.source("ticks").standing == 0.0
        assert len(watch.source("ticks").recent) == 120


async def test_a_freeze_that_lasts_when_the_watch_ends_counts_as_far_as_it_went(tmp_path):
    async with watching(tmp_path) as watch:
        watch.site.freeze("db01", 60.0)
        await watch.go_on(20.0)
        await watch.end()
        longest = watch.source("ticks").longest
        assert longest.cause is Cause.SILENCE
        assert 19.9 <= longest.seconds <= 20.1
        assert counted(watch.figures)[0].open


NO_PING = ("fail", "db02", "ping", {"text": "0821-062 ping: NOT FOUND", "count": None})


async def test_a_loop_that_dies_in_the_freeze_hides_nothing_of_it(tmp_path):
    dies = ("falls-silent", "db01", "perl", {"seconds": 12.0})
    async with watching(tmp_path, faults=[dies, NO_PING], peerinact=(9000, 9000)) as watch:
        watch.site.freeze("db01", 20.0)
        await watch.go_on(60.0)
        assert counted(watch.figures)[0].gap.seconds >= 20.0


@pytest.mark.parametrize(
    "how",
    [{"clock_stops": True}, {"without_perl": frozenset({"db01"})}],
    ids=["the clock is set meanwhile", "ksh"],
)
async def test_a_freeze_is_found_though_the_path_stalls_for_longer_right_after_it(tmp_path, how):
    async with watching(tmp_path, faults=[NO_PING], peerinact=(9000, 9000), **how) as watch:
        watch.site.freeze("db01", 20.0)
        await watch.go_on(20.0)
        watch.site.part("db01", 22.0)
        await watch.go_on(60.0)
        assert counted(watch.figures)[0].gap.seconds >= 20.0


async def test_a_cut_path_is_no_freeze_and_ping_tells_its_length(tmp_path):
    async with watching(tmp_path) as watch:
        watch.site.part("db01", 7.0)
        await watch.go_on(20.0)
        assert watch.source("ticks").longest is None
        ((cause, seconds),) = watch.others("ticks")
        assert cause is Cause.PATH
        assert seconds >= 7.0
        assert 7.0 <= watch.source("ping/db02").longest.seconds <= 7.3


@pytest.mark.parametrize("seconds", [0.77, 1.01, 3.13, 7.0])
@pytest.mark.parametrize("phase", [0.0, 0.03, 0.07, 0.11])
async def test_the_truth_lies_between_the_ends_that_ping_tells(tmp_path, phase, seconds):
    """A request goes out just before the path is cut, and another just before it is back."""
    async with watching(tmp_path) as watch:
        await watch.go_on(phase)
        watch.site.part("db01", seconds)
        await watch.go_on(seconds + 3.0)
        longest = watch.source("ping/db02").longest
        assert longest.least <= seconds <= longest.seconds <= seconds + 0.3


@pytest.mark.parametrize("seconds", [-3600.0, 90.0])
async def test_a_clock_that_is_set_is_said_so_and_no_freeze(tmp_path, seconds):
    async with watching(tmp_path) as watch:
        watch.site.set_clock("db01", seconds)
        await watch.go_on(5.0)
        assert counted(watch.figures) == ()
        assert watch.others("ticks") == [(Cause.CLOCK, pytest.approx(abs(seconds), abs=NEAR))]


async def test_a_clock_that_stands_still_in_the_freeze_hides_nothing_of_it(tmp_path):
    async with watching(tmp_path, clock_stops=True) as watch:
        watch.site.freeze("db01", 9.0)
        await watch.go_on(20.0)
        assert watch.source("ticks").longest.cause is Cause.FREEZE
        assert 9.0 <= watch.source("ticks").longest.seconds <= 9.0 + INTERVAL + NEAR


async def test_without_perl_ksh_ticks_every_second(tmp_path):
    async with watching(tmp_path, without_perl=frozenset({"db01", "db02"})) as watch:
        watch.site.freeze("db01", 9.0)
        await watch.go_on(20.0)
        ticks, ping = watch.source("ticks"), watch.source("ping/db02")
        assert (ticks.interval, ping.interval) == (1.0, 1.0)
        assert ticks.longest.cause is Cause.FREEZE
        assert 9.0 <= ticks.longest.seconds <= 10.0 + NEAR
        assert 9.0 <= ping.longest.seconds <= 11.0
        assert not ticks.lost


async def test_lines_cut_in_two_are_read_all_the_same(tmp_path):
    async with watching(tmp_path, faults=[("cut-lines", "*", "perl", {"count": None})]) as watch:
        watch.site.freeze("db01", 9.0)
        await watch.go_on(20.0)
        assert watch.source("ticks").samples > 350
        assert watch.source("ticks").longest.seconds == pytest.approx(9.0, abs=2 * INTERVAL)
        assert watch.source("ping/db02").samples > 60


RESTRICTED = {"text": "rksh: perl: restricted", "status": 126, "count": None}


async def test_a_restricted_shell_loses_its_sources_with_the_reason_and_the_others_go_on(tmp_path):
    async with watching(tmp_path, faults=[("fail", "db01", "perl", RESTRICTED)]) as watch:
        watch.site.freeze("db01", 9.0)
        await watch.go_on(20.0)
        for name in ("ticks", "ssh"):
            lost = watch.source(name)
            assert "rksh: perl: restricted" in lost.lost
            assert "126" in lost.lost
            assert (lost.samples, lost.longest) == (0, None)
        assert 9.0 <= watch.source("ping/db02").longest.seconds <= 9.3
        assert counted(watch.figures)[0].gap.seconds >= 9.0


async def test_a_stream_that_stops_though_the_node_answers_is_lost_and_begun_anew(tmp_path):
    silent = ("falls-silent", "db01", "perl", {"seconds": 20.0})
    async with watching(tmp_path, faults=[silent], seconds=28.0) as watch:
        assert "though the node answers" in watch.source("ticks").lost
        assert watch.source("ticks").recent[-1] is None
        await watch.go_on(12.0)
        assert watch.source("ticks").lost == ""
        assert watch.source("ticks").recent[-1] == pytest.approx(INTERVAL, abs=NEAR)
        unknown = watch.source("ticks").longest  # an answer proves nothing of the time before
        assert unknown.cause is Cause.SILENCE
        assert 5.0 <= unknown.seconds <= 6.0
        assert {cause for cause, _ in watch.others("ticks")} == {Cause.PATH}


async def test_a_stream_that_never_ticks_is_lost_with_the_reason(tmp_path):
    dumb = ("garbage", "db01", "perl", {"count": None})
    async with watching(tmp_path, faults=[dumb], seconds=9.0) as watch:
        assert "no tick" in watch.source("ticks").lost


async def test_a_peer_that_is_gone_is_lost_and_the_others_go_on(tmp_path):
    async with watching(tmp_path, nodes=3) as watch:
        watch.site.cut_off("db02", None)
        watch.site.freeze("db01", 9.0)
        await watch.go_on(30.0)
        assert watch.source("llt/db02").lost
        assert not watch.source("ping/db03").lost
        assert 9.0 <= watch.source("ping/db03").longest.seconds <= 9.3
        assert 9.0 <= watch.source("ticks").longest.seconds <= 9.0 + INTERVAL + NEAR


async def test_a_node_that_its_peers_know_by_no_name_loses_ping_with_the_reason(tmp_path):
    unknown = ("fail", "db02", "ping", {"text": "0821-062 ping: NOT FOUND", "count": None})
    async with watching(tmp_path, faults=[unknown]) as watch:
        assert watch.source("ping/db02").lost == "db02 gets no reply by any name"


async def test_a_peer_that_was_never_reached_loses_ping_for_that_and_not_for_a_name(tmp_path):
    async with watching(tmp_path, unreachable=frozenset({"db02"})) as watch:
        assert watch.source("ping/db02").lost == "db02 is out of reach"


async def test_llt_that_does_not_run_on_a_peer_is_lost_with_the_reason(tmp_path):
    async with watching(tmp_path, llt_down=frozenset({"db02"}), seconds=20.0) as watch:
        assert "LLT is not running" in watch.source("llt/db02").lost


async def test_it_changes_nothing_and_leaves_nothing_behind(tmp_path):
    async with watching(tmp_path, llt_log=True, seconds=30.0) as watch:
        await watch.end()
        assert watch.site.verdict()["strays"] == []
        assert not watch.site.record.of("file")
        assert not watch.site.record.of("timer")


async def test_a_change_without_a_migrating_node_is_refused(tmp_path):
    world = Streaming(Scenario(route="managed"), tmp_path / "change.toml")
    with pytest.raises(ValueError, match="no migrating node"):
        await measure(world, world.change, world, lambda _: None)
    await world.site.close()


@pytest.mark.parametrize("text", ["-f", "$(reboot)", "a b", "\x1b[2J", ""])
async def test_whatever_a_node_calls_itself_its_peers_find_it_by_another_name(tmp_path, text):
    named = ("fail", "db01", "hostname", {"text": text, "status": 0, "count": None})
    other = ("other-channel", "db01", "hostname", {"count": None})
    async with watching(tmp_path, faults=[named, other]) as watch:
        assert watch.source("ping/db02").samples > 10
        assert not any("-f" in line for line in watch.site.record.commands("db02"))


async def test_a_source_that_fails_is_lost_with_the_reason_and_the_others_go_on(
    tmp_path, monkeypatch
):
    async def fails(_links):
        raise RuntimeError("a fault of its own")

    monkeypatch.setattr(Links, "listen", fails)
    async with watching(tmp_path) as watch:
        assert watch.source("llt/db02").lost == "a fault of its own"
        assert watch.source("ticks").samples > 100
