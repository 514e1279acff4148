"""One command over an open connection: its channel, its two outputs, its end."""

import asyncio
from collections.abc import Callable

import asyncssh

from lparwiz.remote.failures import NotOpened
from lparwiz.remote.sanitise import readable, sanitise
from lparwiz.tools.command import Answer, Outcome

MOST_OUTPUT = 4 * 1024 * 1024
"""Bytes on both channels together; the largest real answer, a frame's profiles, is under 1 MiB."""


Heard = Callable[[bytes], None]
"""Takes what comes on the output channel, as it comes, in the event loop."""


class _Session(asyncssh.SSHClientSession[bytes]):
    """Gathers what comes over one channel; asyncssh calls these from the event loop."""

    def __init__(self, on_sent: Callable[[], None], heard: Heard | None) -> None:
        self.channel: asyncssh.SSHClientChannel[bytes] | None = None
        self.stdout = bytearray()
        self.stderr = bytearray()
        self.status: int | None = None
        self.signal = ""
        self.too_much = False
        self.loss: Exception | None = None
        self.ended = asyncio.Event()
        self._on_sent = on_sent
        self._heard = heard

    def connection_made(self, chan: asyncssh.SSHClientChannel[bytes]) -> None:
        # asyncssh sends the command right after this, in the same turn of the loop: from here
        # on it may run.
        self.channel = chan
        self._on_sent()

    def session_started(self) -> None:
        assert self.channel is not None
        self.channel.write_eof()  # no command gets to wait for input

    def data_received(self, data: bytes, datatype: asyncssh.DataType) -> None:
        if self._heard is not None and datatype is None:
            self._heard(data)
            return
        if len(self.stdout) + len(self.stderr) + len(data) > MOST_OUTPUT:
            self.too_much = True
            self.ended.set()
        if not self.too_much:
            (self.stdout if datatype is None else self.stderr).extend(data)

    def exit_status_received(self, status: int) -> None:
        self.status = status

    def exit_signal_received(self, signal: str, core_dumped: bool, msg: str, lang: str) -> None:  # noqa: ARG002, FBT001 - asyncssh's signature
        self.signal = f"{signal} ({msg})" if msg else signal

    def connection_lost(self, exc: Exception | None) -> None:
        self.loss = exc
        self.ended.set()


async def converse(
    connection: asyncssh.SSHClientConnection,
    text: str,
    limit: float,
    heard: Heard | None = None,
) -> Answer:
    """Run one command to its end.

    When this is cancelled its channel is closed, and a command that prints notices it.

    Args:
        connection: An open one.
        text: The command line, sent as it is.
        limit: Seconds that opening the channel may take, and again seconds from sending the
            command to its end. The command itself is not ended by it: it goes on over there.
        heard: Takes the output as it comes, and none of it is kept; such a command may then take
            as long as it likes once its channel is open.

    Raises:
        NotOpened: The host refused a channel, or the connection was gone already.
    """
    loop = asyncio.get_running_loop()
    began = loop.time()

    def sent() -> None:
        nonlocal began
        began = loop.time()
        deadline.reschedule(None if heard is not None else began + limit)

    session = _Session(sent, heard)
    failure: Exception | None = None
    deadline = asyncio.timeout(limit)
    try:
        async with deadline:
            # Neither terminal nor environment nor forwarding, whatever ssh_config says: what
            # runs is what was shown.
            await connection.create_session(
                lambda: session,
                text,
                encoding=None,
                request_pty=False,
                env={},
                send_env=[],
                x11_forwarding=False,
            )
            await session.ended.wait()
    except Exception as exc:  # asyncssh hands on whatever a bad packet made it raise
        if session.channel is None and not deadline.expired():
            raise NotOpened(sanitise(str(exc))) from exc
        failure = exc
    finally:
        if session.channel is not None:
            session.channel.close()

    if session.channel is None:
        return Answer(
            Outcome.NOT_STARTED,
            seconds=loop.time() - began,
            reason=f"The connection is there, but no channel was opened within {limit:g} s: the "
            "host may be frozen or overloaded. The command was not sent; try again.",
        )
    cut_off = connection.is_closed()
    outcome, reason = _end(session, limit, failure, expired=deadline.expired(), cut_off=cut_off)
    return Answer(
        outcome,
        status=session.status if outcome is Outcome.EXITED else None,
        stdout=readable(session.stdout),
        stderr=readable(session.stderr),
        raw_stdout=bytes(session.stdout),
        raw_stderr=bytes(session.stderr),
        seconds=loop.time() - began,
        reason=sanitise(reason),
    )


def _end(
    session: _Session, limit: float, failure: Exception | None, *, expired: bool, cut_off: bool
) -> tuple[Outcome, str]:
    """How it ended. In doubt the effect is unknown, never a success and never `not started`."""
    reread = "Read the host's state before anything else."
    if session.too_much:
        return Outcome.LOST, (
            f"It printed more than {MOST_OUTPUT // 1024**2} MiB; what came first would be read "
            f"wrongly on its own, so the whole answer counts as lost. {reread}"
        )
    if expired:
        known = f" It had exited {session.status}, yet its output stayed open."
        return Outcome.TIMED_OUT, (
            f"No end within {limit:g} s; it may still be running there."
            f"{'' if session.status is None else known} {reread}"
        )
    if session.signal:
        return Outcome.SIGNALLED, f"Ended over there by signal {session.signal}. {reread}"
    if failure is not None and not session.ended.is_set() and not cut_off:
        return Outcome.NOT_STARTED, (
            "The SSH server opened a channel but refused to run a command in it "
            f"({failure}). See what this account may do there."
        )
    # A status whose connection broke may stand beside half an output.
    if session.status is None or cut_off:
        why = str(session.loss or failure or "no exit status came")
        return Outcome.LOST, f"The connection was lost before the end ({why}). {reread}"
    return Outcome.EXITED, ""
