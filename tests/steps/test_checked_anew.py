"""Taken up days later a run reads its checks anew, and asks only about what is new."""

import pytest

from lparwiz import prepared
from lparwiz.lab.troubles.registry import TROUBLES
from lparwiz.run.runner import play_run

from ..operators import Deciding, LeavingAt
from .in_memory import Run

AT_THE_MARK, BEFORE_IT_VALIDATES = "ln /etc/lparwiz.run", "migrlpar -o v"
ROUTES = ("outside", "managed", "full")


async def killed(folder, route, at, **decisions):
    """A run that was killed there three days ago."""
    run = Run(folder, {"accept": ("all",), **decisions}, route=route)
    run.happens.append((at, "killed before"))
    assert await run.once() is None
    await run.site.clock.sleep(3 * 86400.0)
    return run


@pytest.mark.parametrize(
    ("route", "at", "trouble"),
    [
        ("outside", AT_THE_MARK, "fencing-lost"),
        ("outside", BEFORE_IT_VALIDATES, "no-rmc"),
        ("managed", BEFORE_IT_VALIDATES, "target-standby"),
        ("full", BEFORE_IT_VALIDATES, "failover-pending"),
        ("full", AT_THE_MARK, "engine-down"),
        ("vcs", AT_THE_MARK, "no-mover"),
    ],
)
async def test_what_stops_since_the_check_stops_a_run_that_is_taken_up(folder, route, at, trouble):
    """Only the mark was proven anew; the migration was sent on the checks of three days ago."""
    run = await killed(folder, route, at)
    TROUBLES[trouble].act(run.site)
    assert await run.once() in (1, 3)
    assert run.sent("migrlpar -o m") == run.sent("hagrp -migrate") == []


@pytest.mark.parametrize("at", [AT_THE_MARK, BEFORE_IT_VALIDATES])
@pytest.mark.parametrize("route", ROUTES)
async def test_nothing_that_was_answered_is_asked_again_where_nothing_has_changed(
    folder, route, at
):
    """What this run itself has changed meanwhile, timers, freezes and names, is no news."""
    run = await killed(folder, route, at, freeze=True)
    before = [each["question"] for each in run.told("decision")]
    assert await run.once() == 0, run.said
    asked = [each["question"] for each in run.told("decision")][len(before) :]
    assert not {"connect.continue", "check.continue"} & set(asked)
    assert run.site.verdict()["clean"]


async def test_a_warning_that_is_new_is_asked_about_once_and_the_old_ones_are_not(folder):
    """Who doesn't accept it takes the way back; in the next life an accepted one stays so."""
    run = await killed(folder, "outside", AT_THE_MARK)
    old = {each["id"] for each in run.told("finding") if each["level"] == "warning"}
    TROUBLES["dlpar-script"].act(run.site)
    answers = Deciding()
    run.happens.append((BEFORE_IT_VALIDATES, "killed before"))
    assert await run.once(answers) is None
    (question,) = answers.asked["check.continue"]
    new = set(question.warnings)
    assert new
    assert not new & old
    again = Deciding()
    assert await run.once(again) == 0
    assert "check.continue" not in again.asked


async def test_the_baseline_of_the_check_is_kept_when_it_is_read_anew(folder):
    """GAB's members and the LPAR's uuid of the first check are what later readings are held to."""
    run = await killed(folder, "outside", AT_THE_MARK)
    assert await run.once() == 0
    noted = [each["key"] for each in run.told("fact")]
    assert [noted.count(key) for key in ("uuid", "gab", "links")] == [1, 1, 1]


async def test_no_check_is_read_again_on_the_way_back_or_once_it_migrates(folder):
    """There it could only stand in the way."""
    run = Run(folder, {"accept": ("all",)}, route="outside")
    assert await run.once(LeavingAt("restore.proceed")) == 3
    play, steps = run.stage(folder, prepared.paying(run.change))
    before = [each.data["id"] for each in play.journal.events if each.kind == "step"]
    assert await play_run(play, steps, back=True) == 0
    after = [each.data["id"] for each in play.journal.events if each.kind == "step"]
    play.journal.close()
    assert not {"connect", "check"} & set(after[len(before) :])
