"""Every point of a run with every fault that applies to it; and some of them twice over."""

import asyncio
import gc
import random
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from .branch import Branches
from .faults import KILLS, that_strike
from .invariants import broken
from .play import Strike, armed, play, play_out, scratch
from .points import Point
from .setting import Part, Setting
from .world import nothing

TWICE = 100
"""Second kills for one setting, and as many second faults of any kind."""
ALL_KILLS = {kill for each in KILLS.values() for kill in each}


@dataclass(frozen=True)
class Case:
    """One replay."""

    setting: Setting
    strikes: tuple[Strike, ...]
    step: str
    """The step of the point that is struck first; where it is struck twice, `resume`."""
    again: str = ""
    """`killed` or `struck`: once more, at a point of the life in which the run is taken up."""
    seed: int = 0
    """Picks that point, which is not known before the first strike is played."""

    @property
    def fault(self) -> str:
        return f"{self.again}-again" if self.again else self.strikes[0].fault

    @property
    def replay(self) -> str:
        """The line that replays just this."""
        only = " ".join(f"--only {each}" for each in self.strikes)
        return f"python -m tests.faults {self.setting.options} {only}"


@dataclass(frozen=True)
class Tried:
    """A case and what was wrong after it."""

    case: Case
    statuses: tuple[int | None, ...]
    wrong: tuple[str, ...]


LITTER = 100_000
"""Objects that a worker makes before it looks for what earlier replays left: a few replays'."""


def settle() -> None:
    """What a worker does first: what is loaded stays, and isn't looked through again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(LITTER)


def cases(part: Part) -> list[Case]:
    """What is to be tried; a sample is always the same, spread over all faults."""
    setting = part.setting
    (points, *_) = play(setting).points
    found = [
        Case(setting, (Strike(point.id, fault),), point.step)
        for point in points
        for fault in that_strike(point)
        if not part.steps or point.step in part.steps
    ]
    chance = random.Random(setting.options)  # noqa: S311 - the same sample each time
    count = TWICE
    if part.sample is not None:
        found = chance.sample(found, min(part.sample, len(found)))
        count = max(1, part.sample // 20)
    kills = [case for case in found if case.strikes[0].fault in ALL_KILLS]
    again = [
        replace(first, step="resume", again=how, seed=chance.getrandbits(32))
        for how, firsts in (("killed", kills), ("struck", found))
        for first in chance.sample(firsts, min(count, len(firsts)))
    ]
    return [*found, *again]


def attempts(cases: Sequence[Case]) -> list[Tried]:
    """Play cases of one setting, each as a branch of one run; see `attempt`."""
    folder = scratch()
    try:
        return asyncio.run(_Trunk(cases, folder).play())
    finally:
        shutil.rmtree(folder)


class _Trunk:
    """One run, and in each branch of it one case.

    Args:
        cases: what is tried.
        folder: of the run.
    """

    def __init__(self, cases: Sequence[Case], folder: Path) -> None:
        self._left: dict[str, list[Case]] = {}
        for case in cases:
            self._left.setdefault(case.strikes[0].point, []).append(case)
        self._branches = Branches(folder)
        self._world = armed(cases[0].setting, (), folder)
        self._world.at_point = self._at_point
        self._case: Case | None = None
        """What this branch plays."""
        self._tried: list[Tried] = []

    async def play(self) -> list[Tried]:
        """Play it to its end; a branch ends here, as its process does."""
        try:
            await play_out(self._world)
            result = self._result() if self._branches.is_one else None
        except Exception as error:  # the harness's own failure is a miss
            if not self._branches.is_one:
                raise
            result = Tried(self._case, (), (f"the harness failed: {error!r}",))
        if self._branches.is_one:
            self._branches.report(result)
        await self._world.site.close()
        missed = (each for cases in self._left.values() for each in cases)
        return [*self._tried, *(Tried(each, (), ("no such point",)) for each in missed)]

    def _result(self) -> Tried | None:
        if self._case.again and len(self._case.strikes) == 1:
            return None  # it is over before it could be struck a second time
        statuses = tuple(life.status for life in self._world.lives)
        return Tried(self._case, statuses, tuple(broken(self._world)))

    def _at_point(self, point: Point) -> None:
        for case in self._left.pop(point.id, ()):
            report = self._branches.set_off()
            if report is None:
                self._world.unlock()
                self._begin(case)
                break
            if report.result is not None:
                self._tried.append(report.result)
        self._world.allow()

    def _begin(self, case: Case) -> None:
        self._case = case
        self._world.at_point = nothing
        self._world.arm(case.strikes)
        if case.again:
            self._world.before_life = self._again

    def _again(self) -> None:
        """Where the run is taken up: a branch learns its points, and one of them is struck."""
        self._world.before_life = nothing
        report = self._branches.set_off()
        if report is None:
            self._result = lambda: self._world.lives[1].points
        elif report.result:
            self._case = _with_a_second(self._case, report.result)
            self._world.arm(self._case.strikes)


def attempt(case: Case) -> Tried | None:
    """Play one case; None where the run is over before it could be struck a second time."""
    try:
        struck = _with_the_second(case) if case.again else case
        if struck is None:
            return None
        result = play(struck.setting, struck.strikes)
    except Exception as error:  # noqa: BLE001 - the harness's own failure is a miss, not the end
        return Tried(case, (), (f"the harness failed: {error!r}",))
    return Tried(struck, result.statuses, result.wrong)


def _with_the_second(case: Case) -> Case | None:
    points = play(case.setting, case.strikes).points
    if len(points) < 2 or not points[1]:
        return None
    return _with_a_second(case, points[1])


def _with_a_second(case: Case, points: Sequence[Point]) -> Case:
    chance = random.Random(case.seed)  # noqa: S311 - the same point each time
    point = chance.choice(points)
    faults = KILLS[point.kind] if case.again == "killed" else that_strike(point)
    second = Strike(point.id, chance.choice(faults), life=1)
    return replace(case, strikes=(*case.strikes, second))
