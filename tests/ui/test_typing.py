"""Where a word or a value is typed: what it opens, and where each key goes."""

from dataclasses import replace

import pytest
from textual import events

from lparwiz.lab.scenario import Scenario
from lparwiz.run.orders import Answered
from lparwiz.run.snapshot import Choice
from lparwiz.run.step import Conclusion
from lparwiz.screenshots.memory import Memory
from lparwiz.steps import outcome

from . import seam as sample
from .wizards import both_sizes, focused, wizard


@both_sizes
async def test_the_dangerous_choice_opens_only_for_the_very_word(size):
    async with wizard(sample.snapshot(question=sample.WORD), size) as (pilot, seam, seen):
        assert focused(pilot) == "back"
        assert "( Migrate )" in seen()
        await pilot.press("right", "up", *"db0")
        assert "( Migrate )" in seen()
        await pilot.press("enter")
        assert focused(pilot) == "Entry"
        await pilot.press("1")
        assert "[ Migrate ]" in seen()
        await pilot.press("2")
        assert "( Migrate )" in seen()
        await pilot.press("backspace", "enter")
        assert focused(pilot) == "go"
        assert seam.orders == []
        await pilot.press("enter")
        assert seam.orders == [Answered("migrate.go#2", "go", "db01")]


@pytest.mark.parametrize("doubtful", [False, True])
async def test_the_fingers_of_the_point_of_no_return_never_decide_against_both_consoles(doubtful):
    """Tired, one types db01, Enter, Enter once more: that is another word than one page before."""
    change = Memory(Scenario(route="full")).change
    asked = outcome.question(change, Conclusion.MIGRATED, doubtful=doubtful)
    async with wizard(sample.snapshot(question=asked), (80, 24)) as (pilot, seam, seen):
        for _ in range(2):
            await pilot.press(*"db01", "enter", "enter")
            await pilot.pause()
        assert "not migrated" not in [order.choice for order in seam.orders]
    async with wizard(sample.snapshot(question=asked), (80, 24)) as (pilot, seam, seen):
        await pilot.press(*"p9-east", "enter")
        assert "against both consoles" in seen()
        await pilot.press("enter")
        assert seam.orders == [Answered(asked.id, "not migrated", "p9-east")]


async def test_typing_begins_in_the_input_wherever_the_focus_is():
    async with wizard(sample.snapshot(question=sample.WORD)) as (pilot, seam, seen):
        for key in "db01":
            pilot.app.post_message(events.Key(key, key))
        await pilot.pause()
        assert "for ( Migrate ) type db01: db01" in seen()
        assert focused(pilot) == "Entry"
        assert seam.orders == []


async def test_going_back_from_a_word_question_sends_no_word():
    async with wizard(sample.snapshot(question=sample.WORD)) as (pilot, seam, seen):
        assert "Going on accepts: llt.links, vcs.frozen" in seen()
        await pilot.press("enter")
        await pilot.pause()
        await pilot.press("right", "enter")
        assert seam.orders == [Answered("migrate.go#2", "back", "")]


async def test_a_value_starts_from_the_proposal_and_goes_with_the_choice():
    async with wizard(sample.snapshot(question=sample.VALUE)) as (pilot, seam, seen):
        assert "seconds 45" in seen()
        assert focused(pilot) == "use"
        await pilot.press("up", "backspace", "8", "enter", "enter")
        assert seam.orders == [Answered("measure.freeze", "use", "48")]


async def test_a_value_typed_all_at_once_is_neither_lost_nor_sent_unseen():
    async with wizard(sample.snapshot(question=sample.VALUE)) as (pilot, seam, seen):
        for key in ("up", "backspace", "backspace", "6", "0", "enter", "enter"):
            pilot.app.post_message(events.Key(key, key if len(key) == 1 else None))
        await pilot.pause()
        assert "seconds 60" in seen()
        assert seam.orders in ([], [Answered("measure.freeze", "use", "60")])


async def test_enter_after_a_value_goes_to_the_choice_that_takes_it():
    none = Choice("none", "No figure")
    asked = replace(sample.VALUE, choices=(none, *sample.VALUE.choices), safe="none")
    async with wizard(sample.snapshot(question=asked)) as (pilot, seam, _):
        assert focused(pilot) == "none"
        await pilot.press("6", "enter", "enter")
        assert seam.orders == [Answered("measure.freeze", "use", "456")]


async def test_left_and_right_move_the_cursor_in_an_input():
    async with wizard(sample.snapshot(question=sample.VALUE)) as (pilot, _, seen):
        await pilot.press("up", "left", "1", "right", "0")
        assert "seconds 4150" in seen()


@pytest.mark.parametrize("keys", ["t", "j", "n", "N", "c", "[", "]", "/", ":"])
async def test_letters_that_are_commands_elsewhere_are_text_where_text_is_typed(keys):
    async with wizard(sample.snapshot(question=sample.VALUE), size=(100, 30)) as (pilot, _, seen):
        await pilot.press("up", "up", "up")
        assert focused(pilot) == "Entry"
        before, page = pilot.app.focused.value, seen().splitlines()[2]
        await pilot.press(*keys)
        assert pilot.app.focused.value == before + keys
        assert seen().splitlines()[2] == page


async def test_letters_are_text_too_while_words_are_sought():
    async with wizard(sample.snapshot(), size=(100, 30)) as (pilot, _, seen):
        await pilot.press("/", *"tjnc")
        assert pilot.app.focused.value == "tjnc"
        assert "Enter goes to the choices" not in seen(), "Enter finds here"
        assert "Set peerinact to 9000" in seen()


async def test_the_help_says_where_letters_go_while_text_is_asked_for():
    async with wizard(sample.snapshot(question=sample.VALUE), (80, 80)) as (pilot, _, seen):
        await pilot.press("f1")
        assert "letters and digits are typed there" in " ".join(seen().split())


async def test_a_long_word_can_be_read_while_it_is_typed_at_the_least_size():
    name = "production-database-01"
    choices = (Choice("back", "Go back"), Choice("go", f"Migrate {name} now", needs_word=True))
    asked = replace(sample.WORD, word=name, choices=choices)
    async with wizard(sample.snapshot(question=asked), (60, 16)) as (pilot, _, seen):
        await pilot.press("up", *name)
        assert f"type {name}: {name}" in seen()


async def test_a_terminal_made_small_still_shows_the_word_as_it_is_typed():
    choices = (
        Choice("yes", "Migrated: it runs on p9-west"),
        Choice("no", "Not migrated: it runs on p9-east", needs_word=True),
    )
    asked = replace(sample.WORD, word="db01", choices=choices, safe="yes")
    async with wizard(sample.snapshot(question=asked), (80, 24)) as (pilot, _, seen):
        assert "for ( Not migrated: it runs on p9-east ) type db01: nothing typed yet" in seen()
        await pilot.resize_terminal(60, 16)
        await pilot.pause()
        assert "for the choice in ( ) type db01: nothing typed yet" in seen()
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        assert "for ( Not migrated: it runs on p9-east ) type db01:" in seen()


async def test_a_resize_keeps_what_is_typed_and_the_focus():
    async with wizard(sample.snapshot(question=sample.WORD)) as (pilot, _, seen):
        await pilot.press("up", *"db")
        await pilot.resize_terminal(160, 50)
        await pilot.pause()
        assert "for ( Migrate ) type db01: db" in seen()
        assert focused(pilot) == "Entry"
