"""What the operator is asked: the text, what is typed, the choices; the safe one has the focus."""

from collections.abc import Callable

from textual import on
from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Static

from lparwiz.run.orders import Answered
from lparwiz.run.snapshot import Choice, Question, QuestionKind
from lparwiz.ui.choices import ChoiceButton, Choices, Moves
from lparwiz.ui.entry import NOTHING_TYPED, Entry
from lparwiz.ui.keys import key_name
from lparwiz.ui.lines import Lines
from lparwiz.ui.text import Paragraph, Piece, counted, plain, wrap

ROOM_TO_SAY = 48
"""Characters of what stands before the word, so that both fit into 80 columns."""

MARGIN = 6
"""Cells beside what is typed: the borders and the cursor's own."""

ACTS = "go"
"""The id of the choice that lets run what was shown."""

BACK = "back"
"""The id of the choice that takes the way back."""


class QuestionForm(Moves, Vertical):
    """One question, from when it is asked until another takes its place.

    A form is never reused: an answer can't reach a question that it wasn't meant for. It takes
    no answer before it has been painted, so that a key typed ahead reaches nothing.

    Args:
        question: what is asked.
        unseen: tells how many lines of what it confirms were never in sight.
        held: tells whether the run is on hold: no answer is taken then.
    """

    class Decided(Message):
        """The operator answered."""

        def __init__(self, answer: Answered) -> None:
            self.answer = answer
            super().__init__()

    class TurnsBack(Message):
        """The way back was chosen: it is confirmed first, and sent by `send`."""

        def __init__(self, form: "QuestionForm", choice: Choice) -> None:
            self.form = form
            self.choice = choice
            super().__init__()

    class ReadOn(Message):
        """An answer was chosen that confirms more than was in sight."""

    class Shown(Message):
        """The operator sees the question."""

        def __init__(self, question: str) -> None:
            self.question = question
            super().__init__()

    def __init__(
        self,
        question: Question,
        unseen: Callable[[], int] = lambda: 0,
        held: Callable[[], bool] = lambda: False,
    ) -> None:
        super().__init__()
        self.question = question
        self._unseen = unseen
        self._held = held
        self.sent = ""
        """The label of the choice that was sent; empty before."""
        self._painted = False

    def compose(self) -> ComposeResult:
        """Text, what is typed, choices, and a line about the one in focus."""
        question = self.question
        yield Lines(self._text, id="ask")
        if question.kind is not QuestionKind.CHOICE:
            value = question.value if question.kind is QuestionKind.VALUE else ""
            with Container(id="typed"):
                yield Static(self._label(), markup=False)
                yield Entry(value)
        yield Choices(
            [ChoiceButton(choice, disabled=choice.needs_word) for choice in question.choices]
        )
        yield Lines(self._hint, id="hint")

    def on_mount(self) -> None:
        """Answers count from when the question can be seen."""
        self.call_after_refresh(self._seen)

    def on_resize(self) -> None:
        """What stands before the word has another width, and still leaves room to see it typed."""
        for label in self.query("#typed > Static").results(Static):
            label.update(self._label())

    def _seen(self) -> None:
        self._painted = True
        self.focus_safe()

    @property
    def in_sight(self) -> bool:
        """Whether the operator can see what they would answer."""
        return self._painted and all(
            node.display for node in self.ancestors_with_self if isinstance(node, Widget)
        )

    def focus_safe(self) -> None:
        """Give the focus to the safe choice, where it can be seen."""
        if not self.in_sight:
            return
        opened = [button for button in self.query(ChoiceButton) if not button.disabled]
        safe = [button for button in opened if button.choice.id == self.question.safe]
        for button in (safe or opened)[:1]:
            self.screen.set_focus(button)
        self.call_after_refresh(self.post_message, self.Shown(self.question.id))

    @property
    def typed(self) -> str:
        """What stands in the input, if there is one."""
        return next((entry.value for entry in self.query(Input)), "")

    def _label(self) -> str:
        if self.question.kind is QuestionKind.WORD:
            return f"{self._opens()}type {plain(self._words()[0])}: "
        return f"{plain(self.question.value_label)} "

    def _words(self) -> list[str]:
        """What can be typed, by the order of the choices: each opens its own."""
        question = self.question
        words = (question.word_for(choice) for choice in question.choices if choice.needs_word)
        return list(dict.fromkeys(words)) or [question.word]

    def _opens(self) -> str:
        """Which choice the word opens, where there is room to say so."""
        names = [plain(choice.label) for choice in self.question.choices if choice.needs_word]
        said = [f"for ( {names[0]} ) ", "for the choice in ( ) "] if names else []
        # The word stands there twice: asked for, and typed over what says that nothing is.
        word = len(plain(self._words()[0]))
        word += max(word, len(NOTHING_TYPED)) + len("type : ") + MARGIN
        room = min(ROOM_TO_SAY, self.app.size.width - word)
        return next((text for text in said if len(text) <= room), "")

    def _text(self, width: int) -> list[Paragraph]:
        paragraphs = [wrap([("title", self.question.text)], width)]
        if self.question.warnings:
            ids = ", ".join(self.question.warnings)
            paragraphs.append(wrap([("warning", "Going on accepts: "), ("", ids)], width, 2))
        return paragraphs

    def _hint(self, width: int) -> list[Paragraph]:
        return [wrap([self._hint_words()], width, 2)]

    def _hint_words(self) -> Piece:
        if self.sent:
            return ("now", f"sent: {self.sent}")
        if self._held():
            return ("warning", f"On hold: no answer is taken. {key_name('hold')} goes on.")
        focused = self.screen.focused if self.is_attached else None
        if focused in self._entries():
            if self.question.kind is not QuestionKind.WORD:
                return ("dim", "Enter goes to the choices.")
            if self.typed not in self._words():
                words = " or ".join(self._words())
                return ("dim", f"( ) opens when this reads exactly {words}.")
            return ("dim", "Enter goes to the choice that is open now.")
        if isinstance(focused, ChoiceButton) and focused in self.query(ChoiceButton):
            if self._unread(focused.choice):
                return ("warning", self._first())
            return ("dim", focused.choice.hint or "Enter chooses, arrows move.")
        return ("dim", "Tab goes to the choices.")

    def _first(self) -> str:
        count = self._unseen()
        of = "what it accepts" if self.question.warnings else "what will run"
        comes, them = ("comes", "it") if count == 1 else ("come", "them")
        return f"{counted(count, 'more line')} of {of} {comes} first: Enter shows {them}."

    def tell(self) -> None:
        """What is out of sight has changed: Tab stops at a text that can be scrolled."""
        for ask in self.query("#ask").results(Lines):  # none while the form is taken down
            ask.can_focus = ask.below + ask.above > 0
        for hint in self.query("#hint").results(Lines):
            hint.redraw()

    def _unread(self, choice: Choice) -> bool:
        """Whether this confirms what was not yet in sight to its end."""
        return (choice.needs_word or choice.id == ACTS) and self._unseen() > 0

    def on_descendant_focus(self) -> None:
        """The line below is about what has the focus."""
        self.query_one("#hint", Lines).redraw()

    @on(Input.Changed)
    def _typed(self) -> None:
        """The dangerous choice opens only for the very word."""
        if self.question.kind is QuestionKind.WORD and not self.sent:
            for button in self.query(ChoiceButton):
                if button.choice.needs_word:
                    button.disabled = self.typed != self.question.word_for(button.choice)
        self.query_one("#hint", Lines).redraw()

    def _for_the_value(self) -> ChoiceButton | None:
        """The choice that takes what was typed."""
        opened = (button for button in self.query(ChoiceButton) if not button.disabled)
        return next((b for b in opened if b.choice.id == self.question.takes), None)

    @on(Input.Submitted)
    def _entered(self) -> None:
        """Enter in the input never answers: it goes to the choice that the text is for."""
        opened = [b for b in self.query(ChoiceButton) if b.choice.needs_word and not b.disabled]
        if self.question.kind is QuestionKind.WORD and opened:
            self.screen.set_focus(opened[0])
        elif self.question.kind is QuestionKind.VALUE:
            self.screen.set_focus(self._for_the_value())

    @on(ChoiceButton.Pressed)
    def _chosen(self, event: ChoiceButton.Pressed) -> None:
        """Send the answer; the way back is confirmed before."""
        event.stop()
        choice = event.button.choice
        if self.sent or not self.in_sight or self._held():
            return
        if choice.needs_word and self.typed != self.question.word_for(choice):
            return
        if self._unread(choice):
            self.post_message(self.ReadOn())
        elif choice.id == BACK:
            self.post_message(self.TurnsBack(self, choice))
        else:
            self.send(choice)

    def send(self, choice: Choice) -> None:
        """Answer with this, once."""
        if self.sent:
            return
        wanted = choice.needs_word or self.question.kind is QuestionKind.VALUE
        self.sent = choice.label
        for stop in self.stops():
            stop.disabled = True
        self.query_one("#hint", Lines).redraw()
        value = self.typed if wanted else ""
        self.post_message(self.Decided(Answered(self.question.id, choice.id, value)))


class QuestionArea(Vertical):
    """Its place on the screen: holds the form of the question that is asked now, and of no other.

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
