"""One command line on one host, with whatever faults strike it."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from lparwiz.lab import aix, aix_files, aix_shell, aix_software, hmc, hmc_changes, llt, vcs
from lparwiz.lab.faults import Fault, garbage
from lparwiz.lab.files import Files
from lparwiz.lab.models import Console, Node
from lparwiz.lab.shell import Command, Input, Shell, Sink, Streams

if TYPE_CHECKING:
    from lparwiz.lab.site import Site

AIX_PATH = "/usr/bin:/etc:/usr/ucb:/usr/bin/X11"
"""What a command over SSH gets: neither /sbin nor VCS's folders (facts, vcs.md 1.6)."""


class ConnectionCutError(ConnectionError):
    """The connection to the host is gone."""


async def run(site: "Site", label: str, line: str, streams: Streams, login: str = "") -> int:
    """Run a line on a host and return its exit status.

    Args:
        site: The site.
        label: The host's label.
        line: What its shell gets.
        streams: Where the answer goes, as it comes.
        login: Who is logged in; empty: the user of the scenario.

    Raises:
        ConnectionCutError: A fault cut the connection, or the host is out of reach.
    """
    site.clock.settle()
    host = site.hosts[label]
    if not site.reachable(label):
        raise ConnectionCutError(f"{label} is out of reach")
    if isinstance(host, Node):
        await site.awake(host)
    faults = site.faults.strike(label, line)
    for fault in faults:
        site.record.note("fault", host=label, fault=fault.kind, line=line)
    await _before(site, label, faults)
    answer = _Answer(site, streams, faults)
    site.record.note("command", host=label, line=line)
    refusal = next((f for f in faults if f.kind == "fail"), None)
    if refusal is not None:
        answer.streams.complain(refusal.text or "refused")
        answer.close(label)
        return refusal.status
    during = next((f for f in faults if f.kind == "drop-during"), None)
    if during is not None:
        site.leave_running(_interpret(site, host, line, answer.streams, login, faults))
        await site.clock.sleep(during.seconds or 0.0)
        raise ConnectionCutError(f"connection to {label} lost")
    status = await _interpret(site, host, line, answer.streams, login, faults)
    if isinstance(host, Node):
        await site.awake(host)
    if any(f.kind == "status-disagrees" for f in faults):
        status = int(status == 0)
    site.record.note("answered", host=label, line=line, status=status)
    answer.close(label)
    return status


async def _before(  # noqa: C901 -- one arm a fault
    site: "Site", label: str, faults: list[Fault]
) -> None:
    """What strikes before a command has run."""
    for fault in faults:
        match fault.kind:
            case "hook":
                if fault.call is not None:
                    fault.call()
                if fault.command:
                    await site.execute(fault.on or label, fault.command)
            case "rmc-down":
                site.lose_rmc()
            case "kill-node":
                site.kill(label)
            case "unreachable":
                site.cut_off(label, fault.seconds)
            case "hang":
                if fault.seconds is None:
                    await asyncio.get_running_loop().create_future()
                else:
                    await site.clock.sleep(fault.seconds)
    for fault in faults:
        if fault.kind in ("drop-before", "kill-node", "unreachable", "hang"):
            raise ConnectionCutError(f"{fault.kind} on {label}")


class _Answer:
    """Where a command's output goes, and how faults spoil it."""

    def __init__(self, site: "Site", streams: Streams, faults: list[Fault]) -> None:
        self._to = streams
        self._kinds = {f.kind for f in faults}
        self._garbage = next((f.text for f in faults if f.kind == "garbage"), "")
        out, err = streams.out, streams.err
        if "other-channel" in self._kinds:
            out, err = err, out
        self._kept = bytearray()
        self._late = b""
        for fault in faults:
            if fault.kind == "falls-silent":
                out = _until(site, site.clock.now() + (fault.seconds or 0.0), out)
            if fault.kind == "cut-lines":
                out = self._in_two(out)
        if self._kinds & {"drop-after", "drop-during", "cut-short", "garbage"}:
            out, err = self._keep(out), self._keep(err)
        self.streams = Streams(streams.stdin, out, err)

    def _in_two(self, out: Sink) -> Sink:
        def write(chunk: bytes) -> None:
            middle = len(chunk) // 2
            out(self._late + chunk[:middle])
            self._late = chunk[middle:]

        return write

    def _keep(self, _: Sink) -> Callable[[bytes], None]:
        return self._kept.extend

    def close(self, label: str) -> None:
        """Bring out what the faults left of it."""
        if self._late:
            self._to.out(self._late)
        if "garbage" in self._kinds:
            self._to.out(garbage(self._garbage))
        if "cut-short" in self._kinds:
            self._to.out(bytes(self._kept[: len(self._kept) // 2]))
            raise ConnectionCutError(f"answer of {label} cut short")
        if "drop-after" in self._kinds:
            raise ConnectionCutError(f"answer of {label} lost")


def _until(site: "Site", silent: float, out: Sink) -> Sink:
    """Writes until lab second `silent`, and nothing from then on."""

    def write(chunk: bytes) -> None:
        if site.clock.now() < silent:
            out(chunk)

    return write


async def _interpret(
    site: "Site",
    host: Node | Console,
    line: str,
    streams: Streams,
    login: str,
    faults: list[Fault],
) -> int:
    shell = shell_for(site, host, login)
    if not isinstance(host, Console) or not any(f.kind == "other-locale" for f in faults):
        return await shell.run(line, streams)
    former, host.locale = host.locale, "pl"
    try:
        return await shell.run(line, streams)
    finally:
        host.locale = former


def shell_for(site: "Site", host: Node | Console, login: str = "") -> Shell:
    """A fresh login shell on a host."""
    if isinstance(host, Console):
        return _hmc_shell(site, host)

    async def pause() -> None:
        await site.awake(host)

    user = login or host.user
    return Shell(
        commands=site.programs(host),
        builtins=aix_shell.builtins(),
        files=host.files,
        user=user,
        variables={"PATH": AIX_PATH, "HOME": "/", "LOGNAME": user, "USER": user, "LANG": "en_US"},
        pause=pause,
    )


def programs(site: "Site", host: Node | Console) -> dict[str, Command]:
    """What a host can run: a node's programs by absolute path, a console's commands by name."""
    return _commands(site, host) if isinstance(host, Console) else _programs(site, host)


def _commands(site: "Site", console: Console) -> dict[str, Command]:
    own = hmc.listings(site, console) | hmc_changes.commands(site, console)
    plain = {
        name: command
        for name, command in aix_shell.builtins().items()
        if name in ("echo", "printf", "true", "false", "test", "[", ":", "exit", "export")
    }
    return own | plain | aix_files.filters()


def _programs(site: "Site", node: Node) -> dict[str, Command]:
    programs = aix.programs(site, node) | aix_software.programs(node)
    if node.has_vcs:
        programs |= llt.programs(site, node) | vcs.programs(site, node)
    return programs


def _hmc_shell(site: "Site", console: Console) -> Shell:
    async def pause() -> None:
        site.clock.settle()

    return Shell(
        commands={},
        builtins=site.programs(console),
        files=Files(site.clock.now, lambda _, __: None),
        user=console.user,
        variables={"PATH": "/usr/hmcrbin", "HOME": "/home/" + console.user},
        pause=pause,
        name="/bin/bash",
        restricted=True,
    )


def collect(streams_out: bytearray, streams_err: bytearray, stdin: bytes) -> Streams:
    """Streams that keep everything in memory."""
    return Streams(Input(stdin), streams_out.extend, streams_err.extend)
