"""A whole lab: the site, its servers and its folder."""

import asyncio
import math
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import asyncssh

from lparwiz.lab import papers
from lparwiz.lab.clock import Clock
from lparwiz.lab.faults import Faults
from lparwiz.lab.scenario import Scenario
from lparwiz.lab.server import HostServer
from lparwiz.lab.site import Site


class Lab:
    """A running lab; `async with Lab(scenario, folder, speed=20) as lab:`.

    Args:
        scenario: What the site is like.
        directory: Where keys, known_hosts, ssh_config, change.toml and record.jsonl go; made if
            it isn't there.
        speed: Lab seconds in a second of the wall clock.
    """

    def __init__(self, scenario: Scenario, directory: Path, speed: float = 1.0) -> None:
        self.scenario = scenario
        self.directory = directory
        self.speed = speed
        self.site = Site(scenario, Clock(speed))
        self.servers: dict[str, HostServer] = {}
        self.change_path = directory / "change.toml"
        self._reopening: set[asyncio.Task[None]] = set()

    @property
    def faults(self) -> Faults:
        """Where faults are switched on."""
        return self.site.faults

    @property
    def ports(self) -> dict[str, int]:
        """Each host's port on 127.0.0.1."""
        return {label: server.port for label, server in self.servers.items()}

    def verdict(self) -> dict[str, Any]:
        """What became of the site; see `judge.verdict`."""
        return self.site.verdict()

    async def __aenter__(self) -> Self:
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.site.record.keep(self.directory / "record.jsonl")
        key = papers.user_key(self.directory)
        stranger = asyncssh.generate_private_key("ssh-ed25519")
        shown: dict[str, asyncssh.SSHKey] = {}
        for label in self.site.hosts:
            own = asyncssh.generate_private_key("ssh-ed25519")
            shown[label] = stranger if label in self.scenario.wrong_host_key else own
            lets_in = stranger if label in self.scenario.refused_key else key
            self.servers[label] = HostServer(self.site, label, own, lets_in)
            await self.servers[label].open()
        self.site.on_cut.append(self._cut)
        papers.known_hosts(self.directory, self.ports, shown)
        papers.ssh_config(self.directory, self.site, self.ports)
        self.change_path = papers.write_change(self.directory, self.site, self.ports)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for task in self._reopening:
            task.cancel()
        for server in self.servers.values():
            await server.close()
        await self.site.close()

    def _cut(self, label: str) -> None:
        self.servers[label].cut()
        until = self.site.cut[label]
        if not math.isinf(until):
            self.site.clock.at(until, lambda: self._reopen(label))

    def _reopen(self, label: str) -> None:
        task = asyncio.ensure_future(self.servers[label].open())
        self._reopening.add(task)
        task.add_done_callback(self._reopening.discard)
