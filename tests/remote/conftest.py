"""Two real SSH servers for the same tests: asyncssh in this process, and the system's sshd."""

import asyncio
import contextlib
import functools
import getpass
import os
import re
import shutil
import signal
import socket
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

import asyncssh
import pytest

from lparwiz.change import Host, Limits
from lparwiz.remote.connection import Connections

SSHD = shutil.which("sshd", path=f"/usr/sbin:{os.environ['PATH']}")


@dataclass
class Files:
    """Keys, known_hosts and an empty ssh_config in the test's folder."""

    folder: Path
    host_key: asyncssh.SSHKey
    identity: Path
    known_hosts: Path
    config: Path

    def vouch(self, port: int, key: asyncssh.SSHKey | None = None) -> None:
        line = (key or self.host_key).export_public_key().decode()
        with self.known_hosts.open("a") as known:
            known.write(f"[127.0.0.1]:{port} {line}")

    def stranger(self) -> Path:
        """A user key that no server knows."""
        path = self.folder / "id_stranger"
        asyncssh.generate_private_key("ssh-ed25519").write_private_key(path)
        return path


class Server(Protocol):
    """What a test needs of either."""

    port: int

    async def cut(self) -> None:
        """Break every connection off, but go on listening."""

    async def refusals(self) -> int:
        """How many logins it refused; the server may be gone afterwards."""


class _Guard(asyncssh.SSHServer):
    def __init__(self, server):
        self.server = server

    def connection_made(self, conn):
        self.connection = conn
        self.server.connections.append(conn)

    def begin_auth(self, username):  # noqa: ARG002 - asyncssh's signature
        if self.server.banner:
            self.connection.send_auth_banner(self.server.banner)
        return True

    def public_key_auth_supported(self):
        return True

    def validate_public_key(self, username, key):  # noqa: ARG002 - same
        if self.server.breaks_off:
            self.connection.abort()
        allowed = not self.server.locked and key == self.server.user_key
        self.server.refused += not allowed
        return allowed

    def connection_requested(self, *_where):
        self.server.forwarded += 1
        return True


async def pump(to_client, from_child):
    while data := await from_child.read(65536):
        to_client.write(data)
        await to_client.drain()


async def feed(to_child, from_client):
    to_child.write(await from_client.read())
    to_child.close()


@dataclass
class InProcess:
    """asyncssh's server. Runs commands in `sh`, or as `handler` does."""

    user_key: asyncssh.SSHKey
    port: int = 0
    banner: str = ""
    locked: bool = False
    breaks_off: bool = False
    handler: object = None
    refused: int = 0
    forwarded: int = 0
    running: int = 0
    peak: int = 0
    connections: list = field(default_factory=list)
    children: list = field(default_factory=list)

    async def serve(self, process):
        self.running += 1
        self.peak = max(self.peak, self.running)
        try:
            await (self.handler or self.shell)(process)
        finally:
            self.running -= 1

    async def shell(self, process):
        child = await asyncio.create_subprocess_shell(
            process.command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
        self.children.append(child)
        with contextlib.suppress(OSError, asyncssh.Error):  # cut off meanwhile
            await asyncio.gather(
                pump(process.stdout, child.stdout),
                pump(process.stderr, child.stderr),
                feed(child.stdin, process.stdin),
            )
        status = await child.wait()
        if status < 0:
            process.exit_with_signal(signal.Signals(-status).name.removeprefix("SIG"))
        else:
            process.exit(status)

    async def cut(self):
        for connection in self.connections:
            connection.abort()
        for connection in self.connections:
            await connection.wait_closed()

    async def refusals(self):
        return self.refused

    async def stop(self):
        await self.cut()
        for child in self.children:
            with contextlib.suppress(ProcessLookupError):  # it ended by itself
                os.killpg(child.pid, signal.SIGKILL)
            child._transport.close()  # what it still had to say would keep `wait` waiting
            await child.wait()


@contextlib.asynccontextmanager
async def in_process(files: Files, **options):
    server = InProcess(asyncssh.read_private_key(files.identity).convert_to_public())
    listener = await asyncssh.listen(
        "127.0.0.1",
        0,
        server_factory=lambda: _Guard(server),
        process_factory=server.serve,
        server_host_keys=[files.host_key],
        encoding=None,
        config=None,
        **options,
    )
    server.port = listener.get_port()
    files.vouch(server.port)
    try:
        yield server
    finally:
        listener.close()
        await listener.wait_closed()
        await server.stop()


@dataclass
class Sshd:
    """The system's own, as the current user, with a configuration of its own."""

    process: asyncio.subprocess.Process
    port: int
    log: asyncio.Task = None

    async def cut(self):
        for pid in _descendants(self.process.pid):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    async def refusals(self):
        return len(re.findall(rb"Failed publickey", await self.stop()))

    async def stop(self) -> bytes:
        """End it with all its children, so that its log is complete, and give that."""
        await self.cut()
        if self.process.returncode is None:
            self.process.terminate()
            await self.process.wait()
        return await self.log


def _descendants(pid: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # it ended meanwhile
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
            children.setdefault(parent, []).append(int(stat.parent.name))
    found = [pid]
    for known in found:
        found += children.get(known, [])
    return found[1:]


@contextlib.asynccontextmanager
async def sshd(files: Files, *lines: str):
    if SSHD is None:
        pytest.skip("no sshd on this machine (package openssh-server)")
    if os.getuid() == 0:
        os.makedirs("/run/sshd", mode=0o755, exist_ok=True)  # noqa: PTH103 - sshd insists on it
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    host_key = files.folder / "ssh_host_ed25519_key"
    files.host_key.write_private_key(host_key)
    host_key.chmod(0o600)
    authorized = files.folder / "authorized_keys"
    asyncssh.read_private_key(files.identity).write_public_key(authorized)
    config = files.folder / "sshd_config"
    settings = (
        f"Port {port}",
        "ListenAddress 127.0.0.1",
        f"HostKey {host_key}",
        f"AuthorizedKeysFile {authorized}",
        "PidFile none",
        "UsePAM no",
        "StrictModes no",
        "PermitRootLogin yes",
        "PasswordAuthentication no",
        "KbdInteractiveAuthentication no",
        "LogLevel VERBOSE",
        *lines,
    )
    config.write_text("".join(f"{line}\n" for line in settings))
    process = await asyncio.create_subprocess_exec(
        SSHD, "-D", "-e", "-f", config, stderr=asyncio.subprocess.PIPE
    )
    while b"Server listening" not in (line := await process.stderr.readline()):
        assert line, f"sshd did not start: {config.read_text()}"
    server = Sshd(process, port)
    server.log = asyncio.create_task(process.stderr.read())
    files.vouch(port)
    try:
        yield server
    finally:
        await server.stop()


@pytest.fixture
def files(tmp_path, monkeypatch):
    # Nothing of the developer's own: neither keys, nor agent, nor ssh_config.
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    identity = tmp_path / "id_ed25519"
    asyncssh.generate_private_key("ssh-ed25519").write_private_key(identity)
    identity.chmod(0o600)
    known_hosts, config = tmp_path / "known_hosts", tmp_path / "ssh_config"
    known_hosts.touch()
    config.touch()
    host_key = asyncssh.generate_private_key("ssh-ed25519")
    return Files(tmp_path, host_key, identity, known_hosts, config)


@pytest.fixture(params=["asyncssh", "sshd"])
async def server(request, files):
    """One contract, two servers."""
    start = in_process if request.param == "asyncssh" else sshd
    async with start(files) as running:
        yield running


@pytest.fixture
async def programmable(files):
    """asyncssh's server alone, for what can't be had from a real one at will."""
    async with in_process(files) as running:
        yield running


@pytest.fixture
def start_asyncssh(files):
    """Starts asyncssh's server with options of its own."""
    return functools.partial(in_process, files)


@pytest.fixture
def start_sshd(files):
    """Starts the system's sshd with lines of configuration of its own."""
    return functools.partial(sshd, files)


@pytest.fixture
def host(files):
    """Builds the host behind a server; keywords replace fields."""

    def build(server, **fields) -> Host:
        usual = Host(
            id="node/db01",
            kind="node",
            label="db01",
            name="db01",
            address="127.0.0.1",
            port=server.port,
            user=getpass.getuser(),
            identity=files.identity,
            known_hosts=files.known_hosts,
            config=files.config,
        )
        return replace(usual, **fields)

    return build


@pytest.fixture
async def connect():
    """Builds connections and closes them when the test is over."""
    built = []

    def build(*hosts: Host, **limits: float) -> Connections:
        built.append(Connections(hosts, Limits(**limits)))
        return built[-1]

    yield build
    for connections in built:
        await connections.close()


class Gate:
    """A command that says when it has begun, and ends only when it may."""

    def __init__(self, folder: Path):
        self.begun, self.way_out = folder / "begun", folder / "way_out"
        os.mkfifo(self.begun)
        os.mkfifo(self.way_out)
        self.command = f"echo before; echo > {self.begun}; read x < {self.way_out}; echo after"

    async def entered(self) -> None:
        await asyncio.to_thread(self.begun.read_bytes)

    def open(self) -> None:
        """Let all go, those too that are still on their way: so the ends are never closed."""
        os.open(self.begun, os.O_RDWR)
        os.write(os.open(self.way_out, os.O_RDWR), b"\n" * 99)


@pytest.fixture
def gate(tmp_path):
    made = Gate(tmp_path)
    yield made
    made.open()
