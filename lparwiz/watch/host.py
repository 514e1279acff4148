"""What the watch knows of a host, and how it asks it."""

from dataclasses import dataclass

from lparwiz.change import Host
from lparwiz.run.action import Transport
from lparwiz.tools import shell
from lparwiz.tools.command import Answer, Command

SILENT = "SILENT"
"""The state of a host that doesn't answer: frozen, down, or cut off."""


@dataclass(frozen=True)
class Watched:
    """A host that is watched."""

    id: str
    label: str
    kind: str
    become: str

    @classmethod
    def of(cls, host: Host) -> "Watched":
        """A host of the change."""
        return cls(host.id, host.label, host.kind, host.become)


async def ask(transport: Transport, host: Watched, command: Command) -> Answer:
    """Ask a host; not journaled, for the watch decides nothing."""
    return await transport.run(host.id, shell.become(command, host.become))
