"""Plays a run with faults and judges it."""

import asyncio
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from .invariants import RESUMES, broken
from .world import AT_REST, BEFORE_RESUME, World

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


def play(route: str, migration: str, strikes: tuple[Strike, ...] = (), keep=None) -> Result:
    """Play a run with these faults to its end, and judge it."""
    base = MEMORY if os.access(MEMORY, os.W_OK) else None
    folder = Path(tempfile.mkdtemp(prefix="faults-", dir=base))
    try:
        return asyncio.run(_play(route, migration, strikes, folder))
    finally:
        if keep is not None:
            shutil.copytree(folder, keep, dirs_exist_ok=True)
        shutil.rmtree(folder)


def _pause(strikes: tuple[Strike, ...]) -> float:
    number = int(strikes[0].point.rpartition("-")[2]) if strikes else 0
    return BEFORE_RESUME[number % len(BEFORE_RESUME)]


async def _play(route, migration, strikes, folder) -> Result:
    armed = {(each.life, each.point): each.fault for each in strikes}
    world = World(route, migration, folder, armed)
    clock = world.site.clock
    try:
        for number in range(2 + RESUMES):
            if number == 1 + RESUMES:
                world.site.cut.clear()  # somebody mended even what was gone for good
            life = await world.live()
            if life.error or (life.status in (0, 1) and not life.full):
                break
            await clock.sleep(_pause(strikes))
        await clock.sleep(AT_REST)
        wrong = broken(world)
    finally:
        await world.site.close()
    return Result(
        tuple(tuple(life.points) for life in world.lives),
        tuple(life.status for life in world.lives),
        tuple(wrong),
    )
