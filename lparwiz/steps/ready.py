"""Whether all that was made ready for the migration still is, read at the last moment.

Minutes lie between the steps and the point of no return: a node may have rebooted, somebody may
have mended "a wrong timer", a profile may have been changed.
"""

import asyncio

from lparwiz.change import Change, Part
from lparwiz.run.play import Play
from lparwiz.steps import readings
from lparwiz.steps.placeholder import find, interim_name
from lparwiz.steps.profiles import backup_differs
from lparwiz.steps.whole import lacking


async def not_ready(play: Play, change: Change) -> list[str]:
    """What stands against migrating now, a line each; nothing: go."""
    parts = change.route.parts
    against = await lacking(play, change)
    if Part.TIMERS in parts:
        against += await _low_timers(play, change)
    if Part.PROFILES in parts:
        against += await _name_held(play, change)
        if await backup_differs(play, change):
            against.append("the definition on the source is not what the backup holds")
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
            against.append(f"{each.host}: peerinact = {each.value['peerinact']}, below {enough}")
    return against


async def _name_held(play: Play, change: Change) -> list[str]:
    recorded = play.recall("placeholder")
    if recorded is None:
        return []
    target = change.lpar.target
    reading = await readings.partitions(play, change.target_console, target)
    if reading.value is None:
        return [f"{reading.host}: {reading.problem}"]
    placeholder = find(reading.value, recorded)
    if placeholder is None or placeholder.name != interim_name(change.lpar.name):
        return [f"the placeholder on {target} is not out of the way"]
    return []
