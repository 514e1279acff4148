"""The conversation: what is asked, what a typed line means, holding, the way back and leaving."""

import signal
from dataclasses import replace
from types import FrameType
from typing import TextIO

from lparwiz.plain.help import WORDS, no_answer, sentences
from lparwiz.plain.paper import Paper
from lparwiz.plain.telling import Teller
from lparwiz.plain.typed import Lines, News, Next
from lparwiz.plain.unread import Unread
from lparwiz.run.orders import Abort, Answered, Hold, Leave
from lparwiz.run.seam import Seam
from lparwiz.run.snapshot import Question, RunState
from lparwiz.ui.abort_text import WAY_BACK, aborting, offer
from lparwiz.ui.hosts_text import hosts_page
from lparwiz.ui.keys import KEYMAP
from lparwiz.ui.leaving_text import leaving
from lparwiz.ui.ledger_text import ledger_page
from lparwiz.ui.prompt import options, prompt, understood
from lparwiz.ui.text import Paragraph, counted


def converse(seam: Seam, source: int, out: TextIO) -> None:
    """Talk with the operator until the run is over.

    Ctrl-C asks for a hold; SIGTERM, SIGHUP, the end of the input and an output that nobody reads
    any more leave: the engine comes to its next safe point and stops there.

    Args:
        seam: the engine, started.
        source: the file descriptor that lines are read from.
        out: where lines go.
    """
    token = KEYMAP.set(WORDS)
    conversation = Conversation(seam, source, out)
    try:
        conversation.run()
    finally:
        KEYMAP.reset(token)
        conversation.close()


class Conversation:
    """What the next line answers."""

    def __init__(self, seam: Seam, source: int, out: TextIO) -> None:
        self._seam = seam
        self._lines = Lines(source)
        self._snapshot = seam.latest()
        self._paper = Paper(
            out,
            lambda: self._leave("nobody reads what is said"),
            by_screen=self._lines.terminal,
        )
        self._teller = Teller(self._paper, self._snapshot)
        self._next = Next.NOTHING
        self._asked = ""
        """The prompt that is answered next."""
        self._meant: Answered | None = None
        """The answer that still wants its word."""
        self._answered: set[str] = set()
        self._offered = ""
        """The way back that was shown."""
        self._unread = Unread(self._paper)
        self._resumed = False
        """Whether a hold was lifted of which no snapshot knows yet."""
        self._left = False
        self._unsubscribe = seam.subscribe(lambda _: self._lines.wake(News.SNAPSHOT))
        self._signals = {
            number: signal.signal(number, self._signalled)
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        }

    def close(self) -> None:
        """Listen no more."""
        self._unsubscribe()
        for number, before in self._signals.items():
            signal.signal(number, before)
        self._lines.close()

    def _signalled(self, number: int, _frame: FrameType | None) -> None:
        self._lines.wake(News.HOLD if number == signal.SIGINT else News.LEAVE)

    def run(self) -> None:
        """Say and ask until the run is over."""
        self._teller.begin()
        self._look()
        while self._snapshot.state is not RunState.OVER:
            match self._lines.next(asked=self._next is not Next.NOTHING):
                case News.SNAPSHOT:
                    self._look()
                case News.HOLD:
                    self._interrupted()
                case News.LEAVE:
                    self._leave("a signal")
                case None:
                    self._leave("the input ended")
                case str(typed):
                    self._typed(typed)
        self._paper.wait_for_reader(on=False)

    # What is new

    def _look(self) -> None:
        """Say what the newest snapshot brings, and ask what it asks."""
        before, self._snapshot = self._snapshot, self._seam.latest()
        question = self._open_question()
        self._read_before_asking(asking=question is not None or self._next is not Next.NOTHING)
        news = self._teller.news(self._snapshot, asking=self._next is not Next.NOTHING)
        if question is None:
            if self._next in (Next.QUESTION, Next.WORD):
                self._next = Next.NOTHING
                self._read_before_asking(asking=False)
        elif self._next in (Next.NOTHING, Next.HOLD):
            self._ask_anew()
            return
        if not self._snapshot.holding:
            self._resumed = False
            if self._next is Next.HOLD:
                self._next = Next.NOTHING
        elif self._next is Next.NOTHING and not (self._resumed or question or before.holding):
            self._next = Next.HOLD
            news = True
        if news:
            self._ask_again()

    def _open_question(self) -> Question | None:
        """The question that has no answer yet; none while held, when no answer is taken."""
        question = self._snapshot.question
        if self._snapshot.holding:
            self._answered.clear()  # an answer that came on hold was not taken
            return None
        return None if question is None or question.id in self._answered else question

    def _read_before_asking(self, *, asking: bool) -> None:
        """Write no more than is read before an answer; all of it where nobody is asked."""
        self._paper.wait_for_reader(on=asking and not self._left)

    # What is asked

    def _ask_anew(self) -> None:
        """Ask the run's question, after all that was not said yet of its page."""
        self._unread.comes_before(Next.QUESTION)
        self._teller.page()
        self._lines.forget()
        self._ask_question()

    def _ask_again(self) -> None:
        match self._next:
            case Next.QUESTION:
                self._ask_question()
            case Next.WORD:
                self._ask_word()
            case Next.HOLD:
                asked = "On hold after what is under way. Go on? [y,n,b,q,?] (n) "
                self._ask(asked, Next.HOLD)
            case Next.ABORT:
                self._ask(f"{self._offered}? [y,n,q,?] (n) ", Next.ABORT)
            case Next.LEAVE:
                self._ask("Leave lparwiz? [y,n] (n) ", Next.LEAVE)
            case Next.NOTHING:
                self._read_before_asking(asking=False)

    def _ask_question(self) -> None:
        question, say = self._snapshot.question, self._paper.say
        if question is None:
            self._next = Next.NOTHING
            return
        say("")
        say(question.text)
        if question.warnings:
            say(f"Going on accepts: {', '.join(question.warnings)}", 2)
        for option in options(question):
            hint = f": {option.choice.hint}" if option.choice.hint else ""
            typed = question.word_for(option.choice)
            word = f" (type {typed} to confirm)" if typed else ""
            say(f"  {option.sign}  {option.choice.label}{word}{hint}", 5)
        self._ask(prompt(question), Next.QUESTION)

    def _ask_word(self) -> None:
        question = self._snapshot.question
        if question is not None and (word := self._wanted(question)):
            self._ask(f"Type {word} to go ahead; Enter goes back: ", Next.WORD)

    def _wanted(self, question: Question) -> str:
        """The word that confirms what was meant."""
        chosen = [c for c in question.choices if self._meant and c.id == self._meant.choice]
        return question.word_for(chosen[0]) if chosen else ""

    def _ask(self, text: str, answers: Next) -> None:
        self._next = answers
        self._asked = text
        waiting = len(self._paper.rest)
        more = f"{counted(waiting, 'more line')}. Read on? [y,n,q,?] (y) "
        self._paper.prompt(more if waiting else text)

    # What is typed

    def _typed(self, typed: str) -> None:
        # A pipe has no echo, and its log shall read as a talk.
        self._paper.typed(typed, echo=not self._lines.terminal)
        if self._next is Next.WORD and not self._paper.rest:
            self._word(typed)
            return
        self._read_before_asking(asking=self._next is not Next.NOTHING)
        word = typed.lower()
        if self._paper.rest and word not in ("q", "quit"):
            self._read_on(word)
            return
        match word:
            case "q" | "quit":
                self._unread.leave_out()
                self._offer_to_leave()
            case "abort":
                self._offer_way_back()
                return
            case "hold" if self._next is not Next.HOLD:
                self._interrupted()
                return
            case "?" | "help":
                self._help()
            case "ledger":
                self._look_up(ledger_page(self._snapshot, self._paper.width))
            case "hosts":
                snapshot = self._snapshot
                self._look_up(hosts_page(snapshot.panes, snapshot.at, self._paper.width))
            case "all":
                self._unread.comes_before(Next.NOTHING)
                self._teller.all_of_it()
            case _:
                self._answer(typed)
                return
        self._ask_again()

    def _look_up(self, page: list[Paragraph]) -> None:
        self._unread.comes_before(Next.NOTHING)
        self._paper.print(page)

    def _read_on(self, word: str) -> None:
        """An answer to whether more lines are wanted."""
        if word in ("n", "no"):
            self._unread.leave_out()
            self._ask_again()
            return
        if word in ("", "y", "yes"):
            self._paper.turn()
        elif word in ("?", "help"):
            self._paper.aside("Enter shows the next lines, n leaves them out, q leaves lparwiz.")
        else:
            self._paper.aside(no_answer(word))
        if not self._paper.rest:
            self._lines.forget()  # one Enter too many must not answer what comes next
        self._ask(self._asked, self._next)

    def _read_first(self) -> bool:
        """Show what was left out of what an answer confirms; whether there was any."""
        shown = self._unread.show(self._next)
        if shown:
            self._ask_again()
        return shown

    def _answer(self, typed: str) -> None:
        yes = typed.lower() in ("y", "yes")
        match self._next:
            case Next.QUESTION:
                self._decide(typed)
            case Next.HOLD if yes:
                self._resumed, self._next = True, Next.NOTHING
                self._seam.send(Hold(on=False))
                self._paper.say("Going on.")
            case Next.HOLD if typed.lower() in ("b", "back"):
                self._offer_way_back()
            case Next.HOLD if typed:
                self._paper.say("Still on hold. Enter asks again.")
            case Next.ABORT if yes:
                self._take_way_back()
            case Next.ABORT | Next.LEAVE if not yes:
                self._return()
            case Next.LEAVE:
                self._leave("the operator left")
            case Next.NOTHING if typed:
                self._paper.say(
                    "Nothing is asked now. Ctrl-C holds after what is under way; q leaves."
                )
            case _:
                self._ask_again()

    def _return(self) -> None:
        """Back to what the run asks, once a question of our own is done with."""
        if self._open_question() is not None:
            self._ask_anew()
            return
        self._next = Next.HOLD if self._snapshot.holding else Next.NOTHING
        self._ask_again()

    def _decide(self, typed: str) -> None:
        question = self._snapshot.question
        if question is None:
            return
        found = understood(question, typed)
        if found is None:
            self._paper.say(no_answer(typed, question))
            self._ask(prompt(question), Next.QUESTION)
            return
        choice, answer = found
        if choice.id != question.safe and self._read_first():
            return
        if choice.id == "back" and offer(self._snapshot) == WAY_BACK:
            self._offer_way_back()
        elif choice.needs_word:
            self._meant = answer
            self._ask_word()
        else:
            self._send(question, answer)

    def _word(self, typed: str) -> None:
        question = self._snapshot.question
        if question is None or self._meant is None:
            self._next = Next.NOTHING
        elif typed == self._wanted(question):
            self._send(question, replace(self._meant, value=typed))
        else:
            sent = "That is not the word: nothing was sent." if typed else "Nothing was sent."
            self._paper.say(sent)
            self._ask_question()

    def _send(self, question: Question, answer: Answered) -> None:
        self._answered.add(question.id)
        self._unread.forget(Next.QUESTION)
        if answer.choice == "again":
            self._teller.again()
        self._next = Next.NOTHING
        self._seam.send(answer)

    def _help(self) -> None:
        self._unread.comes_before(Next.NOTHING)
        for sentence in sentences(self._snapshot):
            self._paper.say(sentence)

    # The way back

    def _offer_way_back(self) -> None:
        """What is open from here, as commands, before it is taken."""
        self._unread.forget(Next.ABORT)
        self._unread.comes_before(Next.ABORT)
        self._read_before_asking(asking=True)
        self._paper.print(aborting(self._snapshot, self._paper.width))
        self._offered = offer(self._snapshot)
        if self._offered:
            self._next = Next.ABORT
        self._ask_again()

    def _take_way_back(self) -> None:
        if self._read_first():
            return
        if offer(self._snapshot) != self._offered:
            self._paper.say("The run went on meanwhile: that is not open any more.")
            self._next = Next.HOLD if self._snapshot.holding else Next.NOTHING
            self._offer_way_back()
            return
        self._paper.say("Asked for.")
        self._seam.send(Abort())
        question = self._snapshot.question
        if question is not None and any(choice.id == "back" for choice in question.choices):
            self._answered.add(question.id)
        self._return()

    # Holding and leaving

    def _interrupted(self) -> None:
        """Ctrl-C: hold where something runs; asked for a second time, offer to leave."""
        if self._next is Next.HOLD:
            self._offer_to_leave()
        elif self._next is Next.NOTHING and not self._left:
            self._seam.send(Hold())
            self._resumed = False
            self._next = Next.HOLD
        elif self._next is not Next.LEAVE:
            self._paper.aside("Nothing runs while this waits for you; q leaves.")
            self._ask(self._asked, self._next)  # as it stands: its text was said, or waits
            return
        self._ask_again()

    def _offer_to_leave(self) -> None:
        self._unread.comes_before(Next.NOTHING)
        self._read_before_asking(asking=True)
        self._paper.print(leaving(self._snapshot, self._paper.width))
        self._next = Next.LEAVE

    def _leave(self, reason: str) -> None:
        if not self._left:
            self._left = True
            self._next = Next.NOTHING
            self._read_before_asking(asking=False)
            self._paper.say("")
            self._paper.say("Leaving: the run comes to its next safe point and stops there.")
            self._seam.send(Leave(reason))
