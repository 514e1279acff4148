"""How true the measured freeze is, on real stops: `python -m tests.benchmarks.measure`.

It prints a table and what of the issue's bounds was not met, and ends with 1 then; `--quick` takes
shorter times and fewer of them. A figure beyond its bound may be the machine's own doing: `late
host` counts those that are beyond by no more than a process that only waits was late just then.

Nodes are the system's sshd with real perl (`sshd`), and the lab in a process of its own (`lab`).
"""

import argparse
import asyncio
import contextlib
import math
import os
import random
import re
import resource
import shutil
import socket
import struct
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from lparwiz.change import Change
from lparwiz.remote.connection import Connections
from lparwiz.run.clock import SystemClock
from lparwiz.watch.figures import Cause, Figures, Gap
from lparwiz.watch.measuring import RATE, measure

from .nodes import SSHD, LabNode, Machine, Proxy, RealNode, Stop, undroppable
from .rows import HEADING, Row

ABOVE = 0.015
"""Seconds above one interval that the issue allows."""
PING = 0.3
"""Seconds that it allows ping."""
FALSE_GAP = 0.150
"""Seconds above which a gap without a freeze is false."""
CORE, WIRE = 2.0, 40.0
"""Per cent of a core, and kbit/s, that the whole watch of a node may cost at the usual rate."""
NO_PACKETS = "sshd, no packets"
"""A node whose machine acknowledges nothing either: what goes there and comes is dropped."""
HEARD_AGAIN = 60
"""Seconds after a stop by which TCP has sent again what was lost: it waits twice as long each time,
so no longer than about the stop itself."""
HEADERS = 20 + 32
"""Bytes of IPv4 and TCP with time stamps on each segment."""


def times(count: int, longest: float) -> list[float]:
    """True times from 0.2 s on, each the same factor above the one before."""
    step = math.log(longest / 0.2) / max(1, count - 1)
    return [0.2 * math.exp(step * number) for number in range(count)]


async def once(
    change: Change, rate: int, happens: Callable[[], Awaitable[Stop]]
) -> tuple[Stop, Figures]:
    """Watch anew while something happens: what truly was, and all that was found."""
    connections = Connections(change.hosts, change.limits)
    found: list[Figures] = []
    watch = asyncio.create_task(
        measure(connections, change, SystemClock(), found.append, rate=rate)
    )
    try:
        await _until(lambda: found and all(s.samples >= 8 for s in found[-1].sources[:3]))
        await asyncio.sleep(random.uniform(0.2, 0.5))  # noqa: S311 - any phase will do
        stop = await happens()
        await _heard_again(lambda: found[-1].sources[0].samples)
        await asyncio.sleep(1.5)
    finally:
        watch.cancel()
        await asyncio.gather(watch, return_exceptions=True)
        await connections.close()
    return stop, found[-1]


async def _heard_again(samples: Callable[[], int]) -> None:
    """Wait until the ticks come again: lost packets are sent again late, the later the longer.

    Who has not heard them by then has lost them, which is judged as all else.
    """
    before = samples()
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(HEARD_AGAIN):
            await _until(lambda: samples() > before)


def gap_of(figures: Figures, source: str, cause: Cause) -> tuple[Gap | None, str]:
    """The longest gap with that cause, and what else was found."""
    seen = next(each for each in figures.sources if each.id == source)
    gaps = [*seen.other, *([seen.longest] if seen.longest else [])]
    right = [gap for gap in gaps if gap.cause is cause]
    others = ", ".join(f"{gap.cause.name} {gap.seconds:.3f}" for gap in gaps if gap not in right)
    return max(right, key=lambda gap: gap.seconds, default=None), others or seen.lost


class Bench:
    """All of it."""

    def __init__(self, folder: Path, *, quick: bool) -> None:
        self.folder = folder
        self.runs = 6 if quick else 30
        self.longest = 3.0 if quick else 30.0
        self.two_minutes = 15.0 if quick else 120.0
        self.cost = 15.0 if quick else 60.0
        self.quick = quick
        self.unmet: list[str] = []

    async def freezes(self) -> list[Row]:
        """Nodes frozen whole; all kinds at the same time, each in two lanes."""
        rows, lanes, machine = [], [], Machine()
        listening = asyncio.create_task(machine.listen())
        for kind in ("sshd", NO_PACKETS, "lab"):
            for rate in (20, 50):
                row = Row(f"frozen whole, {kind}, {rate} ticks/s", 1 / rate + ABOVE)
                rows.append(row)
                row.remark = _unable(kind)
                if row.remark:
                    continue
                every = times(self.runs, self.longest)
                for lane in range(2):
                    # The long ones of one lane beside the short ones of the other.
                    mine = every[lane::2] if lane else every[lane::2][::-1]
                    lanes.append(self._lane(row, kind, rate, lane, mine, machine))
        try:
            await asyncio.gather(*lanes)
        finally:
            machine.stop()
            await listening
        rows[0].remark = f"load {os.getloadavg()[0]:.1f}"
        return rows

    async def _lane(
        self, row: Row, kind: str, rate: int, lane: int, every: list[float], machine: Machine
    ) -> None:
        folder = self.folder / f"{'-'.join(re.findall('[a-z]+', kind))}-{rate}-{lane}"
        node = LabNode(folder) if kind == "lab" else RealNode(folder)
        freeze = partial(node.freeze, packets=False) if kind == NO_PACKETS else node.freeze
        await asyncio.to_thread(node.start)
        try:
            for seconds in every:
                stop, figures = await once(node.change(), rate, partial(freeze, seconds))
                late = machine.late(stop, 1 / rate)
                row.add(stop, *gap_of(figures, "ticks", Cause.FREEZE), late)
        finally:
            node.stop()

    async def paths(self) -> list[Row]:
        """Paths cut and servers stalled: never a freeze; and clocks that are set."""
        every = times(4 if self.quick else 10, self.longest / 2)
        parts = [self._parted(every), self._clock()]
        if _has_sshd():
            parts += [self._held(every), self._stalled(every)]
        rows = [row for some in await asyncio.gather(*parts) for row in some]
        if not _has_sshd():
            rows.append(Row("path held, sshd", 0, remark="no sshd or no perl here"))
        return rows

    async def _parted(self, every: list[float]) -> list[Row]:
        node = LabNode(self.folder / "parted")
        ticks = Row("path cut, ping too (lab): ticks say PATH", math.inf)
        ping = Row("the same: ping's figure", PING)
        ticks.remark = "the ticks' own excess; not counted"
        await asyncio.to_thread(node.start)
        try:
            for seconds in every:
                if seconds < 0.4:  # below 2.5 intervals of ping nothing is a gap
                    continue
                stop, figures = await once(
                    node.change(peers=True), 20, lambda seconds=seconds: node.part(seconds)
                )
                ticks.add(stop, *gap_of(figures, "ticks", Cause.PATH))
                ping.add(stop, *gap_of(figures, "ping/db02", Cause.SILENCE))
                self._no_freeze(ticks, figures)
        finally:
            node.stop()
        return [ticks, ping]

    async def _held(self, every: list[float]) -> list[Row]:
        node = RealNode(self.folder / "held")
        row = Row("path held by a proxy (sshd): PATH", math.inf, remark="not counted")
        await asyncio.to_thread(node.start)
        proxy = Proxy(node.port)
        await proxy.start()
        try:
            for seconds in every:
                stop, figures = await once(
                    node.change(proxy.port), 20, lambda seconds=seconds: proxy.hold(seconds)
                )
                row.add(stop, *gap_of(figures, "ticks", Cause.PATH))
                self._no_freeze(row, figures)
        finally:
            await proxy.stop()
            node.stop()
        return [row]

    async def _stalled(self, every: list[float]) -> list[Row]:
        node = RealNode(self.folder / "stalled")
        row = Row("its SSH server stopped alone (sshd): PATH", math.inf, remark="not counted")
        await asyncio.to_thread(node.start)
        try:
            for seconds in every:
                stop, figures = await once(
                    node.change(), 20, lambda seconds=seconds: node.stall_server(seconds)
                )
                row.add(stop, *gap_of(figures, "ticks", Cause.PATH))
                self._no_freeze(row, figures)
        finally:
            node.stop()
        return [row]

    async def _clock(self) -> list[Row]:
        node = LabNode(self.folder / "clock")
        row = Row("clock set by -3600 to 3600 s (lab): CLOCK", math.inf)
        await asyncio.to_thread(node.start)
        try:
            for step in (-3600.0, -30.0, -1.0, 1.0, 30.0, 3600.0):

                async def happens(step: float = step) -> Stop:
                    await node.ask(do="set clock", host="db01", seconds=step)
                    return Stop(abs(step), abs(step))

                stop, figures = await once(node.change(), 20, happens)
                row.add(stop, *gap_of(figures, "ticks", Cause.CLOCK))
                self._no_freeze(row, figures)
        finally:
            node.stop()
        row.remark = "(times are the steps, ms what was told above them)"
        return [row]

    def _no_freeze(self, row: Row, figures: Figures) -> None:
        freeze, _ = gap_of(figures, "ticks", Cause.FREEZE)
        if freeze is not None:
            row.wrong.append(f"called a freeze of {freeze.seconds:.3f} s")

    async def many(self, nodes: int = 64) -> list[str]:
        """Nobody freezes; many nodes are watched."""
        node: RealNode | LabNode
        if _has_sshd():
            node = RealNode(self.folder / "many")
            await asyncio.to_thread(node.start)
            every = [node.change(name=f"db{number:02}") for number in range(1, nodes + 1)]
        else:
            node = LabNode(self.folder / "many")
            await asyncio.to_thread(node.start)
            every = [node.change()] * nodes
        last: dict[int, Figures] = {}
        connections = [Connections(change.hosts, change.limits) for change in every]
        watches = [
            asyncio.create_task(
                measure(each, change, SystemClock(), lambda f, n=number: last.update({n: f}))
            )
            for number, (each, change) in enumerate(zip(connections, every, strict=True))
        ]
        try:
            await _until(
                lambda: len(last) == nodes and all(f.sources[0].samples > 5 for f in last.values())
            )
            await asyncio.sleep(5)
            began, cpu = time.monotonic(), _cpu()
            before = {number: f.sources[0].samples for number, f in last.items()}
            since = max(figures.at for figures in last.values())
            await asyncio.sleep(self.two_minutes)
            seconds, used = time.monotonic() - began, _cpu() - cpu
            ticks = [f.sources[0] for f in last.values()]
            recent = int(seconds)
            raw = [gap for t in ticks for gap in t.recent[-recent:] if gap is not None]
            said = [g for t in ticks for g in (*t.other, *([t.longest] if t.longest else []))]
            came = sum(f.sources[0].samples - before[number] for number, f in last.items())
        finally:
            for watch in watches:
                watch.cancel()
            await asyncio.gather(*watches, return_exceptions=True)
            for each in connections:
                await each.close()
            node.stop()
        false = [gap for gap in said if gap.seconds > FALSE_GAP and gap.began >= since]
        if false:
            self.unmet.append(f"{len(false)} gaps reported where nobody was frozen")
        shown = ", ".join(f"{gap.seconds:.3f} s {gap.cause.name}" for gap in false[:6])
        what = f"{nodes} nodes ({type(node).__name__}), {seconds:.0f} s, 20 ticks/s, nobody frozen"
        cost = (
            f"{100 * used / seconds:.1f} % of a core, {100 * used / seconds / nodes:.2f} % a node"
        )
        return [
            f"{what}: {came} ticks ({came / seconds / nodes:.1f}/s each)",
            f"  gaps reported above {1000 * FALSE_GAP:.0f} ms: {len(false)} {shown}",
            f"  longest silence between two ticks of any: {1000 * max(raw):.0f} ms",
            f"  this host: {cost}; load {os.getloadavg()[0]:.1f}",
        ]

    async def costs(self) -> list[str]:
        """What the whole watch of one node costs: ticks, a peer's pings, LLT's links."""
        lab, told = LabNode(self.folder / "cost"), []
        await asyncio.to_thread(lab.start)
        real = RealNode(self.folder / "cost-sshd") if _has_sshd() else None
        if real is not None:
            await asyncio.to_thread(real.start)
        try:
            for rate in (20, 50):
                change = lab.change(peers=True)
                if real is not None:  # the lab's server takes two packets where sshd takes one
                    own = real.change().nodes
                    change = replace(change, nodes=(*own, *change.nodes[1:]))
                told.append(await self._cost(change, rate))
        finally:
            lab.stop()
            if real is not None:
                real.stop()
        return told

    async def _cost(self, change: Change, rate: int) -> str:
        connections = Connections(change.hosts, change.limits)
        found: list[Figures] = []
        watch = asyncio.create_task(
            measure(connections, change, SystemClock(), found.append, rate=rate)
        )
        await _until(lambda: found and all(source.samples > 1 for source in found[-1].sources))
        began, cpu, wire = time.monotonic(), _cpu(), _wire(connections)
        await asyncio.sleep(self.cost)
        seconds, used = time.monotonic() - began, _cpu() - cpu
        bits = {host: 8 * (now - wire[host]) for host, now in _wire(connections).items()}
        watch.cancel()
        await asyncio.gather(watch, return_exceptions=True)
        await connections.close()
        shown = ", ".join(f"{host} {b / seconds / 1000:.1f}" for host, b in bits.items())
        core, wire = 100 * used / seconds, sum(bits.values()) / seconds / 1000
        if rate == RATE and not (core < CORE and wire < WIRE):
            self.unmet.append(f"the watch costs {core:.2f} % of a core and {wire:.1f} kbit/s")
        return (
            f"whole watch of one node from here and from its peer, {rate} ticks/s, "
            f"{seconds:.0f} s: {core:.2f} % of a core, {wire:.1f} kbit/s with headers ({shown}); "
            f"load {os.getloadavg()[0]:.1f}"
        )


async def _until(holds: Callable[[], object]) -> None:
    while not holds():  # noqa: ASYNC110 - figures come four times a second, and no sooner
        await asyncio.sleep(0.1)


def _unable(kind: str) -> str:
    """Why such nodes can't be frozen on this machine; empty: they can."""
    if kind == "lab":
        return ""
    if not _has_sshd():
        return "no sshd or no perl here"
    return undroppable() if kind == NO_PACKETS else ""


def _has_sshd() -> bool:
    return SSHD is not None and shutil.which("perl") is not None


def _cpu() -> float:
    """Seconds of CPU of this process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _wire(connections: Connections) -> dict[str, int]:
    """Bytes on the wire of each connection, both ways, by the kernel's own count."""
    counted = {}
    for host, line in connections._lines.items():
        if line.alive is None:
            continue
        info = line.alive.get_extra_info("socket").getsockopt(
            socket.IPPROTO_TCP, socket.TCP_INFO, 256
        )
        acked, received, out, came = struct.unpack_from("=QQII", info, 120)
        counted[host] = acked + received + HEADERS * (out + came)
    return counted


def _print(name: str, found: list[Row] | list[str]) -> None:
    if name in ("freezes", "paths"):
        print(HEADING)  # noqa: T201 - a table is what it is for
    for each in found:
        print(each.line() if isinstance(each, Row) else each, flush=True)  # noqa: T201
        for wrong in each.wrong if isinstance(each, Row) else ():
            print(f"    {wrong}")  # noqa: T201


async def main() -> int:
    """Run all and print the table; 1 where a bound of the issue is not met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="shorter times and fewer of them")
    parser.add_argument("--only", choices=("freezes", "paths", "many", "costs"))
    chosen = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder), quick=chosen.quick)
        for name in ("freezes", "paths", "many", "costs"):
            if chosen.only in (None, name):
                found = await getattr(bench, name)()
                _print(name, found)
                rows = (each for each in found if isinstance(each, Row))
                bench.unmet += [unmet for row in rows for unmet in row.unmet()]
    for unmet in bench.unmet:
        print(f"NOT MET: {unmet}")  # noqa: T201
    print(f"{time.monotonic() - began:.0f} s in all; load {os.getloadavg()[0]:.1f} at the end")  # noqa: T201
    return 1 if bench.unmet else 0


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(asyncio.run(main()))
