"""What turns bad while the last question stands is seen before anything is sent.

Between the check and the point of no return lies an operator's coffee: each trouble comes while the
question stands that the LPAR's name answers, and the lab's record is asked what was sent.
"""

import pytest

from lparwiz.lab.scenario import Scenario
from lparwiz.lab.troubles.registry import TROUBLES
from lparwiz.tools.command import Answer, Outcome

from ..operators import Deciding
from .in_memory import Run
from .somebody import World, played

NODES, BY_HMC, EITHER = ("outside",), ("outside", "managed"), ("full", "vcs")
CAUGHT = {
    "no-rmc": (EITHER, "RMC is inactive"),
    "barred": (EITHER, "migration_disabled"),
    "mate-migrating": (NODES, "db02, a node of this cluster, is migrating"),
    "system-not-running": (EITHER, "STALE_ADMIN_WAIT"),
    "group-in-transition": (("managed", "vcs"), "STARTING"),
    "failover-pending": (EITHER, "ToQ"),
    "group-faulted": (BY_HMC, "faulted"),
    "jeopardy": (NODES, "in jeopardy"),
    "visible": (NODES, "only visible"),
    "no-port-h": (NODES, "GAB's membership"),
    "engine-down": (NODES, "GAB's membership"),
    "link-down": (NODES, "OPEN with all links UP"),
    "lpar-elsewhere": (EITHER, "p9-east"),
    "lpar-suspended": (EITHER, "Suspended"),
    "lpar-migrating": (EITHER, "under way"),
}
"""By the trouble's name: the routes on which it counts, and a word of what is said."""


async def until_the_last_question(folder, route, somebody, choices=None):
    """A run during whose last question somebody does something, once; and its exit status."""
    run = Run(folder, route=route, plain=True)

    async def act(world):
        somebody(world.site)

    operator = Deciding(choices, beside={"migrate.migrate": act})
    operator.world = run
    return run, operator, await run.once(operator)


def sent(run):
    return run.sent("migrlpar -o m") + run.sent("hagrp -migrate")


def said(run):
    """Everything that the pages show."""
    pages = run.play.picture.snapshot(0.0).pages
    return str([(page.plan, page.tables, page.lines, page.result) for page in pages])


@pytest.mark.parametrize(
    ("trouble", "route"),
    [(name, route) for name, (routes, _) in CAUGHT.items() for route in routes],
)
async def test_nothing_is_sent(folder, trouble, route):
    run, _, status = await until_the_last_question(folder, route, TROUBLES[trouble].act)
    assert sent(run) == []
    assert status in (1, 3, 4)
    assert CAUGHT[trouble][1] in said(run)


@pytest.mark.parametrize("console", ["hmc1", "hmc2"])
@pytest.mark.parametrize("route", EITHER)
async def test_nothing_is_sent_where_a_console_is_out_of_reach(folder, route, console):
    run, _, status = await until_the_last_question(
        folder, route, lambda site: site.cut_off(console, None)
    )
    assert sent(run) == []
    assert status in (1, 3)


FAULT = "migrate.moved.frozen.oradb_sg on DB02-vcs"


async def test_a_group_that_faulted_since_is_decided_on_by_the_operator(folder):
    somebody = TROUBLES["group-faulted"].act
    run, operator, status = await until_the_last_question(
        folder, "outside", somebody, {"migrate.stopped": "again", FAULT: "leave"}
    )
    assert FAULT in operator.asked
    assert len(sent(run)) == 1
    assert status == 0


async def test_a_group_that_was_faulted_from_the_start_is_asked_about_once(folder):
    """Its warning was accepted at the check: that is no news at the last moment."""
    run = Run(folder, route="outside", plain=True, troubles=frozenset({"group-faulted"}))
    operator = Deciding()
    operator.world = run
    assert await run.once(operator) == 0
    assert not [name for name in operator.asked if ".moved." in name]
    assert len(sent(run)) == 1


class CutShort(World):
    """The first listing of the source's LPARs ends within db01's uuid, and nothing says so."""

    cut = True

    async def run(self, host_id, command):
        answer = await super().run(host_id, command)
        if self.cut and command.text == "lssyscfg -r lpar -m p9-east":
            self.cut = False
            row = answer.raw_stdout.index(b"name=db01,")
            raw = answer.raw_stdout[: answer.raw_stdout.index(b"uuid=", row) + len("uuid=390924D4")]
            return Answer(Outcome.EXITED, 0, raw.decode(), "", raw, b"")
        return answer


async def test_an_lpar_whose_uuid_is_not_the_one_taken_down_is_not_migrated(folder):
    """It would arrive as somebody else's, and the outcome stay unknown for ever."""
    world = CutShort(Scenario(route="managed"))
    run = await played(world, folder, Deciding())
    assert not world.cut
    assert world.commands("migrlpar", "-o m") == []
    assert run.status == 1, run.snapshot.closing
    assert world.site.verdict()["clean"]
