"""Watching for the freeze from within a step: the chart on the page, and what is kept of it.

A watch never stops or delays what it watches: where it fails, the page says so in a line.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial

from lparwiz.change import Change
from lparwiz.history import History, Kind, Seen, parse
from lparwiz.run.journal import JournalFailed
from lparwiz.run.play import Play
from lparwiz.run.snapshot import Chart, Limit
from lparwiz.steps.chart import chart_of, table_of
from lparwiz.steps.longest_freeze import cut_off, freeze_in, in_words, not_believed
from lparwiz.watch.figures import Figures, counted

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
    keep_cut_off(play, freezes)
    run, memory = play.picture.heading.run, play.recall("memory")
    find = partial(freeze_in, change=change, kind=kind, memory=memory, run=run)

    def note(seen: Seen | None) -> None:
        play.note(SO_FAR, seen.as_data() if seen is not None else None)

    so_far = LongestSoFar(find, note)

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
            _keep(play, freezes, watch, find(watch.figures, migrated=watch.migrated))


class LongestSoFar:
    """Notes the longest silence as it grows, so that a kill in mid-watch does not lose it.

    Args:
        find: the longest freeze in the figures of a watch.
        note: takes what is to be noted; None: what was noted before was no freeze.
    """

    def __init__(
        self, find: Callable[[Figures], Seen | None], note: Callable[[Seen | None], None]
    ) -> None:
        self._find = find
        self._note = note
        self._seconds = 0.0
        self.figures: Figures | None = None
        """The latest."""

    def put(self, figures: Figures) -> None:
        """Take in what was found by now; a silence that still grows is noted only now and then."""
        self.figures = figures
        before, seen = self._seconds, self._find(figures)
        seconds = seen.seconds if seen is not None else 0.0
        least, share = GROWN
        little = before < seconds < before + max(least, share * before)
        if seconds == before or (little and any(each.standing for each in figures.sources)):
            return
        self._seconds = seconds
        self._note(seen)


def keep_cut_off(play: Play, freezes: Freezes) -> None:
    """Keep what an earlier life of the run had seen when it was killed in mid-watch."""
    noted = parse(play.recall(SO_FAR))
    if noted is None:
        return
    seen = cut_off(noted)
    play.say(
        f"This run was killed while it watched: the longest silence by then was "
        f"{seen.seconds:.2f} s, by the {seen.by}."
    )
    keep_in_history(play, freezes, seen)
    play.note(SO_FAR, None)


async def _measure(play: Play, measure: Measure, put: Callable[[Figures], None]) -> None:
    try:
        await measure(put)
    except Exception as error:  # noqa: BLE001 - whatever it is, the migration goes on
        with suppress(JournalFailed):
            play.say(f"The freeze is not measured any more: {error or type(error).__name__}")


def _keep(play: Play, freezes: Freezes, watch: Watch, found: Seen | None) -> None:
    """Put what was seen onto the page, into the journal and into the history."""
    if watch.chart is not None:
        play.chart(watch.chart, keep=True)
        play.table(table_of(watch.chart))
    if why := not_believed(watch.figures):
        play.say(why)
    if found is None:
        said = "no source told anything" if watch.chart is None else "no freeze was seen"
        play.say(f"Watched for the freeze: {said}.")
    else:
        for line in in_words(found, migrated=watch.migrated):
            play.say(line)
        play.note(f"watched/{found.kind}", found.as_data())
        keep_in_history(play, freezes, found)
    if play.recall(SO_FAR) is not None:  # nothing is cut off any more
        play.note(SO_FAR, None)


def limits(play: Play) -> dict[str, float]:
    """Each node's peerinact during the migration, seconds; without the nodes where it is 0."""
    proposal = play.recall("peerinact") or {}
    wanted = proposal.get("wanted") or 0
    running = proposal.get("running") or {}
    return {name: max(value, wanted) / 100 for name, value in running.items() if value}


def keep_in_history(play: Play, freezes: Freezes, seen: Seen) -> None:
    """Add a figure to the history; where that can't be written the page says so."""
    try:
        freezes.history.keep(seen)
    except OSError as error:
        play.say(f"The history could not be written: {error.strerror or error}")
