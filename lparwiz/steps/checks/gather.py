"""Read everything that the checks judge: a node in one command or two, a console in a few.

Nothing here concludes anything, and nothing changes anything.
"""

import asyncio
import shutil
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from lparwiz.change import Change, Host
from lparwiz.run.play import Play
from lparwiz.run.reading import Reading, Unusable, said, understood
from lparwiz.steps import readings
from lparwiz.steps.attributes import Attributes, managing_resource, own_system, value
from lparwiz.steps.checks.check import has_nodes, has_profiles, vcs_migrates
from lparwiz.steps.checks.cluster import FILESETS
from lparwiz.steps.checks.gathered import (
    ClusterReadings,
    Gathered,
    ManagerReadings,
    NodeReadings,
    SideReadings,
    Tick,
)
from lparwiz.steps.readings import Rows, on, printed
from lparwiz.tools import aix, gab, hmc, llt, vcs
from lparwiz.tools.batch import bare, batch, split
from lparwiz.tools.command import Answer, Command, Outcome
from lparwiz.tools.errors import Refused, Unreadable
from lparwiz.tools.shell import line, on_node

LINKS = ("link", "link-lowpri")
"""An llttab names its node, and at least one link (facts, vcs.md 1.5)."""
LPAR_TYPE = "LPAR"
"""VCS's resource type for a managed LPAR (facts, vcs.md 0)."""

Asked = Mapping[str, tuple[Command, Callable[[Answer], Any]]]
"""What is read in one command, by name, and how each answer is understood."""


def _running(answer: Answer) -> bool:
    """Where LLT doesn't run, lltconfig says so with a status of its own."""
    return llt.parse_running(answer.text)


def _level(text: str) -> str:
    found = aix.parse_level(text)
    if found is None:
        raise Unreadable("a level of AIX", text)
    return found


def _llttab(answer: Answer) -> str:
    text = readings.as_it_stands(answer)
    words = {line.split()[0] for line in text.splitlines() if line.strip()}
    if "set-node" not in words or words.isdisjoint(LINKS):
        raise Unreadable("an llttab", text)
    return text


def _log(text: str) -> tuple[aix.ErrorLogEntry, ...]:
    entries = aix.parse_migration_log(text)
    if text.strip() and not entries:
        raise Unreadable("an error log", text)
    return entries


def _types(text: str) -> tuple[str, ...]:
    names = vcs.parse_names(text)
    if not names:  # VCS has types of its own everywhere
        raise Unreadable("a list of resource types", text)
    return names


def _filesets(answer: Answer) -> dict[str, str]:
    """One fileset that isn't installed makes lslpp exit 1, and tells of the others all the same."""
    try:
        return aix.parse_filesets(answer.stdout)
    except Unreadable:
        raise Unusable(said(answer)) from None


_RUNNING = (llt.query_running(), _running)
_CLOCK = (aix.clock(), printed(aix.parse_clock))
_PEERS = (llt.query_peers(), printed(llt.parse_peers))
_MEMBERSHIP = (gab.query(), printed(gab.parse_membership))
_PARTITION = (aix.partition(), printed(readings.own_partition))
_SUMMARY = (vcs.summary(), readings.told_summary)
_LPARS: Asked = {
    "types": (vcs.list_types(), printed(_types)),
    "lpar_resources": (vcs.list_lpars(), printed(vcs.parse_names)),
    "resources": (vcs.display_lpars(), readings.told_attributes),
}
_NODE: Asked = {
    "clock": _CLOCK,  # first: what comes before it would make the time that it shows less certain
    "running": _RUNNING,
    "timers": (llt.query_timers(), printed(readings.with_peerinact)),
    "peers": _PEERS,
    "membership": _MEMBERSHIP,
    "llttab_kind": (llt.look_at_llttab(), printed(llt.parse_file_kind)),
    "llttab": (llt.read_llttab(), _llttab),
    "level": (aix.level(), printed(_level)),
    "filesets": (aix.filesets(*FILESETS), _filesets),
    "partition": _PARTITION,
    "migrations": (aix.migration_log(), printed(_log)),
    "summary": _SUMMARY,  # last: it is the engine that may hang
}
_SCRIPTS: Asked = {"scripts": (aix.scripts(), printed(aix.parse_scripts))}
_CLUSTER: Asked = {
    "fencing": (vcs.cluster_value("UseFence"), printed(str.strip)),
    "groups": (vcs.display_groups(), readings.told_attributes),
}
_MANAGER: Asked = {
    "running": _RUNNING,
    "peers": _PEERS,
    "membership": _MEMBERSHIP,
    "partition": _PARTITION,
    "summary": _SUMMARY,
    "systems": (vcs.display_systems(), readings.told_systems),
    **_LPARS,
}


async def gather(
    play: Play, change: Change, *, freeze: float | None, kept: Path | None
) -> Gathered:
    """Read all hosts at once.

    Args:
        play: what reads.
        change: what is wanted.
        freeze: seconds, the longest known from before; None: none is known.
        kept: where the run keeps its backup; None: nothing is kept.
    """
    lpar, source, target = change.lpar, change.source_console, change.target_console
    found = await asyncio.gather(
        _nodes(play, change),
        _managers(play, change),
        _side(play, change, source, lpar.source),
        _side(play, change, target, lpar.target),
        readings.profiles(play, source, lpar.source, lpar.name),
        _runs_with(play, change),
    )
    (nodes, scripts, cluster), (managers, managed), source_side, target_side, profiles, runs = found
    return Gathered(
        change=change,
        nodes=nodes,
        scripts=scripts,
        cluster=cluster,
        managers=managers,
        managed=managed,
        source=source_side,
        target=target_side,
        profiles=profiles,
        memory=runs[0],
        processors=runs[1],
        freeze=freeze,
        space=None if kept is None else _space(kept),
    )


async def ask(play: Play, host: Host, asked: Asked) -> dict[str, Reading[Any]]:
    """Ask a host several things in one command; each is a reading of its own."""
    commands = [command for command, _ in asked.values()]
    mark = f"{int(play.clock.now() * 1000):x}"
    whole = await play.read(host.id, on(host, batch(commands, mark)), lambda answer: answer)
    answers = split(whole.answer, commands, mark)
    return {
        name: understood(whole.host, bare(command), answer, parse)
        for (name, (command, parse)), answer in zip(asked.items(), answers, strict=True)
    }


async def _nodes(
    play: Play, change: Change
) -> tuple[tuple[NodeReadings, ...], Reading[tuple[str, ...]] | None, ClusterReadings | None]:
    if not has_nodes(change):
        return (), None, None
    told = await asyncio.gather(*(_node(play, change, node) for node in change.nodes))
    scripts = next((each["scripts"] for each in told if "scripts" in each), None)
    nodes = tuple(
        NodeReadings(node.label, node.name, **{name: each[name] for name in _NODE})
        for node, each in zip(change.nodes, told, strict=True)
    )
    summaries = [(n, each.summary.value) for n, each in zip(change.nodes, nodes, strict=True)]
    speaker = next((n for n, s in summaries if isinstance(s, vcs.Summary)), change.nodes[0])
    more = await ask(play, speaker, {**_CLUSTER, **_LPARS})
    return nodes, scripts, _cluster(speaker, more)


async def _node(play: Play, change: Change, node: Host) -> dict[str, Reading[Any]]:
    asked = play.clock.now()
    migrating = node == change.migrating_node
    told = await ask(play, node, {**_NODE, **_SCRIPTS} if migrating else _NODE)
    clock = told["clock"]
    if clock.value is not None:
        told["clock"] = replace(clock, value=Tick(clock.value, asked, play.clock.now()))
    return told


def _cluster(speaker: Host, told: Mapping[str, Reading[Any]]) -> ClusterReadings:
    return ClusterReadings(
        speaker.label,
        fencing=told["fencing"],
        groups=told["groups"],
        lpar_resources=_lpar_resources(told),
        resources=_resources(told),
    )


def _lpar_resources(told: Mapping[str, Reading[Any]]) -> Reading[tuple[str, ...]]:
    """The names of resources of type LPAR; none for certain where VCS knows no such type."""
    types: Reading[tuple[str, ...]] = told["types"]
    if types.value is None or LPAR_TYPE not in types.value:
        return types if types.value is None else replace(types, value=())
    found: Reading[tuple[str, ...]] = told["lpar_resources"]
    return found


def _resources(told: Mapping[str, Reading[Any]]) -> Reading[Attributes]:
    """Their attributes. Nothing printed means none only where no such resource is listed."""
    names: Reading[Any] = _lpar_resources(told)
    shown: Reading[Attributes] = told["resources"]
    if not names.value:
        return names  # none, or nobody knows which
    missing = set(names.value) - {row.object for row in shown.value or ()}
    if shown.value is not None and missing:
        problem = f"nothing is told of {', '.join(sorted(missing))}"
        return replace(shown, value=None, problem=problem)
    return shown


async def lpar_attributes(play: Play, host: Host) -> Reading[Attributes]:
    """All attributes of all resources of type LPAR, as one host of a VCS cluster tells them."""
    return _resources(await ask(play, host, _LPARS))


async def _managers(
    play: Play, change: Change
) -> tuple[tuple[ManagerReadings, ...], ClusterReadings | None]:
    if not change.managers:
        return (), None
    told = await asyncio.gather(*(ask(play, host, _MANAGER) for host in change.managers))
    summaries = [each["summary"].value for each in told]
    speaking = next((n for n, s in enumerate(summaries) if isinstance(s, vcs.Summary)), 0)
    more = await asyncio.gather(
        *(
            _manager_files(play, change, host, each, speaks=number == speaking)
            for number, (host, each) in enumerate(zip(change.managers, told, strict=True))
        )
    )
    managers = tuple(
        ManagerReadings(
            host.label,
            running=each["running"],
            peers=each["peers"],
            membership=each["membership"],
            partition=each["partition"],
            summary=each["summary"],
            systems=each["systems"],
            lpar_resources=_lpar_resources(each),
            resources=_resources(each),
            profile_file=files.get("profile_file"),
        )
        for host, each, files in zip(change.managers, told, more, strict=True)
    )
    speaker = change.managers[speaking]
    return managers, _cluster(speaker, {**told[speaking], **more[speaking]})


async def _manager_files(
    play: Play, change: Change, host: Host, told: Mapping[str, Reading[Any]], *, speaks: bool
) -> dict[str, Reading[Any]]:
    """What only a second command can ask: the file that the first one's answer names."""
    asked = dict(_CLUSTER) if speaks else {}
    path = _profile_file(change, told)
    if path:
        with suppress(Refused):  # a path that no line carries: the file counts as unread
            asked["profile_file"] = (on_node(line("cat", path)), readings.as_it_stands)
    return await ask(play, host, asked) if asked else {}


def _profile_file(change: Change, told: Mapping[str, Reading[Any]]) -> str:
    """The path that ProfileFile has on this manager's own system; empty: none, or not known."""
    resources, systems = _resources(told).value, told["systems"].value
    peers = told["peers"].value
    if not vcs_migrates(change) or resources is None or systems is None or peers is None:
        return ""
    resource = managing_resource(resources, change.lpar.name)
    if resource is None:
        return ""
    return value(resources, resource, "ProfileFile", own_system(systems, peers))


async def _side(play: Play, change: Change, host: Host, system: str) -> SideReadings:
    version, users, found, partitions, migrations = await asyncio.gather(
        play.read(host.id, hmc.version(), printed(hmc.parse_version)),
        readings.users(play, host),
        readings.system(play, host, system),
        readings.partitions(play, host, system),
        readings.migrations(play, host, system),
    )
    label = host.label if len(change.consoles) > 1 else f"{host.label}, {system}"
    return SideReadings(
        label, system, host.user or "", version, users, found, partitions, migrations
    )


async def _runs_with(
    play: Play, change: Change
) -> tuple[Reading[Rows] | None, Reading[Rows] | None]:
    lpar, source = change.lpar, change.source_console
    if not has_profiles(change):
        return None, None
    return await asyncio.gather(
        readings.memory(play, source, lpar.source, lpar.name),
        readings.processors(play, source, lpar.source, lpar.name),
    )


def _space(kept: Path) -> Reading[int]:
    """Bytes free there, or where it would be made."""
    place = next((path for path in (kept, *kept.parents) if path.exists()), kept)
    command = f"free space of {kept}"
    try:
        free = shutil.disk_usage(place).free
    except OSError as error:
        answer = Answer(Outcome.NOT_STARTED, reason=error.strerror or str(error))
        return Reading("", command, answer, None, answer.reason)
    return Reading("", command, Answer(Outcome.EXITED, 0), free)
