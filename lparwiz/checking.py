"""`lparwiz check`: all checks of a change without a run. It reads, says what it found, no more."""

import asyncio
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from lparwiz.change import Change
from lparwiz.owing import Owing, refuse_if_owing
from lparwiz.remote.connection import Connections
from lparwiz.run.clock import SystemClock
from lparwiz.run.journal import Played
from lparwiz.run.snapshot import Finding, Level
from lparwiz.runs import history
from lparwiz.steps import check
from lparwiz.steps.checks.check import Check
from lparwiz.steps.checks.page import is_accepted, summary
from lparwiz.steps.reader import reader

NONE_FAILED, SOME_WARN, SOME_STOP = 0, 1, 2
"""Exit statuses. A warning that the change file accepts counts as none; an unknown stops."""

_TOLD = ("id", "title", "reads", "level", "remedy", "source")
"""What a listing tells of a check."""
_ORDER = (Level.PASS, Level.NOTE, Level.WARNING, Level.UNKNOWN, Level.STOP)
"""The worst last: that is what a terminal still shows."""


@dataclass(frozen=True)
class Examined:
    """What the checks found of a change."""

    change: Change
    findings: tuple[Finding, ...]
    at: float
    """Seconds since the epoch."""

    @property
    def status(self) -> int:
        """The exit status."""
        if any(each.level in (Level.STOP, Level.UNKNOWN) for each in self.findings):
            return SOME_STOP
        return SOME_WARN if any(self.warns(each) for each in self.findings) else NONE_FAILED

    def warns(self, finding: Finding) -> bool:
        """Whether this is a warning that the change file doesn't accept."""
        accepted = self.change.decisions.accept
        return finding.level is Level.WARNING and not is_accepted(finding, accepted)

    @property
    def markdown(self) -> str:
        """The page of the checks, to be attached to the change ticket."""
        return check.page(self.change, self.findings, self.at)


def examine(change: Change, runs: Path, speed: float = 1.0) -> Examined:
    """Reach every host, read, and judge.

    Args:
        change: what is wanted; of any route.
        runs: where runs are kept, and the history of freezes with them.
        speed: as much faster than the wall clock as a lab's time runs.
    """
    clock = SystemClock(speed)

    async def reach() -> tuple[Finding, ...]:
        connections = Connections(change.hosts, change.limits)
        try:
            play = reader(change, connections, clock)
            return await check.examine(play, change, history(runs), runs)
        finally:
            await connections.close()

    found = (*_owing(change, runs), *asyncio.run(reach()))
    return Examined(change, found, clock.now())


def _owing(change: Change, runs: Path) -> tuple[Finding, ...]:
    """What keeps a run from being begun at all: an earlier one that owes here, or is at work."""
    try:
        refuse_if_owing(runs, change)
    except Owing as owing:
        text = f"{owing.title} What it left behind passes for the hosts' own state below."
        remedy = "Take it up again, or pay it: `lparwiz ledger` shows how."
    except Played as played:
        text = f"{played.title} What it has changed passes for the hosts' own state below."
        remedy = played.next_step
    else:
        return ()
    return (Finding("run.owing", Level.STOP, text, remedy=remedy),)


def lines(examined: Examined) -> Iterator[str]:
    """What was found, a line each, the worst last, and all of it in a sentence."""
    for level in _ORDER:
        of_level = [each for each in examined.findings if each.level is level]
        if level is Level.UNKNOWN:
            yield from _unread(of_level)
            continue
        for each in of_level:
            yield _line(each, accepted=level is Level.WARNING and not examined.warns(each))
    yield summary(examined.findings, examined.change.decisions.accept)


def _unread(findings: Sequence[Finding]) -> Iterator[str]:
    """What could not be read: each cause once, and the checks that wait for nothing else."""
    causes: dict[tuple[str, str], list[Finding]] = {}
    for each in findings:
        causes.setdefault((each.host, each.text), []).append(each)
    for (host, _), (first, *rest) in causes.items():
        yield _line(first, accepted=False)
        if rest:
            count = "1 check more" if len(rest) == 1 else f"{len(rest)} checks more"
            of = f" of {host}" if host else ""
            ids = ", ".join(each.id for each in rest)
            yield f"{'':9}{count}{of} could not be read because of it: {ids}"


def _line(finding: Finding, *, accepted: bool) -> str:
    where = f"{finding.host}: " if finding.host else ""
    remedy = f" ({finding.remedy})" if finding.remedy else ""
    level = "accepted" if accepted else finding.level.value
    return f"{level:9}{where}{' '.join(finding.text.split())} [{finding.id}]{remedy}"


def json_lines(examined: Examined) -> Iterator[str]:
    """The same as JSON: one object a finding, and the exit status in the last."""
    for each in examined.findings:
        told = {key: value for key, value in asdict(each).items() if value}
        accepted = each.level is Level.WARNING and not examined.warns(each)
        yield json.dumps(told | ({"accepted": True} if accepted else {}))
    yield json.dumps({"status": examined.status, "at": round(examined.at, 3)})


def registry_lines(checks: Sequence[Check]) -> Iterator[str]:
    """The checks themselves, a line each."""
    for each in checks:
        yield f"{each.id:22}{_worst(each):9}{each.title}"


def registry_json(checks: Sequence[Check]) -> Iterator[str]:
    """The checks themselves as JSON, one object each."""
    for each in checks:
        yield json.dumps({key: getattr(each, key) for key in _TOLD})


def _worst(check: Check) -> str:
    return {Level.STOP: "stops", Level.WARNING: "warns", Level.NOTE: "notes"}.get(
        check.level, "unknown"
    )
