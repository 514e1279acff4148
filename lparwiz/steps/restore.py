"""Restore: put each node's timer back to its own former value, once the cluster is whole again.

The guide: reset the peer inactive timeout after the migration. "100 %" on the HMC is not the end:
it waits until every peer sees every node OPEN with all links UP and GAB has the membership that it
had (facts, vcs.md 10.9). Not a default is put back, but what was there (rule 9).

Reads:   LLT's peers and GAB's membership on every node; peerinact and /etc/llttab.
Asks:    whether to run the commands shown.
Changes: the running peerinact of the nodes that we raised.
"""

import asyncio

from lparwiz.change import Change, Host, Part
from lparwiz.run.play import Play
from lparwiz.run.snapshot import Progress
from lparwiz.run.step import Conclusion, Skipped, Stopped
from lparwiz.steps import readings
from lparwiz.steps.asking import proceed
from lparwiz.steps.timers import debt_id, file_debt_id, lower_timer, put_file_back, show

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
    if not change.timers.persist:
        actions += [put_file_back(play, node, wanted) for node in files]
    await show(play, change, wanted)
    play.plan(actions)
    await play.ask(proceed("restore", "Put each node's own peerinact back?", "Put back"))
    done = await play.do(actions, together=True)
    if change.timers.persist:
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
    kept = " /etc/llttab keeps the raised value, as asked." if change.timers.persist else ""
    play.result(f"Every node is back at its own value, read back.{kept}")


async def _whole(play: Play, change: Change, patience: float) -> None:
    """Wait until every node sees every node OPEN, and GAB is as it was."""
    started = play.clock.now()
    while True:
        lacking = [
            text
            for text in await asyncio.gather(*(_lacking(play, node) for node in change.nodes))
            if text
        ]
        elapsed = play.clock.now() - started
        if not lacking:
            play.progress(None)
            play.say("Every peer sees every node OPEN with all links UP; GAB is as it was.")
            return
        if elapsed > patience:
            play.progress(None)
            raise Stopped(
                "The cluster is not whole again, so the timers stay raised.",
                "\n".join(lacking),
                "Mend what is named, then try again. Lowering now could evict a node.",
            )
        play.progress(Progress(f"waiting: {lacking[0]}", elapsed, patience))
        await play.safe_point()
        await play.clock.sleep(POLL)


async def _lacking(play: Play, node: Host) -> str:
    """What this node lacks, in a line; empty: nothing."""
    peers, membership = await asyncio.gather(
        readings.peers(play, node), readings.membership(play, node)
    )
    if peers.value is None or membership.value is None:
        return f"{node.label}: {peers.problem or membership.problem}"
    sick = [peer.name or str(peer.id) for peer in peers.value if not peer.healthy]
    if sick:
        return f"{node.label} does not see {', '.join(sick)} OPEN with all links UP"
    before = (play.recall("gab") or {}).get(node.name)
    now = {port: each.members for port, each in membership.value.ports.items()}
    if before is not None and now != before:
        return f"{node.label}: GAB's membership is not what it was"
    return ""
