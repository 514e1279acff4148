"""Unfreeze: take this run's own freezes of service groups back.

Only what this run has frozen; a group that somebody else froze, or froze for good meanwhile, stays
as it is (facts, vcs.md 10.10).

Reads:   the cluster and both consoles, as before the timers go down; the groups' states and
         freezes.
Asks:    whether to run the commands shown; where a console can't be read, whether nothing
         migrates the LPAR.
Changes: TFrozen of the groups that this run froze.
"""

from lparwiz.change import Change
from lparwiz.run.action import unproven
from lparwiz.run.play import Play
from lparwiz.run.step import Conclusion, Skipped, Stopped
from lparwiz.steps.asking import put_right
from lparwiz.steps.freeze import CHOSEN, debt_id, unfreezing
from lparwiz.steps.full_membership import lacking
from lparwiz.steps.mark import nobody_else
from lparwiz.steps.standing_still import standing_still

WANTS = "Nothing: it belongs to the freeze."
"""What the vendor's guide asks."""
DOES = (
    "Takes back this run's own freezes, once the cluster is whole. What somebody else froze "
    "stays frozen."
)
"""What lparwiz does."""


async def play(play: Play, change: Change) -> None:
    """Unfreeze, once VCS has nothing to act on."""
    owed = [(group, host) for group, host in play.recall(CHOSEN) or () if play.owes(debt_id(group))]
    if not owed:
        raise Skipped("This run has frozen no group.")
    if play.conclusion is Conclusion.UNKNOWN:
        raise Skipped("The outcome is not proven: the groups stay frozen, and stay owed.")
    await nobody_else(play, change)
    lacks = await lacking(play, change)
    if lacks:
        raise Stopped(
            "The cluster is not whole again, so the groups stay frozen.",
            "\n".join(lacks),
            "Mend what is named, then try again: VCS could fail them over now.",
        )
    settle = change.limits.settle
    actions = [unfreezing(play, change.host(host), group, settle) for group, host in owed]
    play.plan(actions)
    await play.ask(put_right("unfreeze", "Unfreeze the groups that this run froze?", "Unfreeze"))
    await nobody_else(play, change)  # the question may have stood for an hour
    await standing_still(play, change, "unfreeze", "the groups stay frozen")
    done = await play.do(actions, together=True)
    if doubtful := unproven(done):
        raise Stopped(
            "Not every group is proven unfrozen.",
            "\n".join(doubtful),
            "What is left stands in the ledger, with the command.",
        )
    play.result(f"Unfrozen: {', '.join(group for group, _ in owed)}.")
