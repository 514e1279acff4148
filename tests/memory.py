"""A run in memory: the lab's site without SSH between, in the loop of the one who asks."""

import asyncio
import itertools
import os

import tomli_w

from lparwiz import change as changes
from lparwiz import session
from lparwiz.lab import papers
from lparwiz.lab.site import Site
from lparwiz.remote.sanitise import sanitise
from lparwiz.run.folder import Folder
from lparwiz.run.journal import Journal
from lparwiz.tools.command import Answer, Outcome

EPOCH = 1_795_312_800.0
"""What the engine's clock shows at lab second 0."""

FIRST_PORT = 2201
"""The hosts' ports in the change file, counted up: nobody listens there."""

SHM = "/dev/shm"  # noqa: S108 - a folder of our own is made in it
FAST = SHM if os.access(SHM, os.W_OK) else None
"""Where an fsync costs nothing, on systems that have it: a place for temporary folders."""


class Memory:
    """A site as an engine meets it: its transport and its clock in one.

    Args:
        scenario: what the site is like.
        origin: where the change file is said to stand; nothing is read or written there.
    """

    def __init__(self, scenario, origin) -> None:
        self.site = Site(scenario)
        ports = dict(zip(self.site.hosts, itertools.count(FIRST_PORT), strict=False))
        self.change = changes.parse(tomli_w.dumps(papers.change(self.site, ports)), origin)
        by_port = {port: label for label, port in ports.items()}
        self.labels = {host.id: by_port[host.port] for host in self.change.hosts}
        """What the site calls each host, by its id."""

    def now(self) -> float:
        return EPOCH + self.site.clock.now()

    async def sleep(self, seconds: float) -> None:
        await self.site.clock.sleep(seconds)

    def forgive(self, host_id: str) -> None:
        pass

    async def run(self, host_id, command) -> Answer:
        began = self.now()
        raw_out, raw_err, status = await self.site.execute(self.labels[host_id], command.text)
        out, err = (sanitise(raw.decode("utf-8", "replace")) for raw in (raw_out, raw_err))
        return Answer(
            Outcome.EXITED, status, out, err, raw_out, raw_err, seconds=self.now() - began
        )

    def stage(self, folder, answerer):
        """The run of that folder, begun there or taken up: `(play, steps)`."""
        journal = Journal(folder / "journal.jsonl", self.now)
        return session.stage(self.change, self, self, Folder(folder), journal, answerer)

    async def idle(self) -> None:
        """Until nobody here has anything left to do but wait for an order.

        Nothing sleeps on a wall clock here, so that turns of the loop are all the time there is.
        """
        for _ in range(IDLE):
            await asyncio.sleep(0)


IDLE = 500
"""Turns of the loop after which everybody has come to stand still; a command takes a few."""
