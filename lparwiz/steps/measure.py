"""Measure: how long the migrating node is unresponsive, and the timer that follows from it.

The guide: "Determine how long the migrating node is unresponsive in your environment." Below the
present peer inactive timeout nothing needs changing; else peerinact is raised above it.

Reads:   each node's own running peerinact.
Asks:    the measured time, typed in or from an earlier run; without one, the guide's 90 s.
Changes: nothing.
"""

import asyncio
import math
import re
from dataclasses import dataclass

from lparwiz.change import Change, Part
from lparwiz.run.play import Play
from lparwiz.run.snapshot import Choice, Finding, Level, Question, QuestionKind, Table
from lparwiz.run.step import Skipped, Stopped
from lparwiz.steps import readings
from lparwiz.steps.asking import BACK, go_on
from lparwiz.tools import llt

GUIDE_PEERINACT = 9000
"""Centiseconds: the guide's own example, 90 s, used where nothing was measured."""
FACTOR = 2
"""Wanted is at least twice the longest freeze (facts, vcs.md 7)."""
MARGIN = 10.0
"""Wanted is at least this many seconds above the longest freeze (facts, vcs.md 7)."""
HEARTBEAT = 1.0
"""Seconds between two heartbeats on a low-pri link: a freeze begins up to that long after the last
one (facts, vcs.md 1.3)."""
LONGEST = 600.0
"""Seconds: the longest freeze that is believed, PowerHA's own limit during a migration (facts,
vcs.md 7). More is hundredths typed where seconds are meant."""
HAD_LIMIT = 30.0
"""Seconds: the local limit between HAD and GAB, which no peerinact cures (facts, vcs.md 2.4)."""
_SECONDS = re.compile(r"\s*(\d{1,4}(?:\.\d{1,3})?)\s*(?:s|sec|seconds)?\s*")


@dataclass(frozen=True)
class Proposal:
    """What follows from a freeze."""

    wanted: int | None
    """Centiseconds; None: nothing needs changing."""
    rule: str
    """How it was worked out, in words and numbers."""


def propose(freeze: float | None, asked: int | None, running: dict[str, int]) -> Proposal:
    """The peerinact that a migration needs.

    Args:
        freeze: the longest freeze in seconds; None: not measured.
        asked: what the change file asks for, centiseconds; None: nothing.
        running: each node's running peerinact, centiseconds; 0 never expires.
    """
    lowest = min((value for value in running.values() if value), default=None)
    if freeze is None:
        if asked is not None:
            return Proposal(asked, f"the change file asks for {_both(asked)}")
        return Proposal(
            GUIDE_PEERINACT, f"nothing was measured: the guide's {_both(GUIDE_PEERINACT)}"
        )
    needed = math.ceil(max(FACTOR * freeze, freeze + MARGIN)) * 100
    how = f"the larger of {FACTOR} x {freeze:g} s and {freeze:g} s + {MARGIN:g} s, in whole seconds"
    if asked is not None and asked >= needed:
        return Proposal(asked, f"the change file asks for {_both(asked)}, enough for {freeze:g} s")
    if asked is not None:
        return Proposal(
            needed, f"{how}: {_both(needed)}; the {_both(asked)} of the change file are too few"
        )
    if lowest is None or (freeze + HEARTBEAT) * 100 < lowest:
        shown = "no node ever expires" if lowest is None else f"the lowest limit, {_both(lowest)}"
        text = f"a freeze of {freeze:g} s and a heartbeat are below {shown}: nothing needs changing"
        return Proposal(None, text)
    return Proposal(needed, f"{how}: {_both(needed)}")


def _both(centiseconds: int) -> str:
    return f"{centiseconds / 100:g} s = {centiseconds}"


@dataclass(frozen=True)
class Known:
    """A freeze that an earlier run of the same LPAR took down."""

    seconds: float
    run: str


async def play(play: Play, change: Change, known: Known | None) -> None:
    """Take the freeze down, and propose the timer by the rule."""
    if Part.TIMERS not in change.route.parts:
        raise Skipped(f"Route {change.route} touches no timers.")
    found = await asyncio.gather(*(readings.timers(play, node) for node in change.nodes))
    running = {
        reading.host: reading.value["peerinact"] for reading in found if reading.value is not None
    }
    if len(running) < len(found):
        raise Stopped(
            "Not every node tells its peerinact.",
            "\n".join(f"{r.host}: {r.problem}" for r in found if r.value is None),
            "Mend that, then try again: one node left out would time the migrating one out.",
        )
    play.table(
        Table(
            "Running peerinact",
            ("node", "hundredths", "seconds"),
            tuple((host, str(value), f"{value / 100:g}") for host, value in running.items()),
        )
    )
    freeze = await _ask_freeze(play, known)
    proposal = propose(freeze, change.timers.peerinact, running)
    if proposal.wanted is not None and proposal.wanted <= llt.LOWEST_PEERINACT:
        raise Stopped(
            "The wanted peerinact is too low.",
            f"{proposal.wanted} hundredths; peertrouble is up to {llt.LOWEST_PEERINACT}",
            "Values are hundredths of a second for LLT: 90 s is 9000.",
        )
    if freeze is not None and freeze > HAD_LIMIT:
        play.find(
            Finding(
                "freeze.had",
                Level.WARNING,
                f"a freeze of {freeze:g} s is above HAD's own limit of {HAD_LIMIT:g} s with GAB",
                remedy="No peerinact cures that: HAD may be killed and restarted on resume.",
            )
        )
    lowest = min((value for value in running.values() if value), default=None)
    play.note(
        "peerinact",
        {"freeze": freeze, "wanted": proposal.wanted, "rule": proposal.rule, "lowest": lowest},
    )
    play.result(proposal.rule[0].upper() + proposal.rule[1:] + ".")
    if freeze is not None and freeze > HAD_LIMIT:
        await play.ask(go_on("measure", "Go on all the same?", warnings=("freeze.had",)))


async def _ask_freeze(play: Play, known: Known | None) -> float | None:
    """The longest freeze in seconds; None where nothing was measured."""
    origin = f" Run {known.run} took down {known.seconds:g} s." if known else ""
    question = Question(
        id="measure.freeze",
        kind=QuestionKind.VALUE,
        text="How long is the node unresponsive while it migrates? Type what you measured, in "
        f"seconds, or go on without a figure.{origin}",
        choices=(
            Choice("none", "No figure", "use the change file's value, or the guide's 90 s"),
            Choice("figure", "Use this figure"),
            BACK,
        ),
        safe="figure" if known else "none",
        value=f"{known.seconds:g}" if known else "",
        value_label="seconds",
    )
    while True:
        reply = await play.ask(question)
        if reply.choice == "none":
            return None
        typed = _SECONDS.fullmatch(reply.value)
        if typed and 0 < float(typed[1]) <= LONGEST:
            return float(typed[1])
        play.say(
            f"{reply.value!r} is no freeze: type seconds, such as 14.5, and at most {LONGEST:g}."
        )
