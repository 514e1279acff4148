"""The placeholder: what it is recognised by, and its name while the LPAR needs its own.

It is known by its id and uuid as they were before it was renamed, never by its name (rule 7).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from lparwiz.tools import hmc

SUFFIX = "_placeholder"
"""Makes every listing say what the partition is."""

IDENTITY = ("uuid", "logical_serial_num")
"""What tells a partition from another of the same id, where the console prints it."""


def interim_name(name: str) -> str:
    """The placeholder's name meanwhile, within the HMC's length for names."""
    return name[: hmc.LONGEST_NEW_NAME - len(SUFFIX)].rstrip() + SUFFIX


def identity(partition: hmc.Partition) -> dict[str, Any]:
    """What a partition is recognised by later: its id, and the attributes of `IDENTITY`."""
    known = {key: partition.row[key] for key in IDENTITY if partition.row.get(key)}
    return {"lpar_id": partition.lpar_id, **known}


def same(partition: hmc.Partition, recorded: Mapping[str, Any]) -> bool:
    """Whether this is the recorded partition."""
    found = identity(partition)
    return all(found.get(key) == value for key, value in recorded.items())


def find(partitions: Sequence[hmc.Partition], recorded: Mapping[str, Any]) -> hmc.Partition | None:
    """The recorded partition among those of its system; None where it is gone."""
    return next((each for each in partitions if same(each, recorded)), None)
