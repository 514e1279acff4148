"""The questions that the steps have in common, and what was answered before."""

from lparwiz.run.play import Play
from lparwiz.run.snapshot import Choice, Finding, Level, Question, QuestionKind

BACK = Choice("back", "Take the way back", "put back whatever was changed so far")

LATER = Choice("later", "Leave it for later", "what is owed stays in the ledger")
AGAIN = Choice("again", "Read again", "reads everything anew, changes nothing")


def go_on(step: str, text: str, *, warnings: tuple[str, ...] = ()) -> Question:
    """Whether to go on from a page that changes nothing; to go on accepts its warnings."""
    return Question(
        id=f"{step}.continue",
        kind=QuestionKind.CHOICE,
        text=text,
        choices=(AGAIN, Choice("go", "Go on"), BACK) if warnings else (Choice("go", "Go on"), BACK),
        safe="again" if warnings else "go",
        warnings=warnings,
    )


def accepted(play: Play, step: str) -> frozenset[tuple[str, str, str]] | None:
    """The warnings that were on the page when the answer was to go on from it, in any life.

    Args:
        play: the run.
        step: a step that ends with `go_on`.

    Returns:
        The `known` of each; None where nobody ever went on from there.
    """
    shown: set[tuple[str, str, str]] = set()
    found: set[tuple[str, str, str]] | None = None
    for event in play.journal.events:
        data = event.data
        if event.kind == "step" and data["id"] == step:
            shown.clear()
        elif event.kind == "finding" and (data["step"], data["level"]) == (step, Level.WARNING):
            shown.add((data["id"], data["host"], data["text"]))
        elif (event.kind, data.get("choice")) == ("decision", "go"):
            on = data["question"].split("#")[0] == f"{step}.continue"
            found = shown | (found or set()) if on else found
    return None if found is None else frozenset(found)


def known(finding: Finding) -> tuple[str, str, str]:
    """What a warning is recognised by: its id, host and text."""
    return (finding.id, finding.host, finding.text)


def proceed(step: str, text: str, label: str) -> Question:
    """Whether to run the commands that the page shows."""
    return Question(
        id=f"{step}.proceed",
        kind=QuestionKind.CHOICE,
        text=text,
        choices=(BACK, Choice("go", label)),
        safe="back",
    )


def put_right(step: str, text: str, label: str) -> Question:
    """Whether to run the commands of a closing step; the one way back here is to leave debts."""
    return Question(
        id=f"{step}.proceed",
        kind=QuestionKind.CHOICE,
        text=text,
        choices=(AGAIN, Choice("go", label), LATER),
        safe="again",
    )
