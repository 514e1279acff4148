"""What exists where after VCS has stopped on its way, and what is missing to either end."""

import asyncio
from collections.abc import Iterable

from lparwiz.change import Change
from lparwiz.run.action import Reading
from lparwiz.run.play import Play
from lparwiz.run.snapshot import Finding, Level, Table
from lparwiz.run.step import Stopped
from lparwiz.steps.evidence import Proof
from lparwiz.steps.vcs.look import OFFLINE, ONLINE, Seen, words_of
from lparwiz.steps.vcs.profile_file import OnConsole, Rows, kept_on, on_console
from lparwiz.steps.vcs.systems import OnSystem, host_of, profile_file_on, system_of, wanted


async def show_what_exists(play: Play, change: Change, seen: Seen) -> list[str]:
    """Put it onto the page side by side; what is missing or too much, a line each."""
    here, there, files = await asyncio.gather(
        on_console(play, change, source=True),
        on_console(play, change, source=False),
        _files(play, change),
    )
    lpar = change.lpar
    name = lpar.name
    rows = [
        ("partition", _partition(here), _partition(there)),
        ("profiles", _named(here.profiles), _named(there.profiles)),
        ("its virtual adapters", _counted(here, name, own=True), _counted(there, name, own=True)),
        ("VIOS ends of them", _counted(here, name, own=False), _counted(there, name, own=False)),
    ]
    play.table(Table("What exists where", ("what", lpar.source, lpar.target), tuple(rows)))
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
    missing = [*_missing(change, seen, here, there), *_group_missing(change, seen)]
    for number, text in enumerate(missing, 1):
        play.find(Finding(f"outcome.missing.{number}", Level.STOP, text))
    return missing


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


def _counted(side: OnConsole, name: str, *, own: bool) -> str:
    parts = []
    for kind, reading in side.adapters.items():
        if reading.value is None:
            parts.append(f"{kind} unknown: {reading.problem}")
        else:
            parts.append(f"{len(list(_adapters(reading.value, name, own=own)))} {kind}")
    return ", ".join(parts)


def _adapters(rows: Rows, name: str, *, own: bool) -> Iterable[dict[str, str]]:
    """Those of the LPAR itself, or the other ends of them.

    What the keys are called is known of Ethernet adapters only (facts, hmc.md sample
    lshwres_veth): an other end is a row of somebody else that names the LPAR in whatever key.
    """
    for row in rows:
        is_own = row.get("lpar_name") == name
        if is_own is own and (own or name in row.values()):
            yield row


def _missing(change: Change, seen: Seen, here: OnConsole, there: OnConsole) -> list[str]:
    """What the consoles would show at either end of a migration, and don't."""
    lpar = change.lpar
    match seen.evidence.proof:
        case Proof.ON_TARGET:
            at, system, away, other = there, lpar.target, here, lpar.source
        case Proof.ON_SOURCE:
            at, system, away, other = here, lpar.source, there, lpar.target
        case proof:
            return [f"the LPAR is not proven to run on one system only: {proof}"]
    found = []
    if at.profiles.value == ():
        found.append(f"{lpar.name} has no profile on {system}")
    kinds = [reading.value for reading in at.adapters.values()]
    if all(rows is not None and not any(_adapters(rows, lpar.name, own=True)) for rows in kinds):
        found.append(f"{lpar.name} has no virtual adapter on {system}")
    if away.partition.value:
        found.append(f"a definition of {lpar.name} stands on {other}, too: {_partition(away)}")
    for kind, reading in away.adapters.items():
        left = len(list(_adapters(reading.value or (), lpar.name, own=False)))
        if left:
            found.append(f"{left} {kind} adapters of VIOS on {other} are still meant for it")
    return found


def _group_missing(change: Change, seen: Seen) -> list[str]:
    """What VCS would show where the LPAR runs, and doesn't."""
    lpar, to, groups = change.lpar, wanted(change).to, seen.groups or {}
    match seen.evidence.proof:
        case Proof.ON_TARGET:
            server, home = lpar.target, {to}
        case Proof.ON_SOURCE:
            server, home = lpar.source, groups.keys() - {to}
        case _:
            return []
    found = []
    if not any(groups.get(system) == ONLINE for system in home):
        found.append(f"the group is not ONLINE on the system of {server}")
    found += [
        f"the group is {words_of(words)} on {system}, not OFFLINE"
        for system, words in sorted(groups.items())
        if system not in home and words != OFFLINE
    ]
    return found
