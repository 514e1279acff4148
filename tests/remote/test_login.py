"""What the operator is told when there is no connection, and what was not done to get one."""

import asyncio
import socket

import asyncssh
import pytest

from lparwiz.remote.connection import State
from lparwiz.remote.login import _settings
from lparwiz.tools.command import Command, Outcome

DB01 = "node/db01"


async def refusal(connections) -> str:
    answer = await connections.run(DB01, Command("echo no"))
    assert (answer.outcome, answer.stdout) == (Outcome.NOT_STARTED, "")
    return answer.reason


async def test_a_locked_account_says_so_in_the_hosts_own_words(programmable, host, connect):
    programmable.banner = "\x1b[1mThe account is locked due to 3 failed logins.\n"
    programmable.locked = True
    connections = connect(host(programmable, kind="console", label="source HMC"))
    reason = await refusal(connections)
    assert "source HMC (127.0.0.1:" in reason
    assert "The host says: The account is locked due to 3 failed logins." in reason
    assert "\x1b" not in reason
    assert connections.state(DB01) is State.REFUSED


@pytest.mark.parametrize(
    ("kind", "state"), [("console", State.REFUSED), ("node", State.UNREACHABLE)]
)
async def test_breaking_off_at_the_key_is_a_refusal_on_a_console_only(
    programmable, host, connect, kind, state
):
    programmable.breaks_off = True
    connections = connect(host(programmable, kind=kind))
    await refusal(connections)
    assert connections.state(DB01) is state


async def test_a_port_where_nothing_listens(programmable, host, connect):
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    connections = connect(host(programmable, port=port))
    assert "nothing listens on that port" in await refusal(connections)
    assert connections.state(DB01) is State.UNREACHABLE


async def test_a_name_that_nobody_knows(programmable, host, connect):
    reason = await refusal(connect(host(programmable, address="no-such-host.invalid")))
    assert "not known here" in reason


async def test_a_host_that_accepts_and_then_says_nothing(host, connect):
    writers = []
    silence = await asyncio.start_server(lambda _r, w: writers.append(w), "127.0.0.1", 0)
    async with silence:
        silence.port = silence.sockets[0].getsockname()[1]
        connections = connect(host(silence), connect=0.3)
        reason = await refusal(connections)
        for writer in writers:
            writer.close()
            await writer.wait_closed()
    assert "did not answer within 0.3 s" in reason
    assert connections.state(DB01) is State.UNREACHABLE


async def test_a_port_that_speaks_something_else(host, connect):
    async def web_server(reader, writer):
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()
        await writer.wait_closed()

    web = await asyncio.start_server(web_server, "127.0.0.1", 0)
    async with web:
        web.port = web.sockets[0].getsockname()[1]
        assert "can't be reached" in await refusal(connect(host(web)))


async def test_no_known_hosts_means_no_connection(programmable, host, connect, files):
    files.known_hosts.unlink()
    reason = await refusal(connect(host(programmable)))
    assert f"there is no {files.known_hosts}" in reason
    assert f"UserKnownHostsFile={files.known_hosts}" in reason
    assert programmable.connections == []


async def test_ssh_config_can_not_switch_the_check_of_host_keys_off(
    programmable, host, connect, files
):
    files.config.write_text("Host *\n UserKnownHostsFile none\n StrictHostKeyChecking no\n")
    reason = await refusal(connect(host(programmable, known_hosts=None)))
    assert "never left out" in reason
    assert programmable.connections == []


async def test_without_known_hosts_in_the_change_the_operators_own_is_used(
    programmable, host, connect, files
):
    own = files.folder / "home" / ".ssh" / "known_hosts"
    own.parent.mkdir()
    own.write_text(files.known_hosts.read_text())
    answer = await connect(host(programmable, known_hosts=None)).run(DB01, Command("echo in"))
    assert answer.stdout == "in\n"


async def test_an_identity_that_is_not_there(programmable, host, connect, files):
    reason = await refusal(connect(host(programmable, identity=files.folder / "id_none")))
    assert "id_none" in reason
    assert programmable.connections == []


@pytest.mark.parametrize("beside", [False, True])
async def test_an_identity_with_a_passphrase(programmable, host, connect, files, beside):
    key = asyncssh.read_private_key(files.identity)
    locked = files.folder / "id_locked"
    key.write_private_key(locked, "pkcs8-pem", passphrase="secret")
    if beside:
        key.write_public_key(f"{locked}.pub")
    connections = connect(host(programmable, identity=locked))
    assert "passphrase" in await refusal(connections)
    assert programmable.refused == 0


async def test_no_key_at_all(programmable, host, connect):
    reason = await refusal(connect(host(programmable, identity=None)))
    assert "there is no key" in reason
    assert programmable.connections == []


async def test_a_broken_ssh_config(programmable, host, connect, files):
    files.config.write_text("Host *\n Port many\n")
    assert str(files.config) in await refusal(connect(host(programmable, port=None)))


async def test_of_several_keys_one_is_offered(programmable, host, connect, files):
    first, second = files.stranger(), files.folder / "id_second"
    asyncssh.generate_private_key("ssh-ed25519").write_private_key(second)
    files.config.write_text(
        f"Host *\n IdentityFile {first}\n IdentityFile {second}\n IdentityFile {files.identity}\n"
    )
    reason = await refusal(connect(host(programmable, identity=None)))
    assert "2 more were not" in reason
    assert programmable.refused == 1


async def test_an_agent_is_never_asked(programmable, host, connect, files, monkeypatch):
    asked = []
    path = files.folder / "agent"
    agent = await asyncio.start_unix_server(lambda _r, writer: asked.append(writer), path)
    async with agent:
        monkeypatch.setenv("SSH_AUTH_SOCK", str(path))
        files.config.write_text(f"Host *\n IdentityAgent {path}\n ForwardAgent yes\n")
        connections = connect(host(programmable))
        assert (await connections.run(DB01, Command("true"))).succeeded
        assert asked == []


async def test_group_exchange_comes_last_and_gcm_first(programmable, host, connect):
    settings = _settings(host(programmable))
    exchanges = ["group-exchange" in name for name in settings.kex]
    assert any(exchanges)
    assert exchanges == sorted(exchanges)
    assert "gcm" in settings.ciphers[0]
    connections = connect(host(programmable))
    await connections.run(DB01, Command("true"))
    kept = connections._lines[DB01].connection
    assert "gcm" in kept.get_extra_info("send_cipher")


async def test_a_jump_host_that_refuses_is_not_asked_twice(
    programmable, start_asyncssh, host, connect, files
):
    async with start_asyncssh() as jump:
        jump.locked = True
        files.config.write_text(
            "Host 127.0.0.1\n ProxyJump jump\n"
            f"Host jump\n HostName localhost\n HostKeyAlias [127.0.0.1]:{jump.port}\n"
            f" Port {jump.port}\n IdentityFile {files.identity}\n"
            f" UserKnownHostsFile {files.known_hosts}\n"
        )
        connections = connect(host(programmable))
        await refusal(connections)
        await refusal(connections)
        assert jump.refused == 1
    assert connections.state(DB01) is State.REFUSED
