"""The transport's contract, against asyncssh's server and against the system's sshd."""

import asyncio
import logging

import asyncssh
import pytest
from asyncssh.packet import UInt32

from lparwiz.remote.connection import AT_ONCE, AT_ONCE_CONSOLE, State
from lparwiz.tools.command import Command, Outcome

DB01 = "node/db01"


async def test_an_exit_status_and_both_channels_arrive(server, host, connect):
    connections = connect(host(server))
    answer = await connections.run(DB01, Command("echo out; echo err >&2; exit 3"))
    assert (answer.outcome, answer.status) == (Outcome.EXITED, 3)
    assert (answer.stdout, answer.stderr) == ("out\n", "err\n")
    assert (answer.raw_stdout, answer.raw_stderr) == (b"out\n", b"err\n")
    assert answer.reason == ""
    assert connections.state(DB01) is State.OPEN


async def test_a_signal_is_an_end_of_its_own(server, host, connect):
    answer = await connect(host(server)).run(DB01, Command("echo half; kill -TERM $$"))
    assert (answer.outcome, answer.status) == (Outcome.SIGNALLED, None)
    assert answer.stdout == "half\n"
    assert "TERM" in answer.reason


async def test_a_time_out_keeps_what_came_and_the_connection(server, host, connect, gate):
    connections = connect(host(server))
    answer = await connections.run(DB01, Command(gate.command, limit=0.5))
    assert (answer.outcome, answer.status) == (Outcome.TIMED_OUT, None)
    assert "may still be running" in answer.reason
    assert connections.state(DB01) is State.OPEN
    assert (await connections.run(DB01, Command("echo on"))).stdout == "on\n"


async def test_a_connection_cut_in_the_middle_is_lost_and_opened_again(
    server, host, connect, gate, capfd
):
    connections = connect(host(server))
    running = asyncio.create_task(connections.run(DB01, Command(gate.command)))
    await gate.entered()
    await server.cut()
    answer = await running
    assert (answer.outcome, answer.status) == (Outcome.LOST, None)
    assert "Read the host's state" in answer.reason
    assert connections.state(DB01) is State.LOST
    again = await connections.run(DB01, Command("echo back"))
    assert (again.outcome, again.stdout) == (Outcome.EXITED, "back\n")
    assert connections.state(DB01) is State.OPEN
    assert capfd.readouterr() == ("", "")


async def test_an_unknown_host_key_is_shown_and_not_trusted(server, host, connect, files):
    files.known_hosts.write_text("")
    connections = connect(host(server))
    answer = await connections.run(DB01, Command("echo no"))
    assert answer.outcome is Outcome.NOT_STARTED
    assert files.host_key.get_fingerprint() in answer.reason
    assert str(files.known_hosts) in answer.reason
    assert "log in once with `ssh " in answer.reason
    assert files.known_hosts.read_text() == ""
    assert connections.state(DB01) is State.UNREACHABLE


async def test_a_changed_host_key_is_told_from_an_unknown_one(server, host, connect, files):
    files.known_hosts.write_text("")
    files.vouch(server.port, asyncssh.generate_private_key("ssh-ed25519"))
    answer = await connect(host(server)).run(DB01, Command("echo no"))
    assert answer.outcome is Outcome.NOT_STARTED
    assert "another host key" in answer.reason
    assert f"ssh-keygen -R '[127.0.0.1]:{server.port}'" in answer.reason


async def test_a_login_is_tried_once_however_often_a_command_is(server, host, connect, files):
    connections = connect(host(server, identity=files.stranger()))
    first = await asyncio.gather(*(connections.run(DB01, Command("true")) for _ in range(12)))
    later = [await connections.run(DB01, Command("true")) for _ in range(3)]
    assert {answer.outcome for answer in first + later} == {Outcome.NOT_STARTED}
    assert "id_stranger" in later[-1].reason
    assert "No second login" in later[-1].reason
    assert connections.state(DB01) is State.REFUSED
    assert await server.refusals() == 1


async def test_a_forgiven_host_gets_one_more_login(server, host, connect, files):
    connections = connect(host(server, identity=files.stranger()))
    await connections.run(DB01, Command("true"))
    connections.forgive(DB01)
    assert connections.state(DB01) is State.UNUSED
    await connections.run(DB01, Command("true"))
    await connections.run(DB01, Command("true"))
    assert await server.refusals() == 2


async def test_bytes_that_are_no_text_stay_raw_and_are_marked(server, host, connect):
    answer = await connect(host(server)).run(DB01, Command(r"printf 'a\377\304\205\033[31mz'"))
    assert answer.raw_stdout == b"a\xff\xc4\x85\x1b[31mz"
    assert answer.stdout == "a\N{REPLACEMENT CHARACTER}ąz"


async def test_too_much_output_counts_as_lost_and_the_connection_lives(server, host, connect):
    connections = connect(host(server))
    answer = await connections.run(DB01, Command("head -c 5000000 /dev/zero | tr '\\0' x"))
    assert (answer.outcome, answer.status) == (Outcome.LOST, None)
    assert "4 MiB" in answer.reason
    assert (await connections.run(DB01, Command("echo on"))).stdout == "on\n"


async def test_a_large_answer_comes_whole(server, host, connect):
    answer = await connect(host(server)).run(
        DB01, Command("head -c 3000000 /dev/zero | tr '\\0' x")
    )
    assert answer.succeeded
    assert answer.stdout == "x" * 3_000_000


async def test_thirty_commands_at_once_all_get_their_own_answer(server, host, connect):
    connections = connect(host(server))
    answers = await asyncio.gather(
        *(connections.run(DB01, Command(f"echo {n}; exit {n}")) for n in range(30))
    )
    assert [(answer.status, answer.stdout) for answer in answers] == [
        (n, f"{n}\n") for n in range(30)
    ]


async def test_no_command_waits_for_input(server, host, connect):
    answer = await connect(host(server)).run(DB01, Command("cat; echo end"))
    assert (answer.outcome, answer.stdout) == (Outcome.EXITED, "end\n")


async def test_neither_terminal_nor_environment_comes_from_ssh_config(
    programmable, host, connect, files
):
    files.config.write_text("Host *\n RemoteCommand other\n RequestTTY force\n SetEnv LANG=x\n")
    seen = []

    async def look(process):
        seen.append((process.command, process.term_type, dict(process.env)))
        process.exit(0)

    programmable.handler = look
    await connect(host(programmable)).run(DB01, Command("as shown"))
    assert seen == [("as shown", None, {})]


async def test_ssh_config_supplies_what_the_change_leaves_open(server, host, connect, files):
    usual = host(server)
    files.config.write_text(
        f"Host alias\n HostName 127.0.0.1\n Port {server.port}\n User {usual.user}\n"
        f" IdentityFile {files.identity}\n UserKnownHostsFile {files.known_hosts}\n"
    )
    bare = host(server, address="alias", port=None, user=None, identity=None, known_hosts=None)
    assert (await connect(bare).run(DB01, Command("echo in"))).stdout == "in\n"


async def test_the_change_overrides_ssh_config(server, host, connect, files):
    files.config.write_text(
        "Host *\n Port 1\n User nobody\n IdentityFile /nowhere\n UserKnownHostsFile /nowhere\n"
    )
    assert (await connect(host(server)).run(DB01, Command("echo in"))).stdout == "in\n"


async def test_a_jump_host_of_ssh_config_is_used(server, programmable, host, connect, files):
    usual = host(server)
    files.config.write_text(
        "Host 127.0.0.1\n ProxyJump jump\n"
        f"Host jump\n HostName localhost\n HostKeyAlias [127.0.0.1]:{programmable.port}\n"
        f" Port {programmable.port}\n User {usual.user}\n"
        f" IdentityFile {files.identity}\n UserKnownHostsFile {files.known_hosts}\n"
    )
    assert (await connect(usual).run(DB01, Command("echo through"))).stdout == "through\n"
    assert programmable.forwarded == 1


async def test_closing_ends_what_runs_and_starts_nothing_more(server, host, connect, gate):
    connections = connect(host(server))
    running = asyncio.create_task(connections.run(DB01, Command(gate.command)))
    await gate.entered()
    await connections.close()
    assert (await running).outcome is Outcome.LOST
    assert (await connections.run(DB01, Command("echo no"))).outcome is Outcome.NOT_STARTED
    assert connections.state(DB01) is State.CLOSED


async def test_hung_sessions_that_fill_a_server_are_left_behind(start_sshd, host, connect, gate):
    async with start_sshd("MaxSessions 2") as server:
        connections = connect(host(server))
        for _ in range(2):
            hung = await connections.run(DB01, Command(gate.command, limit=0.3))
            assert hung.outcome is Outcome.TIMED_OUT
        answer = await connections.run(DB01, Command("echo fresh"))
        assert (answer.outcome, answer.stdout) == (Outcome.EXITED, "fresh\n")
        gate.open()


async def test_a_channel_refused_beside_a_running_command_is_not_started(
    start_sshd, host, connect, gate
):
    async with start_sshd("MaxSessions 1") as server:
        connections = connect(host(server))
        running = asyncio.create_task(connections.run(DB01, Command(gate.command)))
        await gate.entered()
        answer = await connections.run(DB01, Command("echo no"))
        assert answer.outcome is Outcome.NOT_STARTED
        assert "Nothing was sent" in answer.reason
        gate.open()
        assert (await running).stdout == "before\nafter\n"


@pytest.mark.parametrize(("kind", "most"), [("node", AT_ONCE), ("console", AT_ONCE_CONSOLE)])
async def test_a_host_gets_no_more_commands_at_once_than_it_bears(
    programmable, host, connect, kind, most
):
    full = asyncio.Event()

    async def wait_for_a_full_house(process):
        if programmable.running == most:
            full.set()
        await full.wait()
        process.exit(0)

    programmable.handler = wait_for_a_full_house
    connections = connect(host(programmable, kind=kind))
    answers = await asyncio.gather(*(connections.run(DB01, Command("x")) for _ in range(30)))
    assert all(answer.succeeded for answer in answers)
    assert programmable.peak == most
    assert len(programmable.connections) == 1


async def test_an_exit_without_status_is_lost(programmable, host, connect):
    async def vanish(process):
        process.stdout.write(b"half")
        process.close()

    programmable.handler = vanish
    answer = await connect(host(programmable)).run(DB01, Command("x"))
    assert (answer.outcome, answer.stdout) == (Outcome.LOST, "half")


async def test_a_status_whose_connection_broke_proves_nothing(programmable, host, connect):
    async def say_zero_and_break(process):
        process.stdout.write(b"half")
        process.channel._send_request(b"exit-status", UInt32(0))
        await programmable.cut()

    programmable.handler = say_zero_and_break
    answer = await connect(host(programmable)).run(DB01, Command("x"))
    assert (answer.outcome, answer.status, answer.stdout) == (Outcome.LOST, None, "half")


async def test_a_loss_between_asking_and_the_first_reply_is_not_called_not_started(
    programmable, host, connect
):
    connections = connect(host(programmable))
    await connections.run(DB01, Command("true"))

    async def drop(process):
        await programmable.cut()

    programmable.handler = drop
    assert (await connections.run(DB01, Command("x"))).outcome is Outcome.LOST


async def test_one_who_gives_up_waiting_does_not_break_the_others_login(
    programmable, host, connect
):
    connections = connect(host(programmable))
    hasty = asyncio.create_task(connections.run(DB01, Command("echo a")))
    patient = asyncio.create_task(connections.run(DB01, Command("echo b")))
    await asyncio.wait([hasty, patient], timeout=0)  # both have asked for the connection
    assert connections.state(DB01) is State.OPENING
    hasty.cancel()
    assert (await patient).stdout == "b\n"
    assert len(programmable.connections) == 1


async def test_a_nodes_connection_outlasts_ten_minutes_of_silence(programmable, host, connect):
    connections = connect(host(programmable))
    await connections.run(DB01, Command("true"))
    kept = connections._lines[DB01].connection
    assert kept._keepalive_interval * kept._keepalive_count_max == 600


async def test_a_host_that_is_not_there_by_name_is_our_own_error(connect):
    with pytest.raises(KeyError):
        await connect().run("node/none", Command("true"))


async def test_the_libraries_log_nothing_that_the_answers_say(programmable, host, connect):
    await connect(host(programmable)).run(DB01, Command("true"))
    assert logging.getLogger("asyncssh").getEffectiveLevel() == logging.WARNING
    assert logging.getLogger("asyncssh").handlers
    assert not logging.getLogger("asyncio").isEnabledFor(logging.WARNING)
    assert logging.getLogger("asyncio").isEnabledFor(logging.ERROR)


async def test_classic_key_exchange_works_without_a_warning(start_asyncssh, host, connect):
    async with start_asyncssh(kex_algs=["diffie-hellman-group14-sha256"]) as server:
        assert (await connect(host(server)).run(DB01, Command("true"))).succeeded
