"""Every point of a run with every fault that applies to it; and some of them twice over."""

import random
from dataclasses import dataclass

from .faults import KILLS, that_strike
from .play import Strike, play

TWICE = 60
"""Second kills for one route and migration, and as many second faults of any kind."""
ALL_KILLS = {kill for each in KILLS.values() for kill in each}


@dataclass(frozen=True)
class Case:
    """One replay."""

    route: str
    migration: str
    strikes: tuple[Strike, ...]
    step: str
    """The step of the point that is struck first; where it is struck twice, `resume`."""

    @property
    def fault(self) -> str:
        if len(self.strikes) == 1:
            return self.strikes[0].fault
        killed = all(each.fault in ALL_KILLS for each in self.strikes)
        return "killed-again" if killed else "struck-again"

    @property
    def replay(self) -> str:
        """The line that replays just this."""
        only = " ".join(f"--only {each}" for each in self.strikes)
        return f"python -m tests.faults --route {self.route} --migration {self.migration} {only}"


@dataclass(frozen=True)
class Tried:
    """A case and what was wrong after it."""

    case: Case
    statuses: tuple[int | None, ...]
    wrong: tuple[str, ...]


def cases(route: str, migration: str, sample: int | None = None) -> list[Case]:
    """What is to be tried; `sample`: so many, always the same, spread over all faults."""
    (points, *_) = play(route, migration).points
    found = [
        Case(route, migration, (Strike(point.id, fault),), point.step)
        for point in points
        for fault in that_strike(point)
    ]
    chance = random.Random(f"{route} {migration}")  # noqa: S311 - the same sample each time
    if sample is not None:
        found = chance.sample(found, min(sample, len(found)))
    kills = [case for case in found if case.strikes[0].fault in ALL_KILLS]
    count = TWICE if sample is None else max(1, sample // 20)
    again = [
        _again(first, chance, kill=kill)
        for kill, firsts in ((True, kills), (False, found))
        for first in chance.sample(firsts, min(count, len(firsts)))
    ]
    return [*found, *(case for case in again if case is not None)]


def _again(first: Case, chance: random.Random, *, kill: bool) -> Case | None:
    """The same, and struck again while it is taken up; None where it is over by then."""
    points = play(first.route, first.migration, first.strikes).points
    if len(points) < 2 or not points[1]:
        return None
    point = chance.choice(points[1])
    second = chance.choice(KILLS[point.kind] if kill else that_strike(point))
    strikes = (*first.strikes, Strike(point.id, second, life=1))
    return Case(first.route, first.migration, strikes, "resume")


def attempt(case: Case) -> Tried:
    """Play one case."""
    try:
        result = play(case.route, case.migration, case.strikes)
    except Exception as error:  # noqa: BLE001 - the harness's own failure is a miss, not the end
        return Tried(case, (), (f"the harness failed: {error!r}",))
    return Tried(case, result.statuses, result.wrong)
