"""The questions that the steps have in common."""

from lparwiz.run.snapshot import Choice, Question, QuestionKind

BACK = Choice("back", "Take the way back", "put back whatever was changed so far")


def go_on(step: str, text: str, *, warnings: tuple[str, ...] = ()) -> Question:
    """Going on after a page that changes nothing; going on accepts its warnings."""
    return Question(
        id=f"{step}.continue",
        kind=QuestionKind.CHOICE,
        text=text,
        choices=(Choice("go", "Go on"), BACK),
        safe="back" if warnings else "go",
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
