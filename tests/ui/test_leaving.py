"""Leaving, hold and abort: what is said first, and the order that is sent."""

from dataclasses import replace

import pytest

from lparwiz.run.orders import Abort, Hold, Leave
from lparwiz.run.snapshot import RunState
from lparwiz.ui.leaving_text import waits_on

from . import seam as sample
from .wizards import focused, wizard


@pytest.mark.parametrize("key", ["f10", "ctrl+q", "ctrl+c", "escape"])
async def test_every_way_out_leads_to_the_page_that_says_what_stays_owed(key):
    async with wizard(sample.snapshot()) as (pilot, seam, seen):
        await pilot.press(key)
        await pilot.pause()
        text = seen()
        assert "2 debts stay owed" in text
        assert "$ lltconfig -T peerinact:3200" in text
        assert "new_name=db01" in text
        assert "[>Stay<]" in text
        await pilot.press("enter")
        await pilot.pause()
        assert "Leave lparwiz?" not in seen()
        assert seam.orders == []
        assert focused(pilot) == "back"


@pytest.mark.parametrize(
    ("fields", "keys", "status"),
    [
        ({}, ("right", "enter"), 3),
        ({"ledger": ()}, ("right", "enter"), 1),
        ({"ledger": (), "outcome": "migrated"}, ("right", "enter"), 0),
        ({"outcome": "unknown"}, ("right", "enter"), 4),
        ({"state": RunState.OVER, "exit_status": 0, "ledger": (), "question": None}, ("enter",), 0),
        ({"state": RunState.OVER, "exit_status": 4, "question": None}, ("enter",), 4),
    ],
)
async def test_leaving_tells_the_engine_and_ends_with_the_runs_status(fields, keys, status):
    async with wizard(sample.snapshot(**fields)) as (pilot, seam, _):
        await pilot.press("ctrl+q", *keys)
        await pilot.pause()
        assert seam.orders == [Leave()]
    assert pilot.app.return_value == status


async def test_pressing_leave_twice_opens_one_page():
    async with wizard(sample.snapshot()) as (pilot, _, seen):
        await pilot.press("f10", "ctrl+q", "escape")
        await pilot.pause()
        assert "Leave lparwiz?" not in seen()


def test_while_the_hmc_migrates_a_process_that_was_left_says_why_it_has_not_ended():
    assert waits_on(sample.snapshot()) == ""
    plan = (replace(sample.timers(2).plan[0], state=sample.PlanState.RUNNING),)
    page = replace(
        sample.migrating().page, plan=plan, progress=sample.Progress("copying", 10.0, limit=3600.0)
    )
    goes = sample.snapshot(pages=(page,), current="migrate", question=None, outcome="unknown")
    assert "ends by itself when that has ended (at most 60:00)" in waits_on(goes)


async def test_hold_is_sent_and_lifted_with_the_same_key():
    async with wizard(sample.migrating()) as (pilot, seam, seen):
        await pilot.press("f5")
        assert seam.orders == [Hold(on=True)]
        seam.publish(holding=True)
        await pilot.pause()
        assert "hold asked" in seen()
        assert "F5 go on" in seen()
        seam.publish(state=RunState.HELD)
        await pilot.pause()
        assert "On hold: F5 goes on." in seen()
        await pilot.press("f5")
        assert seam.orders == [Hold(on=True), Hold(on=False)]


async def test_abort_asks_first_and_its_safe_answer_changes_nothing():
    async with wizard(sample.migrating()) as (pilot, seam, seen):
        await pilot.press("f6")
        await pilot.pause()
        assert "[>Go on with the run<]" in seen()
        await pilot.press("enter", "f6", "right", "enter")
        assert seam.orders == [Abort()]


async def test_when_the_run_is_over_nothing_but_leaving_is_sent():
    over = sample.snapshot(
        state=RunState.OVER, question=None, exit_status=0, closing="Migrated.", ledger=()
    )
    async with wizard(over) as (pilot, seam, seen):
        assert "Migrated. Exit status 0. F10 leaves." in seen()
        await pilot.press("f5", "f6", "enter")
        assert seam.orders == []
