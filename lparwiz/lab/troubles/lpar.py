"""With the LPAR: its state, its definition, its name."""

from typing import TYPE_CHECKING

from lparwiz.lab.troubles.trouble import EVERYWHERE, PROFILES, lpar_of, partition, trouble

if TYPE_CHECKING:
    from lparwiz.lab.site import Site


@trouble("lpar.running", EVERYWHERE)
def lpar_suspended(site: "Site") -> None:
    """The LPAR is not Running."""
    lpar_of(site).row["state"] = "Suspended"


@trouble("lpar.found", EVERYWHERE)
def lpar_elsewhere(site: "Site") -> None:
    """The LPAR is not on its source under its name."""
    lpar_of(site).row["name"] = "renamed"


@trouble("lpar.rmc", EVERYWHERE)
def no_rmc(site: "Site") -> None:
    """RMC to the LPAR is lost."""
    lpar_of(site).row["rmc_state"] = "inactive"


@trouble("lpar.allowed", EVERYWHERE)
def barred(site: "Site") -> None:
    """Somebody barred the LPAR from migrating."""
    lpar_of(site).row["migration_disabled"] = "1"


@trouble("lpar.idle", EVERYWHERE)
def lpar_migrating(site: "Site") -> None:
    """The LPAR is migrating already."""
    lpar_of(site).moving = "Migration Starting"


@trouble("lpar.drift", PROFILES)
def drifted(site: "Site") -> None:
    """The LPAR runs with more memory than its profile says."""
    lpar_of(site).drift["curr_mem"] = "49152"


@trouble("lpar.pool", EVERYWHERE)
def own_pool(site: "Site") -> None:
    """The LPAR is in a shared processor pool of its own."""
    for profile in lpar_of(site).profiles:
        profile["shared_proc_pool_name"] = "dbpool"


@trouble("lpar.definition", PROFILES)
def foreign_profile(site: "Site") -> None:
    """A profile of the LPAR names another partition."""
    lpar_of(site).profiles[0]["lpar_name"] = "nim server"


@trouble("asked.wwpns", EVERYWHERE)
def fibre_channel(site: "Site") -> None:
    """The LPAR has a virtual Fibre Channel adapter."""
    adapters = "504/client/1/vios1/8/c050760431670010,c050760431670011/1"
    lpar_of(site).profiles[0]["virtual_fc_adapters"] = f'"{adapters}"'


@trouble("target.name", EVERYWHERE)
def name_taken(site: "Site") -> None:
    """A partition of the LPAR's name runs on the target."""
    found = site.systems[1].find(site.scenario.lpar)
    if found is None:
        found = partition(site, 1, "nim server")
        found.row["name"] = site.scenario.lpar
    found.row["state"] = "Running"


@trouble("target.free", PROFILES)
def interim_name_taken(site: "Site") -> None:
    """Somebody bears the name that a placeholder would get meanwhile."""
    partition(site, 1, "nim server").row["name"] = f"{site.scenario.lpar}_placeholder"
