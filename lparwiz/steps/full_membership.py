"""Whether the cluster is whole: what must hold before a node freezes, and before timers go down.

"100 %" on the HMC is not the end of a migration: links come back one by one (facts, vcs.md 10.9).
"""

import asyncio

from lparwiz.change import Change, Host
from lparwiz.run.play import Play
from lparwiz.steps import readings
from lparwiz.tools import llt


async def lacking(play: Play, change: Change) -> list[str]:
    """Why the cluster is not whole, a line a node; nothing: it is."""
    found = await asyncio.gather(*(_lacks(play, change, node) for node in change.nodes))
    return [text for text in found if text]


async def _lacks(play: Play, change: Change, node: Host) -> str:
    peers, membership = await asyncio.gather(
        readings.peers(play, node), readings.membership(play, node)
    )
    if peers.value is None or membership.value is None:
        return f"{node.label}: {peers.problem or membership.problem}"
    before: dict[str, int] = (play.recall("links") or {}).get(node.name, {})
    seen = {peer.name: peer for peer in peers.value}
    missed = [
        each.name for each in change.nodes if not _seen_well(seen.get(each.name), before, each.name)
    ]
    if missed:
        return f"{node.label} does not see {', '.join(missed)} OPEN with all links UP"
    was = (play.recall("gab") or {}).get(node.name)
    now = {port: each.members for port, each in membership.value.ports.items()}
    if was is not None and now != was:
        return f"{node.label}: GAB's membership is not what it was"
    if membership.value.jeopardy:
        return f"{node.label}: GAB has a node in jeopardy"
    if membership.value.visible:
        return f"{node.label}: GAB has a node that is only visible"
    return ""


def _seen_well(peer: llt.Peer | None, before: dict[str, int], name: str) -> bool:
    """Whether a peer is there, OPEN, with every link that it had; a lost one isn't listed."""
    return peer is not None and peer.healthy and len(peer.links) >= before.get(name, 1)
