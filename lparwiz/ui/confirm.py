"""A question of the wizard's own: leave, or take the way back."""

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from lparwiz.run.snapshot import Choice, Snapshot
from lparwiz.ui.bindings import bound
from lparwiz.ui.choices import ChoiceButton, Choices, Moves
from lparwiz.ui.lines import LINE_STYLES, Lines
from lparwiz.ui.status_text import more
from lparwiz.ui.text import Paragraph

SAFE, OTHER = "safe", "other"


class Buttons(Moves, Vertical):
    """The two choices, arrows between them."""


class Confirm(ModalScreen[bool], inherit_bindings=False):
    """Text about the run as it is now, and two choices; the first has the focus.

    That is the one that changes nothing; the other one where nothing is left to be changed.

    Args:
        name: the page's own.
        title: what stands above it.
        text: the text, for a run and a width in cells.
        safe: the choice that changes nothing.
        other: the other choice, for a run; empty where none is open. One that became another while
            the page was there can't be chosen any more: nobody gets what they didn't read.
        snapshot: the run.
        other_first: whether the other choice stands first.
    """

    AUTO_FOCUS = "ChoiceButton"
    COMPONENT_CLASSES: ClassVar[set[str]] = set(LINE_STYLES)
    BINDINGS: ClassVar[list[BindingType]] = [
        bound("out", "stay"),
        bound("focus-next", "app.focus_next", priority=True),
        bound("focus-previous", "app.focus_previous", priority=True),
        bound("page-down", "page(1)"),
        bound("page-up", "page(-1)"),
    ]

    def __init__(
        self,
        name: str,
        title: str,
        text: Callable[[Snapshot, int], list[Paragraph]],
        safe: str,
        other: Callable[[Snapshot], str],
        snapshot: Snapshot,
        *,
        other_first: bool = False,
    ) -> None:
        super().__init__(name=name)
        self._other_first = other_first
        self._heading = title
        self._text = text
        self._safe = safe
        self._other = other
        self._offered = other(snapshot)
        self._snapshot = snapshot

    def compose(self) -> ComposeResult:
        """The text, and the choices below it."""
        choices = [Choice(SAFE, self._safe)]
        if self._offered:
            choices.append(Choice(OTHER, self._offered))
        if self._other_first:
            choices.reverse()
        with Vertical(id="confirm") as box:
            box.border_title = self._heading
            yield Lines(self._draw, id="about")
            with Buttons(id="buttons"):
                yield Choices([ChoiceButton(choice) for choice in choices])

    def _draw(self, width: int) -> list[Paragraph]:
        return self._text(self._snapshot, width)

    def show(self, snapshot: Snapshot) -> None:
        """The run went on meanwhile."""
        self._snapshot = snapshot
        self.query_one("#about", Lines).redraw()
        if self._other(snapshot) != self._offered:
            self._withdraw()

    def _withdraw(self) -> None:
        for button in self.query(ChoiceButton):
            if button.choice.id == OTHER:
                button.disabled = True
            else:
                self.set_focus(button)

    def on_mount(self) -> None:
        """Say how much is out of sight."""
        self.watch(self.query_one("#about", Lines), "scroll_y", self._scrolled, init=False)

    def on_lines_resized(self) -> None:
        """More or less fits."""
        self._scrolled()

    def _scrolled(self) -> None:
        below = self.query_one("#about", Lines).below
        self.query_one("#confirm").border_subtitle = more(0, below)

    def action_stay(self) -> None:
        """Back to where the operator was."""
        self.dismiss(result=False)

    def action_page(self, step: int) -> None:
        """Scroll the text."""
        about = self.query_one("#about", Lines)
        about.go(about.scroll_offset.y + step * max(1, about.size.height - 1))

    @on(ChoiceButton.Pressed)
    def _chosen(self, event: ChoiceButton.Pressed) -> None:
        self.dismiss(event.button.choice.id == OTHER)
