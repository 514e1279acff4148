"""The place on the screen where the question is."""

from collections.abc import Callable

from textual.containers import Vertical

from lparwiz.run.snapshot import Question
from lparwiz.ui.question import QuestionForm


class Asking(Vertical):
    """Holds the form of the question that is asked now, and of no other.

    Args:
        unseen: tells how many lines of what it confirms were never in sight.
        held: tells whether the run is on hold.
    """

    def __init__(self, unseen: Callable[[], int], held: Callable[[], bool]) -> None:
        super().__init__(id="question")
        self._unseen = unseen
        self._held = held

    @property
    def form(self) -> QuestionForm | None:
        """The question on the screen."""
        return next((each for each in self.children if isinstance(each, QuestionForm)), None)

    async def ask(self, question: Question | None, *, again: bool = False) -> None:
        """Make the form that of this question; anew even for the same one, if `again`."""
        form = self.form
        asked = form.question.id if form is not None else None
        wanted = question.id if question is not None else None
        if asked == wanted and not again:
            return
        if form is not None:
            self.screen.set_focus(None)  # else a key typed ahead would reach whatever comes next
            await form.remove()
        if question is not None:
            await self.mount(QuestionForm(question, self._unseen, self._held))
