"""Where a migration that VCS has begun stands: both consoles, and the group on every system.

`hagrp -migrate` returns at once and nothing tells how far VCS is (facts, vcs.md 4.1 and 9): the
readings alone judge. What no longer changes is how it stays.
"""

import asyncio
from dataclasses import dataclass
from enum import StrEnum

from lparwiz.change import Change
from lparwiz.run.play import Play
from lparwiz.steps import readings
from lparwiz.steps.evidence import Evidence, Proof, look
from lparwiz.steps.vcs.systems import wanted
from lparwiz.tools import vcs

BEFORE = "group before"
"""The fact that keeps the group's states as they were when the migration was sent."""
SETTLED = "settled"
"""The fact that keeps, in a line, how it was found to stay."""
ONLINE, OFFLINE = frozenset({"ONLINE"}), frozenset({"OFFLINE"})

Groups = dict[str, frozenset[str]]
"""The words of the group's state by VCS system."""


class Stands(StrEnum):
    """What consoles and VCS prove together."""

    ARRIVED = "it runs on the target, and its group is ONLINE there and nowhere else"
    STAYED = "it runs on the source, and its group is as it was"
    UNDER_WAY = "the migration is under way"
    BETWEEN = "VCS stands between the two"
    UNKNOWN = "not all of them tell"


@dataclass(frozen=True)
class Seen:
    """One look at everything."""

    stands: Stands
    evidence: Evidence
    groups: Groups | None
    group_text: str
    """The group's states in a line, or why they can't be told."""

    @property
    def text(self) -> str:
        """All of it in a line."""
        found = self.evidence
        return f"{self.stands} ({found.source}; {found.target}; {self.group_text})"


async def see(play: Play, change: Change) -> Seen:
    """Look at both consoles and ask every manager for the group, once."""
    evidence, (groups, text) = await asyncio.gather(look(play, change), group_states(play, change))
    before = {name: frozenset(words) for name, words in (play.recall(BEFORE) or {}).items()}
    return Seen(_stands(evidence.proof, groups, before, wanted(change).to), evidence, groups, text)


def _stands(proof: Proof, groups: Groups | None, before: Groups, to: str) -> Stands:
    if proof is Proof.UNKNOWN or groups is None:
        return Stands.UNKNOWN
    if proof is Proof.UNDER_WAY:
        return Stands.UNDER_WAY
    if proof is Proof.ON_TARGET and online_only(groups, to):
        return Stands.ARRIVED
    if proof is Proof.ON_SOURCE and groups == before:
        return Stands.STAYED
    return Stands.BETWEEN


def online_only(groups: Groups, system: str) -> bool:
    """Whether the group is ONLINE on this system, and OFFLINE on all others."""
    others = [words for name, words in groups.items() if name != system]
    return groups.get(system) == ONLINE and all(words == OFFLINE for words in others)


async def group_states(play: Play, change: Change) -> tuple[Groups | None, str]:
    """The group on every system, as all managers that tell have it; and that in a line.

    One that doesn't answer is no matter while another does; two that differ are no answer.
    """
    name = wanted(change).group
    found = await asyncio.gather(*(readings.summary(play, host) for host in change.managers))
    told: list[Groups] = []
    problems = []
    for each in found:
        if not isinstance(each.value, vcs.Summary):
            problems.append(f"{each.host}: {each.problem or 'the VCS engine is not running'}")
            continue
        told.append({row.system: row.state for row in each.value.groups if row.group == name})
    if not told:
        return None, "; ".join(problems)
    if any(each != told[0] for each in told):
        return None, f"the managers differ on {name}: {' / '.join(map(shown, told))}"
    if not told[0]:
        return None, f"VCS knows no group {name}"
    return told[0], shown(told[0])


def shown(groups: Groups) -> str:
    """The states in a line."""
    return ", ".join(f"{name} {words_of(words)}" for name, words in sorted(groups.items()))


def words_of(words: frozenset[str]) -> str:
    """The words of a state in one."""
    return "|".join(sorted(words))


class Patience:
    """Decides when to stop waiting: nothing tells how far VCS is, only that something changes.

    Args:
        quiet: seconds after which what hasn't changed is how it stays.
        limit: seconds after which nothing is waited for any more.
        began: when the waiting began, on the clock of `over`.
        settled: what was found to stay already; then two looks in a row are enough.
    """

    def __init__(self, quiet: float, limit: float, began: float, settled: str = "") -> None:
        self._quiet = quiet
        self._until = began + limit
        self._since = began
        self._settled = settled
        self._before: tuple[Stands, str] | None = None

    def over(self, seen: Seen, now: float) -> bool:
        """Whether this is how it stays. Where it arrived, two looks in a row are enough."""
        # Why somebody doesn't tell may be put otherwise each time, and is no change.
        text = "" if seen.stands is Stands.UNKNOWN else seen.text
        if self._before != (seen.stands, text):
            self._before, self._since = (seen.stands, text), now
            return now >= self._until
        if seen.stands is Stands.ARRIVED or seen.text == self._settled or now >= self._until:
            return True
        return seen.stands is not Stands.UNDER_WAY and now - self._since >= self._quiet
