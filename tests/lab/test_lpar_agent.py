"""VCS's LPAR agent in the lab: a migration that goes on after its command has returned."""

import pytest

from lparwiz.lab.lpar_agent import LOG

from .lines import VRTS

MIGRATE = VRTS + "hagrp -migrate db01_lpar_sg -to MGMT2-vcs"
STATE = VRTS + "hagrp -state db01_lpar_sg"
ADAPTERS = "lshwres -r virtualio --rsubtype {} --level lpar -m {}"


async def states(site, ask):
    rows = (await ask(site, "mgmt1", STATE)).splitlines()[1:]
    return [row.split()[-1] for row in rows]


async def test_the_command_returns_at_once_and_the_group_moves_later(site_of, ask):
    site = site_of(route="vcs")
    assert (await ask(site, "mgmt1", MIGRATE)).status == 0
    assert site.clock.now() == 0
    assert await states(site, ask) == [
        "|ONLINE|STOPPING|MIGRATING|",
        "|OFFLINE|STARTING|MIGRATING|",
    ]
    await site.clock.sleep(200)
    assert await states(site, ask) == ["|OFFLINE|", "|ONLINE|"]
    assert site.verdict()["live"] == ["p9-west"]
    assert site.verdict()["clean"]


async def test_both_engines_log_it_and_logs_roll(site_of, ask):
    site = site_of(route="vcs")
    node = site.hosts["mgmt1"]
    before = await ask(site, "mgmt1", f"ls -i {LOG.format('A')}")
    site.agent.roll(node)
    await ask(site, "mgmt2", MIGRATE)
    assert await ask(site, "mgmt1", f"ls -i {LOG.format('B')}") == before.replace("_A", "_B")
    for host in ("mgmt1", "mgmt2"):
        text = await ask(site, host, f"tail -c +1 {LOG.format('A')}")
        assert "2026/11/22 02:00:00 VCS NOTICE" in text
        assert "from MGMT1-vcs to MGMT2-vcs" in text
    size = int(await ask(site, "mgmt1", f"wc -c < {LOG.format('A')}"))
    assert await ask(site, "mgmt1", f"tail -c +{size + 1} {LOG.format('A')}") == ""


@pytest.mark.parametrize(
    ("migration", "expected", "live"),
    [
        ("fails-validation", ["|ONLINE|", "|OFFLINE|"], "p9-east"),
        ("fails-midway", ["|ONLINE|", "|OFFLINE|"], "p9-east"),
        ("wrong-profile-file", ["|OFFLINE|", "|PARTIAL|FAULTED|"], "p9-west"),
        ("no-vios-mapping", ["|OFFLINE|FAULTED|", "|PARTIAL|STARTING|"], "p9-west"),
        ("hmc-unreachable", ["|ONLINE|", "|OFFLINE|"], "p9-east"),
        (
            "stuck-midway",
            ["|ONLINE|STOPPING|MIGRATING|", "|OFFLINE|STARTING|MIGRATING|"],
            "p9-west",
        ),
    ],
)
async def test_each_failure_leaves_what_it_leaves(site_of, ask, migration, expected, live):
    site = site_of(route="vcs", migration=migration)
    assert (await ask(site, "mgmt1", MIGRATE)).status == 0
    await site.clock.sleep(600)
    assert await states(site, ask) == expected
    assert site.verdict()["live"] == [live]
    halfway = {"fails-midway", "wrong-profile-file", "no-vios-mapping", "stuck-midway"}
    assert site.verdict()["clean"] is (migration not in halfway)
    assert site.verdict()["mappings_left"] == ["p9-east"] * (migration == "no-vios-mapping")


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda site: site.cluster.groups[0].systems.remove("MGMT2-vcs"), "SystemList"),
        (lambda site: setattr(site.cluster.groups[0], "online_on", "MGMT2-vcs"), "as it stands"),
        (lambda site: setattr(site.cluster.groups[0], "online_on", ""), "as it stands"),
        (lambda site: site.cluster.groups[0].attributes.update(TFrozen="1"), "frozen"),
        (lambda site: site.cluster.resources.clear(), "no resource"),
    ],
    ids=["not listed", "there already", "nowhere", "frozen", "no LPAR"],
)
async def test_the_engine_refuses_what_can_not_be(site_of, ask, make, why):
    site = site_of(route="vcs")
    make(site)
    told = await ask(site, "mgmt1", MIGRATE)
    assert told.status == 1
    assert why in told
    await site.clock.sleep(600)
    assert site.verdict()["live"] == ["p9-east"]


async def test_a_second_migration_is_refused_while_one_is_under_way(site_of, ask):
    site = site_of(route="vcs")
    await ask(site, "mgmt1", MIGRATE)
    assert (await ask(site, "mgmt2", MIGRATE)).status == 1


async def test_the_hmc_lists_both_ends_of_the_adapters_where_the_lpar_is(site_of, ask):
    site = site_of(route="vcs")
    here = await ask(site, "hmc1", ADAPTERS.format("scsi", "p9-east"))
    own = [line for line in here.splitlines() if line.startswith("lpar_name=db01,")]
    others = [line for line in here.splitlines() if "remote_lpar_name=db01," in line]
    assert (len(own), len(others)) == (2, 2)
    assert "lpar_name=vios1,lpar_id=1,slot_num=8" in await ask(
        site, "hmc1", ADAPTERS.format("fc", "p9-east")
    )
    await ask(site, "mgmt1", MIGRATE)
    await site.clock.sleep(200)
    assert "db01" not in await ask(site, "hmc1", ADAPTERS.format("scsi", "p9-east"))
    assert "db01" in await ask(site, "hmc2", ADAPTERS.format("scsi", "p9-west"))


async def test_a_profile_file_is_current_only_with_what_the_hmc_has_now(site_of, ask):
    site = site_of(route="vcs")
    await ask(site, "mgmt1", MIGRATE)
    await site.clock.sleep(200)
    assert site.verdict()["profile_files"] == {"mgmt1": "as it was", "mgmt2": "stale"}
    files = site.hosts["mgmt2"].files
    path = "/profile/db01.p9-west"
    files.write(path, files.read(path).replace(b"lpar_id=5", b"lpar_id=3"))
    assert site.verdict()["profile_files"]["mgmt2"] == "current"
    files.remove(path)
    assert site.verdict()["profile_files"]["mgmt2"] == "gone"


@pytest.mark.parametrize("to", ["p9-west", "mgmt2"])
async def test_a_frame_or_a_host_name_is_no_system_of_vcs(site_of, ask, to):
    """`-to` wants the system's name (facts, vcs.md 10.11)."""
    site = site_of(route="vcs")
    told = await ask(site, "mgmt1", VRTS + f"hagrp -migrate db01_lpar_sg -to {to}")
    assert told.status == 1
    await site.clock.sleep(200)
    assert await states(site, ask) == ["|ONLINE|", "|OFFLINE|"]
