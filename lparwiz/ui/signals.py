"""A hang-up or a kill: the engine hears of it at once, whatever the screen is busy with."""

import asyncio
import signal
from collections.abc import Callable
from contextlib import suppress
from types import FrameType

from lparwiz.ui.opening import KILLED_BY

PATIENCE = 5.0
"""Seconds that the screen's loop gets to end in order once a signal came."""


def handle_signals(
    loop: asyncio.AbstractEventLoop,
    tell: Callable[[signal.Signals], None],
    end: Callable[[signal.Signals], None],
) -> None:
    """Leave on a signal; later ones change nothing, also once the wizard has ended.

    A shell that ends hangs up its jobs, and the kernel does once more: the loop's own handlers
    would be gone by then, and the engine killed while it waits for the HMC (seen). And a loop that
    is kept busy, as by a screen that lays itself out for ever, comes to no handler of its own at
    all (seen): the engine is told from the signal itself, and such a loop broken off.

    Args:
        loop: the screen's.
        tell: tells the engine; called in the middle of whatever is being done.
        end: ends the screen in order; called by the loop.
    """
    came: list[signal.Signals] = []

    def take(number: int, _frame: FrameType | None) -> None:
        which = signal.Signals(number)
        tell(which)
        if loop.is_closed():
            return
        came.append(which)
        with suppress(RuntimeError):  # it was closed just now
            loop.call_soon_threadsafe(end, which)
        signal.setitimer(signal.ITIMER_REAL, PATIENCE, PATIENCE)

    def break_off(_number: int, _frame: FrameType | None) -> None:
        if came and not loop.is_closed():
            raise SystemExit(KILLED_BY + came[0])

    signal.signal(signal.SIGALRM, break_off)
    for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGINT):
        signal.signal(number, take)


def disarm() -> None:
    """The screen has ended: no loop is broken off any more."""
    signal.setitimer(signal.ITIMER_REAL, 0)
