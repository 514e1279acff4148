"""What the watch needs of SSH beyond running commands."""

from collections.abc import Callable
from typing import Protocol

from lparwiz.run.action import Transport
from lparwiz.tools.command import Answer, Command


class Streams(Transport, Protocol):
    """A transport that hands output on as it comes. `Connections` is one."""

    async def stream(
        self, host_id: str, command: Command, heard: Callable[[bytes], None]
    ) -> Answer:
        """Run a command, without a limit, until it ends or is cancelled; that closes its channel.

        `heard` is called in the event loop, with the raw output cut anywhere. The answer says how
        it ended, with the error channel's text and nothing of the output.
        """
        ...
