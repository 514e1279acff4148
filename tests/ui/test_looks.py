"""What the screens look like, as pictures; what they mean is asserted in the other files here."""

import pytest
import ui_seam as sample

from lparwiz.run.snapshot import RunState
from lparwiz.ui.app import Wizard

SIZES = {"80x24": (80, 24), "100x30": (100, 30), "160x50": (160, 50)}
every_size = pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)


def wizard(snapshot, theme="night", journal=()):
    seam = sample.ScriptedSeam(snapshot)
    seam.journal = journal
    return Wizard(seam, theme=theme)


def check(nodes):
    return sample.snapshot(
        nodes,
        current="check",
        pages=(sample.CONNECT, sample.CHECK),
        steps=sample.steps("check"),
    )


PAGES = {
    "a question before a plan for many hosts": (sample.snapshot(64), ()),
    "the migration under way": (sample.migrating(), ()),
    "warnings and a stop": (check(64), ()),
    "the point of no return": (sample.snapshot(question=sample.WORD), ("up", *"db01")),
    "a value": (sample.snapshot(question=sample.VALUE), ()),
    "looking back": (sample.snapshot(), ("f8",)),
    "the ledger": (sample.snapshot(), ("f3",)),
    "all hosts": (sample.snapshot(64), ("f4", "down")),
    "one host": (sample.detailed(), ("f4", "enter")),
    "the timeline": (sample.snapshot(), ("t",)),
    "the journal": (sample.snapshot(), ("j",)),
    "the journal unfolded and words found": (
        sample.snapshot(),
        ("j", "f7", "/", *"line 2", "enter"),
    ),
    "the help": (sample.snapshot(), ("f1",)),
    "the commands": (sample.snapshot(), ("f12",)),
    "before leaving": (sample.snapshot(), ("f10",)),
    "the way back": (sample.migrating(), ("f6",)),
    "on hold": (sample.snapshot(state=RunState.HELD, holding=True), ()),
    "the end": (
        sample.snapshot(
            state=RunState.OVER, question=None, exit_status=3, closing="Migrated; 2 debts are owed."
        ),
        (),
    ),
}


@every_size
@pytest.mark.parametrize("page", PAGES)
def test_page(snap_compare, page, size):
    snapshot, keys = PAGES[page]
    app = wizard(snapshot, journal=sample.JOURNAL)
    assert snap_compare(app, press=keys, terminal_size=size)


def test_a_wide_terminal_has_the_hosts_beside_the_page(snap_compare):
    assert snap_compare(wizard(sample.snapshot(64)), terminal_size=(200, 60))


def test_too_small_a_terminal(snap_compare):
    assert snap_compare(wizard(sample.snapshot()), terminal_size=(50, 12))


@pytest.mark.parametrize("theme", ["day", "high-contrast", "colour-blind", "paper", "ansi", "mono"])
def test_warnings_and_a_stop_in_each_other_theme(snap_compare, theme):
    assert snap_compare(wizard(check(64), theme), terminal_size=(80, 24))
