"""Checks on the LPAR: on its source, in its definition, and who holds its name on the target."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from decimal import Decimal, InvalidOperation

from lparwiz.run.snapshot import Level
from lparwiz.steps.checks.check import (
    Check,
    Judge,
    Judged,
    Verdicts,
    has_profiles,
    judged,
    notes,
    passes,
    stops,
    unclear,
    warns,
)
from lparwiz.steps.checks.definition import hazards, losses
from lparwiz.steps.checks.gathered import Gathered
from lparwiz.steps.placeholder import interim_name
from lparwiz.steps.readings import Partitions, Rows
from lparwiz.tools import hmc
from lparwiz.tools.errors import ToolError

RUNS_WITH = (
    ("curr_mem", "desired_mem", "MB of memory"),
    ("curr_proc_units", "desired_proc_units", "processing units"),
    ("curr_procs", "desired_procs", "processors"),
)
"""What lshwres tells of the running partition, and what its profile calls the same."""
LEAST_SPACE = 64 * 1024 * 1024
"""Bytes: many times what a journal with every answer, and the backup in it, came to in the lab."""


def _lpar(judge: Callable[[Gathered, hmc.Partition], Verdicts]) -> Judge:
    """Judge the LPAR's row on its source, where there is one; `lpar.found` says where not."""

    def conclude(site: Gathered) -> Iterable[Judged]:
        def found(_: Partitions) -> Verdicts:
            lpar = site.lpar(site.source)
            return () if lpar is None else judge(site, lpar)

        return judged(site.source.label, found, site.source.partitions)

    return conclude


def _found(site: Gathered) -> Iterable[Judged]:
    name, side = site.change.lpar.name, site.source

    def found(_: Partitions) -> Verdicts:
        lpar = site.lpar(side)
        if lpar is None and (there := site.lpar(site.target)) is not None and there.running:
            return stops(
                f"{name} runs on {site.target.system_name} (id {there.lpar_id}) already",
                f"Nothing is to be migrated. To move it back, name {site.target.system_name} as "
                "the source.",
            )
        if lpar is None:
            return stops(f"there is no LPAR {name} on {side.system_name}")
        return passes(f"{name} stands on {side.system_name} with id {lpar.lpar_id}")

    return judged(side.label, found, side.partitions)


def _running(_: Gathered, lpar: hmc.Partition) -> Verdicts:
    return passes("it is Running") if lpar.running else stops(f"it is {lpar.state}")


def _rmc(_: Gathered, lpar: hmc.Partition) -> Verdicts:
    if lpar.rmc_active:
        return passes("RMC is active")
    return stops(f"RMC is {lpar.rmc_state or 'not told'}")


def _allowed(_: Gathered, lpar: hmc.Partition) -> Verdicts:
    if "migration_disabled" not in lpar.row:
        return notes("the HMC tells no migration_disabled: an old one has none")
    if lpar.migration_disabled:
        return stops("migration_disabled is 1")
    return passes("it is not barred from migrating")


def _idle(site: Gathered) -> Iterable[Judged]:
    def idle(rows: Rows) -> Verdicts:
        named = (row for row in rows if row.get("name") == site.change.lpar.name)
        state = next(named, {}).get("migration_state")
        if state is None:
            return notes("lslparmigr tells no migration state on this console")
        if hmc.Migration(state).idle:
            return passes("no migration is under way")
        return stops(f"lslparmigr says {state}")

    return judged(site.source.label, idle, site.source.migrations)


def _definition(site: Gathered) -> Iterable[Judged]:
    return _recreated(site, lambda made: passes(_count(made)))


def _count(made: hmc.Recreation) -> str:
    count = len(made.expected.profiles)
    return f"{count} profile{'s' if count != 1 else ''} can be made anew"


def _details(site: Gathered) -> Iterable[Judged]:
    def details(made: hmc.Recreation) -> Verdicts:
        label = site.source.label
        found = [*losses(made, label), *hazards(made, label)]
        return [replace(notes(f.text), part=f.id.removeprefix("definition.")) for f in found] or (
            passes("nothing is left out, and nothing comes along")
        )

    return _recreated(site, details)


def _recreated(site: Gathered, then: Callable[[hmc.Recreation], Verdicts]) -> list[Judged]:
    """A dry conversion of the backup."""

    def convert(rows: Rows, _: Partitions) -> Verdicts:
        lpar = site.lpar(site.source)
        if lpar is None:
            return ()
        try:
            made = hmc.recreate(site.change.lpar.source, hmc.Definition(lpar.row, rows))
        except ToolError as error:
            return stops(f"its definition can't be made anew: {error}")
        return then(made)

    return judged(site.source.label, convert, site.profiles, site.source.partitions)


def _drift(site: Gathered) -> Iterable[Judged]:
    """Whether the profile that it was started with still says what it runs with (hmc.md 4.4)."""

    def drift(profiles: Rows, memory: Rows, processors: Rows) -> Verdicts:
        lpar = site.lpar(site.source)
        if lpar is None:
            return ()
        if not memory or not processors:
            return unclear("lshwres doesn't know this partition")
        profile = next((row for row in profiles if row.get("name") == lpar.curr_profile), None)
        if profile is None:
            return notes(
                f"its current profile, {lpar.curr_profile or 'none'}, is not among its own"
            )
        now = {**memory[0], **processors[0]}
        pairs = [
            (now[a], profile[b], what) for a, b, what in RUNS_WITH if a in now and b in profile
        ]
        other = [f"{a} {what}, not {b}" for a, b, what in pairs if not _equal(a, b)]
        if other:
            return warns(f'it runs with {"; ".join(other)} as profile "{lpar.curr_profile}" says')
        if not pairs:
            return unclear("lshwres tells nothing that the profile has too")
        return passes(f'it runs with what profile "{lpar.curr_profile}" says')

    if site.memory is None or site.processors is None:
        return []
    return judged(site.source.label, drift, site.profiles, site.memory, site.processors)


def _equal(one: str, other: str) -> bool:
    try:
        return Decimal(one) == Decimal(other)
    except InvalidOperation:
        return one == other


def _pool(site: Gathered) -> Iterable[Judged]:
    """A pool of its own is lost on the way, in silence (facts, hmc.md 8.14)."""

    def pool(rows: Rows) -> Verdicts:
        pools = {row.get("shared_proc_pool_name", "") for row in rows}
        own = sorted(pools - {"", "none", "null", "DefaultPool"})
        if own:
            return warns(f"it is in the pool {', '.join(own)}, and lands in DefaultPool")
        return passes("it is in no pool of its own")

    return judged(site.source.label, pool, site.profiles)


def _name(site: Gathered) -> Iterable[Judged]:
    side, name = site.target, site.change.lpar.name
    where = f"on {side.system_name}"

    def holder(_: Partitions) -> Verdicts:
        lpar = site.lpar(side)
        if not has_profiles(site.change):
            if lpar is None:
                return passes(f"the name {name} is free {where}")
            return stops(
                f"a partition {name} stands {where} ({lpar.state}): validation would fail on it"
            )
        if lpar is None:
            remedy = "Nothing needs renaming. VCS could not have started the LPAR on this system."
            return warns(f"there is no placeholder {name} {where}", remedy)
        if not lpar.not_activated:
            remedy = "Find out which of the two is the real one. Nothing is renamed."
            return stops(f"{name} {where} is {lpar.state}: it is no placeholder", remedy)
        known_by = f"id {lpar.lpar_id}" + (f", uuid {lpar.uuid}" if lpar.uuid else "")
        return passes(f"placeholder {name} {where}: Not Activated, {known_by}")

    return judged(side.label, holder, side.partitions)


def _free(site: Gathered) -> Iterable[Judged]:
    side, wanted = site.target, interim_name(site.change.lpar.name)

    def free(everyone: Partitions) -> Verdicts:
        if any(partition.name == wanted for partition in everyone):
            return stops(f"{wanted} stands on {side.system_name} already")
        return passes(f"the name {wanted} is free")

    return judged(side.label, free, side.partitions)


def _space(site: Gathered) -> Iterable[Judged]:
    def space(free: int) -> Verdicts:
        text = f"{free // 1024**2} MiB are free where the run is kept"
        return passes(text) if free >= LEAST_SPACE else stops(text)

    return [] if site.space is None else judged("", space, site.space)


LPAR = (
    Check(
        "lpar.found",
        "The LPAR stands on the source",
        "source console: lssyscfg -r lpar",
        Level.STOP,
        "Mend [lpar] name and source; the name is the HMC's, not the hostname.",
        "facts, hmc.md 1.3",
        _found,
    ),
    Check(
        "lpar.running",
        "It is Running",
        "source console: lssyscfg -r lpar",
        Level.STOP,
        "Only a Running partition is moved live.",
        "facts, hmc.md 1.3",
        _lpar(_running),
    ),
    Check(
        "lpar.rmc",
        "RMC to it is active",
        "source console: lssyscfg -r lpar",
        Level.STOP,
        "Mend RMC between the HMC and the LPAR: validation fails without it.",
        "facts, hmc.md 1.7 and 2 (HSCLA246)",
        _lpar(_rmc),
    ),
    Check(
        "lpar.allowed",
        "It is not barred from migrating",
        "source console: lssyscfg -r lpar",
        Level.STOP,
        "Somebody barred it from migrating. Ask why before setting migration_disabled to 0.",
        "facts, hmc.md 1.5",
        _lpar(_allowed),
    ),
    Check(
        "lpar.idle",
        "No migration of it is under way",
        "source console: lslparmigr -r lpar",
        Level.STOP,
        "Let it end, stop it or recover it on the HMC first.",
        "facts, hmc.md 1.2 and 7",
        _idle,
    ),
    Check(
        "lpar.pool",
        "It is in no shared processor pool of its own",
        "source console: lssyscfg -r prof",
        Level.WARNING,
        "Put it into its pool on the target by hand after the migration.",
        "facts, hmc.md 8.14",
        _pool,
    ),
    Check(
        "lpar.drift",
        "It runs with what its current profile says",
        "source console: lshwres -r mem, -r proc; lssyscfg -r prof",
        Level.WARNING,
        "What is made anew on the source is the profile, not what runs. Save the running "
        "configuration into a profile first if it is to be kept.",
        "facts, hmc.md 4.4",
        _drift,
        has_profiles,
    ),
    Check(
        "lpar.definition",
        "Every profile can be read, and made anew",
        "source console: lssyscfg -r prof, -r lpar",
        Level.STOP,
        "Mend the profile on the HMC, or keep this LPAR where it is.",
        "facts, hmc.md 4.1 to 4.4",
        _definition,
        has_profiles,
    ),
    Check(
        "definition",
        "The definition that is made anew lacks nothing, and brings nothing dangerous along",
        "source console: lssyscfg -r prof, -r lpar",
        Level.NOTE,
        "Nothing now. Set by hand afterwards what is left out and needed.",
        "facts, hmc.md 4.3 and 4.5",
        _details,
        has_profiles,
    ),
    Check(
        "target.name",
        "The target holds a placeholder of the LPAR's name, Not Activated; or, without one to be "
        "renamed, nobody",
        "target console: lssyscfg -r lpar",
        Level.STOP,
        'If VCS starts the LPAR there, use route = "full" or "managed".',
        "facts, vcs.md 10.13; hmc.md 7",
        _name,
    ),
    Check(
        "target.free",
        "Nobody bears the name that the placeholder will bear meanwhile",
        "target console: lssyscfg -r lpar",
        Level.STOP,
        "Perhaps an earlier run left it. Its ledger says what is owed; settle that first.",
        "facts, hmc.md 1.8",
        _free,
        has_profiles,
    ),
    Check(
        "backup.space",
        "There is room for the backup",
        "this machine: free space where the run is kept",
        Level.STOP,
        "Make room, or name another place with --runs.",
        "facts, hmc.md 4.1",
        _space,
    ),
)
