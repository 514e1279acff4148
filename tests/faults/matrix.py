"""Every point of a run with every fault that applies to it; and some of them twice over."""

import gc
import random
from dataclasses import dataclass, replace

from .faults import KILLS, that_strike
from .play import Strike, play
from .setting import Part, Setting

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


def settle() -> None:
    """What a worker does first: what is loaded stays, and isn't looked through again and again."""
    gc.collect()
    gc.freeze()


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
    chance = random.Random(case.seed)  # noqa: S311 - the same point each time
    point = chance.choice(points[1])
    faults = KILLS[point.kind] if case.again == "killed" else that_strike(point)
    second = Strike(point.id, chance.choice(faults), life=1)
    return replace(case, strikes=(*case.strikes, second))
