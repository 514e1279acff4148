"""What the screens look like, as pictures; what they mean is asserted in the other files here."""

from dataclasses import replace

import pytest

from lparwiz.run.snapshot import (
    SPAN,
    Chart,
    Limit,
    Page,
    PlannedCommand,
    RunState,
    StepState,
    Trace,
)
from lparwiz.ui.app import Wizard
from lparwiz.ui.eye import View

from . import seam as sample

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


CONNECTING = sample.snapshot(
    state=RunState.WORKING,
    current="connect",
    steps=sample.steps("connect"),
    pages=(replace(sample.CONNECT, lines=("node01 answers",), result=""),),
    question=None,
    ledger=(),
)


def silence(label, seconds, end=80):
    """A source that was silent once, until that second of the chart."""
    began = end - seconds
    recent = tuple(n - began if began < n <= end else 0.05 for n in range(SPAN))
    return Trace(label, recent, seconds, seconds - 0.1, float(SPAN - 1 - end), 2412)


WATCHED = Page(
    "measure",
    "Measure",
    "See for how long the migration freezes the node, before any timer depends on it.",
    "Determine the freeze",
    chart=Chart(
        "Longest silence in each second",
        (silence("ticks of node01", 19.0), silence("node02 hears node01", 14.0)),
        (Limit("node02", 16.0), Limit("node03", 90.0)),
    ),
)
MEASURING = sample.snapshot(
    current="measure",
    steps=sample.steps("measure"),
    pages=(sample.CONNECT, sample.CHECK, WATCHED),
    question=sample.VALUE,
)
MANAGED = Page(
    "migrate",
    "Migrate",
    "Have VCS migrate the LPAR: the management LPAR asks the HMC for it.",
    "Migrating a managed LPAR",
    plan=(
        PlannedCommand(
            "vcs.go", "mgmt01", "begin the migration", "hagrp -migrate db01_grp -to mgmt02"
        ),
        PlannedCommand(
            "vcs.see", "mgmt01", "see where it is", "hares -display db01_lpar -attribute State"
        ),
    ),
)
BY_VCS = sample.snapshot(
    route="vcs",
    current="migrate",
    steps=sample.steps("migrate", timers=StepState.SKIPPED, profiles=StepState.SKIPPED),
    pages=(sample.CONNECT, sample.CHECK, MANAGED),
    question=replace(sample.WORD, id="migrate.go"),
    ledger=(),
)

PAGES = {
    "connecting": (CONNECTING, ()),
    "the freeze and the limits": (MEASURING, ()),
    "a migration that VCS begins": (BY_VCS, ()),
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


def test_every_view_of_the_run_is_among_the_pages():
    named = {"page": "connecting", "host": "one host", "hosts": "all hosts"}
    wanted = {named.get(view.value, f"the {view.value}") for view in View}
    assert wanted <= set(PAGES)


def test_a_wide_terminal_has_the_hosts_beside_the_page(snap_compare):
    assert snap_compare(wizard(sample.snapshot(64)), terminal_size=(200, 60))


def test_too_small_a_terminal(snap_compare):
    assert snap_compare(wizard(sample.snapshot()), terminal_size=(50, 12))


@pytest.mark.parametrize("theme", ["day", "high-contrast", "colour-blind", "paper", "ansi", "mono"])
def test_warnings_and_a_stop_in_each_other_theme(snap_compare, theme):
    assert snap_compare(wizard(check(64), theme), terminal_size=(80, 24))
