"""What an answer tells: a value that is understood, or why there is none (rule 4)."""

from collections.abc import Callable
from typing import TypeVar

from lparwiz.run.action import Reading, Unusable
from lparwiz.tools.command import Answer, Outcome
from lparwiz.tools.errors import Unreadable

T = TypeVar("T")


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
