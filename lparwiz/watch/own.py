"""The node's own ticks, and how they come here."""

import asyncio
from dataclasses import dataclass

from lparwiz.tools import ticks
from lparwiz.tools.command import Answer, Command, Outcome
from lparwiz.watch.figures import Cause
from lparwiz.watch.gaps import Gaps
from lparwiz.watch.host import ends_within
from lparwiz.watch.listening import AGAIN, Listening, Scene, lived_out, why

STALLED = 5.0
"""Seconds without a tick after which it is asked whether the loop or the node stands still."""
CERTAIN = 1.0
"""Seconds after an answer of the node, in which a loop that lives has ticked."""
ALIVE = Command("echo")
"""Answered by any node that doesn't stand still."""


@dataclass(frozen=True)
class _Stopped:
    """A loop that is dead though its stream is open."""

    why: str
    answered: float
    """When the node answered, engine clock: it says nothing of the time before."""


class Own:
    """The two sources that one stream from the node feeds.

    Args:
        scene: what they are listened to with.
        interval: seconds between two ticks.
    """

    def __init__(self, scene: Scene, interval: float) -> None:
        label = scene.node.label
        self._scene = scene
        self._interval = interval
        self.ticks = Listening(
            "ticks",
            f"ticks of {label}",
            "its own clock beside ours: tells a freeze from a stalled path and a clock that is set",
            Gaps(interval, Cause.FREEZE, scene.lag),
        )
        self.ssh = Listening(
            "ssh",
            f"SSH from {label} to this host",
            "arrivals alone: reads a cut path too long, as TCP takes its time to send again",
            Gaps(interval, Cause.SILENCE, scene.lag),
        )
        self.sources = (self.ticks, self.ssh)
        self._kept = b""

    def take(self, data: bytes) -> None:
        """Take a piece of the stream."""
        now = self._scene.clock.now()
        lines, self._kept = ticks.split(self._kept, data)
        for line in lines:
            match ticks.parse(line):
                case ticks.Start(interval=interval):
                    self.ticks.gaps.interval = self.ssh.gaps.interval = interval
                case ticks.Tick(number=number, clock=clock, fine=fine):
                    self.ticks.heard(now, number, clock if fine else None)
                    self.ssh.heard(now, number)

    async def listen(self) -> None:
        """Keep the stream running until cancelled."""
        scene = self._scene
        command = ticks.tick(self._interval)
        while True:
            self._kept = b""
            stream = asyncio.ensure_future(
                scene.transport.stream(scene.node.id, command, self.take)
            )
            try:
                if stopped := await self._stopped(stream):
                    self._gone(stopped.why, stopped.answered, alive=True)
                elif lived_out(answer := await stream):
                    self._gone("", scene.clock.now(), alive=True)
                    continue
                else:
                    # A connection may be cut by what freezes the node; only a loop that ended by
                    # itself shows that it lived.
                    ended = answer.outcome in (Outcome.EXITED, Outcome.SIGNALLED)
                    self._gone(why(answer), scene.clock.now(), alive=ended)
            finally:
                stream.cancel()
                await asyncio.gather(stream, return_exceptions=True)
            await scene.rest(AGAIN)

    def _gone(self, why: str, at: float, *, alive: bool) -> None:
        for source in self.sources:
            source.gone(at, why, alive=alive)

    async def _stopped(self, stream: "asyncio.Future[Answer]") -> "_Stopped | None":
        """Whether the loop is found dead while its stream is open; None: the stream has ended."""
        scene, clock = self._scene, self._scene.clock
        began = clock.now()
        stalled = max(STALLED, 10 * self._interval)
        while not await ends_within(clock, stalled / 2, stream):
            if self._quiet(began) < stalled:
                continue
            if (await scene.transport.run(scene.node.id, ALIVE)).outcome is not Outcome.EXITED:
                continue
            answered = clock.now()
            if await ends_within(clock, max(CERTAIN, 4 * self._interval), stream):
                break
            if self._quiet(began) > clock.now() - answered:
                quiet = self._quiet(began)
                return _Stopped(f"no tick for {quiet:.0f} s, though the node answers", answered)
        return None

    def _quiet(self, began: float) -> float:
        """Seconds without a tick in a stream that was begun then."""
        now = self._scene.clock.now()
        if not self.ticks.samples:
            return now - began
        return min(now - began, self.ticks.gaps.silence(now))
