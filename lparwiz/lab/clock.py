"""Lab time: seconds of the simulated site, and the events that happen in it.

Everything that takes time in the lab is an event at an exact lab second. With a speed, lab time
follows the wall clock, that many times faster, and events that fell due in between are caught up
in their order before anything else is looked at. Without one it stands still until `advance` is
called or, with `jumps`, until nobody has anything left to do but wait: then it jumps to the next
event.
"""

import asyncio
import heapq
import itertools
import time
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

T = TypeVar("T")

IDLE_TURNS = 12
"""Turns of the event loop without a stir in the lab after which everybody counts as waiting."""


class Clock:
    """Lab time.

    Args:
        speed: Lab seconds in a second of the wall clock; None: time moves only when told.
        jumps: Without a speed, whether time jumps to the next event when everybody waits.
    """

    def __init__(self, speed: float | None = None, *, jumps: bool = True) -> None:
        self.speed = speed
        self._jumps = jumps and speed is None
        self._now = 0.0
        self._epoch = time.monotonic()
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._count = itertools.count()
        self._firing = False
        self._timer: asyncio.TimerHandle | None = None
        self._armed_for = -1.0
        self._waiting = 0
        self._stirs = 0
        self._jumping = False
        self._closed = False

    def now(self) -> float:
        """Lab seconds since the lab began."""
        self.settle()
        return self._now

    def at(self, when: float, call: Callable[[], None]) -> None:
        """Call `call` at lab second `when`, or at once in the next turn if that is past."""
        heapq.heappush(self._events, (max(when, self._now), next(self._count), call))
        self._stirs += 1
        self._arm()

    def after(self, seconds: float, call: Callable[[], None]) -> None:
        """Call `call` in `seconds` lab seconds."""
        self.at(self.now() + seconds, call)

    def advance(self, seconds: float) -> None:
        """Let `seconds` lab seconds pass at once, with everything that happens in them."""
        self._run_until(self._now + seconds)

    def settle(self) -> None:
        """Catch up with the wall clock; does nothing where time moves only when told."""
        self._stirs += 1
        if self.speed is not None and not self._firing and not self._closed:
            self._run_until((time.monotonic() - self._epoch) * self.speed)

    async def sleep(self, seconds: float) -> None:
        """Wait `seconds` lab seconds."""
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.after(seconds, lambda: None if woken.done() else woken.set_result(None))
        await self.wait(woken)

    async def wait(self, something: "asyncio.Future[T]") -> T:
        """Wait for what an event will bring; the clock may jump meanwhile."""
        self._waiting += 1
        self._kick()
        try:
            return await something
        finally:
            self._waiting -= 1

    async def quiet(self) -> None:
        """Come back once nobody has anything left to do but wait."""
        turns, stirs = IDLE_TURNS, self._stirs
        while turns:
            await asyncio.sleep(0)
            turns = turns - 1 if stirs == self._stirs else IDLE_TURNS
            stirs = self._stirs

    def step(self) -> bool:
        """Let time pass until the next event and whatever falls due with it; whether any was."""
        if not self._events:
            return False
        self._run_until(self._events[0][0])
        return True

    def close(self) -> None:
        """Let no event fire any more."""
        self._closed = True
        self._events.clear()
        if self._timer is not None:
            self._timer.cancel()

    def _run_until(self, target: float) -> None:
        if self._firing:
            return
        self._firing = True
        try:
            while self._events and self._events[0][0] <= target:
                when, _, call = heapq.heappop(self._events)
                self._now = max(self._now, when)
                call()
            self._now = max(self._now, target)
        finally:
            self._firing = False
        self._arm()

    def _arm(self) -> None:
        """See to it that the next event fires although nobody asks."""
        if self._firing or self._closed or not self._events:
            return
        if self.speed is None:
            self._kick()
            return
        if self._timer is not None and self._armed_for == self._events[0][0]:
            return
        with suppress(RuntimeError):  # no loop yet: a lab that is being built
            loop = asyncio.get_running_loop()
            if self._timer is not None:
                self._timer.cancel()
            ahead = self._epoch + self._events[0][0] / self.speed - time.monotonic()
            self._armed_for = self._events[0][0]
            self._timer = loop.call_later(max(ahead, 0.0), self._due)

    def _due(self) -> None:
        self._timer = None
        self.settle()

    def _kick(self) -> None:
        if self._jumps and not self._jumping and self._waiting and self._events:
            self._jumping = True
            asyncio.get_running_loop().call_soon(self._look, self._stirs, IDLE_TURNS)

    def _look(self, stirs: int, turns: int) -> None:
        if self._closed:
            return
        if turns and stirs == self._stirs:
            asyncio.get_running_loop().call_soon(self._look, stirs, turns - 1)
        elif turns:
            asyncio.get_running_loop().call_soon(self._look, self._stirs, IDLE_TURNS)
        else:
            self._jumping = False
            if self._waiting and self._events:
                self._run_until(self._events[0][0])
                self._kick()
