"""What a site consists of: plain mutable state, little behaviour beyond looking things up."""

import asyncio
from dataclasses import dataclass, field

from lparwiz.lab.files import Files

Row = dict[str, str]
"""Attributes as an HMC lists them, in its order; values as they stand inside one pair."""

PSEUDO_PROFILE = "last*valid*configuration"
"""Listed once an LPAR has been activated; PowerVM's own (facts, hmc.md 1.3)."""


@dataclass(eq=False)
class Partition:
    """A partition's definition on one managed system."""

    row: Row
    profiles: list[Row]
    uuid: str
    vterm: bool = False
    moving: str = ""
    """What lslparmigr tells of a migration that is none of ours."""
    drift: Row = field(default_factory=dict)
    """What it runs with other than its profile says, in lshwres's words."""
    leftover: bool = False
    """Half-made by a migration, on the target, and not yet complete."""

    @property
    def name(self) -> str:
        """Its name on the HMC."""
        return self.row["name"]

    @property
    def lpar_id(self) -> str:
        """Its id on its system."""
        return self.row["lpar_id"]

    @property
    def state(self) -> str:
        """As `lssyscfg -r lpar` prints it."""
        return self.row["state"]

    @property
    def activated(self) -> bool:
        """Whether it lives: an operating system runs in it."""
        return self.state != "Not Activated" and not self.leftover

    def profile(self, name: str) -> Row | None:
        """The profile of that name."""
        return next((p for p in self.profiles if p["name"] == name), None)


@dataclass(eq=False)
class System:
    """A managed system: one Power server."""

    name: str
    row: Row
    partitions: list[Partition] = field(default_factory=list)
    left: list[Row] = field(default_factory=list)
    """Ends of virtual adapters at a VIOS that nobody removed when their partition left."""

    @property
    def type_serial(self) -> str:
        """Machine type, model and serial number, as `-m` also takes them."""
        return f"{self.row['type_model']}*{self.row['serial_num']}"

    @property
    def state(self) -> str:
        """As `lssyscfg -r sys` prints it."""
        return self.row["state"]

    def find(self, name: str) -> Partition | None:
        """The partition of that name; a leftover only where there is no other."""
        found = [p for p in self.partitions if p.name == name]
        return next((p for p in found if not p.leftover), found[0] if found else None)

    def by_id(self, lpar_id: str) -> Partition | None:
        """The partition with that id."""
        return next((p for p in self.partitions if p.lpar_id == lpar_id), None)

    def free_id(self, wanted: str) -> str:
        """`wanted` if no partition has it, else the lowest free id above 1."""
        if self.by_id(wanted) is None:
            return wanted
        number = 2
        while self.by_id(str(number)) is not None:
            number += 1
        return str(number)


@dataclass(eq=False)
class Console:
    """An HMC."""

    label: str
    hostname: str
    systems: list[System]
    role: str
    user: str
    version: int
    locale: str
    errors_on: str
    resource_role: str = "ALL:"
    session_timeout: str = "0"
    failed_logins: int = 0
    locked_until: float = 0.0
    """Lab seconds; in the future: the account is locked."""

    def system(self, name: str) -> System | None:
        """The managed system of that name or `tttt-mmm*serial`."""
        return next((s for s in self.systems if name in (s.name, s.type_serial)), None)


@dataclass(frozen=True)
class ErrorEntry:
    """One line of AIX's error log. `at` is the lab second."""

    label: str
    identifier: str
    text: str
    at: float


@dataclass(eq=False)
class Node:
    """An AIX machine in a cluster: a node, or a management LPAR."""

    label: str
    kind: str
    """`node` or `manager`."""
    llt_id: int
    llt_name: str
    hostname: str
    system: str
    """Its name as a VCS system."""
    user: str
    timers: dict[str, int]
    """Running LLT timers, in centiseconds, in the order that lltconfig prints them."""
    lowwater: int
    macs: tuple[str, str]
    """Of its two links."""
    files: Files
    has_vcs: bool = True
    llt_running: bool = True
    had_running: bool = True
    sudo: bool = True
    mispadded: bool = False
    """Whether lltconfig pads one row differently (facts, vcs.md 1.1)."""
    spaced_star: bool = False
    """Whether lltstat puts a space after the star (facts, vcs.md 1.6)."""
    errors: list[ErrorEntry] = field(default_factory=list)
    filesets: Row = field(
        default_factory=lambda: dict.fromkeys(("VRTSllt", "VRTSgab", "VRTSvcs"), "8.0.2.0")
    )
    """What lslpp tells of VRTS software."""
    scripts: list[str] = field(default_factory=list)
    """DLPAR scripts that are installed."""
    dead: bool = False
    frozen: bool = False
    frozen_at: float = 0.0
    """Lab seconds."""
    waiting: list[asyncio.Future[None]] = field(default_factory=list)
    """What waits until it thaws, or packets get through to it again."""
    parted: bool = False
    """Whether no packet of its public network gets through, either way; LLT's own links do."""
    perl: bool = True
    """Whether perl is installed."""
    clock_offset: float = 0.0
    """Seconds by which its own clock has been set."""
    clock_stops: bool = False
    """Whether its own clock stands still while it is frozen: what AIX does is not known (facts,
    vcs.md 9)."""

    def woken(self) -> asyncio.Future[None]:
        """What is done when it is woken the next time."""
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.waiting.append(woken)
        return woken

    def wake(self) -> None:
        """Let go on whatever waits for it."""
        for woken in self.waiting:
            if not woken.done():
                woken.set_result(None)
        self.waiting.clear()


@dataclass(eq=False)
class Group:
    """A service group."""

    name: str
    online_on: str
    """The VCS system that it runs on; empty: nowhere."""
    systems: list[str]
    attributes: Row = field(default_factory=dict)
    """Attributes of the whole group: Frozen, TFrozen and others."""
    autodisabled: set[str] = field(default_factory=set)
    """Systems on which VCS won't bring it online by itself."""
    states: dict[str, str] = field(default_factory=dict)
    """State words of a system where they aren't simply ONLINE or OFFLINE."""


@dataclass(eq=False)
class Resource:
    """A resource of a group."""

    name: str
    type: str
    group: str
    attributes: dict[str, str] = field(default_factory=dict)
    by_system: dict[tuple[str, str], str] = field(default_factory=dict)
    """Values that differ by system, keyed by attribute and system."""
