"""Restore: put each node's timer back to its own former value, once the cluster is whole again.

The guide: reset the peer inactive timeout after the migration. "100 %" on the HMC is not the end:
it waits until every peer sees every node OPEN with all links UP and GAB has the membership that it
had (facts, vcs.md 10.9). Not a default is put back, but what was there (rule 9).

Reads:   LLT's peers and GAB's membership on every node; peerinact and /etc/llttab; on both
         consoles whether the LPAR is being migrated.
Asks:    what becomes of a value that somebody else has set since; whether to run the commands
         shown; where a console can't be read, whether nothing migrates the LPAR.
Changes: the running peerinact of the nodes that we raised; their /etc/llttab, unless `persist`
         asks for it and the LPAR has migrated.
"""

import asyncio
from collections.abc import Mapping, Sequence

from lparwiz.change import Change, Host, Part
from lparwiz.run.action import Action, Done, unproven
from lparwiz.run.ledger import DebtState
from lparwiz.run.play import Play
from lparwiz.run.snapshot import Finding, Level, Progress
from lparwiz.run.step import Conclusion, Skipped, Stopped
from lparwiz.steps.asking import put_right
from lparwiz.steps.full_membership import lacking
from lparwiz.steps.mark import nobody_else
from lparwiz.steps.moved import again_if_moved, decide
from lparwiz.steps.moved import show as show_moved
from lparwiz.steps.own_values import own_peerinact
from lparwiz.steps.persist import edited_since, file_debt_id, put_file_back
from lparwiz.steps.standing_still import standing_still
from lparwiz.steps.timers import debt_id, lower_timer, show
from lparwiz.steps.units import both_units

WANTS = "Reset the peer inactive timeout after the migration."
"""What the vendor's guide asks."""
DOES = (
    "Waits until every peer sees every node OPEN with all links UP and GAB is as it was; then "
    "puts each node's own former value back, not a default, and reads it back."
)
"""What lparwiz does."""

POLL = 5.0
"""Seconds between two looks at the nodes."""


async def play(play: Play, change: Change) -> None:
    """Wait for the cluster, then lower what was raised."""
    owing = [node for node in change.nodes if play.owes(debt_id(node))]
    files = [node for node in change.nodes if play.owes(file_debt_id(node))]
    if Part.TIMERS not in change.route.parts or not (owing or files):
        raise Skipped("No timer was raised: nothing to put back.")
    if play.conclusion is Conclusion.UNKNOWN:
        raise Skipped("The outcome is not proven: the timers stay raised, and stay owed.")
    await nobody_else(play, change)
    await _whole(play, change)
    wanted = play.recall("peerinact")["wanted"]
    actions = [lower_timer(play, node, wanted) for node in owing]
    persisted = bool(play.recall("persisted")) and play.conclusion is Conclusion.MIGRATED
    if not persisted:
        actions += [put_file_back(play, node, wanted) for node in files]
    await show(play, change, wanted)
    decided = await decide(play, "restore", actions, together=True)
    done = await _put_back(play, change, decided.actions)
    unread = await _leave_files(play, files, wanted) if persisted else []
    running = await show(play, change, wanted)
    _warn_of_others(play, [node for node in change.nodes if node not in owing], running)
    doubtful = unproven(done)
    if doubtful or unread:
        raise Stopped(
            "Not every timer is proven back.",
            "\n".join((*doubtful, *unread)),
            "What is left stands in the ledger, with the command.",
        )
    decided.go_on_owing()
    if decided.left:
        play.result("Every node is at its own value, or at the one that was left as found.")
        return
    kept = " /etc/llttab keeps the raised value, as asked." if persisted else ""
    play.result(f"Every node that was raised is back at its own value, read back.{kept}")


def _warn_of_others(play: Play, nodes: Sequence[Host], running: Mapping[str, int | None]) -> None:
    """Say what somebody else has set meanwhile on the nodes that this run didn't raise."""
    for node in nodes:
        own, now = own_peerinact(play, node), running[node.name]
        if now is not None and now != own:
            play.find(
                Finding(
                    "timers.others",
                    Level.WARNING,
                    f"peerinact is {both_units(now)}; it was {both_units(own)} before, "
                    "and this run did not set it",
                    node.label,
                    "It stays as it is. Ask who set it, and why.",
                )
            )


async def _leave_files(play: Play, nodes: Sequence[Host], wanted: int) -> list[str]:
    """Settle the debts of files that are to stay as raised; an edit of somebody else stays, too.

    Returns:
        The files that could not be read, a line each: they stay owed.
    """
    stands = await asyncio.gather(*(edited_since(play, node, wanted) for node in nodes))
    show_moved(play, tuple(moved for moved, _ in stands if moved is not None))
    for node, (moved, problem) in zip(nodes, stands, strict=True):
        if moved is not None:
            how = f"their edit stays, found: {moved.found}"
            play.settle(file_debt_id(node), how, DebtState.TAKEN_OVER)
        elif not problem:
            play.settle(file_debt_id(node), "stays, as [timers] persist asks")
    return [f"{node.label}: {why}" for node, (_, why) in zip(nodes, stands, strict=True) if why]


async def _put_back(play: Play, change: Change, actions: tuple[Action, ...]) -> tuple[Done, ...]:
    if not actions:
        return ()
    play.plan(actions)
    await play.ask(put_right("restore", "Put each node's own peerinact back?", "Put back"))
    await nobody_else(play, change)  # the question may have stood for an hour
    waited = True
    while waited:  # for links, perhaps because of a migration that has begun meanwhile
        await standing_still(play, change, "restore", "the timers stay raised")
        waited = await _whole(play, change)
    done = await play.do(actions, together=True)
    again_if_moved(done)
    return done


async def _whole(play: Play, change: Change) -> bool:
    """Wait until every node sees every node OPEN, and GAB is as it was; whether it had to."""
    started, limit = play.clock.now(), change.limits.settle
    waited = False
    while True:
        lacks = await lacking(play, change)
        elapsed = play.clock.now() - started
        if not lacks:
            play.progress(None)
            play.say("Every peer sees every node OPEN with all links UP; GAB is as it was.")
            return waited
        if elapsed > limit:
            play.progress(None)
            raise Stopped(
                "The cluster is not whole again, so the timers stay raised.",
                "\n".join(lacks),
                "Mend what is named, then try again. Lowering now could evict a node.",
            )
        play.progress(Progress(f"waiting: {lacks[0]}", elapsed, limit))
        waited = True
        await play.safe_point()
        await play.clock.sleep(POLL)
