"""`lparwiz measure`: a rehearsal without a run. It watches, says what it saw, changes nothing."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from time import localtime, strftime, time, time_ns
from typing import Any

from lparwiz.change import Change, Host
from lparwiz.errors import Trouble
from lparwiz.history import FILE, History, Kind, Seen, Unended
from lparwiz.remote.connection import Connections
from lparwiz.run.clock import SystemClock
from lparwiz.run.play import Play
from lparwiz.runs import history
from lparwiz.steps import readings, rule
from lparwiz.steps.evidence import Proof, look, migrated
from lparwiz.steps.longest_freeze import freeze_in, longest_known
from lparwiz.steps.measure import figure_of, memory
from lparwiz.steps.reader import reader
from lparwiz.steps.rehearsal import Summary, as_data
from lparwiz.steps.rule import Running
from lparwiz.steps.watching import LongestSoFar
from lparwiz.tools.errors import Refused
from lparwiz.watch.figures import Figures, counted
from lparwiz.watch.measuring import measure

EVERY = 1.0
"""Seconds of the wall clock between two lines."""
LAST = 3.0
"""The same for which the hosts are waited for at the end."""
SEEN, NOTHING_TOLD = 0, 4
"""Exit statuses: it was watched; no source told anything."""


@dataclass(frozen=True)
class Rehearsal:
    """What is watched, and how it is told."""

    change: Change
    runs: Path
    """Where the runs are kept, and the history with them."""
    seconds: float | None
    """For how long by the engine's clock; None: until it is ended."""
    speed: float
    as_json: bool
    say: Callable[[str], None]
    """Takes each line."""


def play(rehearsal: Rehearsal) -> int:
    """Watch until Ctrl-C or for so long; return the exit status.

    Raises:
        Trouble: the change names no node to be watched.
    """
    change = rehearsal.change
    if change.migrating_node is None:
        raise Trouble(
            f"There is no node to be watched: on route {change.route} the LPAR is none.",
            str(change.path),
            "Measure with a change file of route outside or full.",
        )
    return asyncio.run(_play(rehearsal))


async def _play(rehearsal: Rehearsal) -> int:
    change = rehearsal.change
    clock = SystemClock(rehearsal.speed)
    over = asyncio.Event()
    _end_on_signals(over)
    rehearsal = replace(rehearsal, say=partial(_say, rehearsal, over))
    connections = Connections(change.hosts, change.limits)
    unended = Unended(rehearsal.runs, f"{time_ns()}-{os.getpid()}")
    asked = Asked(reader(change, connections, clock), change)
    asking = asyncio.ensure_future(asked.first())
    try:
        began = clock.now()

        def found(figures: Figures | None) -> Seen | None:
            return freeze_in(
                figures, change, Kind.REHEARSAL, memory=asked.memory, migrated=asked.migrated
            )

        so_far = LongestSoFar(found, partial(_note, unended))
        measuring = measure(connections, change, clock, so_far.put, speed=rehearsal.speed)
        until = over.wait() if rehearsal.seconds is None else clock.sleep(rehearsal.seconds)
        ends: list[asyncio.Future[Any]] = [
            asyncio.ensure_future(each) for each in (measuring, over.wait(), until)
        ]
        await _lines(rehearsal, so_far, ends)
        for end in ends:
            end.cancel()
        problem = (await asyncio.gather(*ends, return_exceptions=True))[0]
        if isinstance(problem, Exception):
            rehearsal.say(_line(rehearsal, "failed", f"Not measured any more: {problem}"))
        seconds = clock.now() - began
        await asked.last(asking, over)
        figures = so_far.figures
        return _end(rehearsal, figures, found(figures), seconds, asked, unended)
    finally:
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        await connections.close()


def _end_on_signals(over: asyncio.Event) -> None:
    """Have a signal end the watch, not the process; under nohup SIGHUP is ignored as before."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        nohup = number == signal.SIGHUP and signal.getsignal(number) is signal.SIG_IGN
        if not nohup:
            loop.add_signal_handler(number, over.set)


@dataclass
class Asked:
    """What the hosts are asked beside the watch, and what they have told by now."""

    play: Play
    change: Change
    running: dict[str, Running] = field(default_factory=dict)
    """Each node's own timers, of those that tell them."""
    memory: int | None = None
    """MB that the LPAR's profile gives it."""
    before: Proof | None = None
    """What the consoles proved of it when the watch began."""
    after: Proof | None = None
    """The same when it ended."""

    @property
    def migrated(self) -> bool:
        """Whether it is proven to have migrated meanwhile."""
        return migrated(self.before, self.after)

    async def first(self) -> None:
        """Ask everything at once; a host that hangs holds up neither the watch nor the others."""
        nodes = (self._ask_timers(node) for node in self.change.nodes)
        await asyncio.gather(self._ask_before(), self._ask_memory(), *nodes)

    async def last(self, first: "asyncio.Future[None]", over: asyncio.Event) -> None:
        """Ask where the LPAR runs now; another Ctrl-C ends that too.

        After the first one nobody waits for what was asked in the beginning.
        """
        after = asyncio.ensure_future(self._proof())
        wanted: set[asyncio.Future[Any]] = {after} if over.is_set() else {after, first}
        over.clear()
        ended = asyncio.ensure_future(over.wait())
        both = asyncio.ensure_future(asyncio.wait(wanted))
        await asyncio.wait({both, ended}, timeout=LAST, return_when=asyncio.FIRST_COMPLETED)
        if after.done():
            self.after = after.result()
        for each in (after, ended, both):
            each.cancel()
        await asyncio.gather(after, ended, both, return_exceptions=True)

    async def _ask_before(self) -> None:
        self.before = await self._proof()

    async def _ask_memory(self) -> None:
        with suppress(Refused):
            self.memory = await memory(self.play, self.change)

    async def _ask_timers(self, node: Host) -> None:
        found = await readings.timers(self.play, node)
        if found.value is not None:
            self.running[node.label] = Running.of(found.value)

    async def _proof(self) -> Proof:
        """What the consoles prove of where it runs; unknown where no command carries its name."""
        try:
            return (await look(self.play, self.change)).proof
        except Refused:
            return Proof.UNKNOWN


def _note(unended: Unended, seen: Seen | None) -> None:
    """Write it down, so that a kill doesn't lose it; the end says what can't be written."""
    with suppress(OSError):
        unended.note(seen)


def _say(rehearsal: Rehearsal, over: asyncio.Event, line: str) -> None:
    """Say a line. Where it goes nowhere any more, what was seen is kept still.

    A closed pipe as with `| head`, a terminal that is gone, a full disk: it is watched on, as far
    as that was asked for in seconds.
    """
    try:
        rehearsal.say(line)
    except OSError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
        if rehearsal.seconds is None:
            over.set()


async def _lines(
    rehearsal: Rehearsal, so_far: LongestSoFar, ends: "list[asyncio.Future[Any]]"
) -> None:
    """A line every second until one of `ends` is over."""
    while True:
        done, _ = await asyncio.wait(ends, timeout=EVERY, return_when=asyncio.FIRST_COMPLETED)
        if done:
            return
        if so_far.figures is not None:
            rehearsal.say(_now(rehearsal, so_far.figures))


def _end(
    rehearsal: Rehearsal,
    figures: Figures | None,
    seen: Seen | None,
    seconds: float,
    asked: Asked,
    unended: Unended,
) -> int:
    """Keep what was seen for the next change, say it and what follows."""
    change = rehearsal.change
    past = history(rehearsal.runs, unended.path)
    kept = _keep(past, seen, rehearsal.runs, unended)
    most = longest_known(past, change, time())
    freeze = figure_of(most, change) if most is not None else None
    running = asked.running
    missing = tuple(node.label for node in change.nodes if node.label not in running)
    proposal = rule.propose(freeze, change.timers.peerinact, running, missing)
    summary = Summary(
        lpar=change.lpar.name,
        seconds=seconds,
        figures=figures,
        seen=seen,
        migrated=asked.migrated,
        kept=kept,
        unread=past.unread,
        most=most,
        proposal=proposal,
        against=rule.against(freeze, proposal.wanted, running, reboot=change.timers.reboot),
        missing=missing,
    )
    for line in (summary.as_json,) if rehearsal.as_json else summary.as_lines:
        rehearsal.say(line)
    return SEEN if figures is not None and figures.told else NOTHING_TOLD


def _keep(past: History, seen: Seen | None, runs: Path, unended: Unended) -> str:
    """Keep it in the history; where, or why not, in a sentence.

    What was noted meanwhile goes only then: it counts as cut off, which is no less than it was.
    """
    try:
        if seen is not None:
            past.keep(seen)
    except OSError as error:
        return f"The history could not be written: {error.strerror or error}."
    with suppress(OSError):
        unended.end()
    return f"Kept in {runs / FILE}." if seen is not None else ""


def _line(rehearsal: Rehearsal, kind: str, text: str) -> str:
    return json.dumps({"kind": kind, "text": text}) if rehearsal.as_json else text


def _now(rehearsal: Rehearsal, figures: Figures) -> str:
    """What goes on, in a line."""
    if rehearsal.as_json:
        sources = [as_data(source) for source in figures.sources]
        return json.dumps({"kind": "watching", "at": round(figures.at, 3), "sources": sources})
    silent = [s.recent[-1] for s in figures.sources if s.recent and s.recent[-1] is not None]
    most = next(iter(counted(figures)), None)
    lost = sum(bool(source.lost) for source in figures.sources)
    return (
        f"{strftime('%H:%M:%S', localtime(figures.at))}  silent {max(silent, default=0.0):6.2f} s"
        f"  longest {most.gap.seconds if most else 0.0:6.2f} s"
        f"{f' {most.source.label}' if most else ''}"
        f"  {len(figures.sources)} sources{f', {lost} lost' if lost else ''}"
    )
