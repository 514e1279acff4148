from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from lparwiz.ui.text import fit, fold_hosts, plain, width_of, words_of, wrap


def test_wrap_breaks_at_spaces_and_indents_what_follows():
    lines = wrap([("", "one two three four")], 10, 2)
    assert [words_of(line) for line in lines] == ["one two ", "  three ", "  four"]


def test_wrap_breaks_an_attribute_list_at_its_commas():
    lines = wrap([("", "name=a,lpar_name=b,min_mem=1")], 16)
    assert [words_of(line) for line in lines] == ["name=a,", "lpar_name=b,", "min_mem=1"]


def test_wrap_keeps_the_line_breaks_of_the_text():
    assert [words_of(line) for line in wrap([("", "a\nb")], 10)] == ["a", "b"]


@given(st.text(), st.integers(4, 60), st.integers(0, 8))
def test_wrap_never_loses_a_letter_nor_exceeds_the_width(text, width, indent):
    lines = wrap([("", text)], width, indent)
    kept = "".join(words_of(line) for line in lines)
    assert kept.replace(" ", "") == plain(text).replace("\n", "").replace(" ", "")
    assert all(width_of(line) <= width for line in lines)


def test_plain_writes_control_characters_out():
    assert plain("a\x1b[2J\x07\x9b\x00\u202e") == r"a\x1b[2J\x07\x9b\x00\u202e"


def test_hosts_in_a_row_are_folded_and_others_are_not():
    names = ["db01", "db02", *(f"node{n:02d}" for n in range(3, 65)), "hmc", "node66"]
    assert fold_hosts(names) == "db01 db02 node[03-64] hmc node66"


def test_numbers_of_different_length_are_not_folded_together():
    assert fold_hosts(["n8", "n9", "n10", "n11", "n12"]) == "n8 n9 n[10-12]"


@given(st.text(), st.integers(1, 30))
def test_fit_takes_exactly_the_width(text, width):
    assert cell_len(fit(text, width)) == width


def test_fit_keeps_both_ends_of_a_long_name():
    assert fit("production-database-eu-01", 12) == "produ..eu-01"
