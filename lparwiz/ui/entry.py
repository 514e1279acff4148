"""An input of one line: a word that confirms, a value, words that are sought."""

from typing import ClassVar

from textual import events
from textual.widgets import Input

NOTHING_TYPED = "nothing typed yet"
"""What stands where the word is typed until it is."""


class Entry(Input):
    """An input that edits in the order of the keys.

    Textual's takes letters itself and has the application do the rest, later: a backspace among
    letters that came all at once would take the wrong one.
    """

    EDITS: ClassVar[dict[str, str]] = {
        "backspace": "delete_left",
        "delete": "delete_right",
        "left": "cursor_left",
        "right": "cursor_right",
        "home": "home",
        "end": "end",
        "ctrl+u": "delete_left_all",
        "enter": "submit",
    }

    def __init__(self, value: str, placeholder: str = NOTHING_TYPED) -> None:
        super().__init__(value, compact=True, select_on_focus=False, placeholder=placeholder)
        self.cursor_blink = False

    async def on_key(self, event: events.Key) -> None:
        """Edit now."""
        action = self.EDITS.get(event.key)
        if action is not None:
            event.stop()
            event.prevent_default()
            await self.run_action(action)
