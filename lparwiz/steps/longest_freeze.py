"""The longest freeze, as it was seen: taken from a watch, known from before, and told in words."""

from dataclasses import replace

from lparwiz.change import Change
from lparwiz.history import LONGEST, History, Kind, Seen
from lparwiz.watch.figures import Figures, counted

NOT_ENDED = " (it had not ended: at least)"
"""Follows the name of whoever saw a silence, where nobody saw its end."""


def freeze_in(
    figures: Figures | None,
    change: Change,
    kind: Kind,
    *,
    memory: int | None,
    run: str = "",
    migrated: bool = False,
) -> Seen | None:
    """The longest freeze of a watch, for the history; None: there was none that is believed.

    It is whole where the LPAR is known to have `migrated` meanwhile, and nothing stands open.
    """
    found = counted(figures)
    most = next((each for each in found if each.gap.seconds <= LONGEST), None)
    if figures is None or most is None:
        return None
    return Seen(
        at=figures.at,
        lpar=change.lpar.name,
        source=change.lpar.source,
        target=change.lpar.target,
        seconds=round(most.gap.seconds, 3),
        least=round(most.gap.least, 3),
        samples=most.source.samples,
        by=most.source.label + (NOT_ENDED if most.open else ""),
        kind=kind,
        memory=memory,
        run=run,
        whole=migrated and not any(each.open for each in found),
    )


def longest_known(history: History, change: Change, at: float) -> Seen | None:
    """The longest freeze that was seen, or that the change file tells where that is longer.

    Args:
        history: what was seen.
        change: what is told.
        at: now, for what is told; seconds since the epoch.
    """
    lpar, told = change.lpar, change.timers.freeze
    seen = history.longest(lpar.name, lpar.source, lpar.target)
    if told is None or (seen is not None and seen.seconds >= told):
        return seen
    by = f"{change.timers.freeze_from}, the change file says"
    return Seen(at, lpar.name, lpar.source, lpar.target, told, told, 0, by, Kind.TYPED)


def cut_off(seen: Seen) -> Seen:
    """What was noted before a kill, as the history keeps it: it lasted at least so long."""
    by = seen.by.removesuffix(NOT_ENDED)
    return replace(seen, by=f"{by} (cut off by a kill: at least)", whole=False)


def not_believed(figures: Figures | None) -> str:
    """Why the longest silence is not kept, in a sentence; empty: it is no longer than a freeze."""
    most = next(iter(counted(figures)), None)
    if most is None or most.gap.seconds <= LONGEST:
        return ""
    return (
        f"{most.gap.seconds:.2f} s without a sign, by the {most.source.label}, are not kept as a "
        f"freeze: none takes more than {LONGEST:g} s. Was the node switched off?"
    )


def in_words(seen: Seen, *, migrated: bool) -> tuple[str, ...]:
    """What was seen, in sentences. `migrated`: whether the LPAR is proven to have done so."""
    least = f"{seen.least:.2f} s, by the {seen.by}"
    told = (f"The longest freeze was {seen.seconds:.2f} s, at least {least}.",)
    if seen.counts_fully:
        return told
    why = "It may have been longer" if migrated else f"Nobody saw {seen.lpar} migrate meanwhile"
    return (*told, f"{why}: this figure only raises a timer.")
