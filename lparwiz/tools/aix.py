"""What AIX itself tells: its name, its level, its error log."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from lparwiz.tools.command import Command
from lparwiz.tools.errors import Unreadable
from lparwiz.tools.shell import on_node

STARTED = "CLIENT_PMIG_STARTED"
DONE = "CLIENT_PMIG_DONE"
ABORTED = "CLIENT_PMIG_ABORTED"
"""The labels of a migration in the error log (facts, vcs.md 7). From STARTED to DONE is the whole
migration, not the freeze."""

_LABEL = re.compile(r"[ \t]*LABEL:[ \t]*(\S+)[ \t]*")
_DATE = re.compile(r"[ \t]*Date/Time:[ \t]*(\S.*?)[ \t]*")
_PARTITION_NAME = re.compile(r"[ \t]*Partition Name[ \t]*:[ \t]*(\S.*?)[ \t]*")
_TIME = re.compile(r"[0-9]{14}")
_SCRIPT = re.compile(r"^[ \t]*(/\S+)|(?<!\S)(/\S*/scripts/\S+)", re.MULTILINE)
"""A path that begins a line, or one below a directory of scripts."""
_LEVEL = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}-[0-9]{4}")


@dataclass(frozen=True)
class ErrorLogEntry:
    """One entry of the error log, as far as we read it."""

    label: str
    date: str = ""
    """As printed, in the node's own locale; empty where there is none."""


def hostname() -> Command:
    """Ask for the host's own name."""
    return on_node("hostname")


def parse_hostname(text: str) -> str:
    """The host's name; empty where nothing was printed."""
    return text.strip().split("\n", maxsplit=1)[0].strip()


def level() -> Command:
    """Ask for the level of AIX."""
    return on_node("oslevel -s")


def parse_level(text: str) -> str | None:
    """The level, such as `7200-05-03-2136`; None where the text is none."""
    return text.strip() if _LEVEL.fullmatch(text.strip()) else None


def partition() -> Command:
    """Ask for what the hypervisor tells AIX of its partition."""
    return on_node("lparstat -i")


def parse_partition_name(text: str) -> str | None:
    """The partition's name on the HMC; None where the row is missing.

    After a rename of a running partition it is the old one until the next boot (facts, vcs.md
    10.15: never assume that the name spaces agree).
    """
    for line in text.splitlines():
        if found := _PARTITION_NAME.fullmatch(line):
            return found[1]
    return None


def migration_log() -> Command:
    """Ask for what the error log says of migrations (facts, vcs.md 7)."""
    return on_node(f"errpt -a -J {STARTED},{DONE},{ABORTED}")


def parse_migration_log(text: str) -> tuple[ErrorLogEntry, ...]:
    """The entries in the order printed (errpt: newest first); none where nothing was logged.

    `errpt -a` has no head of its own, unlike its summary: every line belongs to an entry (facts,
    vcs.md 7). So nothing printed, with status 0, is all that it can say of an empty log.
    """
    entries: list[ErrorLogEntry] = []
    for line in text.splitlines():
        if found := _LABEL.fullmatch(line):
            entries.append(ErrorLogEntry(found[1]))
        elif entries and not entries[-1].date and (found := _DATE.fullmatch(line)):
            entries[-1] = ErrorLogEntry(entries[-1].label, found[1])
    return tuple(entries)


def clock() -> Command:
    """Ask for the time, in UTC. Uses POSIX's formats only: AIX's date has no %s."""
    return on_node("TZ=UTC0 date +%Y%m%d%H%M%S")


def parse_clock(text: str) -> datetime:
    """The time in whole seconds.

    Raises:
        Unreadable: it is none.
    """
    if not _TIME.fullmatch(text.strip()):  # strptime takes fewer digits, too
        raise Unreadable("a time", text)
    try:
        return datetime.strptime(text.strip(), "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError as error:
        raise Unreadable("a time", text) from error


def filesets(*names: str) -> Command:
    """Ask for the levels of filesets; it exits 1 where one of them isn't installed."""
    return on_node(f"lslpp -Lqc {' '.join(names)}")


def parse_filesets(text: str) -> dict[str, str]:
    """Levels by fileset, from rows such as `VRTSllt:VRTSllt:8.0.2.0: : :C: :...`.

    Raises:
        Unreadable: there is no fileset in it.
    """
    rows = [line.split(":") for line in text.splitlines() if not line.startswith("#")]
    found = {row[1].strip(): row[2].strip() for row in rows if len(row) > 2}
    if not found:
        raise Unreadable("a list of filesets", text)
    return found


def scripts() -> Command:
    """Ask for the DLPAR scripts, which run before and after a migration (facts, vcs.md 6)."""
    return on_node("drmgr -l")


def parse_scripts(text: str) -> tuple[str, ...]:
    """The scripts' paths; what the listing says of each is of no matter.

    The layout is documented nowhere that we could read (facts, vcs.md 6), but a path is one. None
    where nothing was printed: whether that means that none is installed, is for a person.

    Raises:
        Unreadable: there is a text, and no path in it, not even of the directory of scripts.
    """
    if text.strip() and not re.search(r"(?<!\S)/\S", text):
        raise Unreadable("a list of DLPAR scripts", text)
    return tuple(dict.fromkeys(a or b for a, b in _SCRIPT.findall(text)))
