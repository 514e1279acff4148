"""What the wizard has read of the run's journal, and its text for one width."""

from collections.abc import Callable

from lparwiz.run.journal import Event
from lparwiz.ui.text import Paragraph

Told = Callable[[Event, int], Paragraph]
"""What a width in cells makes of an event; empty where it has no place there."""


class Record:
    """The journal as far as it was read. Each event is drawn once for each way to look at it.

    Args:
        fetch: the events after a number.
    """

    def __init__(self, fetch: Callable[[int], tuple[Event, ...]]) -> None:
        self._fetch = fetch
        self.events: list[Event] = []
        self._way: tuple[object, int] = ("", 0)
        self._drawn: list[Paragraph] = []
        self._count = 0

    def read_on(self) -> None:
        """Take in what was written since."""
        self.events += self._fetch(len(self.events))

    def drawn(self, way: object, width: int, told: Told) -> list[Paragraph]:
        """All events as text.

        Args:
            way: names what `told` makes of them: what was drawn so before isn't drawn again.
            width: cells.
            told: draws one event.
        """
        self.read_on()
        if (way, width) != self._way:
            self._way, self._drawn, self._count = (way, width), [], 0
        for event in self.events[self._count :]:
            if lines := told(event, width):
                self._drawn.append(lines)
        self._count = len(self.events)
        return list(self._drawn)
