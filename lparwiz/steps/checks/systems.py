"""Checks on the consoles: their user, the two managed systems, and who is on the way there."""

from collections.abc import Iterable, Mapping
from functools import partial

from lparwiz.run.snapshot import Level
from lparwiz.steps.checks.check import (
    Check,
    Judged,
    Verdicts,
    each_side,
    judged,
    notes,
    passes,
    stops,
    together,
    unclear,
    warns,
)
from lparwiz.steps.checks.gathered import Gathered, SideReadings
from lparwiz.steps.readings import Partitions, Rows
from lparwiz.tools import hmc

ROLES = frozenset({"hmcsuperadmin", "hmcoperator"})
"""May do every step, the last clean-up included (facts, hmc.md 1.9)."""
LESSER_ROLES = frozenset({"hmcpe", "hmcservicerep", "hmcviewer"})
"""Fail at one step or another: hmcpe only at the very last, the deletion (facts, hmc.md 1.9)."""
FIRST_WITH_UUID = 10
"""The first version that is known to print a partition's uuid (facts, hmc.md 1.3)."""
TIMEOUTS = ("session_timeout", "idle_timeout")
"""Minutes after which an HMC ends a session; 0 or none: never (facts, hmc.md 3)."""


def _version(version: hmc.Version) -> Verdicts:
    if version.version < FIRST_WITH_UUID:
        remedy = "A partition is told by its name and id alone there: let nobody change either."
        return notes(f"{version}: this version may print no uuid", remedy)
    return passes(str(version))


def _user(side: SideReadings, rows: Rows) -> Mapping[str, str] | None:
    return next((row for row in rows if row.get("name") == side.user), None)


def _role(side: SideReadings, rows: Rows) -> Verdicts:
    role = (_user(side, rows) or {}).get("taskrole")
    if role in ROLES:
        return passes(f"{side.user} is {role}")
    if role in LESSER_ROLES:
        return stops(f"{side.user} is {role}, which may not do every step")
    remedy = "See that it may migrate, create, change and delete partitions."
    told = f"is {role}" if role else "is not told by lshmcusr"
    return warns(f"the role of {side.user or 'the user'} {told}, which says nothing here", remedy)


def _resources(side: SideReadings, rows: Rows) -> Verdicts:
    row = _user(side, rows)
    if row is None:
        return ()  # said by hmc.role
    role = row.get("resourcerole", "")
    if not role:
        return notes(f"lshmcusr tells no resource role of {side.user}")
    if role.startswith("ALL:"):
        return passes("all resources")
    return warns(f"{side.user} has the resource role {role}, which may not hold both LPARs")


def _timeouts(side: SideReadings, rows: Rows) -> Verdicts:
    row = _user(side, rows)
    if row is None:
        return ()  # said by hmc.role
    if not any(key in row for key in TIMEOUTS):
        return notes(f"lshmcusr tells no timeout of {side.user}")
    set_ones = [f"{key}={row[key]}" for key in TIMEOUTS if row.get(key, "0") not in ("0", "")]
    if set_ones:
        return warns(f"the HMC ends a session of {side.user} by itself: {', '.join(set_ones)}")
    return passes("no session timeout")


def _system(side: SideReadings, rows: Rows) -> Verdicts:
    if not rows:
        return stops(f"this console doesn't manage {side.system_name}")
    return passes(f"manages {side.system_name}")


def _operating(side: SideReadings, rows: Rows) -> Verdicts:
    if not rows:
        return ()  # said by hmc.system
    state = rows[0].get("state", "")
    if state == "Operating":
        return passes(f"{side.system_name} is Operating")
    return stops(f"{side.system_name} is {state or 'in no state that the HMC tells'}")


def _mobility(side: SideReadings, rows: Rows) -> Verdicts:
    if not rows:
        return ()  # said by hmc.system
    capable = rows[0].get("active_lpar_mobility_capable", "")
    if capable == "1":
        return passes(f"{side.system_name} can migrate running partitions")
    text = f"active_lpar_mobility_capable is {capable or 'not told'} on {side.system_name}"
    return stops(text) if capable == "0" else unclear(text)


def _vios(partitions: Partitions) -> list[hmc.Partition]:
    return [each for each in partitions if each.is_vios]


def _movers(side: SideReadings, partitions: Partitions) -> Verdicts:
    told = [each for each in _vios(partitions) if "msp" in each.row]
    movers = [e for e in told if e.row["msp"] == "1" and e.running and e.rmc_active]
    if movers:
        names = ", ".join(each.name for each in movers)
        return passes(f"mover service partitions on {side.system_name}: {names}")
    if _vios(partitions) and not told:
        return unclear(
            f"no VIOS of {side.system_name} tells whether it is a mover service partition"
        )
    return stops(f"no VIOS of {side.system_name} is a Running mover service partition with RMC")


def _rmc(side: SideReadings, partitions: Partitions) -> Verdicts:
    silent = [e.name for e in _vios(partitions) if not (e.running and e.rmc_active)]
    if silent:
        return warns(f"not Running with RMC active on {side.system_name}: {', '.join(silent)}")
    return passes(f"every VIOS of {side.system_name} is Running with RMC active")


def _migrations(site: Gathered) -> Iterable[Judged]:
    nodes = {node.partition.value for node in site.nodes}
    untold = [node.label for node in site.nodes if node.partition.value is None]

    def others(rows: Rows) -> Verdicts:
        moving = [
            row.get("name", "?")
            for row in rows
            if row.get("migration_state")
            and not hmc.Migration(row["migration_state"]).idle
            and row.get("name") != site.change.lpar.name  # said by lpar.idle
        ]
        if mates := nodes.intersection(moving):
            remedy = "Let it end: two frozen nodes at once can cost the quorum."
            return stops(
                f"a node of this cluster is migrating: {', '.join(map(str, mates))}", remedy
            )
        if moving and untold:
            who = together(untold)
            return unclear(f"migrating just now: {', '.join(moving)}; {who} may be one of them")
        if moving:
            return warns(f"migrating just now: {', '.join(moving)}")
        return passes("nothing else is migrating")

    for side in site.sides:
        yield from judged(side.label, others, side.migrations)


SYSTEMS = (
    Check(
        "hmc.version",
        "The HMC tells its version, and prints a partition's uuid",
        "each console: lshmc -V",
        Level.NOTE,
        "A partition is told by its name and id alone there: let nobody change either.",
        "facts, hmc.md 1.3 and 1.7",
        each_side(lambda side: judged(side.label, _version, side.version)),
    ),
    Check(
        "hmc.role",
        "The HMC's user may do every later step, the deletion included",
        "each console: lshmcusr",
        Level.STOP,
        "Use a user with the role hmcoperator or hmcsuperadmin: hmcpe fails at the last step.",
        "facts, hmc.md 1.9",
        each_side(lambda s: judged(s.label, partial(_role, s), s.users)),
    ),
    Check(
        "hmc.resources",
        "The HMC's user may touch all systems",
        "each console: lshmcusr",
        Level.WARNING,
        "See that this role holds both systems, the LPAR and the placeholder.",
        "facts, hmc.md 1.9",
        each_side(lambda s: judged(s.label, partial(_resources, s), s.users)),
    ),
    Check(
        "hmc.timeout",
        "The HMC ends no session by itself",
        "each console: lshmcusr",
        Level.WARNING,
        "It may end migrlpar's session midway. The outcome is then read from the consoles; better "
        "use a user without a timeout.",
        "facts, hmc.md 3",
        each_side(lambda s: judged(s.label, partial(_timeouts, s), s.users)),
    ),
    Check(
        "hmc.system",
        "Each console manages its system",
        "each console: lssyscfg -r sys",
        Level.STOP,
        "Mend [lpar] source and target, or name the console that manages it.",
        "facts, hmc.md 1.3",
        each_side(lambda s: judged(s.label, partial(_system, s), s.system)),
    ),
    Check(
        "hmc.operating",
        "Both systems are Operating",
        "each console: lssyscfg -r sys",
        Level.STOP,
        "The managed system must be Operating.",
        "facts, hmc.md 1.3 and 8.21",
        each_side(lambda s: judged(s.label, partial(_operating, s), s.system)),
    ),
    Check(
        "hmc.mobility",
        "Both systems can migrate running partitions",
        "each console: lssyscfg -r sys",
        Level.STOP,
        "The system needs PowerVM with active partition mobility.",
        "facts, hmc.md 1.7",
        each_side(lambda s: judged(s.label, partial(_mobility, s), s.system)),
    ),
    Check(
        "hmc.msp",
        "Both systems have a mover service partition",
        "each console: lssyscfg -r lpar",
        Level.STOP,
        "Set msp=1 on a VIOS, or bring it up: memory is copied between two of these.",
        "facts, hmc.md 1.7 and 8.21",
        each_side(lambda s: judged(s.label, partial(_movers, s), s.partitions)),
    ),
    Check(
        "hmc.vios",
        "Every VIOS is Running with RMC active",
        "each console: lssyscfg -r lpar",
        Level.WARNING,
        "Mend it: its adapters can't be mapped, or moved from there.",
        "facts, hmc.md 2 (HSCLA246) and 8.21",
        each_side(lambda s: judged(s.label, partial(_rmc, s), s.partitions)),
    ),
    Check(
        "hmc.migrations",
        "Nothing else is migrating on either system",
        "each console: lslparmigr -r lpar; each node: lparstat -i",
        Level.STOP,
        "Let it end: migrations at the same time make each other's freeze longer.",
        "facts, vcs.md 7 and 10.22",
        _migrations,
    ),
)
