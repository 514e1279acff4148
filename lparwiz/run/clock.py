"""Time, handed in where it matters: a half-hour migration takes milliseconds in a test."""

import asyncio
import time
from typing import Protocol


class Clock(Protocol):
    """What the engine and the watch know of time."""

    def now(self) -> float:
        """Seconds since the epoch."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Come back after `seconds` on this clock."""
        ...


class SystemClock:
    """The wall clock, or one that runs `speed` times as fast beside a lab that does the same."""

    def __init__(self, speed: float = 1.0) -> None:
        self._speed = speed
        self._epoch = time.time()
        self._started = time.monotonic()

    def now(self) -> float:
        """Seconds since the epoch; never steps back, whatever is done to the wall clock."""
        return self._epoch + (time.monotonic() - self._started) * self._speed

    async def sleep(self, seconds: float) -> None:
        """Come back after `seconds` on this clock."""
        await asyncio.sleep(seconds / self._speed)
