"""The points of a run: every command, every write to the disk, every wait."""

from typing import NamedTuple

KINDS = ("command", "write", "keep", "wait")


class Point(NamedTuple):
    """One instant at which something can go wrong."""

    kind: str
    number: int
    """Counts the points of its kind within one life of the run."""
    step: str
    what: str
    changes: bool = False
    """Whether a command changes its host."""
    console: bool = False
    """Whether it is a command for an HMC."""
    before: int = 0
    """How many points of its kind have met just the same at this step before it."""

    @property
    def id(self) -> str:
        return f"{self.kind}-{self.number}"
