"""The chart as a picture in the run's folder, and its place in the report."""

from dataclasses import asdict
from xml.etree import ElementTree as ET

import pytest

from lparwiz.docs.chart import files, svg
from lparwiz.docs.report import render
from lparwiz.run.journal import Journal, read
from lparwiz.run.retell import chart_of
from lparwiz.run.snapshot import SPAN, Chart, Limit, Trace
from lparwiz.steps.chart import chart_of as chart_of_figures
from lparwiz.watch.figures import Figures, Source

SVG = "{http://www.w3.org/2000/svg}"
CHART = Chart(
    "Silence of <db01>",
    (
        Trace("ticks of db01", (0.05,) * 60 + (12.0, 24.05) + (None,) * 58, 24.05, 24.0, 58.0, 99),
        Trace("ping from db02", (), 3.0, 2.0, 1.0, 12, "lost & gone"),
    ),
    (Limit("db01", 32.0), Limit("db02", 16.0)),
    more=7,
)


def texts(picture):
    return [element.text for element in ET.fromstring(picture).iter(f"{SVG}text")]  # noqa: S314 - our own


def levels(picture):
    """The heights of the limits' lines and of the tallest bar's top; smaller is higher."""
    root = ET.fromstring(picture)  # noqa: S314 - our own
    lines = sorted(float(line.get("y1")) for line in root.iter(f"{SVG}line"))
    bars = [float(r.get("y")) for r in root.iter(f"{SVG}rect") if r.get("class") == "t"]
    return lines, min(bars)


def test_the_bar_stands_between_the_limit_that_it_reaches_and_the_one_that_it_does_not():
    (high, low), bar = levels(svg(CHART))
    assert high < bar < low


def test_the_picture_is_well_formed_and_says_what_was_seen_by_whom():
    told = "\n".join(texts(svg(CHART)))
    for wanted in (
        "Silence of <db01>",
        "24.05 s, at least 24.00 s; 99 samples",
        "reaches the 16 s of db02",
        "and 8 more, none longer",
    ):
        assert wanted in told


def test_a_chart_without_limits_or_gaps_is_a_picture_too():
    assert levels(svg(Chart("S", (Trace("t", (0.05,) * 120),))))[0] == []


def test_the_journal_tells_the_chart_back_and_the_report_links_every_picture(tmp_path):
    journal = Journal(tmp_path / "journal.jsonl", lambda: 0.0)
    for step in ("measure", "migrate"):
        journal.write("chart", step=step, **asdict(CHART))
    journal.close()
    events = read(tmp_path / "journal.jsonl")
    assert chart_of(events[0].data) == CHART
    pictures = files(events)
    assert list(pictures) == ["freeze.svg", "freeze-2.svg"]
    report = render(events)
    assert "](freeze.svg)" in report
    assert "](freeze-2.svg)" in report
    assert report.index("](freeze.svg)") < report.index("](freeze-2.svg)")


def of_class(picture, kind, tag):
    root = ET.fromstring(picture)  # noqa: S314 - our own
    return [each for each in root.iter(f"{SVG}{tag}") if each.get("class") == kind]


def ending(seconds, second, label="ticks of db01"):
    """A source whose longest silence ended in this second of the strip."""
    recent = [0.05] * SPAN
    recent[second] = seconds
    return Trace(label, tuple(recent), seconds, seconds - 0.05, float(SPAN - 1 - second), 99)


@pytest.mark.parametrize("seconds", [3.0, 16.0, 31.9])
def test_each_limit_is_a_line_across_every_strip_at_its_own_height(seconds):
    """A bar as long as a limit ends on its line: the two are drawn by one scale."""
    limits = (Limit("db01", seconds), Limit("db02", seconds / 2), Limit("db03", seconds))
    strips = (ending(seconds, 80), ending(seconds / 2, 40, "ping from db02"))
    picture = svg(Chart("S", strips, limits))
    lines = of_class(picture, "l", "line")
    grounds = of_class(picture, "g", "rect")
    assert len(grounds) == 2
    assert len(lines) == 4, "two limits in each of two strips"
    for ground in grounds:
        top, foot = float(ground.get("y")), float(ground.get("y")) + float(ground.get("height"))
        here = [line for line in lines if top <= float(line.get("y1")) <= foot]
        assert len(here) == 2
        for line in here:
            assert line.get("y1") == line.get("y2")
            assert line.get("x1") == ground.get("x")
            wide = float(line.get("x2")) - float(line.get("x1"))
            assert wide == float(ground.get("width"))
        tallest = min(
            float(bar.get("y"))
            for bar in of_class(picture, "t", "rect")
            if top <= float(bar.get("y")) <= foot
        )
        assert min(abs(float(line.get("y1")) - tallest) for line in here) < 0.11
    assert texts(picture).count(f"{seconds:g} s") == 2, "each line has its limit in front of it"


@pytest.mark.parametrize("second", [0, 40, 119])
def test_the_longest_gap_is_marked_above_its_own_bar(second):
    picture = svg(Chart("S", (ending(24.0, second),), (Limit("db01", 32.0),)))
    (mark,) = of_class(picture, "m", "path")
    x, y = (float(each) for each in mark.get("d")[1:].partition("l")[0].split())
    bar = min(of_class(picture, "t", "rect"), key=lambda each: float(each.get("y")))
    left, wide = float(bar.get("x")), float(bar.get("width"))
    tip = x + 6
    assert left <= tip <= left + wide + 0.11
    assert y < float(bar.get("y")) < y + 8.2


def test_a_gap_that_has_left_the_strip_and_none_at_all_are_not_marked():
    gone = Trace("t", (0.05,) * SPAN, 24.0, 23.95, SPAN + 1.0, 99)
    none = Trace("t", (0.05,) * SPAN)
    for trace in (gone, none):
        assert of_class(svg(Chart("S", (trace,), ())), "m", "path") == []


def test_a_limit_that_no_bar_comes_near_is_told_in_words_and_not_drawn():
    picture = svg(Chart("S", (ending(3.0, 80),), (Limit("db01", 90.0), Limit("db02", 5.0))))
    assert len(of_class(picture, "l", "line")) == 1
    assert any("above the picture: 90 s" in (text or "") for text in texts(picture))


def test_what_is_silent_now_says_so_in_the_picture_and_for_how_long():
    """The remark of a silence that has not ended, beside its strip."""

    def told(**fields):
        source = Source("ticks", "ticks of db01", "", 0.05, 99, recent=(0.05, 7.4), **fields)
        return texts(svg(chart_of_figures("S", Figures(100.0, (source,)), ())))

    assert "silent now, for 7 s" in told(standing=7.4)
    assert not any("silent" in (text or "") for text in told(standing=0.9))
    assert "lost: no perl" in told(standing=7.4, lost="no perl")
