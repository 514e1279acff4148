"""What both consoles show of the LPAR, and what that proves (facts, hmc.md 7)."""

import asyncio
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from lparwiz.change import Change
from lparwiz.run.play import Play
from lparwiz.run.reading import Reading
from lparwiz.run.step import Conclusion
from lparwiz.steps import readings
from lparwiz.steps.placeholder import same
from lparwiz.steps.readings import Partitions, Rows
from lparwiz.tools import hmc

POLL = 20.0
"""Seconds between two looks at a console: three a minute at most (facts, hmc.md 3)."""


class Proof(StrEnum):
    """What the two consoles prove together."""

    ON_SOURCE = "it runs on the source, and only there"
    ON_TARGET = "it runs on the target, and only there"
    UNDER_WAY = "the migration is under way"
    HALF_DONE = "it runs on the source, with a half-done copy on the target"
    UNCLEAR = "the consoles show what no rule covers"
    UNKNOWN = "not both consoles tell"


CONCLUSION = {
    Proof.ON_TARGET: Conclusion.MIGRATED,
    Proof.ON_SOURCE: Conclusion.NOT_MIGRATED,
    Proof.HALF_DONE: Conclusion.NOT_MIGRATED,
}
"""What each proof that opens an ending says of the migration."""


@dataclass(frozen=True)
class Evidence:
    """One look at both consoles."""

    proof: Proof
    source: str
    """What the source shows, in a line."""
    target: str
    commands: tuple[str, str]
    same_uuid: bool | None
    """Whether the LPAR on the target bears the uuid that it had; None: nothing to compare."""

    @property
    def text(self) -> str:
        """Both consoles in a line."""
        return f"{self.proof} ({self.source}; {self.target})"


async def look(play: Play, change: Change) -> Evidence:
    """Ask both consoles for the LPAR, and the source's whether it migrates, once."""
    lpar = change.lpar
    source, target, migration = await asyncio.gather(
        readings.partition(play, change.source_console, lpar.source, lpar.name),
        readings.partition(play, change.target_console, lpar.target, lpar.name),
        readings.migration(play, change.source_console, lpar.source, lpar.name),
    )
    placeholder = play.recall("placeholder")
    uuid = play.recall("uuid")
    on_target = _real(target, placeholder, uuid)
    proof = _prove(source, target, on_target, uuid)
    shown = _shown(source, lpar.source)
    if proof in (Proof.ON_SOURCE, Proof.HALF_DONE):
        if migration.value is None:  # the memory may be on its way, which the rows don't show
            proof = Proof.UNKNOWN
            shown += f", and whether it migrates is unknown: {migration.problem}"
        elif under_way(migration):
            proof = Proof.UNDER_WAY
    return Evidence(
        proof=proof,
        source=shown,
        target=_shown(target, lpar.target),
        commands=(source.command, target.command),
        same_uuid=_same_uuid(on_target, uuid),
    )


def migrated(before: Proof | None, after: Proof | None) -> bool:
    """Whether it is proven to have migrated between two looks, in either direction."""
    return {before, after} == {Proof.ON_SOURCE, Proof.ON_TARGET}


def _real(
    reading: Reading[Partitions],
    placeholder: dict[str, Any] | None,
    uuid: str | None,
) -> hmc.Partition | None:
    """The LPAR itself on the target: its name, and no placeholder.

    A placeholder is known by what was recorded of it; before that, by being Not Activated without
    the LPAR's uuid.
    """
    for partition in reading.value or ():
        if placeholder is not None:
            if not same(partition, placeholder):
                return partition
        elif not partition.not_activated or (uuid is not None and partition.uuid == uuid):
            return partition
    return None


def under_way(migration: Reading[Rows]) -> list[str]:
    """The phases of a migration that lslparmigr shows under way; the rows show it only later.

    Its keys are all optional (facts, hmc.md 1.2): where it answers without them, the rows decide.
    """
    states = [row["migration_state"] for row in migration.value or () if "migration_state" in row]
    return [state for state in states if not hmc.Migration(state).idle]


def _same_uuid(partition: hmc.Partition | None, uuid: str | None) -> bool | None:
    if partition is None or partition.uuid is None or uuid is None:
        return None
    return partition.uuid == uuid


def _prove(
    source: Reading[Partitions],
    target: Reading[Partitions],
    on_target: hmc.Partition | None,
    uuid: str | None,
) -> Proof:
    if source.value is None or target.value is None:
        return Proof.UNKNOWN
    on_source = source.value[0] if source.value else None
    if on_target is not None and _same_uuid(on_target, uuid) is False:
        return Proof.UNCLEAR
    if on_source is None:
        if on_target is None:
            return Proof.UNCLEAR
        if on_target.running:
            return Proof.ON_TARGET
        return Proof.UNDER_WAY if on_target.migrating else Proof.UNCLEAR
    if on_source.migrating:
        return Proof.UNDER_WAY
    if not on_source.running:
        return Proof.UNCLEAR
    if on_target is None:
        return Proof.ON_SOURCE
    return Proof.HALF_DONE if on_target.migrating else Proof.UNCLEAR


def _shown(reading: Reading[Partitions], system: str) -> str:
    if reading.value is None:
        return f"unknown on {system}: {reading.problem}"
    if not reading.value:
        return f"not on {system}"
    partition = reading.value[0]
    return f"{partition.state} on {system}, id {partition.lpar_id}"
