"""The strip chart: whether a silence reaches a limit is seen at a glance, in any width."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from lparwiz.run.snapshot import SPAN, Chart, Limit, Page, Trace
from lparwiz.ui.chart_text import ASCII, AXIS, chart_text, chart_words
from lparwiz.ui.page_text import page_text
from lparwiz.ui.text import words_of

LIMITS = (Limit("db01", 32.0), Limit("db02", 16.0), Limit("db03", 16.0), Limit("db04", 16.0))


def silence(seconds, end=80, quiet=0.05):
    """What a source tells of one silence that ends in second `end` of the strip."""
    began = end - seconds
    return tuple(
        min(second - began, seconds) if began < second <= end else quiet for second in range(SPAN)
    )


def trace(seconds, end=80, label="ticks of db01", **more):
    ended = float(SPAN - 1 - end)
    least = max(seconds - 0.05, 0)
    return Trace(label, silence(seconds, end), seconds, least, ended, 2412, **more)


def rows(chart, width=80, **more):
    return [words_of(line) for lines in chart_text(chart, width, **more) for line in lines]


def drawn(chart, width=80, **more):
    """The rows of the first strip by their limit, only what is drawn."""
    lines = rows(chart, width, **more)[1 : 2 + 2 * len({limit.seconds for limit in chart.limits})]
    return {line[:8].strip() or number: line[9:].rstrip() for number, line in enumerate(lines)}


def crossing(chart):
    """The limits whose line a bar passes."""
    return {label for label, row in drawn(chart).items() if "█" in row and "─" in row}


@pytest.mark.parametrize(
    ("seconds", "crossed"),
    [(5.0, set()), (15.9, set()), (16.0, {"16 s"}), (31.9, {"16 s"}), (32.0, {"16 s", "32 s"})],
)
def test_a_bar_passes_a_line_exactly_where_the_silence_reaches_that_limit(seconds, crossed):
    assert crossing(Chart("Silence", (trace(seconds),), LIMITS)) == crossed


def test_the_longest_gap_is_marked_over_its_own_place():
    (top, *_), at = drawn(Chart("S", (trace(5.0, end=80),), LIMITS)).values(), 80 // 3
    assert top[at] == "v"
    assert top.count("v") == 1


def test_a_gap_that_is_out_of_sight_has_its_figure_and_no_mark():
    old = replace(trace(24.0), recent=(0.05,) * SPAN, ended=500.0)
    text = "\n".join(rows(Chart("S", (old,), LIMITS)))
    assert "24.00 s, at least 23.95 s" in text
    assert " v" not in text


def test_seconds_in_which_a_source_was_lost_are_blank_and_quiet_ones_are_not():
    recent = (None,) * 60 + (0.05,) * 60
    (line,) = [
        row for row in drawn(Chart("S", (Trace("t", recent),), LIMITS)).values() if "·" in row
    ]
    assert line == " " * 20 + "·" * 20


def test_each_node_s_limit_is_named_and_the_lowest_that_is_reached_with_its_node():
    text = "\n".join(rows(Chart("S", (trace(24.0),), LIMITS)))
    assert "16 s db[02-04]; 32 s db01" in text
    assert "reaches 16 s of db02" in text


def test_of_many_sources_a_few_are_drawn_and_the_rest_are_lines():
    traces = tuple(trace(3.0, label=f"ping from node{n:02}") for n in range(8))
    lines = rows(Chart("S", traces, LIMITS, more=118))
    assert len(lines) <= 20
    assert all(any(t.label in line for line in lines) for t in traces)
    assert any("118 more, none longer" in line for line in lines)


def test_two_limits_and_two_sources_fit_a_page_of_80_by_24():
    chart = Chart("S", (trace(24.0), trace(24.0, label="connection to db01")), LIMITS)
    assert len(rows(chart)) <= 12


def test_a_long_remark_is_wrapped_at_its_words_and_short_of_rows_says_that_there_is_more():
    words = "0.65 s not counted: the SSH server stalled for a while"
    for limits, label in ((LIMITS, "whole"), (LIMITS[:1], "short")):
        chart = Chart("S", (trace(0.0, label="ticks", remark=words),), limits)
        for width in range(80, 200):
            behind = [row[AXIS:].strip("·─ ") for row in rows(chart, width)[1:-1]]
            said = " ".join(" ".join(behind).split())
            begun = said[said.index("0.65 s") :]
            assert begun == words if label == "whole" else words.startswith(begun.rstrip(" ."))
            kept = begun.removesuffix(" ..")
            assert words == kept or words.startswith(f"{kept} "), "cut at a word"


def test_one_sample_is_one():
    chart = Chart("S", (Trace("ticks", samples=1),), ())
    assert "no gap, 1 sample" in words_of(chart_words(chart, 80)[1][0])
    assert "samples" not in words_of(chart_words(chart, 80)[1][0])


def test_without_box_characters_the_same_is_told_in_ascii():
    chart = Chart("Silence", (trace(24.0, remark="lost: no perl"),), LIMITS)
    lines = rows(chart, strokes=ASCII)
    assert all(line.isascii() for line in lines)
    assert "#" in drawn(chart, strokes=ASCII)["16 s"]
    assert "#" not in drawn(chart, strokes=ASCII)["32 s"]


values = st.none() | st.floats(0.0, 700.0)


@given(
    st.lists(
        st.builds(
            Trace,
            label=st.text(max_size=40),
            recent=st.lists(values, max_size=130).map(tuple),
            longest=values,
            ended=values,
            remark=st.text(max_size=60),
        ),
        max_size=5,
    ),
    st.lists(st.builds(Limit, st.text(max_size=12), st.floats(0.01, 3600)), max_size=5),
    st.integers(40, 200),
)
def test_no_line_is_wider_than_the_screen_whatever_is_drawn(traces, limits, width):
    chart = Chart("Silence", tuple(traces), tuple(limits))
    for line in rows(chart, width):
        assert cell_len(line) <= width


def test_the_chart_stands_on_the_page_above_its_tables():
    page = Page("measure", "Measure", "p", "", chart=Chart("Silence", (trace(24.0),), LIMITS))
    text = "\n".join(words_of(line) for lines in page_text(page, 80).whole for line in lines)
    assert "Silence" in text
    assert "█" in text
