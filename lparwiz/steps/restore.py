"""Restore: put each node's timer back to its own former value, once the cluster is whole again.

The guide: reset the peer inactive timeout after the migration. "100 %" on the HMC is not the end:
it waits until every peer sees every node OPEN with all links UP and GAB has the membership that it
had (facts, vcs.md 10.9). Not a default is put back, but what was there (rule 9).

Reads:   LLT's peers and GAB's membership on every node; peerinact and /etc/llttab.
Asks:    whether to run the commands shown.
Changes: the running peerinact of the nodes that we raised.
"""

from lparwiz.change import Change, Part
from lparwiz.run.play import Play
from lparwiz.run.snapshot import Progress
from lparwiz.run.step import Conclusion, Skipped, Stopped
from lparwiz.steps.asking import put_right
from lparwiz.steps.timers import debt_id, file_debt_id, lower_timer, put_file_back, show
from lparwiz.steps.whole import lacking

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
    await _whole(play, change, change.limits.settle)
    former, wanted = play.recall("timers"), play.recall("peerinact")["wanted"]
    actions = [lower_timer(play, n, former[n.name]["running"], wanted) for n in owing]
    persisted = bool(play.recall("persisted"))
    if not persisted:
        actions += [put_file_back(play, node, wanted) for node in files]
    await show(play, change, wanted)
    play.plan(actions)
    await play.ask(put_right("restore", "Put each node's own peerinact back?", "Put back"))
    await _whole(play, change, change.limits.settle)  # the question may have stood for an hour
    done = await play.do(actions, together=True)
    if persisted:
        for node in files:
            play.settle(file_debt_id(node), "stays, as [timers] persist asks")
    await show(play, change, wanted)
    doubtful = [each for each in done if not each.proven]
    if doubtful:
        raise Stopped(
            "Not every timer is proven back.",
            "\n".join(f"{each.action.label}: {each.text}" for each in doubtful),
            "What is left stands in the ledger, with the command.",
        )
    kept = " /etc/llttab keeps the raised value, as asked." if persisted else ""
    play.result(f"Every node is back at its own value, read back.{kept}")


async def _whole(play: Play, change: Change, patience: float) -> None:
    """Wait until every node sees every node OPEN, and GAB is as it was."""
    started = play.clock.now()
    while True:
        lacks = await lacking(play, change)
        elapsed = play.clock.now() - started
        if not lacks:
            play.progress(None)
            play.say("Every peer sees every node OPEN with all links UP; GAB is as it was.")
            return
        if elapsed > patience:
            play.progress(None)
            raise Stopped(
                "The cluster is not whole again, so the timers stay raised.",
                "\n".join(lacks),
                "Mend what is named, then try again. Lowering now could evict a node.",
            )
        play.progress(Progress(f"waiting: {lacks[0]}", elapsed, patience))
        await play.safe_point()
        await play.clock.sleep(POLL)
