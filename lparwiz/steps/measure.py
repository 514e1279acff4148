"""Measure: how long the migrating node is unresponsive, and the timer that follows from it.

The guide: "Determine how long the migrating node is unresponsive in your environment." Below the
present peer inactive timeout nothing needs changing; else peerinact is raised above it. The rule
is in `rule.py`.

Reads:   each node's own running timers; the LPAR's memory; what was seen of it before.
Asks:    for the longest freeze: watched while something migrates it, seen before, or typed in,
         here or in the change file; without one, the guide's 90 s.
Changes: nothing.
"""

import asyncio
from dataclasses import replace
from time import localtime, strftime

from lparwiz.change import Change, Part
from lparwiz.history import Kind, Seen
from lparwiz.run.play import Play
from lparwiz.run.snapshot import Choice, Level, Question, QuestionKind, Table
from lparwiz.run.step import Skipped, Stopped
from lparwiz.steps import readings, rule
from lparwiz.steps.asking import BACK, go_on
from lparwiz.steps.evidence import look, migrated
from lparwiz.steps.longest_freeze import longest_known
from lparwiz.steps.rule import Figure, Running
from lparwiz.steps.watching import Freezes, keep_cut_off, keep_in_history, watching

WANTS = (
    "Determine how long the migrating node is unresponsive in your environment. Below the peer "
    "inactive timeout nothing needs changing; else raise the timeout above it."
)
"""What the vendor's guide asks."""
DOES = (
    "Takes the longest freeze that was seen, watched in a rehearsal, or typed with where it is "
    "from, and proposes peerinact by a rule that it shows. Without a figure: the guide's 90 s."
)
"""What lparwiz does."""

LATEST = 5
"""How many figures of earlier changes stand on the page."""


async def play(play: Play, change: Change, freezes: Freezes) -> None:
    """Ask for the longest freeze, and propose the timer by the rule."""
    if Part.TIMERS not in change.route.parts:
        raise Skipped(f"Route {change.route} touches no timers.")
    running = await _running(play, change)
    if freezes.can_watch(play, change):
        play.note("memory", await memory(play, change))
    keep_cut_off(play, freezes)
    if freezes.history.unread:
        play.say(freezes.history.unread)
    _show_history(play, change, freezes.history.of(change.lpar.name))
    freeze = await _ask_freeze(play, change, freezes, running)
    proposal = _propose(play, change, running, freeze)
    found = rule.against(freeze, proposal.wanted, running, reboot=change.timers.reboot)
    play.find(*found)
    for finding in found:
        if finding.level is Level.STOP:
            raise Stopped("This peerinact is not proposed.", finding.text, finding.remedy)
    play.note(
        "peerinact",
        {
            "freeze": freeze.seconds if freeze is not None else None,
            "origin": freeze.origin if freeze is not None else rule.UNMEASURED,
            "wanted": proposal.wanted,
            "rule": proposal.rule,
            "lowest": rule.lowest_peerinact(running),
            "running": {name: node.peerinact for name, node in running.items()},
        },
    )
    play.result(proposal.rule[0].upper() + proposal.rule[1:] + ".")
    warnings = tuple(finding.id for finding in found if finding.level is Level.WARNING)
    if warnings:
        await play.ask(go_on("measure", "Go on all the same?", warnings=warnings))


def _propose(
    play: Play, change: Change, running: dict[str, Running], freeze: Figure | None
) -> rule.Proposal:
    """What follows from a freeze, with the rule's inputs on the page."""
    asked = change.timers.peerinact
    proposal = rule.propose(freeze, asked, running)
    for table in (rule.compared(freeze, proposal, running), rule.inputs(freeze, asked, running)):
        if table not in play.picture.now.tables:
            play.table(table)
    return proposal


async def _running(play: Play, change: Change) -> dict[str, Running]:
    """Each node's own running timers, by its label."""
    found = await asyncio.gather(*(readings.timers(play, node) for node in change.nodes))
    unread = [reading for reading in found if reading.value is None]
    if unread:
        raise Stopped(
            "Not every node tells its peerinact.",
            "\n".join(f"{reading.host}: {reading.problem}" for reading in unread),
            "Mend that, then try again: one node left out would time the migrating one out.",
        )
    return {r.host: Running.of(r.value) for r in found if r.value is not None}


async def memory(play: Play, change: Change) -> int | None:
    """MB that the LPAR's profile gives it; None where the console doesn't tell."""
    lpar, console = change.lpar, change.source_console
    partition, profiles = await asyncio.gather(
        readings.partition(play, console, lpar.source, lpar.name),
        readings.profiles(play, console, lpar.source, lpar.name),
    )
    if not partition.value or not profiles.value:
        return None
    profile = partition.value[0].curr_profile or partition.value[0].default_profile
    row = next((row for row in profiles.value if row.get("name") == profile), {})
    megabytes = row.get("desired_mem", "")
    return int(megabytes) if megabytes.isascii() and megabytes.isdigit() else None


def _show_history(play: Play, change: Change, seen: tuple[Seen, ...]) -> None:
    if not seen:
        return
    columns = ("when", "systems", "freeze, s", "at least, s", "samples", "memory", "use", "seen by")
    rows = tuple(_history_row(each, change) for each in reversed(seen[-LATEST:]))
    play.table(Table("Freezes seen before", columns, rows))


def _history_row(seen: Seen, change: Change) -> tuple[str, ...]:
    """A figure of the history as a row of a table, with what it may do to the timers."""
    lowers = seen.may_lower(change.lpar.source, change.lpar.target)
    return (
        strftime("%Y-%m-%d %H:%M", localtime(seen.at)),
        f"{seen.source} > {seen.target}" if seen.source else "not said",
        f"{seen.seconds:.2f}",
        f"{seen.least:.2f}",
        str(seen.samples) if seen.samples else "-",
        f"{seen.memory} MB" if seen.memory is not None else "-",
        "raise or lower timers" if lowers else "only raise timers",
        f"{seen.by}, {seen.kind}",
    )


def figure_of(seen: Seen, change: Change) -> Figure:
    """What the rule goes by of a freeze that was seen: whole only between these two systems."""
    lpar = change.lpar
    when = strftime("%Y-%m-%d", localtime(seen.at))
    mine = seen.systems in ({lpar.source, lpar.target}, {""})
    told = f"run {seen.run}" if seen.run else f"a {seen.kind} of {when}"
    origin = f"{seen.by}, {told}{'' if mine else ' between other systems'}"
    whole = seen.may_lower(lpar.source, lpar.target)
    return Figure(seen.seconds, origin if whole else f"{origin}: only raises", whole)


def _as_typed(figure: Figure) -> str:
    """A figure as it is proposed, and typed."""
    return f"{figure.seconds:g} from {figure.origin}"


async def _ask_freeze(
    play: Play, change: Change, freezes: Freezes, running: dict[str, Running]
) -> Figure | None:
    """The longest freeze; None where nothing was measured. Rehearsals as often as wanted."""
    while True:
        seen = longest_known(freezes.history, change, play.clock.now())
        known = figure_of(seen, change) if seen is not None else None
        if known is not None:  # the figure and what follows stand on the page before it is used
            _propose(play, change, running, known)
        reply = await play.ask(_question(known, can_watch=freezes.can_watch(play, change)))
        if reply.choice == "none":
            return None
        if reply.choice == "watch":
            await _rehearse(play, change, freezes, running)
            continue
        if seen and known and reply.value.strip() in (_as_typed(known), f"{known.seconds:g}"):
            if seen not in freezes.history.all and not play.rehearsal:
                run, memory = play.picture.heading.run, play.recall("memory")
                keep_in_history(play, freezes, replace(seen, run=run, memory=memory))
            return known
        try:
            typed = await _typed(play, change, freezes, rule.figure(reply.value))
        except rule.NotAFigure as wrong:
            play.say(str(wrong))
            continue
        if known is None or known.seconds <= typed.seconds:
            return typed
        play.say(
            f"{typed.seconds:g} s are less than the {known.seconds:g} s that are known from "
            f"{known.origin}: the longer one counts."
        )
        return known


def _question(known: Figure | None, *, can_watch: bool) -> Question:
    watch = Choice("watch", "Watch a rehearsal", "changes nothing; you migrate it meanwhile")
    return Question(
        id="measure.freeze",
        kind=QuestionKind.VALUE,
        text="How long is the node unresponsive while it migrates? Type it in seconds and where "
        "it is from, such as 14.5 from CHG0031337, or go on without a figure.",
        choices=(
            Choice("none", "No figure", "use the change file's value, or the guide's 90 s"),
            Choice("figure", "Use it"),
            *((watch,) if can_watch else ()),
            BACK,
        ),
        safe="figure" if known else "none",
        value=_as_typed(known) if known else "",
        value_label="seconds",
        takes="figure",
    )


async def _rehearse(
    play: Play, change: Change, freezes: Freezes, running: dict[str, Running]
) -> None:
    """Watch while something else migrates the node; what is seen goes into the history."""
    limits = {name: node.peerinact / 100 for name, node in running.items() if node.peerinact}
    async with watching(play, change, freezes, Kind.REHEARSAL, limits) as watch:
        before = (await look(play, change)).proof
        await play.ask(
            Question(
                id="measure.watching",
                kind=QuestionKind.CHOICE,
                text=f"{change.lpar.name} is being watched. Migrate it now from where you do such "
                "things; this run changes nothing. Then stop watching.",
                choices=(Choice("stop", "Stop watching"), BACK),
                safe="stop",
            )
        )
        after = (await look(play, change)).proof
        watch.migrated = migrated(before, after)


async def _typed(play: Play, change: Change, freezes: Freezes, typed: Figure) -> Figure:
    """A figure that somebody typed, with where it is from; kept for the next change."""
    origin = typed.origin
    if not origin:
        reply = await play.ask(
            Question(
                id="measure.origin",
                kind=QuestionKind.VALUE,
                text=f"Where are the {typed.seconds:g} s from? A ticket, a log, an earlier "
                "migration: the next change will go by it.",
                choices=(Choice("go", "Go on"), BACK),
                safe="go",
                value_label="from",
                takes="go",
            )
        )
        origin = reply.value.strip() or "typed in, not said from where"
    lpar = change.lpar
    seen = Seen(
        at=play.clock.now(),
        lpar=lpar.name,
        source=lpar.source,
        target=lpar.target,
        seconds=typed.seconds,
        least=typed.seconds,
        samples=0,
        by=origin,
        kind=Kind.TYPED,
        memory=play.recall("memory"),
        run=play.picture.heading.run,
    )
    if not play.rehearsal:
        keep_in_history(play, freezes, seen)
    return Figure(typed.seconds, origin)
