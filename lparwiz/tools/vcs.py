"""What the VCS engine's tools speak: hastatus, hasys, hagrp, hares."""

import re
from dataclasses import dataclass

from lparwiz.tools.command import Command
from lparwiz.tools.errors import Unreadable
from lparwiz.tools.shell import NODE_PATH, line, on_node

NOT_RUNNING = frozenset({"V-16-1-11046", "V-16-1-10600"})
"""What the tools say when there is no engine to talk to (facts, vcs.md 4)."""
IN_TRANSITION = frozenset({"STARTING", "STOPPING", "MIGRATING"})
"""Words of a group that is on its way (facts, vcs.md 4)."""
PENDING = ("FromQ", "ToQ", "MigrateQ")
"""Attributes that name systems while VCS itself moves a group. Recalled, in no document that we
have (facts, vcs.md 4): a release that prints none of them says nothing by it."""

_CODE = re.compile(r"\bV-16-[0-9]{1,4}-[0-9]{1,6}\b")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
_SECTION = re.compile(r"--[ \t]+(.*?)[ \t]*")
_SYSTEM_HEADER = "SYSTEM STATE"
_GROUP_HEADER = "GROUP STATE"


@dataclass(frozen=True)
class System:
    """One row of `SYSTEM STATE`."""

    name: str
    state: str
    frozen: bool
    """Whether the system is frozen; a group's freeze is not shown here (facts, vcs.md 10.10)."""


@dataclass(frozen=True)
class GroupState:
    """One row of `GROUP STATE`: a group on a system."""

    group: str
    system: str
    probed: bool
    autodisabled: bool
    state: frozenset[str]
    """The words of its state: `ONLINE|PARTIAL` is two."""


@dataclass(frozen=True)
class Summary:
    """What `hastatus -sum` shows."""

    systems: tuple[System, ...]
    groups: tuple[GroupState, ...]
    others: dict[str, tuple[str, ...]]
    """Lines of further sections, as printed, by their header."""


@dataclass(frozen=True)
class EngineDown:
    """The engine doesn't run where it was asked."""

    codes: tuple[str, ...]


@dataclass(frozen=True)
class Attribute:
    """One row of `hagrp -display`, `hares -display` or `hasys -display`."""

    object: str
    name: str
    system: str
    """A system or `global`; empty for systems themselves."""
    value: str


def engine_down(text: str) -> EngineDown | None:
    """Whether this text says that the engine doesn't run; either channel may (vcs.md 4)."""
    found = tuple(code for code in _CODE.findall(text) if code in NOT_RUNNING)
    return EngineDown(tuple(dict.fromkeys(found))) if found else None


def summary() -> Command:
    """Ask for the state of systems and groups."""
    return on_node("hastatus -sum")


def parse_summary(text: str) -> Summary | EngineDown:
    """Systems and groups, by section header; or that the engine doesn't run.

    Raises:
        Unreadable: there is no system in it, or a row of these sections is cut or garbled.
    """
    if down := engine_down(text):
        return down
    sections = _sections(text)
    systems = tuple(_system(row) for row in sections.pop(_SYSTEM_HEADER, ()))
    groups = tuple(_group(row) for row in sections.pop(_GROUP_HEADER, ()))
    if not systems:
        raise Unreadable("a summary of systems and groups", text)
    return Summary(systems, groups, sections)


def _sections(text: str) -> dict[str, tuple[str, ...]]:
    """Rows by header. The second `--` line of a section names its columns and says nothing new."""
    sections: dict[str, tuple[str, ...]] = {}
    header, fresh = "", False
    for row in text.splitlines():
        if found := _SECTION.fullmatch(row.rstrip()):
            if not fresh:
                header = found[1]
                sections.setdefault(header, ())
            fresh = not fresh
        elif row.strip() and header:
            fresh = False
            sections[header] = (*sections[header], row.rstrip())
    return sections


def _system(row: str) -> System:
    match row.split():
        case ["A", name, state, ("0" | "1") as frozen]:
            return System(name, state, frozen == "1")
    raise Unreadable("a row of SYSTEM STATE", row)


def _group(row: str) -> GroupState:
    match row.split():
        case ["B", group, system, ("Y" | "N") as probed, ("Y" | "N") as disabled, state]:
            return GroupState(group, system, probed == "Y", disabled == "Y", state_words(state))
    raise Unreadable("a row of GROUP STATE", row)


def state_words(state: str) -> frozenset[str]:
    """The words of a group's state, as `ONLINE|PARTIAL` or `|ONLINE|` (facts, vcs.md 4)."""
    return frozenset(word for word in state.split("|") if word)


def system_value(system: str, attribute: str) -> Command:
    """Ask for one attribute of a system."""
    return on_node(line("hasys", "-value", system, attribute))


def resource_value(resource: str, attribute: str, system: str | None = None) -> Command:
    """Ask for one attribute of a resource; ProfileFile differs by system (vcs.md 10.12)."""
    return on_node(line("hares", "-value", resource, attribute, *([system] if system else [])))


def display_group(group: str) -> Command:
    """Ask for all attributes of a group."""
    return on_node(line("hagrp", "-display", group))


def cluster_value(attribute: str) -> Command:
    """Ask for one attribute of the cluster."""
    return on_node(line("haclus", "-value", attribute))


def display_systems() -> Command:
    """Ask for all attributes of all systems."""
    return on_node("hasys -display")


def display_groups() -> Command:
    """Ask for all attributes of all groups."""
    return on_node("hagrp -display")


def group_state(group: str) -> Command:
    """Ask for a group's state on every system."""
    return on_node(line("hagrp", "-state", group))


def migrate_group(group: str, system: str) -> Command:
    """Have VCS migrate a group's LPAR to a VCS system, which is no managed system (vcs.md 4.1)."""
    return on_node(line("hagrp", "-migrate", group, "-to", system), changes=True)


def freeze_group(group: str) -> Command:
    """Freeze a group until it is unfrozen or VCS is restarted everywhere (facts, vcs.md 4.2)."""
    return on_node(line("hagrp", "-freeze", group), changes=True)


def unfreeze_group(group: str) -> Command:
    """Take a temporary freeze back; a persistent one stays (facts, vcs.md 4.2)."""
    return on_node(line("hagrp", "-unfreeze", group), changes=True)


def open_configuration() -> Command:
    """Make the cluster's configuration writable."""
    return on_node("haconf -makerw", changes=True)


def close_configuration() -> Command:
    """Write the configuration to disk and make it read-only."""
    return on_node("haconf -dump -makero", changes=True)


def set_physical_server(system: str, server: str) -> Command:
    """Tell VCS on which managed system a management LPAR runs (facts, vcs.md 5)."""
    return on_node(line("hasys", "-modify", system, "PhysicalServer", server), changes=True)


@dataclass(frozen=True)
class LogPiece:
    """What the engine's log had beyond a byte."""

    inode: str
    """What the file is known by, also when it is renamed."""
    size: int
    """Bytes in the whole file."""
    read: int
    """Bytes of whole lines beyond that byte."""
    lines: tuple[str, ...]


def engine_log(read: int | None, letter: str = "A") -> Command:
    """The engine log's inode, its size in bytes and what stands in it beyond `read` bytes.

    It rolls from engine_A.log to B and C (facts, vcs.md 2.3). Uses `ls -i`, `wc -c` and `tail -c`.

    Args:
        read: None: no more than inode and size.
        letter: which of them.
    """
    path = f"/var/VRTSvcs/log/engine_{letter}.log"
    tail = f" && tail -c +{read + 1} {path}" if read is not None else ""
    return on_node(f"ls -i {path} && wc -c < {path}{tail}")


def parse_engine_log(text: str, raw: bytes) -> LogPiece:
    """What `engine_log` printed; a line that is still being written is left for the next time.

    Raises:
        Unreadable: inode or size are not there.
    """
    first, _, rest = text.partition("\n")
    size, _, shown = rest.partition("\n")
    found = re.fullmatch(r"\s*([0-9]+)\s.*", first)
    if not found or not re.fullmatch(r"\s*[0-9]{1,18}\s*", size):
        raise Unreadable("a log with inode and size", text)
    content = b"\n".join(raw.split(b"\n")[2:])
    whole = content[: content.rfind(b"\n") + 1]
    lines = shown.splitlines()
    return LogPiece(
        found[1], int(size), len(whole), tuple(lines if whole == content else lines[:-1])
    )


def list_types() -> Command:
    """Ask for the names of all resource types: LPAR is not among them everywhere."""
    return on_node("hatype -list")


def list_lpars() -> Command:
    """Ask for the names of all resources of type LPAR (facts, vcs.md 4).

    It prints names alone, without a head: for a type that `list_types` knows nothing means none.
    """
    return on_node("hatype -resources LPAR")


def display_lpars() -> Command:
    """Ask for all attributes of all resources of type LPAR; without one it prints nothing."""
    each = 'for r in $(hatype -resources LPAR); do hares -display "$r"; done'
    return Command(f"{NODE_PATH}; export PATH; {each}")  # ksh takes no assignment before `for`


def parse_names(text: str) -> tuple[str, ...]:
    """The names that a listing prints, one a line; none where nothing was printed.

    Raises:
        Unreadable: a line is no name, such as VCS's message.
    """
    names = [row.strip() for row in text.splitlines() if row.strip()]
    for name in names:
        if not _NAME.fullmatch(name):
            raise Unreadable("a list of names", name)
    return tuple(dict.fromkeys(names))


def parse_value(text: str) -> str | EngineDown:
    """A bare value, which may be empty; or that the engine doesn't run."""
    return engine_down(text) or text.strip()


def parse_flag(text: str) -> str:
    """A value that is 0 or 1.

    Raises:
        Unreadable: it is neither.
    """
    found = text.strip()
    if found not in ("0", "1"):
        raise Unreadable("0 or 1", text)
    return found


def parse_display(text: str, *, per_system: bool) -> tuple[Attribute, ...] | EngineDown:
    """The rows of a `-display`; values may hold blanks or be empty.

    Args:
        text: what was printed.
        per_system: whether a column says for which system a value is: groups and resources
            have it, systems don't.

    Raises:
        Unreadable: there is no row in it, or one is cut or begins with no names.
    """
    if down := engine_down(text):
        return down
    columns = 3 if per_system else 2
    rows = []
    for row in text.splitlines():
        if not row.strip() or row.startswith("#"):
            continue
        words = row.split(maxsplit=columns)
        if len(words) < columns or not all(_NAME.fullmatch(word) for word in words[:2]):
            raise Unreadable("a row of attributes", row)
        value = words[columns].rstrip() if len(words) > columns else ""
        rows.append(Attribute(words[0], words[1], words[2] if per_system else "", value))
    if not rows:
        raise Unreadable("a list of attributes", text)
    return tuple(rows)
