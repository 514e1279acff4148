"""What goes on printing on a node: honest to freezes, cut paths, set clocks and what is missing."""

import asyncio

import pytest

from lparwiz.lab import execute
from lparwiz.lab.lab import Lab
from lparwiz.lab.scenario import Scenario
from lparwiz.lab.shell import Input, Streams

# Enough of the scripts for the lab to know them by.
TICKS = "perl -e 'Time::HiRes select(undef,undef,undef' 0.5 {}"
SHELL = "ksh -c 'while [ $SECONDS -lt $1 ]; do echo; done' ticks {}"
PINGS = """perl -e 'exec "ping"' 4 1 {} db01"""


class Listening:
    """A line that runs on a host, and what it has printed: `(lab second, line)`."""

    def __init__(self, site, host, line):
        self.site = site
        self.printed = []
        self.errors = bytearray()
        streams = Streams(Input(), self._take, self.errors.extend)
        self.task = asyncio.ensure_future(execute.run(site, host, line, streams))

    def _take(self, chunk):
        now = self.site.clock.now()
        self.printed += [(now, line) for line in chunk.decode().splitlines()]

    def lines(self):
        return [line for _, line in self.printed]

    def when(self):
        return [at for at, _ in self.printed]


@pytest.fixture
async def listen():
    """Run a line on a host; it is ended with the test."""
    started = []

    def start(site, host, line):
        started.append(Listening(site, host, line))
        return started[-1]

    yield start
    for each in started:
        each.task.cancel()
    await asyncio.gather(*(each.task for each in started), return_exceptions=True)


async def test_perl_ticks_with_the_nodes_own_clock_until_its_alarm(site_of, listen):
    site = site_of()
    loop = listen(site, "db01", TICKS.format(2))
    assert await loop.task == 142
    assert loop.lines() == ["T 0.5 perl", "t0 0.000", "t1 0.500", "t2 1.000", "t3 1.500"]
    assert loop.when()[1:] == [0.0, 0.5, 1.0, 1.5]


async def test_nothing_is_printed_while_the_node_stands_still(site_of, listen):
    site = site_of()
    loop = listen(site, "db01", TICKS.format(30))
    await site.clock.sleep(2.2)
    site.freeze("db01", 9.0)
    await loop.task
    gaps = [b - a for a, b in zip(loop.when(), loop.when()[1:], strict=False)]
    assert max(gaps) == pytest.approx(9.2)
    assert gaps.count(max(gaps)) == 1
    before, after = ("t4 2.000", "t5 11.200")
    assert loop.lines()[loop.lines().index(before) + 1] == after


async def test_the_clock_is_the_nodes_own_and_can_be_set_or_stand_still(site_of, listen):
    site = site_of(clock_stops=True)
    loop = listen(site, "db01", TICKS.format(20))
    before = (await site.execute("db01", "date"))[0]
    await site.clock.sleep(2.2)
    site.set_clock("db01", -3600.0)
    await site.clock.sleep(0.5)
    assert loop.lines()[-1] == "t5 -3597.500"
    assert (await site.execute("db01", "date"))[0] < before
    assert (await site.execute("db02", "date"))[0] > before
    site.set_clock("db01", 3600.0)
    site.freeze("db01", 9.0)
    await site.clock.sleep(9.1)
    assert loop.lines()[-1] == "t6 2.700"


async def test_without_perl_a_shell_ticks_whole_seconds(site_of, ask, listen):
    site = site_of(without_perl=frozenset({"db01"}))
    assert (await ask(site, "db01", "perl -e 1")).status == 127
    assert (await ask(site, "db02", "perl -e 1")).status == 0
    loop = listen(site, "db01", SHELL.format(3))
    assert await loop.task == 0
    assert loop.lines() == ["T 1 ksh", "t0 0", "t1 1", "t2 2"]
    assert (await ask(site, "db01", "ksh -c 'echo hello'")) == "hello\n"


async def test_perl_knows_no_other_script(site_of, ask):
    site = site_of()
    assert (await ask(site, "db01", "perl -e 'print 1'")).status == 255
    assert (await ask(site, "db01", "perl -v")).status == 2


async def test_ping_goes_on_for_ever_and_is_silent_while_nobody_replies(site_of, listen):
    site = site_of()
    loop = listen(site, "db02", "/usr/sbin/ping db01")
    await site.clock.sleep(3.5)
    site.freeze("db01", 2.0)
    await site.clock.sleep(4.0)
    site.part("db01", 2.0)
    await site.clock.sleep(4.0)
    assert not loop.task.done()
    replies = [line.split("icmp_seq=")[1].split()[0] for line in loop.lines()[1:]]
    assert replies == ["0", "1", "2", "3", "6", "7", "10", "11"]


async def test_four_pings_side_by_side_are_a_quarter_of_a_second_apart(site_of, listen):
    site = site_of()
    loop = listen(site, "db02", PINGS.format(2))
    assert await loop.task == 0
    assert loop.lines()[0] == "P 0.25"
    replies = [at for at, line in loop.printed if line == "R"]
    assert replies == [0.0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 1.75]


async def test_lines_are_cut_in_two_and_a_stream_falls_silent(site_of, listen):
    site = site_of()
    site.faults.add("cut-lines", "db01")
    site.faults.add("falls-silent", "db02", seconds=1.2)
    cut, silent = (listen(site, host, TICKS.format(3)) for host in ("db01", "db02"))
    await asyncio.gather(cut.task, silent.task)
    assert "".join(cut.lines()) == "T 0.5 perl" + "".join(f"t{n} {n / 2:.3f}" for n in range(6))
    assert any(not line.startswith(("t", "T")) for line in cut.lines())
    assert silent.lines() == ["T 0.5 perl", "t0 0.000", "t1 0.500", "t2 1.000"]


async def test_llt_writes_a_log_only_where_syslogd_is_told_to(site_of, ask):
    assert (await ask(site_of(), "db02", "cat /etc/syslog.conf")).status != 0
    site = site_of(llt_log=True)
    assert "kern.debug /var/llt.log" in await ask(site, "db02", "cat /etc/syslog.conf")
    site.freeze("db01", 1.0)
    await site.clock.sleep(5.0)
    assert await ask(site, "db02", "tail -n 9 /var/llt.log") == ""
    site.freeze("db01", 9.5)
    await site.clock.sleep(12.0)
    told = (await ask(site, "db02", "tail -n 9 /var/llt.log")).splitlines()
    assert [line.split(" node 0 ")[1] for line in told if "link 1 (en3)" in line] == [
        "in trouble",
        "inactive 8 sec (696686965)",
        "inactive 9 sec (696686965)",
        "active",
    ]
    assert told[0].startswith("Nov 22 02:00:07 aixdb02 ")


async def test_a_cut_path_holds_every_byte_and_loses_none(tmp_path, connect):
    async with Lab(Scenario(), tmp_path, speed=50) as lab:
        node = await connect(lab, "db01")
        process = await node.create_process(TICKS.format(30))
        assert await process.stdout.readline() == "T 0.5 perl\n"
        lab.site.part("db01", 10.0)
        numbers = [
            int(line[1:].split()[0]) async for line in process.stdout if line.startswith("t")
        ]
        assert numbers == list(range(len(numbers)))
        assert len(numbers) > 20
        assert [event["kind"] for event in lab.site.record.events if "joined" in event["kind"]]
        node.close()
