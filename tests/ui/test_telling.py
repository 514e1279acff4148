"""What the wizard without a screen says of runs that are made up."""

import io
from dataclasses import replace

from lparwiz.plain.paper import Paper
from lparwiz.plain.telling import Teller
from lparwiz.run.snapshot import Page, PlannedCommand, StepState

from . import seam as sample


def said(first, *later):
    """All that is said of these snapshots, one after another."""
    out = io.StringIO()
    teller = Teller(Paper(out, lambda: None, by_screen=False), first)
    for snapshot in later:
        teller.news(snapshot, asking=False)
    return out.getvalue()


def test_what_a_step_that_ended_did_not_run_is_not_said_to_run_yet():
    first = sample.snapshot(current="timers", steps=sample.steps("timers"), pages=())
    raising = PlannedCommand("raise", "db01", "Raise peerinact", "lltconfig -T peerinact:9000")
    page = Page("timers", "Timers", "Raise them.", "", plan=(raising,), result="Taken back.")
    left = sample.steps("restore", timers=StepState.LEFT)
    text = said(first, replace(first, steps=left, current="restore", pages=(page,)))
    assert "Result: Taken back." in text
    assert "What will run" not in text
