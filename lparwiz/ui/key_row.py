"""The last row: the names of the keys, and for a while what was just said."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from rich.cells import cell_len

from lparwiz.ui.keys import key_name
from lparwiz.ui.lines import Lines
from lparwiz.ui.text import Line, Paragraph, plain, words_of, wrap

if TYPE_CHECKING:
    from textual.timer import Timer

SAID_FOR = 6.0
"""Seconds that what was just said stands in the row."""


class KeyRow(Lines):
    """What is said here covers no question, no button and no host.

    Args:
        keys: the names of the keys, for so many cells.
    """

    def __init__(self, keys: Callable[[int], Line]) -> None:
        super().__init__(self._row, id="keys")
        self._keys = keys
        self._said = ""
        self._timer: Timer | None = None

    def say(self, words: str) -> None:
        """Say it for a while."""
        if self._timer is not None:
            self._timer.stop()
        self._said = words
        self._timer = self.set_timer(SAID_FOR, self._forget)
        self.redraw()

    def _forget(self) -> None:
        self._said = ""
        self.redraw()

    def _row(self, width: int) -> list[Paragraph]:
        return [[said(self._said, width) if self._said else self._keys(width)]]


def said(words: str, width: int) -> Line:
    """A sentence in one row; a longer one's beginning, and where all of it can be read."""
    text = f" {plain(words)}"
    if cell_len(text) > width:
        rest = f" .. {key_name('help')} has all of it"
        first = wrap([("", text)], max(1, width - cell_len(rest)))[0]
        text = f"{words_of(first).rstrip()}{rest}"
    return (("warning", text),)
