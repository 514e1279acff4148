"""Who answers the questions of a run: the operator through a screen, or the change file."""

import asyncio
from collections.abc import Container, Mapping
from dataclasses import dataclass
from typing import Protocol

from lparwiz.run.orders import Abort, Answered, Hold, Leave, Order
from lparwiz.run.snapshot import Question


@dataclass(frozen=True)
class Reply:
    """An answer and who gave it."""

    choice: str
    value: str = ""
    by: str = "the operator"


class Left(Exception):  # noqa: N818 - not an error: the screen went and the run stops in order
    """The run stops at this safe point; what is owed stays written down."""


class Answerer(Protocol):
    """Answers questions, and says whether the run is to hold, go back or stop."""

    async def answer(self, question: Question) -> Reply:
        """The answer; waits as long as it takes. Raises Left when nobody will give one."""
        ...

    async def safe_point(self) -> bool:
        """Called where it is safe to stop: waits while held. Raises Left when asked to leave.

        Returns:
            Whether it waited: what was read before may be otherwise now.
        """
        ...

    @property
    def aborting(self) -> bool:
        """Whether the way back was asked for and not yet taken."""
        ...

    @property
    def leaving(self) -> str:
        """Why the run is to stop at its next safe point; empty: it isn't."""
        ...

    def take(self, order: Order) -> None:
        """Take an order in; one that fits nothing is forgotten."""
        ...

    def abort_taken(self) -> None:
        """The way back is being taken."""
        ...


class Operator:
    """The orders of a screen, as they come. Lives on the engine's loop."""

    def __init__(self) -> None:
        self._news = asyncio.Event()
        self._answers: dict[str, Answered] = {}
        self.leaving = ""
        self._asked: str | None = None
        self.holding = False
        self.aborting = False

    def take(self, order: Order) -> None:
        """Take an order in; one that fits nothing is forgotten.

        So is an answer that comes while the run is held: to lift the hold must set nothing off.
        """
        match order:
            case Answered(question=question):
                if question == self._asked and not self.holding:
                    self._answers[question] = order
            case Hold(on=on):
                self.holding = on
            case Abort():
                self.aborting, self.holding = True, False
            case Leave(reason=reason):
                self.leaving = reason
        self._news.set()

    def abort_taken(self) -> None:
        """The way back is being taken."""
        self.aborting = False

    async def answer(self, question: Question) -> Reply:
        """Wait for the answer to this very question; one that doesn't fit it is ignored."""
        self._asked = question.id
        try:
            while True:
                self._leave()
                given = self._answers.pop(question.id, None)
                if given is not None and fits(question, given):
                    return Reply(given.choice, given.value)
                if self.aborting and any(choice.id == "back" for choice in question.choices):
                    self.aborting = False
                    return Reply("back")
                await self._wait()
        finally:
            self._asked = None

    async def safe_point(self) -> bool:
        """Wait while held, and say whether it did; raise Left when the screen has gone.

        To ask for the way back ends a hold: it is gone without waiting.
        """
        waited = False
        while True:
            self._leave()
            if not self.holding:
                return waited
            waited = True
            await self._wait()

    async def _wait(self) -> None:
        await self._news.wait()
        self._news.clear()

    def _leave(self) -> None:
        if self.leaving:
            raise Left(self.leaving)


def fits(question: Question, given: Answered) -> bool:
    """Whether an answer is one of the question's own, with the word where it is needed."""
    choice = next((c for c in question.choices if c.id == given.choice), None)
    if choice is None:
        return False
    return not choice.needs_word or given.value == question.word_for(choice)


class Prepared:
    """Answers from a change file: asks nobody.

    Args:
        by: what stands in the journal as who decided.
        answers: the choice by the question's name, which is the part of its id between the dot
            and a `#`; a question without an entry gets its safe choice.
        accepted: the ids of the warnings that are accepted; `all` accepts every one.
        leaves: the names of the questions that are left to a person: the run stops there.
        defaults: the names of the answers that nobody wrote down.
    """

    aborting = False

    def __init__(
        self,
        by: str,
        answers: Mapping[str, str],
        accepted: tuple[str, ...] = (),
        leaves: tuple[str, ...] = (),
        defaults: Container[str] = (),
    ) -> None:
        self._defaults = defaults
        self._by = by
        self._answers = answers
        self._accepted = accepted
        self._leaves = leaves
        self.leaving = ""

    def take(self, order: Order) -> None:
        """Only leaving makes sense where nobody is asked."""
        if isinstance(order, Leave):
            self.leaving = order.reason

    async def answer(self, question: Question) -> Reply:
        """The answer prepared for it, or the safe choice."""
        await self.safe_point()
        name = question.id.split(".", 1)[-1].split("#", 1)[0]
        if name in self._leaves:
            raise Left(f"{self._by} leaves this to a person: {question.text}")
        wanted = self._answers.get(name, question.safe)
        offered = {choice.id: choice for choice in question.choices}
        # A closing step has no way back but leaving what is owed for later.
        choice = offered.get(wanted) or (offered.get("later") if wanted == "back" else None)
        if choice is None:
            return Reply(question.safe, question.value, f"{self._by} (the safe choice)")
        refused = [w for w in question.warnings if w not in self._accepted]
        if refused and "all" not in self._accepted and choice.id == "go":
            return Reply("back", "", f"{self._by} (not accepted: {', '.join(refused)})")
        value = question.word_for(choice) or question.value
        return Reply(choice.id, value, "default" if name in self._defaults else self._by)

    async def safe_point(self) -> bool:
        """Stops where a signal asked for it; nobody can ask for a hold."""
        if self.leaving:
            raise Left(self.leaving)
        return False

    def abort_taken(self) -> None:
        """Nobody can ask for the way back."""
