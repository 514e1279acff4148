"""The strip of the last two minutes: how long it was silent in each second. Pure, in seconds."""

import math
from collections import deque

from lparwiz.run.snapshot import SPAN


class Recent:
    """The longest silence that stood in each of the last seconds."""

    def __init__(self) -> None:
        self._past: deque[float | None] = deque([None] * SPAN, maxlen=SPAN)
        self._second: int | None = None
        self._now: float | None = None
        """The longest in this second so far."""
        self._last: float | None = None

    def heard(self, at: float) -> None:
        """A sign of life."""
        self._turn(at)
        self._grow(at)
        self._last = at
        if self._now is None:
            self._now = 0.0

    def lost(self, at: float) -> None:
        """From here on nothing is known, until something is heard again."""
        self._turn(at)
        self._grow(at)
        self._last = None

    def read(self, now: float) -> tuple[float | None, ...]:
        """The last two minutes, a value a second, oldest first, this second being the last."""
        self._turn(now)
        self._grow(now)
        return (*list(self._past)[1:], self._now)

    def _grow(self, until: float) -> None:
        if self._last is not None:
            self._now = max(self._now or 0.0, until - self._last)

    def _turn(self, now: float) -> None:
        second = math.floor(now)
        if self._second is None:
            self._second = second
        if second - self._second > SPAN:  # nobody has looked for long
            self._past.extend([None] * SPAN)
            self._second = second
        while self._second < second:
            self._second += 1
            self._grow(float(self._second))
            self._past.append(self._now)
            self._now = None
