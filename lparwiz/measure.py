"""`lparwiz measure`: a rehearsal without a run. It watches, says what it saw, changes nothing."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from time import localtime, strftime, time
from typing import Any

from lparwiz.change import Change, Host
from lparwiz.errors import Trouble
from lparwiz.history import FILE, Kind, Seen
from lparwiz.remote.connection import Connections
from lparwiz.run.clock import SystemClock
from lparwiz.run.snapshot import Finding
from lparwiz.runs import history
from lparwiz.steps import rule
from lparwiz.steps.measure import memory_of
from lparwiz.steps.rule import Running
from lparwiz.steps.watching import (
    Watch,
    chart_of,
    found_in,
    longest,
    longest_known,
    not_believed,
    told,
)
from lparwiz.tools import hmc, llt, shell
from lparwiz.tools.command import Command
from lparwiz.tools.errors import ToolError, Unreadable
from lparwiz.watch.figures import Figures, Source
from lparwiz.watch.measuring import measure

EVERY = 1.0
"""Seconds of the wall clock between two lines."""
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
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, over.set)
    rehearsal = replace(rehearsal, say=partial(_say, rehearsal, over))
    connections = Connections(change.hosts, command_limit=change.limits.command)
    watch = Watch(change.lpar.name, {}, lambda _chart: None)
    try:
        running, memory = await asyncio.gather(
            _running(connections, change), _memory(connections, change)
        )
        began = clock.now()
        measuring = measure(connections, change, clock, watch.put, speed=rehearsal.speed)
        until = over.wait() if rehearsal.seconds is None else clock.sleep(rehearsal.seconds)
        ends: list[asyncio.Future[Any]] = [
            asyncio.ensure_future(each) for each in (measuring, over.wait(), until)
        ]
        await _lines(rehearsal, watch, ends)
        for end in ends:
            end.cancel()
        problem = (await asyncio.gather(*ends, return_exceptions=True))[0]
        if isinstance(problem, Exception):
            rehearsal.say(_line(rehearsal, "failed", f"Not measured any more: {problem}"))
        return _sum_up(rehearsal, watch.figures, clock.now() - began, running, memory)
    finally:
        await connections.close()


def _say(rehearsal: Rehearsal, over: asyncio.Event, line: str) -> None:
    """Say a line. Where nobody reads any more, such as `| head`, what was seen is kept still.

    It is watched on, as far as that was asked for in seconds.
    """
    try:
        rehearsal.say(line)
    except BrokenPipeError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
        if rehearsal.seconds is None:
            over.set()


async def _lines(rehearsal: Rehearsal, watch: Watch, ends: "list[asyncio.Future[Any]]") -> None:
    """A line every second until one of `ends` is over."""
    while True:
        done, _ = await asyncio.wait(ends, timeout=EVERY, return_when=asyncio.FIRST_COMPLETED)
        if done:
            return
        if watch.figures is not None:
            rehearsal.say(_now(rehearsal, watch.figures))


async def _running(connections: Connections, change: Change) -> dict[str, Running]:
    """Each node's own timers, of those that tell them."""

    async def ask(node: Host) -> tuple[str, Running] | None:
        answer = await connections.run(node.id, shell.become(llt.query_timers(), node.become))
        with suppress(KeyError):
            if answer.succeeded:
                return node.label, Running.of(llt.parse_timers(answer.stdout))
        return None

    found = await asyncio.gather(*(ask(node) for node in change.nodes))
    return dict(each for each in found if each is not None)


async def _memory(connections: Connections, change: Change) -> int | None:
    """MB that the LPAR's profile gives it; None where the console doesn't tell."""
    lpar, console = change.lpar, change.source_console

    async def rows(command: Command) -> tuple[dict[str, str], ...]:
        listing = hmc.interpret(await connections.run(console.id, command))
        return listing.rows if isinstance(listing, hmc.Rows) else ()

    try:
        partitions, profiles = await asyncio.gather(
            rows(hmc.list_partition(lpar.source, lpar.name)),
            rows(hmc.list_profiles(lpar.source, lpar.name)),
        )
        found = hmc.partition(partitions[0]) if partitions else None
    except (ToolError, Unreadable):
        return None
    return memory_of(found.curr_profile or found.default_profile, profiles) if found else None


def _sum_up(
    rehearsal: Rehearsal,
    figures: Figures | None,
    seconds: float,
    running: Mapping[str, Running],
    memory: int | None,
) -> int:
    """Say what was seen and what follows, and keep it for the next change."""
    change, lpar = rehearsal.change, rehearsal.change.lpar
    seen = found_in(figures, change, Kind.REHEARSAL, memory=memory)
    past = history(rehearsal.runs)
    kept = ""
    if seen is not None:
        try:
            past.keep(seen)
            kept = f"Kept in {rehearsal.runs / FILE}."
        except OSError as error:
            kept = f"The history could not be written: {error.strerror or error}."
    most = longest_known(past, change, time())
    freeze = most.seconds if most is not None else None
    asked = change.timers.peerinact
    missing = [node.label for node in change.nodes if node.label not in running]
    proposal = rule.propose(freeze, asked, running, missing)
    against = rule.against(freeze, proposal.wanted, running, reboot=change.timers.reboot)
    if rehearsal.as_json:
        summary = {
            "seconds": round(seconds, 1),
            "sources": [_source(source) for source in figures.sources] if figures else [],
            "seen": seen.as_data() if seen is not None else None,
            "not believed": not_believed(figures),
            "longest": most.as_data() if most is not None else None,
            "proposal": asdict(proposal),
            "findings": [asdict(finding) for finding in against],
            "without timers": missing,
        }
        rehearsal.say(json.dumps({"kind": "summary", **summary}))
    else:
        lines = [f"Watched {lpar.name} for {seconds:.0f} s."]
        if figures is not None:
            lines += _table(figures, lpar.name)
        if why := not_believed(figures):
            lines.append(why)
        lines.append(_verdict(figures, seen))
        if kept:
            lines.append(kept)
        if most is not None and (seen is None or most.seconds > seen.seconds):
            lines.append(f"The longest known is {most.seconds:.2f} s, by the {most.by}.")
        lines.append(f"By the rule: {proposal.rule}.")
        lines += [_finding(finding) for finding in against]
        if missing:
            lines.append(f"Left out, for they don't tell their timers: {', '.join(missing)}.")
        for line in lines:
            rehearsal.say(line)
    return SEEN if figures is not None and longest(figures) is not None else NOTHING_TOLD


def _verdict(figures: Figures | None, seen: Seen | None) -> str:
    if seen is not None:
        return (
            f"The longest freeze was {seen.seconds:.2f} s, at least {seen.least:.2f} s, by the "
            f"{seen.by}."
        )
    if figures is None or longest(figures) is None:
        return "No source told anything."
    return "No freeze was seen."


def _finding(finding: Finding) -> str:
    where = f"{finding.host}: " if finding.host else ""
    remedy = f" ({finding.remedy})" if finding.remedy else ""
    return f"{finding.level}: {where}{finding.text}{remedy}"


def _table(figures: Figures, lpar: str) -> list[str]:
    table = told(chart_of(lpar, figures, ()))
    rows = [table.columns, *table.rows]
    widths = [max(len(row[n]) for row in rows) for n in range(len(table.columns))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def _line(rehearsal: Rehearsal, kind: str, text: str) -> str:
    return json.dumps({"kind": kind, "text": text}) if rehearsal.as_json else text


def _now(rehearsal: Rehearsal, figures: Figures) -> str:
    """What goes on, in a line."""
    if rehearsal.as_json:
        sources = [_source(source) for source in figures.sources]
        return json.dumps({"kind": "watching", "at": round(figures.at, 3), "sources": sources})
    silent = [s.recent[-1] for s in figures.sources if s.recent and s.recent[-1] is not None]
    most = longest(figures)
    gap = most.longest if most is not None else None
    lost = sum(bool(source.lost) for source in figures.sources)
    return (
        f"{strftime('%H:%M:%S', localtime(figures.at))}  silent {max(silent, default=0.0):6.2f} s"
        f"  longest {gap.seconds if gap else 0.0:6.2f} s{f' {most.label}' if gap and most else ''}"
        f"  {len(figures.sources)} sources{f', {lost} lost' if lost else ''}"
    )


def _source(source: Source) -> dict[str, Any]:
    """A source as JSON; seconds."""
    gap = source.longest
    return {
        "id": source.id,
        "now": source.recent[-1] if source.recent else None,
        "longest": round(gap.seconds, 3) if gap else None,
        "least": round(gap.least, 3) if gap else None,
        "samples": source.samples,
        "lost": source.lost,
        "other": [[round(each.seconds, 3), each.cause.value] for each in source.other],
    }
