"""Whatever is given as a change file, it is a change or its problems are explained."""

import contextlib
import tomllib

import pytest
import tomli_w
from hypothesis import given, settings
from hypothesis import strategies as st

from lparwiz.change import ChangeInvalid, parse
from lparwiz.change.lines import key_lines

from .sample import FULL, HERE, ISSUE, problems

SCALARS = (
    st.none().map(lambda _: 1)
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats()
    | st.text(st.characters(exclude_categories=["Cs"]))
    | st.dates()
    | st.sampled_from(["90s", "full", "vcs", "managed", "outside", "all", "stop", "a", "b"])
)


KEYS = st.sampled_from(
    sorted({key for place in key_lines(ISSUE) for key in place if isinstance(key, str)})
) | st.just("nmae")


VALUES = st.recursive(
    SCALARS, lambda v: st.lists(v, max_size=3) | st.dictionaries(KEYS, v, max_size=4), max_leaves=12
)


def assert_change_or_explained(text):
    with contextlib.suppress(ChangeInvalid):
        assert parse(text, HERE).path == HERE
        return
    found = problems(text)
    assert found
    assert all(problem.found and problem.expected for problem in found)


@settings(deadline=None)
@given(st.dictionaries(KEYS, VALUES, max_size=8))
def test_any_table_is_a_change_or_invalid(table):
    text = tomli_w.dumps(table)
    assert_change_or_explained(text)


@settings(deadline=None)
@given(KEYS, VALUES, KEYS, VALUES)
def test_a_sound_table_with_anything_put_into_it_is_a_change_or_invalid(key, value, inner, other):
    table = tomllib.loads(ISSUE)
    table[key] = value
    for each in table.values():
        if isinstance(each, dict):
            each[inner] = other
    assert_change_or_explained(tomli_w.dumps(table))


@settings(deadline=None)
@given(st.text() | st.text(alphabet="a=[]\".\n1{}#'"))
def test_any_text_is_a_change_or_invalid(text):
    with pytest.raises(ChangeInvalid):
        parse(text, HERE)


@settings(deadline=None)
@given(st.integers(0, len(FULL)))
def test_a_cut_file_is_never_half_a_change(length):
    try:
        change = parse(FULL[:length], HERE)
    except ChangeInvalid:
        return
    assert len(change.nodes) == 2
