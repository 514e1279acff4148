"""Choices and the keys that move among them: buttons, their row or column, arrows.

Keys may come many at once, when a link was slow. Textual forwards each to what has the focus then,
and moves the focus later: the Enter of a quick `Left Enter` would reach the choice that was just
left. So what moves the focus or answers is bound with priority, which is served in the order of
the keys, and moves the focus at once.
"""

from string import ascii_letters, digits
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Static

from lparwiz.run.snapshot import Choice
from lparwiz.ui.bindings import bound
from lparwiz.ui.text import plain

TYPED_AT_ONCE = ascii_letters + digits
"""Keys that begin to be typed into the input although a choice has the focus."""


class ChoiceButton(Static, can_focus=True):
    """One answer. Says by its brackets, not by colour alone, what it is."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bound("choose", "press", priority=True),
    ]

    class Pressed(Message):
        """The operator chose this."""

        def __init__(self, button: "ChoiceButton") -> None:
            self.button = button
            super().__init__()

    def __init__(self, choice: Choice, *, disabled: bool = False) -> None:
        super().__init__(markup=False, disabled=disabled)
        self.choice = choice

    def render(self) -> str:
        """`[ Go on ]`, `[>Go on<]` with the focus, `( Go on )` where it can't be chosen."""
        label = plain(self.choice.label)
        if self.disabled:
            return f"( {label} )"
        return f"[>{label}<]" if self.has_focus else f"[ {label} ]"

    def watch_disabled(self, disabled: bool) -> None:  # noqa: FBT001 - Textual's watcher
        """Draw the brackets anew."""
        super().watch_disabled(disabled)
        self.refresh()

    def on_focus(self) -> None:
        """Draw the brackets anew."""
        self.refresh()

    def on_blur(self) -> None:
        """Draw the brackets anew."""
        self.refresh()

    def on_click(self) -> None:
        """A mouse chooses too."""
        self.action_press()

    def action_press(self) -> None:
        """Say that this was chosen."""
        if not self.disabled:
            self.post_message(self.Pressed(self))


class Choices(Container):
    """Buttons in a row, or in a column where a row is too wide."""

    def __init__(self, buttons: list[ChoiceButton]) -> None:
        super().__init__(*buttons)
        self._needed = sum(len(plain(button.choice.label)) + 6 for button in buttons)

    @property
    def settled(self) -> bool:
        """Whether they stand as their width wants it, a frame after they know it; or are unseen."""
        width = self.size.width
        return not width or self.has_class("-column") == self._is_too_wide(width)

    def on_resize(self, event: events.Resize) -> None:
        """Row or column."""
        self.set_class(self._is_too_wide(event.size.width), "-column")

    def _is_too_wide(self, width: int) -> bool:
        """Whether a row of them doesn't fit into so many columns."""
        return self._needed > width


class Moves(Widget):
    """Arrows move between what can be answered with."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bound("choice-up", "move(-1)", priority=True),
        bound("choice-down", "move(1)", priority=True),
        bound("choice-left", "turn(-1)", priority=True),
        bound("choice-right", "turn(1)", priority=True),
        *(
            Binding(key, f"type('{key}')", show=False, id=f"choice.type.{key}", priority=True)
            for key in TYPED_AT_ONCE
        ),
    ]

    def stops(self) -> list[Widget]:
        """What the arrows stop at, in order."""
        found = self.query("Entry, ChoiceButton")
        return [widget for widget in found if not widget.disabled]

    def action_move(self, step: int) -> None:
        """Focus the next one, and stay at the ends."""
        stops = self.stops()
        focused = self.screen.focused
        if focused in stops:
            place = max(0, min(len(stops) - 1, stops.index(focused) + step))
            self.screen.set_focus(stops[place])

    def _entries(self) -> list[Input]:
        return [entry for entry in self.query(Input) if not entry.disabled]

    def action_type(self, character: str) -> None:
        """Whoever types means the input, wherever the focus is."""
        for entry in self._entries():
            self.screen.set_focus(entry)
            entry.insert_text_at_cursor(character)

    def action_turn(self, step: int) -> None:
        """Left and right do the same, but in an input, where they are the cursor's."""
        self.action_move(step)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's
        """Whether a key is for us."""
        focused = self.screen.focused
        if action == "move":
            return focused in self.stops()
        if action == "type":
            return isinstance(focused, ChoiceButton) and any(self._entries())
        return action != "turn" or isinstance(focused, ChoiceButton)
