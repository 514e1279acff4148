"""Words sought on the page in sight."""

from textual import on
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Static

from lparwiz.ui.entry import Entry
from lparwiz.ui.keys import key_name
from lparwiz.ui.lines import Lines


class Search(Horizontal):
    """One line to type the words into; hidden but while it is typed into."""

    def on_mount(self) -> None:
        """Nothing is sought yet: what it is made of comes after the first page."""
        self.display = False
        self.call_after_refresh(
            self.mount, Static("find: ", markup=False), Entry("", "words, then Enter; Esc gives up")
        )

    told = ""
    """What was found, in a few words; empty while nothing is sought."""
    _line = -1
    """The line that it was found on last."""

    class Sought(Message):
        """The operator has typed what to look for."""

        def __init__(self, words: str) -> None:
            self.words = words
            super().__init__()

    @on(Input.Submitted)
    def _typed(self, event: Input.Submitted) -> None:
        event.stop()
        self.close()
        self.forget()
        self.post_message(self.Sought(event.value.strip()))

    def open(self) -> None:
        """Take words."""
        self.display = True
        entry = self.query_one(Entry)
        entry.value = ""
        self.screen.set_focus(entry)

    def close(self) -> None:
        """Take no more."""
        self.screen.set_focus(None)  # else it would go to whatever comes next
        self.display = False

    def forget(self) -> None:
        """Another page, or other words."""
        self.told, self._line = "", -1

    def go(self, page: Lines, words: str, step: int) -> None:
        """Scroll to the next line that has the words, or to the one before, round the ends.

        Args:
            page: where they are sought.
            words: what is sought.
            step: 1 or -1; 0 for the first one from the top of what is in sight.
        """
        places = page.having(words)
        if not places:
            self.told = f'"{words}" is not on this page'
            return
        if step == 0:
            place = next((n for n, y in enumerate(places) if y >= page.scroll_offset.y), 0)
        elif step > 0:
            place = next((n for n, y in enumerate(places) if y > self._line), 0)
        else:
            before = [n for n, y in enumerate(places) if y < self._line]
            place = before[-1] if before else len(places) - 1
        self._line = places[place]
        self.told = f'"{words}" {place + 1} of {len(places)}, {key_name("find-next")} next'
        top = page.scroll_offset.y
        if not top <= self._line < top + page.size.height:
            page.go(max(0, self._line - page.size.height // 3))
