"""The command palette: every command of ours by its words, with the key that does it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input

from lparwiz.ui.bindings import bound
from lparwiz.ui.entry import Entry
from lparwiz.ui.keys import KEYS, key_name, key_names
from lparwiz.ui.lines import LINE_STYLES, Lines
from lparwiz.ui.text import Paragraph, Piece, fit, wrap


@dataclass(frozen=True)
class Command:
    """Something that the palette offers."""

    does: str
    """What it does, in a sentence; it is found by these words."""
    action: str
    """The action that does it, as the wizard's screen understands it; empty: none can."""
    keys: str = ""
    """The keys that do it too."""


def commands(themes: Sequence[str], theme: str, broken: Sequence[str] = ()) -> tuple[Command, ...]:
    """Everything that has a key, every theme but the one in use, and what is wrong with others."""
    by_key = (
        Command(key.does, key.action, key_names(name)) for name, key in KEYS.items() if key.action
    )
    others = (
        Command(f"Theme: {name}", f"app.use_theme('{name}')") for name in themes if name != theme
    )
    return (*by_key, *others, *(Command(failure, "") for failure in broken))


def matching(offered: Sequence[Command], typed: str) -> list[Command]:
    """Those whose sentence, or key, has every word that was typed."""
    words = typed.lower().split()
    return [c for c in offered if all(word in f"{c.does} {c.keys}".lower() for word in words)]


class Palette(ModalScreen[str], inherit_bindings=False):
    """What is typed narrows the list; Enter does what is pointed at. Its result is the action."""

    AUTO_FOCUS = "Entry"
    COMPONENT_CLASSES: ClassVar[set[str]] = set(LINE_STYLES)
    BINDINGS: ClassVar[list[BindingType]] = [
        bound("out", "close"),
        bound("choice-up", "move(-1)", priority=True),
        bound("choice-down", "move(1)", priority=True),
    ]

    def __init__(self, offered: Sequence[Command]) -> None:
        super().__init__(name="palette")
        self._offered = offered
        self._place = 0

    def compose(self) -> ComposeResult:
        """What is typed, and what fits it."""
        with Vertical(id="palette") as box:
            box.border_title = "Commands"
            box.border_subtitle = (
                f"{key_name('choice-up')} {key_name('choice-down')} Enter, {key_name('out')} closes"
            )
            yield Entry("")
            yield Lines(self._draw, id="offered")

    def _fitting(self) -> list[Command]:
        return matching(self._offered, self.query_one(Entry).value)

    def _draw(self, width: int) -> list[Paragraph]:
        return list(self._rows(width)) or [wrap([("dim", "No command has these words.")], width)]

    def _rows(self, width: int) -> Iterator[Paragraph]:
        room = max((len(command.keys) for command in self._offered), default=0)
        for place, command in enumerate(self._fitting()):
            here = place == self._place
            text: list[Piece] = [
                ("now" if here else "", f"{'>' if here else ' '} "),
                ("key", fit(command.keys, room) + "  "),
                ("title" if here else "", command.does),
            ]
            yield wrap(text, width, room + 4)

    def action_close(self) -> None:
        """Nothing is done."""
        self.dismiss("")

    def action_move(self, step: int) -> None:
        """Point at the next one, and stay at the ends."""
        self._point(self._place + step)

    def _point(self, place: int) -> None:
        offered = self.query_one("#offered", Lines)
        rows = list(self._rows(offered.scrollable_content_region.width or 1))
        self._place = max(0, min(place, len(rows) - 1))
        offered.redraw()
        above = sum(len(row) for row in rows[: self._place])
        top, height = offered.scroll_offset.y, max(1, offered.size.height)
        if above < top or above >= top + height:
            offered.go(above if above < top else above - height + 1)

    @on(Input.Changed)
    def _typed(self) -> None:
        self._point(0)

    @on(Input.Submitted)
    def _entered(self) -> None:
        fitting = self._fitting()
        if fitting:
            self.dismiss(fitting[min(self._place, len(fitting) - 1)].action)
