"""Answers: given once, to the question in sight, and only to what was seen whole."""

from dataclasses import replace

import pytest
from textual import events

from lparwiz.run.orders import Answered
from lparwiz.run.snapshot import Chart, Choice, PlannedCommand, RunState, Trace
from lparwiz.ui._textual import screen_text
from lparwiz.ui.app import Wizard

from . import seam as sample
from .seam import ScriptedSeam
from .wizards import both_sizes, focused, wizard


@both_sizes
async def test_the_safe_choice_has_the_focus_and_an_answer_is_given_once(size):
    async with wizard(sample.snapshot(), size) as (pilot, seam, seen):
        assert focused(pilot) == "back"
        await pilot.press("right", "enter", "enter", "enter")
        assert seam.orders == [Answered("timers.go", "go")]
        assert "( Set the timers )" in seen()
        assert "sent: Set the timers" in seen()


@both_sizes
async def test_the_way_back_as_an_answer_is_confirmed_by_what_it_takes(size):
    async with wizard(sample.snapshot(), size) as (pilot, seam, seen):
        await pilot.press("enter")
        await pilot.pause()
        text = seen()
        assert "Take the way back?" in text
        assert "$ lltconfig -T peerinact:3200" in text
        assert "[>No<]" in text
        await pilot.press("enter")
        await pilot.pause()
        assert seam.orders == []
        assert focused(pilot) == "back"
        assert "sent:" not in seen()
        await pilot.press("enter", "enter", "enter")
        await pilot.pause()
        assert seam.orders == []
        await pilot.press("right", "enter")
        await pilot.pause()
        assert seam.orders == [Answered("timers.go", "back")]
        assert "sent: Not now" in seen()


async def test_the_way_back_is_withdrawn_where_its_question_has_gone():
    async with wizard(sample.snapshot()) as (pilot, seam, seen):
        await pilot.press("enter")
        await pilot.pause()
        seam.publish(question=sample.WORD)
        await pilot.pause()
        assert "( Take the way back )" in seen()
        await pilot.press("right", "enter")
        assert seam.orders == []


async def test_on_hold_no_answer_is_taken_and_the_hint_says_so():
    held = sample.snapshot(question=sample.WORD, holding=True, state=RunState.HELD)
    async with wizard(held) as (pilot, seam, seen):
        await pilot.press("up", *"db01", "enter")
        assert focused(pilot) == "go"
        assert "On hold: no answer is taken. F5 goes on." in seen()
        await pilot.press("enter")
        assert seam.orders == []
        assert "sent:" not in seen()
        seam.publish(holding=False, state=RunState.WAITING)
        await pilot.pause()
        assert "no answer is taken" not in seen()
        assert seam.orders == []
        await pilot.press("enter")
        assert seam.orders == [Answered("migrate.go#2", "go", "db01")]


async def test_an_answer_that_came_on_hold_is_asked_for_anew():
    """Enter right after F5, before the screen knows of the hold: the engine doesn't take it."""
    async with wizard(sample.snapshot()) as (pilot, seam, seen):
        await pilot.press("f5", "right", "enter")
        assert "sent: Set the timers" in seen()
        seam.publish(holding=True, state=RunState.HELD)
        await pilot.pause()
        await pilot.pause()
        assert "sent:" not in seen()
        assert focused(pilot) == "back"


async def test_warnings_are_accepted_only_once_they_were_in_sight():
    findings = tuple(
        sample.Finding(f"c.{n}", sample.Level.WARNING, f"warning {n} " + "words " * 40)
        for n in range(6)
    )
    page = replace(sample.CHECK, findings=findings, plan=())
    asked = replace(
        sample.GO,
        id="check.continue",
        choices=(Choice("again", "Read again"), Choice("go", "Go on")),
        safe="again",
        warnings=tuple(finding.id for finding in findings),
    )
    check = sample.snapshot(
        pages=(page,), current="check", steps=sample.steps("check"), question=asked
    )
    async with wizard(check) as (pilot, seam, seen):
        assert "warning 5" not in seen()
        await pilot.press("right", "enter")
        assert "of what it accepts" in seen()
        assert seam.orders == []
        for _ in range(6):
            if "warning 5" not in seen():
                await pilot.press("enter")
                await pilot.pause()
        assert "warning 5" in seen()
        while "of what it accepts" in seen():
            await pilot.press("enter")
            await pilot.pause()
        assert seam.orders == []
        await pilot.press("enter")
        assert seam.orders == [Answered("check.continue", "go")]


async def test_arrows_and_tab_reach_the_other_choice():
    async with wizard(sample.snapshot()) as (pilot, seam, _):
        await pilot.press("right")
        assert focused(pilot) == "go"
        await pilot.press("left", "tab", "enter")
        assert seam.orders == [Answered("timers.go", "go")]


@pytest.mark.parametrize(
    ("keys", "choice"),
    [
        (("right", "enter"), "go"),
        (("right", "left", "right", "enter"), "go"),
        (("right", "enter", "left"), "go"),
        (("tab", "enter", "enter"), "go"),
        (("tab", "shift+tab", "enter"), ""),
    ],
)
async def test_keys_that_come_all_at_once_count_in_their_order(keys, choice):
    async with wizard(sample.snapshot()) as (pilot, seam, _):
        for key in keys:
            pilot.app.post_message(events.Key(key, None))
        await pilot.pause()
        assert seam.orders == ([Answered("timers.go", choice)] if choice else [])


async def test_keys_typed_ahead_do_not_answer_the_next_question():
    class Hasty(ScriptedSeam):
        def send(self, order):
            super().send(order)
            self.publish(question=sample.WORD)

    seam = Hasty(sample.snapshot())
    app = Wizard(seam, theme="night")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        for key in ("right", *["enter"] * 5):
            app.post_message(events.Key(key, None))
        await pilot.pause()
        assert seam.orders == [Answered("timers.go", "go")]
        assert "point of no return" in screen_text(app)


async def test_a_new_question_takes_the_focus_to_its_own_safe_choice():
    async with wizard(sample.snapshot()) as (pilot, seam, _):
        await pilot.press("right")
        seam.publish(question=replace(sample.GO, id="timers.go#2"))
        for _ in range(100):
            await pilot.pause(0)
            if focused(pilot) == "back":
                break
        assert focused(pilot) == "back"
        await pilot.press("right", "enter")
        assert seam.orders == [Answered("timers.go#2", "go")]


async def test_an_answer_never_reaches_a_question_that_the_screen_does_not_show():
    async with wizard(sample.snapshot()) as (pilot, seam, _):
        seam.set_quietly(question=replace(sample.GO, id="timers.other"))
        await pilot.press("enter")
        assert seam.orders == []


async def test_a_question_that_is_answered_elsewhere_goes_away():
    async with wizard(sample.snapshot()) as (pilot, seam, seen):
        seam.publish(question=None, state=RunState.WORKING)
        await pilot.pause()
        assert "Not now" not in seen()
        await pilot.press("enter")
        assert seam.orders == []


async def test_an_answer_without_reply_can_be_given_again():
    async with wizard(sample.snapshot()) as (pilot, seam, _):
        await pilot.press("right", "enter", "f2")
        await pilot.pause()
        await pilot.press("right", "enter")
        assert seam.orders == [Answered("timers.go", "go")] * 2


async def test_a_question_that_comes_while_looking_back_is_told_and_not_answered_unseen():
    async with wizard(sample.migrating()) as (pilot, seam, seen):
        await pilot.press("f8")
        seam.publish(question=sample.WORD, state=RunState.WAITING)
        await pilot.pause()
        assert "waiting for you, F2" in seen()
        await pilot.press("enter", "right", "enter")
        assert seam.orders == []
        await pilot.press("escape")
        await pilot.pause()
        assert "[>Go back<]" in seen()
        assert focused(pilot) == "back"


async def test_once_the_question_is_answered_the_chart_is_in_sight():
    page = replace(sample.migrating().page, chart=Chart("Silence", (Trace("db02", (0.05,) * 120),)))
    asked = sample.snapshot(pages=(page,), current="migrate", question=sample.WORD)
    async with wizard(asked) as (pilot, seam, _):
        page = pilot.app.screen.lines["page"]
        await pilot.press("end")
        await pilot.pause()
        assert page.scroll_offset.y > 0
        seam.publish(question=None, state=RunState.WORKING)
        await pilot.pause()
        assert page.scroll_offset.y == 0


# -- a long plan --------------------------------------------------------------------------------


LONG = replace(
    sample.timers(2),
    plan=tuple(
        PlannedCommand(f"p.{n}", "hmc1", f"Do {n}", f"chsyscfg -i name={n}") for n in range(1, 21)
    ),
)


async def test_what_was_not_in_sight_is_not_confirmed_unseen():
    async with wizard(sample.snapshot(pages=(LONG,)), (80, 24)) as (pilot, seam, seen):
        await pilot.press("right")
        assert "more lines of what will run come first: Enter shows them." in seen()
        presses = 0
        while "Enter shows them." in seen():
            await pilot.press("enter")
            await pilot.pause()
            assert seam.orders == []
            presses += 1
        assert presses > 3
        assert "chsyscfg -i name=20" in seen()
        await pilot.press("enter")
        assert seam.orders == [Answered("timers.go", "go")]


async def test_enter_held_down_confirms_nothing_that_was_not_painted():
    async with wizard(sample.snapshot(pages=(LONG,)), (80, 24)) as (pilot, seam, _):
        await pilot.press("right")
        for _ in range(30):
            pilot.app.screen.focused.action_press()
        await pilot.pause()
        assert seam.orders == []


async def test_a_plan_that_was_read_to_its_end_stays_read():
    async with wizard(sample.snapshot(pages=(LONG,)), (80, 24)) as (pilot, seam, _):
        await pilot.press(*["pagedown"] * 10)
        await pilot.pause()
        await pilot.press("home", "right", "enter")
        assert seam.orders == [Answered("timers.go", "go")]


async def test_another_plan_must_be_read_anew():
    async with wizard(sample.snapshot(pages=(LONG,)), (80, 24)) as (pilot, seam, seen):
        await pilot.press(*["pagedown"] * 10)
        await pilot.pause()
        other = replace(LONG.plan[19], command="chsyscfg -i name=other")
        changed = replace(LONG, plan=(*LONG.plan[:19], other))
        seam.publish(pages=(changed,), question=replace(sample.GO, id="timers.go#2"))
        for _ in range(50):
            await pilot.pause(0)
        await pilot.press("home", "right", "enter")
        assert seam.orders == []
        assert "come first" in seen() or "chsyscfg -i name=other" in seen()


async def test_the_safe_choice_needs_no_reading():
    async with wizard(sample.snapshot(pages=(LONG,)), (80, 24)) as (pilot, seam, _):
        await pilot.press("enter")
        await pilot.pause()
        await pilot.press("right", "enter")
        assert seam.orders == [Answered("timers.go", "back")]
