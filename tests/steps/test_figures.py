"""Which of a watch's figures is kept."""

from dataclasses import replace
from pathlib import Path

import pytest

from lparwiz.history import Kind
from lparwiz.lab.scenario import Scenario
from lparwiz.steps.longest_freeze import freeze_in, not_believed
from lparwiz.watch.figures import Cause, Figures, Gap, Source, counted

from ..memory import Memory

CHANGE = Memory(Scenario(route="outside"), Path("/nowhere/change.toml")).change


def source(name, seconds, interval, cause=Cause.SILENCE):
    gap = Gap(100.0, seconds, interval, cause)
    return Source(name, name, "", interval, 500, gap)


@pytest.mark.parametrize(
    ("name", "seconds", "interval"),
    [("log/db02", 5.5, 2.0), ("llt/db02", 8.0, 8.0), ("ping/db02", 0.74, 0.25)],
    ids=["the log, to the second", "the links, by polls", "ping"],
)
def test_a_freeze_is_kept_though_a_coarser_source_read_it_longer(name, seconds, interval):
    """Only the longest source is looked at, and its own coarseness then dismisses all of them."""
    ticks = source("ticks", 0.5 if name.startswith("ping") else 4.0, 0.05, Cause.FREEZE)
    figures = Figures(200.0, (ticks, source(name, seconds, interval)))
    found = freeze_in(figures, CHANGE, Kind.MIGRATION, memory=None)
    assert found is not None
    assert found.seconds >= ticks.longest.seconds


@pytest.mark.parametrize(
    ("began", "ticks", "longest"),
    [(30.0, 75.04, 75.04), (30.0, 60.0, 82.11), (200.0, 75.04, 82.11)],
    ids=["the same", "longer for certain", "another one"],
)
def test_links_by_polls_count_beyond_what_a_finer_source_tells_of_the_same_silence(
    began, ticks, longest
):
    fine = replace(source("ticks", 1.0, 0.05), longest=Gap(began, ticks, 0.05, Cause.FREEZE))
    links = replace(source("llt/db02", 1.0, 12.0), longest=Gap(25.0, 82.11, 12.0, Cause.SILENCE))
    assert counted(Figures(300.0, (fine, links)))[0].gap.seconds == longest
    assert counted(Figures(300.0, (links,)))[0].gap.seconds == 82.11


def test_a_silence_longer_than_any_freeze_is_not_kept_and_the_reason_is_said():
    figures = Figures(9999.0, (source("ticks", 3600.0, 0.05), source("ping/db02", 20.0, 0.25)))
    found = freeze_in(figures, CHANGE, Kind.REHEARSAL, memory=None)
    assert found is not None
    assert found.seconds == 20.0
    assert "3600.00 s without a sign, by the ticks" in not_believed(figures)
    assert not_believed(Figures(9999.0, figures.sources[1:])) == ""
