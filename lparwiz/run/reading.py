"""A reading: what an answer tells, or why it tells nothing (rule 4)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from lparwiz.tools.command import Answer, Outcome
from lparwiz.tools.errors import Unreadable

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Unusable(Exception):  # noqa: N818 - not an error: an answer that answers nothing
    """An answer in which there is nothing to understand; the text says why, in full."""


@dataclass(frozen=True)
class Reading(Generic[T_co]):
    """One observation of one host, with the command and the raw answer that it came from."""

    host: str
    """The host's label."""
    command: str
    answer: Answer
    value: T_co | None
    """What was understood; None where it is unknown."""
    problem: str = ""
    """Why it is unknown."""

    @property
    def evidence(self) -> str:
        """The command and, where it is unknown, why, in a line."""
        return f"{self.command}: {self.problem}" if self.problem else self.command


def understood(
    label: str, command: str, answer: Answer, parse: Callable[[Answer], T]
) -> Reading[T]:
    """A reading of an answer: known only where it came to its end and can be understood."""
    if answer.outcome is not Outcome.EXITED:
        return Reading(label, command, answer, None, said(answer))
    try:
        return Reading(label, command, answer, parse(answer))
    except (Unreadable, Unusable) as error:
        return Reading(label, command, answer, None, str(error))


def said(answer: Answer) -> str:
    """What a host made of a command, in a line."""
    if answer.reason:
        return f"{answer.outcome}: {answer.reason}"
    text = " ".join(answer.text.split())
    if answer.status is None:
        return f"{answer.outcome}: {text}" if text else answer.outcome.value
    return f"exit status {answer.status}: {text}" if text else f"exit status {answer.status}"
