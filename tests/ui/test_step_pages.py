"""What each step's page looks like where it asks, in real runs of each route.

The runs are played in the lab in memory, as for the screenshots; what each page means is asserted
in tests/steps and in the other files here.
"""

import asyncio
from functools import cache

import pytest

from lparwiz.change import Route
from lparwiz.lab.scenario import Scenario
from lparwiz.run.orders import Answered
from lparwiz.screenshots.life import Run, living
from lparwiz.screenshots.memory import Memory
from lparwiz.screenshots.script import THINKS, onward, stale_server
from lparwiz.ui.app import Wizard

from . import seam as sample

SIZES = {"80x24": (80, 24), "100x30": (100, 30), "160x50": (160, 50)}
OVER = "report"
"""What the last page of a run is called here: it asks nothing."""

PAGES = {
    "full": (
        "connect.continue",
        "check.continue",
        "measure.freeze",
        "mark.proceed",
        "timers.proceed",
        "profiles.proceed",
        "freeze.freeze",
        "migrate.proceed",
        "migrate.migrate",
        "outcome.outcome",
        "cleanup.proceed",
        "restore.proceed",
        "unfreeze.proceed",
        OVER,
    ),
    "outside": ("server.physical-server",),
    "vcs": (
        "profiles.continue",
        "migrate.migrate",
        "outcome.outcome",
        "cleanup.profile-file",
        "cleanup.by-hand",
    ),
}
"""The questions whose pages are shown, by route: each step of every route is among them once."""


async def _walk(route):
    memory = Memory(Scenario(route=route))
    if route == "outside":
        stale_server(memory)
    met = {}
    async with living(Run(memory)) as life:
        while asked := await life.asked():
            await life.wait(THINKS)
            met[asked] = life.picture.snapshot(memory.now())
            question = life.picture.question
            choice = onward(question)
            value = question.word if choice.needs_word else question.value
            life.play.take(Answered(asked, choice.id, value))
            await memory.clock.quiet()
        met[OVER] = life.picture.snapshot(memory.now())
        steps = {step.id: step.play.func for step in life.steps}
    return met, steps


@cache
def walked(route):
    """The run as it stood at each question, by its id; and what plays each step, by its id."""
    return asyncio.run(_walk(route))


def shown(route, pages):
    """Pages by what makes them, so that one that is the same on two routes is one."""
    met, steps = walked(route)
    return {(steps[met[page].current], page) for page in pages}


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
@pytest.mark.parametrize(
    ("route", "page"),
    [(route, page) for route, pages in PAGES.items() for page in pages],
    ids=lambda name: name,
)
def test_page_of_a_step(snap_compare, route, page, size):
    met, _ = walked(route)
    app = Wizard(sample.ScriptedSeam(met[page]), theme="night")
    assert snap_compare(app, terminal_size=size)


def test_every_page_of_every_step_is_shown_once():
    kept = [each for route, pages in PAGES.items() for each in shown(route, pages)]
    assert len(set(kept)) == sum(map(len, PAGES.values()))
    for route in Route:
        met, steps = walked(route.value)
        assert shown(route.value, met) <= set(kept)
        assert set(steps.values()) <= {play for play, _ in kept}
