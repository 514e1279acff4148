"""Check: what would stop or spoil the migration, learned before anything is changed.

The guide lists requirements and limitations; an HMC lists its own at validation, late. Each check
here says what was read, what follows, and what to do about it.

Reads:   LLT, GAB, VCS and llttab on each node; both systems, the LPAR and its definition on the
         consoles.
Asks:    whether to go on; going on accepts the warnings, by their ids.
Changes: nothing.
"""

import asyncio

from lparwiz.change import Change, Host, Part
from lparwiz.run.play import Play
from lparwiz.run.snapshot import Finding, Level
from lparwiz.run.step import Stopped
from lparwiz.steps import readings
from lparwiz.steps.asking import go_on
from lparwiz.steps.checks import cluster, console
from lparwiz.steps.checks.definition import hazards, losses
from lparwiz.steps.checks.unread import unknown
from lparwiz.steps.placeholder import interim_name
from lparwiz.tools import hmc
from lparwiz.tools.errors import ToolError


async def play(play: Play, change: Change) -> None:
    """Read everything, judge it, and stop or ask."""
    nodes, found = await asyncio.gather(
        asyncio.gather(*(_node(play, node) for node in change.nodes)), _consoles(play, change)
    )
    if Part.TIMERS in change.route.parts:
        found += cluster.check(nodes)
        play.note("gab", {n.name: _members(n) for n in nodes if n.membership.value is not None})
        play.note("links", {n.name: _links(n) for n in nodes if n.peers.value is not None})
    play.find(*found)
    stops = [f for f in found if f.level in (Level.STOP, Level.UNKNOWN)]
    if stops:
        raise Stopped(
            f"{len(stops)} {'check stops' if len(stops) == 1 else 'checks stop'} the migration.",
            "\n".join(f"{f.host}: {f.text} [{f.id}]" for f in stops),
            stops[0].remedy,
        )
    warnings = tuple(dict.fromkeys(f.id for f in found if f.level is Level.WARNING))
    passed = sum(f.level is Level.PASS for f in found)
    play.result(f"{passed} checks pass, {len(warnings)} warn.")
    text = "Go on, and accept these warnings?" if warnings else "Nothing stands in the way. Go on?"
    await play.ask(go_on("check", text, warnings=warnings))


def _members(node: cluster.NodeReadings) -> dict[str, str]:
    membership = node.membership.value
    return {} if membership is None else {p: m.members for p, m in membership.ports.items()}


def _links(node: cluster.NodeReadings) -> dict[str, int]:
    return {peer.name: len(peer.links) for peer in node.peers.value or ()}


async def _node(play: Play, node: Host) -> cluster.NodeReadings:
    timers, peers, membership, summary, llttab = await asyncio.gather(
        readings.timers(play, node),
        readings.peers(play, node),
        readings.membership(play, node),
        readings.summary(play, node),
        readings.llttab(play, node),
    )
    return cluster.NodeReadings(node.label, node.name, timers, peers, membership, summary, llttab)


async def _side(play: Play, host: Host, system: str, name: str) -> console.SideReadings:
    found_system, lpar, users = await asyncio.gather(
        readings.system(play, host, system),
        readings.partition(play, host, system, name),
        readings.users(play, host),
    )
    return console.SideReadings(host.label, system, host.user or "", found_system, lpar, users)


async def _consoles(play: Play, change: Change) -> list[Finding]:
    lpar = change.lpar
    source, target, migration, profiles, everyone = await asyncio.gather(
        _side(play, change.source_console, lpar.source, lpar.name),
        _side(play, change.target_console, lpar.target, lpar.name),
        readings.migration(play, change.source_console, lpar.source, lpar.name),
        readings.profiles(play, change.source_console, lpar.source, lpar.name),
        readings.partitions(play, change.target_console, lpar.target),
    )
    if source.lpar.value:
        play.note("uuid", source.lpar.value[0].uuid)
    has_profiles = Part.PROFILES in change.route.parts
    found = [
        *console.check_side(source),
        *console.check_side(target),
        *console.check_lpar(source, migration, lpar.name),
        *console.check_target(target, lpar.name, placeholder_wanted=has_profiles),
    ]
    found += _pool(source.label, profiles.value or (), profiles.command)
    if has_profiles:
        found += console.check_free_name(target, everyone, interim_name(lpar.name))
        if profiles.value is None:
            found.append(unknown("lpar.definition", source.label, profiles))
        elif source.lpar.value:
            found += _definition(source, lpar.source, profiles.value, profiles.command)
    return found


def _definition(
    source: console.SideReadings, system: str, rows: console.Rows, command: str
) -> list[Finding]:
    lpar = (source.lpar.value or ())[0]
    try:
        recreation = hmc.recreate(system, hmc.Definition(lpar.row, rows))
    except ToolError as error:
        return [
            Finding(
                "lpar.definition",
                Level.STOP,
                f"its definition can't be made anew: {error}",
                source.label,
                "Mend the profile on the HMC, or keep this LPAR where it is.",
                command,
            )
        ]
    count = len(recreation.expected.profiles)
    text = f"{count} profile{'s' if count != 1 else ''} can be made anew"
    return [
        Finding("lpar.definition", Level.PASS, text, source.label, evidence=command),
        *losses(recreation, source.label),
        *hazards(recreation, source.label),
    ]


def _pool(label: str, rows: console.Rows, command: str) -> list[Finding]:
    """A pool of its own is lost on the way, in silence (facts, hmc.md 8.14)."""
    pools = {row.get("shared_proc_pool_name", "") for row in rows} - {"", "none", "null"}
    return [
        Finding(
            "lpar.pool",
            Level.WARNING,
            f"it is in the shared processor pool {pool}, and lands in DefaultPool",
            label,
            "Put it into its pool on the target by hand after the migration.",
            command,
        )
        for pool in sorted(pools - {"DefaultPool"})
    ]
