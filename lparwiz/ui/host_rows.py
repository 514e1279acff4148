"""All hosts in one widget: a row each, and one of them pointed at."""

from typing import ClassVar

from textual.binding import BindingType
from textual.message import Message

from lparwiz.ui.bindings import bound
from lparwiz.ui.lines import Lines


def most_rows(height: int) -> int:
    """How many rows of hosts a terminal of that height has room for."""
    return max(1, (height - 8) // 4)


class HostRows(Lines, can_focus=True):
    """A row a host or a group of equal ones; with the focus, arrows point and Enter opens.

    One widget for all: a change costs the painting of its row and nothing else (facts,
    textual.md 8).
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        bound("line-up", "point(-1)"),
        bound("line-down", "point(1)"),
        bound("open", "open"),
    ]

    _rows = 0
    """Its height."""
    _most = 1
    """Its height at most."""

    def begin_anew(self, *, most: int) -> None:
        """The terminal has another size: take room anew, and no more than so many rows."""
        self._rows, self._most = 0, most

    def grow(self, wanted: int) -> None:
        """Take room for so many rows.

        It shrinks with the next resize only: else the page above would move up and down with
        every host that is well again.
        """
        rows = min(max(1, wanted), self._most)
        if rows > self._rows:
            self._rows = rows
            self.styles.height = rows

    class Pointed(Message):
        """The operator points further down, or up."""

        def __init__(self, step: int) -> None:
            self.step = step
            super().__init__()

    class Opened(Message):
        """The operator wants to see what is pointed at."""

    def action_point(self, step: int) -> None:
        """Point at the next row."""
        self.post_message(self.Pointed(step))

    def action_open(self) -> None:
        """Open what is pointed at."""
        self.post_message(self.Opened())

    def on_focus(self) -> None:
        """Show what is pointed at."""
        self.redraw()

    def on_blur(self) -> None:
        """Nothing is pointed at any more."""
        self.redraw()
