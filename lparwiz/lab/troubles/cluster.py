"""In the LLT cluster: LLT, GAB and AIX on its nodes."""

from dataclasses import replace
from typing import TYPE_CHECKING

from lparwiz.lab.mobility import ERROR_LOG
from lparwiz.lab.models import ErrorEntry, Node
from lparwiz.lab.troubles.trouble import EVERYWHERE, NODES, other, rewrite, trouble

if TYPE_CHECKING:
    from lparwiz.lab.site import Site


@trouble("llt.running", EVERYWHERE)
def llt_stopped(site: "Site") -> None:
    """LLT is not running on a node."""
    other(site).llt_running = False


@trouble("llt.links", EVERYWHERE)
def link_down(site: "Site") -> None:
    """A node sees one link to another DOWN."""
    site.cluster.down[1, 0] = {"en3"}


@trouble("llt.peerinact", NODES)
def peerinact_zero(site: "Site") -> None:
    """A node never notices a dead peer."""
    node = other(site)
    node.timers["peerinact"] = 0
    _timer_in_file(node, 0)


@trouble("llt.llttab", NODES)
def timer_forgotten(site: "Site") -> None:
    """A node runs with another peerinact than its llttab sets."""
    other(site).timers["peerinact"] = 9000


@trouble("llt.same", NODES)
def timers_differ(site: "Site") -> None:
    """A node has another peerinact than the others, in its file too."""
    other(site).timers["peerinact"] = 4800
    _timer_in_file(other(site), 4800)


def _timer_in_file(node: Node, centiseconds: int) -> None:
    lines = [
        line
        for line in node.files.read("/etc/llttab").decode().splitlines()
        if not line.startswith("set-timer peerinact")
    ]
    at = lines.index("start") if "start" in lines else len(lines)
    lines.insert(at, f"set-timer peerinact:{centiseconds}")
    node.files.write("/etc/llttab", ("\n".join(lines) + "\n").encode())


@trouble("llt.llttab", NODES)
def llttab_missing(site: "Site") -> None:
    """A node has no llttab."""
    other(site).files.remove("/etc/llttab")


@trouble("llt.persist", NODES)
def llttab_linked(site: "Site") -> None:
    """A node's llttab is a symbolic link, and the change asks for peerinact in it."""
    other(site).files.get("/etc/llttab").linked = True
    site.scenario = replace(site.scenario, persist=True)


@trouble("llt.macs", NODES)
def mac_changed(site: "Site") -> None:
    """A node's llttab names an address that its link no longer has."""
    node = other(site)
    rewrite(node, "/etc/llttab", (node.macs[0].lower(), "08:00:20:93:ff:34"))


@trouble("gab.ports", EVERYWHERE)
def no_port_h(site: "Site") -> None:
    """HAD has no membership in GAB."""
    site.cluster.without_had = True


@trouble("gab.ports", EVERYWHERE)
def jeopardy(site: "Site") -> None:
    """GAB has a node in jeopardy."""
    site.cluster.jeopardy = {1}


@trouble("gab.ports", EVERYWHERE)
def visible(site: "Site") -> None:
    """GAB has a node that is only visible."""
    site.cluster.visible = {1}


@trouble("gab.same", EVERYWHERE)
def members_differ(site: "Site") -> None:
    """A node has fallen out of the others' membership, and sees itself alone."""
    site.cluster.members.discard(other(site).llt_id)


@trouble("gab.cfs", NODES)
def cluster_file_system(site: "Site") -> None:
    """CVM and CFS are in use."""
    site.cluster.ports += "fvw"


@trouble("gab.fencing", EVERYWHERE)
def fencing_lost(site: "Site") -> None:
    """VCS wants fencing, and GAB's port for it has no members."""
    site.cluster.fencing = "SCSI3"


@trouble("cluster.migrating", NODES)
def node_migrating(site: "Site") -> None:
    """Another node's error log has a migration that hasn't ended."""
    started = "CLIENT_PMIG_STARTED"
    other(site).errors.append(ErrorEntry(started, *ERROR_LOG[started], at=0.0))


@trouble("cluster.clock", NODES)
def clock_wrong(site: "Site") -> None:
    """A node's clock is far ahead."""
    other(site).clock_offset = 3600.0


@trouble("aix.levels", NODES)
def old_software(site: "Site") -> None:
    """A node has an older VCS."""
    other(site).filesets["VRTSvcs"] = "7.4.1.0"


@trouble("aix.scripts", NODES)
def dlpar_script(site: "Site") -> None:
    """A DLPAR script is installed on the moving node."""
    site.cluster.nodes[0].scripts.append("/usr/lib/dr/scripts/all/ora_dlpar.sh")
