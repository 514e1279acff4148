"""lltconfig, lltstat and gabconfig, as a node answers them (facts, vcs.md 1 and 3)."""

import re
from typing import TYPE_CHECKING

from lparwiz.lab.cluster import LINKS, Cluster
from lparwiz.lab.files import File
from lparwiz.lab.models import Node
from lparwiz.lab.shell import Command, Shell, Streams
from lparwiz.lab.stdio import buffered

if TYPE_CHECKING:
    from lparwiz.lab.site import Site

PHANTOMS = 32
"""Node ids that `lltstat -nvv` lists without `active` (facts, vcs.md 1.6)."""

LOG = "/var/llt.log"
"""Where syslogd writes LLT's messages, if it does. The lab's own choice."""
TROUBLE = 2.0
"""Seconds until LLT speaks of trouble: the default peertrouble (facts, vcs.md 1.3)."""
INACTIVE = 8
"""The same until it counts the seconds (facts, vcs.md 2.1)."""


def programs(site: "Site", node: Node) -> dict[str, Command]:
    """LLT's and GAB's programs on a node, by absolute path."""
    tools = _Tools(site.cluster, node)
    return {
        "/sbin/lltconfig": buffered(tools.lltconfig),
        "/sbin/lltstat": buffered(tools.lltstat),
        "/sbin/gabconfig": buffered(tools.gabconfig),
    }


def keep_log(site: "Site") -> None:
    """Let syslogd write what LLT says of silent peers to a file on every node."""
    for node in site.cluster.nodes:
        node.files.tree["/etc/syslog.conf"] = File(
            f"*.err /dev/console\nkern.debug {LOG}\n".encode()
        )
        node.files.tree[LOG] = File()
    site.cluster.on_freeze.append(lambda node: _miss(site, node))
    site.cluster.on_thaw.append(lambda node, lasted: _hear(site, node, lasted))


def _miss(site: "Site", peer: Node) -> None:
    """Begin to miss a peer: trouble at peertrouble, and a line a second later on."""
    since = peer.frozen_at

    def inactive(seconds: int) -> None:
        if peer.frozen and peer.frozen_at == since:
            _log(site, peer, "10032", f"inactive {seconds} sec (696686965)")
            site.clock.after(1.0, lambda: inactive(seconds + 1))

    def trouble() -> None:
        if peer.frozen and peer.frozen_at == since:
            _log(site, peer, "10205", "in trouble")

    site.clock.at(since + TROUBLE, trouble)
    site.clock.at(since + INACTIVE, lambda: inactive(INACTIVE))


def _hear(site: "Site", peer: Node, lasted: float) -> None:
    if lasted >= TROUBLE:
        _log(site, peer, "10024", "active")


def _log(site: "Site", peer: Node, number: str, text: str) -> None:
    """A line for each link, on every other node."""
    stamp = site.date().strftime("%b %e %H:%M:%S")
    for observer in site.cluster.nodes:
        if observer is peer or not observer.llt_running:
            continue
        name = observer.hostname.partition(".")[0]
        for link, device in enumerate(LINKS):
            line = (
                f"{stamp} {name} kern:info unix: LLT INFO V-14-1-{number} "
                f"link {link} ({device}) node {peer.llt_id} {text}\n"
            )
            observer.files.tree[LOG].content += line.encode()


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
        for offset, port in enumerate(sorted(self.cluster.open_ports)):
            gen = f"Port {port} gen   {self.cluster.generation + offset:06x}"
            on_port = seen - self.cluster.without_engine if port == "h" else seen
            if on_port:
                io.say(f"{gen} membership {ports(on_port)}")
            if port == "h":
                for word in ("jeopardy", "visible"):
                    if nodes := getattr(self.cluster, word):
                        io.say(f"{gen} {word:<10} {ports(nodes)}")
        return 0
