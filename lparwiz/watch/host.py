"""How the watch asks a host, and what it shows of the answer."""

import asyncio
from typing import Any

from lparwiz.change import Host
from lparwiz.run.action import Transport
from lparwiz.run.clock import Clock
from lparwiz.run.snapshot import Heard
from lparwiz.tools import shell
from lparwiz.tools.command import Answer, Command

SILENT = "SILENT"
"""The state of a host that doesn't answer: frozen, down, or cut off."""


async def ask(transport: Transport, host: Host, command: Command) -> Answer:
    """Ask a host; not journaled, for the watch decides nothing."""
    return await transport.run(host.id, shell.become(command, host.become))


def heard(command: Command, answer: Answer) -> Heard:
    """A command of the watch, as it was sent, and its answer, as a screen shows them."""
    status = "" if answer.status is None else f" {answer.status}"
    reason = f", {answer.reason}" if answer.reason else ""
    how = f"{answer.outcome}{status} after {answer.seconds:.2f} s{reason}"
    return Heard(command.text, how, answer.text)


async def ends_within(clock: Clock, seconds: float, future: "asyncio.Future[Any]") -> bool:
    """Whether `future` is done in time; it goes on if not."""
    late = asyncio.ensure_future(clock.sleep(seconds))
    try:
        await asyncio.wait({late, future}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        late.cancel()
    return future.done()
