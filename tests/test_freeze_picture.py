"""The chart as a picture in the run's folder, and its place in the report."""

from dataclasses import asdict
from xml.etree import ElementTree as ET

from lparwiz.docs.chart import files, svg
from lparwiz.docs.report import render
from lparwiz.run.journal import Journal, read
from lparwiz.run.retell import chart_of
from lparwiz.run.snapshot import Chart, Limit, Trace

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
