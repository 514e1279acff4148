"""The lab's faults: what each of them lets a host do and answer."""

import asyncio

import pytest

from lparwiz.lab import execute
from lparwiz.lab.faults import Fault

from .lines import MIGRATE, VRTS

SYSTEMS = "lssyscfg -r sys -F name"


@pytest.fixture
def site(site_of):
    return site_of()


async def test_a_fault_strikes_its_host_and_command_as_often_as_it_says(site, ask):
    site.faults.add("fail", "hmc1", "lssyscfg.*sys", count=2, skip=1, text="no", status=7)
    assert [(await ask(site, "hmc1", SYSTEMS)).status for _ in range(4)] == [0, 7, 7, 0]
    site.faults.add("fail", "hmc1", count=None)
    assert (await ask(site, "hmc2", SYSTEMS)).status == 0
    assert {(await ask(site, "hmc1", SYSTEMS)).status for _ in range(9)} == {1}
    site.faults.clear()
    assert (await ask(site, "hmc1", SYSTEMS)).status == 0


async def test_an_unknown_kind_and_a_broken_pattern_are_refused():
    with pytest.raises(ValueError, match="no such fault"):
        Fault("explode")
    with pytest.raises(Exception, match="unterminated"):
        Fault("fail", pattern="(")


async def test_dropped_before_it_did_not_run_dropped_after_it_did(site, ask):
    node = site.cluster.nodes[0]
    line = VRTS + "lltconfig -T peerinact:9000"
    site.faults.add("drop-before", "db01")
    with pytest.raises(ConnectionError):
        await ask(site, "db01", line)
    assert (node.timers["peerinact"], site.record.commands("db01")) == (3200, [])
    site.faults.add("drop-after", "db01")
    with pytest.raises(ConnectionError):
        await ask(site, "db01", line)
    assert node.timers["peerinact"] == 9000


async def test_a_migration_outlives_the_connection_that_asked_for_it(site, ask):
    site.faults.add("drop-during", "hmc1", "-o m", seconds=40)
    with pytest.raises(ConnectionError):
        await ask(site, "hmc1", MIGRATE.format("m"))
    assert site.clock.now() == 40
    assert site.verdict()["migrations"] == ["under way"]
    await site.clock.sleep(60)
    assert site.verdict()["migrations"] == ["succeeded"]


async def test_a_hanging_command_never_answers_and_never_runs(site, ask):
    site.faults.add("hang", "db01")
    hanging = asyncio.ensure_future(ask(site, "db01", "echo x > /root/x"))
    await site.clock.sleep(100_000)
    assert not hanging.done()
    hanging.cancel()
    assert "/root/x" not in site.cluster.nodes[0].files.tree


async def test_half_an_answer_comes_and_then_the_connection_is_gone(site):
    whole, _, _ = await site.execute("hmc1", SYSTEMS)
    site.faults.add("cut-short", "hmc1")
    with pytest.raises(ConnectionError):
        await site.execute("hmc1", SYSTEMS)
    out, err = bytearray(), bytearray()
    site.faults.add("cut-short", "hmc1")
    with pytest.raises(ConnectionError):
        await execute.run(site, "hmc1", SYSTEMS, execute.collect(out, err, b""))
    assert bytes(out) == whole[: len(whole) // 2]


@pytest.mark.parametrize(
    ("kind", "what"), [("binary", b"\x00\x01"), ("escapes", b"\x1b["), ("long", b"A" * 1_000_000)]
)
async def test_garbage_comes_instead_of_the_answer(site, kind, what):
    site.faults.add("garbage", "hmc1", text=kind)
    out, _, status = await site.execute("hmc1", SYSTEMS)
    assert what in out
    assert b"p9-east" not in out
    assert status == 0


async def test_another_locale_for_one_answer(site, ask):
    line = "lssyscfg -r sys -F nonsense"
    site.faults.add("other-locale", "hmc1")
    assert "Niepoprawnym" in await ask(site, "hmc1", line)
    assert "Niepoprawnym" not in await ask(site, "hmc1", line)


async def test_the_other_channel_and_a_status_that_disagrees(site, ask):
    site.faults.add("other-channel", "hmc1")
    site.faults.add("status-disagrees", "hmc1")
    told = await ask(site, "hmc1", SYSTEMS)
    assert (told.out, told.err, told.status) == (b"", b"p9-east\n", 1)


async def test_a_host_is_out_of_reach_for_a_while(site, ask):
    site.faults.add("unreachable", "db02", "hostname", seconds=60)
    with pytest.raises(ConnectionError):
        await ask(site, "db02", "hostname")
    with pytest.raises(ConnectionError):
        await ask(site, "db02", "true")
    await site.clock.sleep(60)
    assert (await ask(site, "db02", "true")).status == 0


async def test_a_node_dies_at_a_command(site, ask):
    site.faults.add("kill-node", "db02", "hostname")
    with pytest.raises(ConnectionError):
        await ask(site, "db02", "hostname")
    await site.clock.sleep(60)
    assert "membership 0\n" in await ask(site, "db01", VRTS + "gabconfig -a")


async def test_rmc_goes_down_between_two_commands(site, ask):
    site.faults.add("rmc-down", "hmc1", "-o v")
    assert (await ask(site, "hmc1", MIGRATE.format("v"))).startswith("HSCLA246")


async def test_somebody_else_changes_something_before_the_nth_command(site, ask):
    line = VRTS + "lltconfig -T query"
    other = VRTS + "lltconfig -T peerinact:700"
    site.faults.add("hook", "db01", "query", skip=1, on="db02", command=other)
    called = []
    site.faults.add("hook", "db01", "query", skip=1, call=lambda: called.append(1))
    await ask(site, "db01", line)
    assert (called, site.cluster.nodes[1].timers["peerinact"]) == ([], 1600)
    await ask(site, "db01", line)
    assert (called, site.cluster.nodes[1].timers["peerinact"]) == ([1], 700)
