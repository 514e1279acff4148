"""Watching for the freeze from within a step: the chart on the page, and what is kept of it.

A watch never stops or delays what it watches: where it fails, the page says so in a line.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace

from lparwiz.change import Change
from lparwiz.history import LONGEST, History, Kind, Seen, parse
from lparwiz.run.journal import JournalFailed
from lparwiz.run.play import Play
from lparwiz.run.snapshot import Chart, Limit, Table, Trace
from lparwiz.watch.figures import Cause, Figures, Gap, Source

NOTHING_SEEN = 0.15
"""Seconds: no gap is longer where nothing freezes (the benchmark's own bound)."""
INTERVALS = 3
"""How many intervals of its own a source's gap must have to count as something seen."""
TRACES = 8
"""Sources that a chart names: what fits on a page, and into the journal in one line."""
AFTERWARDS = 60.0
"""Seconds after the end of the longest gap for which the chart follows on: then it is in the
middle of the two minutes, and stays there."""
PATIENCE = 3.0
"""Seconds that a watch may take to end, by the wall clock."""
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
        self._longest = -1.0

    def put(self, figures: Figures) -> None:
        """Take in what was found by now."""
        self.figures = figures
        chart = chart_of(self._title, figures, self._limits)
        source = longest(figures)
        gap = source.longest if source is not None else None
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


def longest(figures: Figures) -> Source | None:
    """The source that saw the longest freeze; None where none told anything."""
    told = [source for source in figures.sources if source.samples]
    return max(told, key=_seconds, default=None)


def _seconds(source: Source) -> float:
    return source.longest.seconds if source.longest is not None else 0.0


def found_in(
    figures: Figures | None, change: Change, kind: Kind, *, memory: int | None, run: str = ""
) -> Seen | None:
    """The longest freeze for the history; None where there was none, or no more than jitter.

    Each source by its own measure: a coarse one takes nothing away from a fine one. A silence that
    stands open counts as far as it went.
    """
    if figures is None:
        return None
    found = [(s, gap) for s in figures.sources if s.samples for gap in _gaps(s, figures.at)]
    counting = [(source, gap) for source, gap in found if _counts(gap)]
    if not counting:
        return None
    source, gap = max(counting, key=lambda each: each[1].seconds)
    return Seen(
        at=figures.at,
        lpar=change.lpar.name,
        source=change.lpar.source,
        target=change.lpar.target,
        seconds=round(gap.seconds, 3),
        least=round(gap.least, 3),
        samples=source.samples,
        by=source.label,
        kind=kind,
        memory=memory,
        run=run,
    )


def _gaps(source: Source, at: float) -> Iterator[Gap]:
    """The longest silence that a source saw end, and the one that stands open."""
    if source.longest is not None:
        yield source.longest
    if source.standing:
        seconds = source.standing
        yield Gap(at - seconds, seconds, source.interval, Cause.SILENCE)


def _counts(gap: Gap) -> bool:
    return max(NOTHING_SEEN, INTERVALS * gap.interval) < gap.seconds <= LONGEST


def not_believed(figures: Figures | None) -> str:
    """Why the longest silence is not kept, in a sentence; empty: it is no longer than a freeze."""
    source = longest(figures) if figures is not None else None
    seconds = _seconds(source) if source is not None else 0.0
    if source is None or seconds <= LONGEST:
        return ""
    return (
        f"{seconds:.2f} s without a sign, by the {source.label}, are not kept as a freeze: none "
        f"takes more than {LONGEST:g} s. Was the node switched off?"
    )


def chart_of(title: str, figures: Figures, limits: tuple[Limit, ...]) -> Chart:
    """The figures drawn beside the limits: the ticks, then those that saw most.

    By whole seconds, so that jitter doesn't make them change places; SSH, which is heard by the
    ticks, after those that tell more.
    """
    first, others = figures.sources[:1], figures.sources[1:]
    ranked = sorted(others, key=lambda s: (-int(_seconds(s)), s.id == "ssh"))
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
    noted = _Noted(play, change, kind)

    def put(figures: Figures) -> None:
        watch.put(figures)
        noted.put(figures)

    task = asyncio.create_task(_measure(play, freezes.measure, put))
    try:
        yield watch
    finally:
        task.cancel()
        await asyncio.wait({task}, timeout=PATIENCE)
        with suppress(JournalFailed):  # whoever sends next finds it out, and nothing is sent
            _keep(play, change, freezes, kind, watch)


class _Noted:
    """The longest silence so far, in the journal: a run that is killed has it still."""

    def __init__(self, play: Play, change: Change, kind: Kind) -> None:
        self._play = play
        self._change = change
        self._kind = kind
        self._seconds = 0.0

    def put(self, figures: Figures) -> None:
        """Note it where it is another, one that stands open only now and then."""
        play, before = self._play, self._seconds
        run, memory = play.picture.heading.run, play.recall("memory")
        seen = found_in(figures, self._change, self._kind, memory=memory, run=run)
        seconds = seen.seconds if seen is not None else 0.0
        least, share = GROWN
        little = before < seconds < before + max(least, share * before)
        if seconds == before or (little and any(each.standing for each in figures.sources)):
            return
        self._seconds = seconds
        play.note(SO_FAR, seen.as_data() if seen is not None else None)


def take_up(play: Play, freezes: Freezes) -> None:
    """Keep what an earlier life of the run had seen when it was killed in mid-watch."""
    seen = cut_off(play.recall(SO_FAR))
    if seen is None:
        return
    play.say(
        f"This run was killed while it watched: the longest silence by then was "
        f"{seen.seconds:.2f} s, by the {seen.by}."
    )
    keep(play, freezes, seen)
    play.note(SO_FAR, None)


def cut_off(noted: object) -> Seen | None:
    """A figure that was noted so far, as the history keeps it; None where nothing was."""
    seen = parse(noted)
    return replace(seen, by=f"{seen.by} (cut off by a kill: at least)") if seen else None


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
    found = found_in(watch.figures, change, kind, memory=memory, run=run)
    if why := not_believed(watch.figures):
        play.say(why)
    if found is None:
        said = "no source told anything" if watch.chart is None else "no freeze was seen"
        play.say(f"Watched for the freeze: {said}.")
        _ended(play)
        return
    play.say(
        f"The longest freeze was {found.seconds:.2f} s, at least {found.least:.2f} s, by the "
        f"{found.by}."
    )
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
