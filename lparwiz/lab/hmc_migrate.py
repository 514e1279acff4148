"""`migrlpar`: validate, migrate, stop, recover (facts, hmc.md 1.1)."""

import asyncio

from lparwiz.lab.hmc_call import Call, Grammar
from lparwiz.lab.messages import HmcRefusesError
from lparwiz.lab.models import System

MIGRATE = Grammar(
    frozenset({
        "-o", "-m", "-t", "-p", "--id", "--ip", "-u", "-n", "--redundantvios", "--mpio",
        "--vlanbridge", "--vsi", "--npivval", "--uuid", "--protectstorage", "--requirerr",
        "--redundantvnicbkdev", "--vniccfg", "--redundantmsps", "--migsriov", "-f", "-i", "-w",
        "-d", "--steps",
    }),
    frozenset({"--all", "--affinity", "--usecurrdata", "--force", "-v", "--nodetails"}),
)  # fmt: skip
"""As the POWER9 synopsis has it (facts, hmc.md 1.1)."""


async def migrlpar(call: Call) -> None:
    """Validate, migrate, stop or recover."""
    what = call.need("-o")
    if what not in ("v", "m", "s", "r"):
        raise HmcRefusesError("parameter", "-o")
    call.may("MigrateLPAR")
    system = call.system()
    mobility = call.site.mobility
    name, lpar_id = call.options.get("-p"), call.options.get("--id")
    if what == "r":
        mobility.recover(call.partition(system, name, lpar_id).name, system)
        return
    partition = call.partition(system, name, lpar_id)
    if what == "s":
        # Only the console of the source may (facts, hmc.md 1.1).
        if mobility.current is not None and mobility.current.source is not system:
            raise HmcRefusesError("parameter", "-m")
        mobility.stop(partition)
        return
    target = _target(call)
    if target is system:
        raise HmcRefusesError("parameter", "-t")
    if what == "v":
        call.site.record.note("validation", lpar=partition.name, target=target.name)
        await call.site.clock.sleep(mobility.validating_for)
        mobility.check(partition, target)
        return
    migration = mobility.start(partition, system, target)
    # The migration goes on without the session that asked for it.
    key, parts = await call.site.clock.wait(asyncio.shield(migration.over))
    if key:
        raise HmcRefusesError(key, *parts)


def _target(call: Call) -> System:
    """The target system; another console's only through `--ip` (facts, hmc.md 1.1)."""
    name = call.need("-t")
    if "--ip" not in call.options:
        found = call.console.system(name)
        if found is None:
            raise HmcRefusesError("parameter", "-t")
        return found
    address = call.options["--ip"]
    others = [c for c in call.site.consoles if address in (c.hostname, c.label, "127.0.0.1")]
    user = call.options.get("-u", call.console.user)
    if not others or all(user != c.user for c in others):
        raise HmcRefusesError("keys", user)
    found = next((s for c in others if (s := c.system(name)) is not None), None)
    if found is None:
        raise HmcRefusesError("parameter", "-t")
    return found
