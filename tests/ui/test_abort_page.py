"""The page before the way back: it offers only what is open, also when that changes meanwhile."""

from contextlib import asynccontextmanager
from dataclasses import replace

from lparwiz.run.orders import Abort
from lparwiz.run.snapshot import DebtView, PlannedCommand, PlanState, StepState, StepView
from lparwiz.ui._textual import screen_text
from lparwiz.ui.abort_text import aborting, offer
from lparwiz.ui.app import Wizard
from lparwiz.ui.leaving_text import leaving, waits_on
from lparwiz.ui.text import words_of

from . import seam as sample

STEPS = (
    StepView("migrate", "Migrate", StepState.NOW),
    StepView(
        "outcome",
        "Outcome",
        StepState.TODO,
        closing=True,
        reads="Both consoles.",
        pays=("migration",),
    ),
    StepView(
        "restore",
        "Restore",
        StepState.TODO,
        closing=True,
        reads="Every node.",
        pays=("peerinact", "llttab"),
    ),
)
DEBTS = (
    DebtView("peerinact/db01", "db01", "raised", "lltconfig -T peerinact:3200", "owed"),
    DebtView("migration", "hmc1", "started", "lssyscfg -r lpar", "owed"),
    DebtView("strange", "db02", "unheard of", "undo it", "owed"),
)
STOP = PlannedCommand(
    "migrate.stop", "hmc1", "Stop", "migrlpar -o s -m p9-east -p db01", on_abort=True
)
MIGRATING = replace(sample.MIGRATING, plan=(*sample.MIGRATING.plan[:2], STOP))


@asynccontextmanager
async def asked(snapshot):
    """The page over a scripted engine: `(pilot, seam, seen)`, `seen()` being the screen."""
    seam = sample.ScriptedSeam(snapshot)
    app = Wizard(seam, theme="night")
    async with app.run_test(size=(120, 50)) as pilot:
        await pilot.pause()
        await pilot.press("f6")
        await pilot.pause()
        yield pilot, seam, lambda: screen_text(app)


def sent(**fields):
    """The migration's command is under way."""
    given = {"steps": STEPS, "pages": (MIGRATING,), "ledger": DEBTS, "outcome": "unknown", **fields}
    return replace(sample.migrating(), **given)


def proving(**fields):
    """The step after it: both consoles are read."""
    page = replace(sample.CHECK, step="outcome")
    return sent(current="outcome", pages=(MIGRATING, page), **fields)


def text(snapshot):
    return "\n".join(words_of(line) for lines in aborting(snapshot, 200) for line in lines)


def test_the_debts_stand_under_the_steps_that_pay_them_in_their_order():
    said = text(sent(outcome="", pages=(sample.MIGRATING,)))
    lines = (
        "Outcome",
        "lssyscfg",
        "Restore",
        "Every node.",
        "peerinact:3200",
        "By hand",
        "undo it",
    )
    places = [said.index(line) for line in lines]
    assert places == sorted(places)


def test_a_step_that_has_nothing_to_put_right_is_not_said_to_read_anything():
    said = text(sent(outcome="", pages=(sample.MIGRATING,), ledger=DEBTS[:1]))
    assert "Every node." in said
    assert "Both consoles." not in said


def test_a_stop_that_was_asked_for_before_is_said_with_its_answer():
    before = replace(STOP, state=PlanState.UNKNOWN, result="exit status 1: too late")
    snapshot = sent(pages=(replace(MIGRATING, plan=(*MIGRATING.plan[:2], before)),))
    assert "It was asked before: exit status 1: too late" in text(snapshot)


def test_what_is_on_hold_stays_so():
    assert "on hold" in text(sent(holding=True))
    assert "on hold" not in text(sent())


def test_once_its_command_has_ended_no_stop_is_offered():
    plan = tuple(replace(each, state=PlanState.DONE) for each in MIGRATING.plan[:2])
    ended = sent(pages=(replace(MIGRATING, plan=(*plan, STOP)),))
    assert offer(ended) == ""
    assert "$ migrlpar -o s" not in text(ended)


async def test_while_it_migrates_the_hmcs_own_stop_is_offered_with_its_command():
    async with asked(sent()) as (pilot, seam, seen):
        assert "can't be called back from here" in " ".join(seen().split())
        assert "$ migrlpar -o s -m p9-east -p db01" in seen()
        assert "[>Go on with the run<]" in seen()
        await pilot.press("right", "enter")
        assert seam.orders == [Abort()]


async def test_in_a_closing_step_nothing_but_going_on_is_offered():
    async with asked(proving()) as (pilot, seam, seen):
        assert "no other way back from here" in " ".join(seen().split())
        await pilot.press("right", "enter")
        assert seam.orders == []


async def test_an_offer_that_is_no_longer_open_can_not_be_chosen():
    async with asked(sent()) as (pilot, seam, seen):
        await pilot.press("right")
        await pilot.pause()
        assert "[>Ask the HMC to stop it<]" in seen()
        given = proving()
        seam.publish(current=given.current, pages=given.pages)
        await pilot.pause()
        assert "( Ask the HMC to stop it )" in seen()
        await pilot.press("enter")
        assert seam.orders == []


def test_the_page_before_leaving_says_where_the_engine_goes_on_without_a_screen():
    def left(snapshot):
        return " ".join(words_of(line) for lines in leaving(snapshot, 80) for line in lines)

    assert "goes on without this screen until the HMC's command has ended" in left(sent())
    assert "comes to the next safe point" in left(proving())
    by_vcs = left(sent(route="vcs"))
    assert "whether lparwiz listens or not" in by_vcs
    assert "HMC's command" not in by_vcs
    assert waits_on(sent(route="vcs")) == ""
    assert "Exit status: 4" in by_vcs
