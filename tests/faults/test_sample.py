"""A fixed sample of the fault matrix; `python -m tests.faults` plays the whole of it."""

import pytest

from lparwiz.lab.scenario import MIGRATIONS
from lparwiz.run.play import Play

from .__main__ import ROUTES
from .matrix import attempt, cases
from .play import Strike, play

SAMPLE = 80
"""Cases of each route and migration: a minute on one core for all of them."""


@pytest.mark.parametrize("migration", MIGRATIONS)
@pytest.mark.parametrize("route", ROUTES)
def test_whatever_goes_wrong_nothing_is_lost_and_nothing_owed_in_silence(route, migration):
    tried = [attempt(case) for case in cases(route, migration, SAMPLE)]
    assert len(tried) >= SAMPLE
    misses = [f"{each.case.replay}: {each.wrong}" for each in tried if each.wrong]
    assert not misses, "\n".join(misses)


def test_the_same_run_has_the_same_points_each_time():
    first, second = play("full", "succeeds"), play("full", "succeeds")
    assert first == second
    assert {point.kind for point in first.points[0]} == {"command", "write", "keep", "wait"}


def test_every_change_of_a_run_is_a_point():
    (points,) = play("full", "succeeds").points
    changes = [point.what for point in points if point.changes]
    assert sum("-T peerinact:" in change for change in changes) == 4
    assert sum("migrlpar -o m" in change for change in changes) == 1


def test_the_matrix_is_not_blind_to_a_debt_that_nobody_wrote_down(monkeypatch):
    monkeypatch.setattr(Play, "incur", lambda *_: None)
    (points,) = play("full", "fails-validation").points
    raised = next(point for point in points if "-T peerinact:9000" in point.what)
    result = play("full", "fails-validation", (Strike(raised.id, "killed-after-it-ran"),))
    assert any("no debt says so" in wrong for wrong in result.wrong)


def test_the_matrix_is_not_blind_to_a_debt_that_is_never_paid(monkeypatch):
    monkeypatch.setattr(Play, "settle", lambda *_: None)
    assert any("not brought to its end" in wrong for wrong in play("full", "succeeds").wrong)
