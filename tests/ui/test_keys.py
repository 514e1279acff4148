"""Every key: its id, its remapping, and that none of them alone changes a host."""

from inspect import isclass

import pytest
from textual.binding import Binding
from textual.widgets import Input

from lparwiz.run.orders import Answered, Hold, Leave
from lparwiz.run.snapshot import RunState
from lparwiz.ui import app, choices, confirm, palette, screen
from lparwiz.ui.keys import KEYS, TAKEN, clashes, is_key, keys_of
from lparwiz.ui.screen import WizardScreen

from . import seam as sample
from .wizards import wizard


def bindings():
    """Every binding that one of our classes declares."""
    modules = (app, screen, confirm, palette, choices)
    owners = [each for module in modules for each in vars(module).values() if isclass(each)]
    for owner in dict.fromkeys(owners):
        if owner.__module__.startswith("lparwiz."):
            yield from ((owner, binding) for binding in vars(owner).get("BINDINGS", ()))


def test_every_binding_of_every_screen_has_an_id_of_the_table():
    found = list(bindings())
    assert len(found) > 80
    for owner, binding in found:
        assert isinstance(binding, Binding), owner
        typed = (binding.id or "").startswith("choice.type.")
        assert typed or binding.id in KEYS, (owner, binding)
        assert typed or binding.key == KEYS[binding.id].keys


@pytest.mark.parametrize("key", [None, "f1", "f6", "f10", "f12"])
async def test_nothing_is_bound_anywhere_that_has_no_id_of_ours(key):
    """Beside what an input of Textual's edits with."""
    async with wizard(sample.snapshot(question=sample.WORD), (100, 30)) as (pilot, _, _):
        if key:
            await pilot.press(key)
        for node, binding, *_ in pilot.app.screen.active_bindings.values():
            typed = (binding.id or "").startswith("choice.type.")
            assert typed or binding.id in KEYS or isinstance(node, Input), binding


def test_every_id_of_the_table_is_bound_somewhere():
    assert {binding.id for _, binding in bindings()} >= set(KEYS)


def test_no_key_is_one_that_a_multiplexer_or_the_terminal_takes():
    for name in KEYS:
        for key in keys_of(name).split(","):
            assert is_key(key), (name, key)
            assert key not in TAKEN
    assert clashes({}) == {}


@pytest.mark.parametrize(
    ("key", "sound"),
    [
        ("f5", True),
        ("h", True),
        ("?", True),
        ("ctrl+l", True),
        ("ctrl+shift+left", True),
        ("pageup", True),
        ("f13", False),
        ("F5", False),
        ("ctrl+", False),
        ("ctrl", False),
        ("page up", False),
        (",", False),
        ("", False),
    ],
)
def test_what_names_a_key(key, sound):
    assert is_key(key) is sound


def test_two_keys_that_change_places_are_no_clash():
    assert clashes({"help": "f2", "now": "f1"}) == {}
    assert clashes({"help": "f2"}) == {"help": ("f2", "now")}
    assert clashes({"choice-up": "k", "line-up": "k"}) == {}


async def test_a_key_that_was_remapped_works_and_the_old_one_does_not():
    async with wizard(size=(100, 30), keymap={"ledger": "l,f11", "hosts": "f3"}) as (
        pilot,
        _,
        seen,
    ):
        await pilot.press("f11")
        assert "Ledger: owed 2" in seen()
        await pilot.press("l")
        assert "Ledger: owed 2" not in seen()
        await pilot.press("f3")
        assert "hmc1  console" in seen()
        await pilot.press("f3", "f4")
        assert "hmc1  console" not in seen()


async def test_what_stands_on_the_screen_names_the_remapped_keys():
    keymap = {"leave": "f11", "hold": "h", "more": "m", "now": "ctrl+n"}
    held = sample.snapshot(state=RunState.HELD, holding=True)
    async with wizard(held, (100, 30), keymap=keymap) as (pilot, _, seen):
        assert "h goes on" in seen()
        assert "F11 leave" in seen()
        assert "h go on" in seen()
        await pilot.press("f3")
        assert "waiting for you, ctrl-n" in seen()
        await pilot.press("f1", "pagedown")
        assert "F10" not in seen()


@pytest.mark.parametrize("key", ["f10", "ctrl+q", "ctrl+c", "escape"])
async def test_each_key_that_leaves_goes_through_the_page_that_says_what_is_owed(key):
    async with wizard(size=(100, 30)) as (pilot, seam, seen):
        await pilot.press(key)
        await pilot.pause()
        assert "Leave lparwiz?" in seen()
        assert "2 debts stay owed" in seen()
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(pilot.app.screen, WizardScreen)
        assert seam.orders == []
        await pilot.press(key)
        await pilot.pause()
        await pilot.press("right", "enter")
        await pilot.pause()
    assert seam.orders == [Leave()]


async def test_escape_leaves_only_at_the_root():
    async with wizard(size=(100, 30)) as (pilot, _, seen):
        await pilot.press("f3", "escape")
        assert "Leave lparwiz?" not in seen()
        assert "Set peerinact to 9000 on every node?" in seen()


ASKED = {
    "a choice": sample.snapshot(),
    "the point of no return": sample.snapshot(question=sample.WORD),
    "a run under way": sample.migrating(),
}


@pytest.mark.parametrize("where", ASKED)
async def test_no_single_key_changes_a_host(where):
    """Each key of each binding alone: an order to hold, or the safe answer, and no other."""
    snapshot = ASKED[where]
    question = snapshot.question
    keys = {key for _, binding in bindings() for key in binding.key.split(",")}
    async with wizard(snapshot, (100, 30)) as (pilot, seam, _):
        letters = {key for key in keys if len(key) == 1 and key.isalnum()}
        for key in (*letters, *sorted(keys - letters - {"enter"})):
            await pilot.press(key)
            if key in letters:
                continue
            await pilot.pause(0)
            for order in seam.orders:
                safe = question is not None and order == Answered(question.id, question.safe)
                assert isinstance(order, Hold) or safe, (key, order)
            while not isinstance(pilot.app.screen, WizardScreen):
                await pilot.press("escape")
            await pilot.press("f2")


async def test_enter_alone_takes_the_safe_answer():
    snapshot = sample.snapshot(question=sample.VALUE)
    async with wizard(snapshot, (100, 30)) as (pilot, seam, _):
        await pilot.press("enter")
        await pilot.pause()
        assert seam.orders == [Answered("measure.freeze", "use", "45")]


async def test_the_palette_finds_our_commands_by_their_words_and_does_them():
    async with wizard(size=(100, 30)) as (pilot, seam, seen):
        await pilot.press("f12")
        assert "Commands" in seen()
        assert "Maximize" not in seen()
        await pilot.press(*"owed")
        assert "Ledger: what is owed" in seen()
        assert "Hosts: all" not in seen()
        await pilot.press("enter")
        await pilot.pause()
        assert "Ledger: owed 2" in seen()
        await pilot.press("f12", *"colour-blind", "enter")
        await pilot.pause()
        assert pilot.app.theme == "colour-blind"
        await pilot.press("f12", *"nothing like it", "enter", "escape")
        await pilot.pause()
        assert isinstance(pilot.app.screen, WizardScreen)
        await pilot.press("f12", "down", "down", "enter")
        await pilot.pause()
        assert "Ledger: owed 2" not in seen()
        assert seam.orders == []


async def test_the_palette_offers_everything_that_has_a_key_of_its_own():
    async with wizard(size=(100, 50)) as (pilot, _, seen):
        await pilot.press(":")
        await pilot.pause()
        text = seen()
        for name, key in KEYS.items():
            assert (key.does in text) is bool(key.action), name
        assert "Theme: mono" in text


@pytest.mark.parametrize("size", [(80, 24), (160, 50), (40, 12)])
@pytest.mark.parametrize("where", ASKED)
async def test_under_ascii_every_page_is_ascii(where, size):
    """Borders, rail, marks, bars, charts: with data that is ASCII, nothing else is."""
    async with wizard(ASKED[where], size, ascii_only=True) as (pilot, _, seen):
        assert seen().isascii()
        for key in ("f1", "f3", "f4", "f6", "f7", "f8", "f10", "f12"):
            await pilot.press(key)
            await pilot.pause()
            assert seen().isascii(), [c for c in seen() if not c.isascii()]
            await pilot.press("escape" if key in ("f6", "f10", "f12") else "f2")


async def test_with_box_characters_the_same_pages_draw_them():
    async with wizard(size=(100, 30)) as (pilot, _, seen):
        assert "─" in seen()
        await pilot.press("f12")
        assert "╭" in seen()
