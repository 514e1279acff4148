"""Profiles: back the definition up, and free its name on the target.

The guide, for a managed LPAR without ProfileFile: back up the profile on the source, because the
migration deletes it there; rename the one of the same name on the destination, because validation
fails on it. A second profile on the LPAR would leave with the LPAR, so the backup is text on this
host (rule 8).

Reads:   the LPAR's own attributes and all its profiles on the source; the placeholder.
Asks:    whether to rename the placeholder.
Changes: the placeholder's name.
Owes:    the placeholder's name.
"""

import json
from collections.abc import Awaitable, Callable
from typing import Any

from lparwiz.change import Change, Part
from lparwiz.run.action import Action, Standing, Verdict
from lparwiz.run.ledger import Debt
from lparwiz.run.play import Play
from lparwiz.run.snapshot import Finding, Level
from lparwiz.run.step import Skipped, Stopped
from lparwiz.steps import readings
from lparwiz.steps.asking import go_on, proceed
from lparwiz.steps.placeholder import find, identity, interim_name
from lparwiz.tools import hmc

BACKUP = "backup/definition.json"
NAME_DEBT = "placeholder"


async def play(play: Play, change: Change) -> None:
    """Keep the definition, prove the copy, rename the placeholder."""
    if Part.PROFILES not in change.route.parts:
        raise Skipped(f"Route {change.route} touches no profiles.")
    await _back_up(play, change)
    await _take_down_placeholder(play, change)
    recorded = play.recall("placeholder")
    if recorded is None:
        play.result("The definition is kept. There is no placeholder to rename.")
        await play.ask(go_on("profiles", "The definition is kept and read back. Go on?"))
        return
    action = rename(play, change, recorded, to=interim_name(change.lpar.name))
    play.plan([action])
    await play.ask(proceed("profiles", "Rename the placeholder on the target?", "Rename it"))
    (done,) = await play.do([action])
    if not done.proven:
        raise Stopped(
            "The placeholder's new name is not proven.",
            f"{action.label}: {done.text}",
            "Look at the partition on the HMC, then try again.",
        )
    play.result("The definition is kept and read back; the placeholder is out of the way.")


async def _back_up(play: Play, change: Change) -> None:
    """Keep what the console prints, read it back from the disk, and compare with the console."""
    kept = definition(play)
    if kept is None:
        await _keep(play, change)
        kept = definition(play)
    if kept is None or await backup_differs(play, change):
        raise Stopped(
            "The backup does not read back as the console has it.",
            f"{play.picture.heading.folder}/{BACKUP} and {change.source_console.label} differ",
            f"Nothing was renamed. Keep {BACKUP}, and look who changes the profiles.",
        )
    count = len(kept.profiles)
    play.find(
        Finding(
            "backup.kept",
            Level.PASS,
            f"the partition and {count} profiles are kept in {BACKUP}, read back and compared",
            change.source_console.label,
        )
    )


async def backup_differs(play: Play, change: Change) -> bool:
    """Whether the source's definition, read now, would be made anew otherwise than from the backup.

    What an HMC tells of a partition's life, such as its RMC state, is not part of it, and it may
    reorder profiles (facts, hmc.md 1.3).
    """
    kept = definition(play)
    now, _ = await _read(play, change)
    if kept is None:
        return True
    before = hmc.recreate(change.lpar.source, kept).expected
    after = hmc.recreate(change.lpar.source, now).expected
    return dict(before.lpar) != dict(after.lpar) or _by_name(before) != _by_name(after)


def _by_name(found: hmc.Definition) -> dict[str, dict[str, str]]:
    return {profile["name"]: dict(profile) for profile in found.profiles}


async def _read(play: Play, change: Change) -> tuple[hmc.Definition, dict[str, str]]:
    """The definition on the source, and the raw listings by file name."""
    console, lpar = change.source_console, change.lpar
    partition = await readings.partition(play, console, lpar.source, lpar.name)
    profiles = await readings.profiles(play, console, lpar.source, lpar.name)
    if not partition.value or not profiles.value:
        raise Stopped(
            "The definition can't be read on the source.",
            partition.problem or profiles.problem or f"no LPAR {lpar.name} on {lpar.source}",
            "Nothing was changed. Try again once the console answers.",
        )
    raw = {
        "backup/source-lpar.txt": partition.answer.stdout,
        "backup/source-profiles.txt": profiles.answer.stdout,
    }
    return hmc.Definition(partition.value[0].row, profiles.value), raw


async def _keep(play: Play, change: Change) -> None:
    found, raw = await _read(play, change)
    for name, text in raw.items():
        play.folder.keep(name, text)
    recreation = hmc.recreate(change.lpar.source, found)
    commands = "".join(f"# {step.title}\n{step.command.text}\n" for step in recreation.steps)
    play.folder.keep("backup/recreate.sh", commands)
    data = {"lpar": dict(found.lpar), "profiles": [dict(row) for row in found.profiles]}
    play.folder.keep(BACKUP, json.dumps(data, indent=1))


def definition(play: Play) -> hmc.Definition | None:
    """The kept definition, as it reads back from the disk; None where none was kept."""
    text = play.folder.kept(BACKUP)
    if text is None:
        return None
    data = json.loads(text)
    return hmc.Definition(data["lpar"], tuple(data["profiles"]))


async def _take_down_placeholder(play: Play, change: Change) -> None:
    """Note who the placeholder is, before it is renamed, once in a run."""
    if play.recall("placeholder taken down"):
        return
    console, lpar = change.target_console, change.lpar
    reading = await readings.partition(play, console, lpar.target, lpar.name)
    if reading.value is None:
        raise Stopped(
            "The target doesn't tell whether a placeholder stands there.",
            reading.problem,
            "Nothing was renamed. Try again once the console answers.",
        )
    if reading.value:
        holder = reading.value[0]
        if not holder.not_activated:
            raise Stopped(
                f"{lpar.name} on {lpar.target} is {holder.state}: it is no placeholder.",
                reading.command,
                "Find out which of the two is the real one. Nothing was renamed.",
            )
        profiles = await readings.profiles(play, console, lpar.target, lpar.name)
        if profiles.value is None:
            raise Stopped("The placeholder's profiles can't be read.", profiles.problem)
        play.folder.keep("backup/placeholder-lpar.txt", reading.answer.stdout)
        play.folder.keep("backup/placeholder-profiles.txt", profiles.answer.stdout)
        play.note("placeholder", identity(holder))
    play.note("placeholder taken down", value=True)


def deletion_debt(change: Change, recorded: dict[str, Any]) -> Debt:
    """What the placeholder's debt becomes once the LPAR is proven to run beside it."""
    lpar = change.lpar
    return Debt(
        NAME_DEBT,
        change.target_console.label,
        f"The placeholder (id {recorded['lpar_id']}, named {interim_name(lpar.name)}) stands "
        f"beside {lpar.name}, which runs on {lpar.target} now. See that this id is Not Activated "
        f"and bears that name, then delete it.",
        hmc.delete_partition(lpar.target, recorded["lpar_id"]).text,
    )


def rename(play: Play, change: Change, recorded: dict[str, Any], *, to: str) -> Action:
    """Rename the placeholder, out of the way or back."""
    lpar, console = change.lpar, change.target_console
    interim = interim_name(lpar.name)
    away = to == interim
    current = lpar.name if away else interim
    delete = hmc.delete_partition(lpar.target, recorded["lpar_id"]).text
    debt = Debt(
        NAME_DEBT,
        console.label,
        f"The placeholder {lpar.name} on {lpar.target} (id {recorded['lpar_id']}) is named "
        f"{interim} meanwhile. If {lpar.name} stays on {lpar.source}, name it back (recover a "
        f"half-done migration first). If {lpar.name} runs on {lpar.target}, delete the "
        f"placeholder there instead: {delete}",
        hmc.rename_partition(lpar.target, interim, lpar.name).text,
    )
    return Action(
        id="profiles.rename" if away else "profiles.rename-back",
        host=console.id,
        label=console.label,
        title=f"rename the placeholder on {lpar.target} from {current} to {to}",
        command=hmc.rename_partition(lpar.target, current, to),
        check=_check_name(play, change, recorded, current=current, wanted=to),
        subjects=(NAME_DEBT,),
        debts=(debt,) if away else (),
        pays=() if away else (NAME_DEBT,),
    )


def _check_name(
    play: Play, change: Change, recorded: dict[str, Any], *, current: str, wanted: str
) -> Callable[[], Awaitable[Verdict]]:
    """What the recorded partition is called; and that nobody else bears the wanted name."""

    async def check() -> Verdict:
        console, target = change.target_console, change.lpar.target
        reading = await readings.partitions(play, console, target)
        if reading.value is None:
            return Verdict(Standing.UNKNOWN, reading.problem)
        placeholder = find(reading.value, recorded)
        if placeholder is None:
            return Verdict(Standing.BLOCKED, f"the placeholder is gone from {target}")
        shown = f"id {placeholder.lpar_id} is named {placeholder.name}"
        if placeholder.name == wanted:
            return Verdict(Standing.HOLDS, shown)
        if placeholder.name != current:
            return Verdict(Standing.BLOCKED, f"{shown}: somebody else renamed it")
        if any(each.name == wanted for each in reading.value):
            return Verdict(Standing.BLOCKED, f"another partition is named {wanted}")
        if not placeholder.not_activated:
            return Verdict(Standing.BLOCKED, f"{shown}, and it is {placeholder.state}")
        return Verdict(Standing.OPEN, shown)

    return check
