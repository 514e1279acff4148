"""On the consoles: their user, and the two managed systems."""

from typing import TYPE_CHECKING

from lparwiz.lab.troubles.trouble import EVERYWHERE, other, partition, trouble

if TYPE_CHECKING:
    from lparwiz.lab.site import Site


@trouble("hmc.version", EVERYWHERE)
def old_hmc(site: "Site") -> None:
    """The target's console is an old one."""
    site.consoles[-1].version = 8


@trouble("hmc.role", EVERYWHERE)
def lesser_role(site: "Site") -> None:
    """The target's console lets its user do all but delete."""
    site.consoles[-1].role = "hmcpe"


@trouble("hmc.resources", EVERYWHERE)
def some_resources(site: "Site") -> None:
    """The target's console lets its user touch some resources only."""
    site.consoles[-1].resource_role = "dbteam"


@trouble("hmc.timeout", EVERYWHERE)
def session_timeout(site: "Site") -> None:
    """The source's console ends sessions by itself."""
    site.consoles[0].session_timeout = "15"


@trouble("hmc.system", EVERYWHERE)
def not_managed_there(site: "Site") -> None:
    """The target's console doesn't manage the target."""
    site.consoles[-1].systems.clear()


@trouble("hmc.operating", EVERYWHERE)
def target_standby(site: "Site") -> None:
    """The target is not Operating."""
    site.systems[1].row["state"] = "Standby"


@trouble("hmc.mobility", EVERYWHERE)
def target_incapable(site: "Site") -> None:
    """The target can't migrate running partitions."""
    site.systems[1].row["active_lpar_mobility_capable"] = "0"


@trouble("hmc.msp", EVERYWHERE)
def no_mover(site: "Site") -> None:
    """The target has no mover service partition."""
    for name in ("vios1", "vios2"):
        partition(site, 1, name).row["msp"] = "0"


@trouble("hmc.vios", EVERYWHERE)
def vios_silent(site: "Site") -> None:
    """One VIOS of the target has no RMC."""
    partition(site, 1, "vios2").row["rmc_state"] = "inactive"


@trouble("hmc.migrations", EVERYWHERE)
def bystander_migrating(site: "Site") -> None:
    """Another partition of the source is migrating."""
    partition(site, 0, "nim server").moving = "Migration In Progress"


@trouble("hmc.migrations", EVERYWHERE)
def mate_migrating(site: "Site") -> None:
    """Another node of the same cluster is migrating, as a console shows."""
    partition(site, 1, other(site).label).moving = "Migration In Progress"
