"""Whether all that was made ready for the migration still is, read at the last moment.

Minutes lie between the steps and the point of no return: a node may have rebooted, somebody may
have mended "a wrong timer", frozen a group, started the placeholder, changed or renamed the LPAR.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from lparwiz.change import Change, Part
from lparwiz.run.action import Action, Moved
from lparwiz.run.play import Play
from lparwiz.steps import mark, readings
from lparwiz.steps.frozen import changed_in_vcs, take_as_found
from lparwiz.steps.full_membership import lacking
from lparwiz.steps.own_values import OWN_VALUES
from lparwiz.steps.placeholder import find, interim_name, same
from lparwiz.steps.profiles import (
    AWAY,
    BACKED_UP,
    NAME_DEBT,
    definition_moved,
    forget_left,
    keep_definition,
    placeholder_moved,
    rename,
)
from lparwiz.steps.timers import debt_id, raise_timer, take_theirs
from lparwiz.steps.units import both_units
from lparwiz.tools import hmc

LPAR = "lpar"
MATES = "mates"
"""The fact with the partitions of the cluster's other nodes, as the check read them."""


@dataclass(frozen=True)
class Readiness:
    """What stands against migrating now; nothing: go."""

    against: tuple[str, ...] = ()
    """What no decision of the operator's removes, a line each."""
    moved: tuple[Moved, ...] = ()
    """What somebody else changed, and the operator decides on."""


def relied_on(play: Play, change: Change) -> list[Action]:
    """What this run did that the migration relies on: each one is looked at once more."""
    raised = [node for node in change.nodes if play.owes(debt_id(node))]
    actions = [raise_timer(play, node, play.recall("peerinact")["wanted"]) for node in raised]
    recorded = play.recall("placeholder")
    if recorded is not None and play.owes(NAME_DEBT):
        actions.append(rename(play, change, recorded, to=interim_name(change.lpar.name)))
    return actions


async def take_left(play: Play, change: Change, left: Sequence[Moved]) -> None:
    """Note what was left as found: from now on it counts as the hosts' own."""
    if play.recall(OWN_VALUES) is not None:
        take_theirs(play, change, left)
    forget_left(play, left)
    take_as_found(play, left)
    if any(each.subject == BACKED_UP for each in left):
        await keep_definition(play, change)


async def readiness(play: Play, change: Change) -> Readiness:
    """Read everything that must still be so."""
    parts = change.route.parts
    against = [
        *await mark.not_ours(play, change),
        *await lpar_unfit(play, change),
        *await lacking(play, change),
    ]
    if Part.TIMERS in parts:
        against += await _low_timers(play, change)
        against += await _mates_migrating(play, change)
    moved, unsettled = await changed_in_vcs(play, change)
    against += unsettled
    if Part.PROFILES in parts:
        held, started = await _name_held(play, change)
        # An HMC renames by name: one that comes late would rename the LPAR itself once it is there.
        against += [*held, *play.may_still(AWAY)]
        moved += started + await definition_moved(play, change)
    return Readiness(tuple(against), moved)


async def lpar_unfit(play: Play, change: Change) -> list[str]:
    """Why the LPAR as its source shows it is not to be migrated now, a line each.

    It must have the uuid by which it is to be known on the target: an answer that was cut short at
    the check, or an LPAR that was made anew since, would leave the outcome in doubt for ever. And
    the check's reasons to stop count here still: RMC, and that nobody barred it.
    """
    lpar, uuid = change.lpar, play.recall("uuid")
    found = await readings.partition(play, change.source_console, lpar.source, lpar.name)
    if not found.value:
        return []  # the evidence says so
    now, against = found.value[0], []
    if uuid is not None and now.uuid not in (None, uuid):
        against.append(
            f"{lpar.name} on {lpar.source} has the uuid {now.uuid}, at the check {uuid}: take the "
            "way back, and begin a new run"
        )
    if not now.rmc_active:
        against.append(f"RMC is {now.rmc_state or 'not told'} to {lpar.name}")
    if now.migration_disabled:
        against.append(f"migration_disabled is 1 for {lpar.name}")
    return against


async def _mates_migrating(play: Play, change: Change) -> list[str]:
    """The other nodes of the cluster that are being migrated, a line each.

    Two frozen nodes at once can cost the quorum (facts, vcs.md 10.22). They are known by the names
    of their partitions, noted at the check.
    """
    mates: list[str] = play.recall(MATES) or []
    if not mates:
        return []
    lpar = change.lpar
    found = await asyncio.gather(
        readings.migrations(play, change.source_console, lpar.source),
        readings.migrations(play, change.target_console, lpar.target),
    )
    against = []
    for each in found:
        if each.value is None:
            against.append(f"{each.host}: whether a node migrates is unknown: {each.problem}")
        for row in each.value or ():
            state = row.get("migration_state", "")
            if row.get("name") in mates and state and not hmc.Migration(state).idle:
                against.append(f"{row['name']}, a node of this cluster, is migrating: {state}")
    return against


async def _low_timers(play: Play, change: Change) -> list[str]:
    """Rule 5: one node whose timer is not proven means no migration."""
    noted = play.recall("peerinact")
    enough = noted["wanted"] or noted["lowest"] or 0
    found = await asyncio.gather(*(readings.timers(play, node) for node in change.nodes))
    against = []
    for each in found:
        if each.value is None:
            against.append(f"{each.host}: {each.problem}")
        elif 0 < each.value["peerinact"] < enough:
            found_there = both_units(each.value["peerinact"])
            against.append(f"{each.host}: peerinact is {found_there}, below {both_units(enough)}")
    return against


async def _name_held(play: Play, change: Change) -> tuple[list[str], tuple[Moved, ...]]:
    """Whether the placeholder is out of the way, and off."""
    recorded = play.recall("placeholder")
    if recorded is None:
        return [], ()
    lpar, console = change.lpar, change.target_console
    reading = await readings.partitions(play, console, lpar.target)
    if reading.value is None:
        return [f"{reading.host}: {reading.problem}"], ()
    placeholder = find(reading.value, recorded)
    interim = interim_name(lpar.name)
    if placeholder is None or placeholder.name != interim:
        return [f"the placeholder on {lpar.target} is not out of the way"], ()
    if placeholder.not_activated:
        return [], ()
    moved = placeholder_moved(change, recorded)
    ours, found = f"{interim}, Not Activated", f"{interim}, {placeholder.state}"
    return [], (moved(ours=ours, found=found),)


async def lpar_moved(play: Play, change: Change) -> tuple[Moved, ...]:
    """The LPAR itself, where somebody renamed or stopped it before anything was migrated.

    It is known by the uuid that was noted at the check; a level that prints none knows it by
    its name only (facts, hmc.md 1.3). Nothing, where the target may have it.
    """
    lpar, console = change.lpar, change.source_console
    here, there = await asyncio.gather(
        readings.partitions(play, console, lpar.source),
        readings.partitions(play, change.target_console, lpar.target),
    )
    if there.value is None or any(_itself(play, change, each) for each in there.value):
        return ()
    return tuple(
        Moved(
            subject=LPAR,
            host=console.label,
            what=f"the LPAR on {lpar.source}, id {each.lpar_id},",
            was=f"{lpar.name}, Running",
            ours="left alone",
            found=f"{each.name}, {each.state}",
        )
        for each in here.value or ()
        if _itself(play, change, each)
        and not each.migrating
        and not (each.name == lpar.name and each.running)
    )


def _itself(play: Play, change: Change, partition: hmc.Partition) -> bool:
    """Whether this is the LPAR, and not the placeholder."""
    uuid, placeholder = play.recall("uuid"), play.recall("placeholder")
    if placeholder is not None and same(partition, placeholder):
        return False
    return partition.uuid == uuid if uuid is not None else partition.name == change.lpar.name
