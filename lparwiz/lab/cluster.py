"""LLT, GAB and VCS of one cluster: who hears whom, who is a member, where groups run.

A node that stands still sends nothing. Each other node counts by its own running peerinact; when
that has passed, its links to the silent one are DOWN, and if they are still so after GAB's stable
timeout, the silent node is no member any more and its groups fail over (facts, vcs.md 1.3, 2.4).
Where the node was merely frozen, that is the false failover that everything here is about.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from lparwiz.lab.clock import Clock
from lparwiz.lab.models import Group, Node, Resource
from lparwiz.lab.record import Record

GAB_STABLE = 5.0
"""Seconds from LLT's loss of a peer to a new membership (facts, vcs.md 2.4)."""
LINKS = ("en2", "en3")
HEARD_AGAIN = 3.0
"""Lab seconds after a freeze until links that went DOWN are UP again. The lab's own choice."""
REJOIN = 10.0
"""Lab seconds after that until an evicted node is a member again. The lab's own choice."""

Pair = tuple[int, int]
"""Observer and peer, by LLT id."""


@dataclass(eq=False)
class Cluster:
    """Nodes that hear each other over LLT, and the groups that VCS runs on them."""

    name: str
    nodes: list[Node]
    clock: Clock
    record: Record
    groups: list[Group] = field(default_factory=list)
    resources: list[Resource] = field(default_factory=list)
    writable: bool = False
    """Whether the VCS configuration is open for writing."""
    system_attributes: dict[tuple[str, str], str] = field(default_factory=dict)
    """By VCS system and attribute."""
    frozen_systems: set[str] = field(default_factory=set)
    system_states: dict[str, str] = field(default_factory=dict)
    """VCS's word for a system where it isn't what follows from the rest."""
    without_had: bool = False
    """Whether GAB's port h has no members."""
    fencing: str = "NONE"
    """VCS's UseFence."""
    ports: str = ""
    """GAB ports that have members beside a and h."""
    jeopardy: set[int] = field(default_factory=set)
    visible: set[int] = field(default_factory=set)
    """Nodes that GAB says to be so on port h."""
    down: dict[Pair, set[str]] = field(default_factory=dict)
    """Links that an observer sees DOWN to a peer."""
    members: set[int] = field(default_factory=set)
    generation: int = 0xA36E01
    on_freeze: list[Callable[[Node], None]] = field(default_factory=list)
    on_thaw: list[Callable[[Node, float], None]] = field(default_factory=list)
    """Called with the node, and the lab seconds for which it stood still."""

    def __post_init__(self) -> None:
        self.members = {n.llt_id for n in self.nodes if n.llt_running and n.has_vcs}

    @property
    def open_ports(self) -> set[str]:
        """GAB's ports that have members."""
        return {"a", *self.ports} | (set() if self.without_had else {"h"})

    @property
    def without_engine(self) -> set[int]:
        """The LLT ids of the nodes whose HAD, GAB's client on port h, is not running."""
        return {n.llt_id for n in self.nodes if not n.had_running}

    # -- what the tools ask ------------------------------------------------------------------

    def node(self, name: str) -> Node | None:
        """The node with that label, LLT name, hostname or VCS system name."""
        return next(
            (n for n in self.nodes if name in (n.label, n.llt_name, n.hostname, n.system)), None
        )

    def by_id(self, llt_id: int) -> Node:
        """The node with that LLT id."""
        return next(n for n in self.nodes if n.llt_id == llt_id)

    def links(self, observer: Node, peer: Node) -> dict[str, bool]:
        """Each link, and whether `observer` sees it UP to `peer`."""
        down = self.down.get((observer.llt_id, peer.llt_id), set())
        return {link: link not in down and peer.llt_running for link in LINKS}

    def system_state(self, node: Node) -> str:
        """VCS's word for a system."""
        if node.system in self.system_states:
            return self.system_states[node.system]
        if not node.has_vcs:
            return "UNKNOWN"
        if not node.llt_running:
            return "EXITED"
        return "RUNNING" if node.llt_id in self.members else "FAULTED"

    def group_state(self, group: Group, system: str) -> str:
        """VCS's words for a group on a system, without the outer bars."""
        return group.states.get(system) or ("ONLINE" if group.online_on == system else "OFFLINE")

    @property
    def calm(self) -> bool:
        """Whether every node is awake, hears every other on all links and is a member."""
        running = {n.llt_id for n in self.nodes if n.llt_running and n.has_vcs}
        return (
            not any(self.down.values())
            and self.members == running
            and not any(n.frozen for n in self.nodes)
        )

    # -- what happens ------------------------------------------------------------------------

    def set_timer(self, node: Node, timer: str, value: int) -> None:
        """Set a running timer, in centiseconds; it holds at once."""
        former = node.timers[timer]
        node.timers[timer] = value
        self.record.note(
            "timer", host=node.label, timer=timer, was=former, now=value, calm=self.calm
        )
        for peer in self.nodes:
            if peer.frozen and peer is not node:
                self._watch(node, peer, peer.frozen_at)

    def freeze(self, node: Node) -> None:
        """Let a node stand still."""
        node.frozen, node.frozen_at = True, self.clock.now()
        self.record.note("freeze", host=node.label)
        for observer in self.nodes:
            if observer is not node:
                self._watch(observer, node, node.frozen_at)
        for tell in self.on_freeze:
            tell(node)

    def thaw(self, node: Node, links_return: float = 0.0) -> None:
        """Let it go on; its second link takes `links_return` lab seconds to be UP again."""
        if node.dead:
            return
        lasted = self.clock.now() - node.frozen_at
        node.frozen = False
        if node.clock_stops:
            node.clock_offset -= lasted
        self.record.note("thaw", host=node.label, seconds=round(lasted, 3))
        for tell in self.on_thaw:
            tell(node, lasted)
        node.wake()
        own = node.timers.get("peerinact", 0)
        for peer in self.nodes:
            if peer is node:
                continue
            if own and lasted * 100 >= own:
                self._lose(node, peer, set(LINKS))
            if links_return:
                self._lose(node, peer, {LINKS[-1]})
                self._lose(peer, node, {LINKS[-1]})
        self.clock.after(HEARD_AGAIN, lambda: self._hear(node, {LINKS[0]}))
        self.clock.after(max(links_return, HEARD_AGAIN), lambda: self._hear(node, set(LINKS)))

    def kill(self, node: Node) -> None:
        """Let a node stand still for ever."""
        node.dead = True
        if not node.frozen:
            self.freeze(node)

    def _watch(self, observer: Node, peer: Node, since: float) -> None:
        """Lose `peer` when the observer's running peerinact has passed since it was last heard."""
        if not peer.frozen or peer.frozen_at != since:
            return
        if not observer.llt_running or not peer.llt_running:
            return
        limit = observer.timers.get("peerinact", 0)
        if limit == 0:  # never (facts, vcs.md 1.2)
            return
        due = since + limit / 100
        if due > self.clock.now():
            self.clock.at(due, lambda: self._watch(observer, peer, since))
        elif self.down.get((observer.llt_id, peer.llt_id), set()) != set(LINKS):
            self._lose(observer, peer, set(LINKS))
            self.record.note(
                "peer down", host=observer.label, peer=peer.label, peerinact=limit / 100
            )
            self.clock.after(GAB_STABLE, lambda: self._stable(observer, peer))

    def _lose(self, observer: Node, peer: Node, links: set[str]) -> None:
        self.down.setdefault((observer.llt_id, peer.llt_id), set()).update(links)

    def _stable(self, observer: Node, peer: Node) -> None:
        if self.down.get((observer.llt_id, peer.llt_id), set()) == set(LINKS):
            self.evict(peer)

    def evict(self, node: Node) -> None:
        """Take a node out of the membership and its groups elsewhere."""
        if node.llt_id not in self.members:
            return
        self._membership(self.members - {node.llt_id})
        for group in self.groups:
            if group.online_on == node.system:
                self._fail_over(group, node)

    def _fail_over(self, group: Group, node: Node) -> None:
        held = [flag for flag in ("Frozen", "TFrozen") if group.attributes.get(flag) == "1"]
        to = next(
            (s for s in group.systems if (n := self.node(s)) is not None and n is not node
             and n.llt_id in self.members and s not in self.frozen_systems),
            "",
        )  # fmt: skip
        if held or not to:
            self.record.note("no failover", group=group.name, frozen=bool(held))
            return
        group.online_on = to
        kind = "failover" if node.dead else "false failover"
        self.record.note(kind, group=group.name, host=node.label, was=node.system, now=to)

    def _hear(self, node: Node, links: set[str]) -> None:
        """Links between a node and all others are UP again."""
        if node.frozen:
            return
        for pair, down in self.down.items():
            if node.llt_id in pair and down & links:
                down.difference_update(links)
                observer, peer = (self.by_id(llt_id).label for llt_id in pair)
                self.record.note("links up", host=observer, peer=peer, links=sorted(links))
        if node.llt_id not in self.members and node.llt_running:
            self.clock.after(REJOIN, lambda: self._rejoin(node))

    def _rejoin(self, node: Node) -> None:
        if node.llt_id not in self.members and not node.frozen:
            self._membership(self.members | {node.llt_id})

    def _membership(self, members: set[int]) -> None:
        former, self.members = self.members, set(members)
        self.generation += 1
        self.record.note("membership", was=sorted(former), now=sorted(self.members))
