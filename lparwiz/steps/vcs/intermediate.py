"""What exists where when VCS stopped in an intermediate state, and what lacks to either end."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lparwiz.change import Change, Host
from lparwiz.run.play import Play
from lparwiz.run.reading import Reading
from lparwiz.run.snapshot import Finding, Level, Table
from lparwiz.run.step import Stopped
from lparwiz.steps import readings
from lparwiz.steps.evidence import Proof
from lparwiz.steps.readings import Rows
from lparwiz.steps.vcs.look import OFFLINE, ONLINE, Seen, words_of
from lparwiz.steps.vcs.profiles import OnConsole, kept_on, on_console
from lparwiz.steps.vcs.systems import OnSystem, host_of, profile_file_on, system_of, wanted


@dataclass(frozen=True)
class _Side:
    """What one system has of the LPAR."""

    system: str
    console: OnConsole
    vios: frozenset[str]
    """The names of its VIOS, as far as they are told."""


async def show_what_exists(play: Play, change: Change, seen: Seen) -> list[str]:
    """Put it onto the page side by side; what is missing or too much, a line each."""
    lpar, name = change.lpar, change.lpar.name
    here, there, files = await asyncio.gather(
        _side(play, change.source_console, lpar.source, name),
        _side(play, change.target_console, lpar.target, name),
        _files(play, change),
    )
    sides = (here, there)
    rows = (
        ("partition", *(_partition(side.console) for side in sides)),
        ("profiles", *(_named(side.console.profiles) for side in sides)),
        ("its virtual adapters", *(_counted(side, name, _own) for side in sides)),
        ("VIOS ends of them", *(_counted(side, name, _other_ends) for side in sides)),
    )
    play.table(Table("What exists where", ("what", here.system, there.system), rows))
    groups = seen.groups or {}
    play.table(
        Table(
            "What VCS has",
            ("system", "group", "ProfileFile"),
            tuple(
                (system, words_of(words) or "?", files.get(system, "no manager of the change"))
                for system, words in sorted(groups.items())
            ),
        )
    )
    on_consoles, in_vcs = _missing(change, seen, here, there), _group_missing(change, seen)
    for number, text in enumerate((*on_consoles, *in_vcs), 1):
        play.find(Finding(f"outcome.missing.{number}", Level.STOP, text))
    for line in _advice(change, seen, on_consoles):
        play.say(line)
    return [*on_consoles, *in_vcs]


async def _side(play: Play, console: Host, system: str, name: str) -> _Side:
    found, partitions = await asyncio.gather(
        on_console(play, console, system, name), readings.partitions(play, console, system)
    )
    vios = frozenset(each.name for each in partitions.value or () if each.is_vios)
    return _Side(system, found, vios)


def _advice(change: Change, seen: Seen, on_consoles: Sequence[str]) -> list[str]:
    """What somebody needs who has to bring it to an end, and must not make it worse."""
    name, vcs = change.lpar.name, wanted(change)
    running = seen.evidence.proof in (Proof.ON_SOURCE, Proof.ON_TARGET, Proof.HALF_DONE)
    lines = [f"{name}: {seen.evidence.proof}."] if running else []
    if not on_consoles:
        lines.append("The consoles lack nothing: only VCS's own state is to be mended.")
    logs = ", ".join(host.label for host in change.managers)
    never = (
        f"Don't send hagrp -migrate {vcs.group} again. Clear nothing and bring nothing online "
        "before you know why VCS stopped."
    )
    return [
        *lines,
        never,
        f"Why it stopped stands in /var/VRTSvcs/log, in the engine's and the agent's logs: {logs}.",
        "What there was before, every ProfileFile too, stands in backup/ in the run's folder.",
    ]


async def _files(play: Play, change: Change) -> dict[str, str]:
    """Each system's ProfileFile in a few words."""
    systems = {system_of(play, host) for host in change.managers}
    found = {}
    for system in sorted(systems):
        host = host_of(play, change, system)
        assert host is not None
        try:
            found[system] = _file(play, await profile_file_on(play, change, host))
        except Stopped as stopped:
            found[system] = f"unknown: {stopped.seen}"
    return found


def _file(play: Play, file: OnSystem) -> str:
    if not file.path:
        return "none is named"
    if file.text is None:
        return f"{file.path}: no such file"
    return f"{file.path}, {'as it was' if file.text == kept_on(play, file) else 'changed since'}"


def _partition(side: OnConsole) -> str:
    if side.partition.value is None:
        return f"unknown: {side.partition.problem}"
    return (
        ", ".join(
            f"{row.get('state', '?')}, id {row.get('lpar_id', '?')}" for row in side.partition.value
        )
        or "none"
    )


def _named(profiles: Reading[Rows]) -> str:
    if profiles.value is None:
        return f"unknown: {profiles.problem}"
    return ", ".join(row.get("name", "?") for row in profiles.value) or "none"


def _counted(side: _Side, name: str, pick: Callable[[Rows, str], Rows]) -> str:
    parts = []
    for kind, reading in side.console.adapters.items():
        if reading.value is None:
            parts.append(f"{kind} unknown: {reading.problem}")
            continue
        rows = pick(reading.value, name)
        vios = sorted(side.vios.intersection(value for row in rows for value in row.values()))
        behind = f" ({', '.join(vios)})" if vios else ""
        parts.append(f"{len(rows)} {kind}{behind}")
    return ", ".join(parts)


def _own(adapters: Rows, name: str) -> Rows:
    """Those of the LPAR itself."""
    return tuple(row for row in adapters if row.get("lpar_name") == name)


def _other_ends(adapters: Rows, name: str) -> Rows:
    """The VIOS ends of the LPAR's own.

    What the keys are called is known of Ethernet adapters only (facts, hmc.md sample
    lshwres_veth): it is a row of somebody else that names the LPAR in whatever key.
    """
    return tuple(row for row in adapters if row.get("lpar_name") != name and name in row.values())


def _missing(change: Change, seen: Seen, here: _Side, there: _Side) -> list[str]:
    """What the consoles lack, or have too much, for the LPAR to be wholly on one side."""
    name = change.lpar.name
    match seen.evidence.proof:
        case Proof.ON_TARGET:
            at, away = there, here
        case Proof.ON_SOURCE | Proof.HALF_DONE:
            at, away = here, there
        case proof:
            return [f"the LPAR is not proven to run on one system only: {proof}"]
    found = []
    if at.console.profiles.value == ():
        found.append(f"{name} has no profile on {at.system}")
    kinds = [reading.value for reading in at.console.adapters.values()]
    if all(rows is not None and not _own(rows, name) for rows in kinds):
        found.append(f"{name} has no virtual adapter on {at.system}")
    if away.console.partition.value:
        stands = _partition(away.console)
        found.append(f"a definition of {name} stands on {away.system}, too: {stands}")
    for kind, reading in away.console.adapters.items():
        left = len(_other_ends(reading.value or (), name))
        if left:
            found.append(f"{left} {kind} adapters of VIOS on {away.system} are still meant for it")
    unread = [
        f"{reading.host} doesn't tell {what} on {side.system}: {reading.problem}"
        for side in (at, away)
        for what, reading in side.console.by_name.items()
        if reading.value is None
    ]
    return [*found, *unread]


def _group_missing(change: Change, seen: Seen) -> list[str]:
    """What VCS lacks, or has too much, for the group to be wholly where the LPAR runs."""
    lpar, to, groups = change.lpar, wanted(change).to, seen.groups or {}
    match seen.evidence.proof:
        case Proof.ON_TARGET:
            server, home = lpar.target, {to}
        case Proof.ON_SOURCE | Proof.HALF_DONE:
            server, home = lpar.source, groups.keys() - {to}
        case _:
            return []
    found = []
    if not any(groups.get(system) == ONLINE for system in home):
        at = ", ".join(
            f"{name} has it {words_of(groups[name])}" for name in sorted(home & groups.keys())
        )
        found.append(f"the group is not ONLINE on the system of {server}: {at or 'none has it'}")
    found += [
        f"the group is {words_of(words)} on {system}, not OFFLINE"
        for system, words in sorted(groups.items())
        if system not in home and words != OFFLINE
    ]
    return found
