"""What is wrong with a change file, as data and as a message."""

from dataclasses import dataclass
from pathlib import Path

from lparwiz.errors import Trouble


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong in a change file."""

    place: str
    """A dotted key such as `node[2].address`, counted from 1; empty: the file as a whole."""
    line: int | None
    """Counted from 1; None where it can't be told."""
    found: str
    expected: str

    def __str__(self) -> str:
        """One line: where, what was found, what was expected."""
        where = [f"line {self.line}"] if self.line is not None else []
        where += [self.place] if self.place else []
        words = f"found {self.found}; expected {self.expected}"
        return f"{', '.join(where)}: {words}" if where else words


class ChangeInvalid(Trouble):
    """The change file is wrong: every problem at once, and nothing has been done."""

    def __init__(self, path: Path, problems: tuple[Problem, ...]) -> None:
        self.path = path
        self.problems = problems
        count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        super().__init__(
            f"The change file {str(path)!r} has {count}:",
            "\n".join(f"  {problem}" for problem in problems),
            "Nothing has been done on any host. Correct the file and start again.",
        )
