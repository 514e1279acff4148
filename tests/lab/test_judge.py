"""The judge sees each single thing that can go wrong."""

import json

import pytest

from .lines import MIGRATE, RAISE, RENAME

EAST = "chsyscfg -r {} -m p9-east -i '{}'"


@pytest.fixture
def site(site_of):
    return site_of(route="full")


async def test_a_site_that_nobody_touched_is_clean(site):
    verdict = site.verdict()
    assert verdict["clean"] is True
    assert (verdict["live"], verdict["placeholder"]) == (["p9-east"], "own name")
    assert json.loads(json.dumps(verdict)) == verdict


async def test_a_deleted_definition_is_in_the_record_and_in_the_verdict(site, ask):
    await ask(site, "hmc2", RENAME.format("db01", "aside"))
    await ask(site, "hmc1", MIGRATE.format("m"))
    (gone,) = site.record.of("definition gone")
    assert (gone["system"], gone["lpar"], gone["why"]) == ("p9-east", "db01", "migrated")
    assert gone["profiles"] == ["normal", "month end", "sms boot, old"]
    assert site.verdict()["definition"] == {
        "exists": False,
        "equal": False,
        "same": False,
        "differences": ["gone"],
    }
    assert site.verdict()["clean"] is False


@pytest.mark.parametrize(
    ("host", "line", "key"),
    [
        ("hmc1", EAST.format("lpar", "name=nim server,new_name=nim"), "bystanders"),
        ("hmc1", EAST.format("prof", "name=nim normal,lpar_name=nim server,desired_mem=1"),
         "bystanders"),
        ("hmc1", "rmsyscfg -r lpar -m p9-east -n test-web", "bystanders"),
        ("hmc1", EAST.format("lpar", "name=db01,description=x"), "definition"),
        ("hmc1", EAST.format("prof", "name=month end,lpar_name=db01,desired_mem=1"),
         "definition"),
        ("hmc1", "rmsyscfg -r prof -m p9-east -p db01 -n 'month end'", "definition"),
        ("hmc2", RENAME.format("db01", "aside"), "placeholder"),
        ("hmc2", "rmsyscfg -r lpar -m p9-west -n db01", "placeholder"),
        ("db02", RAISE.format(9000), "timers"),
        ("db02", RAISE.format(9000).replace("peerinact", "peertrouble"), "timers_restored"),
        ("db02", "echo 'set-timer peerinact:9000' >> /etc/llttab", "llttab"),
        ("db02", "PATH=$PATH:/opt/VRTS/bin hagrp -freeze app_sg", "frozen_groups"),
    ],
)  # fmt: skip
async def test_one_wrong_thing_is_found_under_its_name(site, ask, host, line, key):
    before = site.verdict()[key]
    told = await ask(site, host, line)
    assert told.status == 0, told
    verdict = site.verdict()
    assert verdict[key] != before
    assert verdict["clean"] is False


async def test_a_recreated_lpar_that_would_start_by_itself_is_not_right(site, ask):
    await ask(site, "hmc2", RENAME.format("db01", "aside"))
    await ask(site, "hmc1", MIGRATE.format("m"))
    record = (
        "name=db01,profile_name=normal,lpar_env=aixlinux,min_mem=4096,desired_mem=32768,"
        "max_mem=65536,auto_start=1"
    )
    assert (await ask(site, "hmc1", f"mksyscfg -r lpar -m p9-east -i '{record}'")).status == 0
    found = site.verdict()["definition"]["differences"]
    assert "auto_start is 1 in 'normal'" in found
    assert "profile 'month end' is gone" in found
    assert any(d.startswith("profile 'normal': virtual_fc_adapters") for d in found)


async def test_files_left_on_a_node_are_listed(site, ask):
    await ask(site, "db02", "echo mark > /var/tmp/lparwiz.lock")
    assert site.verdict()["strays"] == ["db02:/var/tmp/lparwiz.lock"]
    assert site.verdict()["clean"] is False


async def test_the_mark_of_a_run_that_is_left_on_a_manager_is_no_clean_end(site_of, ask):
    site = site_of(route="managed")
    await ask(site, site.cluster.nodes[1].label, "echo a run > /etc/lparwiz.run")
    assert site.verdict()["strays"] == [f"{site.cluster.nodes[1].label}:/etc/lparwiz.run"]
    assert site.verdict()["clean"] is False


async def test_after_rebase_what_others_changed_counts_as_given(site, ask):
    await ask(site, "hmc1", EAST.format("lpar", "name=nim server,new_name=nim"))
    site.rebase()
    assert site.verdict()["clean"] is True


async def test_every_command_and_every_change_is_on_record(site, ask, tmp_path):
    site.record.keep(tmp_path / "record.jsonl")
    await ask(site, "db01", RAISE.format(9000))
    await ask(site, "db01", "echo x > /tmp/x")
    site.record.close()
    lines = (tmp_path / "record.jsonl").read_text().splitlines()
    events = [json.loads(line) for line in lines]
    assert events == site.record.events
    assert [e["kind"] for e in events[:3]] == ["command", "timer", "answered"]
    assert events[1] | {"host": "db01", "was": 3200, "now": 9000} == events[1]
    assert site.record.commands("db01") == [RAISE.format(9000), "echo x > /tmp/x"]


async def test_a_route_without_profiles_leaves_nothing_on_the_source(site_of, ask):
    site = site_of(peerinact=(9000,))
    await ask(site, "hmc1", MIGRATE.format("m"))
    assert site.verdict()["clean"] is True
