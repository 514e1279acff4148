"""Build a site's machines as a scenario wants them."""

import posixpath
import uuid as uuids
from typing import TYPE_CHECKING

from lparwiz.lab import nested
from lparwiz.lab.cluster import Cluster
from lparwiz.lab.defaults import LPAR_DEFAULTS, POOLS, PROFILE_DEFAULTS, system_row
from lparwiz.lab.files import Files
from lparwiz.lab.models import (
    PSEUDO_PROFILE,
    Console,
    Group,
    Node,
    Partition,
    Resource,
    Row,
    System,
)

if TYPE_CHECKING:
    from lparwiz.lab.scenario import Scenario
    from lparwiz.lab.site import Site

LPAR_ID = "5"
"""The moving LPAR's id on its source."""
ORIGINAL = {"description": "Oracle, production", "allow_perf_collection": "1",
            "lpar_avail_priority": "191", "auto_start": "1"}  # fmt: skip
"""What the moving LPAR has that is not the HMC's default: a restore that forgets it shows."""


def make_uuid(number: int) -> str:
    """A uuid as an HMC prints it; the same number gives the same one."""
    return str(uuids.uuid5(uuids.NAMESPACE_OID, f"lab-{number}")).upper()


def systems(site: "Site") -> list[System]:
    """Source and target with everything that stands on them."""
    scenario = site.scenario
    source = System(scenario.source, system_row("78A1B20", "10.0.0.11", "Operating"))
    target = System(scenario.target, system_row("78C3D40", "10.0.0.12", scenario.target_state))
    for system in (source, target):
        for number in ("1", "2"):
            _add(site, system, f"vios{number}", number, _vios_profile(number), env="vioserver")
    lpar = _add(site, source, scenario.lpar, LPAR_ID, *_lpar_profiles())
    lpar.row.update(ORIGINAL)
    lpar.profiles.append({**lpar.profiles[0], "name": PSEUDO_PROFILE})
    if scenario.plain:
        _make_plain(lpar, by_file=scenario.by_vcs)
    lpar.row["migration_disabled"] = str(int(scenario.migration_disabled))
    lpar.row["rmc_state"] = "active" if scenario.rmc else "inactive"
    lpar.vterm = scenario.vterm
    _add(site, source, "nim server", "7", _profile("nim normal", desired_mem="4608"))
    _add(site, source, "test-web", "9", _profile("normal"), running=False)
    if scenario.has_placeholder:
        number = "12" if scenario.same_lpar_id else LPAR_ID
        _add(site, target, scenario.lpar, number, *_lpar_profiles()[:1], running=False)
    elif not scenario.same_lpar_id:
        _add(site, target, "mail gateway", LPAR_ID, _profile("normal"))
    _add(site, target, "nim server", "8", _profile("default profile"))
    others = range(1, scenario.nodes) if scenario.has_nodes else range(0)
    for index in others:
        name = node_name(index)
        _add(site, (source, target)[index % 2], name, str(20 + index), _profile("normal"))
    if scenario.has_managers:
        for index, system in enumerate((source, target)):
            _add(site, system, f"mgmt{index + 1}", "20", _profile("normal"))
    return [source, target]


def _make_plain(lpar: Partition, *, by_file: bool) -> None:
    """Leave nothing of an LPAR that can't be made anew as it is; a ProfileFile keeps VIOS ends."""
    profile = lpar.profiles[0]
    gone = ["all_resources", "shared_proc_pool_id", "virtual_fc_adapters"]
    gone += [] if by_file else ["virtual_scsi_adapters"]
    for key in [key for key, value in profile.items() if value == "null" or key in gone]:
        del profile[key]
    profile |= {"shared_proc_pool_name": "DefaultPool", "auto_start": "0"}
    lpar.profiles = [profile]
    for key in ("lpar_keylock", "suspend_capable", "vtpm_enabled"):
        del lpar.row[key]


def node_name(index: int) -> str:
    """The label, and LLT name, of node `index`."""
    return f"db{index + 1:02}"


def consoles(scenario: "Scenario", both: list[System]) -> list[Console]:
    """One HMC for both systems, or one for each."""
    managed = [both] if scenario.consoles == 1 else [[system] for system in both]
    return [
        Console(
            label=f"hmc{number}",
            hostname=f"hmc{number}.lab",
            systems=list(theirs),
            role=scenario.role,
            user=scenario.console_user,
            version=scenario.hmc_version,
            locale=scenario.locale,
            errors_on=scenario.errors_on,
            locked_until=300.0 if f"hmc{number}" in scenario.locked else 0.0,
        )
        for number, theirs in enumerate(managed, 1)
    ]


def cluster(site: "Site") -> Cluster:
    """The LLT cluster that the LPAR is a node of, or the one of the management LPARs."""
    labels = _labels(site.scenario)
    nodes = [_node(site, index, label) for index, label in enumerate(labels)]
    made = Cluster("lab_clus", nodes, site.clock, site.record)
    if site.scenario.has_nodes:
        _run_database(made)
    else:
        _manage_lpar(site, made)
    return made


def _labels(scenario: "Scenario") -> list[str]:
    """The labels of the cluster's nodes, which are their LLT names too."""
    if scenario.has_nodes:
        return [node_name(index) for index in range(scenario.nodes)]
    return ["mgmt1", "mgmt2"]


def _run_database(made: Cluster) -> None:
    """Groups that run on the nodes themselves."""
    systems = [node.system for node in made.nodes]
    made.groups = [Group("oradb_sg", systems[0], systems), Group("app_sg", systems[-1], systems)]
    made.resources = [
        Resource("oradb_ip", "IP", "oradb_sg", {"Device": "en0", "Address": "10.1.1.200"}),
        Resource("oradb_ora", "Oracle", "oradb_sg", {"Sid": "ORADB"}),
    ]


def _manage_lpar(site: "Site", made: Cluster) -> None:
    """The group by which VCS on the management LPARs looks after the LPAR."""
    scenario = site.scenario
    lpar = scenario.lpar.replace(" ", "_")
    group, resource = f"{lpar}_lpar_sg", f"{lpar}_lpar"
    systems = [node.system for node in made.nodes]
    made.groups = [Group(group, systems[0], systems, {"SysDownPolicy": "AutoDisableNoOffline"})]
    attributes = {"LPARName": scenario.lpar, "RemoveProfileOnOffline": "0"}
    made.resources = [Resource(resource, "LPAR", group, attributes)]
    for node, server in zip(made.nodes, site.systems, strict=True):
        made.system_attributes[node.system, "PhysicalServer"] = server.name
        if scenario.by_vcs:
            path = f"/profile/{lpar}.{server.name}"
            made.resources[0].by_system["ProfileFile", node.system] = path
            _profile_file(node, path, site.systems[0])


PROFILE_FILE = (
    "name", "lpar_id", "lpar_env", "work_group_id", "shared_proc_pool_util_auth",
    "allow_perf_collection", "power_ctrl_lpar_ids", "boot_mode", "auto_start",
    "redundant_err_path_reporting", "time_ref", "lpar_avail_priority",
)  # fmt: skip
"""What the guide has kept of a partition, as far as its page was found (facts, vcs.md 5)."""


def _profile_file(node: Node, path: str, source: System) -> None:
    """Pairs as the HMC prints them; how the real file ends was not found (facts, vcs.md 5)."""
    lpar = next(p for p in source.partitions if p.lpar_id == LPAR_ID)
    rows = ({key: lpar.row[key] for key in PROFILE_FILE}, lpar.profiles[0])
    text = "".join(f"{nested.row(row)}\n" for row in rows)
    node.files.make_folder(posixpath.dirname(path))
    node.files.write(path, text.encode())


def _node(site: "Site", index: int, label: str) -> Node:
    scenario = site.scenario

    def changed(what: str, path: str) -> None:
        site.record.note("file", host=label, path=path, what=what)

    files = Files(site.clock.now, changed)
    timers = {
        "heartbeat": 50, "heartbeatlo": 100, "peertrouble": 200,
        "peerinact": scenario.peerinact[index % len(scenario.peerinact)],
        "oos": 10, "retrans": 10, "service": 100, "arp": 30000, "arpreq": 3000,
    }  # fmt: skip
    if index == 1:  # a later release: more rows (facts, vcs.md 1.1)
        timers |= {"peertroublelo": 400, "linkstable": 30}
    macs = (f"08:00:20:93:{index:02X}:34", f"08:00:20:93:{index:02X}:35")
    node = Node(
        label=label,
        kind="node" if scenario.has_nodes else "manager",
        llt_id=index,
        llt_name=label,
        hostname=f"aix{label}.lab",
        system=f"{label.upper()}-vcs",
        user=scenario.node_user,
        timers=timers,
        lowwater=40,
        macs=macs,
        files=files,
        has_vcs=label not in scenario.without_vcs,
        llt_running=label not in scenario.llt_down | scenario.without_vcs,
        sudo=scenario.sudo,
        mispadded=index % 2 == 1,
        spaced_star=index % 3 == 2,
        perl=label not in scenario.without_perl,
        clock_stops=scenario.clock_stops,
    )
    if node.has_vcs:
        _vrts_files(site, node)
    return node


def _vrts_files(site: "Site", node: Node) -> None:
    names = _labels(site.scenario)
    peerinact = node.timers["peerinact"]
    lines = [f"set-node {node.llt_name}", "set-cluster 1234"]
    lines += [
        f"link {link} {link[:2]}-{mac.lower()} - ether - -"
        for link, mac in zip(("en2", "en3"), node.macs, strict=True)
    ]
    if peerinact != 1600:  # the built-in default needs no line
        lines.append(f"set-timer peerinact:{peerinact}")
    if node.llt_id % 2 == 0:
        lines = ["# maintained by the cluster team", *lines, "start"]
    tree = {
        "/etc/llttab": "\n".join(lines) + "\n",
        "/etc/llthosts": "".join(f"{i} {name}\n" for i, name in enumerate(names)),
        "/etc/gabtab": f"/sbin/gabconfig -c -n{len(names)}\n",
    }
    for path, content in tree.items():
        node.files.write(path, content.encode())


# -- partitions -----------------------------------------------------------------------------


def _add(
    site: "Site",
    system: System,
    name: str,
    lpar_id: str,
    *profiles: Row,
    env: str = "aixlinux",
    running: bool = True,
) -> Partition:
    row = {"name": name, "lpar_id": lpar_id, "lpar_env": env, **LPAR_DEFAULTS}
    row["default_profile"] = profiles[0]["name"]
    partition = Partition(row=row, profiles=[], uuid=site.new_uuid())
    row["logical_serial_num"] = site.serial(system, partition)
    if running:
        row |= {
            "state": "Running",
            "resource_config": "1",
            "os_version": "VIOS 3.1.4.21" if env == "vioserver" else "AIX 7.2 7200-05-03-2148",
            "curr_profile": profiles[0]["name"],
            "curr_lpar_proc_compat_mode": "POWER9_base",
            "rmc_state": "active",
            "rmc_ipaddr": f"10.1.{system.name == site.scenario.target:d}.{lpar_id}",
        }
    if env == "vioserver":
        row["msp"] = "1"
    partition.profiles = [
        {"name": p["name"], "lpar_name": name, "lpar_id": lpar_id, "lpar_env": env,
         **PROFILE_DEFAULTS, **p}
        for p in profiles
    ]  # fmt: skip
    system.partitions.append(partition)
    return partition


def _profile(name: str, **special: str) -> Row:
    made = {
        "name": name,
        "virtual_eth_adapters": "2/0/1//0/1/ETHERNET0//all/none",
        "virtual_scsi_adapters": "3/client/1/vios1/20/1,4/client/2/vios2/20/1",
        **special,
    }
    made["shared_proc_pool_id"] = POOLS[made.get("shared_proc_pool_name", "DefaultPool")]
    return made


def _vios_profile(number: str) -> Row:
    return _profile(
        f"vios{number} normal",
        io_slots="21010200/none/1,21010201/none/1,21010204/none/1",
        virtual_eth_adapters=nested.join([
            "10/1/1/2,3,4/1/1/ETHERNET0//all/none", "11/0/99//0/0/ETHERNET0//all/none",
        ]),
        virtual_scsi_adapters="20/server/5/any/3/0",
        virtual_fc_adapters="21/server/5/db01/504//0,22/server/7/nim server/22//0",
        conn_monitoring="1",
        auto_start="1",
    )  # fmt: skip


def _lpar_profiles() -> list[Row]:
    normal = _profile(
        "normal",
        min_mem="4096",
        desired_mem="32768",
        max_mem="65536",
        desired_proc_units="2.0",
        max_proc_units="8.0",
        desired_procs="4",
        max_procs="16",
        uncap_weight="192",
        shared_proc_pool_name="dbpool",
        max_virtual_slots="1000",
        virtual_scsi_adapters="304/client/1/vios1/4/1,404/client/2/vios2/6/1",
        virtual_eth_adapters=nested.join([
            "10/0/1//0/0/ETHERNET0//all/none",
            "11/0/97//0/0/ETHERNET0//all/none",
            "12/1/98/101,102/0/0/ETHERNET0//all/none",
        ]),
        virtual_fc_adapters=nested.join([
            "504/client/1/vios1/8/c050760431670010,c050760431670011/1",
            "604/client/2/vios2/5/c050760431670012,c050760431670013/1",
        ]),
        conn_monitoring="1",
        auto_start="1",
    )  # fmt: skip
    return [
        normal,
        {**normal, "name": "month end", "desired_mem": "65536", "desired_proc_units": "6.0"},
        {**normal, "name": "sms boot, old", "boot_mode": "sms", "auto_start": "0"},
    ]
