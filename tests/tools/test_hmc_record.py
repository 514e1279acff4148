"""The HMC's nested records, both ways (hmc.md 1.3, 1.4, 8.2)."""

import contextlib
import csv
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lparwiz.tools import hmc
from lparwiz.tools.errors import Refused, Unreadable

SAMPLES = Path(__file__).parent / "samples"
KEYS = st.from_regex(r"[a-z_][a-z0-9_]{0,10}", fullmatch=True)
VALUES = st.text(
    st.characters(exclude_characters="\n\r", exclude_categories=["Cs"]) | st.sampled_from(',"=/ '),
    max_size=20,
)


def sample(name):
    text = (SAMPLES / f"{name}.txt").read_text()
    return "".join(line for line in text.splitlines(keepends=True) if not line.startswith("#"))


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("lssyscfg_prof_varied", 9),
        ("lssyscfg_lpar_varied", 3),
        ("lssyscfg_sys_full", 1),
        ("lshmcusr_v7", 3),
        ("lsaccfg_taskrole", 2),
    ],
)
def test_every_stored_listing_parses_and_formats_back_to_what_was_printed(name, count):
    text = sample(name)
    records = hmc.parse_records(text)
    assert len(records) == count
    assert [hmc.format_record(record) for record in records] == text.splitlines()


def test_every_list_of_the_stored_profiles_parses_and_formats_back():
    for record in hmc.parse_records(sample("lssyscfg_prof_varied")):
        for value in record.values():
            assert hmc.format_list(hmc.parse_list(value)) == value


def test_a_wwpn_pair_stays_one_element():
    record = hmc.parse_records(sample("lssyscfg_prof_varied"))[1]
    assert hmc.parse_list(record["virtual_fc_adapters"]) == (
        "504/client/2/vio_server1/8/c050760431670010,c050760431670011/1",
        "604/client/3/vio_server2/5/c050760431670012,c050760431670013/1",
    )


def test_a_vlan_list_stays_one_element():
    record = hmc.parse_records(sample("lssyscfg_prof_varied"))[2]
    assert hmc.parse_list(record["virtual_eth_adapters"]) == ("2/1/1/3,4,5/0/1",)


def test_both_spellings_of_an_npiv_list_are_read():
    plain, wrapped = sample("mksyscfg_i_argument").splitlines()
    adapters = hmc.parse_records(plain)[0]["virtual_fc_adapters"]
    assert hmc.parse_list(adapters) == ("3/client/2/taprvio130/6//1", "4/client/3/taprvio131/6//1")
    adapters = hmc.parse_records(wrapped)[0]["virtual_fc_adapters"]
    assert hmc.parse_list(adapters)[1] == "11/client/2//111/c0507609a405005a,c0507609a405005b/1"


def test_a_name_with_a_comma_is_quoted_as_the_vendor_does():
    record = hmc.format_record({"name": "No comma name", "new_name": "comma, name"})
    assert record == 'name=No comma name,"new_name=comma, name"'


@settings(deadline=None)
@given(st.dictionaries(KEYS, VALUES, min_size=1))
def test_what_was_formatted_parses_back(record):
    assert hmc.parse_records(hmc.format_record(record)) == (record,)


@settings(deadline=None)
@given(st.lists(VALUES).filter(lambda items: items != [""]))
def test_a_list_that_was_formatted_parses_back(items):
    assert hmc.parse_list(hmc.format_list(items)) == tuple(items)


@settings(deadline=None)
@given(KEYS, st.lists(VALUES, min_size=2))
def test_a_list_inside_a_record_survives_both_levels(key, items):
    (record,) = hmc.parse_records(hmc.format_record({key: hmc.format_list(items)}))
    assert hmc.parse_list(record[key]) == tuple(items)


@settings(deadline=None)
@given(st.text() | st.text(alphabet='a=",\n\r\0'))
def test_no_text_breaks_the_parsers(text):
    for parse in (hmc.parse_records, hmc.parse_list):
        with contextlib.suppress(Unreadable):
            parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "name=a,lpar_id",
        'name=a,"virtual=1,2',
        "name=a,name=b",
        "=a",
        'a="b"x",c',
        "a b=c",
        "x" * (csv.field_size_limit() + 1),
    ],
    ids=["cut pair", "cut quotes", "twice", "no key", "stray quote", "blank in key", "huge"],
)
def test_what_is_no_record_is_unreadable(text):
    with pytest.raises(Unreadable):
        hmc.parse_records(text)


@pytest.mark.parametrize("record", [{}, {"": "x"}, {"a b": "x"}, {"a=": "x"}, {"a": "x\ny"}])
def test_what_no_record_can_carry_is_refused(record):
    with pytest.raises(Refused):
        hmc.format_record(record)


@pytest.mark.parametrize("items", [[""], ["a\nb"]])
def test_what_no_list_can_carry_is_refused(items):
    with pytest.raises(Refused):
        hmc.format_list(items)
