"""What watching a node for its freeze has found, as plain immutable data.

The truth lies between a gap less one interval and the gap: both are kept, the gap is used.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

NOTHING_SEEN = 0.15
"""Seconds: no gap is longer where nothing freezes (the benchmark's own bound)."""
COARSE = 10.0
"""Seconds by which the truth may be less than a gap, from which on it says little: two looks at
LLT's links."""
INTERVALS = 3
"""How many intervals of its own a source's gap must have to count as something seen."""


class Cause(StrEnum):
    """What made a gap."""

    FREEZE = "the node froze"
    """No arrivals, and the node's own clock shows the same gap between two ticks."""
    PATH = "the path or its SSH server stalled"
    """No arrivals, but the node went on ticking meanwhile."""
    CLOCK = "the node's clock was set"
    """Arrivals went on; only the node's clock jumped."""
    OURS = "this host was busy"
    """Our own loop was late by then, and may have made the gap itself."""
    SILENCE = "no answer"
    """The source can't tell the node from the path: an unanswered ping, a link that is DOWN."""


@dataclass(frozen=True)
class Gap:
    """A silence of one source."""

    began: float
    """Engine clock, seconds: the last sign of life before it."""
    seconds: float
    """From the last sign of life before it to the first after it; for CLOCK, by how much it was
    set."""
    interval: float
    """Seconds by which the truth is less at the most: the time between two signs of life of this
    source, or twice that where what is sent into the silence is lost."""
    cause: Cause

    @property
    def least(self) -> float:
        """Seconds that it lasted at the least."""
        return max(0.0, self.seconds - self.interval)


@dataclass(frozen=True)
class Source:
    """What one source has seen until now."""

    id: str
    """Stable and unique, such as `ticks` or `ping/node02`."""
    label: str
    """For the screen, such as `ticks of node01` or `ping from node02`."""
    tells: str
    """What it can and can't tell, in a line."""
    interval: float
    """Seconds between two signs of life."""
    samples: int = 0
    """Signs of life seen."""
    longest: Gap | None = None
    """The longest silence that counts as unresponsive: a FREEZE, or a SILENCE."""
    other: tuple[Gap, ...] = ()
    """The latest few gaps that do not count (PATH, CLOCK, OURS), newest last."""
    recent: tuple[float | None, ...] = ()
    """The longest silence in seconds that stood in each second of the last two minutes, oldest
    first; None for a second in which the source was lost or not yet there."""
    lost: str = ""
    """Why the source tells nothing any more; empty while it does."""
    standing: float = 0.0
    """Seconds of a silence that nobody has seen end, or that is not judged yet: it counts as far as
    it goes where the watch ends here."""


@dataclass(frozen=True)
class Figures:
    """All sources at one instant."""

    at: float
    """Engine clock, seconds."""
    sources: tuple[Source, ...]

    @property
    def told(self) -> bool:
        """Whether any source has told anything."""
        return any(source.samples for source in self.sources)


@dataclass(frozen=True)
class Counted:
    """A silence that counts as a freeze."""

    source: Source
    """Who saw it."""
    gap: Gap
    open: bool = False
    """Whether nobody has seen it end: then it lasted at least so long."""


def counted(figures: Figures | None) -> tuple[Counted, ...]:
    """What counts as a freeze, the longest first; nothing where there was no more than jitter.

    Of each source the longest that it saw end, and what stands open, as far as it went; each by
    the source's own measure: a coarse one takes nothing away from a fine one. One that tells no
    better than to `COARSE` adds nothing either, where a finer one saw the same silence as long as
    it is certain of.
    """
    if figures is None:
        return ()
    found: list[Counted] = []
    for source in figures.sources:
        if source.samples and source.longest is not None:
            found.append(Counted(source, source.longest))
        if source.samples and (seconds := source.standing):
            gap = Gap(figures.at - seconds, seconds, source.interval, Cause.SILENCE)
            found.append(Counted(source, gap, open=True))
    fine = [each.gap for each in found if each.gap.interval < COARSE]
    counting = [each for each in found if _seen(each.gap) and not _told_finer(each.gap, fine)]
    return tuple(sorted(counting, key=lambda each: (each.gap.seconds, each.open), reverse=True))


def _told_finer(gap: Gap, fine: Sequence[Gap]) -> bool:
    """Whether a coarse gap is the silence that a finer one tells, for all that it knows."""
    return gap.interval >= COARSE and any(
        each.seconds >= gap.least
        and each.began < gap.began + gap.seconds
        and gap.began < each.began + each.seconds
        for each in fine
    )


def _seen(gap: Gap) -> bool:
    return gap.seconds > max(NOTHING_SEEN, INTERVALS * gap.interval)
