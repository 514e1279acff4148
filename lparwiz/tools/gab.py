"""What gabconfig speaks: the membership of each port."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from lparwiz.tools.command import Command
from lparwiz.tools.errors import Unreadable
from lparwiz.tools.shell import on_node

_HEADER = re.compile(r"[ \t]*GAB Port Memberships[ \t]*")
_RULE = re.compile(r"[ \t]*=+[ \t]*")
_PORT = re.compile(
    r"[ \t]*Port[ \t]+(\w)(?:\[[^\]]*\])?[ \t]+gen[ \t]+(\w+)[ \t]+"
    r"(membership|jeopardy|visible)[ \t]*([0-9; ]*)",
    re.ASCII,
)


@dataclass(frozen=True)
class PortMembership:
    """Who is on one port. Two are equal when all but the generation is."""

    members: str = ""
    """Positional digits, to be compared and not decoded (facts, vcs.md 3)."""
    jeopardy: str = ""
    """Nodes with a single link left; empty: none."""
    visible: str = ""
    """Nodes whose GAB is up but whose client has not registered; empty: none."""
    gen: str = field(default="", compare=False)
    """Changes at every membership change, so it is not compared."""


@dataclass(frozen=True)
class Membership:
    """Every port's membership, by its letter; no port at all: GAB is down."""

    ports: Mapping[str, PortMembership]

    @property
    def up(self) -> bool:
        """Whether GAB itself (port a) has a membership."""
        return "a" in self.ports and bool(self.ports["a"].members)

    @property
    def jeopardy(self) -> bool:
        """Whether any port has a node in jeopardy."""
        return any(port.jeopardy for port in self.ports.values())

    @property
    def visible(self) -> bool:
        """Whether any port has a node that is only visible."""
        return any(port.visible for port in self.ports.values())


def query() -> Command:
    """Ask for the membership of every port."""
    return on_node("gabconfig -a")


def parse_membership(text: str) -> Membership:
    """The membership of every port; the header alone means that GAB is down (facts, vcs.md 3).

    Raises:
        Unreadable: the header is missing, or a line is neither header nor port.
    """
    lines = [line for line in text.splitlines() if line.strip()]
    if not any(_HEADER.fullmatch(line) for line in lines):
        raise Unreadable("GAB's port memberships", text)
    ports: dict[str, PortMembership] = {}
    for line in lines:
        if _HEADER.fullmatch(line) or _RULE.fullmatch(line):
            continue
        row = _PORT.fullmatch(line)
        if not row or not row[4].strip():
            raise Unreadable("GAB's port memberships", line)
        port, kind, nodes = ports.get(row[1], PortMembership()), row[3], row[4].rstrip()
        ports[row[1]] = {
            "membership": replace(port, members=nodes, gen=row[2]),
            "jeopardy": replace(port, jeopardy=nodes),
            "visible": replace(port, visible=nodes),
        }[kind]
    return Membership(ports)
