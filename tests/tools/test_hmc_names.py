"""Names through three parsers in a row (hmc.md 1.8, 8.9)."""

import contextlib
import shlex

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lparwiz.tools import hmc
from lparwiz.tools.errors import Refused

LEGAL = "abcXYZ019 ./;:~@#^-_+{}"


@settings(deadline=None)
@given(st.text(LEGAL, min_size=1, max_size=31).filter(lambda n: n == n.strip() and n[0] != "-"))
def test_a_carried_name_reaches_filter_and_record_whole(name):
    words = shlex.split(hmc.list_partition("p9 east", hmc.carry(name)).text)
    assert words[-2:] == ["--filter", f"lpar_names={name}"]
    words = shlex.split(hmc.rename_partition("p9 east", name, "n").text)
    assert hmc.parse_records(words[-1]) == ({"name": name, "new_name": "n"},)


@settings(deadline=None)
@given(st.text())
def test_any_name_is_carried_unchanged_or_refused(name):
    for check in (hmc.carry, hmc.carry_profile, hmc.carry_system, hmc.carry_new):
        with contextlib.suppress(Refused):
            assert check(name) == name


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("", "empty"),
        (" a", "blank"),
        ("a ", "blank"),
        ("-r", "option"),
        ("a,b", "','"),
        ("a=b", "'='"),
        ("a$b", "set of characters"),
        ("a`b", "set of characters"),
        ("a'b", "set of characters"),
        ('a"b', "set of characters"),
        ("a\\b", "set of characters"),
        ("a\nb", "set of characters"),
        ("é", "set of characters"),
        ("last*valid*configuration", "set of characters"),
    ],
)
def test_what_cannot_be_carried_is_refused_with_its_reason(name, reason):
    with pytest.raises(Refused) as refused:
        hmc.carry(name)
    assert reason in refused.value.reason


def test_a_profile_may_have_a_comma_for_records_carry_it():
    assert hmc.carry_profile("normal, big") == "normal, big"
    with pytest.raises(Refused):
        hmc.carry_profile("last*valid*configuration")


def test_a_system_may_be_named_by_type_and_serial():
    assert "-m '9131-52A*6535CCG'" in hmc.list_system("9131-52A*6535CCG").text
    with pytest.raises(Refused):
        hmc.carry_system("a,b")


def test_a_new_name_has_31_characters_at_most():
    assert hmc.carry_new("x" * 31)
    with pytest.raises(Refused):
        hmc.carry_new("x" * 32)
