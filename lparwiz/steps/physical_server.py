"""PhysicalServer: what VCS must be told after a management LPAR itself has moved.

VCS asks the HMC about the managed system that stands in PhysicalServer of a management LPAR; after
that LPAR has moved, the value is stale (facts, vcs.md 5 and 10.14). The correction is offered, and
made only where the value is still the stale one. The configuration is opened only where it is
closed, and then closed again: whoever has it open keeps it so (facts, vcs.md 4.2).

Reads:   which VCS system the moved node is; its PhysicalServer; whether the configuration is open.
Asks:    whether to correct it; what becomes of a value that somebody else has set since; whose the
         open configuration is, where the command that opens it gave no answer.
Changes: PhysicalServer of that system; meanwhile whether the configuration is writable.
Owes:    the correction, once it was said; the configuration read-only, where it was.
"""

import asyncio
from collections.abc import Awaitable, Callable

from lparwiz.change import Change, Host
from lparwiz.run.action import Action, Moved, Standing, Verdict, blocked, unproven
from lparwiz.run.ledger import Debt, DebtState
from lparwiz.run.play import Play
from lparwiz.run.reading import Reading
from lparwiz.run.snapshot import Choice, Finding, Level, Question, QuestionKind
from lparwiz.run.step import Again, Conclusion, Skipped, Stopped, WayBack
from lparwiz.steps import moved, readings
from lparwiz.steps.asking import AGAIN
from lparwiz.steps.attributes import own_system
from lparwiz.steps.mark import nobody_else
from lparwiz.steps.payment_order import Turn
from lparwiz.tools import vcs

WANTS = (
    "PhysicalServer of a management LPAR names the server that it runs on: VCS asks that "
    "server's HMC."
)
"""What the vendor's guide asks."""
DOES = (
    "Compares it after a management LPAR itself has moved, and offers to correct it. The "
    "configuration is opened only where it is closed, and closed again."
)
"""What lparwiz does."""

DEBT = "configuration"
STALE_DEBT = "physical-server"
CORRECT = "correct"
CORRECTION = "server.correct"
OPENING = "server.open"
CHOSEN = "physical server"
"""The fact that keeps the VCS system that is to be corrected, once that was said."""
STALE = "stale physical server"
"""The fact that keeps the value that is to be corrected; journals of earlier versions have none."""
OURS, THEIRS, OWED = "ours", "theirs", "owed"
OPENED = "configuration"
"""The fact that keeps that a person has called the open configuration this run's."""


async def play(play: Play, change: Change) -> None:
    """Compare, offer the correction, and leave the configuration as it was found."""
    node = change.migrating_node
    if node is None:
        raise Skipped("The LPAR is no node: it has no PhysicalServer.")
    if play.conclusion is not Conclusion.MIGRATED:
        raise Skipped("The LPAR is not proven to have moved: its PhysicalServer is left alone.")
    system = play.recall(CHOSEN) or await _offer(play, change, node)
    if system is None:
        return
    await nobody_else(play, change)
    await _whose(play, node)
    actions = await _actions(play, change, node, system)
    decided = await moved.decide(play, "server", [a for a in actions if a.id == CORRECTION])
    if decided.left or decided.owed:
        if play.owes(DEBT):
            await play.do([_closing(play, node)])
        decided.go_on_owing()
        play.result(f"PhysicalServer of {system} is left as somebody else has set it.")
        return
    (correction,) = decided.actions
    done = await play.do([correction if a.id == CORRECTION else a for a in actions])
    doubtful = unproven(done)
    if doubtful and play.owes(DEBT):
        done += await play.do([_closing(play, node)])
    if doubtful:
        raise Stopped(
            "PhysicalServer is not proven to be corrected.",
            "\n".join(doubtful),
            "Mend what it names, then try again. What is left stands in the ledger.",
        )
    play.result(f"PhysicalServer of {system} is {change.lpar.target}, read back.")


async def _offer(play: Play, change: Change, node: Host) -> str | None:
    """Offer the correction: the VCS system that is to be corrected; None: it is left as it is.

    Raises:
        Again: the configuration was opened or closed while the question stood.
    """
    system, stale = await _stale(play, change, node)
    play.note(STALE, stale)
    shown = await _actions(play, change, node, system)
    play.plan(shown)
    reply = await play.ask(_question(system, change.lpar.target))
    if reply.choice != CORRECT:
        play.result(f"PhysicalServer of {system} is left as it is, which is stale.")
        return None
    now = await _actions(play, change, node, system)
    if [each.id for each in now] != [each.id for each in shown]:
        raise Again  # what would run is not what was shown
    play.note(CHOSEN, system)
    return system


async def _stale(play: Play, change: Change, node: Host) -> tuple[str, str]:
    """The VCS system whose PhysicalServer is not where the LPAR runs now, and that value.

    Raises:
        Skipped: there is nothing to correct.
        Stopped: it can't be told.
    """
    peers, systems = await asyncio.gather(
        readings.peers(play, node),
        readings.systems(play, node),
    )
    if peers.value is None or systems.value is None:
        raise _untold(node, peers.problem or systems.problem)
    system = own_system(systems.value, peers.value)
    if not system:
        raise _untold(node, "VCS knows no system of its LLT id")
    rows = {row.object: row.value for row in systems.value if row.name == "PhysicalServer"}
    found, wanted = rows.get(system, ""), change.lpar.target
    if not found:
        raise Skipped(f"{system} is no management LPAR: it has no PhysicalServer.")
    if found == wanted:
        raise Skipped(f"PhysicalServer of {system} is {wanted} already.")
    text = f"PhysicalServer of {system} is {found}, and it runs on {wanted} now"
    remedy = "VCS asks the HMC about the wrong server until it is corrected."
    play.find(Finding("server.stale", Level.WARNING, text, node.label, remedy))
    return system, found


async def _whose(play: Play, node: Host) -> None:
    """See that an open configuration is this run's own before it is closed at the end.

    Raises:
        WayBack: nobody says whose it is: it stays open, and owed.
    """
    if not play.owes(DEBT) or play.reached(OPENING) or play.recall(OPENED):
        return
    found = await _read_only(play, node)
    if found.value is None:
        raise _untold(node, found.problem)
    if found.value == "1":
        return
    reply = await play.ask(
        Question(
            id="server.configuration",
            kind=QuestionKind.CHOICE,
            text="The configuration is open, and this run's command that opens it gave no answer: "
            "it may be somebody else's. Whose is it?",
            choices=(
                Choice(OWED, "Leave it open and owed", "ask who works on the configuration"),
                AGAIN,
                Choice(THEIRS, "It is somebody else's", "it is left open, and no longer owed"),
                Choice(OURS, "It is this run's", "it is closed at the end"),
            ),
            safe=OWED,
        )
    )
    match reply.choice:
        case "ours":
            play.note(OPENED, reply.choice)
        case "theirs":
            play.settle(DEBT, f"by {reply.by}: somebody else has it open", DebtState.TAKEN_OVER)
        case _:
            raise WayBack("the configuration is left open and owed: nobody says whose it is")


def _untold(node: Host, problem: str) -> Stopped:
    return Stopped(
        "VCS doesn't tell the PhysicalServer of the node that has moved.",
        f"{node.label}: {problem}",
        "Try again once it answers. Nothing was changed.",
    )


def _question(system: str, server: str) -> Question:
    return Question(
        id="server.physical-server",
        kind=QuestionKind.CHOICE,
        text=f"Correct PhysicalServer of {system} to {server}?",
        choices=(
            Choice("leave", "Leave it as it is", "to be corrected by hand"),
            AGAIN,
            Choice(CORRECT, "Correct it", "the configuration is left open or closed, as found"),
        ),
        safe="leave",
    )


async def _actions(play: Play, change: Change, node: Host, system: str) -> list[Action]:
    """What corrects it: the configuration opened and closed only where it is found closed."""
    found = await _read_only(play, node)
    if found.value is None:
        raise _untold(node, found.problem)
    stale = _stale_debt(node, system, change.lpar.target)
    correction = _correction(play, node, system, change.lpar.target, stale)
    if found.value == "0" and not play.owes(DEBT):
        play.say("The configuration is open: somebody works on it. It is left open.")
        return [correction]
    return [_opening(play, node, stale), correction, _closing(play, node)]


async def _read_only(play: Play, node: Host) -> Reading[str]:
    command = readings.on(node, vcs.cluster_value("ReadOnly"))
    return await play.read(node.id, command, readings.printed(vcs.parse_flag))


def _check_read_only(play: Play, node: Host, wanted: str) -> Callable[[], Awaitable[Verdict]]:
    async def check() -> Verdict:
        found = await _read_only(play, node)
        if found.value is None:
            return Verdict(Standing.UNKNOWN, found.problem)
        text = "the configuration is read-only" if found.value == "1" else "it is writable"
        return Verdict(Standing.HOLDS if found.value == wanted else Standing.OPEN, text)

    return check


def _check_closed(play: Play, node: Host) -> Callable[[], Awaitable[Verdict]]:
    read = _check_read_only(play, node, "1")

    async def check() -> Verdict:
        if not play.owes(DEBT):
            return Verdict(Standing.HOLDS, "this run didn't open it")
        return await read()

    return check


def _stale_debt(node: Host, system: str, server: str) -> Debt:
    commands = (
        vcs.open_configuration(),
        vcs.set_physical_server(system, server),
        vcs.close_configuration(),
    )
    return Debt(
        STALE_DEBT,
        node.label,
        f"PhysicalServer of {system} was to be corrected to {server}. Leave out the first command "
        "and the last where the configuration is open already: somebody works on it.",
        "\n".join(readings.on(node, command).text for command in commands),
        turn=Turn.SERVER,
    )


def _opening(play: Play, node: Host, stale: Debt) -> Action:
    return Action(
        id=OPENING,
        host=node.id,
        label=node.label,
        title="make the cluster's configuration writable",
        command=readings.on(node, vcs.open_configuration()),
        check=_check_read_only(play, node, "0"),
        subjects=(DEBT,),
        debts=(
            stale,
            Debt(
                DEBT,
                node.label,
                "The cluster's configuration was made writable, to correct PhysicalServer. Write "
                "it to disk and make it read-only again.",
                readings.on(node, vcs.close_configuration()).text,
                turn=Turn.SERVER,
            ),
        ),
    )


def _closing(play: Play, node: Host) -> Action:
    return Action(
        id="server.close",
        host=node.id,
        label=node.label,
        title="write the configuration to disk, read-only again",
        command=readings.on(node, vcs.close_configuration()),
        check=_check_closed(play, node),
        subjects=(DEBT,),
        pays=(DEBT,),
    )


def _correction(play: Play, node: Host, system: str, server: str, stale: Debt) -> Action:
    correcting = readings.on(node, vcs.set_physical_server(system, server))
    was = play.recall(STALE)

    async def check() -> Verdict:
        command = readings.on(node, vcs.system_value(system, "PhysicalServer"))
        found = await play.read(node.id, command, readings.printed(vcs.parse_value))
        if not isinstance(found.value, str):
            return Verdict(Standing.UNKNOWN, found.problem or "the VCS engine is not running")
        text = f"PhysicalServer is {found.value or 'not set'}"
        if found.value == server:
            return Verdict(Standing.HOLDS, text)
        if was in (None, found.value):
            return Verdict(Standing.OPEN, text)
        return blocked(
            Moved(
                subject=STALE_DEBT,
                host=node.label,
                what=f"PhysicalServer of {system}",
                was=was,
                ours=server,
                found=found.value or "not set",
                leave="it stays as it is; nothing is owed here",
                put=correcting,
                goal=server,
            )
        )

    return Action(
        id=CORRECTION,
        host=node.id,
        label=node.label,
        title=f"PhysicalServer of {system} to {server}",
        command=correcting,
        check=check,
        subjects=(STALE_DEBT,),
        debts=(stale,),
        pays=(STALE_DEBT,),
    )
