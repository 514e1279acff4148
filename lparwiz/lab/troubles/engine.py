"""In VCS: its engine and its groups."""

from typing import TYPE_CHECKING

from lparwiz.lab.troubles.trouble import EVERYWHERE, group, other, trouble

if TYPE_CHECKING:
    from lparwiz.lab.site import Site


@trouble("vcs.running", EVERYWHERE)
def engine_down(site: "Site") -> None:
    """HAD is not running on a node."""
    other(site).had_running = False


@trouble("vcs.running", EVERYWHERE)
def system_not_running(site: "Site") -> None:
    """VCS has a system in another state."""
    site.cluster.system_states[other(site).system] = "STALE_ADMIN_WAIT"


@trouble("vcs.faulted", EVERYWHERE)
def group_faulted(site: "Site") -> None:
    """A group is faulted on a system."""
    group(site).states[other(site).system] = "OFFLINE|FAULTED"


@trouble("vcs.autodisabled", EVERYWHERE)
def group_autodisabled(site: "Site") -> None:
    """A group is autodisabled on a system."""
    group(site).autodisabled.add(other(site).system)


@trouble("vcs.in-transition", EVERYWHERE)
def group_in_transition(site: "Site") -> None:
    """A group is on its way."""
    group(site).states[other(site).system] = "OFFLINE|STARTING"


@trouble("vcs.pending", EVERYWHERE)
def failover_pending(site: "Site") -> None:
    """VCS is about to move a group."""
    group(site).attributes["ToQ"] = other(site).system
