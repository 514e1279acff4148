"""What is wrong with a change file, as data and as a message."""

from dataclasses import dataclass
from pathlib import Path


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


class ChangeInvalid(Exception):  # noqa: N818 - it is said as a sentence: the change is invalid
    """The change file is wrong: every problem at once, and nothing has been done."""

    def __init__(self, path: Path, problems: tuple[Problem, ...]) -> None:
        self.path = path
        self.problems = problems
        super().__init__(path, problems)

    def __str__(self) -> str:
        """Several lines: the file, each problem, and what to do next."""
        count = "1 problem" if len(self.problems) == 1 else f"{len(self.problems)} problems"
        return "\n".join(
            [
                f"The change file {str(self.path)!r} has {count}:",
                *(f"  {problem}" for problem in self.problems),
                "Nothing has been done on any host. Correct the file and start again.",
            ]
        )
