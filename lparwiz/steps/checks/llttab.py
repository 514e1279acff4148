"""Checks on /etc/llttab: what LLT makes of it at its next start, and whether it can be written."""

from collections.abc import Iterable, Mapping

from lparwiz.change import Change
from lparwiz.run.snapshot import Level
from lparwiz.steps.checks.check import (
    Check,
    Judged,
    Verdicts,
    each_node,
    has_nodes,
    judged,
    passes,
    stops,
    warns,
)
from lparwiz.steps.checks.gathered import NodeReadings
from lparwiz.steps.rule import GUIDE_PEERINACT
from lparwiz.steps.units import both_units
from lparwiz.tools import llt
from lparwiz.tools.errors import Refused

DEFAULT_PEERINACT = 1600
"""Centiseconds: LLT's own on UNIX, where llttab sets none (facts, vcs.md 1.2)."""
_ANY_COPY = f"{llt.LLTTAB}.copy"


def _persists(change: Change) -> bool:
    """Whether peerinact is to be written into each node's own llttab."""
    return has_nodes(change) and change.timers.persist


def _is_missing(node: NodeReadings) -> bool:
    return node.llttab_kind.value is llt.FileKind.MISSING


def _sets(node: NodeReadings) -> Iterable[Judged]:
    if _is_missing(node):
        return judged(node.label, _missing, node.llttab_kind)
    return judged(node.label, _file, node.llttab, node.timers)


def _missing(_: llt.FileKind) -> Verdicts:
    remedy = (
        "Find out what starts LLT here. Nothing is written there without persist, and the running "
        "peerinact does not outlast a reboot either way."
    )
    return warns(f"there is no {llt.LLTTAB}: LLT can't start by it at the next boot", remedy)


def _file(text: str, timers: Mapping[str, int]) -> Verdicts:
    running, in_file = timers["peerinact"], llt.llttab_peerinact(text)
    if running == (DEFAULT_PEERINACT if in_file is None else in_file):
        return passes("llttab sets what runs")
    says = f"sets none, and LLT's own is {both_units(DEFAULT_PEERINACT)}"
    if in_file is not None:
        says = f"says {both_units(in_file)}"
    return warns(f"peerinact runs at {both_units(running)}, but llttab {says}")


def _addresses(node: NodeReadings) -> Iterable[Judged]:
    if _is_missing(node):
        return ()  # said by llt.llttab
    return judged(node.label, _macs, node.llttab, node.peers)


def _macs(text: str, peers: tuple[llt.Peer, ...]) -> Verdicts:
    own = next(peer for peer in peers if peer.is_self)
    live = {link.tag: link.address for link in own.links if link.address}
    in_file = {tag: mac for tag, mac in llt.llttab_macs(text).items() if tag in live}
    wrong = [
        f"{tag} is {live[tag]}, in llttab {mac}"
        for tag, mac in in_file.items()
        if not llt.same_mac(live[tag], mac)
    ]
    if wrong:
        return warns(", ".join(wrong))
    return passes(
        f"{len(in_file)} addresses in llttab, as live" if in_file else "llttab names none"
    )


def _writable(node: NodeReadings) -> Iterable[Judged]:
    if node.llttab_kind.value in (None, llt.FileKind.FILE):
        return judged(node.label, _carried, node.llttab, node.llttab_kind)
    return judged(node.label, _no_file, node.llttab_kind)


def _no_file(kind: llt.FileKind) -> Verdicts:
    if kind is llt.FileKind.MISSING:
        remedy = "Make it as the guide says, or set persist = false."
        return stops(f"there is no {llt.LLTTAB} to be written into", remedy)
    if kind is llt.FileKind.LINK:
        return stops(f"{llt.LLTTAB} is a symbolic link, and would become a file of its own")
    return stops(f"{llt.LLTTAB} is no file")


def _carried(text: str, _: llt.FileKind) -> Verdicts:
    """A dry run of the command that would write it, with one value for all."""
    if not text.isascii():
        return stops(f"{llt.LLTTAB} holds characters beyond ASCII, which would not arrive as such")
    try:
        llt.write_llttab(text, llt.llttab_with_peerinact(text, GUIDE_PEERINACT), _ANY_COPY)
    except Refused as refused:
        return stops(f"{llt.LLTTAB} can't be written again as it is: {refused.reason}")
    return passes("llttab is a file of its own, and can be written again as it is")


LLTTAB = (
    Check(
        "llt.llttab",
        "peerinact runs as llttab sets it",
        "each node: cat /etc/llttab, and whether it is there; lltconfig -T query",
        Level.WARNING,
        "Perhaps somebody raised it and forgot. What runs now is what will be put back.",
        "facts, vcs.md 1.4",
        each_node(_sets),
        has_nodes,
    ),
    Check(
        "llt.persist",
        "Each node's llttab can be written, where persist asks for it",
        "each node: cat /etc/llttab, and whether it is a file",
        Level.STOP,
        "Edit it by hand on this node, and set persist = false.",
        "facts, vcs.md 1.4 and 1.5",
        each_node(_writable),
        _persists,
    ),
    Check(
        "llt.macs",
        "The addresses in llttab are those of the links",
        "each node: cat /etc/llttab; lltstat -nvv active",
        Level.WARNING,
        "Mend llttab: at its next start LLT would not find this link.",
        "facts, vcs.md 1.5",
        each_node(_addresses),
        has_nodes,
    ),
)
