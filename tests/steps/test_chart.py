"""Which sources a chart names, where there are more than fit on a page."""

from lparwiz.steps.chart import TRACES, chart_of
from lparwiz.watch.figures import Cause, Figures, Gap, Source


def source(name, seconds=0.0, **more):
    gap = Gap(100.0, seconds, 0.25, Cause.SILENCE) if seconds else None
    return Source(name, name, "", 0.25, 480, gap, **more)


def named(*sources):
    ticks = source("ticks", 24.03)
    pings = [source(f"ping/node{n:02}", 24.1) for n in range(2, 41)]
    chart = chart_of("", Figures(200.0, (ticks, *pings, *sources)), ())
    assert len(chart.traces) == TRACES
    assert chart.more == 40 + len(sources) - TRACES
    return [trace.label for trace in chart.traces]


def test_the_longest_is_named_though_it_is_longer_by_less_than_a_second():
    """Of those that are not, the page says: none longer."""
    assert "ping/node50" in named(source("ping/node50", 24.9))


def test_what_is_silent_now_is_named_as_what_was():
    assert "ping/node50" in named(source("ping/node50", 1.0, standing=40.0))


def test_a_lost_source_is_named_before_those_that_saw_no_more():
    names = named(source("ping/node50", 24.1, lost="no ping there"))
    assert names[:2] == ["ticks", "ping/node50"]
