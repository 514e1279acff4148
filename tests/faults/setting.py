"""What is played: a change and its site; and all of them that the matrix plays."""

from dataclasses import dataclass

from lparwiz.lab.scenario import MIGRATIONS

ROUTES = ("outside", "managed", "vcs", "full")
MORE_NODES = 4
"""Nodes of the larger cluster: each of its timers is one more that can be forgotten."""
SAMPLE_OF_MORE_NODES = 700
"""Cases of each migration there: its faults are those of two nodes, at more points."""
PERSISTS = ("timers", "restore")
"""The steps that `persist` makes others of; all else is played with it and without it alike."""


@dataclass(frozen=True)
class Setting:
    """One run to be played."""

    route: str
    migration: str
    persist: bool = False
    """Whether the raised value is also written into /etc/llttab."""
    nodes: int = 2

    @property
    def row(self) -> str:
        """What is played apart from how the migration ends."""
        persist = ", persist" if self.persist else ""
        nodes = f", {self.nodes} nodes" if self.nodes != 2 else ""
        return f"{self.route}{persist}{nodes}"

    @property
    def options(self) -> str:
        """The options that choose it on the command line."""
        persist = " --persist" if self.persist else ""
        nodes = f" --nodes {self.nodes}" if self.nodes != 2 else ""
        return f"--route {self.route} --migration {self.migration}{persist}{nodes}"


@dataclass(frozen=True)
class Part:
    """What is played of a setting."""

    setting: Setting
    sample: int | None = None
    """So many cases; None: all of them."""
    steps: tuple[str, ...] = ()
    """Only at the points of these steps; empty: at all of them."""

    @property
    def scope(self) -> str:
        """What is left out, in a few words; empty: nothing."""
        sample = "a sample" if self.sample is not None else ""
        steps = f"in {' and '.join(self.steps)}" if self.steps else ""
        return " ".join(filter(None, (sample, steps)))


def whole(migrations=MIGRATIONS) -> list[Part]:
    """Everything."""
    return [
        *(Part(Setting(route, migration)) for route in ROUTES for migration in migrations),
        *(
            Part(Setting("full", migration, persist=True), steps=PERSISTS)
            for migration in migrations
        ),
        *(
            Part(Setting("full", migration, nodes=MORE_NODES), SAMPLE_OF_MORE_NODES)
            for migration in migrations
        ),
    ]
