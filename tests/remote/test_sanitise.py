"""What a host prints, without what drives a terminal."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lparwiz.remote.sanitise import sanitise

HOSTILE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff]",
)
INTRODUCERS = [
    "\x1b",
    "\x9b",
    "\x9d",
    "[",
    "]",
    "P",
    "(",
    "\\",
    "\x07",
    "\x9c",
    "0;",
    "m",
    "\r",
    "\n",
]
PIECES = st.lists(st.sampled_from(INTRODUCERS) | st.text(max_size=3)).map("".join)


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("plain\n\ttext", "plain\n\ttext"),
        ("Zażółć gęślą jaźń, 日本, 🙂", "Zażółć gęślą jaźń, 日本, 🙂"),
        ("\x1b[1;31mRED\x1b[0m", "RED"),
        ("\x1b[2J\x1b[?1049hgone", "gone"),
        ("\x9b31mRED", "RED"),
        ("\x1b]0;owned\x07title", "title"),
        ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x9d0;owned\x9ctitle", "title"),
        ("\x1bPq#0;1\x1b\\picture", "picture"),
        ("\x1b(Bcharset \x1bcreset \x1b7save", "charset reset save"),
        ("ends in the middle \x1b[31", "ends in the middle 31"),
        ("\x1b]never ended\nnext line", "never ended\nnext line"),
        ("a\r\nb\r\r\nc", "a\nb\nc"),
        ("10%\r20%\r", "10%\n20%\n"),
        ("\x00\x08\x7f\x85\x0b\x0c.", "."),
        ("safe\u202egnp.exe\u2066\u200f\u061c", "safegnp.exe"),
        ("no \ufffecharacter\uffff", "no character"),
    ],
)
def test_what_drives_a_terminal_goes_and_the_rest_stays(text, clean):
    assert sanitise(text) == clean


@given(PIECES)
def test_nothing_hostile_is_left(text):
    assert not HOSTILE.search(sanitise(text))


@given(PIECES)
def test_twice_is_once(text):
    assert sanitise(sanitise(text)) == sanitise(text)


CHARACTERS = st.characters(exclude_categories=["Cc", "Cf", "Cs"], exclude_characters="\ufffe\uffff")


@given(st.text(alphabet=CHARACTERS))
def test_ordinary_text_is_left_alone(text):
    assert sanitise(text) == text


def test_a_megabyte_of_introducers_is_no_trap():
    assert sanitise("\x1b]" * 500_000) == ""
