"""The simulated site: all machines, the time they live in, and the record of what happened."""

import asyncio
import math
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from lparwiz.lab import build, execute, judge, llt
from lparwiz.lab.clock import Clock
from lparwiz.lab.faults import Faults
from lparwiz.lab.lpar_agent import LparAgent
from lparwiz.lab.mobility import Mobility
from lparwiz.lab.models import Console, Node, Partition, System
from lparwiz.lab.record import Record
from lparwiz.lab.scenario import Scenario
from lparwiz.lab.troubles.registry import TROUBLES

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from lparwiz.lab.shell import Command

MIDNIGHT = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
"""What the site's clocks show at lab second 0."""


class Site:
    """A site as `scenario` describes it. It lives in one event loop.

    Args:
        scenario: What it is like and what will happen.
        clock: Its time; None: one that jumps whenever everybody waits.
    """

    def __init__(self, scenario: Scenario, clock: Clock | None = None) -> None:
        self.scenario = scenario
        self.clock = clock or Clock()
        self.record = Record(self.clock.now)
        self.faults = Faults()
        self._uuids = 0
        self.systems: list[System] = build.systems(self)
        self.consoles: list[Console] = build.consoles(scenario, self.systems)
        self.cluster = build.cluster(self)
        self.moving: Node | None = self.cluster.nodes[0] if scenario.has_nodes else None
        """The node that is the LPAR; None where the LPAR is no node."""
        self.hosts: dict[str, Node | Console] = {}
        """Every machine that takes commands, by its label."""
        self.hosts |= {node.label: node for node in self.cluster.nodes}
        self.hosts |= {console.label: console for console in self.consoles}
        if scenario.llt_log:
            llt.keep_log(self)
        self.mobility = Mobility(self)
        self.agent = LparAgent(self)
        self.cut: dict[str, float] = dict.fromkeys(scenario.unreachable, math.inf)
        """Hosts out of reach, and the lab second until when."""
        self.on_cut: list[Callable[[str], None]] = []
        """Called with a label when that host's connections are cut."""
        self._abandoned: set[asyncio.Task[int]] = set()
        self._programs: dict[str, dict[str, Command]] = {}
        for name in sorted(scenario.troubles):
            TROUBLES[name].act(self)
        self.record.events.clear()  # building it is no event
        self.start = judge.photograph(self)

    # -- commands ---------------------------------------------------------------------------

    async def execute(self, host: str, line: str, stdin: bytes = b"") -> tuple[bytes, bytes, int]:
        """Run a line on a host without any SSH: output, error text, exit status.

        Raises:
            ConnectionError: The host is out of reach, or a fault cut the connection.
        """
        out, err = bytearray(), bytearray()
        status = await execute.run(self, host, line, execute.collect(out, err, stdin))
        return bytes(out), bytes(err), status

    def programs(self, host: Node | Console) -> "dict[str, Command]":
        """What a host can run; see `execute.programs`."""
        if host.label not in self._programs:
            self._programs[host.label] = execute.programs(self, host)
        return self._programs[host.label]

    async def awake(self, node: Node) -> None:
        """Stand still for as long as the node does."""
        self.clock.settle()
        while node.frozen:
            await self.clock.wait(node.woken())

    async def joined(self, node: Node) -> None:
        """Wait for as long as no packet gets through to a node, frozen or cut off from others."""
        await self.awake(node)
        while node.parted:
            await self.clock.wait(node.woken())
            await self.awake(node)

    def leave_running(self, command: "Coroutine[None, None, int]") -> None:
        """Let a command go on that nobody waits for any more."""
        task = asyncio.ensure_future(command)
        self._abandoned.add(task)
        task.add_done_callback(self._abandoned.discard)

    async def close(self) -> None:
        """Stop its time and whatever still runs."""
        for task in self._abandoned:
            task.cancel()
        await asyncio.gather(*self._abandoned, return_exceptions=True)
        self.clock.close()
        self.record.close()

    # -- looking things up ------------------------------------------------------------------

    def node(self, label: str) -> Node:
        """The node, or management LPAR, of that label."""
        node = self.hosts[label]
        assert isinstance(node, Node)
        return node

    def date(self, at: float | None = None) -> datetime:
        """The site's wall clock now, or at a lab second."""
        return MIDNIGHT + timedelta(seconds=self.clock.now() if at is None else at)

    def new_uuid(self) -> str:
        """A uuid that no partition has."""
        self._uuids += 1
        return build.make_uuid(self._uuids)

    def serial(self, system: System, partition: Partition) -> str:
        """A partition's logical serial number: the system's, and a letter for its id."""
        number = int(partition.lpar_id)
        return system.row["serial_num"] + "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"[number % 34]

    def partition_of(self, node: Node) -> Partition | None:
        """The live partition that a node runs in."""
        name = self.scenario.lpar if node is self.moving else node.label
        return next(
            (p for s in self.systems for p in s.partitions if p.name == name and p.activated), None
        )

    def reachable(self, label: str) -> bool:
        """Whether a host takes connections."""
        return self.clock.now() >= self.cut.get(label, 0.0)

    # -- what may happen to it --------------------------------------------------------------

    def cut_off(self, label: str, seconds: float | None) -> None:
        """Cut a host's connections and take no new ones for `seconds` (None: for good)."""
        self.cut[label] = math.inf if seconds is None else self.clock.now() + seconds
        self.record.note("out of reach", host=label, seconds=seconds)
        for tell in self.on_cut:
            tell(label)

    def freeze(self, label: str, seconds: float) -> None:
        """Let a node stand still for `seconds`."""
        node = self.node(label)
        self.cluster.freeze(node)
        self.clock.after(seconds, lambda: self.cluster.thaw(node))

    def part(self, label: str, seconds: float) -> None:
        """Let no packet of a node's public network through for `seconds`; the node itself goes on.

        Nothing is lost: what was sent meanwhile comes all at once then, as TCP has it.
        """
        node = self.node(label)
        node.parted = True
        self.record.note("parted", host=label)
        self.clock.after(seconds, lambda: self._join(node))

    def _join(self, node: Node) -> None:
        node.parted = False
        self.record.note("joined", host=node.label)
        node.wake()

    def set_clock(self, label: str, seconds: float) -> None:
        """Set a node's own clock by `seconds`, forwards or backwards."""
        self.node(label).clock_offset += seconds
        self.record.note("clock set", host=label, seconds=seconds)

    def kill(self, label: str) -> None:
        """Let a node die: its peers miss it, its connections are gone."""
        node = self.node(label)
        self.record.note("killed", host=label)
        self.cluster.kill(node)
        found = self.partition_of(node)
        if found is not None:
            found.row["state"] = "Error"
        self.cut_off(label, None)

    def lose_rmc(self) -> None:
        """Let RMC to the LPAR go."""
        for system in self.systems:
            for partition in system.partitions:
                if partition.name == self.scenario.lpar and partition.activated:
                    partition.row["rmc_state"] = "inactive"
        self.record.note("rmc lost")

    def moved(self, source: System, target: System) -> None:
        """The LPAR has changed systems: VCS on the management LPARs notices."""
        if self.moving is not None or self.agent.migrating is not None:
            return
        servers = {
            value: system
            for (system, attribute), value in self.cluster.system_attributes.items()
            if attribute == "PhysicalServer"
        }
        for group in self.cluster.groups:
            if group.online_on == servers.get(source.name) and target.name in servers:
                group.online_on = servers[target.name]
                self.record.note("group follows", group=group.name, now=group.online_on)

    def verdict(self) -> dict[str, object]:
        """What became of the site since its start; see `judge`."""
        return judge.verdict(self)

    def rebase(self) -> None:
        """Judge from here on: what was changed up to now was meant so."""
        self.start = judge.photograph(self)
