"""Keeps the panes moving, whatever the steps and the pages do."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial

from lparwiz.change import Change, Host
from lparwiz.run.clock import Clock
from lparwiz.run.snapshot import Field, Level, Pane
from lparwiz.tools import shell
from lparwiz.tools.command import Answer, Command
from lparwiz.tools.errors import Refused
from lparwiz.watch import console, node
from lparwiz.watch.host import SILENT, ends_within, heard
from lparwiz.watch.newest import Newest

NODES = 5.0
"""Seconds between two rounds of a node: a peer is given up after 16 s at the least."""
CONSOLES = 20.0
"""Seconds between two rounds of a console: three a minute at most (facts, hmc.md 3)."""
LATE = 5.0
"""Seconds without an answer after which a host is shown as silent, until it answers: long above
an SSH command's own time, well below the freeze of a migration that matters."""


async def follow(
    transport: Newest,
    change: Change,
    clock: Clock,
    put: Callable[[tuple[Pane, ...]], None],
) -> None:
    """Read every host again and again, and hand the panes up, until it is cancelled.

    What the run itself reads through `transport` meanwhile is shown at once. When cancelled it
    looks once more, for no longer than `LATE`, so that what stays on the screen is what the run
    left behind.
    """
    following = _Following(transport, clock, put)
    for host in change.hosts:
        following.begin(change, host)
    following.tell()
    try:
        async with asyncio.TaskGroup() as group:
            for host_id in following.asked:
                group.create_task(following.again_and_again(host_id))
    finally:
        everyone = (following.once(host_id) for host_id in following.asked)
        last = asyncio.gather(*everyone, return_exceptions=True)
        if not await ends_within(clock, LATE, last):
            last.cancel()
        with suppress(asyncio.CancelledError):
            await last


class _Following:
    """The panes of all hosts while they are followed."""

    def __init__(
        self, transport: Newest, clock: Clock, put: Callable[[tuple[Pane, ...]], None]
    ) -> None:
        self._transport = transport
        self._clock = clock
        self._put = put
        self._panes: dict[str, Pane] = {}
        self.asked: dict[str, _Asked] = {}
        """By the host's id."""

    def begin(self, change: Change, host: Host) -> None:
        """Have a pane for a host, and know what it is asked."""
        pane = Pane(host.label, host.kind, state="..", interval=_interval(host))
        try:
            self.asked[host.id] = each = _asked(change, host)
            self._transport.want(host.id, each.commands, partial(self._overheard, host.id))
        except Refused as refused:  # a name that can't be sent: Connect says so, and stops
            why = (Field("", str(refused), Level.UNKNOWN),)
            pane = replace(pane, fields=why, state=SILENT)
        self._panes[host.id] = pane

    def tell(self) -> None:
        """Hand all panes up."""
        self._put(tuple(self._panes.values()))

    async def again_and_again(self, host_id: str) -> None:
        """Read a host until cancelled."""
        while True:
            await self.once(host_id)
            await self._clock.sleep(self._panes[host_id].interval)

    async def once(self, host_id: str) -> None:
        """Read a host, and show what it says or that it says nothing."""
        reading = asyncio.ensure_future(self._answers(host_id))
        try:
            if not await ends_within(self._clock, LATE, reading):
                silent = replace(self._panes[host_id], state=SILENT, level=Level.UNKNOWN)
                self._show(host_id, silent)
            answers = await reading
        finally:
            reading.cancel()
        now = self._clock.now()
        drawn = self.asked[host_id].drawn(answers, self._panes[host_id], now)
        self._show(host_id, replace(drawn, heard_at=now))

    async def _answers(self, host_id: str) -> list[Answer]:
        commands = self.asked[host_id].commands
        return await asyncio.gather(*(self._transport.ask(host_id, each) for each in commands))

    def _overheard(self, host_id: str) -> None:
        """The run has read something: the pane says the same, and is no younger for it."""
        before, asked = self._panes[host_id], self.asked[host_id]
        answers = self._transport.answers(host_id, asked.commands)
        if answers is not None and before.read_at is not None:
            drawn = asked.drawn(answers, before, before.read_at)
            if drawn.fields != before.fields or drawn.state != before.state:
                self._show(host_id, drawn)

    def _show(self, host_id: str, pane: Pane) -> None:
        self._panes[host_id] = pane
        self.tell()


def _interval(host: Host) -> float:
    return CONSOLES if host.kind == "console" else NODES


@dataclass(frozen=True)
class _Asked:
    """What a host is asked, and what its answers make of its pane."""

    commands: tuple[Command, ...]
    """As they are sent."""
    draw: Callable[[Sequence[Answer], Pane, float], Pane]

    def drawn(self, answers: Sequence[Answer], before: Pane, at: float) -> Pane:
        """The pane after these answers, which stand behind it."""
        pairs = zip(self.commands, answers, strict=True)
        told = tuple(heard(command, answer) for command, answer in pairs)
        return replace(self.draw(answers, before, at), heard=told)


def _asked(change: Change, host: Host) -> _Asked:
    if host.kind != "console":
        return _Asked(tuple(shell.become(each, host.become) for each in node.COMMANDS), node.draw)
    systems, lpar = _systems(change, host.id), change.lpar.name
    return _Asked(console.commands(systems, lpar), partial(console.draw, systems, lpar))


def _systems(change: Change, console_id: str) -> tuple[str, ...]:
    if len(change.consoles) == 1:
        return (change.lpar.source, change.lpar.target)
    mine = console_id == change.source_console.id
    return (change.lpar.source if mine else change.lpar.target,)
