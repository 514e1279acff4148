"""The questions that the steps have in common."""

from lparwiz.run.snapshot import Choice, Question, QuestionKind

BACK = Choice("back", "Take the way back", "put back whatever was changed so far")

LATER = Choice("later", "Leave it for later", "what is owed stays in the ledger")
AGAIN = Choice("again", "Read again", "reads everything anew, changes nothing")


def go_on(step: str, text: str, *, warnings: tuple[str, ...] = ()) -> Question:
    """Going on after a page that changes nothing; going on accepts its warnings."""
    return Question(
        id=f"{step}.continue",
        kind=QuestionKind.CHOICE,
        text=text,
        choices=(AGAIN, Choice("go", "Go on"), BACK) if warnings else (Choice("go", "Go on"), BACK),
        safe="again" if warnings else "go",
        warnings=warnings,
    )


def proceed(step: str, text: str, label: str) -> Question:
    """Running the commands that the page shows."""
    return Question(
        id=f"{step}.proceed",
        kind=QuestionKind.CHOICE,
        text=text,
        choices=(BACK, Choice("go", label)),
        safe="back",
    )


def put_right(step: str, text: str, label: str) -> Question:
    """Running the commands of a closing step; there is no way back from here but leaving debts."""
    return Question(
        id=f"{step}.proceed",
        kind=QuestionKind.CHOICE,
        text=text,
        choices=(AGAIN, Choice("go", label), LATER),
        safe="again",
    )
