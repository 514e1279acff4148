"""The wizard without a screen: it says what is new line by line, and asks line by line.

For serial consoles and screen readers: nothing but plain lines, no cursor movement, no colour, at
most 80 columns. The prompts are those that Veritas' installers taught their operators:
`[y,n,q,?] (n)`, the safe answer in brackets, taken by Enter alone.

It stands where the screen stands: snapshots of the engine come up, orders go down, and it keeps
nothing that the run does not have but what it has said already.
"""

import os
import select
import shutil
import signal
import termios
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from enum import Enum, auto
from itertools import groupby
from types import FrameType
from typing import TextIO

from lparwiz.run.seam import Seam
from lparwiz.run.snapshot import (
    Abort,
    Answered,
    Hold,
    Leave,
    Level,
    Page,
    PlannedCommand,
    PlanState,
    Question,
    RunState,
    StepState,
)
from lparwiz.ui.abort_text import aborting, offer
from lparwiz.ui.hosts_text import hosts_page
from lparwiz.ui.keys import KEYMAP
from lparwiz.ui.marks import PLAN
from lparwiz.ui.other_text import leaving, ledger_page
from lparwiz.ui.page_text import FEW_NOTES, page_text, progress_line
from lparwiz.ui.prompt import options, prompt, understood
from lparwiz.ui.text import Paragraph, words_of, wrap

WIDEST = 80
"""Columns. A screen reader's line, a serial console's screen."""

NARROWEST = 40
"""Columns: what a terminal claims below this is not believed."""

SAY_AGAIN = 30.0
"""Seconds of the engine's clock between two lines about the same phase of something long."""


class News(Enum):
    """What wakes the conversation besides what is typed; each is a byte through a pipe."""

    SNAPSHOT = b"s"
    HOLD = b"h"
    LEAVE = b"l"


class Next(Enum):
    """What the next line that is typed answers."""

    NOTHING = auto()
    QUESTION = auto()
    WORD = auto()
    HOLD = auto()
    ABORT = auto()
    LEAVE = auto()


WORDS = {
    "hold": "ctrl+c",
    "leave": '"q"',
    "ledger": '"ledger"',
    "hosts": '"hosts"',
    "more": '"all"',
    "step-before": '"all"',
}
"""What is typed here where a page of the wizard names a key."""


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


class Lines:
    """What is typed, a line at a time, and what happens meanwhile."""

    def __init__(self, source: int) -> None:
        self._source = source
        self._typed = b""
        self._ended = False
        self._woken, self._wake = os.pipe()
        os.set_blocking(self._wake, False)
        self.terminal = os.isatty(source)

    def wake(self, news: News) -> None:
        """Tell of something, from any thread and from a signal's handler; never waits."""
        with suppress(BlockingIOError):  # it is awake for sure: the pipe is full of news
            os.write(self._wake, news.value)

    def forget(self) -> None:
        """Drop what was typed before it was asked for; what a pipe brings was meant to come."""
        if self.terminal:
            self._typed = b""
            with suppress(termios.error):
                termios.tcflush(self._source, termios.TCIFLUSH)

    def next(self, *, asked: bool) -> str | News | None:
        """What comes next: a line, some news, or None at the end of the input.

        Args:
            asked: whether a line would answer something. What a pipe brings waits until then.
        """
        listens = (asked or self.terminal) and not self._ended
        while True:
            line, ended, rest = self._typed.partition(b"\n")
            if ended and listens:
                self._typed = rest
                return line.decode("utf-8", "replace").strip()
            sources = [self._woken, self._source] if listens else [self._woken]
            ready, _, _ = select.select(sources, [], [])
            if self._woken in ready:
                return News(os.read(self._woken, 1))
            try:
                data = os.read(self._source, 4096)
            except OSError:  # a terminal that is gone
                data = b""
            if not data:
                self._ended = True
                return None
            self._typed += data

    def close(self) -> None:
        """Give the pipe back."""
        os.close(self._woken)
        os.close(self._wake)


class Conversation:
    """What was said so far, and what the next line answers."""

    def __init__(self, seam: Seam, source: int, out: TextIO) -> None:
        self._seam = seam
        self._out = out
        self._lines = Lines(source)
        self._width = min(WIDEST, max(NARROWEST, shutil.get_terminal_size().columns)) - 1
        self._snapshot = seam.latest()
        self._said: dict[str, set[str]] = {
            page.step: set() for page in self._snapshot.pages if page.step != self._snapshot.current
        }
        """The paragraphs that were said of each step."""
        self._told: dict[str, tuple[str, ...]] = {}
        """A step's lines that were said."""
        self._ran: dict[str, tuple[PlanState, str]] = {}
        """Each command's state as it was said last."""
        self._shown: set[tuple[str, str]] = set()
        """The hosts and commands that were shown in full."""
        self._hosts: dict[str, str] = {}
        """Each host's state as it was said last."""
        self._progress: tuple[str, float] = ("", 0.0)
        """The phase that was told last, and when."""
        self._next = Next.NOTHING
        self._meant: Answered | None = None
        """The answer that still wants its word."""
        self._answered: set[str] = set()
        self._resumed = False
        """Whether a hold was lifted of which no snapshot knows yet."""
        self._left = False
        self._prompted = False
        """Whether the cursor stands behind a prompt."""
        self._deaf = False
        """Whether nobody reads any more."""
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
        self._say(f"lparwiz, line by line. {self._snapshot.title}")
        self._say('At each prompt: Enter takes the answer in ( ), "?" explains, "q" leaves.')
        if self._said:
            done = sum(view.state is StepState.DONE for view in self._snapshot.steps)
            debts = "1 debt is" if self._snapshot.owed == 1 else f"{self._snapshot.owed} debts are"
            self._say(f"Taken up again: {done} steps are done, {debts} owed.")
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

    # What is new

    def _look(self) -> None:
        """Say what the newest snapshot brings, and ask what it asks."""
        before, self._snapshot = self._snapshot, self._seam.latest()
        news = self._news()
        question = self._snapshot.question
        if question is None or question.id in self._answered:
            if self._next in (Next.QUESTION, Next.WORD):
                self._next = Next.NOTHING
        elif self._next in (Next.NOTHING, Next.HOLD):
            self._show_page(unfolded=False)
            self._lines.forget()
            self._ask_question()
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

    def _news(self) -> bool:
        """Say what happened; whether anything was said."""
        said = 0
        for page in self._snapshot.pages:
            if page.step not in self._said:
                self._said[page.step] = set()
                said += self._begin(page.step)
            elif page.step not in self._told and page.step != self._snapshot.current:
                continue  # of an earlier life of the run
            known = self._told.get(page.step, ())
            self._told[page.step] = page.lines
            anew = page.lines[: len(known)] != known  # the step was begun again
            for line in page.lines[0 if anew else len(known) :]:
                said += self._say(f"  {line}", 4)
            said += sum(self._command(entry) for entry in page.plan)
            over = page.step != self._snapshot.current or self._snapshot.state is RunState.OVER
            if page.result and over:
                said += self._show(page.step, page_text(_quiet(page), self._width))
        return bool(said + self._how_far() + self._how_the_hosts_are())

    def _begin(self, step: str) -> int:
        steps = [view.id for view in self._snapshot.steps]
        page = next(each for each in self._snapshot.pages if each.step == step)
        number = f"Step {steps.index(step) + 1} of {len(steps)}: " if step in steps else ""
        said = self._say("") + self._say(f"== {number}{page.title} ==")
        only = replace(_quiet(page), findings=(), tables=(), plan=())
        return said + self._show(step, page_text(replace(only, result=""), self._width))

    def _command(self, entry: PlannedCommand) -> int:
        state = (entry.state, entry.result)
        if entry.state is PlanState.PLANNED or self._ran.get(entry.id) == state:
            return 0
        self._ran[entry.id] = state
        mark, _ = PLAN[entry.state]
        result = f": {entry.result}" if entry.result else ""
        said = self._say(f"{mark} {entry.state}  {entry.host}  {entry.title}{result}", 4)
        what = (entry.host, entry.command)
        if entry.command and what not in self._shown:
            self._shown.add(what)
            said += self._say(f"    $ {entry.command}", 6)
        return said

    def _how_far(self) -> int:
        page, at = self._snapshot.page, self._snapshot.at
        if page is None or page.progress is None:
            return 0
        phase, when = self._progress
        if page.progress.phase == phase and at - when < SAY_AGAIN:
            return 0
        self._progress = page.progress.phase, at
        return self._print([progress_line(page.progress, self._width)])

    def _how_the_hosts_are(self) -> int:
        """A host whose state is another than it was; nothing while somebody types an answer."""
        if self._next is not Next.NOTHING:
            return 0
        said = 0
        for pane in self._snapshot.panes:
            before = self._hosts.get(pane.host, "")
            if pane.state not in ("", "..", before):
                self._hosts[pane.host] = pane.state
                said += self._say(f"{pane.host} is {pane.state}, was {before}.") if before else 0
        return said

    def _show_page(self, *, unfolded: bool) -> int:
        page = self._snapshot.page
        if page is None:
            return 0
        if unfolded:
            return self._print(page_text(replace(page, chart=None), self._width, unfolded=True))
        said = self._show(page.step, page_text(_quiet(page), self._width))
        self._shown.update((entry.host, entry.command) for entry in page.plan)
        notes = sum(finding.level is Level.NOTE for finding in page.findings)
        if notes > FEW_NOTES:
            said += self._show(
                page.step, [wrap([("", f'{notes} notes  "all" shows them')], WIDEST)]
            )
        return said

    def _show(self, step: str, paragraphs: Iterable[Paragraph]) -> int:
        """Say what was not said of this step yet; of what has a heading all, once any of it is."""
        known = self._said[step]
        fresh: list[Paragraph] = []
        for blank, group in groupby(paragraphs, key=lambda paragraph: paragraph == [()]):
            block = [] if blank else list(group)
            new = [paragraph for paragraph in block if _words(paragraph) not in known]
            headed = bool(block) and block[0][0][0][0] == "title"
            fresh += block if headed and new else new
        known.update(_words(paragraph) for paragraph in fresh)
        return self._print(fresh)

    # What is asked

    def _ask_again(self) -> None:
        match self._next:
            case Next.QUESTION:
                self._ask_question()
            case Next.WORD:
                self._ask_word()
            case Next.HOLD:
                self._ask("On hold after what is under way. Go on? [y,n,b,q,?] (n) ", Next.HOLD)
            case Next.ABORT:
                self._ask(f"{offer(self._snapshot)}? [y,n] (n) ", Next.ABORT)
            case Next.LEAVE:
                self._ask("Leave lparwiz? [y,n] (n) ", Next.LEAVE)
            case Next.NOTHING:
                pass

    def _ask_question(self) -> None:
        question = self._snapshot.question
        if question is None:
            self._next = Next.NOTHING
            return
        self._say("")
        self._say(question.text)
        if question.warnings:
            self._say(f"Going on accepts: {', '.join(question.warnings)}", 2)
        for option in options(question):
            hint = f": {option.choice.hint}" if option.choice.hint else ""
            word = f" (type {question.word} to confirm)" if option.choice.needs_word else ""
            self._say(f"  {option.sign}  {option.choice.label}{word}{hint}", 5)
        self._ask(prompt(question), Next.QUESTION)

    def _ask_word(self) -> None:
        question = self._snapshot.question
        if question is not None:
            self._ask(f"Type {question.word} to go ahead; Enter goes back: ", Next.WORD)

    def _ask(self, text: str, answers: Next) -> None:
        self._next = answers
        *rows, last = wrap([("", text)], self._width)
        self._print([rows])
        self._write(f"{words_of(last).rstrip()} ")
        self._prompted = True

    # What is typed

    def _typed(self, typed: str) -> None:
        self._prompted = False
        if not self._lines.terminal:
            self._write(f"{typed}\n")  # a pipe has no echo, and its log shall read as a talk
        if self._next is Next.WORD:
            self._word(typed)
            return
        match typed.lower():
            case "q" | "quit":
                self._print(leaving(self._snapshot, self._width))
                self._next = Next.LEAVE
            case "?" | "help":
                self._help()
            case "ledger":
                self._print(ledger_page(self._snapshot, self._width))
            case "hosts":
                snapshot = self._snapshot
                self._print(hosts_page(snapshot.panes, snapshot.at, self._width))
            case "all":
                self._show_page(unfolded=True)
            case _:
                self._answer(typed)
                return
        self._ask_again()

    def _answer(self, typed: str) -> None:
        yes = typed.lower() in ("y", "yes")
        match self._next:
            case Next.QUESTION:
                self._decide(typed)
            case Next.HOLD if yes:
                self._resumed, self._next = True, Next.NOTHING
                self._seam.send(Hold(on=False))
                self._say("Going on.")
            case Next.HOLD if typed.lower() in ("b", "back"):
                self._offer_way_back()
            case Next.HOLD if typed:
                self._say("Still on hold. Enter asks again.")
            case Next.ABORT:
                self._next = self._before_asking()
                if yes:
                    self._seam.send(Abort())
                self._ask_again()
            case Next.LEAVE if yes:
                self._leave("the operator left")
            case Next.LEAVE:
                self._next = self._before_asking()
                self._ask_again()
            case Next.NOTHING if typed:
                self._say("Nothing is asked now. Ctrl-C holds after what is under way; q leaves.")
            case _:
                self._ask_again()

    def _before_asking(self) -> Next:
        """What there is to answer once a question of our own is done with."""
        question = self._snapshot.question
        if question is not None and question.id not in self._answered:
            return Next.QUESTION
        return Next.HOLD if self._snapshot.holding else Next.NOTHING

    def _decide(self, typed: str) -> None:
        question = self._snapshot.question
        if question is None:
            return
        found = understood(question, typed)
        if found is None:
            self._say(f"{typed!r} is no answer here.")
            self._ask(prompt(question), Next.QUESTION)
            return
        choice, answer = found
        if choice.needs_word:
            self._meant = answer
            self._ask_word()
        else:
            self._send(question, answer)

    def _word(self, typed: str) -> None:
        question = self._snapshot.question
        if question is None or self._meant is None:
            self._next = Next.NOTHING
        elif typed == question.word:
            self._send(question, replace(self._meant, value=typed))
        else:
            self._say("That is not the word: nothing was sent." if typed else "Nothing was sent.")
            self._ask_question()

    def _send(self, question: Question, answer: Answered) -> None:
        self._answered.add(question.id)
        if answer.choice == "again":
            self._said[self._snapshot.current].clear()
        self._next = Next.NOTHING
        self._seam.send(answer)

    def _help(self) -> None:
        page, question = self._snapshot.page, self._snapshot.question
        if page is not None:
            self._say(" ".join(page.purpose.split()))
            self._say(f"Guide: {page.guide}")
            for said in (f"The guide asks: {page.wants}", f"lparwiz does: {page.does}"):
                self._say(said.replace("`", ""))
        if question is not None:
            self._say("Enter takes the answer in ( ), which is the safe one.")
        self._say("q leaves, and says what stays owed. Ctrl-C holds after what is under way.")
        self._say("Type ledger for what is owed, hosts for what each host said last, all for the")
        self._say("whole page with every check and its evidence.")

    def _offer_way_back(self) -> None:
        self._print(aborting(self._snapshot, self._width))
        if offer(self._snapshot):
            self._next = Next.ABORT
        self._ask_again()

    # Holding and leaving

    def _interrupted(self) -> None:
        """Ctrl-C: hold where something runs; asked for a second time, offer to leave."""
        if self._next is Next.HOLD:
            self._print(leaving(self._snapshot, self._width))
            self._next = Next.LEAVE
        elif self._next is Next.NOTHING and not self._left:
            self._seam.send(Hold())
            self._resumed = False
            self._next = Next.HOLD
        elif self._next is not Next.LEAVE:
            self._say("Nothing runs while this waits for you; q leaves.")
        self._ask_again()

    def _leave(self, reason: str) -> None:
        if not self._left:
            self._left = True
            self._next = Next.NOTHING
            self._say("")
            self._say("Leaving: the run comes to its next safe point and stops there.")
            self._seam.send(Leave(reason))

    # Saying

    def _say(self, text: str, indent: int = 0) -> int:
        return self._print([wrap([("", text)], self._width, indent)])

    def _print(self, paragraphs: Iterable[Paragraph]) -> int:
        """Write lines; how many."""
        rows = [words_of(line).rstrip() for paragraph in paragraphs for line in paragraph]
        if rows and self._prompted:
            self._prompted = False
            self._write("\n")
        self._write("".join(f"{row}\n" for row in rows))
        return len(rows)

    def _write(self, text: str) -> None:
        if self._deaf:
            return
        encoding = self._out.encoding or "utf-8"
        try:
            self._out.write(text.encode(encoding, "replace").decode(encoding))
            self._out.flush()
        except OSError:  # nobody reads any more, and so nobody answers
            self._deaf = True
            self._leave("nobody reads what is said")


def _quiet(page: Page) -> Page:
    """A page without what is told as it happens, its picture of the silences, and many notes."""
    planned = tuple(entry for entry in page.plan if entry.state is PlanState.PLANNED)
    other = tuple(finding for finding in page.findings if finding.level is not Level.NOTE)
    findings = page.findings if len(page.findings) - len(other) <= FEW_NOTES else other
    return replace(
        page, findings=findings, plan=planned, lines=(), decided=(), guide="", chart=None
    )


def _words(paragraph: Paragraph) -> str:
    return "\n".join(words_of(line) for line in paragraph)
