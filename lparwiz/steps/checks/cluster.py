"""Checks on the LLT cluster: LLT, GAB and AIX on every node; LLT and GAB on every manager too."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from lparwiz.run.snapshot import Level
from lparwiz.steps.checks.check import (
    Check,
    Judged,
    Verdicts,
    each_member,
    each_node,
    has_cluster,
    has_nodes,
    judged,
    notes,
    passes,
    stops,
    together,
    unread,
    warns,
)
from lparwiz.steps.checks.gathered import Gathered, ManagerReadings, NodeReadings, Tick
from lparwiz.steps.checks.llttab import LLTTAB
from lparwiz.steps.units import both_units
from lparwiz.tools import aix, gab, llt

FULL_LINKS = 2
"""LLT wants two links: with one a node is in jeopardy (facts, vcs.md 3)."""
WATCHED_PORTS = ("a", "h")
"""GAB itself and HAD (facts, vcs.md 3)."""
CLUSTER_FILE_SYSTEM_PORTS = frozenset("fuvwy")
"""CVM and CFS: an eviction is a panic there (facts, vcs.md 3 and 6)."""
FILESETS = ("VRTSgab", "VRTSllt", "VRTSvcs")
"""Those whose levels count for what is checked here."""
MISSING = "not told"
CLOCKS_APART = 5.0
"""Seconds. No document has a limit; engine logs of two nodes are read side by side afterwards."""


def _reached(_: Tick) -> Verdicts:
    return passes("answers")


def _running(running: bool) -> Verdicts:  # noqa: FBT001 - a reading's value
    return passes("LLT is running") if running else stops("LLT is not running")


def _links(peers: tuple[llt.Peer, ...]) -> Verdicts:
    sick = [
        f"{peer.name or peer.id} {peer.state} "
        + " ".join(f"{link.tag}:{link.status}" for link in peer.links)
        for peer in peers
        if not peer.healthy
    ]
    if sick:
        return stops(f"not OPEN with all links UP: {', '.join(sick)}")
    fewest = min((len(peer.links) for peer in peers), default=0)
    if fewest < FULL_LINKS:
        remedy = "With one link there is no redundancy for the move."
        return warns(f"only {fewest} LLT link", remedy)
    return passes(f"{len(peers)} nodes OPEN, all links UP")


def _nodes(site: Gathered) -> Iterable[Judged]:
    """Every node of the cluster must be in the change: one left out times the mover out."""
    named = {node.name for node in site.nodes}
    for node in site.nodes:
        yield from judged(node.label, lambda peers: _named(peers, named), node.peers)


def _named(peers: tuple[llt.Peer, ...], named: set[str]) -> Verdicts:
    seen = {peer.name for peer in peers}
    if seen - named:
        names = ", ".join(sorted(seen - named))
        return stops(f"LLT knows nodes that the change doesn't name: {names}")
    if named - seen:
        remedy = "Give every [[node]] its LLT name from /etc/llthosts, and see that it is up."
        return stops(f"LLT doesn't see {', '.join(sorted(named - seen))}", remedy)
    return passes(f"all {len(seen)} nodes are in the change")


def _timer(timers: Mapping[str, int]) -> Verdicts:
    running = timers["peerinact"]
    if running == 0:
        return warns("peerinact is 0: this node never notices a dead peer")
    return passes(f"peerinact {both_units(running)}")


def _ports(membership: gab.Membership) -> Verdicts:
    what = [
        f"port {port} has no membership" for port in WATCHED_PORTS if port not in membership.ports
    ]
    what += ["a node is in jeopardy"] * membership.jeopardy
    what += ["a node is only visible"] * membership.visible
    if what:
        return stops(", ".join(what))
    return passes(f"ports {' '.join(sorted(membership.ports))}, no jeopardy")


def _file_system(membership: gab.Membership) -> Verdicts:
    shared = CLUSTER_FILE_SYSTEM_PORTS & membership.ports.keys()
    if shared:
        return warns(f"CVM or CFS is in use (ports {' '.join(sorted(shared))})")
    return passes("no CVM, no CFS")


# What only several nodes together show


def _same(site: Gathered) -> Iterable[Judged]:
    """The LPAR's own cluster and its managers' are two: the ports of each are compared."""
    yield from _same_members(site.nodes)
    yield from _same_members(site.managers)


def _same_members(hosts: Sequence[NodeReadings | ManagerReadings]) -> Iterable[Judged]:
    for host in hosts:
        yield from unread(host.label, host.membership)
    known = [(h, h.membership.value) for h in hosts if h.membership.value is not None]
    apart = False
    for host, membership in known[1:]:
        for port in WATCHED_PORTS:
            if membership.ports.get(port) != known[0][1].ports.get(port):
                apart = True
                text = f"port {port} has other members here than on {known[0][0].label}"
                evidence = host.membership.command
                yield Judged(Level.STOP, text, host=host.label, evidence=evidence)
    there = [port for port in WATCHED_PORTS if any(port in m.ports for _, m in known)]
    if there and not apart:  # that there are none is said by gab.ports
        word = "ports" if len(there) > 1 else "port"
        yield passes(f"{word} {' '.join(there)}: the same members on {len(known)} nodes")


def _timers(site: Gathered) -> Iterable[Judged]:
    values: dict[int, list[str]] = {}
    for node in site.nodes:
        yield from unread(node.label, node.timers)
        if node.timers.value is not None:
            values.setdefault(node.timers.value["peerinact"], []).append(node.label)
    if len(values) == 1:
        yield passes(f"peerinact {both_units(next(iter(values)))} on every node")
    elif values:
        shown = "; ".join(
            f"{both_units(value)} on {together(values[value])}" for value in sorted(values)
        )
        yield notes(
            shown, "Nothing now: each node gets its own value back. Make them one some day."
        )


def _clocks(site: Gathered) -> Iterable[Judged]:
    """How far two clocks are apart at least: an answer takes its time, and seconds are whole."""
    ahead: list[tuple[float, float, str]] = []
    for node in site.nodes:
        yield from unread(node.label, node.clock)
        if (tick := node.clock.value) is not None:
            shown = tick.shown.timestamp()
            ahead.append((shown - tick.answered, shown + 1 - tick.asked, node.label))
    if not ahead:
        return
    fast, slow = max(ahead, key=lambda each: each[0]), min(ahead, key=lambda each: each[1])
    apart = fast[0] - slow[1]
    if apart > CLOCKS_APART:
        shown_apart = timedelta(seconds=int(apart))
        yield warns(f"{fast[2]} is at least {shown_apart} ahead of {slow[2]}")
    else:
        yield passes(f"clocks agree as far as can be seen ({len(ahead)} nodes)")


def _levels(site: Gathered) -> Iterable[Judged]:
    levels: dict[str, list[str]] = {}
    for node in site.nodes:
        yield from unread(node.label, node.level, node.filesets)
        if node.level.value is not None and node.filesets.value is not None:
            told = node.filesets.value
            versions = ", ".join(f"{name} {told.get(name, MISSING)}" for name in FILESETS)
            levels.setdefault(f"AIX {node.level.value}, {versions}", []).append(node.label)
    if len(levels) == 1 and MISSING not in next(iter(levels)):
        yield passes(next(iter(levels)))
    elif levels:
        shown = "; ".join(f"{level} on {together(labels)}" for level, labels in levels.items())
        yield notes(shown, "Nothing now. See that this mixture is a supported one.")


def _no_migration(entries: tuple[aix.ErrorLogEntry, ...]) -> Verdicts:
    if entries and entries[0].label == aix.STARTED:
        return warns(f"its error log has a migration begun {entries[0].date}, and no end of it")
    return passes("its error log knows of no migration under way")


def _scripts(site: Gathered) -> Iterable[Judged]:
    if site.scripts is None:
        return []
    if site.scripts.value == () and not site.scripts.answer.stdout.strip():
        return judged(site.scripts.host, _nothing_printed, site.scripts)
    return judged(site.scripts.host, _installed, site.scripts)


def _nothing_printed(_: tuple[str, ...]) -> Verdicts:
    """The vendor's sample, of a node with a script, has a head (IBM Redbooks TIPS0121)."""
    return warns(
        "drmgr -l prints nothing, not even the directory of scripts: whether one is installed is "
        "not known",
        "Look there yourself: drmgr -l, ls /usr/lib/dr/scripts/all. Ask who installed what you "
        "find.",
    )


def _installed(scripts: tuple[str, ...]) -> Verdicts:
    if scripts:
        return warns(f"DLPAR scripts are installed: {', '.join(scripts)}")
    return passes("no DLPAR script is installed")


CLUSTER = (
    Check(
        "cluster.reached",
        "Every node answers",
        "each node: any command",
        Level.UNKNOWN,
        "Mend the way to it: a node that can't be reached can't have its timer raised.",
        "facts, vcs.md 10.3",
        each_node(lambda node: judged(node.label, _reached, node.clock)),
        has_nodes,
    ),
    Check(
        "llt.running",
        "LLT runs on every node",
        "each node and manager: lltconfig",
        Level.STOP,
        "Start LLT on this node, or take the node out of the cluster.",
        "facts, vcs.md 1.6",
        each_member(lambda host: judged(host.label, _running, host.running)),
        has_cluster,
    ),
    Check(
        "llt.links",
        "Every node sees every node OPEN with all links UP",
        "each node and manager: lltstat -nvv active",
        Level.STOP,
        "Mend the links first: a node in jeopardy has no redundancy left for the move.",
        "facts, vcs.md 1.6, 3 and 10.21",
        each_member(lambda host: judged(host.label, _links, host.peers)),
        has_cluster,
    ),
    Check(
        "llt.nodes",
        "The change names every node that LLT knows",
        "each node: lltstat -nvv active",
        Level.STOP,
        "Add a [[node]] for each: a node left out would time the migrating one out.",
        "facts, vcs.md 10.3",
        _nodes,
        has_nodes,
    ),
    Check(
        "llt.peerinact",
        "Every node notices a dead peer",
        "each node: lltconfig -T query",
        Level.WARNING,
        "It protects the migration, but not the cluster. It is left as it is.",
        "facts, vcs.md 1.2",
        each_node(lambda node: judged(node.label, _timer, node.timers)),
        has_nodes,
    ),
    *LLTTAB,
    Check(
        "llt.same",
        "peerinact is the same on every node",
        "each node: lltconfig -T query",
        Level.NOTE,
        "Nothing now: each node gets its own value back. Make them one some day.",
        "facts, vcs.md 1.4",
        _timers,
        has_nodes,
    ),
    Check(
        "gab.ports",
        "Ports a and h have members, without jeopardy, none only visible",
        "each node and manager: gabconfig -a",
        Level.STOP,
        "Bring the cluster to full membership first.",
        "facts, vcs.md 3",
        each_member(lambda host: judged(host.label, _ports, host.membership)),
        has_cluster,
    ),
    Check(
        "gab.same",
        "Ports a and h have the same members everywhere",
        "each node and manager: gabconfig -a",
        Level.STOP,
        "The nodes don't agree on who is in the cluster. Mend that first.",
        "facts, vcs.md 3",
        _same,
        has_cluster,
    ),
    Check(
        "gab.cfs",
        "Neither CVM nor CFS is in use",
        "each node: gabconfig -a",
        Level.WARNING,
        "An eviction panics this node. Be sure of the measured freeze.",
        "facts, vcs.md 3 and 6",
        each_node(lambda node: judged(node.label, _file_system, node.membership)),
        has_nodes,
    ),
    Check(
        "cluster.migrating",
        "No node of the cluster is being migrated",
        "each node: errpt -a -J CLIENT_PMIG_STARTED,CLIENT_PMIG_DONE,CLIENT_PMIG_ABORTED",
        Level.WARNING,
        "Be sure that it has ended: two frozen nodes at once can cost the quorum.",
        "facts, vcs.md 7 and 10.22",
        each_node(lambda node: judged(node.label, _no_migration, node.migrations)),
        has_nodes,
    ),
    Check(
        "cluster.clock",
        "The nodes' clocks agree",
        "each node: date",
        Level.WARNING,
        "Set the clocks right: afterwards the logs of two nodes are read side by side.",
        "facts, vcs.md 2.3",
        _clocks,
        has_nodes,
    ),
    Check(
        "aix.levels",
        "AIX and VRTS have one level on every node",
        "each node: oslevel -s; lslpp -Lqc VRTSllt VRTSgab VRTSvcs",
        Level.NOTE,
        "Nothing now. See that this mixture is a supported one.",
        "facts, vcs.md 8",
        _levels,
        has_nodes,
    ),
    Check(
        "aix.scripts",
        "No DLPAR script of the migrating node can veto or slow the move",
        "the migrating node: drmgr -l",
        Level.WARNING,
        "They run before and after the move. Ask who installed them; drmgr -l tells more.",
        "facts, vcs.md 6",
        _scripts,
        has_nodes,
    ),
)
