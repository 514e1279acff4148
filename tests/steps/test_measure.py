"""The Measure page and the watch of a migration: what is asked, kept, and never in the way.

What the watch itself sees is judged elsewhere; here it is handed in, so that a freeze of 24 s, a
watch that fails and one that never ends can each be had.
"""

import asyncio
import shutil
from dataclasses import replace

import pytest

from lparwiz import runs, session
from lparwiz.history import History, Kind, Seen, append, read
from lparwiz.lab.scenario import Scenario
from lparwiz.run import journal as journals
from lparwiz.run.snapshot import Answered, Leave, PlanState
from lparwiz.steps import watching
from lparwiz.watch.figures import Cause, Figures, Gap, Source

from ..labs import edited, lab, options
from ..operators import Answering, Hands
from .test_harm import ACCEPTED, begun, planned

NO_WISH = ('peerinact = "90s"\n', "")


def figures(at, seconds, label="ticks of db01"):
    gap = Gap(at - seconds - 5.0, seconds, 0.05, Cause.FREEZE) if seconds else None
    ticks = Source("ticks", label, "the freeze", 0.05, 480, gap, recent=(0.05,) * 120)
    other = Source("ping/db02", "ping from db02", "the path", 1.0, 0, lost="no ping here")
    return Figures(at, (ticks, other))


def sees(*freezes):
    """A watch that sees each of these in turn, one a watch."""
    left = list(freezes)

    async def measure(_transport, _change, clock, put, *, speed=1.0):
        put(figures(clock.now(), left.pop(0)))
        await asyncio.Event().wait()

    return measure


def play(site, folder, monkeypatch, measure, *pairs, on=lambda *_: None, **answers):
    """A run with an operator who answers each question once; its snapshot and its questions."""
    monkeypatch.setattr(session, "measure", measure)
    wanted = edited(site.change_path, *pairs)
    engine = session.begin(wanted, options(folder, measure=True))
    hands = Hands(engine, on, **answers)
    engine.start()
    status = engine.join()
    return status, engine.latest(), hands


def facts(folder, key):
    (run,) = folder.glob("runs/*/journal.jsonl")
    events = journals.read(run)
    return [e.data["value"] for e in events if e.kind == "fact" and e.data["key"] == key]


def page(snapshot, step):
    return next(page for page in snapshot.pages if page.step == step)


def history(folder):
    return read(folder / "runs" / "history.jsonl")


# -- the migration is watched -----------------------------------------------------------------


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
        assert status != 0
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


# -- the Measure page -------------------------------------------------------------------------


def rehearses(times, before=lambda: None):
    """Watch so many rehearsals, each stopped as soon as it shows something; then use the figure."""
    asked, stopped = [], set()

    def on(snapshot, hands):
        question = snapshot.question
        if question is None:
            return
        if question.id.startswith("measure.freeze") and question.id not in hands.done:
            hands.done.add(question.id)
            choice = "watch" if len(asked) < times else "figure"
            asked.append(question.value)
            hands.engine.send(Answered(question.id, choice, question.value))
        elif question.id.startswith("measure.watching") and question.id not in stopped:
            hands.done.add(question.id)
            shown = page(snapshot, "measure").chart
            if shown is not None and len(stopped) < len(asked):
                stopped.add(question.id)
                before()
                hands.engine.send(Answered(question.id, "stop"))

    on.asked = asked
    return on


def test_rehearsals_are_watched_as_often_as_wanted_and_the_longest_counts(tmp_path, monkeypatch):
    on = rehearses(3)
    with lab(Scenario(route="outside"), tmp_path / "lab") as site:
        play(
            site,
            tmp_path,
            monkeypatch,
            sees(20.0, 24.0, 22.0, 23.0),
            NO_WISH,
            on=on,
        )
        raised = {line for _, line in site.commands("-T peerinact:9000")}
        assert site.verdict()["false_failovers"] == []
    assert raised
    assert on.asked[0] == ""
    assert [value.split()[0] for value in on.asked[1:]] == ["20", "24", "24"]
    assert [seen.seconds for seen in history(tmp_path)] == [20.0, 24.0, 22.0, 23.0]
    (noted,) = facts(tmp_path, "peerinact")
    assert (noted["freeze"], noted["wanted"]) == (24.0, 9000), "nobody migrated it meanwhile"
    assert [seen.whole for seen in history(tmp_path)] == [False, False, False, True]


MIGRATES = "migrlpar -o m -m p9-east -t p9-west -p db01"


def test_a_rehearsal_in_which_it_migrated_is_whole(tmp_path, monkeypatch):
    def on(snapshot, hands):
        watches(snapshot, hands)
        question = snapshot.question
        if question is not None and question.id.startswith("measure.freeze#"):
            hands.once("back", Answered(question.id, "back"))

    watches = rehearses(1, before=lambda: site.execute("hmc1", MIGRATES))
    scenario = Scenario(route="outside", consoles=1, migration_seconds=60.0)
    with lab(scenario, tmp_path / "lab") as site:
        play(site, tmp_path, monkeypatch, sees(24.0), NO_WISH, on=on)
    assert [(seen.seconds, seen.whole) for seen in history(tmp_path)] == [(24.0, True)]


def types(*texts):
    left = list(texts)

    def on(snapshot, hands):
        question = snapshot.question
        if question is None or question.id in hands.done:
            return
        if question.id.startswith("measure.freeze"):
            hands.done.add(question.id)
            hands.engine.send(Answered(question.id, "figure", left.pop(0)))
        elif question.id == "measure.origin":
            hands.done.add(question.id)
            hands.engine.send(Answered(question.id, "go", "the log of May"))

    return on


@pytest.mark.parametrize(
    ("text", "origin"), [("20.0 from CHG0031337", "CHG0031337"), ("20", "the log of May")]
)
def test_a_typed_figure_is_journaled_with_where_it_came_from(tmp_path, monkeypatch, text, origin):
    with lab(Scenario(route="outside"), tmp_path / "lab") as site:
        play(site, tmp_path, monkeypatch, sees(0), NO_WISH, on=types(text))
        assert site.commands("-T peerinact:4100")
    (noted,) = facts(tmp_path, "peerinact")
    assert (noted["freeze"], noted["origin"]) == (20.0, origin)
    (kept,) = history(tmp_path)
    assert (kept.seconds, kept.by, kept.kind, kept.samples) == (20.0, origin, Kind.TYPED, 0)


def test_hundredths_typed_as_a_freeze_are_asked_for_again_with_the_reason(tmp_path, monkeypatch):
    with lab(Scenario(route="outside"), tmp_path / "lab") as site:
        on = types("2000", "nothing", "20 from CHG1")
        _, snapshot, _ = play(site, tmp_path, monkeypatch, sees(0), NO_WISH, on=on)
    lines = "\n".join(page(snapshot, "measure").lines)
    assert "2000 hundredths are 20 s" in lines
    assert "type seconds" in lines
    assert [seen.seconds for seen in history(tmp_path)] == [20.0]


def test_without_a_figure_it_is_the_guides_ninety_seconds_and_the_page_says_so(
    tmp_path, monkeypatch
):
    with lab(Scenario(route="outside"), tmp_path / "lab") as site:
        _, snapshot, _ = play(site, tmp_path, monkeypatch, sees(0), NO_WISH)
        assert site.commands("-T peerinact:9000")
    assert "guide's 9000 (90 s) as protection" in page(snapshot, "measure").result


def earlier(folder, seconds, **more):
    told = {"least": seconds, "samples": 480, "by": "ticks of db01", "kind": Kind.MIGRATION}
    told |= {"source": "p9-west", "target": "p9-east", "whole": True}
    seen = Seen(1.0, "db01", seconds=seconds, **{**told, **more})
    append(folder / "runs" / "history.jsonl", seen)


def unattended(site, folder, *pairs):
    wanted = edited(site.change_path, *pairs)
    engine = session.begin(wanted, options(folder), answerer=session.decided(wanted))
    engine.start()
    return engine.join(), engine.latest()


def tells(seconds):
    return ("persist = false", f'persist = false\nfreeze = "{seconds}s"\nfreeze_from = "CHG7"')


@pytest.mark.parametrize(("seen", "told", "used"), [(20.0, 24.0, 24.0), (24.0, 20.0, 24.0)])
def test_unattended_the_change_files_figure_counts_where_it_is_the_longest(
    tmp_path, seen, told, used
):
    earlier(tmp_path, seen)
    with lab(Scenario(route="outside"), tmp_path / "lab") as site:
        unattended(site, tmp_path, NO_WISH, tells(told))
        assert site.commands("-T peerinact:4900")
    (noted,) = facts(tmp_path, "peerinact")
    assert noted["freeze"] == used
    kept = [(each.seconds, each.kind) for each in history(tmp_path)]
    file = [(told, Kind.TYPED)] if used == told else []
    assert kept == [(seen, Kind.MIGRATION), *file]


def test_unattended_an_earlier_figure_is_used_and_stands_on_the_page(tmp_path):
    earlier(tmp_path, 20.0, run="20260101-0000-db01", memory=4096)
    with lab(Scenario(route="outside", freeze=20.0), tmp_path / "lab") as site:
        status, snapshot = unattended(site, tmp_path, NO_WISH)
        assert site.commands("-T peerinact:4100")
        assert site.verdict()["false_failovers"] == []
    assert status == 0
    tables = {table.title: table for table in page(snapshot, "measure").tables}
    assert tables["Freezes seen before"].rows[0][1:] == (
        "p9-west > p9-east",
        "20.00",
        "20.00",
        "480",
        "4096 MB",
        "raise or lower timers",
        "ticks of db01, migration",
    )
    assert "20 s" in tables["What the rule goes by"].rows[0][1]
    assert facts(tmp_path, "peerinact")[0]["origin"].startswith("ticks of db01, run 20260101")


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (0.8, {"kind": Kind.REHEARSAL, "by": "ping from db02", "whole": False}),
        (3.0, {"by": "ticks of db01 (cut off by a kill: at least)", "whole": False}),
        (2.0, {"source": "p8-north", "target": "p8-south"}),
    ],
    ids=["nobody migrated it", "cut off by a kill", "between other systems"],
)
def test_a_small_figure_that_was_not_seen_whole_leaves_the_guides_protection(
    tmp_path, seconds, told
):
    earlier(tmp_path, seconds, **told)
    with lab(Scenario(route="outside"), tmp_path / "lab") as site:
        status, snapshot = unattended(site, tmp_path, NO_WISH)
        assert site.commands("-T peerinact:9000")
        assert site.verdict()["false_failovers"] == []
    assert status == 0
    assert f"at least {seconds:g} s was not seen whole" in page(snapshot, "measure").result
    (noted,) = facts(tmp_path, "peerinact")
    assert "only raises" in noted["origin"]


def test_a_typed_figure_below_the_longest_known_does_not_count_and_the_page_says_so(
    tmp_path, monkeypatch
):
    earlier(tmp_path, 24.0)
    with lab(Scenario(route="outside"), tmp_path / "lab") as site:
        on = types("2 from me")
        _, snapshot, _ = play(site, tmp_path, monkeypatch, sees(0), NO_WISH, on=on)
        assert site.commands("-T peerinact:4900")
        assert site.verdict()["false_failovers"] == []
    assert "2 s are less than the 24 s that are known" in "\n".join(page(snapshot, "measure").lines)


@pytest.mark.parametrize(
    ("seconds", "wish", "warning"),
    [
        (None, ('peerinact = "90s"', 'peerinact = "15s"'), "peerinact.unmeasured"),
        (14.9, NO_WISH, "freeze.room"),
    ],
    ids=["a wish below what runs, and nothing measured", "hardly any room"],
)
def test_unattended_it_stops_where_nothing_is_raised_and_that_is_not_known_to_do(
    tmp_path, seconds, wish, warning
):
    if seconds is not None:
        earlier(tmp_path, seconds)
    with lab(Scenario(route="outside"), tmp_path / "lab") as site:
        status, snapshot = unattended(site, tmp_path, ACCEPTED, wish)
        assert site.commands("migrlpar", "-o m") == []
    assert status != 0
    assert warning in {finding.id for finding in page(snapshot, "measure").findings}


def test_a_freeze_below_every_running_value_changes_no_timer_and_none_fails_over(tmp_path):
    earlier(tmp_path, 5.0)
    with lab(Scenario(route="outside", freeze=5.0), tmp_path / "lab") as site:
        status, snapshot = unattended(site, tmp_path, NO_WISH)
        assert site.commands("-T peerinact:") == []
        assert site.verdict()["false_failovers"] == []
    assert status == 0
    assert "nothing to change" in page(snapshot, "measure").result.lower()
    assert next(s.state for s in snapshot.steps if s.id == "timers") == "skipped"


def test_a_reboot_that_is_faster_than_the_timer_is_a_warning_to_be_accepted(tmp_path):
    operator = Answering(measure_continue="back")
    with lab(Scenario(route="outside"), tmp_path / "lab") as site:
        told = ('peerinact = "90s"', 'peerinact = "90s"\nreboot = "80s"')
        engine = begun(site, tmp_path, operator, told)
        engine.start()
        assert engine.join() == 1
        assert site.commands("migrlpar", "-o m") == []
    (asked,) = [question for question in operator.asked if question.id == "measure.continue"]
    assert asked.warnings == ("peerinact.reboot",)


def test_a_value_that_is_not_above_a_nodes_own_peertrouble_is_sent_nowhere(tmp_path):
    with lab(Scenario(route="outside"), tmp_path / "lab") as site:
        site.call(lambda: site.lab.site.cluster.nodes[1].timers.update(peertrouble=1000))
        unattended(site, tmp_path, ('peerinact = "90s"', 'peerinact = "9s"'))
        assert site.commands("-T peerinact:") == []
        assert site.commands("migrlpar", "-o m") == []


def test_figures_of_runs_older_than_the_history_still_count(tmp_path):
    assert History(None, [Seen(1.0, "db01", "", "", 40.0, 40.0, 0, "x", Kind.TYPED)]).longest(
        "db01", "p9-east", "p9-west"
    )


def test_the_real_watch_beside_a_migration_sees_it_and_harms_nothing(tmp_path):
    with lab(Scenario(route="outside"), tmp_path / "lab") as site:
        wanted = edited(site.change_path)
        engine = session.begin(
            wanted, options(tmp_path, measure=True), answerer=session.decided(wanted)
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
