"""Checks on VCS as the LPAR's manager: the resource, its group, the management LPARs."""

from collections.abc import Iterable, Mapping
from functools import partial

from lparwiz.run.snapshot import Level
from lparwiz.steps.attributes import Attributes, managing_resource, own_system, value
from lparwiz.steps.checks.check import (
    Check,
    Judged,
    Verdicts,
    has_cluster,
    has_managers,
    judged,
    notes,
    passes,
    stops,
    unclear,
    vcs_migrates,
    warns,
)
from lparwiz.steps.checks.gathered import (
    ClusterReadings,
    Gathered,
    ManagerReadings,
    SideReadings,
    Summary,
)
from lparwiz.steps.readings import Partitions
from lparwiz.tools import llt, profile_file, vcs
from lparwiz.tools.errors import Unreadable

POLICY = "AutoDisableNoOffline"
"""A dead management LPAR on a living server must not fail its LPARs over (facts, vcs.md 5)."""


def _role(site: Gathered) -> Iterable[Judged]:
    """A node, or a managed LPAR: the guide forbids both at once (facts, vcs.md 0)."""
    name = site.change.lpar.name

    def in_own_cluster(attributes: Attributes) -> Verdicts:
        if (found := managing_resource(attributes, name)) is not None:
            return stops(f"{name} is a node of this cluster, and resource {found} in it manages it")
        return passes(f"{name} is a node, and no resource of its own cluster")

    def by_managers(attributes: Attributes) -> Verdicts:
        found = managing_resource(attributes, name)
        if found is not None and site.nodes:
            return stops(f"{name} is a node, and resource {found} of its managers manages it")
        if found is not None:
            return passes(f"resource {found} manages {name}")
        if site.nodes:
            return passes(f"{name} is a node, and its managers don't manage it")
        text = f"no resource of type LPAR names {name}"
        remedy = "See that these are its managers. If VCS doesn't manage it, use another route."
        return stops(text, remedy) if vcs_migrates(site.change) else warns(text, remedy)

    if site.cluster is not None:
        yield from judged(site.cluster.label, in_own_cluster, site.cluster.resources)
    if site.managed is not None:
        yield from judged(site.managed.label, by_managers, site.managed.resources)


def _profile_file(site: Gathered) -> Iterable[Judged]:
    for manager in site.managers:
        yield from judged(
            manager.label,
            partial(_named_file, site, manager),
            manager.resources,
            manager.systems,
            manager.peers,
        )


def _named_file(
    site: Gathered,
    manager: ManagerReadings,
    resources: Attributes,
    systems: Attributes,
    peers: tuple[llt.Peer, ...],
) -> Verdicts:
    system = own_system(systems, peers)
    resource = managing_resource(resources, site.change.lpar.name)
    if resource is None:
        return ()  # said by vcs.role
    if not system:
        return unclear("VCS knows no system of this LLT id")
    path = value(resources, resource, "ProfileFile", system)
    if not vcs_migrates(site.change):
        if path:
            remedy = "Make it anew for the new server afterwards; its VIOS mappings will differ."
            return notes(f"ProfileFile is {path}: VCS starts the LPAR from it", remedy)
        return passes("no ProfileFile, as this route has it")
    if not path:
        return stops(f"no ProfileFile is set for {system}")
    if manager.profile_file is None or manager.profile_file.value is None:
        problem = manager.profile_file.problem if manager.profile_file else "it was not read"
        return unclear(f"{path} can't be read here: {problem}")
    if not manager.profile_file.value.strip():
        return stops(f"{path} is empty")
    return passes(f"{path} is there")


def _mappings(site: Gathered) -> Iterable[Judged]:
    for manager in site.managers:
        if manager.profile_file is None:
            continue  # said by vcs.profile-file
        side = _side(site, manager)
        if side is None:
            yield Judged(Level.UNKNOWN, "on neither system is it seen", host=manager.label)
            continue
        yield from judged(
            manager.label, partial(_mapped, side), manager.profile_file, side.partitions
        )


def _mapped(side: SideReadings, text: str, partitions: Partitions) -> Verdicts:
    adapters = profile_file.mappings(text)
    if not adapters:
        return _unmapped(text)
    wrong = profile_file.strangers(text, {p.name: p.lpar_id for p in partitions if p.is_vios})
    if wrong:
        return stops(f"it names {', '.join(wrong)}, which is no VIOS of {side.system_name} as such")
    return passes(f"all {len(adapters)} adapters go to a VIOS of {side.system_name}")


def _unmapped(text: str) -> Verdicts:
    """Its form after the first pairs is not documented: only pairs are known to map nothing."""
    try:
        profile_file.records(text)
    except Unreadable:
        return unclear("it has no VIOS mapping in a form that is known here")
    return stops("it names no virtual adapter, so no VIOS mapping")


def _side(site: Gathered, manager: ManagerReadings) -> SideReadings | None:
    """The side on which a manager's partition runs; None where that isn't known."""
    running = [
        side
        for side in site.sides
        if any(p.name == manager.partition.value and p.running for p in side.partitions.value or ())
    ]
    return running[0] if len(running) == 1 else None


def _physical_server(site: Gathered) -> Iterable[Judged]:
    for manager in site.managers:
        yield from judged(
            manager.label,
            partial(_server, _side(site, manager)),
            manager.systems,
            manager.peers,
            manager.partition,
        )


def _server(
    side: SideReadings | None, systems: Attributes, peers: tuple[llt.Peer, ...], _: str
) -> Verdicts:
    system = own_system(systems, peers)
    if not system:
        return unclear("VCS knows no system of this LLT id")
    told = value(systems, system, "PhysicalServer")
    if not told:
        return stops(f"PhysicalServer of {system} is not set")
    if side is None:
        return notes(
            f"PhysicalServer of {system} is {told}; the consoles show it on neither system"
        )
    if told != side.system_name:
        return stops(f"PhysicalServer of {system} is {told}, but it runs on {side.system_name}")
    return passes(f"PhysicalServer of {system} is {told}")


def _group(site: Gathered, cluster: ClusterReadings) -> str:
    """The group of the resource that manages the LPAR; empty where there is none."""
    resources = cluster.resources.value or ()
    resource = managing_resource(resources, site.change.lpar.name)
    return value(resources, resource, "Group") if resource else ""


def _policy(site: Gathered) -> Iterable[Judged]:
    if (cluster := site.managed) is None:
        return

    def policy(groups: Attributes, _: Attributes) -> Verdicts:
        group = _group(site, cluster)
        if not group:
            return ()  # said by vcs.role
        if not any(row.object == group for row in groups):
            return unclear(f"hagrp tells nothing of {group}")
        if not any((row.object, row.name) == (group, "SysDownPolicy") for row in groups):
            return unclear(f"hagrp tells no SysDownPolicy of {group}")
        told = value(groups, group, "SysDownPolicy")
        if POLICY in told.split():
            return passes(f"SysDownPolicy of {group} is {told}")
        return warns(f"SysDownPolicy of {group} is {told or 'not set'}")

    yield from judged(cluster.label, policy, cluster.groups, cluster.resources)


def _removal(site: Gathered) -> Iterable[Judged]:
    if (cluster := site.managed) is None:
        return

    def removal(resources: Attributes) -> Verdicts:
        resource = managing_resource(resources, site.change.lpar.name)
        if not resource:
            return ()  # said by vcs.role
        if not any((r.object, r.name) == (resource, "RemoveProfileOnOffline") for r in resources):
            return notes(f"hares tells no RemoveProfileOnOffline of {resource}")
        told = value(resources, resource, "RemoveProfileOnOffline")
        if told == "1":
            return warns(f"RemoveProfileOnOffline of {resource} is 1")
        return passes(f"RemoveProfileOnOffline of {resource} is {told or 'not set'}")

    yield from judged(cluster.label, removal, cluster.resources)


def _target(site: Gathered) -> Iterable[Judged]:
    """Whether the group may run where it goes; hastatus shows it on each system of its list."""
    if (cluster := site.managed) is None:
        return
    summaries = [manager.summary for manager in site.managers]
    summary = next((s for s in summaries if isinstance(s.value, vcs.Summary)), summaries[0])

    def allowed(told: Summary, _: Attributes, systems: Attributes) -> Verdicts:
        group = _group(site, cluster)
        if not group:
            return ()  # said by vcs.role
        if isinstance(told, vcs.EngineDown):
            return unclear("no VCS engine tells the systems of the group")
        listed = [row.system for row in told.groups if row.group == group]
        if not listed:
            return unclear(f"hastatus tells nothing of {group}")
        wanted = _wanted(site, systems)
        if wanted is None:
            return warns(f"no VCS system has the PhysicalServer {site.change.lpar.target}")
        if wanted not in listed:
            return stops(f"{wanted} is not in the system list of {group}: {', '.join(listed)}")
        return passes(f"{group} may run on {wanted}")

    yield from judged(cluster.label, allowed, summary, cluster.resources, site.managers[0].systems)


def _wanted(site: Gathered, systems: Attributes) -> str | None:
    """The VCS system that the LPAR goes to."""
    if vcs_migrates(site.change) and site.change.vcs is not None:
        return site.change.vcs.to
    named: Mapping[str, str] = {
        row.value: row.object for row in systems if row.name == "PhysicalServer"
    }
    return named.get(site.change.lpar.target)


MANAGED = (
    Check(
        "vcs.role",
        "The LPAR is either a node, or managed by VCS from outside; not both",
        "one node, one manager: hatype -list; hatype -resources LPAR; hares -display",
        Level.STOP,
        "The guide forbids managed LPARs in a cluster. Decide which of the two it is.",
        "facts, vcs.md 0 and 10.19",
        _role,
        has_cluster,
    ),
    Check(
        "vcs.physical-server",
        "Each manager's PhysicalServer is the server that it runs on",
        "each manager: hasys -display; lparstat -i; each console: lssyscfg -r lpar",
        Level.STOP,
        "Correct it (haconf -makerw; hasys -modify SYSTEM PhysicalServer SERVER; haconf -dump "
        "-makero): VCS asks the HMC about that server.",
        "facts, vcs.md 5 and 10.14",
        _physical_server,
        has_managers,
    ),
    Check(
        "vcs.target",
        "The group may run on the system that the LPAR goes to",
        "one manager: hastatus -sum; hasys -display",
        Level.STOP,
        "Add that system to the group's SystemList, or choose another target.",
        "facts, vcs.md 4.1",
        _target,
        has_managers,
    ),
    Check(
        "vcs.sys-down-policy",
        "A dead manager on a living server fails no LPAR over",
        "one manager: hagrp -display",
        Level.WARNING,
        f'Set SysDownPolicy to {{ "{POLICY}" }} on the group.',
        "facts, vcs.md 5",
        _policy,
        has_managers,
    ),
    Check(
        "vcs.remove-profile",
        "VCS leaves the definition alone when it takes the LPAR offline",
        "one manager: hares -display",
        Level.WARNING,
        "VCS deletes definition and mappings when it takes the LPAR offline, and makes them anew "
        "from ProfileFile: see that this file is right on every system.",
        "facts, vcs.md 5",
        _removal,
        has_managers,
    ),
    Check(
        "vcs.profile-file",
        "Each manager has the ProfileFile that its system names",
        "each manager: hares -display; cat of the file",
        Level.STOP,
        "Make it as the guide says, on this manager, for this manager's server.",
        "facts, vcs.md 5 and 10.12",
        _profile_file,
        has_managers,
    ),
    Check(
        "vcs.mappings",
        "The VIOS mappings in each ProfileFile fit its server",
        "each manager: cat of the file; each console: lssyscfg -r lpar",
        Level.STOP,
        "Make the file anew for this server: with wrong mappings VCS stops midway.",
        "facts, vcs.md 5",
        _mappings,
        vcs_migrates,
    ),
)
