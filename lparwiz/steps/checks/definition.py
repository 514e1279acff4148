"""What making a definition anew leaves out, and what the new one brings along, as findings."""

from collections.abc import Iterable

from lparwiz.run.snapshot import Finding, Level
from lparwiz.tools import hmc


def losses(recreation: hmc.Recreation, label: str) -> Iterable[Finding]:
    """Each attribute that is left out, with the profiles that it is left out of."""
    where: dict[tuple[str, str], list[str]] = {}
    for each in recreation.dropped:
        what = f"{each.attribute}={each.value}" if each.attribute else "the whole profile"
        where.setdefault((what, each.reason), []).append(each.profile or "the partition")
    for (what, reason), profiles in where.items():
        name = what.partition("=")[0].replace(" ", "-")
        text = f"left out of {', '.join(dict.fromkeys(profiles))}: {what}; {reason}"
        yield Finding(f"definition.without.{name}", Level.NOTE, text, label)


def hazards(recreation: hmc.Recreation, label: str) -> Iterable[Finding]:
    """Each attribute of the new definition that somebody must know of, with its profiles."""
    where: dict[tuple[str, str], list[str]] = {}
    for each in recreation.notes:
        where.setdefault((each.attribute, each.text), []).append(each.profile)
    seen: dict[str, int] = {}
    for (attribute, text), profiles in where.items():
        seen[attribute] = seen.get(attribute, 0) + 1
        number = f".{seen[attribute]}" if seen[attribute] > 1 else ""
        yield Finding(
            f"definition.{attribute}{number}",
            Level.NOTE,
            f"{attribute} in {', '.join(dict.fromkeys(profiles))}: {text}",
            label,
        )
