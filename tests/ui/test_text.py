"""Text in cells: wrapped, folded and cut to a width."""

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


@given(
    st.text(st.sampled_from("aé語 ,/-"), max_size=80) | st.text(max_size=60),
    st.integers(20, 200),
    st.integers(0, 8),
)
def test_a_commands_lines_put_together_are_the_command(text, width, indent):
    text = text.replace("\n", "").replace("\t", "")
    lines = [words_of(line) for line in wrap([("dim", "  $ "), ("command", text)], width, indent)]
    whole = lines[0] + "".join(
        line.removeprefix(" " * min(indent, width // 2)) for line in lines[1:]
    )
    assert whole == f"  $ {plain(text)}"
    assert all(cell_len(line) <= width for line in lines)


def test_a_long_path_keeps_the_blank_behind_it():
    command = (
        "LC_ALL=C PATH=/usr/bin:/etc:/sbin:/opt/VRTSvcs/bin:/opt/VRTSllt lltconfig -T peerinact"
    )
    for width in range(20, 201):
        for style in ("command", ""):
            text = " ".join(words_of(line).strip() for line in wrap([(style, command)], width))
            assert "VRTSlltlltconfig" not in text
        lines = wrap([("dim", "    $ "), ("command", command)], width, 6)
        assert "".join(words_of(line)[6:] for line in lines) == command
