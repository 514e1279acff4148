"""Checks on the consoles: the managed systems, the LPAR, and who stands in its way."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lparwiz.run.action import Reading
from lparwiz.run.snapshot import Finding, Level
from lparwiz.steps.checks.unread import unknown
from lparwiz.tools import hmc

ROLES = frozenset({"hmcsuperadmin", "hmcoperator"})
"""May do every step, the last clean-up included (facts, hmc.md 1.9)."""
LESSER_ROLES = frozenset({"hmcpe", "hmcservicerep", "hmcviewer"})
"""Fail at one step or another: hmcpe only at the very last, the deletion (facts, hmc.md 1.9)."""

Rows = tuple[dict[str, str], ...]


@dataclass(frozen=True)
class SideReadings:
    """What the console of one side said."""

    label: str
    system_name: str
    user: str
    system: Reading[Rows]
    lpar: Reading[tuple[hmc.Partition, ...]]
    users: Reading[Rows]


def check_side(side: SideReadings) -> Iterable[Finding]:
    """The managed system of one side, and the console's user."""
    if side.system.value is None:
        yield unknown("hmc.system", side.label, side.system)
    elif not side.system.value:
        yield Finding(
            "hmc.system",
            Level.STOP,
            f"this console doesn't manage {side.system_name}",
            side.label,
            "Mend [lpar] source and target, or name the console that manages it.",
            side.system.command,
        )
    else:
        yield from _system(side, side.system.value[0])
    yield from _role(side)


def _system(side: SideReadings, row: Mapping[str, str]) -> Iterable[Finding]:
    state = row.get("state", "")
    capable = row.get("active_lpar_mobility_capable", "")
    if state != "Operating":
        yield Finding(
            "hmc.operating",
            Level.STOP,
            f"{side.system_name} is {state or 'in no state that the HMC tells'}",
            side.label,
            "The managed system must be Operating.",
            side.system.command,
        )
    elif capable == "1":
        text = f"{side.system_name} is Operating and can migrate running partitions"
        yield Finding("hmc.operating", Level.PASS, text, side.label, evidence=side.system.command)
    else:
        level = Level.STOP if capable == "0" else Level.UNKNOWN
        yield Finding(
            "hmc.mobility",
            level,
            f"active_lpar_mobility_capable is {capable or 'not told'} on {side.system_name}",
            side.label,
            "The system needs PowerVM with active partition mobility.",
            side.system.command,
        )


def _role(side: SideReadings) -> Iterable[Finding]:
    rows = side.users.value
    role = None
    if rows is not None:
        role = next((r.get("taskrole") for r in rows if r.get("name") == side.user), None)
    if role in ROLES:
        text = f"{side.user} is {role}"
        yield Finding("hmc.role", Level.PASS, text, side.label, evidence=side.users.command)
    elif role in LESSER_ROLES:
        yield Finding(
            "hmc.role",
            Level.STOP,
            f"{side.user} is {role}, which may not do every step",
            side.label,
            "Use a user with the role hmcoperator or hmcsuperadmin: hmcpe fails at the last step.",
            side.users.command,
        )
    else:
        yield Finding(
            "hmc.role",
            Level.WARNING,
            f"the role of {side.user or 'the user'} is not known: {side.users.problem or role}",
            side.label,
            "See that it may migrate, create, change and delete partitions.",
            side.users.command,
        )


def check_lpar(source: SideReadings, migration: Reading[Rows], name: str) -> Iterable[Finding]:
    """The LPAR on its source."""
    if source.lpar.value is None:
        yield unknown("lpar.found", source.label, source.lpar)
        return
    if not source.lpar.value:
        yield Finding(
            "lpar.found",
            Level.STOP,
            f"there is no LPAR {name} on {source.system_name}",
            source.label,
            "Mend [lpar] name and source; the name is the HMC's, not the hostname.",
            source.lpar.command,
        )
        return
    lpar = source.lpar.value[0]
    text = f"{name} is {lpar.state} with id {lpar.lpar_id}"
    yield _judged(
        "lpar.running",
        text,
        source.label,
        "Only a Running partition is moved live.",
        source.lpar.command,
        good=lpar.running,
    )
    yield _judged(
        "lpar.rmc",
        f"RMC is {lpar.rmc_state or 'not told'}",
        source.label,
        "Mend RMC between the HMC and the LPAR: validation fails without it.",
        source.lpar.command,
        good=lpar.rmc_active,
    )
    if lpar.migration_disabled:
        yield Finding(
            "lpar.allowed",
            Level.STOP,
            "migration_disabled is 1",
            source.label,
            "Somebody barred it from migrating. Ask why before setting it to 0.",
            source.lpar.command,
        )
    yield from _idle(source, migration)


def _judged(
    check_id: str, text: str, label: str, remedy: str, command: str, *, good: bool
) -> Finding:
    if good:
        return Finding(check_id, Level.PASS, text, label, evidence=command)
    return Finding(check_id, Level.STOP, text, label, remedy, command)


def _idle(source: SideReadings, migration: Reading[Rows]) -> Iterable[Finding]:
    states = [row.get("migration_state") for row in migration.value or ()]
    if not states or states[0] is None:
        yield Finding(
            "lpar.idle",
            Level.NOTE,
            "lslparmigr tells no migration state on this console",
            source.label,
            evidence=migration.command,
        )
    elif hmc.Migration(states[0]).idle:
        text = "no migration is under way"
        yield Finding("lpar.idle", Level.PASS, text, source.label, evidence=migration.command)
    else:
        yield Finding(
            "lpar.idle",
            Level.STOP,
            f"lslparmigr says {states[0]}",
            source.label,
            "Let it end, stop it or recover it on the HMC first.",
            migration.command,
        )


def check_target(target: SideReadings, name: str, *, placeholder_wanted: bool) -> Iterable[Finding]:
    """Who holds the LPAR's name on the target."""
    if target.lpar.value is None:
        yield unknown("target.name", target.label, target.lpar)
        return
    holder = target.lpar.value[0] if target.lpar.value else None
    where = f"on {target.system_name}"
    if holder is None and not placeholder_wanted:
        text = f"the name {name} is free {where}"
        yield Finding("target.name", Level.PASS, text, target.label, evidence=target.lpar.command)
    elif holder is None:
        yield Finding(
            "target.name",
            Level.WARNING,
            f"there is no placeholder {name} {where}",
            target.label,
            "Nothing needs renaming there. VCS could not have started the LPAR on this system.",
            target.lpar.command,
        )
    elif not placeholder_wanted:
        yield Finding(
            "target.name",
            Level.STOP,
            f"a partition {name} stands {where} ({holder.state}): validation would fail on it",
            target.label,
            'If VCS starts the LPAR there, use route = "full" or "managed".',
            target.lpar.command,
        )
    elif not holder.not_activated:
        yield Finding(
            "target.name",
            Level.STOP,
            f"{name} {where} is {holder.state}: it is no placeholder",
            target.label,
            "Find out which of the two is the real one. Nothing is renamed.",
            target.lpar.command,
        )
    else:
        text = f"placeholder {name} {where}: Not Activated, id {holder.lpar_id}"
        yield Finding("target.name", Level.PASS, text, target.label, evidence=target.lpar.command)


def check_free_name(
    target: SideReadings, everyone: Reading[tuple[hmc.Partition, ...]], wanted: str
) -> Iterable[Finding]:
    """The name that the placeholder will bear meanwhile."""
    if everyone.value is None:
        yield unknown("target.free", target.label, everyone)
    elif any(partition.name == wanted for partition in everyone.value):
        yield Finding(
            "target.free",
            Level.STOP,
            f"{wanted} stands on {target.system_name} already",
            target.label,
            "Perhaps an earlier run left it. Its ledger says what is owed; settle that first.",
            everyone.command,
        )
    else:
        text = f"the name {wanted} is free"
        yield Finding("target.free", Level.PASS, text, target.label, evidence=everyone.command)
