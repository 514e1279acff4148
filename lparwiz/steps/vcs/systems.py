"""Which VCS system each management LPAR is, and where each one has its ProfileFile.

A ProfileFile is a value, and a file, of its own on every system: the VIOS and the adapters differ
from server to server (facts, vcs.md 5 and 10.12).
"""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

from lparwiz.change import Change, Host, Vcs
from lparwiz.run.play import Play
from lparwiz.run.reading import Reading
from lparwiz.run.step import Stopped
from lparwiz.steps import readings
from lparwiz.steps.attributes import own_system
from lparwiz.tools import profile_file, vcs
from lparwiz.tools.errors import Refused

SYSTEMS = "systems"
"""The fact that keeps the VCS system that each manager is, by the manager's name."""
PROFILE_FILE = "ProfileFile"


@dataclass(frozen=True)
class OnSystem:
    """A ProfileFile as one system has it."""

    host: Host
    system: str
    path: str
    """Empty: none is named."""
    text: str | None
    """None: there is no such file."""


def wanted(change: Change) -> Vcs:
    """The change's `[vcs]`, which every change on this route has."""
    assert change.vcs is not None
    return change.vcs


async def note_systems(play: Play, change: Change) -> None:
    """Note which VCS system each manager is, once in a run.

    Raises:
        Stopped: it can't be told, or the one to migrate to is not among them.
    """
    if play.recall(SYSTEMS) is not None:
        return
    found = await asyncio.gather(*(_system(play, host) for host in change.managers))
    systems = dict(zip((host.name for host in change.managers), found, strict=True))
    to = wanted(change).to
    if to not in systems.values():
        raise Stopped(
            f"No manager of the change is the VCS system {to}.",
            ", ".join(f"{name} is {system}" for name, system in systems.items()),
            "Its ProfileFile must be read there. Name that management LPAR as a [[manager]].",
        )
    play.note(SYSTEMS, systems)


async def _system(play: Play, host: Host) -> str:
    peers, attributes = await asyncio.gather(
        readings.peers(play, host),
        readings.systems(play, host),
    )
    if peers.value is None or attributes.value is None:
        raise _unread((peers, attributes))
    found = own_system(attributes.value, peers.value)
    if not found:
        raise Stopped(
            f"Which VCS system {host.label} is can't be told.",
            "VCS knows no system of its LLT id",
            "Compare hasys -display with lltstat -nvv there. Nothing was changed.",
        )
    return found


def _unread(found: Iterable[Reading[object]]) -> Stopped:
    return Stopped(
        "A management LPAR doesn't tell all that is needed.",
        "\n".join(f"{each.host}: {each.problem}" for each in found if each.value is None),
        "Nothing was changed. Try again once it answers.",
    )


def system_of(play: Play, host: Host) -> str:
    """The VCS system that a manager is, as it was noted."""
    name: str = play.recall(SYSTEMS)[host.name]
    return name


def host_of(play: Play, change: Change, system: str) -> Host | None:
    """The manager that is this VCS system; None: the change names none."""
    return next((h for h in change.managers if system_of(play, h) == system), None)


async def profile_files(play: Play, change: Change) -> tuple[OnSystem, ...]:
    """Every manager's ProfileFile, read now.

    Raises:
        Stopped: one can't be read.
    """
    return tuple(await asyncio.gather(*(profile_file_on(play, change, h) for h in change.managers)))


async def profile_file_on(play: Play, change: Change, host: Host) -> OnSystem:
    """One manager's ProfileFile, read now.

    Raises:
        Stopped: it can't be read.
    """
    system, resource = system_of(play, host), wanted(change).resource
    value = await resource_value(play, host, resource, PROFILE_FILE, system)
    if not value:
        return OnSystem(host, system, "", None)
    return OnSystem(host, system, value, await read_file(play, host, value))


async def resource_value(
    play: Play, host: Host, resource: str, attribute: str, system: str | None = None
) -> str:
    """An attribute of a resource, read now.

    Raises:
        Stopped: it can't be read.
    """
    command = readings.on(host, vcs.resource_value(resource, attribute, system))
    return told(await play.read(host.id, command, readings.printed(vcs.parse_value)))


def told(reading: Reading[str | vcs.EngineDown]) -> str:
    """A value that VCS told.

    Raises:
        Stopped: it told none.
    """
    if isinstance(reading.value, str):
        return reading.value
    raise Stopped(
        "VCS doesn't tell all that is needed.",
        f"{reading.host}: {reading.command}: {reading.problem or 'the VCS engine is not running'}",
        "Nothing was changed. Try again once it answers.",
    )


async def read_file(play: Play, host: Host, path: str) -> str | None:
    """A file byte for byte; None: there is none.

    Raises:
        Stopped: it can't be read.
    """
    try:
        command = readings.on(host, profile_file.read_file(path))
    except Refused as refused:
        raise Stopped(
            "The path of a ProfileFile can't be sent.",
            f"{host.label}: {refused}",
            "Read that file there by hand, or give it a plainer name.",
        ) from refused
    found = await play.read(host.id, command, readings.as_it_stands)
    if found.value is None:
        raise _unread((found,))
    return profile_file.parse_file(found.value)
