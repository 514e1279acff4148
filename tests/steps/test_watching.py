"""Every migration is watched: what is seen of it is shown and kept, and never in its way."""

import asyncio
import shutil
from dataclasses import replace

import pytest

from lparwiz import prepared, runs, session
from lparwiz.history import Kind
from lparwiz.lab.scenario import Scenario
from lparwiz.run.orders import Leave
from lparwiz.run.snapshot import PlanState
from lparwiz.steps import watching

from ..labs import edited, lab, options, planned
from ..operators import Hands
from .watched import facts, figures, history, page, play, sees


def test_every_real_migration_is_watched_and_the_next_change_knows_it(tmp_path, monkeypatch):
    with lab(Scenario(route="outside"), tmp_path / "lab") as site:
        status, snapshot, _ = play(site, tmp_path, monkeypatch, sees(24.0))
        verdict = site.verdict()
    assert status == 0
    assert verdict["false_failovers"] == []
    (kept,) = history(tmp_path)
    assert (kept.seconds, kept.kind, kept.lpar) == (24.0, Kind.MIGRATION, "db01")
    assert (kept.source, kept.target, kept.samples) == ("p9-east", "p9-west", 480)
    assert kept.memory == 32768
    chart = page(snapshot, "migrate").chart
    assert chart.traces[0].longest == 24.0
    assert {(limit.host, limit.seconds) for limit in chart.limits} == {
        ("db01", 90.0),
        ("db02", 90.0),
    }
    (run,) = tmp_path.glob("runs/*/freeze.svg")
    assert "24.00 s" in run.read_text()
    assert "](freeze.svg)" in (run.parent / "report.md").read_text()


@pytest.mark.parametrize("error", [RuntimeError("no perl, no ksh"), NotImplementedError()])
def test_a_watch_that_fails_is_a_line_on_the_page_and_the_migration_goes_on(
    tmp_path, monkeypatch, error
):
    async def fails(*_args, **_more):
        raise error

    with lab(Scenario(route="outside"), tmp_path / "lab") as site:
        status, snapshot, _ = play(site, tmp_path, monkeypatch, fails)
        assert len(site.commands("migrlpar", "-o m")) == 1
        assert site.verdict()["false_failovers"] == []
    assert status == 0
    lines = "\n".join(page(snapshot, "migrate").lines)
    assert "not measured any more" in lines
    assert str(error) in lines
    assert "no source told anything" in lines
    assert history(tmp_path) == ()


def test_a_watch_that_does_not_let_itself_be_ended_does_not_hold_the_run(tmp_path, monkeypatch):
    monkeypatch.setattr(watching, "PATIENCE", 0.05)
    ended = []

    async def clings(_transport, _change, clock, put, *, speed=1.0):
        put(figures(clock.now(), 3.0))
        while len(ended) < 2:  # once by the watch, once by the loop that ends
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                ended.append(clock.now())

    with lab(Scenario(route="outside"), tmp_path / "lab") as site:
        status, _, _ = play(site, tmp_path, monkeypatch, clings)
    assert status == 0
    assert ended
    assert [seen.seconds for seen in history(tmp_path)] == [3.0]


def test_a_history_that_cannot_be_written_is_a_line_and_no_more(tmp_path, monkeypatch):
    (tmp_path / "runs" / "history.jsonl").mkdir(parents=True)
    with lab(Scenario(route="outside"), tmp_path / "lab") as site:
        status, snapshot, _ = play(site, tmp_path, monkeypatch, sees(24.0))
    assert status == 0
    assert "history could not be written" in "\n".join(page(snapshot, "migrate").lines)


def test_jitter_is_no_freeze(tmp_path, monkeypatch):
    with lab(Scenario(route="outside"), tmp_path / "lab") as site:
        _, snapshot, _ = play(site, tmp_path, monkeypatch, sees(0.12))
    assert history(tmp_path) == ()
    assert "no freeze was seen" in "\n".join(page(snapshot, "migrate").lines)


def test_a_dry_run_watches_nothing(tmp_path, monkeypatch):
    began = []

    async def measure(*_args, **_more):
        began.append(1)

    monkeypatch.setattr(session, "measure", measure)
    with lab(Scenario(route="outside"), tmp_path / "lab") as site:
        engine = session.dry_run(edited(site.change_path), options(tmp_path, measure=True))
        engine.start()
        assert engine.join() == 0
    assert began == []
    assert not (tmp_path / "runs").exists()


def test_a_migration_under_way_is_watched_again_when_its_run_is_taken_up(tmp_path, monkeypatch):
    def cut_and_leave(snapshot, hands):
        running = planned(snapshot, "migrate.migrate") is PlanState.RUNNING
        if running and snapshot.page.progress and "cut" not in hands.done:
            hands.done.add("cut")
            site.call(site.lab.servers["hmc1"].cut)
            hands.once("leave", Leave("the link died"))

    with lab(Scenario(route="outside", migration_seconds=900.0), tmp_path / "lab") as site:
        status, _, _ = play(site, tmp_path, monkeypatch, sees(0), on=cut_and_leave)
        assert status == 4
        assert history(tmp_path) == ()
        monkeypatch.setattr(session, "measure", sees(24.0))
        (run,) = (tmp_path / "runs").glob("*/journal.jsonl")
        engine = session.take_up(run.parent, options(tmp_path, measure=True))
        Hands(engine)
        engine.start()
        assert engine.join() == 0
        assert len(site.commands("migrlpar", "-o m")) == 1
    assert [(seen.seconds, seen.kind) for seen in history(tmp_path)] == [(24.0, Kind.MIGRATION)]


def killed_while(site, tmp_path, monkeypatch, *seen):
    """The runs' folder as a kill leaves it, right after the watch has told all of `seen`."""
    folder = tmp_path / "killed"

    async def measure(_transport, _change, clock, put, *, speed=1.0):
        for figures_at in seen:
            put(figures_at(clock.now()))
        (run,) = (tmp_path / "first" / "runs").glob("*/journal.jsonl")
        while (
            not folder.exists() and '"intent", "data": {"action": "migrate.m' not in run.read_text()
        ):
            await clock.sleep(1.0)
        if not folder.exists():
            shutil.copytree(tmp_path / "first" / "runs", folder / "runs")
        await asyncio.Event().wait()

    play(site, tmp_path / "first", monkeypatch, measure)
    (folder / "runs" / "history.jsonl").unlink(missing_ok=True)
    return folder


def open_for(seconds):
    """A silence that nobody has seen end."""
    return lambda at: replace_ticks(figures(at, 0), standing=seconds)


def replace_ticks(told, **fields):
    ticks, *others = told.sources
    return replace(told, sources=(replace(ticks, **fields), *others))


def test_a_silence_that_lasts_is_said_on_the_page_while_it_does(tmp_path, monkeypatch):
    shown = []

    async def measure(_transport, _change, clock, put, *, speed=1.0):
        put(open_for(0.9)(clock.now()))
        await clock.sleep(1.0)
        put(open_for(7.4)(clock.now()))
        while not any(shown):
            await clock.sleep(1.0)
        put(figures(clock.now(), 12.4))
        await asyncio.Event().wait()

    def on(snapshot, _hands):
        if snapshot.page.step == "migrate" and snapshot.page.chart is not None:
            shown.append(snapshot.page.chart.traces[0].remark)

    with lab(Scenario(route="outside"), tmp_path / "lab") as site:
        _, snapshot, _ = play(site, tmp_path, monkeypatch, measure, on=on)
    assert {remark for remark in shown if remark} == {"silent now, for 7 s"}
    assert page(snapshot, "migrate").chart.traces[0].remark == ""


@pytest.mark.parametrize(
    ("seen", "kept"),
    [
        ((lambda at: figures(at, 24.0),), 24.0),
        ((open_for(0.3), open_for(7.0)), 7.0),
        ((open_for(7.0), lambda at: figures(at, 0)), None),
    ],
    ids=["a freeze", "one that lasts", "a path that was cut, and is known for it"],
)
def test_what_was_seen_before_a_kill_is_kept_when_the_run_is_taken_up(
    tmp_path, monkeypatch, seen, kept
):
    with lab(Scenario(route="outside"), tmp_path / "lab") as site:
        folder = killed_while(site, tmp_path, monkeypatch, *seen)
        before = [each.seconds for each in runs.history(folder / "runs").all]
        (run,) = (folder / "runs").glob("*/journal.jsonl")
        engine = session.take_up(run.parent, options(folder, measure=True))
        Hands(engine)
        engine.start()
        engine.join()
    assert before == ([kept] if kept else [])
    found = history(folder)
    assert [(each.seconds, each.kind) for each in found] == (
        [(kept, Kind.MIGRATION)] if kept else []
    )
    assert all("cut off by a kill: at least" in each.by for each in found)
    assert facts(folder, watching.SO_FAR)[-1] is None


def test_a_silence_of_ten_minutes_takes_few_lines_of_the_journal(tmp_path, monkeypatch):
    seen = [open_for(tenths / 10) for tenths in range(1, 6000, 3)]
    with lab(Scenario(route="outside"), tmp_path / "lab") as site:
        folder = killed_while(site, tmp_path, monkeypatch, *seen)
    noted = [each["seconds"] for each in facts(folder, watching.SO_FAR)]
    assert len(noted) < 60
    assert noted[-1] > 0.9 * 599.8


def test_a_migration_by_vcs_is_watched_where_the_change_names_a_node(tmp_path, monkeypatch):
    """The lab's LPAR has no node on route vcs: whether there is one is told here instead."""
    monkeypatch.setattr(watching.Freezes, "can_watch", lambda self, *_: bool(self.measure))
    with lab(Scenario(route="vcs"), tmp_path / "lab") as site:
        _, snapshot, _ = play(site, tmp_path, monkeypatch, sees(24.0))
    assert [(seen.seconds, seen.kind) for seen in history(tmp_path)] == [(24.0, Kind.MIGRATION)]
    assert page(snapshot, "migrate").chart.traces[0].longest == 24.0


@pytest.mark.parametrize("how", ["fails-midway", "fails-validation"])
def test_what_was_seen_of_a_migration_that_failed_lowers_no_timer(tmp_path, monkeypatch, how):
    with lab(Scenario(route="outside", migration=how), tmp_path / "lab") as site:
        _, snapshot, _ = play(site, tmp_path, monkeypatch, sees(0.8))
        assert not site.verdict()["migrated"]
    assert not any(seen.counts_fully for seen in history(tmp_path))
    if history(tmp_path):
        lines = "\n".join(page(snapshot, "migrate").lines)
        assert "Nobody saw db01 migrate meanwhile: this figure only raises a timer." in lines


def test_the_real_watch_beside_a_migration_sees_it_and_harms_nothing(tmp_path):
    with lab(Scenario(route="outside"), tmp_path / "lab") as site:
        wanted = edited(site.change_path)
        engine = session.begin(
            wanted, options(tmp_path, measure=True), answerer=prepared.decided(wanted)
        )
        engine.start()
        status, snapshot = engine.join(), engine.latest()
        verdict = site.verdict()
    assert status == 0
    assert verdict["false_failovers"] == []
    assert verdict["clean"]
    labels = [trace.label for trace in page(snapshot, "migrate").chart.traces]
    assert labels[0] == "ticks of db01"
    assert "ping from db02" in labels
