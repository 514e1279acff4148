"""Profiles, with ProfileFile: keep every system's file, and what the source's console has.

The guide: a ProfileFile on every system, for that system's physical server, because the migration
deletes the definition and the VIOS mappings on the source. VCS makes both anew from it, and it must
be recreated for the server that an LPAR was migrated to.

Reads:   which VCS system each manager is; the resource's group; each system's ProfileFile; the
         LPAR, its profiles and the virtual adapters on the source; what is frozen in VCS.
Asks:    whether to go on.
Changes: nothing.
"""

import asyncio
from dataclasses import dataclass

from lparwiz.change import Change, Host
from lparwiz.run.play import Play
from lparwiz.run.reading import Reading
from lparwiz.run.snapshot import Finding, Level
from lparwiz.run.step import Stopped
from lparwiz.steps import readings
from lparwiz.steps.asking import go_on
from lparwiz.steps.frozen import note_frozen
from lparwiz.steps.readings import Rows
from lparwiz.steps.vcs.systems import (
    OnSystem,
    note_systems,
    profile_files,
    resource_value,
    wanted,
)

WANTS = (
    "A ProfileFile on every system, for that system's physical server: VCS makes the profile "
    "anew from it, for the migration deletes it on the source."
)
"""What the vendor's guide asks."""
DOES = (
    "Keeps each system's file, the partition, its profiles and its virtual adapters as text in "
    "the run's folder. Changes nothing."
)
"""What lparwiz does."""

FILES = "profile files"
"""The fact that keeps each system's path and text, by the manager's name."""
KINDS = ("scsi", "fc")
"""The virtual adapters by which an LPAR hangs on its VIOS (facts, hmc.md 4.4)."""


async def play(play: Play, change: Change) -> None:
    """Keep it all, so that a person can finish whatever VCS leaves undone."""
    await note_frozen(play, change)
    await note_systems(play, change)
    await _same_group(play, change)
    files = await profile_files(play, change)
    missing = [each for each in files if each.text is None]
    if missing:
        raise Stopped(
            "Not every system has its ProfileFile.",
            "\n".join(f"{e.host.label}: {e.path or 'none is named'}" for e in missing),
            "Make it there, for that system's server, as the guide says.",
        )
    for each in files:
        play.folder.keep(f"backup/profilefile.{each.system}", each.text or "")
        play.find(Finding("profiles.file", Level.PASS, f"{each.path} is kept", each.host.label))
    play.note(FILES, {each.host.name: [each.path, each.text] for each in files})
    await _keep_definition(play, change)
    play.result("Every ProfileFile and the definition on the source are kept.")
    warnings = tuple(f.id for f in play.picture.now.findings if f.level is Level.WARNING)
    text = "The ProfileFiles and the definition are kept. Go on?"
    await play.ask(go_on("profiles", text, warnings=warnings))


async def _same_group(play: Play, change: Change) -> None:
    """See that the change names a group and a resource that belong together."""
    vcs, host = wanted(change), change.managers[0]
    group = await resource_value(play, host, vcs.resource, "Group")
    if group != vcs.group:
        raise Stopped(
            f"The resource {vcs.resource} is not in the group {vcs.group}.",
            f"{host.label}: hares -value {vcs.resource} Group: {group or 'nothing'}",
            "Mend [vcs] in the change file. Nothing was changed.",
        )


async def _keep_definition(play: Play, change: Change) -> None:
    lpar, console = change.lpar, change.source_console
    label = console.label
    found = await on_console(play, console, lpar.source, lpar.name)
    if not found.partition.value or not found.profiles.value:
        raise Stopped(
            "The definition can't be read on the source.",
            found.partition.problem or found.profiles.problem or "there is no such LPAR",
            "Nothing was changed. Try again once the console answers.",
        )
    for name, reading in found.by_name.items():
        if reading.value is not None:
            play.folder.keep(f"backup/source-{name}.txt", reading.answer.stdout)
    unread = [each for each in found.adapters.values() if each.value is None]
    if unread:
        text = f"the virtual adapters can't be kept: {unread[0].problem}"
        remedy = "Keep a list of the VIOS mappings yourself: the migration deletes them here."
        play.find(
            Finding("profiles.adapters", Level.WARNING, text, label, remedy, unread[0].command)
        )
    text = "the partition, its profiles and the virtual adapters are kept in backup/"
    play.find(Finding("profiles.kept", Level.PASS, text, label))


@dataclass(frozen=True)
class OnConsole:
    """What one side's console tells of the LPAR."""

    partition: Reading[Rows]
    profiles: Reading[Rows]
    adapters: dict[str, Reading[Rows]]
    """All of the managed system, by kind."""

    @property
    def by_name(self) -> dict[str, Reading[Rows]]:
        """Every listing, by what its file is called."""
        kinds = {f"adapters-{kind}": reading for kind, reading in self.adapters.items()}
        return {"lpar": self.partition, "profiles": self.profiles, **kinds}


async def on_console(play: Play, console: Host, system: str, name: str) -> OnConsole:
    """Read what the console of one side tells of the LPAR of this name."""
    partition, profiles, *adapters = await asyncio.gather(
        readings.partition_rows(play, console, system, name),
        readings.profiles(play, console, system, name),
        *(readings.virtual_adapters(play, console, system, kind) for kind in KINDS),
    )
    return OnConsole(partition, profiles, dict(zip(KINDS, adapters, strict=True)))


async def changed(play: Play, change: Change) -> list[str]:
    """What is not as it was kept, a line each; read at the last moment."""
    kept: dict[str, list[str]] = play.recall(FILES) or {}
    now = await profile_files(play, change)
    return [
        f"{each.host.label}: {each.path or 'ProfileFile'} is not what was kept"
        for each in now
        if [each.path, each.text] != kept.get(each.host.name)
    ]


def kept_on(play: Play, file: OnSystem) -> str | None:
    """What a system's ProfileFile was before the migration; None: another one was named there."""
    path, text = (play.recall(FILES) or {}).get(file.host.name, ("", None))
    return text if path == file.path else None
