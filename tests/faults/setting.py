"""What is played: a change and its site; and all of them that the matrix plays."""

from dataclasses import dataclass

from lparwiz.lab.scenario import MIGRATIONS, VCS_MIGRATIONS

ROUTES = ("outside", "managed", "vcs", "full")
MORE_NODES = 4
"""Nodes of the larger cluster: each of its timers is one more that can be forgotten."""
SAMPLE_OF_MORE_NODES = 700
"""Cases of each migration there: its faults are those of two nodes, at more points."""
PERSISTS = ("timers", "restore")
"""The steps that `persist` makes others of; all else is played with it and without it alike."""
STOPPED_BY_CHECK = ("no-vios-mapping", "not-in-system-list")
"""Of the migrations that only VCS has, those that never begin: played whole."""
FROM_THE_MIGRATION_ON = ("migrate", "outcome", "cleanup", "restore", "report")
"""Where the others of them part from the migration that succeeds."""
SAMPLE_BY_VCS = 300
"""Cases of each of those: they wait long, by looks that are all alike."""


@dataclass(frozen=True)
class Setting:
    """One run to be played."""

    route: str
    migration: str
    persist: bool = False
    """Whether the raised value is also written into /etc/llttab."""
    nodes: int = 2

    @property
    def by_vcs_alone(self) -> bool:
        """Whether only a migration that VCS begins can end so."""
        return self.migration not in MIGRATIONS

    @property
    def row(self) -> str:
        """What is played apart from how the migration ends, where that is a column."""
        if self.by_vcs_alone:
            return f"{self.route}, {self.migration}"
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
        if self.steps == FROM_THE_MIGRATION_ON:
            steps = "from the migration on"
        return " ".join(filter(None, (sample, steps)))


def possible(route: str, migrations=VCS_MIGRATIONS) -> list[str]:
    """Those of these migrations that a route can have."""
    return [each for each in migrations if route == "vcs" or each in MIGRATIONS]


def whole(migrations=VCS_MIGRATIONS) -> list[Part]:
    """Everything."""
    full = possible("full", migrations)
    return [
        *(_part(Setting(route, each)) for route in ROUTES for each in possible(route, migrations)),
        *(Part(Setting("full", each, persist=True), steps=PERSISTS) for each in full),
        *(Part(Setting("full", each, nodes=MORE_NODES), SAMPLE_OF_MORE_NODES) for each in full),
    ]


def _part(setting: Setting) -> Part:
    if setting.by_vcs_alone and setting.migration not in STOPPED_BY_CHECK:
        return Part(setting, SAMPLE_BY_VCS, FROM_THE_MIGRATION_ON)
    return Part(setting)
