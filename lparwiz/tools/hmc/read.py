"""What is asked of an HMC, and its rows as values. Nothing here changes anything.

Listings are asked for without `-F`: one attribute that a level doesn't know would fail the whole
command (facts, hmc.md 8.7).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lparwiz.tools.command import Command
from lparwiz.tools.errors import Unreadable
from lparwiz.tools.hmc.names import carry, carry_system
from lparwiz.tools.hmc.record import parse_records
from lparwiz.tools.shell import line


def list_system(system: str) -> Command:
    """Ask for a managed system's attributes."""
    return _list("lssyscfg", "sys", system)


def list_partitions(system: str) -> Command:
    """Ask for all partitions of a managed system."""
    return _list("lssyscfg", "lpar", system)


def list_partition(system: str, name: str) -> Command:
    """Ask for one partition by name."""
    return _list("lssyscfg", "lpar", system, *_of(name))


def list_profiles(system: str, name: str) -> Command:
    """Ask for all profiles of one partition."""
    return _list("lssyscfg", "prof", system, *_of(name))


def migration_state(system: str, name: str) -> Command:
    """Ask how far a partition's migration is."""
    return _list("lslparmigr", "lpar", system, *_of(name))


def migration_states(system: str) -> Command:
    """Ask how far every migration of a managed system is."""
    return _list("lslparmigr", "lpar", system)


def running_memory(system: str, name: str) -> Command:
    """Ask for the memory that a partition runs with."""
    return _list("lshwres", "mem", system, "--level", "lpar", *_of(name))


def running_processors(system: str, name: str) -> Command:
    """Ask for the processors that a partition runs with."""
    return _list("lshwres", "proc", system, "--level", "lpar", *_of(name))


def _list(tool: str, resource: str, system: str, *options: str) -> Command:
    return Command(line(tool, "-r", resource, "-m", carry_system(system), *options))


def _of(name: str) -> tuple[str, str]:
    """The options that leave one partition."""
    return "--filter", f"lpar_names={carry(name)}"


def virtual_adapters(system: str, kind: str) -> Command:
    """Ask for all virtual adapters of a managed system, `scsi` or `fc` (facts, hmc.md 4.4)."""
    words = ("lshwres", "-r", "virtualio", "--rsubtype", kind, "-m", carry_system(system))
    return Command(line(*words, "--level", "lpar"))


def version() -> Command:
    """Ask for the HMC's level."""
    return Command("lshmc -V")


def list_users() -> Command:
    """Ask for the HMC's users with their roles."""
    return Command("lshmcusr")


@dataclass(frozen=True)
class Version:
    """An HMC's level."""

    version: int
    release: str = ""

    def __str__(self) -> str:
        return f"V{self.version} {self.release}".rstrip()


def parse_version(text: str) -> Version:
    """The level, from either form: V7 and V8 quote it, V10 prints it plainly (hmc.md 8.20).

    Raises:
        Unreadable: there is no version in it.
    """
    found = re.search(r"\bVersion:\s*(\d{1,3})\b", text) or re.search(
        r"\bbase_version=V(\d{1,3})R", text
    )
    if not found:
        raise Unreadable("a version of an HMC", text)
    release = re.search(r'\bRelease:[ \t]*([^\s"/]+)', text)
    return Version(int(found[1]), release[1] if release else "")


def parse_taskrole(text: str, user: str) -> str | None:
    """The task role of `user`; None where there is no such user.

    Raises:
        Unreadable: it is no list of users.
    """
    for row in parse_records(text):
        if row.get("name") == user:
            return row.get("taskrole")
    return None


@dataclass(frozen=True)
class Partition:
    """A partition as one managed system shows it."""

    name: str
    lpar_id: int
    state: str
    uuid: str | None
    """None on levels that don't print it (facts, hmc.md 1.3)."""
    default_profile: str
    curr_profile: str
    """Empty where it was never activated."""
    rmc_state: str
    row: Mapping[str, str]
    """Everything that was printed."""

    @property
    def migrating(self) -> bool:
        """Whether it is on its way; two spellings follow the prefix (facts, hmc.md 8.8)."""
        return self.state.startswith("Migrating")

    @property
    def running(self) -> bool:
        """Whether it runs and stays."""
        return self.state == "Running"

    @property
    def not_activated(self) -> bool:
        """Whether it is off."""
        return self.state == "Not Activated"

    @property
    def rmc_active(self) -> bool:
        """Whether the HMC can talk to its operating system."""
        return self.rmc_state == "active"

    @property
    def is_vios(self) -> bool:
        """Whether it is a Virtual I/O Server."""
        return self.row.get("lpar_env") == "vioserver"

    @property
    def migration_disabled(self) -> bool:
        """Whether it was barred from migrating (facts, hmc.md 1.5)."""
        return self.row.get("migration_disabled") == "1"


def partition(row: Mapping[str, str]) -> Partition:
    """A row of `lssyscfg -r lpar` as a partition.

    Raises:
        Unreadable: name, id or state is missing.
    """
    name, number, state = row.get("name"), row.get("lpar_id", ""), row.get("state")
    if not name or not state or not re.fullmatch(r"[0-9]{1,9}", number):
        raise Unreadable("a partition's row", ",".join(row))
    return Partition(
        name=name,
        lpar_id=int(number),
        state=state,
        uuid=row.get("uuid") or None,
        default_profile=row.get("default_profile", ""),
        curr_profile=row.get("curr_profile", ""),
        rmc_state=row.get("rmc_state", ""),
        row=dict(row),
    )


def named(rows: Iterable[Mapping[str, str]], name: str) -> Partition | None:
    """The partition of exactly this name; None where no row has it.

    Raises:
        Unreadable: a row of that name is no partition's, or there are two.
    """
    found = [partition(row) for row in rows if row.get("name") == name]
    if len(found) > 1:
        raise Unreadable(f"one partition named {name}", ", ".join(each.name for each in found))
    return found[0] if found else None


@dataclass(frozen=True)
class Migration:
    """How far a migration is. All keys but the state are optional (facts, hmc.md 1.2)."""

    state: str
    """`Not Migrating`, `Migration Starting`, ...; an unknown word is no success."""
    transmitted: int | None = None
    """Bytes."""
    remaining: int | None = None
    """Bytes."""

    @property
    def idle(self) -> bool:
        """Whether no migration is under way."""
        return self.state.replace("_", " ").lower() == "not migrating"


def migration(row: Mapping[str, str]) -> Migration:
    """A row of `lslparmigr -r lpar`.

    Raises:
        Unreadable: it has no state.
    """
    state = row.get("migration_state")
    if not state:
        raise Unreadable("a migration's row", ",".join(row))
    return Migration(
        state, _count(row.get("bytes_transmitted", "")), _count(row.get("bytes_remaining", ""))
    )


def _count(text: str) -> int | None:
    return int(text) if re.fullmatch(r"[0-9]{1,18}", text) else None
