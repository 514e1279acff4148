"""The lab in memory, as an engine meets it: hosts without SSH between, and a clock that stands.

Time moves only when `step` is called, so that a picture shows the same second however long the
screen takes to be drawn.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import tomli_w

from lparwiz import change as changes
from lparwiz.lab import execute, papers
from lparwiz.lab.clock import Clock
from lparwiz.lab.models import Node
from lparwiz.lab.scenario import Scenario
from lparwiz.lab.shell import Input, Streams
from lparwiz.lab.site import MIDNIGHT, Site
from lparwiz.remote.sanitise import readable
from lparwiz.tools.command import Answer, Command, Outcome

ORIGIN = Path("/home/op/change.toml")
"""Where the change file is said to stand; nothing is read or written there."""
TICKET = "CHG0031337"
BEGIN = 14 * 60.0
"""Lab seconds at which a run begins: 02:14 by the site's clocks."""


class Memory:
    """A site's transport and its clock in one.

    Args:
        scenario: what the site is like.
    """

    def __init__(self, scenario: Scenario) -> None:
        self.clock = Clock(jumps=False)
        self.site = Site(scenario, self.clock)
        self.change = changes.parse(tomli_w.dumps(_change(self.site)), ORIGIN)
        self._labels = {host.id: host.address for host in self.change.hosts}
        self.clock.advance(BEGIN)

    def now(self) -> float:
        """The engine's clock, seconds since the epoch: the site's own."""
        return MIDNIGHT.timestamp() + self.clock.now()

    async def sleep(self, seconds: float) -> None:
        """Come back after `seconds` on the site's clock."""
        await self.clock.sleep(seconds)

    def forgive(self, host_id: str) -> None:
        """No login is ever refused here."""

    async def run(self, host_id: str, command: Command) -> Answer:
        """Run a command on a host, within its limit."""
        limit = command.limit or self.change.limits.command
        out, err = bytearray(), bytearray()
        began = self.now()
        outcome, status, reason = Outcome.TIMED_OUT, None, f"no end within {limit:g} s"
        if not self.site.reachable(self._labels[host_id]):
            outcome, reason = Outcome.NOT_STARTED, "No connection: the host can't be reached."
            return Answer(outcome, reason=reason)
        try:
            async with self._within(limit):
                status = await self._execute(host_id, command, execute.collect(out, err, b""))
                outcome, reason = Outcome.EXITED, ""
        except TimeoutError:
            pass
        except ConnectionError as cut:
            outcome, reason = Outcome.LOST, f"the connection was lost ({cut})"
        return Answer(
            outcome,
            status,
            readable(out),
            readable(err),
            bytes(out),
            bytes(err),
            self.now() - began,
            reason,
        )

    async def stream(
        self, host_id: str, command: Command, heard: Callable[[bytes], None]
    ) -> Answer:
        """Run a command whose output is handed on as it comes; what a frozen node sent waits."""
        coming: asyncio.Queue[bytes] = asyncio.Queue()
        err = bytearray()
        began = self.now()

        async def carry() -> None:
            while True:
                piece = await coming.get()
                await self._joined(host_id)
                heard(piece)

        carrier = asyncio.ensure_future(carry())
        outcome, status, reason = Outcome.EXITED, None, ""
        try:
            sinks = Streams(Input(b""), coming.put_nowait, err.extend)
            status = await self._execute(host_id, command, sinks)
        except ConnectionError as cut:
            outcome, reason = Outcome.LOST, f"the connection was lost ({cut})"
        finally:
            carrier.cancel()
            await asyncio.gather(carrier, return_exceptions=True)
        while not coming.empty():
            heard(coming.get_nowait())
        return Answer(
            outcome, status, stderr=readable(err), seconds=self.now() - began, reason=reason
        )

    async def _execute(self, host_id: str, command: Command, streams: Streams) -> int:
        await self._joined(host_id)
        status = await execute.run(self.site, self._labels[host_id], command.text, streams)
        await self._joined(host_id)
        return status

    async def _joined(self, host_id: str) -> None:
        host = self.site.hosts[self._labels[host_id]]
        if isinstance(host, Node):
            await self.site.joined(host)

    @asynccontextmanager
    async def _within(self, seconds: float) -> AsyncIterator[None]:
        """Raise TimeoutError where the block takes longer, by the site's clock."""
        over = False

        def expire() -> None:
            if not over:
                deadline.reschedule(asyncio.get_running_loop().time())

        async with asyncio.timeout(None) as deadline:
            self.clock.after(seconds, expire)
            try:
                yield
            finally:
                over = True


def _change(site: Site) -> dict[str, object]:
    """The change file of this site, with names in place of the lab's loopback ports."""
    labels = dict(enumerate(site.hosts))
    made = papers.change(site, {label: number for number, label in labels.items()})
    consoles: dict[str, dict[str, object]] = made["console"]
    for host in (*consoles.values(), *made.get("node", ()), *made.get("manager", ())):
        host["address"] = labels[host.pop("port")]
    del made["decisions"]
    return {**made, "ticket": TICKET}
