"""What a hostile reader of the measuring has found: each test shows one thing that went wrong."""

import json
import os
import resource
import sys
from pathlib import Path

import pytest

from lparwiz import history
from lparwiz.history import History, Kind, Seen
from lparwiz.lab.scenario import Scenario
from lparwiz.steps import rule
from lparwiz.steps.watching import found_in, not_believed
from lparwiz.tools.llt_log import Silences
from lparwiz.watch.figures import Cause, Figures, Gap, Source
from lparwiz.watch.gaps import Gaps, Lag, Sign
from lparwiz.watch.peers import Links

from ..memory import Memory
from .test_measuring import watching

CHANGE = Memory(Scenario(route="outside"), Path("/nowhere/change.toml")).change


def source(name, seconds, interval, cause=Cause.SILENCE):
    gap = Gap(100.0, seconds, interval, cause)
    return Source(name, name, "", interval, 500, gap)


@pytest.mark.parametrize(
    ("name", "seconds", "interval"),
    [("log/db02", 5.5, 2.0), ("llt/db02", 8.0, 8.0), ("ping/db02", 0.74, 0.25)],
    ids=["the log, to the second", "the links, by polls", "ping"],
)
def test_a_freeze_is_kept_though_a_coarser_source_read_it_longer(name, seconds, interval):
    """Only the longest source is looked at, and its own coarseness then dismisses all of them."""
    ticks = source("ticks", 0.5 if name.startswith("ping") else 4.0, 0.05, Cause.FREEZE)
    figures = Figures(200.0, (ticks, source(name, seconds, interval)))
    found = found_in(figures, CHANGE, Kind.MIGRATION, memory=None)
    assert found is not None
    assert found.seconds >= ticks.longest.seconds


@pytest.mark.parametrize("before", [0.1, 0.05])
def test_a_path_that_is_faster_after_the_freeze_takes_nothing_off_it(before):
    """The LPAR has moved nearer: 45 to 95 ms less on the way. By its own clock it stood for 5 s."""
    gaps = Gaps(0.05, Cause.FREEZE, Lag())
    found = []
    for number in range(100):
        clock = number * 0.05
        found += gaps.heard(Sign(1000 + clock + before, number, clock))
    for number in range(100, 200):
        clock = 99 * 0.05 + 5.0 + 1e-9 + (number - 100) * 0.05
        found += gaps.heard(Sign(1000 + clock + 0.005, number, clock))
    (freeze,) = [gap for gap in found if gap.cause is Cause.FREEZE]
    assert freeze.seconds >= 5.0


def lines(second, link, said):
    return (
        f"Nov 22 02:{second // 60:02}:{second % 60:02} db02 kern:info unix: LLT INFO "
        f"V-14-1-10205 link {link} (en{link}) node 0 {said}"
    )


def test_a_link_that_flapped_once_takes_nothing_off_a_later_silence():
    """A link's old silence is taken for its share in the new one: 20 s read as some 5."""
    log = Silences(node=0, links=2, trouble=2.0)
    assert log.read([lines(10, 0, "in trouble"), lines(12, 0, "active")]) == []
    told = log.read(
        [
            lines(600, 0, "in trouble"),
            lines(600, 1, "in trouble"),
            lines(620, 1, "active"),
            lines(620, 0, "active"),
        ]
    )
    assert max(told) >= 20.0


def test_a_figure_that_no_freeze_takes_does_not_block_every_later_change():
    """A rehearsal during which the node was switched off for an hour."""
    off = Seen(0.0, "db01", "a", "b", 3600.0, 3599.0, 10, "ping from db02", Kind.REHEARSAL)
    longest = History(None, [off]).longest("db01", "a", "b")
    freeze = rule.Figure(longest.seconds) if longest is not None else None
    running = {"db01": rule.Running(1600, 100, 400)}
    proposal = rule.propose(freeze, None, running)
    stops = [f for f in rule.against(freeze, proposal.wanted, running) if f.level == "stop"]
    assert stops == [], (proposal.rule, [f.text for f in stops])


@pytest.mark.parametrize("figure", ["NaN", "Infinity", "-5"])
def test_a_figure_that_is_no_number_of_seconds_is_passed_over(tmp_path, figure):
    seen = Seen(0.0, "db01", "a", "b", 5.0, 4.9, 10, "ticks", Kind.MIGRATION)
    path = tmp_path / history.FILE
    path.write_text(json.dumps(seen.as_data()).replace("5.0", figure) + "\n")
    assert history.read(path) == ()


def test_a_figure_that_did_not_fit_on_the_disk_is_an_error(tmp_path):
    """`write` may write but a part of a line, and says so by its result only."""
    seen = Seen(0.0, "db01", "a", "b", 5.0, 4.9, 10, "ticks", Kind.MIGRATION)
    path = tmp_path / history.FILE
    child = os.fork()
    if child == 0:
        status = 1
        try:
            resource.setrlimit(resource.RLIMIT_FSIZE, (40, 40))
            history.append(path, seen)
        except OSError:
            status = 0
        finally:
            sys.stderr.flush()
            os._exit(status)
    _, ended = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(ended) == 0


# -- what was mended beside it --------------------------------------------------------------------


def test_a_silence_longer_than_any_freeze_is_not_kept_and_the_reason_is_said():
    figures = Figures(9999.0, (source("ticks", 3600.0, 0.05), source("ping/db02", 20.0, 0.25)))
    found = found_in(figures, CHANGE, Kind.REHEARSAL, memory=None)
    assert found is not None
    assert found.seconds == 20.0
    assert "3600.00 s without a sign, by the ticks" in not_believed(figures)
    assert not_believed(Figures(9999.0, figures.sources[1:])) == ""


def test_while_a_node_is_missing_nothing_is_said_to_need_no_change():
    running = {"db01": rule.Running(9000, 100, 400)}
    assert rule.propose(rule.Figure(5.0), None, running).wanted is None
    proposal = rule.propose(rule.Figure(5.0), None, running, ["db02"])
    assert proposal.wanted == 1600
    assert "the peerinact of db02 is not known" in proposal.rule


def test_silences_of_two_links_that_do_not_overlap_are_none():
    log = Silences(node=0, links=2, trouble=2.0)
    assert log.read([lines(10, 0, "in trouble"), lines(12, 0, "active")]) == []
    assert log.read([lines(600, 1, "in trouble"), lines(620, 1, "active")]) == []


def test_a_link_that_flaps_within_the_others_silence_shortens_it_by_nothing():
    log = Silences(node=0, links=2, trouble=2.0)
    said = [(0, 1, "in trouble"), (3, 0, "in trouble"), (5, 0, "active"), (10, 0, "in trouble")]
    said += [(30, 1, "active"), (40, 0, "active")]
    (told,) = log.read([lines(*each) for each in said])
    assert told >= 20.0


def test_a_connection_that_is_cut_counts_where_nothing_shows_that_the_node_lived():
    gaps = Gaps(0.05, Cause.FREEZE, Lag())
    for number in range(40):
        gaps.heard(Sign(number * 0.05, number, number * 0.05))
    gaps.broken(3.0, alive=False)
    (gap,) = gaps.heard(Sign(30.0, 0, 0.0))
    assert gap.cause is Cause.SILENCE


async def test_a_source_that_fails_is_lost_with_the_reason_and_the_others_go_on(
    tmp_path, monkeypatch
):
    async def fails(_links):
        raise RuntimeError("a fault of its own")

    monkeypatch.setattr(Links, "listen", fails)
    async with watching(tmp_path) as watch:
        assert watch.source("llt/db02").lost == "a fault of its own"
        assert watch.source("ticks").samples > 100
