"""Somebody else freezes a group or a system before the migration is sent."""

import pytest

from lparwiz.lab.scenario import Scenario

from ..operators import Deciding
from .somebody import World, does, played, restored

FREEZES = does("db01", "PATH=$PATH:/opt/VRTS/bin hagrp -freeze app_sg")


@pytest.mark.parametrize("question", ["timers.proceed", "migrate.migrate"])
@pytest.mark.parametrize("choice", ["leave", None])
async def test_a_group_that_somebody_froze_is_decided_on_before_the_migration(
    folder, choice, question
):
    name = "migrate.moved.frozen.group app_sg"
    run = await restored(folder, {name: choice} if choice else {}, {question: FREEZES})
    assert run.status == (0 if choice else 1), run.snapshot.closing
    assert len(run.world.commands("migrlpar", "-o m")) == (1 if choice else 0)
    assert run.verdict["frozen_groups"] == ["app_sg"]
    (row,) = run.tables()
    assert row[1:3] == ["group app_sg", "not frozen"]
    assert row[4].startswith("frozen")


async def test_a_frozen_group_of_the_management_lpars_is_seen_too(folder):
    freezes = does("mgmt1", "PATH=$PATH:/opt/VRTS/bin hagrp -freeze db01_lpar_sg")
    world = World(Scenario(route="managed"))
    run = await played(world, folder, Deciding({}, {"profiles.proceed": freezes}))
    assert world.commands("migrlpar", "-o m") == []
    assert run.status == 1
    assert run.verdict["placeholder"] == "own name"
    assert [row[1] for row in run.tables()] == ["group db01_lpar_sg"]


async def test_a_frozen_system_is_seen_too(folder):
    async def freeze(world):
        world.site.cluster.frozen_systems.add("DB02-vcs")

    run = await restored(folder, {}, {"timers.proceed": freeze})
    assert run.world.commands("migrlpar", "-o m") == []
    assert run.status == 1
    assert [row[1] for row in run.tables()] == ["system DB02-vcs"]


async def test_a_group_that_was_frozen_from_the_start_is_nobodys_business(folder):
    world = World(Scenario(route="outside"))
    await FREEZES(world)
    run = await played(world, folder, Deciding())
    assert run.status == 0, run.snapshot.closing
    assert run.tables() == []
