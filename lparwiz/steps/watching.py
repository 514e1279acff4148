"""Watching for the freeze from within a step: the chart on the page, and what is kept of it.

A watch never stops or delays what it watches: where it fails, the page says so in a line.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import partial

from lparwiz.change import Change
from lparwiz.history import LONGEST, History, Kind, Seen, parse
from lparwiz.run.journal import JournalFailed
from lparwiz.run.play import Play
from lparwiz.run.snapshot import Chart, Limit, Table, Trace
from lparwiz.watch.figures import Figures, Source, counted

TRACES = 8
"""Sources that a chart names: what fits on a page, and into the journal in one line."""
AFTERWARDS = 60.0
"""Seconds after the end of the longest gap for which the chart follows on: then it is in the
middle of the two minutes, and stays there."""
PATIENCE = 3.0
"""Seconds that a watch may take to end, by the wall clock."""
NOT_ENDED = " (it had not ended: at least)"
"""What stands behind who saw a silence that nobody saw end."""
SO_FAR = "watched so far"
"""The fact with the longest silence of a watch that has not ended; none once it has."""
GROWN = 1.0, 0.1
"""Seconds, and its own share, by which a silence that stands open grows until it is noted anew:
some fifty times at the most, up to `LONGEST`."""

Measure = Callable[[Callable[[Figures], None]], Awaitable[None]]
"""Watches until cancelled, and hands up what it has found again and again."""


@dataclass(frozen=True)
class Freezes:
    """What the steps know of freezes, and how they watch for one."""

    history: History = field(default_factory=lambda: History(None))
    measure: Measure | None = None
    """None: nothing is watched, such as in a dry run."""

    def can_watch(self, play: Play, change: Change) -> bool:
        """Whether there is a node to be watched, and something to watch it with."""
        return self.measure is not None and change.migrating_node is not None and not play.rehearsal


class Watch:
    """One watch: what it has found, and the chart to keep of it.

    Args:
        limits: each node's running peerinact by its name, seconds; those that never expire left
            out.
        show: is handed each new chart.
    """

    def __init__(
        self, title: str, limits: Mapping[str, float], show: Callable[[Chart], None]
    ) -> None:
        self._title = title
        self._limits = tuple(Limit(name, seconds) for name, seconds in limits.items())
        self._show = show
        self.figures: Figures | None = None
        self.chart: Chart | None = None
        """The one with the longest gap in sight."""
        self.migrated = False
        """Whether the LPAR is proven to have migrated while all of it was watched."""
        self._longest = -1.0

    def put(self, figures: Figures) -> None:
        """Take in what was found by now."""
        self.figures = figures
        chart = chart_of(self._title, figures, self._limits)
        gap = next((each.gap for each in counted(figures)), None)
        ended = gap.began + gap.seconds if gap is not None else figures.at
        grown = gap is not None and gap.seconds > self._longest
        if grown or self.chart is None or figures.at - ended <= AFTERWARDS:
            self.chart = chart
        if gap is not None:
            self._longest = gap.seconds
        self._show(chart)


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


def found_in(
    figures: Figures | None,
    change: Change,
    kind: Kind,
    *,
    memory: int | None,
    run: str = "",
    migrated: bool = False,
) -> Seen | None:
    """The longest freeze for the history; None where there was none that is believed.

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


def not_believed(figures: Figures | None) -> str:
    """Why the longest silence is not kept, in a sentence; empty: it is no longer than a freeze."""
    most = next(iter(counted(figures)), None)
    if most is None or most.gap.seconds <= LONGEST:
        return ""
    return (
        f"{most.gap.seconds:.2f} s without a sign, by the {most.source.label}, are not kept as a "
        f"freeze: none takes more than {LONGEST:g} s. Was the node switched off?"
    )


def said_of(seen: Seen, *, migrated: bool) -> tuple[str, ...]:
    """What was seen, in a sentence each; `migrated`: whether the LPAR did so meanwhile."""
    least = f"{seen.least:.2f} s, by the {seen.by}"
    told = (f"The longest freeze was {seen.seconds:.2f} s, at least {least}.",)
    if seen.counts_fully:
        return told
    why = "It may have been longer" if migrated else f"Nobody saw {seen.lpar} migrate meanwhile"
    return (*told, f"{why}: this figure only raises a timer.")


def chart_of(title: str, figures: Figures, limits: tuple[Limit, ...]) -> Chart:
    """The figures drawn beside the limits: the ticks, then those that saw most.

    By whole seconds, so that jitter doesn't make them change places; SSH, which is heard by the
    ticks, after those that tell more.
    """
    first, others = figures.sources[:1], figures.sources[1:]

    def seconds(source: Source) -> float:
        return source.longest.seconds if source.longest is not None else 0.0

    ranked = sorted(others, key=lambda s: (-int(seconds(s)), s.id == "ssh"))
    shown = (*first, *ranked[: TRACES - len(first)])
    traces = tuple(_trace(source, figures.at) for source in shown)
    return Chart(title, traces, limits, len(figures.sources) - len(shown))


def _trace(source: Source, at: float) -> Trace:
    gap = source.longest
    recent = tuple(None if each is None else round(each, 2) for each in source.recent)
    trace = Trace(source.label, recent, samples=source.samples, remark=_remark(source))
    if gap is None:
        return trace
    ended = max(0.0, at - gap.began - gap.seconds)
    return replace(
        trace, longest=round(gap.seconds, 3), least=round(gap.least, 3), ended=round(ended, 1)
    )


def _remark(source: Source) -> str:
    if source.lost:
        return f"lost: {source.lost}"
    if source.standing >= 1.0:
        return f"silent now, for {source.standing:.0f} s"
    if not source.other:
        return ""
    other = max(source.other, key=lambda gap: gap.seconds)
    return f"{other.seconds:.2f} s not counted: {other.cause}"


def told(chart: Chart) -> Table:
    """What each source saw, with its uncertainty."""
    rows = [
        (
            trace.label,
            "none" if trace.longest is None else f"{trace.longest:.2f}",
            "" if trace.longest is None else f"{trace.least:.2f}",
            str(trace.samples),
            trace.remark,
        )
        for trace in chart.traces
    ]
    if chart.more:
        rows.append((f"and {chart.more} more", "none longer", "", "", ""))
    columns = ("source", "longest, s", "at least, s", "samples", "remark")
    return Table("Longest freeze, as each source saw it", columns, tuple(rows))


@asynccontextmanager
async def watching(
    play: Play, change: Change, freezes: Freezes, kind: Kind, limits: Mapping[str, float]
) -> AsyncIterator[Watch]:
    """Watch for the freeze for as long as the block lasts; what was seen is noted and kept.

    Args:
        play: whose page shows the chart.
        change: whose migrating node is watched.
        freezes: how, and where it is kept.
        kind: what goes on meanwhile.
        limits: each node's running peerinact by its name, seconds.
    """
    watch = Watch(f"Silence of {change.lpar.name}, the last two minutes", limits, play.chart)
    if freezes.measure is None or not freezes.can_watch(play, change):
        yield watch
        return
    take_up(play, freezes)
    run, memory = play.picture.heading.run, play.recall("memory")

    def note(seen: Seen | None) -> None:
        play.note(SO_FAR, seen.as_data() if seen is not None else None)

    so_far = LongestSoFar(partial(found_in, change=change, kind=kind, memory=memory, run=run), note)

    def put(figures: Figures) -> None:
        watch.put(figures)
        so_far.put(figures)

    task = asyncio.create_task(_measure(play, freezes.measure, put))
    try:
        yield watch
    finally:
        task.cancel()
        await asyncio.wait({task}, timeout=PATIENCE)
        with suppress(JournalFailed):  # whoever sends next finds it out, and nothing is sent
            _keep(play, change, freezes, kind, watch)


class LongestSoFar:
    """The longest silence so far, noted as it grows: whoever is killed in mid-watch has it still.

    Args:
        find: what there is to be kept of the figures.
        note: takes what is to be noted; None: what was noted before was no freeze.
    """

    def __init__(
        self, find: Callable[[Figures], Seen | None], note: Callable[[Seen | None], None]
    ) -> None:
        self._find = find
        self._note = note
        self._seconds = 0.0

    def put(self, figures: Figures) -> None:
        """Note it where it is another, one that stands open only now and then."""
        before, seen = self._seconds, self._find(figures)
        seconds = seen.seconds if seen is not None else 0.0
        least, share = GROWN
        little = before < seconds < before + max(least, share * before)
        if seconds == before or (little and any(each.standing for each in figures.sources)):
            return
        self._seconds = seconds
        self._note(seen)


def take_up(play: Play, freezes: Freezes) -> None:
    """Keep what an earlier life of the run had seen when it was killed in mid-watch."""
    noted = parse(play.recall(SO_FAR))
    if noted is None:
        return
    seen = cut_off(noted)
    play.say(
        f"This run was killed while it watched: the longest silence by then was "
        f"{seen.seconds:.2f} s, by the {seen.by}."
    )
    keep(play, freezes, seen)
    play.note(SO_FAR, None)


def cut_off(seen: Seen) -> Seen:
    """A figure that was noted so far, as the history keeps it."""
    by = seen.by.removesuffix(NOT_ENDED)
    return replace(seen, by=f"{by} (cut off by a kill: at least)", whole=False)


async def _measure(play: Play, measure: Measure, put: Callable[[Figures], None]) -> None:
    try:
        await measure(put)
    except Exception as error:  # noqa: BLE001 - whatever it is, the migration goes on
        with suppress(JournalFailed):
            play.say(f"The freeze is not measured any more: {error or type(error).__name__}")


def _keep(play: Play, change: Change, freezes: Freezes, kind: Kind, watch: Watch) -> None:
    """Put what was seen onto the page, into the journal and into the history."""
    if watch.chart is not None:
        play.chart(watch.chart, keep=True)
        play.table(told(watch.chart))
    run, memory = play.picture.heading.run, play.recall("memory")
    found = found_in(watch.figures, change, kind, memory=memory, run=run, migrated=watch.migrated)
    if why := not_believed(watch.figures):
        play.say(why)
    if found is None:
        said = "no source told anything" if watch.chart is None else "no freeze was seen"
        play.say(f"Watched for the freeze: {said}.")
        _ended(play)
        return
    for line in said_of(found, migrated=watch.migrated):
        play.say(line)
    play.note(f"watched/{kind}", found.as_data())
    keep(play, freezes, found)
    _ended(play)


def _ended(play: Play) -> None:
    """Nothing is cut off any more: what was seen so far is kept, or was no freeze."""
    if play.recall(SO_FAR) is not None:
        play.note(SO_FAR, None)


def limits(play: Play) -> dict[str, float]:
    """Each node's peerinact while the run migrates, seconds, by what it noted; none never."""
    proposal = play.recall("peerinact") or {}
    wanted = proposal.get("wanted") or 0
    running = proposal.get("running") or {}
    return {name: max(value, wanted) / 100 for name, value in running.items() if value}


def keep(play: Play, freezes: Freezes, seen: Seen) -> None:
    """Add a figure to the history; where that can't be written the page says so."""
    try:
        freezes.history.keep(seen)
    except OSError as error:
        play.say(f"The history could not be written: {error.strerror or error}")
