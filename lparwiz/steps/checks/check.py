"""A check: one thing that is judged, where from, and what to do about it.

A check is data and one pure function. The function says what it concludes of readings that are
there; that a reading is not there is said here, once, for all of them: it is unknown, and stops.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar, overload

from lparwiz.change import Change, Part, Trigger
from lparwiz.run.reading import Reading
from lparwiz.run.snapshot import Finding, Level
from lparwiz.steps.checks.gathered import (
    Gathered,
    ManagerReadings,
    NodeReadings,
    SideReadings,
)

A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")

UNREAD = "Find out why it can't be read; nothing is changed while it isn't known."
NAMED = 2
"""Hosts that pass with the same words are one finding; so many of them are named in it."""
_WORST = (Level.PASS, Level.NOTE, Level.WARNING, Level.STOP, Level.UNKNOWN)


@dataclass(frozen=True)
class Judged:
    """What a check concludes, of one host or of the whole."""

    level: Level
    text: str
    remedy: str = ""
    """Empty: the check's own."""
    part: str = ""
    """What follows the check's id where it concludes several things."""
    host: str = ""
    evidence: str = ""


def passes(text: str) -> Judged:
    """It is as it should be."""
    return Judged(Level.PASS, text)


def notes(text: str, remedy: str = "") -> Judged:
    """It is worth knowing, and nothing needs doing."""
    return Judged(Level.NOTE, text, remedy)


def warns(text: str, remedy: str = "") -> Judged:
    """The operator has to accept it."""
    return Judged(Level.WARNING, text, remedy)


def stops(text: str, remedy: str = "") -> Judged:
    """The migration must not begin."""
    return Judged(Level.STOP, text, remedy)


def unclear(text: str) -> Judged:
    """It was read, and doesn't tell."""
    return Judged(Level.UNKNOWN, text)


Judge = Callable[[Gathered], Iterable[Judged]]


@dataclass(frozen=True)
class Check:
    """One thing that is judged."""

    id: str
    """Stable: warnings are accepted by it. Findings have it, or it and a part: `id.part`."""
    title: str
    """What holds where it passes."""
    reads: str
    """The commands that it is read with; empty: no host can be asked."""
    level: Level
    """What it says at worst, where it could be read."""
    remedy: str
    source: str
    """Where the guide, or the fact sheets made from it, say so."""
    judge: Judge
    applies: Callable[[Change], bool] = lambda _: True

    def findings(self, gathered: Gathered) -> list[Finding]:
        """What it concludes; nothing where it doesn't apply."""
        if not self.applies(gathered.change):
            return []
        return folded([self._finding(judged) for judged in self.judge(gathered)])

    def _finding(self, judged: Judged) -> Finding:
        remedy = judged.remedy
        if not remedy and judged.level not in (Level.PASS, Level.NOTE):
            remedy = UNREAD if judged.level is Level.UNKNOWN else self.remedy
        return Finding(
            f"{self.id}.{judged.part}" if judged.part else self.id,
            judged.level,
            judged.text,
            judged.host,
            remedy,
            judged.evidence,
        )


def has_nodes(change: Change) -> bool:
    """Whether the LPAR is a node of an LLT cluster whose timers count."""
    return Part.TIMERS in change.route.parts


def has_profiles(change: Change) -> bool:
    """Whether its definition is made anew, and a placeholder stands on the target."""
    return Part.PROFILES in change.route.parts


def has_managers(change: Change) -> bool:
    """Whether the change names management LPARs."""
    return bool(change.managers)


def has_cluster(change: Change) -> bool:
    """Whether hosts are read that are nodes of a cluster: of the LPAR's own, or its managers'."""
    return has_nodes(change) or has_managers(change)


def vcs_migrates(change: Change) -> bool:
    """Whether VCS itself migrates the LPAR."""
    return change.route.trigger is Trigger.VCS


# Judging what was read, and saying so of what wasn't

Verdicts = Judged | Iterable[Judged]


@overload
def judged(host: str, then: Callable[[A], Verdicts], a: Reading[A], /) -> list[Judged]: ...
@overload
def judged(
    host: str, then: Callable[[A, B], Verdicts], a: Reading[A], b: Reading[B], /
) -> list[Judged]: ...
@overload
def judged(
    host: str,
    then: Callable[[A, B, C], Verdicts],
    a: Reading[A],
    b: Reading[B],
    c: Reading[C],
    /,
) -> list[Judged]: ...
def judged(host: str, then: Callable[..., Verdicts], /, *readings: Reading[Any]) -> list[Judged]:
    """Judge the values of readings, the first of which is the evidence; unless one isn't there."""
    if missing := unread(host, *readings):
        return missing
    found = then(*(reading.value for reading in readings))
    return [
        replace(each, host=each.host or host, evidence=each.evidence or readings[0].command)
        for each in ([found] if isinstance(found, Judged) else found)
    ]


def unread(host: str, *readings: Reading[Any]) -> list[Judged]:
    """That it is unknown where a reading isn't there, whatever others show; nothing: all are."""
    missing = next((reading for reading in readings if reading.value is None), None)
    if missing is None:
        return []
    return [Judged(Level.UNKNOWN, missing.problem, host=host, evidence=missing.command)]


def each_node(judge: Callable[[NodeReadings], Iterable[Judged]]) -> Judge:
    """Judge every node on its own."""
    return lambda site: [each for node in site.nodes for each in judge(node)]


def each_member(judge: Callable[[NodeReadings | ManagerReadings], Iterable[Judged]]) -> Judge:
    """Judge every node and every manager on its own: each is a member of an LLT cluster."""
    return lambda site: [each for host in site.members for each in judge(host)]


def each_side(judge: Callable[[SideReadings], Iterable[Judged]]) -> Judge:
    """Judge source and target, each on its own."""
    return lambda site: [each for side in site.sides for each in judge(side)]


# Putting findings together


def folded(findings: Iterable[Finding]) -> list[Finding]:
    """Merge findings of one id and host, and put hosts that pass with the same words into one."""
    merged: dict[tuple[str, str], Finding] = {}
    for finding in findings:
        key = (finding.id, finding.host)
        merged[key] = _merged(merged[key], finding) if key in merged else finding
    alike: dict[tuple[str, str], list[Finding]] = {}
    for finding in merged.values():
        if finding.level is Level.PASS:
            alike.setdefault((finding.id, finding.text), []).append(finding)
    shown: list[Finding] = []
    for finding in merged.values():
        same = alike.get((finding.id, finding.text), []) if finding.level is Level.PASS else []
        if len(same) < 2:
            shown.append(finding)
        elif finding is same[0]:
            shown.append(replace(finding, host=together([each.host for each in same])))
    return shown


def together(hosts: Sequence[str]) -> str:
    """Several hosts in a few words: `db01, db02`, or `db01 and 3 more`."""
    if len(hosts) <= NAMED:
        return ", ".join(hosts)
    return f"{hosts[0]} and {len(hosts) - 1} more"


def _merged(one: Finding, other: Finding) -> Finding:
    worst, lesser = sorted((one, other), key=lambda each: -_WORST.index(each.level))
    if worst.text == lesser.text:
        return worst
    return replace(worst, text=f"{worst.text}; {lesser.text}")
