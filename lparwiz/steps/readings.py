"""What the steps read from hosts, each as one observation with the answer that it came from.

A listing of an HMC without rows is a proper answer: the thing is absent. Whatever can't be had or
can't be understood is an unknown reading, never an absent thing (rule 4).
"""

from collections.abc import Callable
from typing import TypeVar

from lparwiz.change import Host
from lparwiz.run.play import Play
from lparwiz.run.reading import Reading, Unusable, said
from lparwiz.steps.attributes import Attributes
from lparwiz.tools import aix, gab, hmc, llt, shell, vcs
from lparwiz.tools.command import Answer, Command
from lparwiz.tools.errors import Unreadable

T = TypeVar("T")

Rows = tuple[dict[str, str], ...]
"""A console's listing, each row by the names of its attributes."""
Partitions = tuple[hmc.Partition, ...]


def on(host: Host, command: Command) -> Command:
    """A command as this host gets it: through `become` where the change asks for it."""
    return shell.become(command, host.become)


def printed(parse: Callable[[str], T]) -> Callable[[Answer], T]:
    """A parser for the output of a command that must exit with status 0."""

    def understand(answer: Answer) -> T:
        if not answer.succeeded:
            raise Unusable(said(answer))
        return parse(answer.stdout)

    return understand


def as_it_stands(answer: Answer) -> str:
    """A file byte for byte: the transport's sanitiser would mend its line ends.

    What is no UTF-8 comes as surrogates, and is compared and kept as such.
    """
    if not answer.succeeded:
        raise Unusable(said(answer))
    return answer.raw_stdout.decode("utf-8", "surrogateescape")


def told_summary(answer: Answer) -> vcs.Summary | vcs.EngineDown:
    """What hastatus says on either channel, with a status of its own where the engine is down."""
    try:
        found = vcs.parse_summary(answer.text)
    except Unreadable:
        if answer.succeeded:
            raise
        raise Unusable(said(answer)) from None
    if isinstance(found, vcs.Summary) and not answer.succeeded:
        raise Unusable(said(answer))
    return found


def told_attributes(answer: Answer) -> Attributes:
    """What `hagrp -display` or `hares -display` printed; nothing: there is no such thing."""
    found = vcs.parse_display(answer.text, per_system=True) if answer.text.strip() else ()
    return _of_engine(answer, found)


def told_systems(answer: Answer) -> Attributes:
    """What `hasys -display` printed; Unusable where the engine doesn't run."""
    return _of_engine(answer, vcs.parse_display(answer.text, per_system=False))


def _of_engine(answer: Answer, found: Attributes | vcs.EngineDown) -> Attributes:
    if isinstance(found, vcs.EngineDown):
        raise Unusable("the VCS engine is not running")
    if not answer.succeeded:
        raise Unusable(said(answer))
    return found


def _rows(answer: Answer) -> Rows:
    match hmc.interpret(answer):
        case hmc.Rows(rows=rows):
            return rows
        case hmc.Failed(text=text):
            raise Unusable(text or said(answer))
        case hmc.Unknown(reason=reason):
            raise Unusable(reason)


def _partitions(answer: Answer) -> Partitions:
    return tuple(hmc.partition(row) for row in _rows(answer))


async def _listed(
    play: Play, console: Host, command: Command, parse: Callable[[Answer], tuple[T, ...]]
) -> Reading[tuple[T, ...]]:
    """A listing; what is absent by a sentence alone, which may say anything, is so twice."""
    reading = await play.read(console.id, command, parse)
    if reading.value == () and not hmc.codes(reading.answer.text):
        reading = await play.read(console.id, command, parse)
    return reading


async def hostname(play: Play, host: Host) -> Reading[str]:
    """What AIX calls the host."""
    return await play.read(host.id, on(host, aix.hostname()), printed(aix.parse_hostname))


async def partition_name(play: Play, host: Host) -> Reading[str]:
    """What the hypervisor calls the partition in which the host runs."""
    return await play.read(host.id, on(host, aix.partition()), printed(own_partition))


def own_partition(text: str) -> str:
    """The partition's name in what lparstat prints; Unreadable where it has none."""
    found = aix.parse_partition_name(text)
    if found is None:
        raise Unreadable("lparstat's partition name", text)
    return found


async def timers(play: Play, host: Host) -> Reading[dict[str, int]]:
    """LLT's running timers, centiseconds."""
    return await play.read(host.id, on(host, llt.query_timers()), printed(with_peerinact))


def with_peerinact(text: str) -> dict[str, int]:
    """LLT's timers, which must have a peerinact; Unreadable where they don't."""
    found = llt.parse_timers(text)
    if llt.peerinact(found) is None:
        raise Unreadable("lltconfig's timers with a peerinact", text)
    return found


async def peers(play: Play, host: Host) -> Reading[tuple[llt.Peer, ...]]:
    """How this node sees every node of the cluster."""
    return await play.read(host.id, on(host, llt.query_peers()), printed(llt.parse_peers))


async def membership(play: Play, host: Host) -> Reading[gab.Membership]:
    """GAB's port memberships."""
    return await play.read(host.id, on(host, gab.query()), printed(gab.parse_membership))


async def llttab(play: Play, host: Host) -> Reading[str]:
    """/etc/llttab byte for byte."""
    return await play.read(host.id, on(host, llt.read_llttab()), as_it_stands)


async def summary(play: Play, host: Host) -> Reading[vcs.Summary | vcs.EngineDown]:
    """The state of VCS's systems and groups."""
    return await play.read(host.id, on(host, vcs.summary()), told_summary)


async def systems(play: Play, host: Host) -> Reading[Attributes]:
    """All attributes of all VCS systems."""
    return await play.read(host.id, on(host, vcs.display_systems()), told_systems)


async def migration_log(play: Play, host: Host) -> Reading[tuple[aix.ErrorLogEntry, ...]]:
    """What AIX itself logged of migrations."""
    command = on(host, aix.migration_log())
    return await play.read(host.id, command, printed(aix.parse_migration_log))


async def console_version(play: Play, console: Host) -> Reading[str]:
    """The console's version, in a line."""
    return await play.read(console.id, hmc.version(), printed(_version))


def _version(text: str) -> str:
    return str(hmc.parse_version(text))


async def users(play: Play, console: Host) -> Reading[Rows]:
    """The console's users."""
    return await _listed(play, console, hmc.list_users(), _rows)


async def system(play: Play, console: Host, name: str) -> Reading[Rows]:
    """A managed system; no row: this console doesn't manage it."""
    return await _listed(play, console, hmc.list_system(name), _rows)


async def partition(play: Play, console: Host, system_name: str, name: str) -> Reading[Partitions]:
    """A partition by its name; no row: it is absent. A row of another one tells nothing of it."""

    def alone(answer: Answer) -> Partitions:
        found = _partitions(answer)
        if others := [each.name for each in found if each.name != name]:
            raise Unusable(f"asked for {name}, the console lists {', '.join(others)}")
        return found

    return await _listed(play, console, hmc.list_partition(system_name, name), alone)


async def partition_rows(play: Play, console: Host, system_name: str, name: str) -> Reading[Rows]:
    """A partition by its name, as it is listed."""
    return await _listed(play, console, hmc.list_partition(system_name, name), _rows)


async def partitions(play: Play, console: Host, system_name: str) -> Reading[Partitions]:
    """All partitions of a managed system; never none, for the VIOS at least are there."""
    return await _listed(play, console, hmc.list_partitions(system_name), _everyone)


def _everyone(answer: Answer) -> Partitions:
    found = _partitions(answer)
    if not found:
        raise Unusable("a whole managed system without a single partition")
    return found


async def profiles(play: Play, console: Host, system_name: str, name: str) -> Reading[Rows]:
    """All profiles of a partition."""
    return await _listed(play, console, hmc.list_profiles(system_name, name), _rows)


async def migrations(play: Play, console: Host, system_name: str) -> Reading[Rows]:
    """What lslparmigr tells of every partition of a managed system."""
    return await _listed(play, console, hmc.migration_states(system_name), _rows)


async def memory(play: Play, console: Host, system_name: str, name: str) -> Reading[Rows]:
    """The memory that a partition runs with."""
    return await _listed(play, console, hmc.running_memory(system_name, name), _rows)


async def processors(play: Play, console: Host, system_name: str, name: str) -> Reading[Rows]:
    """The processors that a partition runs with."""
    return await _listed(play, console, hmc.running_processors(system_name, name), _rows)


async def virtual_adapters(play: Play, console: Host, system_name: str, kind: str) -> Reading[Rows]:
    """All virtual adapters of a managed system, `scsi` or `fc`."""
    return await _listed(play, console, hmc.virtual_adapters(system_name, kind), _rows)


async def migration(play: Play, console: Host, system_name: str, name: str) -> Reading[Rows]:
    """What lslparmigr tells of a partition; all of its keys are optional (facts, hmc.md 1.2)."""
    return await _listed(play, console, hmc.migration_state(system_name, name), _rows)
