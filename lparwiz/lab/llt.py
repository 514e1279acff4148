"""lltconfig, lltstat and gabconfig, as a node answers them (facts, vcs.md 1 and 3)."""

import re
from typing import TYPE_CHECKING

from lparwiz.lab.cluster import LINKS, Cluster
from lparwiz.lab.models import Node
from lparwiz.lab.shell import Command, Shell, Streams

if TYPE_CHECKING:
    from lparwiz.lab.site import Site

PHANTOMS = 32
"""Node ids that `lltstat -nvv` lists without `active` (facts, vcs.md 1.6)."""


def programs(site: "Site", node: Node) -> dict[str, Command]:
    """LLT's and GAB's programs on a node, by absolute path."""
    tools = _Tools(site.cluster, node)
    return {
        "/sbin/lltconfig": tools.lltconfig,
        "/sbin/lltstat": tools.lltstat,
        "/sbin/gabconfig": tools.gabconfig,
    }


def ports(members: set[int]) -> str:
    """GAB's membership string: each member's last digit at its place (facts, vcs.md 3)."""
    return "".join(
        str(number % 10) if number in members else ";" if number and number % 10 == 0 else " "
        for number in range(max(members, default=-1) + 1)
    )


class _Tools:
    def __init__(self, cluster: Cluster, node: Node) -> None:
        self.cluster = cluster
        self.node = node

    def lltconfig(self, shell: Shell, argv: list[str], io: Streams) -> int:
        words = argv[1:]
        if shell.user != "root":
            io.complain("LLT lltconfig ERROR V-14-2-15000 open /dev/llt failed: permission denied")
            return 1
        if not words:
            io.say("LLT is running" if self.node.llt_running else "LLT is not running")
            return 0 if self.node.llt_running else 1
        if len(words) != 2 or words[0] != "-T":
            return self._usage(io)
        if not self.node.llt_running:
            io.complain("LLT lltconfig ERROR V-14-2-15000 LLT is not configured")
            return 1
        if words[1] == "query":
            self._query(io)
            return 0
        found = re.fullmatch(r"(\w+):(\d+)", words[1])
        if found is None or found[1] not in self.node.timers:
            return self._usage(io)
        self.cluster.set_timer(self.node, found[1], int(found[2]))
        return 0

    def _usage(self, io: Streams) -> int:
        # The real text was not found (facts, vcs.md 1.6): this is the lab's.
        io.complain("Usage: lltconfig [-T query | -T timer:value]")
        return 1

    def _query(self, io: Streams) -> None:
        io.say("Current LLT timer values (.01 sec units):")
        for name, value in self.node.timers.items():
            padding = 14 if self.node.mispadded and name == "arpreq" else 11
            io.say(f" {name:<{padding}} = {value}")
        io.say(" Current LLT flow control values (in packets):")
        io.say(f" {'lowwater':<9} = {self.node.lowwater}")

    def lltstat(self, shell: Shell, argv: list[str], io: Streams) -> int:
        del shell
        words = argv[1:]
        if words not in (["-n"], ["-nvv"], ["-nvv", "active"]):
            io.complain("Usage: lltstat [-n | -nvv [active]]")  # the lab's text
            return 1
        if not self.node.llt_running:
            io.complain("LLT lltstat ERROR V-14-2-16000 LLT is not running")  # the lab's text
            return 1
        if words == ["-n"]:
            self._brief(io)
        else:
            self._links(io, phantoms=len(words) == 1)
        return 0

    def _sees(self, peer: Node) -> tuple[str, dict[str, bool]]:
        """The peer's state as this node has it, and its links."""
        if peer is self.node:
            return "OPEN", dict.fromkeys(LINKS, True)
        links = self.cluster.links(self.node, peer)
        return ("OPEN" if any(links.values()) else "CONNWAIT"), links

    def _number(self, peer: Node) -> str:
        if peer is not self.node:
            return f" {peer.llt_id}"
        return f"* {peer.llt_id}" if self.node.spaced_star else f"*{peer.llt_id}"

    def _brief(self, io: Streams) -> None:
        io.say("LLT node information:")
        io.say("    Node             State           Links")
        for peer in self.cluster.nodes:
            state, links = self._sees(peer)
            name = f"{self._number(peer)} {peer.llt_name}"
            io.say(f"    {name:<18} {state:<14} {sum(links.values())}")

    def _links(self, io: Streams, *, phantoms: bool) -> None:
        io.say("LLT node information:")
        io.say("    Node          State      Link    Status      Address")
        for peer in self.cluster.nodes:
            state, links = self._sees(peer)
            name = f"{self._number(peer)} {peer.llt_name}"
            io.say(f"    {name:<13} {state}")
            for (link, up), mac in zip(links.items(), peer.macs, strict=True):
                shown = f"UP     {mac}" if up else "DOWN"
                io.say(f"{'':<29}{link}     {shown}")
        if phantoms:
            for number in range(len(self.cluster.nodes), PHANTOMS):
                io.say(f"    {number:>2}{'':<12}CONNWAIT")
                for link in LINKS:
                    io.say(f"{'':<29}{link}     DOWN")

    def gabconfig(self, shell: Shell, argv: list[str], io: Streams) -> int:
        del shell
        if argv[1:] != ["-a"]:
            io.complain("Usage: gabconfig [-a]")  # the lab's text
            return 1
        io.say("GAB Port Memberships")
        io.say("===============================================================")
        if not self.node.llt_running:
            return 0
        seen = self.cluster.members
        if self.node.llt_id not in seen:
            seen = {self.node.llt_id}
        for port, offset in (("a", 0), ("h", 3)):
            io.say(
                f"Port {port} gen   {self.cluster.generation + offset:06x} membership {ports(seen)}"
            )
        return 0
