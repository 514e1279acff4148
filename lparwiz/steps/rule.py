"""The rule: from the longest freeze to the timer, and what is to be said against it. Pure.

In words: the last heartbeat came up to one interval before the freeze, so the peers hear nothing
for the freeze and a heartbeat. Where that is less than the lowest peerinact that runs, nothing
needs changing (the guide: then VCS operates normally). Else peerinact becomes a heartbeat more than
the larger of two: twice the freeze, and the freeze plus ten seconds; in whole seconds (facts,
vcs.md 7). A freeze that was not seen whole took at least so long: it may raise the value that
applies without a figure, and never lowers it.

LLT's timers are centiseconds; a freeze is seconds.
"""

import math
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from lparwiz.history import LONGEST
from lparwiz.run.snapshot import Finding, Level, Table
from lparwiz.steps.units import both_units
from lparwiz.tools import llt

GUIDE_PEERINACT = 9000
"""Centiseconds: the guide's own example, 90 s, used where nothing was measured."""
FACTOR = 2
"""Wanted is at least twice the longest freeze (facts, vcs.md 7)."""
MARGIN = 10.0
"""Wanted is at least this many seconds above the longest freeze (facts, vcs.md 7)."""
HEARTBEAT_LO = 100
"""Centiseconds between two heartbeats on a low-pri link where LLT tells no other: the slowest
(facts, vcs.md 1.3)."""
PEERTROUBLE_LO = llt.LOWEST_PEERINACT
"""Centiseconds: peertrouble of a low-pri link, which not every release prints (facts, vcs.md 1.1,
1.3)."""
HAD_LIMIT = 30.0
"""Seconds: the local limit between HAD and GAB, which no peerinact cures (facts, vcs.md 2.4)."""
UNMEASURED = "nothing was measured"
"""What stands for where a figure is from, while there is none."""

_FIGURE = re.compile(
    r"\s*(?P<number>\d{1,6}(?:[.,]\d{1,3})?)\s*(?:s|sec|secs|seconds)?"
    r"(?:\s+from\s+(?P<origin>\S.*?))?\s*",
    re.IGNORECASE | re.DOTALL,
)

_THOUSANDS = re.compile(r",\d{3}$")


@dataclass(frozen=True)
class Running:
    """A node's own running timers that the rule looks at, centiseconds."""

    peerinact: int
    heartbeat: int
    """On its slowest link."""
    peertrouble: int
    """The largest of its links'."""

    @classmethod
    def of(cls, timers: Mapping[str, int]) -> "Running":
        """From LLT's timers by name; what isn't told has LLT's default.

        Raises:
            KeyError: there is no peerinact.
        """
        return cls(
            timers["peerinact"],
            max(timers.get("heartbeat", 0), timers.get("heartbeatlo", HEARTBEAT_LO)),
            max(timers.get("peertrouble", 0), timers.get("peertroublelo", PEERTROUBLE_LO)),
        )


@dataclass(frozen=True)
class Figure:
    """How long the freeze was, as far as anybody knows."""

    seconds: float
    origin: str = ""
    """Where the figure is from, in words; empty: nobody said."""
    whole: bool = True
    """Whether the freeze took no longer; else it was at least so long, and only raises a timer."""


class NotAFigure(ValueError):  # noqa: N818 - a condition of what was typed
    """What was typed is no freeze; the text says why and what to type."""


def figure(text: str) -> Figure:
    """A typed freeze: seconds, and where it is from: `14.5 from CHG0031337`.

    Raises:
        NotAFigure: it is none, or its unit must be another.
    """
    match = _FIGURE.fullmatch(text)
    if match is None:
        raise NotAFigure(f"{text!r} is no freeze: type seconds, such as 14.5 from CHG0031337.")
    if _THOUSANDS.search(match["number"]):
        raise NotAFigure(
            f"{match['number']} may be thousands or a fraction. Write a fraction of a second with "
            f"a point: {match['number'].replace(',', '.')}."
        )
    seconds = float(match["number"].replace(",", "."))
    if seconds == 0:
        raise NotAFigure("0 is no freeze. If nothing was measured, go on without a figure.")
    if seconds > LONGEST:
        raise NotAFigure(
            f"{seconds:g} s is more than {LONGEST:g} s, which no freeze takes. A freeze is typed "
            f"in seconds: {seconds:g} hundredths are {seconds / 100:g} s."
        )
    return Figure(seconds, match["origin"] or "")


@dataclass(frozen=True)
class Proposal:
    """What follows from a freeze."""

    wanted: int | None
    """Centiseconds; None: nothing needs changing."""
    rule: str
    """How it was worked out, in words and numbers."""


def propose(
    freeze: Figure | None,
    asked: int | None,
    running: Mapping[str, Running],
    missing: Collection[str] = (),
) -> Proposal:
    """The peerinact that a migration needs.

    Args:
        freeze: the longest one; None: not measured.
        asked: what the change file asks for, centiseconds; None: nothing.
        running: each node's own running timers, by its name; a peerinact of 0 never expires.
        missing: the nodes that don't tell theirs: while there is one, none can be said to outlast
            the freeze.
    """
    if freeze is None:
        return _unmeasured(asked)
    seconds = freeze.seconds
    needed, how = _needed(seconds, running)
    if not freeze.whole:
        return _raised(seconds, _unmeasured(asked), needed, how)
    if asked is not None:
        return _asked(seconds, asked, needed, how)
    lowest = lowest_peerinact(running)
    if missing or not running:
        whose = ", ".join(missing) or "any node"
        return Proposal(needed, f"{how}; the peerinact of {whose} is not known")
    if lowest is None:
        return Proposal(None, "peerinact is 0 on every node, none ever expires: nothing to change")
    if _silence(seconds, running) < lowest:
        heartbeat = _slowest_heartbeat(running) / 100
        return Proposal(
            None,
            f"a freeze of {seconds:g} s and a heartbeat of {heartbeat:g} s are less than the "
            f"lowest limit, {both_units(lowest)}: nothing to change, VCS operates normally",
        )
    return Proposal(needed, how)


def _unmeasured(asked: int | None) -> Proposal:
    """What is proposed without a figure."""
    if asked is not None:
        return Proposal(asked, f"the change file asks for {both_units(asked)}")
    return Proposal(
        GUIDE_PEERINACT,
        f"{UNMEASURED}: the guide's {both_units(GUIDE_PEERINACT)} as protection",
    )


def _needed(freeze: float, running: Mapping[str, Running]) -> tuple[int, str]:
    """Centiseconds that outlast a freeze with room, and how they were worked out."""
    heartbeat = _slowest_heartbeat(running) / 100
    needed = math.ceil(round(max(FACTOR * freeze, freeze + MARGIN) + heartbeat, 6)) * 100
    return needed, (
        f"the larger of {FACTOR} x {freeze:g} s and {freeze:g} s + {MARGIN:g} s, and a heartbeat "
        f"of {heartbeat:g} s, in whole seconds: {both_units(needed)}"
    )


def _asked(freeze: float, asked: int, needed: int, how: str) -> Proposal:
    """What the change file asks for, where that is enough."""
    if asked >= needed:
        return Proposal(
            asked, f"the change file asks for {both_units(asked)}, enough for {freeze:g} s"
        )
    return Proposal(needed, f"{how}; the {both_units(asked)} of the change file are too few")


def _raised(freeze: float, otherwise: Proposal, needed: int, how: str) -> Proposal:
    """What a freeze of at least so long needs, where that is more than applies without a figure."""
    assert otherwise.wanted is not None
    if needed > otherwise.wanted:
        return Proposal(needed, f"{how}; at least, for the freeze was not seen whole")
    return Proposal(
        otherwise.wanted,
        f"a freeze of at least {freeze:g} s was not seen whole, so it only raises; "
        f"{otherwise.rule.removeprefix(f'{UNMEASURED}: ')}",
    )


def against(
    freeze: Figure | None,
    wanted: int | None,
    running: Mapping[str, Running],
    *,
    reboot: float | None = None,
) -> tuple[Finding, ...]:
    """What is to be said against a proposal; one of level STOP forbids it.

    Args:
        freeze: the longest one; None: not measured.
        wanted: the peerinact to be set, centiseconds; None: none.
        running: each node's own running timers, by its name.
        reboot: seconds that a node takes to reboot; None: nobody told.
    """
    found = [_odd(name, node) for name, node in running.items()]
    if wanted is not None:
        found += [_refused(wanted, running), _reboot(wanted, reboot)]
        if freeze is None or not freeze.whole:
            found.append(_below(wanted, running))
    elif freeze is not None:
        found.append(_room(freeze.seconds, running))
    if freeze is not None and freeze.seconds > HAD_LIMIT:
        found.append(
            Finding(
                "freeze.had",
                Level.WARNING,
                f"a freeze of {freeze.seconds:g} s is above HAD's own limit of {HAD_LIMIT:g} s "
                "with GAB",
                remedy="No peerinact cures that: HAD may be killed and restarted on resume.",
            )
        )
    return tuple(finding for finding in found if finding is not None)


def _odd(name: str, node: Running) -> Finding | None:
    """Warn of a running value that is dangerous in itself, whatever is wanted."""
    if node.peerinact == 0:
        return Finding(
            "peerinact.zero",
            Level.NOTE,
            "peerinact is 0: for LLT that means never, so no failure of a peer is noticed here",
            name,
            "It is left as it is: put a value there, unless 0 is meant.",
        )
    if node.peerinact <= node.peertrouble:
        return Finding(
            "peerinact.low",
            Level.WARNING,
            f"peerinact runs at {both_units(node.peerinact)}, not above peertrouble, "
            f"{both_units(node.peertrouble)}{_seconds_meant(node.peerinact)}",
            name,
            "A heartbeat or two that come late evict a peer here. Mend it before anything moves.",
        )
    return None


def _refused(wanted: int, running: Mapping[str, Running]) -> Finding | None:
    """Refuse a value that must not be set on any node."""
    highest = max((node.peertrouble for node in running.values()), default=PEERTROUBLE_LO)
    if wanted == 0:
        text = "0 means never for LLT: no failure would be noticed"
        return Finding("peerinact.zero", Level.STOP, text, remedy="Ask for more than peertrouble.")
    if wanted <= highest:
        return Finding(
            "peerinact.peertrouble",
            Level.STOP,
            f"a peerinact of {both_units(wanted)} is not above peertrouble, {both_units(highest)}, "
            f"and would evict at once{_seconds_meant(wanted)}",
            remedy="peerinact must be well above peertrouble; LLT counts hundredths of a second.",
        )
    if wanted > llt.HIGHEST_PEERINACT:
        return Finding(
            "peerinact.units",
            Level.STOP,
            f"a peerinact of {both_units(wanted)} is more than an hour; are hundredths typed where "
            f"seconds are meant? {wanted // 100} hundredths are {wanted / 10000:g} s",
            remedy='Write the unit, such as "90s": LLT gets 9000.',
        )
    return None


def _seconds_meant(centiseconds: int) -> str:
    """What a value that is too small may have been meant to be: seconds."""
    seconds = f"{centiseconds} s would be {centiseconds * 100}"
    return f"; are seconds typed where hundredths are meant? {seconds}"


def _reboot(wanted: int, reboot: float | None) -> Finding | None:
    """Warn where a node is back before its peers miss it: then nothing fails over (vcs.md 1.2)."""
    if reboot is None:
        return Finding(
            "peerinact.reboot",
            Level.NOTE,
            f"while it is raised, a node that reboots in less than {wanted / 100:g} s is not "
            "missed, and its groups do not fail over",
            remedy='Say how long a reboot takes in the change file: [timers] reboot = "5m".',
        )
    if wanted / 100 < reboot:
        return None
    return Finding(
        "peerinact.reboot",
        Level.WARNING,
        f"a node reboots in {reboot:g} s: with {both_units(wanted)} it is back before it is "
        "missed, and its groups do not fail over",
        remedy="See that no node reboots while it is raised, and that it is lowered afterwards.",
    )


def _below(wanted: int, running: Mapping[str, Running]) -> Finding | None:
    """Warn where nothing was measured and what was asked for raises no timer."""
    lowest = lowest_peerinact(running)
    if lowest is None or wanted > lowest or wanted >= GUIDE_PEERINACT:
        return None
    how = "below" if wanted < lowest else "no more than"
    return Finding(
        "peerinact.unmeasured",
        Level.WARNING,
        f"a peerinact of {both_units(wanted)} is {how} the present value, {both_units(lowest)}, "
        "and nothing was measured: no node bears a longer freeze than now",
        remedy=f"Measure the freeze, or ask for the guide's {both_units(GUIDE_PEERINACT)}.",
    )


def _room(freeze: float, running: Mapping[str, Running]) -> Finding | None:
    """Warn where the lowest limit is hardly above the freeze."""
    lowest = lowest_peerinact(running)
    if lowest is None:
        return None
    left = (lowest - _silence(freeze, running)) / 100
    if left >= MARGIN:
        return None
    enough, _ = _needed(freeze, running)
    return Finding(
        "freeze.room",
        Level.WARNING,
        f"only {round(left, 1):g} s are left below the lowest limit; a slower migration may use "
        "them up",
        remedy=f'To raise it all the same: [timers] peerinact = "{enough // 100}s".',
    )


def lowest_peerinact(running: Mapping[str, Running]) -> int | None:
    """Centiseconds after which the first node gives a peer up; None where none ever does."""
    return min((node.peerinact for node in running.values() if node.peerinact), default=None)


def _slowest_heartbeat(running: Mapping[str, Running]) -> int:
    """Centiseconds between two heartbeats of the slowest link of any node."""
    return max((node.heartbeat for node in running.values()), default=HEARTBEAT_LO)


def _silence(freeze: float, running: Mapping[str, Running]) -> float:
    """Centiseconds for which a frozen node's peers hear nothing at the most."""
    return round(freeze * 100 + _slowest_heartbeat(running), 6)


def inputs(freeze: Figure | None, asked: int | None, running: Mapping[str, Running]) -> Table:
    """The rule's inputs with their units, as the page shows them."""
    trouble = max((node.peertrouble for node in running.values()), default=PEERTROUBLE_LO)
    longest = ("not known", UNMEASURED)
    if freeze is not None:
        longest = (f"{'' if freeze.whole else 'at least '}{freeze.seconds:g} s", freeze.origin)
    rows = [
        ("longest freeze", *longest),
        ("margin", f"x {FACTOR}, at least {MARGIN:g} s", "for a migration that is slower"),
        ("heartbeat", both_units(_slowest_heartbeat(running)), "the slowest link of any node"),
        ("peertrouble", both_units(trouble), "peerinact must be above it"),
    ]
    if asked is not None:
        rows.append(("change file", both_units(asked), "[timers] peerinact"))
    return Table("What the rule goes by", ("input", "value", "from"), tuple(rows))


def compared(freeze: Figure | None, proposal: Proposal, running: Mapping[str, Running]) -> Table:
    """Each node's own running value beside the freeze, and what it is raised to."""
    rows = []
    for name, node in running.items():
        short = freeze is None or _silence(freeze.seconds, running) >= node.peerinact > 0
        known = freeze is not None and (freeze.whole or short)
        outlasts = ("no" if short else "yes") if known else "?"
        raised = proposal.wanted is not None and 0 < node.peerinact < proposal.wanted
        becomes = both_units(proposal.wanted or 0) if raised else "as it is"
        shown = (str(node.peerinact), f"{node.peerinact / 100:g}" if node.peerinact else "never")
        rows.append((name, *shown, outlasts, becomes))
    columns = ("node", "hundredths", "seconds", "outlasts it", "becomes")
    return Table("Running peerinact", columns, tuple(rows))
