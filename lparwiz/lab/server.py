"""One SSH server per host, on loopback, behind a wire that can be stopped or cut.

The wire stands between the client's TCP connection and the SSH server: a frozen node lets no byte
through in either direction, for exactly as long as it is frozen, whatever layer the bytes are of.
"""

import asyncio
import socket
from contextlib import suppress
from typing import TYPE_CHECKING

import asyncssh

from lparwiz.lab import execute
from lparwiz.lab.messages import text
from lparwiz.lab.models import Console, Node
from lparwiz.lab.shell import Input, Streams

if TYPE_CHECKING:
    from lparwiz.lab.site import Site

ADDRESS = "127.0.0.1"
LOCK_SECONDS = 300.0
"""How long three failed logins lock a console's account (facts, hmc.md 2)."""
FAILED_LOGINS = 3
CHUNK = 65536


class HostServer:
    """A host's SSH server.

    Args:
        site: The site.
        label: The host's label.
        host_key: What it proves itself with.
        client_key: The only key that it lets in.
    """

    def __init__(
        self, site: "Site", label: str, host_key: asyncssh.SSHKey, client_key: asyncssh.SSHKey
    ) -> None:
        self.site = site
        self.label = label
        self.host = site.hosts[label]
        self.client_key = client_key
        self._options = asyncssh.SSHServerConnectionOptions(
            server_factory=lambda: _Login(self),
            server_host_keys=[host_key],
            process_factory=self._session,
            encoding="utf-8",
            errors="surrogateescape",  # any byte comes out as it went in
            allow_pty=True,
            login_timeout=0,  # a freeze may come in the middle
        )
        self._listener: asyncio.Server | None = None
        self._wires: set[asyncio.Task[None]] = set()
        self._clients: set[asyncio.StreamWriter] = set()
        self._held = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._held.bind((ADDRESS, 0))
        self.port: int = self._held.getsockname()[1]

    async def open(self) -> None:
        """Take connections, unless the host is out of reach."""
        if self._listener is None and self.site.reachable(self.label):
            self._held.close()
            self._listener = await asyncio.start_server(self._accept, ADDRESS, self.port)

    def cut(self) -> None:
        """Cut every connection; if the host is out of reach now, refuse new ones."""
        for client in self._clients:
            client.transport.abort()
        if self._listener is not None and not self.site.reachable(self.label):
            self._listener.close()
            self._listener = None

    async def close(self) -> None:
        """End everything."""
        if self._listener is not None:
            self._listener.close()
            self._listener = None
        self._held.close()
        for wire in list(self._wires):
            wire.cancel()
        await asyncio.gather(*self._wires, return_exceptions=True)

    # -- the wire ---------------------------------------------------------------------------

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        wire = asyncio.ensure_future(self._wire(reader, writer))
        self._wires.add(wire)
        wire.add_done_callback(self._wires.discard)

    async def _wire(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry bytes between a client and an SSH server of its own until either ends."""
        ours, theirs = socket.socketpair()
        inner_reader, inner_writer = await asyncio.open_connection(sock=ours)
        work = [
            asyncio.ensure_future(asyncssh.run_server(theirs, options=self._options)),
            asyncio.ensure_future(self._pump(reader, inner_writer)),
            asyncio.ensure_future(self._pump(inner_reader, writer)),
        ]
        self._clients.add(writer)
        try:
            await asyncio.wait(work[1:])
        finally:
            self._clients.discard(writer)
            inner_writer.close()
            writer.close()
            for task in work:
                task.cancel()
            ended = await asyncio.gather(*work, return_exceptions=True)
            if isinstance(ended[0], asyncssh.SSHServerConnection):
                ended[0].abort()
            else:
                theirs.close()  # the client went before there was a connection to own it

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while chunk := await reader.read(CHUNK):
                if isinstance(self.host, Node):
                    await self.site.joined(self.host)
                writer.write(chunk)
                await writer.drain()
        writer.close()

    # -- sessions ---------------------------------------------------------------------------

    async def _session(self, process: "asyncssh.SSHServerProcess[str]") -> None:
        """Run one session; when its channel goes, so does the command."""
        work = asyncio.ensure_future(self._work(process))
        closed = asyncio.ensure_future(process.channel.wait_closed())
        try:
            await asyncio.wait({work, closed}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (work, closed):
                task.cancel()
            await asyncio.gather(work, closed, return_exceptions=True)

    async def _work(self, process: "asyncssh.SSHServerProcess[str]") -> None:
        async def more() -> bytes:
            with suppress(
                asyncssh.BreakReceived, asyncssh.SignalReceived, asyncssh.TerminalSizeChanged
            ):
                return (await process.stdin.read(CHUNK)).encode("utf-8", "surrogateescape")
            return b""

        streams = Streams(
            Input(more=more),
            lambda chunk: process.stdout.write(chunk.decode("utf-8", "surrogateescape")),
            lambda chunk: process.stderr.write(chunk.decode("utf-8", "surrogateescape")),
        )
        login = process.get_extra_info("username")
        try:
            if process.command is not None:
                status = await execute.run(self.site, self.label, process.command, streams, login)
            else:
                status = await self._interactive(process, streams, login)
        except ConnectionError:
            with suppress(asyncssh.Error, OSError):
                await process.stdout.drain()
            process.get_extra_info("connection").abort()
            return
        with suppress(OSError):
            process.exit(status)

    async def _interactive(
        self, process: "asyncssh.SSHServerProcess[str]", streams: Streams, login: str
    ) -> int:
        """A person at a prompt: each line is a command of its own."""
        prompt = f"{login}@{self.label}:~> " if isinstance(self.host, Console) else "# "
        status = 0
        while True:
            if process.term_type:
                process.stdout.write(prompt)
            line = (await streams.stdin.readline()).decode(errors="replace")
            if not line or line.strip() == "exit":
                return status
            if line.strip():
                quiet = Streams(Input(), streams.out, streams.err)
                status = await execute.run(self.site, self.label, line.strip(), quiet, login)


class _Login(asyncssh.SSHServer):
    """Who may log in; asyncssh asks for a class of this base."""

    def __init__(self, server: HostServer) -> None:
        self.server = server
        self._connection: asyncssh.SSHServerConnection | None = None

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._connection = conn

    def begin_auth(self, username: str) -> bool:
        del username
        host = self.server.host
        if isinstance(host, Console) and self._locked(host):
            # A try while it is locked starts the time anew (facts, hmc.md 2).
            host.locked_until = self.server.site.clock.now() + LOCK_SECONDS
            assert self._connection is not None
            minutes = str(int(LOCK_SECONDS // 60))
            self._connection.send_auth_banner(text(host.locale, "lock banner", minutes) + "\n")
        return True

    def public_key_auth_supported(self) -> bool:
        return True

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        host = self.server.host
        if isinstance(host, Console) and self._locked(host):
            return False
        if username == host.user and key.public_data == self.server.client_key.public_data:
            return True
        self.server.site.record.note("login refused", host=host.label, user=username)
        if isinstance(host, Console):
            host.failed_logins += 1
            if host.failed_logins >= FAILED_LOGINS:
                host.failed_logins = 0
                host.locked_until = self.server.site.clock.now() + LOCK_SECONDS
        return False

    def auth_completed(self) -> None:
        if isinstance(self.server.host, Console):
            self.server.host.failed_logins = 0

    def _locked(self, host: Console) -> bool:
        return self.server.site.clock.now() < host.locked_until
