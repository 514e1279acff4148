"""Timers: raise peerinact on every node before the migration, proven on every node.

The guide: `lltconfig -T peerinact:9000` on every node, verified by `lltconfig -T query`; a
`set-timer` line in /etc/llttab makes it last. All nodes or none (rule 5).

Reads:   each node's running peerinact and /etc/llttab; what is frozen in VCS.
Asks:    what becomes of a value that somebody else has set since; whether to run the commands
         shown.
Changes: the running peerinact of every node below the wanted value; with `persist`, /etc/llttab
         where it says less.
Owes:    each node's own former value; with `persist`, the former /etc/llttab until it migrated.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from lparwiz.change import Change, Host, Part
from lparwiz.run.action import Action, Moved, Standing, Verdict, blocked, unproven
from lparwiz.run.ledger import Debt
from lparwiz.run.play import Play
from lparwiz.run.snapshot import Table
from lparwiz.run.step import Skipped, Stopped
from lparwiz.steps import readings
from lparwiz.steps.asking import proceed
from lparwiz.steps.frozen import note_frozen
from lparwiz.steps.moved import again_if_moved, decide
from lparwiz.steps.own_values import OWN_VALUES, note_own_values, own_peerinact
from lparwiz.steps.payment_order import OUTCOME_DEBT, Turn
from lparwiz.steps.persist import file_debt_id, file_edits, persist_all
from lparwiz.steps.units import both_units
from lparwiz.tools import llt
from lparwiz.tools.command import Command
from lparwiz.tools.errors import Refused

WANTS = (
    "Set the peer inactive timeout on every node with `lltconfig -T peerinact:9000`, verify it "
    "with `lltconfig -T query`, and add a `set-timer` line to /etc/llttab to make it last."
)
"""What the vendor's guide asks."""
DOES = (
    "Reads each node's running value and its file, writes down what each had, sets the nodes "
    "that are below, and reads all back: all or none. /etc/llttab only with `persist`."
)
"""What lparwiz does."""


async def play(play: Play, change: Change) -> None:
    """Raise the timers on all nodes; while one is in doubt, nothing migrates."""
    if Part.TIMERS not in change.route.parts:
        raise Skipped(f"Route {change.route} touches no timers.")
    await note_frozen(play, change)
    wanted = play.recall("peerinact")["wanted"]
    if wanted is None:
        raise Skipped("Every node outlasts the freeze as it is: nothing to change.")
    await note_own_values(play, change)
    actions = await _decided(play, change, wanted)
    if not actions:
        raise Skipped(f"Every node is at {wanted} or above already: nothing to change.")
    await show(play, change, wanted)
    if change.timers.persist:
        play.table(file_edits(play, change, wanted))
    play.plan(actions)
    await play.ask(proceed("timers", f"Raise peerinact to {both_units(wanted)}?", "Raise it"))
    done = await play.do(actions, together=True)
    again_if_moved(done)
    await show(play, change, wanted)
    if doubtful := unproven(done):
        raise Stopped(
            "Not every node is proven raised, so nothing migrates.",
            "\n".join(doubtful),
            "Mend the node and try again, or take the way back: it puts all of them back.",
        )
    play.note("persisted", change.timers.persist)
    low = len(_low(play, change, wanted))
    play.result(f"peerinact is {both_units(wanted)} on {low} nodes, read back.")


def _low(play: Play, change: Change, wanted: int) -> list[Host]:
    """The nodes whose own value is below what is wanted; 0 never expires."""
    return [node for node in change.nodes if 0 < own_peerinact(play, node) < wanted]


async def _decided(play: Play, change: Change, wanted: int) -> tuple[Action, ...]:
    """What is to be raised, once the operator has said which values are the nodes' own."""
    while True:
        actions = [raise_timer(play, node, wanted) for node in _low(play, change, wanted)]
        if change.timers.persist:
            actions += persist_all(play, change, wanted)
        decided = await decide(play, "timers", actions, together=True)
        if not decided.left:
            return decided.actions
        take_theirs(play, change, decided.left)


def take_theirs(play: Play, change: Change, left: Sequence[Moved]) -> None:
    """Note what somebody else has set meanwhile as the nodes' own: that is put back later."""
    values = {name: dict(own) for name, own in play.recall(OWN_VALUES).items()}
    for node in change.nodes:
        for theirs in left:
            if theirs.subject == debt_id(node):
                values[node.name]["running"] = int(theirs.exact)
            elif theirs.subject == file_debt_id(node):
                values[node.name]["llttab"] = theirs.exact
                play.folder.keep(f"backup/llttab.{node.name}", theirs.exact)
    play.note(OWN_VALUES, values)


def debt_id(node: Host) -> str:
    """The id of the debt of a node's running timer."""
    return f"peerinact/{node.name}"


def raise_timer(play: Play, node: Host, wanted: int) -> Action:
    """Set a node's running peerinact above its former value."""
    former = own_peerinact(play, node)
    try:
        command = readings.on(node, llt.set_peerinact(wanted))
    except Refused as refused:
        raise Stopped(
            "This peerinact is not sent.", str(refused), 'Mend [timers] peerinact, such as "90s".'
        ) from refused
    return Action(
        id=_raising(node),
        host=node.id,
        label=node.label,
        title=f"peerinact from {both_units(former)} to {both_units(wanted)}",
        command=command,
        check=_check_raised(play, node, former, wanted, command),
        subjects=(debt_id(node),),
        debts=(_raised_debt(node, former, wanted),),
    )


def _raising(node: Host) -> str:
    return f"timers.raise.{node.name}"


def _check_raised(
    play: Play, node: Host, former: int, wanted: int, command: Command
) -> Callable[[], Awaitable[Verdict]]:
    """Whether the value runs and is this run's; another's is for the operator to decide on."""

    async def check() -> Verdict:
        reading = await readings.timers(play, node)
        if reading.value is None:
            return Verdict(Standing.UNKNOWN, reading.problem)
        running = reading.value["peerinact"]
        if running == wanted and play.owes(debt_id(node)):
            return Verdict(Standing.HOLDS, f"peerinact = {running}")
        lowered = play.reached(_raising(node)) and 0 < running < wanted
        if running == former and not lowered:
            return Verdict(Standing.OPEN, f"peerinact = {running}")
        return blocked(
            replace(
                _moved(node, former, wanted, running),
                leave="" if lowered else _theirs(running, wanted),
                put=command if lowered else None,
                goal=both_units(wanted),
            )
        )

    return check


def _raised_debt(node: Host, former: int, wanted: int) -> Debt:
    return Debt(
        debt_id(node),
        node.label,
        f"peerinact was raised from {both_units(former)} to {both_units(wanted)}. Put it back once "
        "every peer sees every node OPEN with all links UP.",
        readings.on(node, llt.put_back_peerinact(former)).text,
        turn=Turn.TIMERS,
        after=OUTCOME_DEBT,
    )


def _moved(node: Host, was: int, ours: int, found: int) -> Moved:
    return Moved(
        subject=debt_id(node),
        host=node.label,
        what="peerinact",
        was=both_units(was),
        ours=both_units(ours),
        found=both_units(found),
        exact=str(found),
    )


def _theirs(found: int, wanted: int) -> str:
    """What it means to leave a value that somebody else has set: it counts as the node's own."""
    if 0 < found < wanted:
        own = f"{both_units(found)} becomes the node's own value"
        return f"{own}, which is put back later, and is raised"
    return f"{both_units(found)} becomes the node's own value, and stays: it is enough as it is"


def lower_timer(play: Play, node: Host, raised: int) -> Action:
    """Put a node's running peerinact back to its own former value."""
    former = own_peerinact(play, node)
    command = readings.on(node, llt.put_back_peerinact(former))

    async def check() -> Verdict:
        reading = await readings.timers(play, node)
        if reading.value is None:
            return Verdict(Standing.UNKNOWN, reading.problem)
        running = reading.value["peerinact"]
        if running == former:
            return Verdict(Standing.HOLDS, f"peerinact = {running}")
        if running == raised:
            return Verdict(Standing.OPEN, f"peerinact = {running}")
        return blocked(
            replace(
                _moved(node, former, raised, running),
                leave=f"{both_units(running)} stays, and nothing is owed here any more",
                put=command,
                goal=f"{both_units(former)} again",
            )
        )

    return Action(
        id=f"timers.restore.{node.name}",
        host=node.id,
        label=node.label,
        title=f"peerinact back to {both_units(former)}",
        command=command,
        check=check,
        subjects=(debt_id(node),),
        pays=(debt_id(node),),
    )


async def show(play: Play, change: Change, wanted: int) -> dict[str, int | None]:
    """The nodes side by side: was, wanted, is, in llttab; hundredths of a second.

    Returns:
        What runs, by the node's name; None where it can't be read.
    """
    running, files = await asyncio.gather(
        asyncio.gather(*(readings.timers(play, node) for node in change.nodes)),
        asyncio.gather(*(readings.llttab(play, node) for node in change.nodes)),
    )
    rows = []
    for node, timers, file in zip(change.nodes, running, files, strict=True):
        rows.append(
            (
                node.label,
                str(own_peerinact(play, node)),
                str(wanted),
                str(timers.value["peerinact"]) if timers.value is not None else "?",
                "?" if file.value is None else _in_file(file.value),
            )
        )
    columns = ("node", "was", "wanted", "is", "in llttab")
    play.table(Table("peerinact, hundredths of a second", columns, tuple(rows)))
    return {
        node.name: timers.value["peerinact"] if timers.value is not None else None
        for node, timers in zip(change.nodes, running, strict=True)
    }


def _in_file(text: str) -> str:
    value = llt.llttab_peerinact(text)
    return "not set" if value is None else str(value)
