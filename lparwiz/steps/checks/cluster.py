"""Checks on the cluster: what LLT, GAB and VCS say on every node."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lparwiz.run.action import Reading
from lparwiz.run.snapshot import Finding, Level
from lparwiz.steps.checks.unread import unknown
from lparwiz.tools import gab, llt, vcs

FULL_LINKS = 2
"""LLT wants two links: with one a node is in jeopardy (facts, vcs.md 3)."""
DEFAULT_PEERINACT = 1600
"""Centiseconds: LLT's own on UNIX, where llttab sets none (facts, vcs.md 1.2)."""
WATCHED_PORTS = ("a", "h")
"""GAB itself and HAD (facts, vcs.md 3)."""
CLUSTER_FILE_SYSTEM_PORTS = frozenset("fuvwy")
"""CVM and CFS: an eviction is a panic there (facts, vcs.md 3 and 6)."""
_IN_TRANSITION = frozenset({"STARTING", "STOPPING", "MIGRATING"})


@dataclass(frozen=True)
class NodeReadings:
    """What one node said."""

    label: str
    name: str
    """Its LLT name, as the change has it."""
    timers: Reading[dict[str, int]]
    peers: Reading[tuple[llt.Peer, ...]]
    membership: Reading[gab.Membership]
    summary: Reading[vcs.Summary | vcs.EngineDown]
    llttab: Reading[str]


def check(nodes: Sequence[NodeReadings]) -> list[Finding]:
    """Every check on the cluster, over the readings of all its nodes."""
    found: list[Finding] = []
    for node in nodes:
        found += [*_links(node), *_nodes(node, nodes), *_gab(node), *_vcs(node), *_timer(node)]
    return [*found, *_same_membership(nodes), *_groups(nodes)]


def _links(node: NodeReadings) -> Iterable[Finding]:
    if node.peers.value is None:
        yield unknown("llt.links", node.label, node.peers)
        return
    sick = [
        f"{peer.name or peer.id} {peer.state} {_links_text(peer)}"
        for peer in node.peers.value
        if not peer.healthy
    ]
    fewest = min((len(peer.links) for peer in node.peers.value), default=0)
    if sick:
        yield Finding(
            "llt.links",
            Level.STOP,
            f"not OPEN with all links UP: {', '.join(sick)}",
            node.label,
            "Mend the links first: a node in jeopardy has no redundancy left for the move.",
            node.peers.command,
        )
    elif fewest < FULL_LINKS:
        yield Finding(
            "llt.links",
            Level.WARNING,
            f"only {fewest} LLT link",
            node.label,
            "With one link there is no redundancy for the move.",
            node.peers.command,
        )
    else:
        text = f"{len(node.peers.value)} nodes OPEN, all links UP"
        yield Finding("llt.links", Level.PASS, text, node.label, evidence=node.peers.command)


def _links_text(peer: llt.Peer) -> str:
    return " ".join(f"{link.tag}:{link.status}" for link in peer.links)


def _nodes(node: NodeReadings, nodes: Sequence[NodeReadings]) -> Iterable[Finding]:
    """Every node of the cluster must be in the change: each one of them times the mover out."""
    if node.peers.value is None:
        return
    seen = {peer.name for peer in node.peers.value if peer.name}
    named = {each.name for each in nodes}
    if seen - named:
        yield Finding(
            "llt.nodes",
            Level.STOP,
            f"LLT knows nodes that the change doesn't name: {', '.join(sorted(seen - named))}",
            node.label,
            "Add a [[node]] for each: a node left out would time the migrating one out.",
            node.peers.command,
        )
    elif named - seen:
        yield Finding(
            "llt.nodes",
            Level.STOP,
            f"LLT doesn't see {', '.join(sorted(named - seen))}",
            node.label,
            "Give every [[node]] its LLT name from /etc/llthosts, and see that it is up.",
            node.peers.command,
        )
    else:
        text = f"all {len(seen)} nodes are in the change"
        yield Finding("llt.nodes", Level.PASS, text, node.label, evidence=node.peers.command)


def _gab(node: NodeReadings) -> Iterable[Finding]:
    membership = node.membership.value
    if membership is None:
        yield unknown("gab.ports", node.label, node.membership)
        return
    missing = [port for port in WATCHED_PORTS if port not in membership.ports]
    if missing or membership.jeopardy or membership.visible:
        what = [f"port {port} has no membership" for port in missing]
        what += ["a node is in jeopardy"] * membership.jeopardy
        what += ["a node is only visible"] * membership.visible
        yield Finding(
            "gab.ports",
            Level.STOP,
            ", ".join(what),
            node.label,
            "Bring the cluster to full membership first.",
            node.membership.command,
        )
    else:
        text = f"ports {' '.join(sorted(membership.ports))}, no jeopardy"
        yield Finding("gab.ports", Level.PASS, text, node.label, evidence=node.membership.command)
    shared = CLUSTER_FILE_SYSTEM_PORTS & membership.ports.keys()
    if shared:
        yield Finding(
            "gab.cfs",
            Level.WARNING,
            f"CVM or CFS is in use (ports {' '.join(sorted(shared))})",
            node.label,
            "An eviction panics this node. Be sure of the measured freeze.",
            node.membership.command,
        )


def _same_membership(nodes: Sequence[NodeReadings]) -> Iterable[Finding]:
    known = [(n, n.membership.value) for n in nodes if n.membership.value is not None]
    for node, membership in known[1:]:
        first = known[0][1]
        for port in WATCHED_PORTS:
            if membership.ports.get(port) != first.ports.get(port):
                yield Finding(
                    "gab.same",
                    Level.STOP,
                    f"port {port} has other members here than on {known[0][0].label}",
                    node.label,
                    "The nodes don't agree on who is in the cluster. Mend that first.",
                    node.membership.command,
                )


def _vcs(node: NodeReadings) -> Iterable[Finding]:
    summary = node.summary.value
    if summary is None:
        yield unknown("vcs.running", node.label, node.summary)
    elif isinstance(summary, vcs.EngineDown):
        yield Finding(
            "vcs.running",
            Level.STOP,
            "the VCS engine is not running",
            node.label,
            "Start it with hastart, or find out why it is down.",
            node.summary.command,
        )
    else:
        down = [f"{s.name} {s.state}" for s in summary.systems if s.state != "RUNNING"]
        level = Level.STOP if down else Level.PASS
        text = f"not RUNNING: {', '.join(down)}" if down else "every system RUNNING"
        remedy = "Every system must be RUNNING before one of them freezes." if down else ""
        yield Finding("vcs.running", level, text, node.label, remedy, node.summary.command)


def _groups(nodes: Sequence[NodeReadings]) -> Iterable[Finding]:
    """Group states are the cluster's: one node's view is enough."""
    view = next((n for n in nodes if isinstance(n.summary.value, vcs.Summary)), None)
    if view is None or not isinstance(view.summary.value, vcs.Summary):
        return
    groups = view.summary.value.groups
    for word, level, remedy in (
        ("FAULTED", Level.WARNING, "Clear the fault first, or know why it may stay."),
        ("AUTODISABLED", Level.WARNING, "VCS won't bring it online there by itself."),
        ("IN TRANSITION", Level.STOP, "Wait until VCS has finished, then read again."),
    ):
        found = [f"{g.group} on {g.system}" for g in groups if _is(g, word)]
        if found:
            check_id = f"vcs.{word.lower().replace(' ', '-')}"
            text = f"{word.lower()}: {', '.join(found)}"
            yield Finding(check_id, level, text, "", remedy, view.summary.command)


def _is(group: vcs.GroupState, word: str) -> bool:
    match word:
        case "AUTODISABLED":
            return group.autodisabled
        case "IN TRANSITION":
            return not _IN_TRANSITION.isdisjoint(group.state)
        case _:
            return word in group.state


def _timer(node: NodeReadings) -> Iterable[Finding]:
    if node.timers.value is None:
        yield unknown("llt.peerinact", node.label, node.timers)
        return
    running = node.timers.value["peerinact"]
    if running == 0:
        yield Finding(
            "llt.peerinact",
            Level.WARNING,
            "peerinact is 0: this node never notices a dead peer",
            node.label,
            "It protects the migration, but not the cluster. It is left as it is.",
            node.timers.command,
        )
        return
    if node.llttab.value is None:
        yield unknown("llt.llttab", node.label, node.llttab)
        return
    in_file = llt.llttab_peerinact(node.llttab.value)
    if running != (DEFAULT_PEERINACT if in_file is None else in_file):
        says = f"sets none (LLT's own is {DEFAULT_PEERINACT})" if in_file is None else f"{in_file}"
        yield Finding(
            "llt.llttab",
            Level.WARNING,
            f"peerinact runs at {running}, but llttab says {says}",
            node.label,
            "Perhaps somebody raised it and forgot. What runs now is what will be put back.",
            node.llttab.command,
        )
    else:
        text = f"peerinact {running} ({running / 100:g} s)"
        yield Finding("llt.peerinact", Level.PASS, text, node.label, evidence=node.timers.command)
