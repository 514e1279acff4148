"""What the checks judge: everything that was read of the hosts, once each. Plain immutable data."""

from dataclasses import dataclass
from datetime import datetime

from lparwiz.change import Change
from lparwiz.run.reading import Reading
from lparwiz.steps.attributes import Attributes
from lparwiz.steps.readings import Partitions, Rows
from lparwiz.tools import aix, gab, hmc, llt, vcs

Summary = vcs.Summary | vcs.EngineDown


@dataclass(frozen=True)
class Tick:
    """What a node's clock showed, and the engine's when it was asked and when it had answered."""

    shown: datetime
    """In whole seconds."""
    asked: float
    answered: float


@dataclass(frozen=True)
class NodeReadings:
    """What one node of the LLT cluster said."""

    label: str
    name: str
    """Its LLT name, as the change has it."""
    clock: Reading[Tick]
    running: Reading[bool]
    """Whether LLT runs."""
    timers: Reading[dict[str, int]]
    peers: Reading[tuple[llt.Peer, ...]]
    membership: Reading[gab.Membership]
    llttab_kind: Reading[llt.FileKind]
    llttab: Reading[str]
    level: Reading[str]
    filesets: Reading[dict[str, str]]
    partition: Reading[str]
    """The name, on the HMC, of the partition that it runs in."""
    migrations: Reading[tuple[aix.ErrorLogEntry, ...]]
    summary: Reading[Summary]


@dataclass(frozen=True)
class ClusterReadings:
    """What one node, or one manager, said of its whole VCS cluster."""

    label: str
    fencing: Reading[str]
    groups: Reading[Attributes]
    lpar_resources: Reading[tuple[str, ...]]
    """The names of its resources of type LPAR."""
    resources: Reading[Attributes]
    """All attributes of these."""


@dataclass(frozen=True)
class ManagerReadings:
    """What one management LPAR said."""

    label: str
    running: Reading[bool]
    """Whether LLT runs."""
    peers: Reading[tuple[llt.Peer, ...]]
    membership: Reading[gab.Membership]
    partition: Reading[str]
    """Its own name on the HMC."""
    summary: Reading[Summary]
    systems: Reading[Attributes]
    """All attributes of all VCS systems."""
    lpar_resources: Reading[tuple[str, ...]]
    resources: Reading[Attributes]
    profile_file: Reading[str] | None
    """The text of the file that ProfileFile names on its system; None: it names none."""


@dataclass(frozen=True)
class SideReadings:
    """What the console of one side said."""

    label: str
    """The console's; with the system where one console manages both."""
    system_name: str
    user: str
    version: Reading[hmc.Version]
    users: Reading[Rows]
    system: Reading[Rows]
    partitions: Reading[Partitions]
    """All of the managed system."""
    migrations: Reading[Rows]
    """What lslparmigr tells of each of them."""


@dataclass(frozen=True)
class Gathered:
    """Everything that was read for one change."""

    change: Change
    nodes: tuple[NodeReadings, ...]
    """None where the route has no timers."""
    scripts: Reading[tuple[str, ...]] | None
    """DLPAR scripts of the node that migrates; None where no node does."""
    cluster: ClusterReadings | None
    """The nodes' VCS cluster, as one of them told; None where there are no nodes."""
    managers: tuple[ManagerReadings, ...]
    managed: ClusterReadings | None
    """The managers' VCS cluster; None where the change names no manager."""
    source: SideReadings
    target: SideReadings
    profiles: Reading[Rows]
    """All profiles of the LPAR on its source."""
    memory: Reading[Rows] | None
    processors: Reading[Rows] | None
    """What the LPAR runs with; None where its definition isn't made anew."""
    freeze: float | None = None
    """Seconds: the longest freeze known from before; None: none is known."""
    space: Reading[int] | None = None
    """Bytes free where the run keeps its backup; None: nothing is kept."""

    @property
    def members(self) -> tuple[NodeReadings | ManagerReadings, ...]:
        """The members of both LLT clusters: the LPAR's own, and its managers'."""
        return (*self.nodes, *self.managers)

    @property
    def sides(self) -> tuple[SideReadings, SideReadings]:
        """Source and target."""
        return (self.source, self.target)

    def lpar(self, side: SideReadings) -> hmc.Partition | None:
        """The partition of the LPAR's name on a side, where its partitions are known."""
        wanted = self.change.lpar.name
        return next((p for p in side.partitions.value or () if p.name == wanted), None)
