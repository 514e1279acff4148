"""A question of the wizard's own: leave, or take the way back."""

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from lparwiz.run.snapshot import Choice, Snapshot
from lparwiz.ui.lines import Lines
from lparwiz.ui.question import ChoiceButton, Choices, Moves
from lparwiz.ui.text import Paragraph

SAFE, OTHER = "safe", "other"


class Buttons(Moves, Vertical):
    """The two choices, arrows between them."""


class Confirm(ModalScreen[bool], inherit_bindings=False):
    """Text about the run as it is now, and two choices; the first has the focus.

    That is the one that changes nothing; the other one where nothing is left to be changed.
    """

    AUTO_FOCUS = "ChoiceButton"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "stay", "Back", show=False, id="confirm.back"),
        Binding("tab", "app.focus_next", show=False, id="confirm.next", priority=True),
        Binding(
            "shift+tab", "app.focus_previous", show=False, id="confirm.previous", priority=True
        ),
        Binding("pagedown", "page(1)", show=False, id="confirm.down"),
        Binding("pageup", "page(-1)", show=False, id="confirm.up"),
    ]

    def __init__(
        self,
        name: str,
        title: str,
        text: Callable[[Snapshot, int], list[Paragraph]],
        choices: tuple[str, str],
        snapshot: Snapshot,
        *,
        other_first: bool = False,
    ) -> None:
        super().__init__(name=name)
        self._other_first = other_first
        self._heading = title
        self._text = text
        self._choices = choices
        self._snapshot = snapshot

    def compose(self) -> ComposeResult:
        """The text, and the choices below it."""
        safe, other = self._choices
        choices = [Choice(SAFE, safe), Choice(OTHER, other)]
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

    def on_mount(self) -> None:
        """Say how much is out of sight."""
        self.watch(self.query_one("#about", Lines), "scroll_y", self._scrolled, init=False)

    def on_lines_resized(self) -> None:
        """More or less fits."""
        self._scrolled()

    def _scrolled(self) -> None:
        below = self.query_one("#about", Lines).below
        more = f"{below} more {'line' if below == 1 else 'lines'} below, PgDn" if below else ""
        self.query_one("#confirm").border_subtitle = more

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
