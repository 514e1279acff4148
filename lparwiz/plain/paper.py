"""Where lines are written to: at most 80 columns, and no more at a time than a terminal shows."""

import os
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import TextIO

from lparwiz.ui.text import Line, Paragraph, words_of, wrap

WIDEST = 80
"""Columns. A screen reader's line, a serial console's screen."""

NARROWEST = 40
"""Columns: what a terminal claims below this is not believed."""

ROWS = 24
"""Rows of a terminal that doesn't tell, as one on a serial line doesn't."""

FEWEST = 6
"""Rows: what a terminal claims below this is not believed."""


class Paper:
    """Writes lines; on a terminal a screenful at a time while somebody is asked.

    Args:
        out: where they go.
        by_screen: whether somebody who types at a terminal reads them there.
        unread: called once when nobody reads any more.
    """

    def __init__(self, out: TextIO, unread: Callable[[], None], *, by_screen: bool) -> None:
        self._out = out
        self._unread = unread
        self._by_screen = by_screen and out.isatty()
        self.width = min(WIDEST, max(NARROWEST, self._size()[0])) - 1
        self._paged = False
        """Whether what is written now is read before an answer, and so waits for its reader."""
        self.rest: list[str] = []
        """The lines that wait to be read."""
        self._rows = 0
        """How many were written since somebody typed."""
        self._prompted = False
        """Whether the cursor stands behind a prompt."""
        self._deaf = False

    def _size(self) -> tuple[int, int]:
        """Columns and rows; the terminal is believed over what the environment says."""
        with suppress(OSError):
            columns, rows = os.get_terminal_size(self._out.fileno())
            if columns and rows:
                return columns, rows
        said = os.environ.get("COLUMNS", "")
        return int(said) if said.isdecimal() else WIDEST, ROWS

    def say(self, text: str, indent: int = 0) -> int:
        """Write a sentence; how many lines that took."""
        return self.print([wrap([("", text)], self.width, indent)])

    def print(self, paragraphs: Iterable[Paragraph]) -> int:
        """Write lines; how many."""
        return self.write([_row(line) for paragraph in paragraphs for line in paragraph])

    def write(self, rows: Sequence[str]) -> int:
        """Write lines, or have those wait that the terminal has no room for, or that come after."""
        waits = bool(self.rest)
        self.rest += rows
        if not self._paged:
            self.turn(len(self.rest))
        elif not waits:
            self.turn(self._room - self._rows)
        return len(rows)

    def wait_for_reader(self, *, on: bool) -> None:
        """Write a screenful and let the rest wait from now on; or write all of it."""
        if on and not self._paged:
            self._rows = 0
        self._paged = on
        if not on:
            self.turn(len(self.rest))

    @property
    def _room(self) -> int:
        """Lines that can be written without one being lost out of sight."""
        if not self._by_screen:
            return 1 << 30
        return max(FEWEST, self._size()[1]) - 2

    def turn(self, most: int | None = None) -> None:
        """Write the next lines that wait; without `most`, a screenful."""
        count = max(0, self._room if most is None else most)
        rows, self.rest = self.rest[:count], self.rest[count:]
        if rows:
            self._put("\n" if self._prompted else "")
            self._prompted = False
            self._rows += len(rows)
            self._put("".join(f"{row}\n" for row in rows))

    def skip(self) -> list[str]:
        """Forget the lines that wait; which they were."""
        skipped, self.rest = self.rest, []
        return skipped

    def aside(self, text: str) -> None:
        """Say something before the lines that wait."""
        waiting = self.skip()
        paged, self._paged = self._paged, False
        self.say(text)
        self._paged, self.rest = paged, waiting

    def prompt(self, text: str) -> None:
        """Write what is asked, the cursor behind it."""
        *rows, last = wrap([("", text)], self.width)
        if self._prompted:
            self._put("\n")
        self._put("".join(f"{words_of(row).rstrip()}\n" for row in rows))
        self._put(f"{words_of(last).rstrip()} ")
        self._prompted = True

    def typed(self, line: str, *, echo: bool) -> None:
        """Somebody has typed: what is written next is read from here on."""
        self._prompted = False
        self._rows = 0
        if echo:
            self._put(f"{line}\n")

    def _put(self, text: str) -> None:
        if self._deaf or not text:
            return
        encoding = self._out.encoding or "utf-8"
        try:
            self._out.write(text.encode(encoding, "replace").decode(encoding))
            self._out.flush()
        except OSError:  # nobody reads any more, and so nobody answers
            self._deaf = True
            self._unread()


def _row(line: Line) -> str:
    """A line's text; a blank at the end of a command's line belongs to the command."""
    text = words_of(line)
    return text if line and line[-1][0] == "command" else text.rstrip()
