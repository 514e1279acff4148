"""What the other nodes notice of the migrating one: ping, LLT's links, LLT's log."""

import ipaddress
from contextlib import suppress
from dataclasses import dataclass

from lparwiz.change import Host
from lparwiz.tools import aix, llt, llt_log, ping, ticks
from lparwiz.tools.command import Answer, Command, Outcome
from lparwiz.tools.errors import Refused, Unreadable
from lparwiz.watch.figures import Cause, Gap
from lparwiz.watch.gaps import Gaps
from lparwiz.watch.host import ask
from lparwiz.watch.listening import AGAIN, Listening, Scene, lived_out, why

LOST_PINGS = 2.5
"""Intervals without a reply from which on it is a gap: one lost packet is none."""
PINGS = 16
"""Pings a second of all peers together, as far as each has one: many together cost no more."""
UNSURE = 2.0
"""Intervals by which the truth may be less: a request before the silence and one after it."""
POLL = 6.0
"""Seconds between two looks at LLT's links: one costs a kilobyte and a half."""
POLL_EACH = 0.25
"""The same for each peer, where there are many: a look costs 3 ms here (measured)."""
LOG_POLL = 5.0
"""Seconds between two looks at LLT's log."""
LOG_SECONDS = 2.0
"""Seconds by which a log that tells to the second may be off, at both ends together."""
DEFAULT_PEERINACT = 16.0
"""Seconds of peerinact where it can't be read (facts, vcs.md 1.2)."""
DEFAULT_TROUBLE = 2.0
"""Seconds of peertrouble where it can't be read (facts, vcs.md 1.3)."""
UNREAD = 3
"""Readings in a row that fail until a source counts as lost."""


class Ping:
    """Pings of the migrating node from a peer.

    Args:
        scene: what it is listened to with.
        peer: who pings.
        peers: how many do.
    """

    def __init__(self, scene: Scene, peer: Host, peers: int) -> None:
        self._scene = scene
        self._peer = peer
        self._at_once = min(ping.AT_ONCE, max(1, PINGS // peers))
        self._wait = max(1, round(scene.speed / 4))
        self._kept = b""
        self.source = Listening(
            f"ping/{peer.name}",
            f"ping from {peer.label}",
            "what the network between the nodes feels, its own recovery included: no reply may be "
            "the node or the path",
            Gaps(self._wait / self._at_once, Cause.SILENCE, scene.lag, LOST_PINGS, UNSURE),
        )
        self.sources = (self.source,)

    def take(self, data: bytes) -> None:
        """Take a piece of the stream."""
        now = self._scene.clock.now()
        lines, self._kept = ticks.split(self._kept, data)
        for line in lines:
            match ping.parse(line):
                case ping.Start(interval=interval):
                    self.source.gaps.interval = interval
                case ping.Reply():
                    self.source.heard(now)

    async def listen(self) -> None:
        """Keep the peer pinging until cancelled."""
        scene, source = self._scene, self.source
        while True:
            name, why_none = await self._name()
            if not name:
                source.gone(scene.clock.now(), why_none)
                await scene.rest(AGAIN)
                continue
            self._kept = b""
            command = ping.again_and_again(name, self._wait, self._at_once)
            answer = await scene.transport.stream(self._peer.id, command, self.take)
            source.gone(scene.clock.now(), "" if lived_out(answer) else why(answer))
            if not lived_out(answer):
                await scene.rest(AGAIN)

    async def _name(self) -> tuple[str, str]:
        """The first name or address of the node by which the peer gets a reply; else why none is.

        Names differ between the cluster, AIX and the operator's host (facts, vcs.md 10.15).
        """
        scene, node = self._scene, self._scene.node
        why_none = f"{self._peer.label} gets no reply by any name"
        answer = await ask(scene.transport, node, aix.hostname())
        own = aix.parse_hostname(answer.stdout)
        for name in dict.fromkeys((own, own.partition(".")[0], node.address, node.name)):
            if _loopback(name):
                continue
            with suppress(Refused):  # no name at all, whatever the node calls itself
                answer = await scene.transport.run(self._peer.id, ping.once(name))
                if answer.outcome is not Outcome.EXITED:
                    why_none = why(answer)
                if any(ping.parse(line) == ping.Reply() for line in answer.stdout.splitlines()):
                    return name, ""
        return "", why_none


def _loopback(name: str) -> bool:
    with suppress(ValueError):
        return ipaddress.ip_address(name).is_loopback
    return name == "localhost"


class Links:
    """LLT's links to the migrating node, as a peer sees them."""

    def __init__(self, scene: Scene, peer: Host, peers: int) -> None:
        self._scene = scene
        self._peer = peer
        self._every = max(POLL, POLL_EACH * peers)
        self._up_at: float | None = None
        self._down = False
        self._before = 0.0
        """Seconds of silence after which its links went DOWN."""
        self._unread = 0
        self.source = Listening(
            f"llt/{peer.name}",
            f"LLT links from {peer.label}",
            "what the cluster acts on: DOWN only once peerinact has passed, which is added: "
            "shorter freezes don't show",
            Gaps(self._every, Cause.SILENCE, scene.lag),
        )
        self.sources = (self.source,)

    async def listen(self) -> None:
        """Look again and again until cancelled."""
        scene = self._scene
        while True:
            was_down = self._down
            answer = await ask(scene.transport, self._peer, llt.query_peers())
            self._look(answer, scene.clock.now())
            if self._down and not was_down:
                self._before = await self._peerinact()
            await scene.rest(self._every)

    async def _peerinact(self) -> float:
        """The peer's own, in seconds; LLT's default where it doesn't tell."""
        answer = await ask(self._scene.transport, self._peer, llt.query_timers())
        told = llt.peerinact(llt.parse_timers(answer.stdout))
        return DEFAULT_PEERINACT if told is None else told / 100

    def _look(self, answer: Answer, now: float) -> None:
        source, name = self.source, self._scene.node.name
        try:
            seen = next(peer for peer in llt.parse_peers(answer.stdout) if peer.name == name)
        except (Unreadable, StopIteration) as problem:
            self._unread += 1
            if self._unread >= UNREAD:
                unknown = isinstance(problem, StopIteration)
                source.recent.lost(now)
                source.lost = f"its LLT knows no {name}" if unknown else why(answer)
            return
        self._unread = 0
        source.lost = ""
        source.samples += 1
        if seen.state != "OPEN" or not any(link.up for link in seen.links):
            self._down = True
            return
        if self._down and self._up_at is not None:
            began = self._up_at - self._before
            gap = Gap(began, now - began, 2 * self._every, Cause.SILENCE)
            source.judged((gap,))
        self._down, self._up_at = False, now
        source.recent.heard(now)

    def hold(self, now: float) -> None:
        """Between two looks a link that was UP counts as UP."""
        if self._up_at is not None and not self._down and not self.source.lost:
            self.source.recent.heard(now)


@dataclass
class _File:
    """One file of a peer's syslog."""

    command: Command
    silences: llt_log.Silences
    mark: str = ""
    """The last line of the last reading."""

    def new(self, text: str) -> list[str]:
        """The lines that came since the last reading."""
        lines, self.mark = llt_log.after(text, self.mark)
        return lines


class Log:
    """LLT's log on a peer; a source once one is found."""

    def __init__(self, scene: Scene, peer: Host) -> None:
        self._scene = scene
        self._peer = peer
        self.source = Listening(
            f"log/{peer.name}",
            f"LLT log of {peer.label}",
            "LLT's own words, to the second: nothing below peertrouble shows",
            Gaps(LOG_POLL, Cause.SILENCE, scene.lag),
        )
        self.sources: tuple[Listening, ...] = ()

    async def listen(self) -> None:
        """Find the log, and read on in it until cancelled; returns where the site has none."""
        paths = llt_log.logs((await self._answered(llt_log.read_configuration())).stdout)
        node = await self._node() if paths else None
        if node is None:
            return
        timers = llt.parse_timers((await self._answered(llt.query_timers())).stdout)
        told = [timers[name] / 100 for name in ("peertrouble", "peertroublelo") if name in timers]
        troubles = told or [DEFAULT_TROUBLE]
        # Which of them a link has the log doesn't say: the larger one is taken.
        unsure = LOG_SECONDS + max(troubles) - min(troubles)
        files = [
            _File(llt_log.read(path), llt_log.Silences(node.id, len(node.links), max(troubles)))
            for path in paths
        ]
        for file in files:
            file.new((await self._answered(file.command)).stdout)
        self.sources = (self.source,)
        while True:
            await self._scene.rest(LOG_POLL)
            await self._look(files, unsure)

    async def _look(self, files: list[_File], unsure: float) -> None:
        """Read on in each file; the silences that it tells are to `unsure` seconds."""
        scene, source = self._scene, self.source
        answers = [(file, await ask(scene.transport, self._peer, file.command)) for file in files]
        read = [(file, answer) for file, answer in answers if answer.succeeded]
        source.lost = "" if read else why(answers[0][1])
        source.samples += bool(read)
        now = scene.clock.now()
        for file, answer in read:
            for seconds in file.silences.read(file.new(answer.stdout)):
                source.judged((Gap(now - seconds, seconds, unsure, Cause.SILENCE),))

    async def _answered(self, command: Command) -> Answer:
        """The peer's answer, however long that takes."""
        while True:
            answer = await ask(self._scene.transport, self._peer, command)
            if answer.outcome is Outcome.EXITED:
                return answer
            await self._scene.rest(AGAIN)

    async def _node(self) -> llt.Peer | None:
        """The migrating node in LLT's eyes, with its id and its links."""
        answer = await self._answered(llt.query_peers())
        with suppress(Unreadable):
            for peer in llt.parse_peers(answer.stdout):
                if peer.name == self._scene.node.name and peer.links:
                    return peer
        return None
