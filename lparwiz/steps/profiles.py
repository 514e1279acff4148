"""Profiles: back the definition up, and free its name on the target.

The guide, for a managed LPAR without ProfileFile: back up the profile on the source, because the
migration deletes it there; rename the one of the same name on the destination, because validation
fails on it. A second profile on the LPAR would leave with the LPAR, so the backup is text on this
host (rule 8).

Reads:   the LPAR's own attributes and all its profiles on the source; the placeholder; what is
         frozen in VCS.
Asks:    what becomes of a placeholder that somebody else touched; whether to rename it.
Changes: the placeholder's name.
Owes:    the placeholder's name.
"""

import json
from collections.abc import Awaitable, Callable, Iterable, Mapping
from functools import partial
from typing import Any

from lparwiz.change import Change, Part
from lparwiz.run.action import Action, Moved, Standing, Verdict, blocked
from lparwiz.run.ledger import Debt, DebtState
from lparwiz.run.play import Play
from lparwiz.run.snapshot import Finding, Level
from lparwiz.run.step import Skipped, Stopped
from lparwiz.steps import readings
from lparwiz.steps.asking import go_on, proceed
from lparwiz.steps.frozen import note_frozen
from lparwiz.steps.moved import again_if_moved, ask, decide, show
from lparwiz.steps.payment_order import OUTCOME_DEBT, Turn
from lparwiz.steps.placeholder import find, identity, interim_name
from lparwiz.tools import hmc
from lparwiz.tools.command import Command
from lparwiz.tools.errors import Refused

WANTS = (
    "Back up the profile on the source, for the migration deletes it there; rename the one of "
    "the same name on the destination, for validation fails on it."
)
"""What the vendor's guide asks."""
DOES = (
    "Keeps the partition and all its profiles as text in the run's folder, with the commands "
    "that make them anew; reads the copy back; then renames the placeholder."
)
"""What lparwiz does."""

BACKUP = "backup/definition.json"
BACKED_UP = "backup"
"""The definition on the source, as a subject that somebody else may change."""
NAME_DEBT = "placeholder"
AWAY = "profiles.rename"
"""The id of the action that renames the placeholder out of the way."""


async def play(play: Play, change: Change) -> None:
    """Keep the definition, prove the copy, rename the placeholder."""
    if Part.PROFILES not in change.route.parts:
        raise Skipped(f"Route {change.route} touches no profiles.")
    await note_frozen(play, change)
    await _back_up(play, change)
    await _note_placeholder(play, change)
    recorded = play.recall("placeholder")
    actions: tuple[Action, ...] = ()
    if recorded is not None:
        away = rename(play, change, recorded, to=interim_name(change.lpar.name))
        decided = await decide(play, "profiles", [away])
        forget_left(play, decided.left)
        actions = decided.actions
    if not actions:
        play.result("The definition is kept. There is no placeholder to rename.")
        await play.ask(go_on("profiles", "The definition is kept and read back. Go on?"))
        return
    (action,) = actions
    play.plan([action])
    await play.ask(proceed("profiles", "Rename the placeholder on the target?", "Rename it"))
    (done,) = await play.do([action])
    again_if_moved([done])
    if not done.proven:
        raise Stopped(
            "The placeholder's new name is not proven.",
            f"{action.label}: {done.text}",
            "Look at the partition on the HMC, then try again.",
        )
    play.result("The definition is kept and read back; the placeholder is out of the way.")


async def _back_up(play: Play, change: Change) -> None:
    """Keep what the console prints, read it back from the disk, and compare with the console."""
    if definition(play) is None:
        await keep_definition(play, change)
    else:  # an earlier try kept it
        moved = await definition_moved(play, change)
        show(play, moved)
        for each in moved:
            await ask(play, "profiles", each)
            await keep_definition(play, change)
    kept = definition(play)
    if kept is None or await _backup_differences(play, change):
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


async def _backup_differences(play: Play, change: Change) -> str:
    """How the source's definition, read now, would be made anew otherwise than from the backup.

    What an HMC tells of a partition's life, such as its RMC state, is not part of it, and it may
    reorder profiles (facts, hmc.md 1.3). Empty: it would be made as in the backup.
    """
    kept = definition(play)
    now, _ = await _read_definition(play, change)
    if kept is None:
        return "there is no backup"
    before = hmc.recreate(change.lpar.source, kept).expected
    after = hmc.recreate(change.lpar.source, now).expected
    if dict(before.lpar) == dict(after.lpar) and _by_name(before) == _by_name(after):
        return ""
    return shown(hmc.compare(before, after)) or "attributes that the backup doesn't have"


async def definition_moved(play: Play, change: Change) -> tuple[Moved, ...]:
    """The definition on the source, where somebody changed it since it was backed up."""
    differences = await _backup_differences(play, change)
    if not differences:
        return ()
    lpar = change.lpar
    return (
        Moved(
            subject=BACKED_UP,
            host=change.source_console.label,
            what=f"the definition of {lpar.name} on {lpar.source}",
            was="as in the backup",
            ours="left alone",
            found=differences,
            leave="the backup is taken anew from it, and the way forward goes on",
        ),
    )


def shown(differences: Iterable[hmc.Difference]) -> str:
    """Differences in a line."""
    return "; ".join(
        f"{each.profile or 'partition'} {each.attribute}: "
        f"{each.expected} expected, {each.found} found"
        for each in differences
    )


def _by_name(found: hmc.Definition) -> dict[str, dict[str, str]]:
    return {profile["name"]: dict(profile) for profile in found.profiles}


async def _read_definition(play: Play, change: Change) -> tuple[hmc.Definition, dict[str, str]]:
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


async def keep_definition(play: Play, change: Change) -> None:
    """Keep the definition as the console has it now, and the commands that make it anew."""
    found, raw = await _read_definition(play, change)
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


async def _note_placeholder(play: Play, change: Change) -> None:
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
        turn=Turn.PLACEHOLDER,
        after=OUTCOME_DEBT,
    )


def placeholder_moved(change: Change, recorded: Mapping[str, Any]) -> partial[Moved]:
    """A placeholder that somebody else touched; what was ours and what was found is to be told."""
    lpar = change.lpar
    return partial(
        Moved,
        subject=NAME_DEBT,
        host=change.target_console.label,
        what=f"the placeholder on {lpar.target}, id {recorded['lpar_id']},",
        was=f"{lpar.name}, Not Activated",
    )


def forget_left(play: Play, left: Iterable[Moved]) -> None:
    """Forget a placeholder that is left as found: it is none of this run's any more."""
    if any(each.subject == NAME_DEBT for each in left):
        play.note("placeholder", None)


def forget_taken_over(play: Play) -> None:
    """Forget it where the operator has left it as found, and a kill came before that was noted."""
    for entry in play.picture.ledger.entries:
        if entry.debt.id == NAME_DEBT and entry.state is DebtState.TAKEN_OVER:
            play.note("placeholder", None)


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
        turn=Turn.PLACEHOLDER,
        after=OUTCOME_DEBT,
    )
    return Action(
        id=AWAY if away else "profiles.rename-back",
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
    console, lpar = change.target_console, change.lpar
    away = wanted != lpar.name
    moved = partial(placeholder_moved(change, recorded), ours=interim_name(lpar.name))
    stays = "it is none of this run's any more: neither renamed nor deleted"

    async def check() -> Verdict:
        reading = await readings.partitions(play, console, lpar.target)
        if reading.value is None:
            return Verdict(Standing.UNKNOWN, reading.problem)
        placeholder = find(reading.value, recorded)
        others = [p for p in reading.value if p.name == wanted and p is not placeholder]
        in_the_way = any(p.name == lpar.name and p is not placeholder for p in reading.value)
        if placeholder is None:
            found = f"gone; another one is named {lpar.name}" if in_the_way else "gone"
            leave = "" if away and in_the_way else "nothing is left to rename or to put back"
            return blocked(moved(found=found, leave=leave))
        shown = f"id {placeholder.lpar_id} is named {placeholder.name}"
        if placeholder.name == wanted:
            return Verdict(Standing.HOLDS, shown)
        if others and others[0].migrating:
            return Verdict(Standing.BLOCKED, f"{wanted} on {lpar.target} is {others[0].state}")
        found = f"{placeholder.name}, {placeholder.state}"
        if not placeholder.not_activated:
            return blocked(moved(found=found, leave="" if away else stays))
        if others:
            found = f"{found}; another one, id {others[0].lpar_id}, is named {wanted}"
            return blocked(moved(found=found, leave="" if away else stays))
        undone = away and play.reached(AWAY)
        if placeholder.name == current and not undone:
            return Verdict(Standing.OPEN, shown)
        put, leave = _rename_found(lpar.target, placeholder.name, wanted), stays
        if away and placeholder.name == lpar.name:
            leave = ""  # validation fails on that name
        return blocked(moved(found=found, leave=leave, put=put, goal=wanted))

    return check


def _rename_found(system: str, found: str, wanted: str) -> Command | None:
    """Rename a partition from whatever name it was found to bear; None: it can't be sent."""
    try:
        return hmc.rename_partition(system, found, wanted)
    except Refused:
        return None
