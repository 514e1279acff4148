"""What a change is, once its file has been found sound. Plain immutable data."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Literal

SSH_PORT = 22
"""Where an SSH server listens, unless the file or an `ssh_config` says otherwise."""


class Part(StrEnum):
    """A piece of the procedure that applies or not."""

    TIMERS = "timers"
    PROFILES = "profiles"


class Trigger(StrEnum):
    """Who starts the migration."""

    HMC = "hmc"
    VCS = "vcs"


class Route(StrEnum):
    """A named set of parts."""

    OUTSIDE = "outside"
    """The LPAR is a node of the cluster: timers; the HMC migrates."""
    MANAGED = "managed"
    """VCS starts and stops the LPAR from management LPARs: profiles; the HMC migrates."""
    VCS = "vcs"
    """VCS itself migrates the LPAR."""
    FULL = "full"
    """Timers and profiles; the HMC migrates."""

    @property
    def parts(self) -> frozenset[Part]:
        """The pieces of the procedure that this route has."""
        return _PARTS[self]

    @property
    def trigger(self) -> Trigger:
        """Who starts the migration on this route."""
        return Trigger.VCS if self is Route.VCS else Trigger.HMC


_PARTS = {
    Route.OUTSIDE: frozenset({Part.TIMERS}),
    Route.MANAGED: frozenset({Part.PROFILES}),
    Route.VCS: frozenset[Part](),
    Route.FULL: frozenset({Part.TIMERS, Part.PROFILES}),
}


@dataclass(frozen=True)
class Host:
    """A machine reached by SSH, with everything needed to reach it."""

    id: str
    """`node/NAME`, `manager/NAME`, `console/source` or `console/target`."""
    kind: Literal["node", "manager", "console"]
    label: str
    """For people: the name; `source HMC`, `target HMC`, or `HMC` where one manages both."""
    name: str
    """LLT node name, management LPAR's name, `source` or `target`."""
    address: str
    port: int | None = None
    user: str | None = None
    become: str = ""
    """What goes before a command that needs root, such as `sudo -n`; empty: nothing."""
    identity: Path | None = None
    known_hosts: Path | None = None
    config: Path | None = None
    """An `ssh_config` file. All three paths are absolute; nobody has looked whether they exist."""

    @property
    def machine(self) -> tuple[str, int]:
        """Address and port, the same however the file writes them."""
        return (self.address.lower(), self.port or SSH_PORT)

    @property
    def place(self) -> str:
        """Where a person logs in: `user@address`, and the port where it isn't ssh's own."""
        user = f"{self.user}@" if self.user else ""
        return f"{user}{self.address}" + (f", port {self.port}" if self.port else "")


@dataclass(frozen=True)
class Lpar:
    """What is to be moved."""

    name: str
    """As the HMC knows it."""
    source: str
    """Managed system it stands on, as the HMC knows it."""
    target: str
    """Managed system it goes to."""
    node: str | None = None
    """Its LLT node name: always there on routes with timers."""


@dataclass(frozen=True)
class Timers:
    """What is wanted of the LLT timer during the migration."""

    peerinact: int | None = None
    """CENTISECONDS, LLT's own unit (facts, vcs.md 1.2); None: worked out from a measurement."""
    persist: bool = False
    """Whether it is also written to /etc/llttab."""
    reboot: float | None = None
    """Seconds that the fastest node takes to reboot; None: not said."""
    freeze: float | None = None
    """Seconds: a freeze that somebody knows of; None: none is told."""
    freeze_from: str = ""
    """Where that figure is from, in their words."""


@dataclass(frozen=True)
class Limits:
    """How long things may take. All in seconds."""

    connect: float = 30.0
    """To reach a host and log in."""
    command: float = 30.0
    """For a command to end, unless it brings its own limit."""
    migration: float = 3600.0
    """For the migration."""
    settle: float = 300.0
    """For every peer to see the node OPEN with all links UP again."""


@dataclass(frozen=True)
class Vcs:
    """The LPAR as VCS manages it."""

    group: str
    resource: str
    to: str
    """The VCS system to migrate to: a management LPAR, not a managed system."""


@dataclass(frozen=True)
class Decisions:
    """What an unattended run answers. The defaults stop it at the first question."""

    proceed: bool = False
    outcome: Literal["evidence", "stop"] = "stop"
    accept: tuple[str, ...] = ()
    """Ids of accepted warnings; `all` alone: every warning, never a stop."""
    freeze: bool = False
    """Whether service groups on the LPAR are frozen for the migration, where that is offered."""
    profile_file: bool = False
    """Whether the documented pairs of a stale ProfileFile are written."""
    physical_server: bool = False
    """Whether the PhysicalServer of a management LPAR that has moved is corrected."""


@dataclass(frozen=True)
class Change:
    """What the operator wants: which LPAR, from where to where, through which hosts."""

    version: int
    title: str
    ticket: str
    route: Route
    lpar: Lpar
    timers: Timers
    limits: Limits
    nodes: tuple[Host, ...]
    managers: tuple[Host, ...]
    source_console: Host
    target_console: Host
    """The very same object as `source_console` where one console manages both systems."""
    vcs: Vcs | None
    decisions: Decisions
    path: Path
    text: str
    """The file as it was read."""

    @property
    def consoles(self) -> tuple[Host, ...]:
        """The one console, or source and target."""
        if self.target_console is self.source_console:
            return (self.source_console,)
        return (self.source_console, self.target_console)

    @property
    def hosts(self) -> tuple[Host, ...]:
        """Every host once: nodes, managers, consoles."""
        return (*self.nodes, *self.managers, *self.consoles)

    @property
    def migrating_node(self) -> Host | None:
        """The node that is the LPAR itself; None where the change names none."""
        return next((node for node in self.nodes if node.name == self.lpar.node), None)

    @property
    def places(self) -> dict[str, str]:
        """Where a person logs in to each host, by its label."""
        return {host.label: host.place for host in self.hosts}

    def host(self, host_id: str) -> Host:
        """The host of this id.

        Raises:
            KeyError: there is none.
        """
        for host in self.hosts:
            if host.id == host_id:
                return host
        raise KeyError(host_id)
