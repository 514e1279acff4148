"""The watch of a freeze over real SSH."""

import asyncio
import os
from contextlib import asynccontextmanager

from lparwiz import change
from lparwiz.lab.scenario import Scenario
from lparwiz.remote.connection import Connections
from lparwiz.run.clock import SystemClock
from lparwiz.watch.figures import Cause
from lparwiz.watch.measuring import measure

from ..labs import lab

SPEED = 20.0


class Ssh:
    """A watch of a fast lab over real SSH."""

    def __init__(self, running):
        self.running = running
        self.figures = None
        self._news = asyncio.Event()

    @asynccontextmanager
    async def watching(self):
        wanted = change.read(self.running.change_path)
        connections = Connections(wanted.hosts, wanted.limits)
        watch = asyncio.create_task(
            measure(connections, wanted, SystemClock(SPEED), self._put, speed=SPEED)
        )
        try:
            yield self
        finally:
            watch.cancel()
            await asyncio.gather(watch, return_exceptions=True)
            await connections.close()

    def _put(self, figures):
        self.figures = figures
        self._news.set()

    async def until(self, holds):
        while self.figures is None or not holds(self.source):
            self._news.clear()
            await self._news.wait()

    def source(self, name):
        return next(source for source in self.figures.sources if source.id == name)


async def test_it_works_over_real_ssh(tmp_path):
    with lab(Scenario(), tmp_path / "lab", SPEED) as running:
        async with Ssh(running).watching() as ssh:
            await ssh.until(lambda of: of("ticks").samples > 3 and of("ping/db02").samples > 3)
            running.call(running.lab.site.freeze, "db01", 12.0)
            await ssh.until(lambda of: of("ticks").longest and of("ping/db02").longest)
    ticks = ssh.source("ticks")
    assert ticks.longest.cause is Cause.FREEZE
    assert ticks.longest.interval == SPEED / 20
    assert ticks.longest.seconds >= 12.0
    assert os.listdir(tmp_path) == ["lab"]  # noqa: PTH208 - nothing else was written


async def test_a_connection_that_is_cut_is_lost_with_the_reason_and_comes_back(tmp_path):
    with lab(Scenario(), tmp_path / "lab", SPEED) as running:
        async with Ssh(running).watching() as ssh:
            await ssh.until(lambda of: of("ticks").samples > 3)
            running.call(running.lab.site.cut_off, "db01", 60.0)
            await ssh.until(lambda of: of("ticks").lost)
            assert "connection" in ssh.source("ticks").lost
            assert not ssh.source("llt/db02").lost
            samples = ssh.source("ticks").samples
            await ssh.until(lambda of: of("ticks").samples > samples + 3)
            assert not ssh.source("ticks").lost


async def test_a_gap_while_our_own_loop_stood_still_is_marked_as_ours(tmp_path):
    with lab(Scenario(), tmp_path / "lab", SPEED) as running:
        async with Ssh(running).watching() as ssh:
            await ssh.until(lambda of: of("ticks").samples > 3)
            running.execute("db02", "sleep 20")  # waits for the lab's thread, and blocks this one

            def ours(of):  # a busy machine may make shorter gaps of its own
                return [gap for gap in of("ticks").other if gap.cause is Cause.OURS]

            await ssh.until(lambda of: any(gap.seconds >= 19.0 for gap in ours(of)))
            longest = ssh.source("ticks").longest
            assert longest is None or longest.seconds < 19.0
