"""Checks on VCS itself: its engine, its groups, its fencing."""

from collections.abc import Callable, Iterable
from functools import partial

from lparwiz.run.reading import Reading
from lparwiz.run.snapshot import Level
from lparwiz.steps.attributes import Attributes
from lparwiz.steps.checks.check import (
    Check,
    Judge,
    Judged,
    Verdicts,
    each_member,
    has_cluster,
    has_nodes,
    judged,
    notes,
    passes,
    stops,
    unclear,
    unread,
    warns,
)
from lparwiz.steps.checks.gathered import (
    ClusterReadings,
    Gathered,
    ManagerReadings,
    NodeReadings,
    Summary,
)
from lparwiz.steps.rule import HAD_LIMIT
from lparwiz.tools import vcs

FENCING_PORT = "b"
"""GAB's port of I/O fencing (facts, vcs.md 3)."""
MODES = ("NONE", "SCSI3")
"""What VCS's UseFence says where fencing is off, and where it is on in whatever way."""


def _systems(summary: Summary) -> Verdicts:
    if isinstance(summary, vcs.EngineDown):
        remedy = "Start it with hastart, or find out why it is down."
        return stops("the VCS engine is not running", remedy)
    down = [
        f"{system.name} {system.state}" for system in summary.systems if system.state != "RUNNING"
    ]
    return stops(f"not RUNNING: {', '.join(down)}") if down else passes("every system RUNNING")


def _views(site: Gathered) -> Iterable[tuple[Reading[Summary], ClusterReadings | None]]:
    """One view of each VCS cluster: group states are the cluster's, not a node's."""
    nodes = [node.summary for node in site.nodes]
    managers = [manager.summary for manager in site.managers]
    for views, cluster in ((nodes, site.cluster), (managers, site.managed)):
        told = (view for view in views if isinstance(view.value, vcs.Summary))
        if (view := next(told, views[0] if views else None)) is not None:
            yield view, cluster


def _groups(word: str, level: Level, holds: Callable[[vcs.GroupState], bool], good: str) -> Judge:
    def groups(wanted: set[str], summary: Summary) -> Verdicts:
        if isinstance(summary, vcs.EngineDown):
            return unclear("no VCS engine tells the states of groups")
        if untold := wanted - {group.group for group in summary.groups}:
            return unclear(f"hastatus tells nothing of {', '.join(sorted(untold))}")
        found = [f"{group.group} on {group.system}" for group in summary.groups if holds(group)]
        return Judged(level, f"{word}: {', '.join(found)}") if found else passes(good)

    return lambda site: [
        each
        for view, cluster in _views(site)
        for each in judged("", partial(groups, _names(cluster)), view)
    ]


def _names(cluster: ClusterReadings | None) -> set[str]:
    """The groups that hagrp knows, where it tells."""
    return {row.object for row in (cluster and cluster.groups.value) or ()}


def _pending(site: Gathered) -> Iterable[Judged]:
    for view, cluster in _views(site):
        if cluster is not None:
            known = view.value.groups if isinstance(view.value, vcs.Summary) else ()
            names = {group.group for group in known}
            yield from judged(cluster.label, partial(_queues, names), cluster.groups)


def _queues(names: set[str], attributes: Attributes) -> Verdicts:
    if untold := names - {row.object for row in attributes}:
        return unclear(f"hagrp tells nothing of {', '.join(sorted(untold))}")
    if names and not any(row.name in vcs.PENDING for row in attributes):
        return notes(
            f"hagrp tells none of {', '.join(vcs.PENDING)} here: VCS about to move a group shows "
            "only as a group in transition"
        )
    found = [
        f"{row.object} has {row.name} {row.value}"
        for row in attributes
        if row.name in vcs.PENDING and row.value
    ]
    return stops(", ".join(found)) if found else passes("no failover is pending")


def _fencing(site: Gathered) -> Iterable[Judged]:
    if site.cluster is not None:
        yield from _fenced(site.cluster, site.nodes)
    if site.managed is not None:
        yield from _fenced(site.managed, site.managers)


def _fenced(
    cluster: ClusterReadings, members: Iterable[NodeReadings | ManagerReadings]
) -> Iterable[Judged]:
    without: list[str] = []
    for host in members:
        yield from unread(host.label, host.membership)
        if host.membership.value is not None and FENCING_PORT not in host.membership.value.ports:
            without.append(host.label)

    def mode(use_fence: str) -> Verdicts:
        if use_fence == "NONE":
            return passes("no I/O fencing: VCS's UseFence is NONE")
        if use_fence not in MODES:
            return unclear(f"VCS's UseFence is {use_fence or 'nothing'}, which is no mode we know")
        if without:
            return stops(
                f"UseFence is {use_fence}, but port b has no membership on {', '.join(without)}"
            )
        return passes(f"UseFence is {use_fence}, port b has members everywhere")

    yield from judged(cluster.label, mode, cluster.fencing)


def _freeze(site: Gathered) -> Iterable[Judged]:
    if site.freeze is None:
        yield notes(f"no freeze is known yet; HAD's own limit is {HAD_LIMIT:g} s")
    elif site.freeze > HAD_LIMIT:
        yield warns(f"a freeze of {site.freeze:g} s is above HAD's own limit of {HAD_LIMIT:g} s")
    else:
        yield passes(f"a freeze of {site.freeze:g} s is below HAD's own limit of {HAD_LIMIT:g} s")


ENGINE = (
    Check(
        "vcs.running",
        "VCS runs everywhere, and every system is RUNNING",
        "each node and manager: hastatus -sum",
        Level.STOP,
        "Every system must be RUNNING before one of them freezes.",
        "facts, vcs.md 4",
        each_member(lambda host: judged(host.label, _systems, host.summary)),
        has_cluster,
    ),
    Check(
        "vcs.faulted",
        "No group is faulted",
        "each node and manager: hastatus -sum",
        Level.WARNING,
        "Clear the fault first, or know why it may stay.",
        "facts, vcs.md 4",
        _groups("faulted", Level.WARNING, lambda g: "FAULTED" in g.state, "no group is faulted"),
        has_cluster,
    ),
    Check(
        "vcs.autodisabled",
        "No group is autodisabled",
        "each node and manager: hastatus -sum",
        Level.WARNING,
        "VCS won't bring it online there by itself.",
        "facts, vcs.md 4 and 5",
        _groups(
            "autodisabled", Level.WARNING, lambda g: g.autodisabled, "no group is autodisabled"
        ),
        has_cluster,
    ),
    Check(
        "vcs.in-transition",
        "No group is in transition",
        "each node and manager: hastatus -sum",
        Level.STOP,
        "Wait until VCS has finished, then read again.",
        "facts, vcs.md 4",
        _groups(
            "in transition",
            Level.STOP,
            lambda group: not vcs.IN_TRANSITION.isdisjoint(group.state),
            "no group is in transition",
        ),
        has_cluster,
    ),
    Check(
        "vcs.pending",
        "No failover is pending",
        "one node, one manager: hagrp -display",
        Level.STOP,
        "VCS is about to move this group itself. Wait until it has, then read again.",
        "facts, vcs.md 4",
        _pending,
        has_cluster,
    ),
    Check(
        "gab.fencing",
        "I/O fencing is as VCS wants it",
        "one node, one manager: haclus -value UseFence; each of them: gabconfig -a",
        Level.STOP,
        "Bring fencing up on this node first: it would be lost at the next split.",
        "facts, vcs.md 3 and 6",
        _fencing,
        has_cluster,
    ),
    Check(
        "freeze.had",
        "The freeze stays below what HAD itself bears",
        "",
        Level.WARNING,
        "On resume GAB may end the engine of the frozen node itself; raising peerinact does not "
        "help. Make the freeze shorter, or be ready to see HAD restart.",
        "facts, vcs.md 2.4",
        _freeze,
        has_nodes,
    ),
)
