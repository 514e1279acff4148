"""A fixed sample of the fault matrix; `python -m tests.faults` plays the whole of it."""

from dataclasses import replace

import pytest

from . import matrix
from .faults import KILLS, TELLS, looks_again, that_strike
from .matrix import Case, Tried, attempt, attempts, cases
from .play import Strike, play
from .setting import Part, Setting, whole
from .table import markdown, table

SAMPLE = 30
"""Cases of each route and migration."""
FEWER = 10
"""Of what only VCS can end with: most of it waits long."""
PARTS = [replace(part, sample=FEWER if part.setting.by_vcs_alone else SAMPLE) for part in whole()]


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.setting.options)
def test_whatever_goes_wrong_nothing_is_lost_and_nothing_owed_in_silence(part):
    found = cases(part)
    assert len(found) >= part.sample
    tried = [each for each in map(attempt, found) if each is not None]
    misses = [f"{each.case.replay}: {each.wrong}" for each in tried if each.wrong]
    assert not misses, "\n".join(misses)


def test_the_same_run_has_the_same_points_each_time():
    first, second = play(Setting("full", "succeeds")), play(Setting("full", "succeeds"))
    assert first == second
    assert {point.kind for point in first.points[0]} == {"command", "write", "keep", "wait"}


def test_every_change_of_a_run_is_a_point():
    (points,) = play(Setting("full", "succeeds")).points
    changes = [point.what for point in points if point.changes]
    assert sum("-T peerinact:" in change for change in changes) == 4
    assert sum("migrlpar -o m" in change for change in changes) == 1


def test_the_files_and_the_nodes_that_are_asked_for_are_points_too():
    (points,) = play(Setting("full", "succeeds", persist=True, nodes=3)).points
    changes = [point.what for point in points if point.changes]
    assert sum("/etc/llttab" in change for change in changes) == 3
    assert sum("-T peerinact:" in change for change in changes) == 6


def test_every_fault_of_the_issue_strikes_somewhere():
    struck = {
        fault
        for part in whole()
        for point in play(part.setting).points[0]
        for fault in that_strike(point)
    }
    assert struck >= {
        "refused", "hangs", "hangs-having-run", "dropped-before", "dropped-after", "cut-short",
        "cut-short-unnoticed",
        "binary", "escapes", "long-line", "other-locale", "other-channel", "status-disagrees",
        "gone-for-good", "gone-a-minute", "SIGTERM", "SIGHUP", "disk-full",
        "disk-full-at-the-fsync", "clock-an-hour-on", "clock-an-hour-back",
        *(kill for each in KILLS.values() for kill in each),
    }  # fmt: skip


def test_every_kind_of_point_is_killed_signalled_and_met_with_its_own_faults():
    (points,) = play(Setting("full", "succeeds")).points
    assert not any(looks_again(point) for point in points if point.changes)
    for point in (each for each in points if not looks_again(each)):
        faults = set(that_strike(point))
        assert faults & set(KILLS[point.kind]), point
        if point.kind != "write":
            assert faults & {"SIGTERM", "SIGHUP"}, point
        if point.kind in ("command", "wait"):
            assert faults & {"clock-an-hour-on", "clock-an-hour-back"}, point
        if point.kind == "keep":
            assert "disk-full" in faults, point


def test_what_a_run_is_taken_up_by_is_killed_signalled_and_found_full_at_every_write():
    (points,) = play(Setting("full", "succeeds")).points
    weighty = [point for point in points if point.kind == "write" and point.what not in TELLS]
    assert {"intent", "sent", "answered", "debt incurred"} <= {point.what for point in weighty}
    for point in weighty:
        assert set(that_strike(point)) >= {*KILLS["write"], "disk-full"}, point
        assert {"SIGTERM", "SIGHUP"} & set(that_strike(point)), point


def test_a_second_strike_falls_into_the_life_that_takes_the_run_up():
    setting = Setting("full", "succeeds")
    (points,) = play(setting).points
    sent = next(point for point in points if "migrlpar -o m" in point.what)
    first = Strike(sent.id, "killed-while-it-runs")
    tried = attempt(Case(setting, (first,), "resume", again="killed", seed=7))
    assert [strike.life for strike in tried.case.strikes] == [0, 1]
    assert tried.statuses[:2] == (None, None)
    assert tried.wrong == ()


def test_a_branch_comes_to_what_the_whole_replay_comes_to():
    found = cases(Part(Setting("managed", "succeeds"), sample=20))
    whole_replays = [each for each in map(attempt, found) if each is not None]
    assert sorted(attempts(found), key=str) == sorted(whole_replays, key=str)


def test_a_branch_that_breaks_is_a_miss(monkeypatch):
    monkeypatch.setattr(matrix, "broken", lambda _: 1 // 0)
    found = cases(Part(Setting("managed", "fails-validation"), sample=2))
    assert {each.wrong for each in attempts(found)} == {
        ("the harness failed: ZeroDivisionError('integer division or modulo by zero')",)
    }


def test_a_fault_at_no_point_of_the_run_is_a_miss():
    setting = Setting("managed", "fails-validation")
    case = Case(setting, (Strike("command-9999", "refused"),), "check")
    assert [each.wrong for each in attempts([case])] == [("no such point",)]


def test_what_only_vcs_can_end_with_is_played_too():
    alone = [part.setting for part in whole() if part.setting.by_vcs_alone]
    assert {each.migration for each in alone} == {
        "wrong-profile-file", "no-vios-mapping", "not-in-system-list", "hmc-unreachable",
        "stuck-midway",
    }  # fmt: skip
    assert {each.route for each in alone} == {"vcs"}


def test_the_tables_count_what_was_tried_and_what_held():
    strikes = (Strike("command-1", "refused"),)
    good = Tried(Case(Setting("full", "succeeds"), strikes, "connect"), (0,), ())
    bad = replace(good, wrong=("lost",))
    assert "1/2" in table([good, bad])
    text = markdown([good, bad], {"full": "a sample"}, "2026-11-22", 90.0, 2)
    assert "| full (a sample) | 1 of 2 |" in text
    assert "| refused | 1 of 2 |" in text
    assert "2026-11-22: 1 points, 1 of 2 replays held" in text
