"""Streams over asyncssh's server and over the system's sshd."""

import asyncio
import os
import shutil

import pytest

from lparwiz.remote.connection import AT_ONCE, STREAMS, State
from lparwiz.remote.session import MOST_OUTPUT
from lparwiz.tools import ticks
from lparwiz.tools.command import Command, Outcome

DB01 = "node/db01"


class Ear:
    """Keeps what it hears, and waits for more."""

    def __init__(self):
        self.heard = b""
        self._more = asyncio.Event()

    def __call__(self, data):
        self.heard += data
        self._more.set()

    async def until(self, wanted):
        while wanted not in self.heard:
            self._more.clear()
            await self._more.wait()


async def ended(pid):
    """Wait until a process of this machine is gone."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    gone = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_reader(handle, gone.set)
    try:
        await gone.wait()
    finally:
        loop.remove_reader(handle)
        os.close(handle)


async def test_output_is_handed_on_as_it_comes_and_none_of_it_kept(server, host, connect, gate):
    connections, ear = connect(host(server)), Ear()
    stream = asyncio.create_task(connections.stream(DB01, Command(gate.command), ear))
    await ear.until(b"before\n")
    await gate.entered()
    assert not stream.done()
    gate.open()
    answer = await stream
    assert ear.heard == b"before\nafter\n"
    assert (answer.outcome, answer.status) == (Outcome.EXITED, 0)
    assert (answer.stdout, answer.raw_stdout) == ("", b"")


async def test_why_it_ended_is_told(server, host, connect):
    connections = connect(host(server))
    answer = await connections.stream(DB01, Command("echo no perl >&2; exit 3"), Ear())
    assert (answer.outcome, answer.status, answer.stderr) == (Outcome.EXITED, 3, "no perl\n")
    answer = await connections.stream(DB01, Command("kill -ALRM $$"), Ear())
    assert answer.outcome is Outcome.SIGNALLED
    assert "ALRM" in answer.reason


async def test_it_takes_as_long_as_it_likes_once_it_runs(server, host, connect, gate):
    connections, ear = connect(host(server)), Ear()
    stream = asyncio.create_task(connections.stream(DB01, Command(gate.command, limit=0.3), ear))
    await gate.entered()
    beside = await connections.run(DB01, Command(gate.command, limit=0.6))
    assert beside.outcome is Outcome.TIMED_OUT
    assert not stream.done()
    gate.open()
    assert (await stream).outcome is Outcome.EXITED


async def test_more_than_any_answer_may_hold_flows_through(server, host, connect):
    size = 0

    def count(data):
        nonlocal size
        size += len(data)

    wanted = MOST_OUTPUT + 2**20
    command = Command(f"head -c {wanted} /dev/zero")
    answer = await connect(host(server)).stream(DB01, command, count)
    assert (answer.outcome, answer.status) == (Outcome.EXITED, 0)
    assert size == wanted


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="no pidfd here")
@pytest.mark.parametrize("by", ["perl", "ksh"])
async def test_the_tick_loop_ends_over_there_when_it_is_cancelled(start_sshd, host, connect, by):
    if shutil.which(by) is None:
        pytest.skip(f"no {by} here")
    async with start_sshd() as server:
        connections, ear = connect(host(server)), Ear()
        text = ticks.tick(0.05, life=60).text
        if by == "ksh":
            text = text.replace("if perl", "if no-perl-here")
        stream = asyncio.create_task(connections.stream(DB01, Command(f"echo $$; {text}"), ear))
        await ear.until(b"\nt0 ")
        pid = int(ear.heard.split()[0])
        stream.cancel()
        with pytest.raises(asyncio.CancelledError):
            await stream
        await ended(pid)
        assert connections.state(DB01) is State.OPEN
        assert (await connections.run(DB01, Command("echo on"))).stdout == "on\n"


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="no pidfd here")
async def test_the_tick_loop_ends_over_there_when_the_connection_goes(start_sshd, host, connect):
    if shutil.which("perl") is None:
        pytest.skip("no perl here")
    async with start_sshd() as server:
        connections, ear = connect(host(server)), Ear()
        command = Command(f"echo $$; {ticks.tick(0.05, life=60).text}")
        stream = asyncio.create_task(connections.stream(DB01, command, ear))
        await ear.until(b"\nt0 ")
        await connections.close()
        assert (await stream).outcome is Outcome.LOST
        await ended(int(ear.heard.split()[0]))


async def test_a_connection_cut_ends_it_and_the_next_one_opens_it_again(
    server, host, connect, gate
):
    connections, ear = connect(host(server)), Ear()
    stream = asyncio.create_task(connections.stream(DB01, Command(gate.command), ear))
    await gate.entered()
    await server.cut()
    answer = await stream
    assert answer.outcome is Outcome.LOST
    again = Ear()
    await connections.stream(DB01, Command("echo back"), again)
    assert again.heard == b"back\n"


async def test_streams_take_no_commands_place_and_both_fit_into_sshds_limit(
    start_sshd, host, connect, gate
):
    async with start_sshd() as server:  # MaxSessions as it is shipped: 10
        connections, ears = connect(host(server)), [Ear() for _ in range(STREAMS)]
        streams = [
            asyncio.create_task(connections.stream(DB01, Command(gate.command), ear))
            for ear in ears
        ]
        for ear in ears:
            await ear.until(b"before\n")
        commands = [
            asyncio.create_task(connections.run(DB01, Command(gate.command)))
            for _ in range(AT_ONCE)
        ]
        gate.open()
        answers = await asyncio.gather(*commands, *streams)
        assert {answer.outcome for answer in answers} == {Outcome.EXITED}
    assert AT_ONCE + STREAMS < 10


async def test_a_host_out_of_reach_is_told_as_for_a_command(server, host, connect, files):
    connections = connect(host(server, identity=files.stranger()))
    answer = await connections.stream(DB01, Command("true"), Ear())
    assert answer.outcome is Outcome.NOT_STARTED
    assert "id_stranger" in answer.reason
