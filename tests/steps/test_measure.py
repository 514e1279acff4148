"""The Measure page and the watch of a migration: what is asked, kept, and never in the way.

What the watch itself sees is judged elsewhere; here it is handed in, so that a freeze of 24 s, a
watch that fails and one that never ends can each be had.
"""

import pytest

from lparwiz.history import Kind, Seen, append
from lparwiz.lab.scenario import Scenario
from lparwiz.run.journal import Journal
from lparwiz.run.orders import Answered

from ..labs import ACCEPTED, begun, lab, unattended
from ..operators import Answering
from .watched import NO_WISH, facts, history, page, play, sees

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
    assert status == 1
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


def test_a_wanted_timer_below_a_freeze_that_an_earlier_run_measured_is_raised_above_it(tmp_path):
    """Its journal is older than the history of freezes, and knows 40 s."""
    _earlier(tmp_path, 40.0)
    with lab(Scenario(route="outside", freeze=40.0), tmp_path / "lab") as site:
        unattended(site, tmp_path, ('peerinact = "90s"', 'peerinact = "20s"'))
        assert len(site.commands("-T peerinact:8100")) == 2
        assert site.verdict()["migrated"]
        assert site.verdict()["false_failovers"] == []


def test_a_warning_of_the_measure_step_that_nobody_accepted_turns_back(tmp_path):
    """`accept` names the warnings that are accepted; `peerinact.reboot` is in no list here."""
    reboot = ("persist = false", 'persist = false\nreboot = "60s"')
    with lab(Scenario(route="outside"), tmp_path / "lab") as site:
        _, snapshot = unattended(site, tmp_path, ACCEPTED, reboot)
        assert any(f.id == "peerinact.reboot" for page in snapshot.pages for f in page.findings)
        assert site.commands("migrlpar", "-o m") == []


def _earlier(folder, freeze):
    runs = folder / "runs" / "20260101-0000-db01"
    runs.mkdir(parents=True)
    journal = Journal(runs / "journal.jsonl", lambda: 0.0)
    journal.write("begun", lpar="db01")
    journal.write("fact", key="peerinact", value={"freeze": freeze, "wanted": None, "rule": ""})
    journal.close()
