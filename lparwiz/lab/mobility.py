"""Live partition mobility: validate, migrate, stop, recover (facts, hmc.md 7).

A migration belongs to the HMCs, not to the session that asked for it: it goes on when that is
cut. The partition stands on both systems while its memory is copied; it stands still once, near
the end; and when it is done the source's definition is gone with all its profiles.
"""

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lparwiz.lab.messages import HmcRefusesError
from lparwiz.lab.models import PSEUDO_PROFILE, ErrorEntry, Partition, System

if TYPE_CHECKING:
    from lparwiz.lab.site import Site

SHARES = {"validating": 0.08, "preparing": 0.12, "copying": 0.60, "completing": 0.20}
"""How a migration's time falls on its phases, the freeze left out. The lab's own choice."""
STATES = {
    "validating": "Migration Starting",
    "preparing": "Migration Starting",
    "copying": "Migration In Progress",
    "suspended": "Migration In Progress",
    "completing": "Migration In Progress",
}
"""What lslparmigr says meanwhile; only the first was in the facts, and as recalled (1.2)."""
MEGABYTE = 1024 * 1024

ERROR_LOG = {
    "CLIENT_PMIG_STARTED": ("08917DC6", "Client Partition Migration Started"),
    "CLIENT_PMIG_DONE": ("A5E6DB96", "Client Partition Migration Completed"),
    "CLIENT_PMIG_ABORTED": ("5E075ADF", "Client Partition Migration Aborted"),
}
"""AIX's labels, ids and texts (facts, vcs.md 7; the last text is the lab's)."""


@dataclass(eq=False)
class Migration:
    """One migration under way. Memory in bytes, times in lab seconds."""

    partition: Partition
    source: System
    target: System
    arriving: Partition | None
    memory: int
    started: float
    phase: str = "validating"
    copying_since: float = 0.0
    copying_for: float = 0.0
    over: "asyncio.Future[tuple[str, tuple[str, ...]]]" = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )
    """The message that it ended with; an empty key: it succeeded."""

    def transmitted(self, now: float) -> int:
        """Bytes copied so far."""
        if self.phase in ("validating", "preparing"):
            return 0
        if self.phase != "copying":
            return self.memory
        return int(self.memory * min((now - self.copying_since) / self.copying_for, 1.0))


class Mobility:
    """All migrations of a site."""

    def __init__(self, site: "Site") -> None:
        self._site = site
        self.current: Migration | None = None
        self.unrecovered: tuple[Partition, System, System] | None = None
        """Partition, source and target of a migration that failed half-way."""

    @property
    def validating_for(self) -> float:
        """Lab seconds that a validation takes."""
        return self._site.scenario.migration_seconds * SHARES["validating"]

    def check(self, partition: Partition, target: System) -> None:
        """What validation finds; called when its time is over.

        Raises:
            HmcRefusesError: The migration is not possible, and why.
        """
        scenario = self._site.scenario
        if target.state != "Operating":
            raise HmcRefusesError("not operating")
        if partition.state != "Running" or self.unrecovered is not None:
            raise HmcRefusesError("state")
        if partition.row.get("migration_disabled") == "1":
            raise HmcRefusesError("migration disabled", partition.name)
        if partition.row["rmc_state"] != "active":
            raise HmcRefusesError("rmc", partition.name)
        if partition.vterm:
            raise HmcRefusesError("vterm", partition.name)
        if target.find(partition.name) is not None:
            raise HmcRefusesError("duplicate name", partition.name, target.name)
        if scenario.migration == "fails-validation":
            raise HmcRefusesError("adapter")

    def start(self, partition: Partition, source: System, target: System) -> Migration:
        """Begin a migration and return at once.

        Raises:
            HmcRefusesError: One is under way already.
        """
        if self.current is not None:
            raise HmcRefusesError("migrating", partition.name)
        site = self._site
        profile = partition.profile(partition.row["default_profile"]) or partition.profiles[0]
        self.current = migration = Migration(
            partition=partition,
            source=source,
            target=target,
            arriving=None,
            memory=int(profile["desired_mem"]) * MEGABYTE,
            started=site.clock.now(),
        )
        site.record.note(
            "migration started", lpar=partition.name, source=source.name, target=target.name
        )
        site.clock.after(self.validating_for, lambda: self._validated(migration))
        return migration

    def stop(self, partition: Partition) -> None:
        """Stop a migration that has not come to its freeze yet.

        Raises:
            HmcRefusesError: There is none, or it is too late.
        """
        migration = self.current
        if migration is None or migration.partition is not partition:
            raise HmcRefusesError("nothing to stop", partition.name)
        if migration.phase in ("suspended", "completing"):
            raise HmcRefusesError("nothing to stop", partition.name)
        self._take_back(migration)
        self._end(migration, "stopped", partition.name)

    def recover(self, name: str, system: System) -> None:
        """Clear up what a failed migration left behind.

        Raises:
            HmcRefusesError: Nothing to recover, or the name is taken on the target again
                (facts, hmc.md 8.16).
        """
        if self.unrecovered is None or self.current is not None:
            raise HmcRefusesError("nothing to recover", name)
        partition, source, target = self.unrecovered
        if partition.name != name or system not in (source, target):
            raise HmcRefusesError("nothing to recover", name)
        if any(p.name == name and not p.leftover for p in target.partitions):
            self._site.record.note("recovery failed", lpar=name, reason="name clash")
            raise HmcRefusesError("duplicate name", name, target.name)
        target.partitions[:] = [p for p in target.partitions if not p.leftover]
        partition.row["state"] = "Running"
        self.unrecovered = None
        self._site.record.note("recovered", lpar=name)

    # -- the phases --------------------------------------------------------------------------

    def _enter(self, migration: Migration, phase: str) -> bool:
        if self.current is not migration:
            return False
        migration.phase = phase
        self._site.record.note("migration phase", lpar=migration.partition.name, phase=phase)
        return True

    def _lasts(self, phase: str) -> float:
        return self._site.scenario.migration_seconds * SHARES[phase]

    def _validated(self, migration: Migration) -> None:
        if self.current is not migration:
            return
        try:
            self.check(migration.partition, migration.target)
        except HmcRefusesError as no:
            self._end(migration, no.key, *no.parts)
            return
        self._enter(migration, "preparing")
        partition, target = migration.partition, migration.target
        arriving = Partition(row=dict(partition.row), profiles=[], uuid=partition.uuid)
        arriving.row["lpar_id"] = target.free_id(partition.lpar_id)
        arriving.leftover = True
        target.partitions.append(arriving)
        migration.arriving = arriving
        for side in (partition, arriving):
            side.row["state"] = "Migrating - Running"
        self._log_in_aix("CLIENT_PMIG_STARTED")
        self._site.clock.after(self._lasts("preparing"), lambda: self._copy(migration))

    def _copy(self, migration: Migration) -> None:
        if not self._enter(migration, "copying"):
            return
        clock = self._site.clock
        migration.copying_since = clock.now()
        migration.copying_for = self._lasts("copying")
        if self._site.scenario.migration == "fails-midway":
            clock.after(migration.copying_for / 2, lambda: self._fail(migration))
        else:
            clock.after(migration.copying_for, lambda: self._suspend(migration))

    def _fail(self, migration: Migration) -> None:
        if self.current is not migration or migration.arriving is None:
            return
        migration.partition.row["state"] = "Running"
        migration.arriving.row["state"] = "Migrating - Not Activated"
        self.unrecovered = (migration.partition, migration.source, migration.target)
        self._log_in_aix("CLIENT_PMIG_ABORTED")
        self._end(migration, "suspend", migration.partition.name)

    def _suspend(self, migration: Migration) -> None:
        if not self._enter(migration, "suspended"):
            return
        site = self._site
        if site.moving is not None:
            site.cluster.freeze(site.moving)
        site.clock.after(site.scenario.freeze, lambda: self._resume(migration))

    def _resume(self, migration: Migration) -> None:
        site = self._site
        self._enter(migration, "completing")
        if site.moving is not None:
            site.cluster.thaw(site.moving, site.scenario.links_return)
        site.clock.after(self._lasts("completing"), lambda: self._complete(migration))

    def _complete(self, migration: Migration) -> None:
        partition, arriving = migration.partition, migration.arriving
        assert arriving is not None
        arriving.profiles = [
            {**profile, "lpar_id": arriving.lpar_id} for profile in partition.profiles
        ]
        arriving.row.update(
            state="Running", logical_serial_num=self._site.serial(migration.target, arriving)
        )
        arriving.leftover = False
        migration.source.partitions.remove(partition)
        profiles = [p["name"] for p in partition.profiles if p["name"] != PSEUDO_PROFILE]
        self._site.record.note(
            "definition gone",
            system=migration.source.name,
            lpar=partition.name,
            profiles=profiles,
            why="migrated",
        )
        self._log_in_aix("CLIENT_PMIG_DONE")
        self._site.moved(migration.source, migration.target)
        self._end(migration, "")

    def _take_back(self, migration: Migration) -> None:
        migration.target.partitions[:] = [
            p for p in migration.target.partitions if p is not migration.arriving
        ]
        migration.partition.row["state"] = "Running"
        if migration.phase != "validating":
            self._log_in_aix("CLIENT_PMIG_ABORTED")

    def _end(self, migration: Migration, key: str, *args: str) -> None:
        self.current = None
        self._site.record.note(
            "migration ended", lpar=migration.partition.name, how=key or "succeeded"
        )
        if not migration.over.done():
            migration.over.set_result((key, args))

    def _log_in_aix(self, label: str) -> None:
        identifier, text = ERROR_LOG[label]
        if self._site.moving is not None:
            self._site.moving.errors.append(
                ErrorEntry(label, identifier, text, self._site.clock.now())
            )
