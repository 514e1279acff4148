"""Making a partition anew from its backup (hmc.md 4, 8.12, 8.22)."""

import shlex
from dataclasses import replace
from pathlib import Path

import pytest

from lparwiz.tools import hmc
from lparwiz.tools.errors import Refused, ToolError, Unreadable

SAMPLES = Path(__file__).parent / "samples"


def rows(name):
    text = (SAMPLES / f"{name}.txt").read_text()
    return hmc.parse_records("\n".join(line for line in text.splitlines() if line[:1] != "#"))


LPAR = rows("lssyscfg_lpar_varied")[1] | {
    "default_profile": "normal",
    "description": "",
    "x_new": "1",
}
NORMAL, BACKUP = rows("lssyscfg_prof_varied")[6:8]
POOL = {"shared_proc_pool_id": "1", "shared_proc_pool_name": "Pool1"}
PROFILES = (
    BACKUP | POOL,
    NORMAL | {"auto_start": "1"},
    NORMAL | {"name": "last*valid*configuration"},
)
WHOLE = hmc.Definition(LPAR, PROFILES)


def records(recreation):
    return [hmc.parse_records(shlex.split(step.command.text)[-1])[0] for step in recreation.steps]


def test_the_default_profile_comes_with_the_partition_the_others_follow_then_the_settings():
    recreation = hmc.recreate("p9 east", WHOLE)
    heads = [shlex.split(step.command.text)[:5] for step in recreation.steps]
    assert heads == [
        ["mksyscfg", "-r", "lpar", "-m", "p9 east"],
        ["mksyscfg", "-r", "prof", "-m", "p9 east"],
        ["chsyscfg", "-r", "lpar", "-m", "p9 east"],
        ["chsyscfg", "-r", "lpar", "-m", "p9 east"],
    ]
    first, second, default, settings = records(recreation)
    assert (first["name"], first["profile_name"], first["lpar_id"]) == ("lpar05", "normal", "15")
    assert "lpar_name" not in first
    assert (second["name"], second["lpar_name"]) == ("backup", "lpar05")
    assert default == {"name": "lpar05", "default_profile": "normal"}
    assert [step.profile for step in recreation.steps] == ["normal", "backup", "", ""]
    assert recreation.steps[2].settings == ("default_profile",)
    assert set(recreation.steps[3].settings) == set(settings) - {"name"}
    assert settings["lpar_avail_priority"] == "127"
    assert all(step.command.changes and step.title for step in recreation.steps)


def test_null_values_and_what_the_commands_refuse_are_dropped_with_a_reason():
    recreation = hmc.recreate("p9", WHOLE)
    first, second, *_ = records(recreation)
    dropped = {(each.profile, each.attribute) for each in recreation.dropped}
    for key in ("min_num_huge_pages", "redundant_err_path_reporting", "electronic_err_reporting"):
        assert key not in first
        assert ("normal", key) in dropped
    for key in ("lpar_env", "all_resources", "lpar_id", "shared_proc_pool_id"):
        assert key not in second
        assert ("backup", key) in dropped
    assert second["shared_proc_pool_name"] == "Pool1"
    assert first["lpar_env"] == "aixlinux"
    assert all(each.reason for each in recreation.dropped)


def test_what_other_administrators_pass_is_kept():
    first = records(hmc.recreate("p9", WHOLE))[0]
    assert first["virtual_serial_adapters"] == NORMAL["virtual_serial_adapters"]
    assert first["lpar_proc_compat_mode"] == "default"
    assert first["io_slots"] == "none"


def test_the_drop_list_is_data_of_the_level():
    rule = hmc.Rule("virtual_serial_adapters", "both", "this level refuses it")
    recreation = hmc.recreate("p9", WHOLE, (*hmc.RULES, rule))
    assert all("virtual_serial_adapters" not in record for record in records(recreation))
    assert "virtual_serial_adapters" not in recreation.expected.profiles[0]


def test_the_pools_id_is_sent_where_there_is_no_name():
    profile = NORMAL | {"shared_proc_pool_id": "1"}
    assert (
        records(hmc.recreate("p9", hmc.Definition(LPAR, (profile,))))[0]["shared_proc_pool_id"]
        == "1"
    )


def test_the_pseudo_profile_is_not_made():
    recreation = hmc.recreate("p9", WHOLE)
    assert all("valid" not in step.command.text for step in recreation.steps)
    assert "last*valid*configuration" in {each.profile for each in recreation.dropped}


def test_a_twin_never_starts_by_itself_and_keeps_its_wwpns_with_a_note():
    recreation = hmc.recreate("p9", WHOLE)
    assert [record["auto_start"] for record in records(recreation)[:2]] == ["0", "0"]
    assert recreation.expected.profiles[0]["auto_start"] == "0"
    assert recreation.expected.lpar["auto_start"] == "0"
    notes = {(note.profile, note.attribute) for note in recreation.notes}
    assert ("normal", "auto_start") in notes
    assert ("backup", "auto_start") not in notes
    assert ("normal", "virtual_fc_adapters") in notes
    assert records(recreation)[0]["virtual_fc_adapters"] == NORMAL["virtual_fc_adapters"]


def test_an_unknown_setting_of_the_partition_is_neither_sent_nor_forgotten():
    recreation = hmc.recreate("p9", WHOLE)
    assert ("", "x_new", "1") in {(d.profile, d.attribute, d.value) for d in recreation.dropped}


def test_a_default_profile_that_is_not_made_is_not_set():
    recreation = hmc.recreate("p9", replace(WHOLE, lpar=LPAR | {"default_profile": "gone"}))
    assert all("default_profile" not in step.settings for step in recreation.steps)
    assert "default_profile" not in recreation.expected.lpar
    assert "default_profile" in {each.attribute for each in recreation.dropped}


def test_a_definition_that_is_back_differs_nowhere():
    recreation = hmc.recreate("p9", WHOLE)
    lpar = dict(LPAR) | {"state": "Not Activated", "resource_config": "0", "curr_profile": ""}
    back = hmc.Definition(
        lpar, (PROFILES[0], NORMAL, NORMAL | {"name": "last*valid*configuration"})
    )
    assert hmc.compare(recreation.expected, back) == ()


def test_the_order_of_profiles_and_adapters_says_nothing():
    expected = hmc.recreate("p9", WHOLE).expected
    adapters = hmc.format_list(reversed(hmc.parse_list(NORMAL["virtual_fc_adapters"])))
    assert adapters != NORMAL["virtual_fc_adapters"]
    turned = (NORMAL | {"virtual_fc_adapters": adapters}, PROFILES[0])
    assert hmc.compare(expected, hmc.Definition(LPAR, turned)) == ()


def test_every_difference_is_found():
    expected = hmc.recreate("p9", WHOLE).expected
    changed = NORMAL | {"desired_mem": "1", "virtual_scsi_adapters": '"broken'}
    extra = NORMAL | {"name": "extra"}
    lpar = {key: value for key, value in LPAR.items() if key != "time_ref"}
    found = hmc.compare(expected, hmc.Definition(lpar, (changed, extra, extra)))
    assert {(each.profile, each.attribute) for each in found} == {
        ("", "time_ref"),
        ("normal", "desired_mem"),
        ("normal", "virtual_scsi_adapters"),
        ("backup", ""),
        ("extra", ""),
        ("", ""),
    }
    assert hmc.Difference("normal", "desired_mem", "2048", "1") in found


def test_what_cannot_be_made_is_refused_before_anything_is_sent():
    foreign = replace(WHOLE, profiles=(NORMAL | {"lpar_name": "other"},))
    nameless = replace(WHOLE, profiles=({"lpar_name": "lpar05"},))
    for definition in (foreign, nameless, replace(WHOLE, lpar={})):
        with pytest.raises(Unreadable):
            hmc.recreate("p9", definition)
    odd = replace(WHOLE, profiles=(NORMAL | {"name": "a=b"},))
    for definition in (replace(WHOLE, profiles=()), replace(WHOLE, profiles=PROFILES[2:]), odd):
        with pytest.raises(Refused):
            hmc.recreate("p9", definition)


def test_every_stored_profile_can_be_made_anew():
    for profile in rows("lssyscfg_prof_varied"):
        lpar = {"name": profile["lpar_name"], "lpar_id": profile["lpar_id"]}
        recreation = hmc.recreate("p9", hmc.Definition(lpar, (profile,)))
        assert (
            hmc.compare(recreation.expected, hmc.Definition(lpar, (profile | {"auto_start": "0"},)))
            == ()
        )


def test_a_control_character_in_a_value_is_refused():
    with pytest.raises(ToolError):
        hmc.recreate("p9", replace(WHOLE, profiles=(NORMAL | {"x": "a\x1bb"},)))
