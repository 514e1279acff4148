"""What an answer confirms is read before it counts: lines that were left out are kept for then."""

from lparwiz.plain.paper import Paper
from lparwiz.plain.typed import Next

CONFIRMS = (Next.QUESTION, Next.ABORT)
"""What is answered only after all of its lines were read."""


class Unread:
    """Lines that were left out.

    Args:
        paper: where lines wait until they are read.
    """

    def __init__(self, paper: Paper) -> None:
        self._paper = paper
        self._before = Next.NOTHING
        self._left: dict[Next, list[str]] = {each: [] for each in CONFIRMS}

    def comes_before(self, confirmed: Next) -> None:
        """The lines to come are read before this is answered; NOTHING: they were only looked up."""
        self._before = confirmed

    def forget(self, confirmed: Next) -> None:
        """It was answered, or is shown anew."""
        self._left[confirmed] = []

    def leave_out(self) -> None:
        """Drop the lines that wait; those that something is confirmed by are kept for later."""
        skipped = self._paper.skip()
        if self._before in self._left:
            self._left[self._before] += skipped

    def show(self, confirmed: Next) -> bool:
        """Show what was left out of what an answer confirms; whether there was any."""
        left = self._left[confirmed]
        self.forget(confirmed)
        if left:
            self._before = confirmed
            self._paper.say("Nothing was sent. This was left out, and is read before:")
            self._paper.write(left)
        return bool(left)
