"""What LLT's tools speak: lltconfig and lltstat. Its files are in `llttab.py`.

Timer values are centiseconds throughout, LLT's own unit (facts, vcs.md 1.2).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from lparwiz.tools.command import Command
from lparwiz.tools.errors import Refused, Unreadable
from lparwiz.tools.llttab import (
    LLTHOSTS,
    LLTTAB,
    FileKind,
    llttab_macs,
    llttab_peerinact,
    llttab_with_peerinact,
    look_at_llttab,
    parse_file_kind,
    parse_llthosts,
    read_llthosts,
    read_llttab,
    read_llttab_copy,
    restore_llttab,
    same_mac,
    write_llttab,
)
from lparwiz.tools.shell import on_node

__all__ = [
    "HIGHEST_PEERINACT",
    "LLTHOSTS",
    "LLTTAB",
    "LOWEST_PEERINACT",
    "FileKind",
    "Link",
    "Peer",
    "llttab_macs",
    "llttab_peerinact",
    "llttab_with_peerinact",
    "look_at_llttab",
    "parse_file_kind",
    "parse_llthosts",
    "parse_peers",
    "parse_running",
    "parse_timers",
    "peerinact",
    "put_back_peerinact",
    "query_peers",
    "query_running",
    "query_timers",
    "read_llthosts",
    "read_llttab",
    "read_llttab_copy",
    "restore_llttab",
    "same_mac",
    "set_peerinact",
    "write_llttab",
]

LOWEST_PEERINACT = 400
"""Centiseconds. peerinact must exceed peertrouble: 200, on low-pri links 400 (vcs.md 1.2, 1.3)."""
HIGHEST_PEERINACT = 360_000
"""Centiseconds: an hour. lltconfig's own limit is unknown [NF]; a longer freeze is none."""

_TIMER = re.compile(r"[ \t]*([A-Za-z_]\w*)[ \t]*=[ \t]*([0-9]{1,18})[ \t]*", re.ASCII)
_RUNNING = re.compile(r"LLT is (not )?running\.?")
_FLOW_CONTROL = re.compile(r"\bflow control\b", re.IGNORECASE)
_HEADING = re.compile(r"LLT node information|[ \t]*Node[ \t]+State", re.IGNORECASE)
_NODE = re.compile(r"[ \t]*(\*)?[ \t]*([0-9]{1,4})(?:[ \t]+(\S+))?[ \t]+([A-Z]+)(?:[ \t]+[0-9]+)?")
_LINK = re.compile(r"[ \t]+(\S+)[ \t]+([A-Z]+)(?:[ \t]+(\S+))?")


@dataclass(frozen=True)
class Link:
    """One link to a peer, as this node sees it."""

    tag: str
    status: str
    address: str = ""
    """A DOWN link may have none, or its last one (facts, vcs.md 1.6)."""

    @property
    def up(self) -> bool:
        """Whether the peer is heard on it."""
        return self.status == "UP"


@dataclass(frozen=True)
class Peer:
    """One node of the cluster, as the node that was asked sees it."""

    id: int
    name: str
    state: str
    is_self: bool
    """Whether it is the node that was asked."""
    links: tuple[Link, ...] = ()

    @property
    def healthy(self) -> bool:
        """Whether it is OPEN with links, all of them UP."""
        return self.state == "OPEN" and bool(self.links) and all(link.up for link in self.links)


def query_timers() -> Command:
    """Ask for the running timers."""
    return on_node("lltconfig -T query")


def parse_timers(text: str) -> dict[str, int]:
    """The timers by name, in centiseconds; rows that are unknown are kept, nothing is required.

    The flow-control block is left out: its values are packets. Padding varies between releases,
    so that columns mean nothing (facts, vcs.md 1.1).
    """
    timers: dict[str, int] = {}
    for line in text.splitlines():
        if _FLOW_CONTROL.search(line):
            break
        if row := _TIMER.fullmatch(line):
            timers[row[1]] = int(row[2])
    return timers


def query_running() -> Command:
    """Ask whether LLT runs (facts, vcs.md 1.6)."""
    return on_node("lltconfig")


def parse_running(text: str) -> bool:
    """Whether LLT runs, by the sentence that scripts look for (facts, vcs.md 1.6).

    Raises:
        Unreadable: it says neither that it runs nor that it doesn't.
    """
    found = _RUNNING.fullmatch(text.strip())
    if not found:
        raise Unreadable("whether LLT runs", text)
    return found[1] is None


def peerinact(timers: Mapping[str, int]) -> int | None:
    """The running peerinact in centiseconds; None where LLT printed none."""
    return timers.get("peerinact")


def set_peerinact(centiseconds: int) -> Command:
    """Set the running timer; at once, until LLT starts anew (facts, vcs.md 1.4).

    Raises:
        Refused: 0 would end the detection of failures, too little would evict at once, more
            than an hour protects nothing.
    """
    if centiseconds == 0:
        raise Refused("0", "a peerinact of 0 never expires: failures would go unnoticed")
    if centiseconds <= LOWEST_PEERINACT:
        raise Refused(
            str(centiseconds),
            "peerinact is in hundredths of a second and must exceed peertrouble "
            f"({LOWEST_PEERINACT} on low-priority links)",
        )
    if centiseconds > HIGHEST_PEERINACT:
        raise Refused(str(centiseconds), f"more than an hour ({HIGHEST_PEERINACT} hundredths)")
    return _set(centiseconds)


def put_back_peerinact(centiseconds: int) -> Command:
    """Set the running timer to what was found there before, 0 and odd values included.

    Raises:
        Refused: LLT can't have had it.
    """
    if not 0 <= centiseconds < 2**31:
        raise Refused(str(centiseconds), "no value that LLT could have had")
    return _set(centiseconds)


def _set(centiseconds: int) -> Command:
    return on_node(f"lltconfig -T peerinact:{centiseconds}", changes=True)


def query_peers() -> Command:
    """Ask how this node sees its peers; `active` leaves out the phantom nodes."""
    return on_node("lltstat -nvv active")


def parse_peers(text: str) -> tuple[Peer, ...]:
    """The nodes that LLT knows by name, each with its links, in the order printed.

    Phantoms (an id without a name, as `lltstat -nvv` prints without `active`) are left out. The
    star of the own node may be glued to its id or not; `lltstat -n` is read too, without links.

    Raises:
        Unreadable: no node in it, a line that is neither node nor link (cut or garbled), not
            exactly one own node, or an id twice.
    """
    peers: list[Peer] = []
    for line in text.splitlines():
        if not line.strip() or _HEADING.match(line):
            continue
        if node := _NODE.fullmatch(line.rstrip()):
            peers.append(Peer(int(node[2]), node[3] or "", node[4], node[1] is not None))
        elif peers and (link := _LINK.fullmatch(line.rstrip())):
            links = (*peers[-1].links, Link(link[1], link[2], link[3] or ""))
            peers[-1] = replace(peers[-1], links=links)
        else:
            raise Unreadable("LLT's view of its nodes", line)
    named = tuple(peer for peer in peers if peer.name)
    if sum(peer.is_self for peer in named) != 1 or len({peer.id for peer in named}) != len(named):
        raise Unreadable("LLT's view of its nodes", text)
    return named
