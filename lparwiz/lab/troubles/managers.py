"""In VCS as the LPAR's manager: the resource, its group, the ProfileFiles."""

from typing import TYPE_CHECKING

from lparwiz.lab.models import Resource
from lparwiz.lab.troubles.trouble import (
    MANAGERS,
    NODES,
    PROFILE_FILES,
    group,
    other,
    rewrite,
    trouble,
)

if TYPE_CHECKING:
    from lparwiz.lab.site import Site


@trouble("vcs.role", NODES)
def both_roles(site: "Site") -> None:
    """The LPAR is a node, and a resource of its own cluster."""
    name = site.scenario.lpar
    made = Resource("self_lpar", "LPAR", group(site).name, {"LPARName": name})
    site.cluster.resources.append(made)


@trouble("vcs.role", MANAGERS)
def not_managed(site: "Site") -> None:
    """No resource names the LPAR."""
    site.cluster.resources[0].attributes["LPARName"] = "another"


@trouble("vcs.physical-server", MANAGERS)
def server_stale(site: "Site") -> None:
    """A manager's PhysicalServer is the server that it once ran on."""
    site.cluster.system_attributes[other(site).system, "PhysicalServer"] = site.systems[0].name


@trouble("vcs.physical-server", MANAGERS)
def server_unset(site: "Site") -> None:
    """A manager's PhysicalServer is not set."""
    site.cluster.system_attributes[other(site).system, "PhysicalServer"] = ""


@trouble("vcs.target", MANAGERS)
def target_not_listed(site: "Site") -> None:
    """The target's manager is not in the group's system list."""
    group(site).systems.remove(other(site).system)


@trouble("vcs.sys-down-policy", MANAGERS)
def policy_unset(site: "Site") -> None:
    """The group has no SysDownPolicy."""
    group(site).attributes["SysDownPolicy"] = ""


@trouble("vcs.remove-profile", MANAGERS)
def removes_profile(site: "Site") -> None:
    """VCS deletes the definition when it takes the LPAR offline."""
    site.cluster.resources[0].attributes["RemoveProfileOnOffline"] = "1"


def _profile_path(site: "Site") -> str:
    return site.cluster.resources[0].by_system["ProfileFile", other(site).system]


@trouble("vcs.profile-file", PROFILE_FILES)
def profile_file_unset(site: "Site") -> None:
    """A manager's system has no ProfileFile."""
    site.cluster.resources[0].by_system["ProfileFile", other(site).system] = ""


@trouble("vcs.profile-file", PROFILE_FILES)
def profile_file_empty(site: "Site") -> None:
    """A manager's ProfileFile is empty."""
    other(site).files.write(_profile_path(site), b"")


@trouble("vcs.mappings", PROFILE_FILES)
def profile_file_wrong(site: "Site") -> None:
    """A manager's ProfileFile names a VIOS that its server doesn't have."""
    rewrite(other(site), _profile_path(site), ("/vios1/", "/vios7/"))


@trouble("vcs.mappings", PROFILE_FILES)
def profile_file_unmapped(site: "Site") -> None:
    """A manager's ProfileFile has no VIOS mapping."""
    other(site).files.write(_profile_path(site), b"name=db01,lpar_env=aixlinux\n")
