"""What `?` says, and what is typed here where a page of the wizard names a key."""

from lparwiz.run.snapshot import Question, Snapshot
from lparwiz.ui.prompt import options

WORDS = {
    "hold": "ctrl+c",
    "abort": '"abort"',
    "leave": '"q"',
    "ledger": '"ledger"',
    "hosts": '"hosts"',
    "more": '"all"',
    "step-before": '"all"',
}
"""By the ids of the wizard's keys."""

PAGES = ("ledger", "hosts", "all")
"""What is typed to look something up."""

PROMPTS = "Enter takes the answer in ( ), which is the safe one."

ANYWHERE = (
    "q leaves, and says what stays owed. Ctrl-C holds after what is under way.",
    "abort shows the way back that is open, as commands, and asks before it takes it.",
    "Type ledger for what is owed, hosts for what each host said last, all for the",
    "whole page with every check and its evidence.",
)


def sentences(snapshot: Snapshot) -> list[str]:
    """What the current step is for, and what can be typed."""
    page = snapshot.page
    said = [] if page is None else [" ".join(page.purpose.split()), f"Guide: {page.guide}"]
    if page is not None:
        told = (f"The guide asks: {page.wants}", f"lparwiz does: {page.does}")
        said += [each.replace("`", "") for each in told]
    return [*said, *([PROMPTS] if snapshot.question is not None else []), *ANYWHERE]


def no_answer(typed: str, question: Question | None = None) -> str:
    """What is said of a line that answers nothing.

    Args:
        typed: the line.
        question: what was asked; None: whether to read on.
    """
    if question is None and typed in PAGES:
        return f"First the lines that wait: Enter shows the next, n leaves them out. Then {typed}."
    if question is not None and typed == question.word:
        for option in options(question):
            if option.choice.needs_word:
                return f"First {option.sign}, then {typed}."
    return f"{typed!r} is no answer here."
