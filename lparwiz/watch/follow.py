"""Keeps the panes moving, whatever the steps and the pages do."""

import asyncio
from collections.abc import Awaitable, Callable

from lparwiz.change import Change
from lparwiz.run.action import Transport
from lparwiz.run.clock import Clock
from lparwiz.run.snapshot import Pane
from lparwiz.watch import console, node
from lparwiz.watch.host import Watched

NODES = 5.0
"""Seconds between two rounds of a node: a peer is given up after 16 s at the least."""
CONSOLES = 20.0
"""Seconds between two rounds of a console: three a minute at most (facts, hmc.md 3)."""


async def follow(
    transport: Transport,
    change: Change,
    clock: Clock,
    put: Callable[[tuple[Pane, ...]], None],
) -> None:
    """Read every host again and again, and hand the panes up, until it is cancelled."""
    panes: dict[str, Pane] = {
        host.id: Pane(host.label, host.kind, state="..") for host in change.hosts
    }

    def show(host_id: str, pane: Pane) -> None:
        panes[host_id] = pane
        put(tuple(panes.values()))

    async def one_node(host: Watched) -> None:
        answers = await node.read(transport, host)
        show(host.id, node.draw(host, answers, panes[host.id], clock.now()))

    async def one_console(host: Watched, systems: tuple[str, ...]) -> None:
        answers = await console.read(transport, host, systems, change.lpar.name)
        show(host.id, console.draw(host, systems, answers, panes[host.id], clock.now()))

    put(tuple(panes.values()))
    async with asyncio.TaskGroup() as group:
        for host in (*change.nodes, *change.managers):
            watched = Watched.of(host)
            group.create_task(_repeat(clock, NODES, lambda w=watched: one_node(w)))  # type: ignore[misc]  # mypy can't type a lambda's default
        for host in change.consoles:
            watched, systems = Watched.of(host), _systems(change, host.id)
            group.create_task(
                _repeat(clock, CONSOLES, lambda w=watched, s=systems: one_console(w, s))  # type: ignore[misc]  # as above
            )


def _systems(change: Change, console_id: str) -> tuple[str, ...]:
    if len(change.consoles) == 1:
        return (change.lpar.source, change.lpar.target)
    mine = console_id == change.source_console.id
    return (change.lpar.source if mine else change.lpar.target,)


async def _repeat(clock: Clock, interval: float, once: Callable[[], Awaitable[None]]) -> None:
    while True:
        await once()
        await clock.sleep(interval)
