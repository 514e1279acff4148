"""LLT, GAB and VCS in the lab: what a freeze does to a cluster, and what timers keep it from."""

import asyncio

import pytest

from .lines import MIGRATE, RAISE, VRTS


async def move(site, ask):
    told = await ask(site, "hmc1", MIGRATE.format("m"))
    assert told.status == 0, told
    await site.clock.sleep(60)


async def test_a_freeze_longer_than_peerinact_ends_in_a_false_failover(site_of, ask):
    site = site_of()
    await move(site, ask)
    (failover,) = site.record.of("false failover")
    assert failover["group"] == "oradb_sg"
    assert failover["host"] == "db01"
    assert failover["now"] == "DB02-vcs"
    assert site.verdict()["clean"] is False
    assert "DB02-vcs   |ONLINE|" in await ask(site, "db02", VRTS + "hagrp -state oradb_sg")
    assert [(m["was"], m["now"]) for m in site.record.of("membership")] == [
        ([0, 1], [1]),
        ([1], [0, 1]),
    ]


async def test_raised_timers_carry_the_cluster_over_the_same_freeze(site_of, ask):
    site = site_of()
    for label in ("db01", "db02"):
        await ask(site, label, RAISE.format(9000))
    await move(site, ask)
    assert site.record.of("freeze")
    assert site.record.of("false failover") == []
    assert site.record.of("membership") == []


async def test_one_unraised_observer_is_enough_for_the_failover(site_of, ask):
    site = site_of(nodes=4)
    for label in ("db01", "db02", "db03"):
        await ask(site, label, RAISE.format(9000))
    await move(site, ask)  # db04 is still at 1600
    assert [e["host"] for e in site.record.of("peer down")] == ["db04"]
    assert len(site.record.of("false failover")) == 1


@pytest.mark.parametrize(
    ("freeze", "downs", "failovers"),
    [(15.0, 0, 0), (17.0, 1, 0), (20.5, 1, 1), (21.5, 1, 1)],  # links come back 3 s after it
)
async def test_peerinact_and_then_gabs_stable_timeout_decide(
    site_of, ask, freeze, downs, failovers
):
    site = site_of(freeze=freeze, links_return=0.0)
    await move(site, ask)
    assert len(site.record.of("peer down")) == downs
    assert len(site.record.of("false failover")) == failovers


async def test_peerinact_zero_never_expires(site_of, ask):
    site = site_of(freeze=3000.0)
    for label in ("db01", "db02"):
        await ask(site, label, RAISE.format(0))
    await move(site, ask)
    assert site.record.of("peer down") == []


async def test_a_timer_lowered_during_the_freeze_counts_from_the_freeze(site_of, ask):
    site = site_of()
    for label in ("db01", "db02"):
        await ask(site, label, RAISE.format(9000))
    moving = asyncio.ensure_future(move(site, ask))
    while not site.record.of("freeze"):
        await site.clock.sleep(1)
    await site.clock.sleep(17)
    await ask(site, "db02", RAISE.format(1600))
    lowered = site.clock.now()
    await moving
    (down,) = site.record.of("peer down")
    assert down["at"] == pytest.approx(lowered)
    assert site.verdict()["early_restores"]


async def test_links_are_shown_down_while_the_peer_is_lost_and_up_afterwards(site_of, ask):
    site = site_of()
    moving = asyncio.ensure_future(move(site, ask))
    while not site.record.of("peer down"):
        await site.clock.sleep(1)
    told = await ask(site, "db02", VRTS + "lltstat -nvv active")
    assert "     0 db01       CONNWAIT" in told
    assert told.count("DOWN") == 2
    assert "    *1 db02       OPEN" in told
    await moving
    assert (await ask(site, "db02", VRTS + "lltstat -nvv active")).count("UP") == 4


async def test_a_timer_restored_before_the_last_link_is_up_is_noted_as_early(site_of, ask):
    site = site_of()
    for label in ("db01", "db02"):
        await ask(site, label, RAISE.format(9000))
    await ask(site, "hmc1", MIGRATE.format("m"))
    assert "DOWN" in await ask(site, "db02", VRTS + "lltstat -nvv active")
    await ask(site, "db02", RAISE.format(1600))
    assert [e["host"] for e in site.verdict()["early_restores"]] == ["db02"]


async def test_a_frozen_group_does_not_fail_over(site_of, ask):
    site = site_of()
    assert (await ask(site, "db02", VRTS + "hagrp -freeze oradb_sg")).status == 0
    assert await ask(site, "db02", VRTS + "hagrp -value oradb_sg TFrozen") == "1\n"
    assert site.verdict()["frozen_groups"] == ["oradb_sg"]
    await move(site, ask)
    assert site.record.of("false failover") == []
    assert site.record.of("no failover")


async def test_a_dead_node_fails_over_honestly(site_of):
    site = site_of()
    site.kill("db01")
    await site.clock.sleep(30)
    assert [e["kind"] for e in site.record.events if "failover" in e["kind"]] == ["failover"]
    with pytest.raises(ConnectionError):
        await site.execute("db01", "true")


async def test_a_frozen_node_answers_exactly_when_it_goes_on(site_of, ask):
    site = site_of()
    moving = asyncio.ensure_future(move(site, ask))
    while not site.record.of("freeze"):
        await site.clock.sleep(1)
    assert await ask(site, "db01", "echo here") == "here\n"
    (thaw,) = site.record.of("thaw")
    assert site.clock.now() == pytest.approx(thaw["at"])
    assert thaw["seconds"] == 24.0
    await moving


async def test_64_nodes_and_more_than_ten_members(site_of, ask):
    site = site_of(nodes=64)
    told = await ask(site, "db64", VRTS + "gabconfig -a")
    (line,) = [line for line in told.splitlines() if line.startswith("Port a")]
    assert line.endswith("membership " + "0123456789" * 6 + "0123")
    assert (await ask(site, "db64", VRTS + "lltstat -n")).count("OPEN") == 64


async def test_a_frozen_system_keeps_its_own_group_from_no_failover(site_of, ask):
    """`hasys -freeze` only keeps groups from coming to it (facts, vcs.md 10.10)."""
    site = site_of()
    assert (await ask(site, "db02", VRTS + "hasys -freeze DB01-vcs")).status == 0
    assert await ask(site, "db02", VRTS + "hagrp -value oradb_sg TFrozen") == "0\n"
    await move(site, ask)
    assert [event["group"] for event in site.record.of("false failover")] == ["oradb_sg"]
