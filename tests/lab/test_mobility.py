"""Live Partition Mobility in the lab: what moves, what fails midway, and what is recovered."""

import asyncio

import pytest

from lparwiz.lab import nested
from lparwiz.lab.models import PSEUDO_PROFILE

from .lines import MIGRATE, RAISE, RENAME, VRTS

STATE = "lssyscfg -r lpar -m {} --filter lpar_names={} -F name,state,lpar_id"
DROPPED = {"electronic_err_reporting", "shared_proc_pool_id"}
ON_LPAR = ("description", "allow_perf_collection", "lpar_avail_priority", "sync_curr_profile")


async def until(site, kind, **facts):
    while not any(facts.items() <= e.items() for e in site.record.of(kind)):
        await site.clock.sleep(0.5)


async def test_the_lpar_moves_with_all_its_profiles_and_gets_another_id(site_of, ask):
    site = site_of()
    before = await ask(site, "hmc1", "lssyscfg -r lpar -m p9-east --filter lpar_names=db01 -F uuid")
    assert (await ask(site, "hmc1", MIGRATE.format("m"))) == ""
    gone = await ask(site, "hmc1", STATE.format("p9-east", "db01"))
    assert gone.startswith("HSCL8012")
    assert await ask(site, "hmc2", STATE.format("p9-west", "db01")) == "db01,Running,3\n"
    after = await ask(site, "hmc2", "lssyscfg -r lpar -m p9-west --filter lpar_names=db01 -F uuid")
    assert after == before
    names = "lssyscfg -r prof -m p9-west --filter lpar_names=db01 -F name,lpar_id"
    assert "month end,3\n" in await ask(site, "hmc2", names)
    assert site.verdict()["live"] == ["p9-west"]
    assert site.verdict()["definition"]["exists"] is False
    assert site.clock.now() == pytest.approx(75 + 24)


async def test_the_id_is_kept_where_it_is_free(site_of, ask):
    site = site_of(same_lpar_id=True)
    await ask(site, "hmc1", MIGRATE.format("m"))
    assert await ask(site, "hmc2", STATE.format("p9-west", "db01")) == "db01,Running,5\n"


async def test_a_name_with_a_space_moves_as_well(site_of, ask):
    site = site_of(lpar="db 01")
    line = MIGRATE.format("m").replace("-p db01", "-p 'db 01'")
    assert (await ask(site, "hmc1", line)).status == 0
    assert site.verdict()["live"] == ["p9-west"]


async def test_the_placeholder_blocks_validation_until_it_is_renamed(site_of, ask):
    site = site_of(route="full")
    for what in ("v", "m"):
        told = await ask(site, "hmc1", MIGRATE.format(what))
        assert told.status == 1
        assert "db01" in told
    assert site.record.of("freeze") == []
    assert (await ask(site, "hmc2", RENAME.format("db01", "db01 aside"))).status == 0
    assert (await ask(site, "hmc1", MIGRATE.format("v"))).status == 0
    assert site.verdict()["placeholder"] == "db01 aside"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"migration": "fails-validation"}, "HSCLA319"),
        ({"rmc": False}, "HSCLA246"),
        ({"migration_disabled": True}, "Migration is disabled"),
        ({"target_state": "Standby"}, "HSCL0238"),
    ],
)
async def test_validation_says_what_is_wrong_and_nothing_moves(site_of, ask, fields, code):
    site = site_of(**fields)
    for what in ("v", "m"):
        told = await ask(site, "hmc1", MIGRATE.format(what))
        assert (told.status, code in told) == (1, True)
    assert site.verdict()["live"] == ["p9-east"]
    assert site.verdict()["clean"] is True


async def test_the_other_console_is_reached_by_its_address_only(site_of, ask):
    site = site_of()
    told = await ask(site, "hmc1", "migrlpar -o v -m p9-east -t p9-west -p db01")
    assert told.status == 1
    told = await ask(site, "hmc1", MIGRATE.format("v").replace("127.0.0.1", "10.9.9.9"))
    assert told.startswith("HSCL3653")
    one = site_of(consoles=1)
    told = await ask(one, "hmc1", "migrlpar -o v -m p9-east -t p9-west -p db01")
    assert told.status == 0


async def test_while_memory_is_copied_it_stands_on_both_systems(site_of, ask):
    site = site_of()
    moving = asyncio.ensure_future(ask(site, "hmc1", MIGRATE.format("m")))
    await until(site, "migration phase", phase="copying")
    await site.clock.sleep(20)
    for host, system, number in (("hmc1", "p9-east", 5), ("hmc2", "p9-west", 3)):
        told = await ask(site, host, STATE.format(system, "db01"))
        assert told == f"db01,Migrating - Running,{number}\n"
    keys = "migration_state,bytes_transmitted,bytes_remaining"
    told = await ask(site, "hmc1", f"lslparmigr -r lpar -m p9-east -F {keys} "
                     "--filter lpar_names=db01")  # fmt: skip
    state, sent, left = told.strip().split(",")
    assert state != "Not Migrating"
    assert int(sent) + int(left) == 32768 * 1024 * 1024
    assert int(sent) > 0
    assert (await ask(site, "hmc1", MIGRATE.format("m"))).status == 1  # a second one
    assert (await ask(site, "hmc2", RENAME.format("db01", "x"))).status == 1
    assert (await moving).status == 0
    told = await ask(site, "hmc2", "lslparmigr -r lpar -m p9-west")
    assert "name=db01,lpar_id=3,migration_state=Not Migrating\n" in told


async def test_a_cut_session_does_not_end_the_migration(site_of, ask):
    site = site_of()
    moving = asyncio.ensure_future(ask(site, "hmc1", MIGRATE.format("m")))
    await until(site, "migration phase", phase="copying")
    moving.cancel()
    await asyncio.gather(moving, return_exceptions=True)
    await until(site, "migration ended", how="succeeded")
    assert site.verdict()["live"] == ["p9-west"]


async def test_it_can_be_stopped_before_the_freeze_from_its_source(site_of, ask):
    site = site_of()
    moving = asyncio.ensure_future(ask(site, "hmc1", MIGRATE.format("m")))
    await until(site, "migration phase", phase="copying")
    assert (await ask(site, "hmc2", "migrlpar -o s -m p9-west -p db01")).status == 1
    assert (await ask(site, "hmc1", "migrlpar -o s -m p9-east -p db01")).status == 0
    assert (await moving).status == 1
    await site.clock.sleep(300)
    assert site.record.of("freeze") == []
    assert site.verdict()["clean"] is True


async def test_it_cannot_be_stopped_once_it_is_suspended(site_of, ask):
    site = site_of()
    moving = asyncio.ensure_future(ask(site, "hmc1", MIGRATE.format("m")))
    await until(site, "migration phase", phase="suspended")
    assert (await ask(site, "hmc1", "migrlpar -o s -m p9-east -p db01")).status == 1
    assert (await moving).status == 0


async def test_failing_midway_leaves_something_half_made_until_it_is_recovered(site_of, ask):
    site = site_of(migration="fails-midway")
    told = await ask(site, "hmc1", MIGRATE.format("m"))
    assert told.status == 1
    assert await ask(site, "hmc1", STATE.format("p9-east", "db01")) == "db01,Running,5\n"
    assert "Migrating - Not Activated" in await ask(site, "hmc2", STATE.format("p9-west", "db01"))
    verdict = site.verdict()
    assert (verdict["leftovers"], verdict["live"], verdict["clean"]) == (
        ["p9-west"],
        ["p9-east"],
        False,
    )
    assert (await ask(site, "hmc1", "migrlpar -o r -m p9-east -p db01")).status == 0
    assert site.verdict()["clean"] is True
    assert (await ask(site, "hmc1", "migrlpar -o r -m p9-east -p db01")).status == 1


async def test_the_placeholders_name_given_back_too_early_makes_the_recovery_fail(site_of, ask):
    site = site_of(route="full", migration="fails-midway")
    await ask(site, "hmc2", RENAME.format("db01", "aside"))
    await ask(site, "hmc1", MIGRATE.format("m"))
    assert (await ask(site, "hmc2", RENAME.format("aside", "db01"))).status == 0
    assert (await ask(site, "hmc1", "migrlpar -o r -m p9-east -p db01")).status == 1
    assert site.record.of("recovery failed")
    await ask(site, "hmc2", RENAME.format("db01", "aside"))
    assert (await ask(site, "hmc1", "migrlpar -o r -m p9-east -p db01")).status == 0
    await ask(site, "hmc2", RENAME.format("aside", "db01"))
    assert site.verdict()["clean"] is True


async def test_aix_writes_the_migration_into_its_error_log(site_of, ask):
    site = site_of()
    line = "errpt -a -J CLIENT_PMIG_STARTED,CLIENT_PMIG_DONE,CLIENT_PMIG_ABORTED"
    assert await ask(site, "db01", line) == ""
    await ask(site, "hmc1", MIGRATE.format("m"))
    told = await ask(site, "db01", line)
    assert told.index("CLIENT_PMIG_DONE") < told.index("CLIENT_PMIG_STARTED")
    failing = site_of(migration="fails-midway")
    await ask(failing, "hmc1", MIGRATE.format("m"))
    assert "CLIENT_PMIG_ABORTED" in await ask(failing, "db01", line)


def recreation(partition):
    """Records that make an LPAR anew, for `mksyscfg` and `chsyscfg`."""
    first, *others = [p for p in partition.profiles if p["name"] != PSEUDO_PROFILE]

    def cleaned(profile):
        return {
            k: "0" if k == "auto_start" else v
            for k, v in profile.items()
            if v != "null" and k not in DROPPED | {"name", "lpar_name", "lpar_env", "lpar_id"}
        }

    whole = {
        "name": partition.name,
        "profile_name": first["name"],
        "lpar_id": partition.lpar_id,
        "lpar_env": "aixlinux",
        **cleaned(first),
        **{k: partition.row[k] for k in ON_LPAR},
    }
    more = [
        {"name": p["name"], "lpar_name": partition.name, **cleaned(p)} for p in others
    ]  # fmt: skip
    for record in more:
        record.pop("all_resources")
    return nested.row(whole), [nested.row(record) for record in more]


async def test_the_whole_procedure_by_hand_is_judged_clean(site_of, ask):
    site = site_of(route="full")
    for label in ("db01", "db02"):
        await ask(site, label, RAISE.format(9000))
    original = site.start.partitions["p9-east"][2]
    await ask(site, "hmc2", RENAME.format("db01", "db01 aside"))
    assert (await ask(site, "hmc1", MIGRATE.format("m"))).status == 0
    first, others = recreation(original)
    told = await ask(site, "hmc1", f"mksyscfg -r lpar -m p9-east -i '{first}'")
    assert told.status == 0, told
    assert site.verdict()["definition"]["differences"] == [
        "profile 'month end' is gone",
        "profile 'sms boot, old' is gone",
    ]
    for record in others:
        told = await ask(site, "hmc1", f"mksyscfg -r prof -m p9-east -i '{record}'")
        assert told.status == 0, told
    await ask(site, "hmc2", "rmsyscfg -r lpar -m p9-west -n 'db01 aside'")
    while "DOWN" in await ask(site, "db02", VRTS + "lltstat -nvv active"):
        await site.clock.sleep(1)
    await ask(site, "db01", RAISE.format(3200))
    await ask(site, "db02", RAISE.format(1600))
    verdict = site.verdict()
    assert verdict["definition"]["differences"] == []
    assert verdict["definition"]["same"] is False
    assert verdict["placeholder"] == "gone"
    assert verdict["migrations"] == ["succeeded"]
    assert (verdict["migrated"], verdict["clean"]) == (True, True)
