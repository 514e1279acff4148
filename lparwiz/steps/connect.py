"""Connect: reach every host, and see that four name spaces mean the same machine.

The guide speaks of "the node", "the LPAR", "the system" as if they had one name. They have four:
the HMC's, AIX's hostname, LLT's in /etc/llthosts, and VCS's (facts, vcs.md 10.15).

Reads:   hostname, lparstat, lltstat, hastatus and the mark of a run on each node; lshmc on each
         console.
Asks:    whether these are the machines that are meant; not again when the run is taken up.
Changes: nothing.
"""

import asyncio
from functools import partial

from lparwiz.change import Change, Host, Part
from lparwiz.run.play import Play
from lparwiz.run.reading import Reading
from lparwiz.run.snapshot import Finding, Level, Table
from lparwiz.run.step import Stopped
from lparwiz.steps import mark, readings
from lparwiz.steps.asking import accepted, go_on, known
from lparwiz.tools import hmc, llt, vcs
from lparwiz.tools.errors import Refused

WANTS = "Nothing of its own: it names hosts, and takes it that you are on the right one."
"""What the vendor's guide asks."""
DOES = (
    "Logs in to every host, asks each who it is, and puts the names side by side that the HMC, "
    "AIX, LLT and VCS give it. A mark of another run stops here."
)
"""What lparwiz does."""

NOT_TOLD = "?"


async def play(play: Play, change: Change) -> None:
    """Reach every host and show its names."""
    carriable(change)
    members = (*change.nodes, *change.managers)
    rows = await asyncio.gather(*(_names(play, change, host) for host in members))
    consoles = dict.fromkeys((change.source_console, change.target_console))
    await asyncio.gather(*(_console(play, console) for console in consoles))
    if rows:
        columns = ("host", "hostname", "LLT name", "VCS systems", "HMC's name")
        play.table(Table("Four name spaces", columns, tuple(rows)))
    unreached = [f for f in play.picture.now.findings if f.level is Level.STOP]
    if unreached:
        raise Stopped(
            "Not every host answers as it should.",
            "\n".join(f"{finding.host}: {finding.text}" for finding in unreached),
            unreached[0].remedy,
        )
    count = len(members) + len(consoles)
    play.result(f"All {count} hosts answer.")
    before = accepted(play, "connect")
    warned = [f for f in play.picture.now.findings if f.level is Level.WARNING]
    warnings = tuple(f.id for f in warned if known(f) not in (before or ()))
    if before is not None and not warnings:  # taken up again, and as it was then
        return
    await play.ask(go_on("connect", "Are these the machines that you mean?", warnings=warnings))


def carriable(change: Change) -> None:
    """See that every name of the change can be sent to the HMC.

    Raises:
        Stopped: one can't.
    """
    try:
        hmc.carry(change.lpar.name)
        if Part.PROFILES in change.route.parts:
            hmc.carry_new(change.lpar.name)  # it is given again: to the placeholder, or anew
        hmc.carry_system(change.lpar.source)
        hmc.carry_system(change.lpar.target)
    except Refused as refused:
        raise Stopped(
            "A name can't be carried to the HMC safely.",
            str(refused),
            "Rename it on the HMC, or migrate it by hand.",
        ) from refused


async def _names(play: Play, change: Change, host: Host) -> tuple[str, ...]:
    name = await readings.hostname(play, host)
    if name.value is None:
        play.find(_unreached(host, name.problem, name.command))
        return (host.label, *[NOT_TOLD] * 4)
    peers, summary, partition, marked = await asyncio.gather(
        readings.peers(play, host),
        readings.summary(play, host),
        readings.partition_name(play, host),
        mark.foreign(play, host),
    )
    own = next((peer.name for peer in peers.value or () if peer.is_self), NOT_TOLD)
    systems = (
        " ".join(system.name for system in summary.value.systems)
        if isinstance(summary.value, vcs.Summary)
        else NOT_TOLD
    )
    play.find(*_judge(host, own, peers, summary), *marked)
    if host == change.migrating_node:
        play.find(_mover(host, change.lpar.name, partition))
    return (host.label, name.value, own, systems, partition.value or NOT_TOLD)


def _mover(node: Host, lpar: str, partition: Reading[str]) -> Finding:
    """Whether the node that is to migrate really runs in the LPAR that is named."""
    if partition.value == lpar:
        text = f"runs in the LPAR {lpar}"
        return Finding("connect.lpar", Level.PASS, text, node.label, evidence=partition.command)
    return Finding(
        "connect.lpar",
        Level.WARNING,
        f"it says that it runs in {partition.value or partition.problem}, not in {lpar}",
        node.label,
        "Is this node the LPAR that migrates? After a rename lparstat tells the old name until the "
        "next boot.",
        partition.command,
    )


def _judge(
    host: Host,
    own: str,
    peers: Reading[tuple[llt.Peer, ...]],
    summary: Reading[vcs.Summary | vcs.EngineDown],
) -> list[Finding]:
    """Whether LLT knows the host by the change's name, which is its `own`, and whether VCS runs."""
    stop = partial(Finding, level=Level.STOP, host=host.label)
    found = [Finding("connect.reached", Level.PASS, "answers", host.label)]
    if peers.value is None:
        found.append(
            stop(
                "connect.llt",
                text=f"LLT can't be asked here: {peers.problem}",
                remedy="Is this a node of the cluster, and is the user root or `become` set?",
            )
        )
    elif host.kind == "node" and own != host.name:
        found.append(
            stop(
                "connect.names",
                text=f"the change calls it {host.name}, but it is LLT node {own}",
                remedy="Give the node its LLT name (from /etc/llthosts), or mend its address.",
            )
        )
    if summary.value is None:
        found.append(
            stop(
                "connect.vcs",
                text=f"VCS can't be asked here: {summary.problem}",
                remedy="Is VCS installed on this node, and is its engine running?",
            )
        )
    elif isinstance(summary.value, vcs.EngineDown):
        found.append(
            stop(
                "connect.vcs",
                text="the VCS engine is not running here",
                remedy="Start it with hastart, or find out why it is down, before anything moves.",
            )
        )
    return found


async def _console(play: Play, console: Host) -> None:
    version = await readings.console_version(play, console)
    if version.value is None:
        play.find(_unreached(console, version.problem, version.command))
    else:
        play.find(Finding("connect.reached", Level.PASS, f"HMC {version.value}", console.label))


def _unreached(host: Host, problem: str, command: str) -> Finding:
    return Finding(
        "connect.reached",
        Level.STOP,
        problem,
        host.label,
        f"Mend the way to {host.address}, or the change file's entry for it, then try again.",
        command,
    )
