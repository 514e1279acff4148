"""What may be wrong with a site when it starts: one switch a condition, each by its name.

These are the conditions that a careful operator looks for before a migration. A site that has one
is otherwise healthy, so that whoever looks finds that one and nothing else.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from lparwiz.lab.models import ErrorEntry, Group, Node, Partition, Resource

if TYPE_CHECKING:
    from lparwiz.lab.site import Site

Trouble = Callable[["Site"], None]
TROUBLES: dict[str, Trouble] = {}
"""By name."""


def trouble(act: Trouble) -> Trouble:
    """Enter a condition under its function's name."""
    TROUBLES[act.__name__.replace("_", "-")] = act
    return act


def _other(site: "Site") -> Node:
    """A node that watches the moving one, or the target's manager."""
    return site.cluster.nodes[1]


def _lpar(site: "Site") -> Partition:
    found = site.systems[0].find(site.scenario.lpar)
    assert found is not None
    return found


def _group(site: "Site") -> Group:
    return site.cluster.groups[0]


def _partition(site: "Site", system: int, name: str) -> Partition:
    found = site.systems[system].find(name)
    assert found is not None
    return found


def _rewrite(node: Node, path: str, *pairs: tuple[str, str]) -> None:
    text = node.files.read(path).decode()
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new)
    node.files.write(path, text.encode())


# -- the LLT cluster ----------------------------------------------------------------------------


@trouble
def llt_stopped(site: "Site") -> None:
    """LLT is not running on a node."""
    _other(site).llt_running = False


@trouble
def link_down(site: "Site") -> None:
    """A node sees one link to the moving node DOWN."""
    site.cluster.down[1, 0] = {"en3"}


@trouble
def peerinact_zero(site: "Site") -> None:
    """A node never notices a dead peer."""
    node = _other(site)
    node.timers["peerinact"] = 0
    _timer_in_file(node, 0)


@trouble
def timer_forgotten(site: "Site") -> None:
    """A node runs with another peerinact than its llttab sets."""
    _other(site).timers["peerinact"] = 9000


@trouble
def timers_differ(site: "Site") -> None:
    """A node has another peerinact than the others, in its file too."""
    _other(site).timers["peerinact"] = 4800
    _timer_in_file(_other(site), 4800)


def _timer_in_file(node: Node, centiseconds: int) -> None:
    lines = [
        line
        for line in node.files.read("/etc/llttab").decode().splitlines()
        if not line.startswith("set-timer peerinact")
    ]
    at = lines.index("start") if "start" in lines else len(lines)
    lines.insert(at, f"set-timer peerinact:{centiseconds}")
    node.files.write("/etc/llttab", ("\n".join(lines) + "\n").encode())


@trouble
def mac_changed(site: "Site") -> None:
    """A node's llttab names an address that its link no longer has."""
    node = _other(site)
    _rewrite(node, "/etc/llttab", (node.macs[0].lower(), "08:00:20:93:ff:34"))


@trouble
def no_port_h(site: "Site") -> None:
    """HAD has no membership in GAB."""
    site.cluster.without_had = True


@trouble
def jeopardy(site: "Site") -> None:
    """GAB has a node in jeopardy."""
    site.cluster.jeopardy = {1}


@trouble
def visible(site: "Site") -> None:
    """GAB has a node that is only visible."""
    site.cluster.visible = {1}


@trouble
def members_differ(site: "Site") -> None:
    """A node has fallen out of the others' membership, and sees itself alone."""
    site.cluster.members.discard(_other(site).llt_id)


@trouble
def cluster_file_system(site: "Site") -> None:
    """CVM and CFS are in use."""
    site.cluster.ports += "fvw"


@trouble
def fencing_lost(site: "Site") -> None:
    """VCS wants fencing, and GAB's port for it has no members."""
    site.cluster.fencing = "SCSI3"


@trouble
def node_migrating(site: "Site") -> None:
    """Another node's error log has a migration that hasn't ended."""
    entry = ErrorEntry("CLIENT_PMIG_STARTED", "08917DC6", "Client Partition Migration Started", 0.0)
    _other(site).errors.append(entry)


@trouble
def clock_wrong(site: "Site") -> None:
    """A node's clock is far ahead."""
    _other(site).clock_offset = 3600.0


@trouble
def old_software(site: "Site") -> None:
    """A node has an older VCS."""
    _other(site).filesets["VRTSvcs"] = "7.4.1.0"


@trouble
def dlpar_script(site: "Site") -> None:
    """A DLPAR script is installed on the moving node."""
    site.cluster.nodes[0].scripts.append("/usr/lib/dr/scripts/all/ora_dlpar.sh")


# -- VCS ----------------------------------------------------------------------------------------


@trouble
def engine_down(site: "Site") -> None:
    """HAD is not running on a node."""
    _other(site).had_running = False


@trouble
def system_not_running(site: "Site") -> None:
    """VCS has a system in another state."""
    site.cluster.system_states[_other(site).system] = "STALE_ADMIN_WAIT"


@trouble
def group_faulted(site: "Site") -> None:
    """A group is faulted on a system."""
    _group(site).states[_other(site).system] = "OFFLINE|FAULTED"


@trouble
def group_autodisabled(site: "Site") -> None:
    """A group is autodisabled on a system."""
    _group(site).autodisabled.add(_other(site).system)


@trouble
def group_in_transition(site: "Site") -> None:
    """A group is on its way."""
    _group(site).states[_other(site).system] = "OFFLINE|STARTING"


@trouble
def failover_pending(site: "Site") -> None:
    """VCS is about to move a group."""
    _group(site).attributes["ToQ"] = _other(site).system


# -- the consoles -------------------------------------------------------------------------------


@trouble
def old_hmc(site: "Site") -> None:
    """The target's console is an old one."""
    site.consoles[-1].version = 8


@trouble
def lesser_role(site: "Site") -> None:
    """The target's console lets its user do all but delete."""
    site.consoles[-1].role = "hmcpe"


@trouble
def some_resources(site: "Site") -> None:
    """The target's console lets its user touch some resources only."""
    site.consoles[-1].resource_role = "dbteam"


@trouble
def session_timeout(site: "Site") -> None:
    """The source's console ends sessions by itself."""
    site.consoles[0].session_timeout = "15"


@trouble
def not_managed_there(site: "Site") -> None:
    """The target's console doesn't manage the target."""
    site.consoles[-1].systems.clear()


@trouble
def target_standby(site: "Site") -> None:
    """The target is not Operating."""
    site.systems[1].row["state"] = "Standby"


@trouble
def target_incapable(site: "Site") -> None:
    """The target can't migrate running partitions."""
    site.systems[1].row["active_lpar_mobility_capable"] = "0"


@trouble
def no_mover(site: "Site") -> None:
    """The target has no mover service partition."""
    for name in ("vios1", "vios2"):
        _partition(site, 1, name).row["msp"] = "0"


@trouble
def vios_silent(site: "Site") -> None:
    """One VIOS of the target has no RMC."""
    _partition(site, 1, "vios2").row["rmc_state"] = "inactive"


@trouble
def bystander_migrating(site: "Site") -> None:
    """Another partition of the source is migrating."""
    _partition(site, 0, "nim server").moving = "Migration In Progress"


@trouble
def mate_migrating(site: "Site") -> None:
    """Another node of the same cluster is migrating, as a console shows."""
    _partition(site, 1, _other(site).label).moving = "Migration In Progress"


# -- the LPAR -----------------------------------------------------------------------------------


@trouble
def lpar_suspended(site: "Site") -> None:
    """The LPAR is not Running."""
    _lpar(site).row["state"] = "Suspended"


@trouble
def lpar_elsewhere(site: "Site") -> None:
    """The LPAR is not on its source under its name."""
    _lpar(site).row["name"] = "renamed"


@trouble
def no_rmc(site: "Site") -> None:
    """RMC to the LPAR is lost."""
    _lpar(site).row["rmc_state"] = "inactive"


@trouble
def barred(site: "Site") -> None:
    """Somebody barred the LPAR from migrating."""
    _lpar(site).row["migration_disabled"] = "1"


@trouble
def lpar_migrating(site: "Site") -> None:
    """The LPAR is migrating already."""
    _lpar(site).moving = "Migration Starting"


@trouble
def drifted(site: "Site") -> None:
    """The LPAR runs with more memory than its profile says."""
    _lpar(site).drift["curr_mem"] = "49152"


@trouble
def own_pool(site: "Site") -> None:
    """The LPAR is in a shared processor pool of its own."""
    for profile in _lpar(site).profiles:
        profile["shared_proc_pool_name"] = "dbpool"


@trouble
def foreign_profile(site: "Site") -> None:
    """A profile of the LPAR names another partition."""
    _lpar(site).profiles[0]["lpar_name"] = "nim server"


@trouble
def fibre_channel(site: "Site") -> None:
    """The LPAR has a virtual Fibre Channel adapter."""
    adapters = "504/client/1/vios1/8/c050760431670010,c050760431670011/1"
    _lpar(site).profiles[0]["virtual_fc_adapters"] = f'"{adapters}"'


@trouble
def name_taken(site: "Site") -> None:
    """A partition of the LPAR's name runs on the target."""
    found = site.systems[1].find(site.scenario.lpar)
    if found is None:
        found = _partition(site, 1, "nim server")
        found.row["name"] = site.scenario.lpar
    found.row["state"] = "Running"


@trouble
def interim_name_taken(site: "Site") -> None:
    """Somebody bears the name that a placeholder would get meanwhile."""
    _partition(site, 1, "nim server").row["name"] = f"{site.scenario.lpar}_placeholder"


# -- VCS as the LPAR's manager ------------------------------------------------------------------


@trouble
def both_roles(site: "Site") -> None:
    """The LPAR is a node, and a resource of its own cluster."""
    name = site.scenario.lpar
    made = Resource("self_lpar", "LPAR", _group(site).name, {"LPARName": name})
    site.cluster.resources.append(made)


@trouble
def not_managed(site: "Site") -> None:
    """No resource names the LPAR."""
    site.cluster.resources[0].attributes["LPARName"] = "another"


@trouble
def server_stale(site: "Site") -> None:
    """A manager's PhysicalServer is the server that it once ran on."""
    site.cluster.system_attributes[_other(site).system, "PhysicalServer"] = site.systems[0].name


@trouble
def server_unset(site: "Site") -> None:
    """A manager's PhysicalServer is not set."""
    site.cluster.system_attributes[_other(site).system, "PhysicalServer"] = ""


@trouble
def target_not_listed(site: "Site") -> None:
    """The target's manager is not in the group's system list."""
    _group(site).systems.remove(_other(site).system)


@trouble
def policy_unset(site: "Site") -> None:
    """The group has no SysDownPolicy."""
    _group(site).attributes["SysDownPolicy"] = ""


@trouble
def removes_profile(site: "Site") -> None:
    """VCS deletes the definition when it takes the LPAR offline."""
    site.cluster.resources[0].attributes["RemoveProfileOnOffline"] = "1"


def _profile_path(site: "Site") -> str:
    return site.cluster.resources[0].by_system["ProfileFile", _other(site).system]


@trouble
def profile_file_unset(site: "Site") -> None:
    """A manager's system has no ProfileFile."""
    site.cluster.resources[0].by_system["ProfileFile", _other(site).system] = ""


@trouble
def profile_file_empty(site: "Site") -> None:
    """A manager's ProfileFile is empty."""
    _other(site).files.write(_profile_path(site), b"")


@trouble
def profile_file_wrong(site: "Site") -> None:
    """A manager's ProfileFile names a VIOS that its server doesn't have."""
    _rewrite(_other(site), _profile_path(site), ("/vios1/", "/vios7/"))


@trouble
def profile_file_unmapped(site: "Site") -> None:
    """A manager's ProfileFile has no VIOS mapping."""
    _other(site).files.write(_profile_path(site), b"name=db01,lpar_env=aixlinux\n")
