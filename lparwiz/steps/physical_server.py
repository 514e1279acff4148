"""PhysicalServer: what VCS must be told after a management LPAR itself has moved.

VCS asks the HMC about the managed system that stands in PhysicalServer of a management LPAR; after
that LPAR has moved, the value is stale (facts, vcs.md 5 and 10.14). The correction is offered. The
configuration is opened only where it is closed, and then closed again: whoever has it open keeps it
so (facts, vcs.md 4.2).

Reads:   which VCS system the moved node is; its PhysicalServer; whether the configuration is open.
Asks:    whether to correct it.
Changes: PhysicalServer of that system; meanwhile whether the configuration is writable.
Owes:    the correction, once it was said; the configuration read-only, where it was.
"""

import asyncio
from collections.abc import Awaitable, Callable

from lparwiz.change import Change, Host
from lparwiz.run.action import Action, Reading, Standing, Verdict
from lparwiz.run.ledger import Debt
from lparwiz.run.play import Play
from lparwiz.run.snapshot import Choice, Finding, Level, Question, QuestionKind
from lparwiz.run.step import Conclusion, Skipped, Stopped
from lparwiz.steps import readings
from lparwiz.steps.asking import AGAIN
from lparwiz.steps.checks.gather import system_attributes
from lparwiz.steps.checks.managed import own_system
from lparwiz.steps.mark import nobody_else
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
CHOSEN = "physical server"
"""The fact that keeps the VCS system that is to be corrected, once that was said."""


async def play(play: Play, change: Change) -> None:
    """Compare, offer the correction, and leave the configuration as it was found."""
    node = change.migrating_node
    if node is None:
        raise Skipped("The LPAR is no node: it has no PhysicalServer.")
    if play.conclusion is not Conclusion.MIGRATED:
        raise Skipped("The LPAR is not proven to have moved: its PhysicalServer is left alone.")
    system = play.recall(CHOSEN)
    if system is None:
        system = await _stale(play, change, node)
        actions = await _actions(play, change, node, system)
        play.plan(actions)
        reply = await play.ask(_question(system, change.lpar.target))
        if reply.choice != CORRECT:
            play.result(f"PhysicalServer of {system} is left as it is, which is stale.")
            return
        play.note(CHOSEN, system)
    await nobody_else(play, change)
    done = await play.do(await _actions(play, change, node, system))
    doubtful = [each for each in done if not each.proven]
    if doubtful and play.owes(DEBT):
        done += await play.do([_closing(play, node)])
    if doubtful:
        raise Stopped(
            "PhysicalServer is not proven to be corrected.",
            "\n".join(f"{d.action.label}: {d.action.title}: {d.text}" for d in doubtful),
            "Mend what it names, then try again. What is left stands in the ledger.",
        )
    play.result(f"PhysicalServer of {system} is {change.lpar.target}, read back.")


async def _stale(play: Play, change: Change, node: Host) -> str:
    """The VCS system whose PhysicalServer is not where the LPAR runs now.

    Raises:
        Skipped: there is nothing to correct.
        Stopped: it can't be told.
    """
    peers, systems = await asyncio.gather(
        readings.peers(play, node),
        play.read(node.id, readings.on(node, vcs.display_systems()), system_attributes),
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
    return system


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
    )


def _opening(play: Play, node: Host, stale: Debt) -> Action:
    return Action(
        id="server.open",
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
    async def check() -> Verdict:
        command = readings.on(node, vcs.system_value(system, "PhysicalServer"))
        found = await play.read(node.id, command, readings.printed(vcs.parse_value))
        if not isinstance(found.value, str):
            return Verdict(Standing.UNKNOWN, found.problem or "the VCS engine is not running")
        text = f"PhysicalServer is {found.value or 'not set'}"
        return Verdict(Standing.HOLDS if found.value == server else Standing.OPEN, text)

    return Action(
        id="server.correct",
        host=node.id,
        label=node.label,
        title=f"PhysicalServer of {system} to {server}",
        command=readings.on(node, vcs.set_physical_server(system, server)),
        check=check,
        subjects=(STALE_DEBT,),
        debts=(stale,),
        pays=(STALE_DEBT,),
    )
