"""The lab's HMC: its listings, its refusals and its roles, as the facts have them."""

import csv

import pytest

from lparwiz.lab import nested

from .lines import MIGRATE, RENAME


@pytest.fixture
def site(site_of):
    return site_of(route="full")


def rows(told):
    """What a listing says, read by Python's own CSV reader."""
    return [dict(pair.split("=", 1) for pair in next(csv.reader([line]))) for line in
            told.splitlines()]  # fmt: skip


LIST = "lssyscfg -r {} -m p9-east --filter lpar_names=db01"


async def test_listings_show_the_lpar_and_its_profiles_with_both_levels_of_quoting(site, ask):
    (lpar,) = rows(await ask(site, "hmc1", LIST.format("lpar")))
    assert (lpar["name"], lpar["lpar_id"], lpar["state"]) == ("db01", "5", "Running")
    assert lpar["description"] == "Oracle, production"
    profiles = {p["name"]: p for p in rows(await ask(site, "hmc1", LIST.format("prof")))}
    assert set(profiles) == {"normal", "month end", "sms boot, old", "last*valid*configuration"}
    adapters = next(csv.reader([profiles["normal"]["virtual_fc_adapters"]]))
    assert adapters[0] == "504/client/1/vios1/8/c050760431670010,c050760431670011/1"
    assert profiles["normal"]["electronic_err_reporting"] == "null"


async def test_bystanders_have_spaces_in_their_names_on_both_systems(site, ask):
    for host, system in (("hmc1", "p9-east"), ("hmc2", "p9-west")):
        told = await ask(site, host, f"lssyscfg -r lpar -m {system} -F name,lpar_id --header")
        assert told.startswith("name,lpar_id\n")
        assert "nim server," in told
        assert "vios1,1\n" in told


async def test_each_console_knows_its_own_systems_only(site_of, site, ask):
    told = await ask(site, "hmc1", "lssyscfg -r lpar -m p9-west")
    assert told.status == 1
    assert "are -m." in told
    assert await ask(site, "hmc1", "lssyscfg -r sys -F name,state") == "p9-east,Operating\n"
    one = site_of(consoles=1)
    assert await ask(one, "hmc1", "lssyscfg -r sys -F name") == "p9-east\np9-west\n"
    assert (await ask(one, "hmc1", "lssyscfg -r sys -m '9009-42A*78C3D40' -F name")) == "p9-west\n"


async def test_no_rows_is_status_0_and_an_unknown_name_is_not(site_of, site, ask):
    told = await ask(site, "hmc1", LIST.format("prof") + ",profile_names=none")
    assert (told, told.status) == ("No results were found.\n", 0)
    told = await ask(site, "hmc1", "lssyscfg -r lpar -m p9-east --filter lpar_names=nope")
    assert (told, told.status) == ("HSCL8012 The partition named nope was not found.\n", 1)
    told = await ask(site, "hmc1", "lssyscfg -r lpar -m p9-east --filter lpar_ids=99")
    assert told.startswith("HSCL8011")
    old = site_of(old_filters=True)
    told = await ask(old, "hmc1", "lssyscfg -r lpar -m p9-east --filter lpar_names=nope")
    assert (told, told.status) == ("No results were found.\n", 0)


async def test_a_list_in_a_filter_wants_quotes_of_its_own(site, ask):
    line = "lssyscfg -r lpar -m p9-east -F name --filter {}"
    assert await ask(site, "hmc1", line.format("""'"lpar_names=db01,nim server"'""")) == (
        "db01\nnim server\n"
    )
    assert (await ask(site, "hmc1", line.format("lpar_names=db01,vios1"))).status == 1


async def test_one_bad_attribute_kills_the_listing_without_a_code(site_of, site, ask):
    line = "lssyscfg -r lpar -m p9-east -F name,UUID"
    told = await ask(site, "hmc1", line)
    assert told.status == 1
    assert "HSCL" not in told
    assert "UUID" in told
    polish = site_of(locale="pl", errors_on="stderr")
    told = await ask(polish, "hmc1", line)
    assert told.out == b""
    assert "Niepoprawnym atrybutem jest UUID" in told
    assert "Nie znaleziono wyników." in await ask(
        polish, "hmc1", LIST.format("prof") + ",profile_names=x"
    )


async def test_an_older_console_shows_no_uuid_and_another_version_form(site_of, site, ask):
    assert "Version: 10" in await ask(site, "hmc1", "lshmc -V")
    assert "uuid" in rows(await ask(site, "hmc1", LIST.format("lpar")))[0]
    old = site_of(hmc_version=8)
    assert (await ask(old, "hmc1", "lshmc -V")).startswith('"version= Version: 8\n')
    assert "uuid" not in rows(await ask(old, "hmc1", LIST.format("lpar")))[0]
    assert (await ask(old, "hmc1", "lssyscfg -r lpar -m p9-east -F uuid")).status == 1


@pytest.mark.parametrize(
    "line",
    [
        "lssyscfg -r lpar -m p9-east --nope",
        "lssyscfg -r lpar",
        "lssyscfg -r nothing -m p9-east",
        "migrlpar -o x -m p9-east",
        "migrlpar -o m -m p9-east -t p9-west -p db01 --async",
        "chsyscfg -r lpar -m p9-east",
        "lssyscfg -r lpar -m p9-east --header",
        "lspartition",
    ],
)
async def test_unknown_and_missing_options_are_usage_errors_without_a_code(site, ask, line):
    told = await ask(site, "hmc1", line)
    assert told.status == 1
    assert "HSCL" not in told


async def test_listings_of_users_roles_and_rmc(site, ask):
    (user,) = rows(await ask(site, "hmc1", "lshmcusr --filter names=hscroot"))
    assert user["taskrole"] == "hmcsuperadmin"
    roles = {r["name"]: r for r in rows(await ask(site, "hmc1", "lsaccfg -t taskrole"))}
    assert "MigrateLPAR" in roles["hmcpe"]["resources"]
    assert "DeleteLPAR" not in roles["hmcpe"]["resources"]
    assert "Partition:<5*9009-42A*78A1B20, db01.lab" in await ask(
        site, "hmc1", "lspartition -dlpar"
    )


async def test_hmcpe_may_migrate_but_not_delete(site_of, ask):
    site = site_of(route="full", role="hmcpe")
    assert (await ask(site, "hmc2", RENAME.format("db01", "away"))).status == 0
    assert (await ask(site, "hmc1", MIGRATE.format("v"))).status == 0
    told = await ask(site, "hmc2", "rmsyscfg -r lpar -m p9-west -n away")
    assert told == "HSCL350B The user does not have the appropriate authority\n"


async def test_renaming_takes_the_profiles_along_and_a_comma_wants_quotes(site, ask):
    told = await ask(site, "hmc2", RENAME.format("db01", "away, for now"))
    assert told.status == 1
    quoted = """chsyscfg -r lpar -m p9-west -i 'name=db01,"new_name=away, for now"'"""
    assert await ask(site, "hmc2", quoted) == ""
    names = await ask(site, "hmc2", "lssyscfg -r prof -m p9-west -F lpar_name")
    assert "db01\n" not in names
    assert '"away, for now"\n' in names
    wanted = '"lpar_names=""away, for now"""'
    line = f"lssyscfg -r lpar -m p9-west -F state --filter '{wanted}'"
    assert await ask(site, "hmc2", line) == "Not Activated\n"


async def test_a_taken_name_is_refused_for_a_rename(site, ask):
    told = await ask(site, "hmc2", RENAME.format("db01", "nim server"))
    assert told.status == 1
    assert site.verdict()["placeholder"] == "own name"


async def test_removing_takes_a_stopped_partition_with_all_its_profiles(site, ask):
    told = await ask(site, "hmc1", "rmsyscfg -r lpar -m p9-east -n db01")
    assert told.startswith("HSCL05DF")
    assert (await ask(site, "hmc2", "rmsyscfg -r lpar -m p9-west --id 5")).status == 0
    assert site.verdict()["placeholder"] == "gone"
    assert "lpar_name=db01" not in await ask(site, "hmc2", "lssyscfg -r prof -m p9-west")


async def test_an_open_terminal_stands_in_the_way_until_it_is_closed(site_of, ask):
    site = site_of(vterm=True)
    assert (await ask(site, "hmc1", MIGRATE.format("v"))).status == 1
    assert (await ask(site, "hmc1", "rmvterm -m p9-east -p db01")).status == 0
    assert (await ask(site, "hmc1", MIGRATE.format("v"))).status == 0


MAKE = "mksyscfg -r lpar -m p9-east -i '{}'"
BASE = "name=new one,profile_name=p,lpar_env=aixlinux,min_mem=1024,desired_mem=2048,max_mem=4096"


@pytest.mark.parametrize(
    "more",
    [
        ",electronic_err_reporting=null",
        ",min_num_huge_pages=null",
        ",nonsense=1",
        ",state=Running",
        ",lpar_id=7",
        ",shared_proc_pool_name=nopool",
        ",virtual_scsi_adapters=3/client/1/vios1/4/1,4/client/2/vios2/6/1",
        ',"virtual_fc_adapters=504/client/1/v/8/c0,c1/1"',
        ",shared_proc_pool_id=0",
        ",min_mem=1",
    ],
)
async def test_what_mksyscfg_refuses_creates_nothing(site, ask, more):
    assert (await ask(site, "hmc1", MAKE.format(BASE + more))).status == 1
    assert "new one" not in await ask(site, "hmc1", "lssyscfg -r lpar -m p9-east -F name")
    assert site.verdict()["bystanders"] == []


@pytest.mark.parametrize("name", ["a*b", "x" * 32, "db01"])
async def test_names_that_are_taken_or_not_allowed_are_refused(site, ask, name):
    line = MAKE.format(BASE.replace("new one", name))
    assert (await ask(site, "hmc1", line)).status == 1


async def test_both_spellings_of_an_npiv_list_are_taken(site, ask):
    plain = ',"virtual_fc_adapters=3/client/2/vios1/6//1,4/client/3/vios2/6//1"'
    assert (await ask(site, "hmc1", MAKE.format(BASE + plain))).status == 0
    pair = ',"virtual_fc_adapters=""10/client/1//110/c0507609a405005a,c0507609a405005b/1"""'
    record = BASE.replace("new one", "another") + pair
    assert (await ask(site, "hmc1", MAKE.format(record))).status == 0
    line = "lssyscfg -r prof -m p9-east --filter lpar_names=another"
    (profile,) = rows(await ask(site, "hmc1", line))
    assert nested.elements(profile["virtual_fc_adapters"]) == [
        "10/client/1//110/c0507609a405005a,c0507609a405005b/1"
    ]


async def test_a_new_partition_has_never_been_activated(site, ask):
    assert await ask(site, "hmc1", MAKE.format(BASE)) == ""
    line = "lssyscfg -r lpar -m p9-east -F state,resource_config,curr_profile --filter "
    assert await ask(site, "hmc1", line + "'lpar_names=new one'") == "Not Activated,0,\n"
    assert any("new one" in wrong for wrong in site.verdict()["bystanders"])


async def test_further_profiles_belong_to_a_partition_and_to_it_alone(site, ask):
    make = "mksyscfg -r prof -m p9-east -i '{}'"
    good = "name=second,lpar_name=nim server,desired_mem=512"
    assert (await ask(site, "hmc1", make.format(good))).status == 0
    assert (await ask(site, "hmc1", make.format(good))).status == 1
    assert (await ask(site, "hmc1", make.format(good + ",lpar_env=aixlinux"))).status == 1
    assert (await ask(site, "hmc1", make.format("name=x,lpar_name=nope"))).status == 1
    assert site.verdict()["bystanders"] == [
        "p9-east: 'nim server': profile 'second' was not there before"
    ]
    remove = "rmsyscfg -r prof -m p9-east -n second -p 'nim server'"
    assert (await ask(site, "hmc1", remove)).status == 0
    assert site.verdict()["bystanders"] == []
    last = "rmsyscfg -r prof -m p9-east -n 'nim normal' --filter 'lpar_names=nim server'"
    assert (await ask(site, "hmc1", last)).status == 1


async def test_a_renamed_profile_stays_the_default(site, ask):
    line = "chsyscfg -r prof -m p9-east -i 'name=normal,lpar_name=db01,new_name=usual'"
    assert (await ask(site, "hmc1", line)).status == 0
    told = await ask(site, "hmc1", LIST.format("lpar") + " -F default_profile,curr_profile")
    assert told == "usual,usual\n"
    assert site.verdict()["definition"]["equal"] is False


async def test_a_system_that_is_not_operating_refuses(site_of, ask):
    site = site_of(target_state="Power Off")
    told = await ask(site, "hmc2", "lssyscfg -r lpar -m p9-west")
    assert (told.status, told[:8]) == (1, "HSCL0238")
    assert await ask(site, "hmc2", "lssyscfg -r sys -m p9-west -F state") == "Power Off\n"
