"""gabconfig -a (vcs.md 3)."""

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lparwiz.tools import gab
from lparwiz.tools.errors import Unreadable

HEADER = "GAB Port Memberships\n" + "=" * 63 + "\n"
UP = HEADER + "Port a gen 967901 membership 01\nPort h gen 967904 membership 01\n"


def test_each_port_has_its_members():
    membership = gab.parse_membership(UP)
    assert {port: each.members for port, each in membership.ports.items()} == {"a": "01", "h": "01"}
    assert membership.up
    assert not membership.jeopardy
    assert not membership.visible


def test_the_header_alone_means_that_gab_is_down():
    membership = gab.parse_membership(HEADER)
    assert not membership.up
    assert membership.ports == {}


def test_the_generation_is_not_compared():
    assert gab.parse_membership(UP) == gab.parse_membership(UP.replace("967904", "a36e0003"))
    assert gab.parse_membership(UP) != gab.parse_membership(
        UP.replace("membership 01", "membership 0")
    )


def test_jeopardy_and_visible_are_lines_of_their_own():
    text = UP + "Port a gen 967901 jeopardy   ;1\nPort h gen 967904 visible ;1\n"
    membership = gab.parse_membership(text)
    assert membership.ports["a"].jeopardy == ";1"
    assert membership.ports["a"].members == "01"
    assert membership.ports["h"].visible == ";1"
    assert membership.jeopardy
    assert membership.visible


def test_newer_builds_name_the_client_and_large_clusters_leave_blanks():
    text = HEADER + "Port h[GAB_USER_CLIENT (refcount 0)] gen   263813 membership 0         ;12\n"
    assert gab.parse_membership(text).ports["h"].members == "0         ;12"


@pytest.mark.parametrize(
    "text",
    ["", "Port a gen 1 membership 01\n", UP[:-20], UP + "x\n", UP.replace("01", "")],
    ids=["empty", "no header", "cut", "garbled", "nobody"],
)
def test_what_is_no_membership_is_unreadable(text):
    with pytest.raises(Unreadable):
        gab.parse_membership(text)


@settings(deadline=None)
@given(st.text() | st.text(alphabet="Port agen01 membership;\n=").map(HEADER.__add__))
def test_no_text_breaks_the_parser(text):
    with contextlib.suppress(Unreadable):
        gab.parse_membership(text)
