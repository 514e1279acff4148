"""Kept SSH connections, one per host, and running commands over them.

The next command on a kept connection costs 3 ms, a new connection 150 ms (measured), and a login
that isn't made can't fail.

asyncssh is imported with the first connection, in the engine's thread: it takes 80 ms (measured),
in which the wizard's first page can be drawn.
"""

from __future__ import annotations

import asyncio
import logging
import warnings
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from lparwiz.remote.failures import LoginFailed, NotOpened
from lparwiz.tools.command import Answer, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable

    import asyncssh

    from lparwiz.change import Host, Limits
    from lparwiz.remote.session import Heard
    from lparwiz.tools.command import Command

AT_ONCE = 7
"""Commands at once on a node: sshd's MaxSessions is 10, streams have theirs beside, and a command
that timed out here keeps its session there."""

STREAMS = 2
"""Streams at once on any host, beside its commands: the watch needs one, and one more while the
session of a stream that was given up is still being closed over there."""

AT_ONCE_CONSOLE = 3
"""Commands at once on an HMC, which wants few (facts, hmc.md 3). Not one: `migrlpar` blocks for
minutes (facts, hmc.md 1.1), and beside it the polls and the command that stops it must get in."""

OUTLAST = 600.0
"""Seconds of silence that a node's connection survives: any freeze that a cluster would, with
room. A connection lost 4 s into a freeze of 10 was what short keepalives did (measured)."""

OUTLAST_CONSOLE = 90.0
"""The same for an HMC, which doesn't freeze: a dead one must not hold `migrlpar`'s answer up."""


class State(StrEnum):
    """Where the connection to a host stands."""

    UNUSED = "unused"
    """Nothing was asked of this host yet."""
    OPENING = "opening"
    OPEN = "open"
    LOST = "lost"
    """It was open; the next command opens it again."""
    UNREACHABLE = "unreachable"
    """The last try failed before a login; the next command tries again."""
    REFUSED = "refused"
    """A login failed; none is tried until it is forgiven."""
    CLOSED = "closed"
    """We are done."""


@dataclass
class _Line:
    """The line to one host."""

    host: Host
    slots: asyncio.Semaphore
    streams: asyncio.Semaphore
    outlast: float
    connection: asyncssh.SSHClientConnection | None = None
    opening: asyncio.Task[asyncssh.SSHClientConnection | LoginFailed] | None = None
    failure: LoginFailed | None = None
    running: int = 0
    """Commands and streams on the connection now."""

    @property
    def alive(self) -> asyncssh.SSHClientConnection | None:
        return None if self.connection is None or self.connection.is_closed() else self.connection


class Connections:
    """The connections of a run. Belongs to one event loop; not safe from other threads.

    Nothing that a host or the network does raises here: every end is an `Answer`.
    """

    def __init__(self, hosts: Iterable[Host], limits: Limits) -> None:
        """Nothing is opened yet.

        Args:
            hosts: Every host that will be asked for.
            limits: How long it may take to open a connection, jump hosts and login included, and
                how long a command that names no limit of its own.
        """
        self._lines = {host.id: _line(host) for host in hosts}
        self._limits = limits
        self._closed = False
        _keep_quiet()

    async def run(self, host_id: str, command: Command) -> Answer:
        """Run a command on a host, opening the connection where there is none.

        Waiting for a turn or for the connection doesn't count towards the command's limit.

        Raises:
            KeyError: No such host was given.
        """
        line = self._lines[host_id]
        async with line.slots:
            return await self._run(line, command)

    async def stream(self, host_id: str, command: Command, heard: Heard) -> Answer:
        """Run a command whose output is handed on as it comes, until it ends or is cancelled.

        It waits for no slot that commands need, and has no limit. Cancelling closes its channel;
        a command that prints, and minds that nobody listens, ends by that over there.

        Args:
            host_id: The host.
            command: What to run; its limit, or the usual one, counts for opening the channel.
            heard: Called in the event loop with each piece of the output, raw and cut anywhere.
                It must not raise.

        Returns:
            How it ended, with the error channel's text; nothing of the output.

        Raises:
            KeyError: No such host was given.
        """
        line = self._lines[host_id]
        async with line.streams:
            return await self._run(line, command, heard)

    async def _run(self, line: _Line, command: Command, heard: Heard | None = None) -> Answer:
        line.running += 1
        try:
            return await self._try(line, command, heard)
        finally:
            line.running -= 1

    async def _try(self, line: _Line, command: Command, heard: Heard | None) -> Answer:
        """Run a command, over a fresh connection where the kept one opens no channel."""
        from lparwiz.remote.session import converse  # noqa: PLC0415 - see above

        limit = self._limits.command if command.limit is None else command.limit
        fresh = line.alive is None
        while True:
            connection = await self._connected(line)
            if isinstance(connection, LoginFailed):
                return Answer(Outcome.NOT_STARTED, reason=connection.reason)
            try:
                return await converse(connection, command.text, limit, heard)
            except NotOpened as exc:
                # Nothing was sent. A kept connection may have died unnoticed, or all of its
                # sessions hang over there: where nobody else uses it, a fresh one helps.
                crowded = not connection.is_closed() and line.running > 1
                if fresh or crowded:
                    return Answer(
                        Outcome.NOT_STARTED,
                        reason=f"{line.host.label} opened no channel ({exc}). Nothing was sent; "
                        "try again when commands that still run there have ended.",
                    )
            connection.abort()
            await connection.wait_closed()
            fresh = True

    async def _connected(self, line: _Line) -> asyncssh.SSHClientConnection | LoginFailed:
        """The kept connection, or one try to open it, which all who wait for it share."""
        if self._closed:
            return LoginFailed("The connections of this run are closed.", refused=False)
        if line.alive is not None:
            return line.alive
        if line.failure is not None and line.failure.refused:
            return line.failure
        if line.opening is None:
            line.opening = asyncio.create_task(self._open(line))
        # Shielded: whoever gives up waiting must not break off a login halfway.
        return await asyncio.shield(line.opening)

    async def _open(self, line: _Line) -> asyncssh.SSHClientConnection | LoginFailed:
        from lparwiz.remote.login import log_in  # noqa: PLC0415 - see above

        try:
            result = await log_in(line.host, limit=self._limits.connect, outlast=line.outlast)
        finally:
            line.opening = None
        if isinstance(result, LoginFailed):
            line.connection, line.failure = None, result
        else:
            line.connection, line.failure = result, None
        return result

    def state(self, host_id: str) -> State:
        """Where the connection to this host stands."""
        line = self._lines[host_id]
        if self._closed:
            return State.CLOSED
        if line.opening is not None:
            return State.OPENING
        if line.failure is not None:
            return State.REFUSED if line.failure.refused else State.UNREACHABLE
        if line.connection is None:
            return State.UNUSED
        return State.LOST if line.connection.is_closed() else State.OPEN

    def forgive(self, host_id: str) -> None:
        """Allow one more login on a host that refused one: the operator has seen to the cause."""
        self._lines[host_id].failure = None

    async def close(self) -> None:
        """Close every connection; commands still running end as `lost`."""
        self._closed = True
        for line in self._lines.values():
            if line.opening is not None:
                line.opening.cancel()
        for line in self._lines.values():
            if line.connection is not None:
                line.connection.close()
                await line.connection.wait_closed()


def _line(host: Host) -> _Line:
    console = host.kind == "console"
    slots = asyncio.Semaphore(AT_ONCE_CONSOLE if console else AT_ONCE)
    outlast = OUTLAST_CONSOLE if console else OUTLAST
    return _Line(host, slots, asyncio.Semaphore(STREAMS), outlast)


def _keep_quiet() -> None:
    """Keep libraries off the terminal, on which the wizard draws."""
    logger = logging.getLogger("asyncssh")
    logger.setLevel(logging.WARNING)
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())  # else logging's last resort is stderr
    # asyncio warns of writes to a connection that is lost: that it is, the answers say (seen).
    logging.getLogger("asyncio").setLevel(logging.ERROR)
    # cryptography says it at every classic key exchange, to the operator who can't help it.
    warnings.filterwarnings(
        "ignore", message=r"Diffie-Hellman over finite fields", module=r"asyncssh\.crypto"
    )
