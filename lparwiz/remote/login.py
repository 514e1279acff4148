"""Opening one SSH connection: which key, whose host key, and what to say when it fails.

An HMC locks an account after three failed logins, counts every key that is offered, and starts
its timer anew when asked while locked (facts, hmc.md 2). So a login offers exactly one key, asks
no agent and no password, and never tries again by itself.
"""

from __future__ import annotations

import asyncio
import math
import shlex
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import asyncssh

from lparwiz.change.model import SSH_PORT
from lparwiz.remote.failures import LoginFailed
from lparwiz.remote.sanitise import sanitise

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from lparwiz.change import Host

KEEPALIVE = 15.0
"""Seconds between two signs of life: 0.24 % of a core for 64 hosts (measured)."""

_SITE_KNOWN_HOSTS = Path("/etc/ssh/ssh_known_hosts")


@dataclass(frozen=True)
class _Settings:
    """What the change and ssh_config come to for one host."""

    keys: tuple[asyncssh.SSHKeyPair, ...]
    known_hosts: asyncssh.SSHKnownHosts
    known_hosts_file: Path
    """The file to which the operator would add a key."""
    kex: tuple[str, ...]
    ciphers: tuple[str, ...]


class _Unprepared(Exception):  # noqa: N818 - never leaves this file
    """Something on the operator's own side is missing; nothing was sent."""


@dataclass(frozen=True)
class _Stranger:
    """A host key that known_hosts doesn't vouch for, and the name that it was looked up by."""

    host: str
    address: str
    port: int
    key: asyncssh.SSHKey


class _Client(asyncssh.SSHClient):
    """Offers one key, refuses every host key that isn't known, and remembers what it saw."""

    def __init__(self, key: asyncssh.SSHKeyPair) -> None:
        self._key = key
        self.offered = False
        self.stranger: _Stranger | None = None
        self.banner = ""

    def validate_host_public_key(
        self, host: str, addr: str, port: int, key: asyncssh.SSHKey
    ) -> bool:
        self.stranger = _Stranger(host, addr, port, key)  # asked only when it isn't known
        return False

    def auth_banner_received(self, msg: str, lang: str) -> None:  # noqa: ARG002 - same
        self.banner += msg

    def public_key_auth_requested(self) -> list[asyncssh.SSHKeyPair] | None:
        if self.offered:
            return None
        self.offered = True
        return [self._key]


async def log_in(
    host: Host, *, limit: float, outlast: float
) -> asyncssh.SSHClientConnection | LoginFailed:
    """Open a connection to a host, once.

    Args:
        host: Where to; what it leaves open is taken from its ssh_config, or from the operator's
            own where it names none. Jump hosts (`ProxyJump`) follow ssh_config alone.
        limit: Seconds for all of it, jump hosts and login included.
        outlast: Seconds of silence that the connection survives.
    """
    try:
        settings = await asyncio.to_thread(_settings, host)
    except (_Unprepared, OSError, ValueError, asyncssh.Error) as exc:
        return LoginFailed(sanitise(f"Not tried: {exc}"), refused=False)

    client = _Client(settings.keys[0])
    try:
        return await asyncssh.connect(
            host.address,
            **_named(host),
            client_factory=lambda: client,
            known_hosts=settings.known_hosts,
            client_keys=None,  # the client above hands out its one key
            agent_path=None,
            agent_forwarding=False,
            pkcs11_provider=None,
            gss_host=None,
            preferred_auth=["publickey"],
            kex_algs=settings.kex,
            encryption_algs=settings.ciphers,
            connect_timeout=limit,
            login_timeout=0,  # the one above ends that too
            keepalive_interval=KEEPALIVE,
            keepalive_count_max=math.ceil(outlast / KEEPALIVE),
        )
    except Exception as exc:  # noqa: BLE001 - asyncssh hands on whatever a bad packet made it raise
        reason = _explain(exc, host, client, settings, limit)
        return LoginFailed(sanitise(reason), refused=_was_refused(exc, host, client))


def _settings(host: Host) -> _Settings:
    """Read keys and files (so: in a thread), before anything goes out."""
    named = _named(host)
    if host.identity:
        named["client_keys"] = [host.identity]
    try:
        options = asyncssh.SSHClientConnectionOptions(
            host=host.address, agent_path=None, agent_forwarding=False, **named
        )
    except (OSError, ValueError, asyncssh.Error) as exc:
        raise _Unprepared(
            f"{exc}. Of {host.label}'s settings, identity is "
            f"{host.identity or 'not named'} and ssh_config {host.config or '~/.ssh/config'}; "
            "an identity must be readable and have no passphrase, since no agent is asked."
        ) from exc

    if not options.client_keys:
        raise _Unprepared(
            f"there is no key for {host.label}. Name one as `identity`; no agent and no password "
            "is used."
        )
    files = _known_hosts_files(host, options.known_hosts)
    present = [file for file in files if file.is_file()]
    if not present:
        raise _Unprepared(
            f"there is no {files[0]}, so {host.label} can't be told from an impostor. "
            f"{_log_in_once(host, files[0])}"
        )
    try:
        known = asyncssh.read_known_hosts([str(file) for file in present])
    except (OSError, ValueError) as exc:
        raise _Unprepared(f"{', '.join(map(str, present))} can't be read: {exc}") from exc
    return _Settings(
        keys=tuple(options.client_keys),
        known_hosts=known,
        known_hosts_file=present[0],
        # Group exchange costs 0.7 s of this loop per login, AES-GCM saves a quarter of the CPU
        # on streams (both measured): one goes last, the other first.
        kex=_ordered(options.kex_algs, lambda name: "group-exchange" in name),
        ciphers=_ordered(options.encryption_algs, lambda name: "gcm" not in name),
    )


def _named(host: Host) -> dict[str, object]:
    """What the change says itself; all else is left to ssh_config."""
    named: dict[str, object] = {}
    if host.config:
        named["config"] = [str(host.config)]
    if host.port:
        named["port"] = host.port
    if host.user:
        named["username"] = host.user
    return named


def _ordered(names: Iterable[bytes], late: Callable[[str], bool]) -> tuple[str, ...]:
    """The same algorithms in their order, but the late ones last."""
    return tuple(sorted((name.decode("ascii") for name in names), key=late))


def _known_hosts_files(host: Host, configured: object) -> list[Path]:
    if host.known_hosts:
        return [host.known_hosts]
    if configured is None:
        raise _Unprepared(
            "ssh_config turns the check of host keys off (UserKnownHostsFile none). Name a "
            f"`known_hosts` for {host.label}: the check is never left out."
        )
    if isinstance(configured, list) and configured:
        return [Path(file).expanduser() for file in configured]
    return [Path("~/.ssh/known_hosts").expanduser(), _SITE_KNOWN_HOSTS]


def _was_refused(exc: Exception, host: Host, client: _Client) -> bool:
    """Whether the host may have counted a failed login.

    A console that breaks off after it has seen the key may well have; a node that does is more
    likely frozen or rebooting, and must be reachable again afterwards.
    """
    if isinstance(exc, asyncssh.PermissionDenied):
        return True
    broke_off = isinstance(exc, asyncssh.ConnectionLost) or not isinstance(
        exc, asyncssh.DisconnectError
    )
    return client.offered and (host.kind == "console" or not broke_off)


def _explain(exc: Exception, host: Host, client: _Client, settings: _Settings, limit: float) -> str:
    where = f"{host.label} ({host.address}{f':{host.port}' if host.port else ''})"
    said = f" The host says: {client.banner.strip()}" if client.banner.strip() else ""
    if client.stranger is not None:
        return _explain_stranger(where, host, client.stranger, settings)
    if isinstance(exc, asyncssh.HostKeyNotVerifiable):  # a jump host's, or a revoked one
        return f"{where}: {exc}. {_log_in_once(host, settings.known_hosts_file)}"
    if _was_refused(exc, host, client):
        return _explain_refusal(f"{where} did not let us in: {exc}.{said}", host, settings)
    return f"{where} {_explain_silence(exc, limit)}{said} By hand: `{_ssh(host)}`."


def _explain_refusal(what: str, host: Host, settings: _Settings) -> str:
    others = len(settings.keys) - 1
    left = f"; {others} more were not, so name the right one as `identity`" if others else ""
    offered = host.identity or settings.keys[0].get_comment() or settings.keys[0].get_algorithm()
    return (
        f"{what} One key was offered ({offered}{left}). No second login is tried by itself, since "
        "an HMC locks the account after three: find the cause, then allow one more."
    )


def _explain_silence(exc: Exception, limit: float) -> str:
    if isinstance(exc, TimeoutError):
        return (
            f"did not answer within {limit:g} s. "
            "See whether it is up and whether a firewall drops the connection."
        )
    if isinstance(exc, socket.gaierror):
        return f"has a name that is not known here ({exc.strerror}). Check `address`."
    if isinstance(exc, ConnectionRefusedError):
        return "is there, but nothing listens on that port. Check `port` and its SSH server."
    return f"can't be reached: {exc or type(exc).__name__}."


def _explain_stranger(where: str, host: Host, stranger: _Stranger, settings: _Settings) -> str:
    shown = f"{stranger.key.get_algorithm()} {stranger.key.get_fingerprint()}"
    file = settings.known_hosts_file
    port = None if stranger.port == SSH_PORT else stranger.port
    name = f"[{stranger.host}]:{port}" if port else stranger.host
    trusted, *_ = settings.known_hosts.match(stranger.host, stranger.address, port)
    if not trusted:
        return (
            f"{where} shows the host key {shown}, which is not in {file}. "
            f"{_log_in_once(host, file)}"
        )
    return (
        f"{where} shows another host key ({shown}) than the one in {file}: it was reinstalled, or "
        "someone stands in between. Find out which; if the new key is right, remove the old one "
        f"with `{shlex.join(['ssh-keygen', '-R', name, '-f', str(file)])}`. "
        f"{_log_in_once(host, file)}"
    )


def _log_in_once(host: Host, known_hosts: Path) -> str:
    return (
        f"Next: log in once with `{_ssh(host, known_hosts)}` and accept the key only if its "
        "fingerprint is the one that the host's own administrator or console shows."
    )


def _ssh(host: Host, known_hosts: Path | None = None) -> str:
    """The command with which the operator tries the same login by hand."""
    words = ["ssh", "-o", "IdentitiesOnly=yes"]
    if known_hosts:
        words += ["-o", f"UserKnownHostsFile={known_hosts}"]
    if host.config:
        words += ["-F", str(host.config)]
    if host.identity:
        words += ["-i", str(host.identity)]
    if host.port:
        words += ["-p", str(host.port)]
    return shlex.join([*words, f"{host.user}@{host.address}" if host.user else host.address])
