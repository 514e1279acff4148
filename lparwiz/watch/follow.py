"""Keeps the panes moving, whatever the steps and the pages do."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial

from lparwiz.change import Change, Host
from lparwiz.run.action import Transport
from lparwiz.run.clock import Clock
from lparwiz.run.snapshot import Field, Level, Pane
from lparwiz.tools.errors import Refused
from lparwiz.watch import console, node
from lparwiz.watch.host import SILENT, Watched, ends_within

NODES = 5.0
"""Seconds between two rounds of a node: a peer is given up after 16 s at the least."""
CONSOLES = 20.0
"""Seconds between two rounds of a console: three a minute at most (facts, hmc.md 3)."""
LATE = 5.0
"""Seconds without an answer after which a host is shown as silent, until it answers: long above
an SSH command's own time, well below the freeze of a migration that matters."""

Drawn = Callable[[Pane, float], Pane]
"""What a round of answers makes of the pane before it, at a time on the engine's clock."""


async def follow(
    transport: Transport,
    change: Change,
    clock: Clock,
    put: Callable[[tuple[Pane, ...]], None],
) -> None:
    """Read every host again and again, and hand the panes up, until it is cancelled.

    Then it looks once more, for no longer than `LATE`, so that what stays on the screen is what
    the run left behind.
    """
    rounds = {host.id: _round(transport, change, host) for host in change.hosts}
    panes = {
        host.id: Pane(host.label, host.kind, state="..", interval=_interval(host))
        for host in change.hosts
    }

    def show(host_id: str, pane: Pane) -> None:
        panes[host_id] = pane
        put(tuple(panes.values()))

    async def once(host_id: str) -> None:
        reading = asyncio.ensure_future(rounds[host_id]())
        try:
            if not await ends_within(clock, LATE, reading):
                show(host_id, replace(panes[host_id], state=SILENT, level=Level.UNKNOWN))
            draw = await reading
        finally:
            reading.cancel()
        show(host_id, draw(panes[host_id], clock.now()))

    async def again_and_again(host: Host) -> None:
        try:
            while True:
                await once(host.id)
                await clock.sleep(_interval(host))
        except Refused as refused:  # a name that can't be sent: Connect says so, and stops
            why = (Field("", str(refused), Level.UNKNOWN),)
            show(host.id, replace(panes[host.id], fields=why, state=SILENT, level=Level.UNKNOWN))

    put(tuple(panes.values()))
    try:
        async with asyncio.TaskGroup() as group:
            for host in change.hosts:
                group.create_task(again_and_again(host))
    finally:
        last = asyncio.gather(*(once(host.id) for host in change.hosts), return_exceptions=True)
        if not await ends_within(clock, LATE, last):
            last.cancel()
        with suppress(asyncio.CancelledError):
            await last


def _interval(host: Host) -> float:
    return CONSOLES if host.kind == "console" else NODES


def _round(transport: Transport, change: Change, host: Host) -> Callable[[], Awaitable[Drawn]]:
    """One round of readings of this host."""
    watched = Watched.of(host)

    async def of_node() -> Drawn:
        return partial(node.draw, await node.read(transport, watched))

    async def of_console() -> Drawn:
        systems = _systems(change, host.id)
        answers = await console.read(transport, watched, systems, change.lpar.name)
        return partial(console.draw, answers)

    return of_console if host.kind == "console" else of_node


def _systems(change: Change, console_id: str) -> tuple[str, ...]:
    if len(change.consoles) == 1:
        return (change.lpar.source, change.lpar.target)
    mine = console_id == change.source_console.id
    return (change.lpar.source if mine else change.lpar.target,)
