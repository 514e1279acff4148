"""Plays a run with faults and judges it."""

import asyncio
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from lparwiz.run.doubt import DOUBT

from .invariants import RESUMES, broken
from .person import finish
from .setting import Setting
from .world import AT_REST, World

NOTHING_ARRIVES = 3600.0 + DOUBT
"""Lab seconds after which nothing that gave no answer is in doubt, though a clock was set back."""
MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
"""Where an fsync costs nothing, on systems that have it."""


@dataclass(frozen=True)
class Strike:
    """A fault at a point of one of the run's lives."""

    point: str
    fault: str
    life: int = 0

    def __str__(self) -> str:
        again = f"@{self.life}" if self.life else ""
        return f"{self.point}{again}:{self.fault}"


def strike(text: str) -> Strike:
    """A strike as it is printed: POINT[@LIFE]:FAULT."""
    where, _, fault = text.partition(":")
    point, _, life = where.partition("@")
    return Strike(point, fault, int(life or 0))


@dataclass(frozen=True)
class Result:
    """What became of a run."""

    points: tuple
    """The points of each life."""
    statuses: tuple[int | None, ...]
    wrong: tuple[str, ...]


def scratch() -> Path:
    """A folder for a run, in memory."""
    base = MEMORY if os.access(MEMORY, os.W_OK) else None
    return Path(tempfile.mkdtemp(prefix="faults-", dir=base))


def play(setting: Setting, strikes: tuple[Strike, ...] = (), keep=None, **more) -> Result:
    """Play a run with these faults to its end, and judge it.

    Args:
        setting: what is played.
        strikes: what goes wrong, and where.
        keep: where the run's folder is kept; None: nowhere.
        more: other fields of the lab's scenario.
    """
    folder = scratch()
    try:
        world = armed(setting, strikes, folder, **more)
        asyncio.run(_play(world))
        return Result(
            tuple(tuple(life.points) for life in world.lives),
            tuple(life.status for life in world.lives),
            tuple(world.wrong),
        )
    finally:
        if keep is not None:
            shutil.copytree(folder, keep, dirs_exist_ok=True)
        shutil.rmtree(folder)


async def _play(world: World) -> None:
    try:
        await play_out(world)
        world.wrong = broken(world)
    finally:
        await world.site.close()


def armed(setting: Setting, strikes: tuple[Strike, ...], folder: Path, **more) -> World:
    """A world in which these faults will strike."""
    world = World(setting, folder, **more)
    world.arm(strikes)
    return world


async def play_out(world: World) -> None:
    """Play a run, take it up again until it has come to its end, and let the site come to rest."""
    for number in range(2 + RESUMES):
        if number == 1 + RESUMES:
            world.site.cut.clear()  # somebody mended even what was gone for good
            await world.site.clock.sleep(NOTHING_ARRIVES)
            world.looked = True
        life = await world.live()
        if life.error or (life.status in (0, 1) and not life.full):
            break
        await world.site.clock.sleep(world.pause)
        finish(world.site, life.ledger_at_death)
    await world.site.clock.sleep(AT_REST)
