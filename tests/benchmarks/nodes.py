"""Nodes that can be stopped for real: sshd with real perl, and the lab in a process."""

import asyncio
import contextlib
import getpass
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path

import asyncssh
import tomli_w

from lparwiz import change as changes
from lparwiz.change import Change, Host
from lparwiz.lab import papers, process
from lparwiz.lab.scenario import Scenario
from lparwiz.lab.site import Site

SSHD = shutil.which("sshd", path=f"/usr/sbin:{os.environ['PATH']}")
NFT = shutil.which("nft", path=f"/usr/sbin:{os.environ['PATH']}")
DROPPED = """
table inet lparwiz_{port} {{
    chain node {{
        type filter hook input priority 0
        tcp dport {port} drop
        tcp sport {port} drop
    }}
}}
"""
"""nftables: no packet of a server on this machine comes or goes."""
SERVE = """
import sys
from pathlib import Path
from lparwiz.lab.process import serve
from lparwiz.lab.scenario import Scenario
serve(Scenario(nodes=int(sys.argv[2])), Path(sys.argv[1]), say=lambda line: None)
"""


@dataclass(frozen=True)
class Stop:
    """How long something was stopped, seconds: between these two, by the order of the calls."""

    least: float
    most: float
    began: float = 0.0
    """On the machine's monotonic clock, as `ended` is."""
    ended: float = 0.0


def change_of(path: Path) -> Change:
    """Any sound change, to be given other nodes."""
    site = Site(Scenario())
    ports = {label: 2200 + number for number, label in enumerate(site.hosts)}
    return changes.parse(tomli_w.dumps(papers.change(site, ports)), path)


def descendants(pid: int) -> list[int]:
    """All children of a process and theirs."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # it ended meanwhile
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
            children.setdefault(parent, []).append(int(stat.parent.name))
    found = [pid]
    for known in found:
        found += children.get(known, [])
    return found[1:]


def _nft(*words: str, rules: str = "") -> str:
    """What nft complains of; empty: it did what it was told."""
    if NFT is None:
        return "no nft here"
    done = subprocess.run([NFT, *words], input=rules, capture_output=True, text=True, check=False)
    return done.stderr.strip() if done.returncode else ""


def undroppable() -> str:
    """Why packets can't be dropped on this machine; empty: they can."""
    return _nft("-c", "-f", "-", rules=DROPPED.format(port=1))


@contextlib.asynccontextmanager
async def without_packets(port: int):
    """Drop what goes to a port of this machine and what comes from it."""
    problem = await asyncio.to_thread(_nft, "-f", "-", rules=DROPPED.format(port=port))
    assert not problem, problem
    try:
        yield
    finally:
        problem = await asyncio.to_thread(_nft, "delete", "table", "inet", f"lparwiz_{port}")
        assert not problem, problem


async def stopped(
    pids: list[int], seconds: float, meanwhile: contextlib.AbstractAsyncContextManager | None = None
) -> Stop:
    """Stop processes, the first one first, and let them go on, the first one last."""
    before_stop = time.monotonic()
    os.kill(pids[0], signal.SIGSTOP)
    after_stop = time.monotonic()
    for pid in pids[1:]:
        os.kill(pid, signal.SIGSTOP)
    try:
        async with meanwhile or contextlib.nullcontext():
            await asyncio.sleep(seconds)
    finally:
        for pid in reversed(pids[1:]):
            os.kill(pid, signal.SIGCONT)
        before_go = time.monotonic()
        os.kill(pids[0], signal.SIGCONT)
        after_go = time.monotonic()
    return Stop(before_go - after_stop, after_go - before_stop, before_stop, after_go)


class Machine:
    """How late this machine itself is: a process beside all others, which does nothing but wait.

    What it finds is what anything on a busy machine adds to a stop: a node that was let go on and
    gets no processor is still silent.
    """

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", WAITING], stdout=subprocess.PIPE, text=True
        )
        self._late: list[tuple[float, float]] = []

    async def listen(self) -> None:
        """Take in what it finds, until cancelled."""
        assert self._process.stdout is not None
        while line := await asyncio.to_thread(self._process.stdout.readline):
            due, came = line.split()
            self._late.append((float(due), float(came)))

    def late(self, stop: Stop, interval: float) -> float:
        """Seconds by which it was late around the two ends of a stop."""
        edges = ((stop.began - 2 * interval, stop.began), (stop.ended, stop.ended + 2 * interval))
        return sum(
            max(0.0, min(to, came) - max(since, due))
            for since, to in edges
            for due, came in self._late
        )

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()


WAITING = """
import time
while True:
    due = time.monotonic() + 0.002
    time.sleep(0.002)
    came = time.monotonic()
    if came - due > 0.001:
        print(due, came, flush=True)
"""


class RealNode:
    """The system's sshd, with the real perl that it starts. Nothing but its own is stopped."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = 0
        self._process: subprocess.Popen | None = None

    def start(self) -> None:
        assert SSHD is not None
        self.folder.mkdir(parents=True)
        if os.getuid() == 0:
            os.makedirs("/run/sshd", mode=0o755, exist_ok=True)  # noqa: PTH103 - sshd insists on it
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = probe.getsockname()[1]
        user, host = (asyncssh.generate_private_key("ssh-ed25519") for _ in range(2))
        for name, key in (("id", user), ("host", host)):
            key.write_private_key(self.folder / name)
            (self.folder / name).chmod(0o600)
        user.write_public_key(self.folder / "authorized")
        line = host.export_public_key().decode()
        (self.folder / "known_hosts").write_text(f"[127.0.0.1]:{self.port} {line}")
        (self.folder / "ssh_config").touch()
        settings = {
            "Port": self.port, "ListenAddress": "127.0.0.1", "HostKey": self.folder / "host",
            "AuthorizedKeysFile": self.folder / "authorized", "PidFile": "none", "UsePAM": "no",
            "StrictModes": "no", "PermitRootLogin": "yes", "PasswordAuthentication": "no",
            "MaxStartups": "200:30:400",
        }  # fmt: skip
        config = self.folder / "sshd_config"
        config.write_text("".join(f"{name} {value}\n" for name, value in settings.items()))
        self._process = subprocess.Popen([SSHD, "-D", "-e", "-f", config], stderr=subprocess.PIPE)
        assert self._process.stderr is not None
        while b"Server listening" not in (line := self._process.stderr.readline()):
            assert line, "sshd did not start"

    def change(self, port: int | None = None, name: str = "db01") -> Change:
        """A change whose one node it is, reached by this port."""
        port = port or self.port
        known = self.folder / f"known_hosts.{port}"
        known.write_text(
            (self.folder / "known_hosts").read_text().replace(f":{self.port} ", f":{port} ")
        )
        host = Host(
            id=f"node/{name}", kind="node", label=name, name=name, address="127.0.0.1", port=port,
            user=getpass.getuser(), identity=self.folder / "id", known_hosts=known,
            config=self.folder / "ssh_config",
        )  # fmt: skip
        base = change_of(self.folder / "change.toml")
        return replace(base, nodes=(host,), lpar=replace(base.lpar, node=name))

    def _own(self) -> dict[int, str]:
        """All that sshd has started, by pid, with its name."""
        assert self._process is not None
        found = {}
        for pid in descendants(self._process.pid):
            with contextlib.suppress(OSError):  # it ended meanwhile
                found[pid] = Path(f"/proc/{pid}/comm").read_text().strip()
        return found

    async def freeze(self, seconds: float, *, packets: bool = True) -> Stop:
        """Stop all that serves the node: perl first, sshd and its children then.

        Args:
            seconds: how long.
            packets: whether this machine still acknowledges what is sent to it.
        """
        assert self._process is not None
        # An earlier watch's end may have been dropped too, and is sent again: nothing tells.
        while list((own := self._own()).values()).count("perl") > 1:  # noqa: ASYNC110 - see above
            await asyncio.sleep(0.1)
        perl = [pid for pid, name in own.items() if name == "perl"]
        assert perl
        others = [pid for pid in own if pid not in perl]
        lost = None if packets else without_packets(self.port)
        return await stopped([*perl, *others, self._process.pid], seconds, lost)

    async def stall_server(self, seconds: float) -> Stop:
        """Stop sshd alone; perl goes on."""
        sshd = [pid for pid, name in self._own().items() if name.startswith("sshd")]
        return await stopped(sshd, seconds)

    def stop(self) -> None:
        if self._process is None:
            return
        own = self._own()
        self._process.terminate()
        for pid in own:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._process.wait(10)
        assert self._process.stderr is not None
        self._process.stderr.close()


class LabNode:
    """The lab's db01, the lab being a process of its own."""

    def __init__(self, folder: Path, nodes: int = 2) -> None:
        self.folder = folder
        self._nodes = nodes
        self._process: subprocess.Popen | None = None

    def start(self) -> None:
        self.folder.mkdir(parents=True)
        command = [sys.executable, "-c", SERVE, str(self.folder), str(self._nodes)]
        self._process = subprocess.Popen(command)
        while not (self.folder / "ready").exists():
            assert self._process.poll() is None, "the lab did not start"
            time.sleep(0.05)

    def change(self, *, peers: bool = False) -> Change:
        """The lab's change; without its peers where they would be stopped too."""
        whole = changes.read(self.folder / "change.toml")
        node = whole.migrating_node
        assert node is not None
        return whole if peers else replace(whole, nodes=(node,))

    async def freeze(self, seconds: float) -> Stop:
        """Stop the process that serves the node."""
        assert self._process is not None
        return await stopped([self._process.pid], seconds)

    async def ask(self, **request: object) -> dict:
        return await asyncio.to_thread(process.control, self.folder, request)

    async def part(self, seconds: float) -> Stop:
        """Cut the node's public network off, ping included; the node goes on."""
        await self.ask(do="part", host="db01", seconds=seconds)
        await asyncio.sleep(seconds + 0.2)
        events = (await self.ask(do="record"))["record"]
        parted = [event["at"] for event in events if event["kind"] == "parted"][-1]
        joined = [event["at"] for event in events if event["kind"] == "joined"][-1]
        return Stop(joined - parted - 0.001, joined - parted + 0.001)  # the record's rounding

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(30)


class Proxy:
    """A TCP path of our own that can be held up."""

    def __init__(self, to: int) -> None:
        self._to = to
        self._open = asyncio.Event()
        self._open.set()
        self._tasks: set[asyncio.Task] = set()
        self._server: asyncio.Server | None = None
        self.port = 0

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _accept(self, reader, writer) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._to)
        for pump in (self._pump(reader, far_writer), self._pump(far_reader, writer)):
            task = asyncio.ensure_future(pump)
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _pump(self, reader, writer) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                await self._open.wait()
                writer.write(data)
        writer.close()

    async def hold(self, seconds: float) -> Stop:
        began = time.monotonic()
        self._open.clear()
        await asyncio.sleep(seconds)
        self._open.set()
        lasted = time.monotonic() - began
        return Stop(lasted, lasted)

    async def stop(self) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
