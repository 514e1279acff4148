"""What is typed, a line at a time, and what happens meanwhile."""

import os
import select
import termios
from contextlib import suppress
from enum import Enum, auto


class News(Enum):
    """What wakes the conversation besides what is typed; each is a byte through a pipe."""

    SNAPSHOT = b"s"
    HOLD = b"h"
    LEAVE = b"l"


class Next(Enum):
    """What the next line that is typed answers."""

    NOTHING = auto()
    QUESTION = auto()
    WORD = auto()
    HOLD = auto()
    ABORT = auto()
    LEAVE = auto()


class Lines:
    """The lines of one who types.

    Args:
        source: the file descriptor that they are read from.
    """

    def __init__(self, source: int) -> None:
        self._source = source
        self._typed = b""
        self._ended = False
        self._woken, self._wake = os.pipe()
        os.set_blocking(self._wake, False)
        self.terminal = os.isatty(source)

    def wake(self, news: News) -> None:
        """Tell of something, from any thread and from a signal's handler; never waits."""
        with suppress(BlockingIOError):  # it is awake for sure: the pipe is full of news
            os.write(self._wake, news.value)

    def forget(self) -> None:
        """Drop what was typed before it was asked for; what a pipe brings was meant to come."""
        if self.terminal:
            self._typed = b""
            with suppress(termios.error):
                termios.tcflush(self._source, termios.TCIFLUSH)

    def next(self, *, asked: bool) -> str | News | None:
        """What comes next: a line, some news, or None at the end of the input.

        Args:
            asked: whether a line would answer something. What a pipe brings waits until then.
        """
        listens = (asked or self.terminal) and not self._ended
        while True:
            line, ended, rest = self._typed.partition(b"\n")
            if ended and listens:
                self._typed = rest
                return line.decode("utf-8", "replace").strip()
            sources = [self._woken, self._source] if listens else [self._woken]
            ready, _, _ = select.select(sources, [], [])
            if self._woken in ready:
                return News(os.read(self._woken, 1))
            try:
                data = os.read(self._source, 4096)
            except OSError:  # a terminal that is gone
                data = b""
            if not data:
                self._ended = True
                return None
            self._typed += data

    def close(self) -> None:
        """Give the pipe back."""
        os.close(self._woken)
        os.close(self._wake)
