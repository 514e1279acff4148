"""What the terminal is sent: only what differs, in its place."""

import re
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from rich.segment import Segment
from textual._compositor import ChopsUpdate
from textual.strip import Strip

from lparwiz.ui._textual import cut, screen_text
from lparwiz.ui.app import Wizard
from lparwiz.ui.lines import Lines, differing

from . import seam as sample

pieces = st.lists(st.tuples(st.sampled_from(["", "ok"]), st.text("ab cé", max_size=6)), max_size=5)


def cells(line, width):
    """The row as pairs of a style and a character."""
    row = [(style, letter) for style, text in line for letter in text]
    return (row + [("", " ")] * width)[:width]


@given(before=pieces, after=pieces, width=st.integers(1, 40))
def test_painting_what_differs_makes_the_one_row_the_other(before, after, width):
    start, end = differing(tuple(before), tuple(after), width)
    assert 0 <= start <= end <= width
    painted = cells(before, width)
    painted[start:end] = cells(after, width)[start:end]
    assert painted == cells(after, width)


def test_an_age_that_grew_is_all_that_differs():
    row = (("title", "node01 "), ("ok", "OK "), ("", "LLT 2/2 UP  "), ("dim", "6 s ago"))
    assert differing(row, (*row[:3], ("dim", "7 s ago")), 80) == (22, 29)


def test_of_a_row_only_the_part_that_was_asked_for_is_sent():
    row = Strip([Segment("node01 OK "), Segment("7 s ago")])
    whole = ChopsUpdate([{0: row}], [(0, 10, 17)], [[17]])
    sent = cut(whole).render_segments(Console(force_terminal=True, color_system=None))
    assert re.sub(r"\x1b\[[\d;]*m", "", sent) == "\x1b[1;11H7 s ago"


def test_a_part_that_spans_widgets_is_sent_widget_by_widget_and_hidden_ones_are_left():
    left, right = Strip([Segment("0123456789")]), Strip([Segment("abcdefghij")])
    chops = {0: left, 10: None, 15: right}
    sent = cut(ChopsUpdate([chops], [(0, 8, 18)], [[10, 15, 25]])).render_segments(Console())
    assert re.sub(r"\x1b\[[\d;]*m", "", sent) == "\x1b[1;9H89\x1b[1;16Habc"


async def test_neighbours_that_look_the_same_are_one_piece():
    app = Wizard(sample.ScriptedSeam(sample.snapshot()), theme="night")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        for part in app.screen.query(Lines):
            for y in range(part.size.height if part.display else 0):
                styles = [segment.style for segment in part.render_line(y)]
                assert all(a != b for a, b in pairwise(styles)), y


async def test_the_first_frame_is_laid_out_for_its_terminal_and_dressed_in_its_theme():
    """Else it would be laid out and styled a second time before anybody can read it."""
    app = Wizard(sample.ScriptedSeam(sample.snapshot()), theme="day")
    frames, reread, display = [], [], app._display

    def seen(screen, renderable):
        display(screen, renderable)
        frames.append(screen_text(app))

    app._display = seen
    app.stylesheet.reparse = lambda: reread.append(True)
    async with app.run_test(size=(160, 50)) as pilot:
        await pilot.pause()
        assert app.theme == "day"
        assert not app.current_theme.dark
    assert " Steps" in frames[0].splitlines()[1]
    assert "Set peerinact to 9000 on every node?" in frames[0]
    assert not reread


async def test_whoever_waits_for_the_first_page_is_told_once_it_stands():
    told = []
    app = Wizard(
        sample.ScriptedSeam(sample.snapshot()), painted=lambda: told.append(screen_text(app))
    )
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("f1")
    assert len(told) == 1
    assert "Set peerinact to 9000 on every node?" in told[0]
