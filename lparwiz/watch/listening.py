"""One source while it is listened to: what every source has in common."""

from collections import deque
from dataclasses import dataclass, field

from lparwiz.change import Host
from lparwiz.run.clock import Clock
from lparwiz.tools.command import Answer, Outcome
from lparwiz.watch.figures import Cause, Gap, Source
from lparwiz.watch.gaps import Gaps, Lag, Sign
from lparwiz.watch.recent import Recent
from lparwiz.watch.streams import Streams

OTHERS = 5
"""Gaps that do not count of which a source keeps the latest."""
AGAIN = 5.0
"""Seconds until a lost source is tried again."""
LEAST = 0.1
"""Seconds of the wall clock that every rest takes, so that a fast clock costs no more."""
LASTED = 60.0
"""Seconds that a stream must have lasted to be begun again at once."""


@dataclass(frozen=True)
class Scene:
    """What every source is listened to with."""

    transport: Streams
    clock: Clock
    speed: float
    """How much faster than the wall clock `clock` goes."""
    lag: Lag
    node: Host
    """The migrating one."""

    async def rest(self, seconds: float) -> None:
        """Wait `seconds`, and `LEAST` by the wall clock."""
        await self.clock.sleep(max(seconds, LEAST * self.speed))


@dataclass
class Listening:
    """A source that is listened to. The names are those of `Source`."""

    id: str
    label: str
    tells: str
    gaps: Gaps
    samples: int = 0
    longest: Gap | None = None
    other: deque[Gap] = field(default_factory=lambda: deque(maxlen=OTHERS))
    recent: Recent = field(default_factory=Recent)
    lost: str = ""
    open: float = 0.0
    """Seconds of the silence that nobody has seen end when the watch did."""

    def heard(self, at: float, number: int | None = None, clock: float | None = None) -> None:
        """A sign of life, with the sender's number and clock where it tells them."""
        self.samples += 1
        self.lost = ""
        self.recent.heard(at)
        counted = self.samples if number is None else number
        self.judged(self.gaps.heard(Sign(at, counted, clock)))

    def judged(self, gaps: tuple[Gap, ...]) -> None:
        """Keep what was found."""
        for gap in gaps:
            if gap.cause not in (Cause.FREEZE, Cause.SILENCE):
                self.other.append(gap)
            elif self.longest is None or gap.seconds > self.longest.seconds:
                self.longest = gap

    def gone(self, at: float, why: str, *, alive: bool | None = None) -> None:
        """Nothing comes from it any more; `alive`: see `Gaps.broken`."""
        self.judged(self.gaps.broken(at, alive=alive))
        self.recent.lost(at)
        self.lost = why

    def finish(self, now: float) -> None:
        """Nobody listens to it any more."""
        self.open = self.gaps.open(now)
        self.judged(self.gaps.finish(now))

    def view(self, now: float) -> Source:
        """What it has told by now."""
        return Source(
            self.id,
            self.label,
            self.tells,
            self.gaps.interval,
            self.samples,
            self.longest,
            tuple(self.other),
            self.recent.read(now),
            self.lost,
            self.open or self.gaps.standing(now),
        )


def why(answer: Answer) -> str:
    """Why a stream has ended, in a line."""
    said = next((line for line in reversed(answer.stderr.splitlines()) if line.strip()), "")
    if answer.outcome is Outcome.EXITED:
        ended = f"it ended with exit status {answer.status}"
    else:
        ended = answer.reason.splitlines()[0] if answer.reason else str(answer.outcome)
    return f"{ended}: {said.strip()}" if said else ended


def lived_out(answer: Answer) -> bool:
    """Whether a stream has merely come to its own end."""
    ended = answer.succeeded or answer.outcome is Outcome.SIGNALLED
    return ended and answer.seconds >= LASTED
