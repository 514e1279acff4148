"""What goes on printing until it is ended: perl's and ksh's loops, ping.

The lab has neither a perl nor arithmetic in its shell. It knows the two scripts that matter by
what they must contain, and plays what AIX would print: a number and the node's own clock, one
line at a time, and none while the node stands still.
"""

import asyncio
from typing import TYPE_CHECKING

from lparwiz.lab.models import Node
from lparwiz.lab.shell import Command, Shell, Streams

if TYPE_CHECKING:
    from lparwiz.lab.site import Site

KILLED_BY_ALARM = 142
"""128 and SIGALRM's number."""
PING_EVERY = 1
"""Seconds between two requests, unless `-i` says otherwise."""


def programs(site: "Site", node: Node, sh: Command) -> dict[str, Command]:
    """The programs, by absolute path; `sh` runs any other script of ksh's."""
    playing = _Playing(site, node)

    async def ksh(shell: Shell, argv: list[str], io: Streams) -> int:
        match argv:
            case [_, "-c", script, _, life] if "SECONDS" in script:
                return await playing.ksh(shell, int(life), io)
        status = sh(shell, argv, io)
        return status if isinstance(status, int) else await status

    found: dict[str, Command] = {
        "/etc/ping": playing.ping,
        "/usr/sbin/ping": playing.ping,
        "/usr/bin/ksh": ksh,
    }
    return found | ({"/usr/bin/perl": playing.perl} if node.perl else {})


class _Playing:
    def __init__(self, site: "Site", node: Node) -> None:
        self.site = site
        self.node = node

    async def perl(self, shell: Shell, argv: list[str], io: Streams) -> int:
        """`perl -e SCRIPT ARGUMENTS`, for the two scripts that are known here."""
        if argv[1:2] != ["-e"] or len(argv) < 3:
            io.complain("perl: only -e is known in the lab")
            return 2
        script, arguments = argv[2], argv[3:]
        if script == "1":
            return 0
        if '"ping"' in script and len(arguments) == 4:
            count, every, life, host = arguments
            return await self._pings(shell, int(count), int(every), life, host, io)
        if "Time::HiRes" in script and "select(undef,undef,undef" in script:
            interval, life = arguments
            io.say(f"T {interval} perl")
            return await self._ticks(shell, float(interval), int(life), io, fine=True)
        io.complain("syntax error at -e line 1: this script is not known in the lab")
        return 255

    async def _ticks(
        self, shell: Shell, interval: float, life: int, io: Streams, *, fine: bool
    ) -> int:
        """Tick at a pace of its own, begun anew after a freeze."""
        clock, node = self.site.clock, self.node
        began = due = clock.now()
        shown = began + node.clock_offset
        number = 0
        while clock.now() < began + life:
            own = clock.now() + node.clock_offset - shown
            io.say(f"t{number} {own:.3f}" if fine else f"t{number} {int(own)}")
            number += 1
            due += interval
            wait = due - clock.now()
            if not 0 <= wait <= interval:
                wait, due = interval, clock.now() + interval
            await clock.sleep(wait)
            await shell.pause()
        return KILLED_BY_ALARM if fine else 0

    async def ksh(self, shell: Shell, life: int, io: Streams) -> int:
        """The loop of a shell, which sleeps whole seconds and has a clock of whole seconds."""
        io.say("T 1 ksh")
        return await self._ticks(shell, 1.0, life, io, fine=False)

    async def _pings(
        self, shell: Shell, count: int, every: int, life: str, host: str, io: Streams
    ) -> int:
        """Several pings, begun one after the other."""

        async def one(number: int) -> None:
            await self.site.clock.sleep(number * every / count)
            await self.ping(shell, ["ping", "-c", life, "-i", str(every), host], io, brief=True)

        io.say(f"P {every / count:g}")
        async with asyncio.TaskGroup() as group:
            for number in range(count):
                group.create_task(one(number))
        return 0

    async def ping(self, shell: Shell, argv: list[str], io: Streams, *, brief: bool = False) -> int:
        """AIX's: a line for each reply, nothing for a request without; for ever without `-c`.

        `brief`: as the script beside several passes it on, `R` for each reply.
        """
        count: int | None = None
        every, words = PING_EVERY, argv[1:]
        while words and words[0].startswith("-"):
            flag, *words = words
            if flag in ("-c", "-i", "-w", "-s") and words:
                value = int(words.pop(0))
                count = value if flag == "-c" else count
                every = value if flag == "-i" else every
        peer = self.site.cluster.node(words[0]) if words else None
        if len(words) > 2:
            count = int(words[2])
        if peer is None:
            io.complain(f"0821-062 ping: host name {words[0] if words else ''} NOT FOUND")
            return 1
        address = f"10.1.1.{peer.llt_id + 1}"
        if not brief:
            io.say(f"PING {words[0]}: ({address}): 56 data bytes")
        heard = number = 0
        due = self.site.clock.now()
        while count is None or number < count:
            if not peer.frozen and not peer.parted and not self.node.parted:
                line = f"64 bytes from {address}: icmp_seq={number} ttl=255 time=0 ms"
                io.say("R" if brief else line)
                heard += 1
            number += 1
            if number != count:
                due = max(due + every, self.site.clock.now())
                await self.site.clock.sleep(due - self.site.clock.now())
                await shell.pause()
        if brief:
            return 0 if heard else 1
        io.say("")
        io.say(f"--- {words[0]} ping statistics ---")
        lost = 100 * (number - heard) // max(number, 1)
        io.say(f"{number} packets transmitted, {heard} packets received, {lost}% packet loss")
        return 0 if heard else 1
