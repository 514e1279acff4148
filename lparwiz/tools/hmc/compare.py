"""Whether a partition's definition is what it should be: two of them, attribute by attribute."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from lparwiz.tools.errors import Unreadable
from lparwiz.tools.hmc.record import parse_list
from lparwiz.tools.hmc.recreate import PSEUDO_PROFILE, Definition, Row

UNORDERED = frozenset(
    {
        "io_slots",
        "virtual_serial_adapters",
        "virtual_scsi_adapters",
        "virtual_eth_adapters",
        "virtual_fc_adapters",
        "lhea_logical_ports",
        "sriov_eth_logical_ports",
    }
)
"""Lists of things that have their slot within each element: their order says nothing."""


@dataclass(frozen=True)
class Difference:
    """One attribute that is not as it should be; None: it isn't there."""

    profile: str
    """Empty: the partition's own attribute."""
    attribute: str
    """Empty: the whole profile."""
    expected: str | None
    found: str | None


def compare(expected: Definition, found: Definition) -> tuple[Difference, ...]:
    """What differs from what was expected.

    The order of profiles says nothing, nor does that of adapters within a list. Attributes that
    nothing was expected of may have any value.
    """
    wanted = {profile.get("name", ""): profile for profile in expected.profiles}
    there = {profile.get("name", ""): profile for profile in found.profiles}
    differences = list(_row_differences("", expected.lpar, found.lpar))
    for name, profile in wanted.items():
        if name in there:
            differences += _row_differences(name, profile, there[name])
        else:
            differences.append(Difference(name, "", "a profile", None))
    extra = [name for name in there if name not in wanted and name != PSEUDO_PROFILE]
    differences += [Difference(name, "", None, "a profile") for name in extra]
    if len(there) != len(found.profiles):
        differences.append(Difference("", "", "each profile once", "a profile twice"))
    return tuple(differences)


def _row_differences(profile: str, expected: Row, found: Row) -> Iterator[Difference]:
    for key, value in expected.items():
        if not _same(key, value, found.get(key)):
            yield Difference(profile, key, value, found.get(key))


def _same(key: str, expected: str, found: str | None) -> bool:
    if expected == found:
        return True
    if found is None or key not in UNORDERED:
        return False
    try:
        return Counter(parse_list(expected)) == Counter(parse_list(found))
    except Unreadable:
        return False
