"""What holds for all tests: no test is judged by how fast a shared machine is just then.

Nor by who else tests on it: each has a folder of locks of its own.
"""

import os
from pathlib import Path

import pytest
from hypothesis import settings

from lparwiz import locks

settings.register_profile("shared machine", deadline=None)
settings.load_profile("shared machine")


TESTS = Path(__file__).parent

LONGEST = (
    "test_plain.py",
    "test_plain_orders.py",
    "test_runs.py",
    "test_demo.py",
    "ui/test_answers.py",
    "ui/test_looks.py",
    "faults/test_sample.py",
    "ui/test_whole_run.py",
    "ui/test_tmux.py",
    "ui/test_step_pages.py",
    "ui/test_keys.py",
    "steps/test_route_vcs.py",
    "test_terminal_goes.py",
    "test_cli.py",
    "test_plain_paging.py",
    "steps/test_mark.py",
    "steps/test_orders.py",
    "steps/test_timers.py",
    "steps/test_outcome.py",
    "steps/test_routes.py",
    "steps/test_abort.py",
    "ui/test_typing.py",
    "ui/test_hosts.py",
    "faults/test_real_kill.py",
    "steps/test_measure.py",
    "test_journals.py",
    "steps/test_watching.py",
    "steps/test_moved_definition.py",
    "steps/test_llttab.py",
    "faults/test_invariants.py",
    "faults/test_safeties.py",
    "test_wheel.py",
)
"""The files that take longest, by `--durations`: nothing but their order hangs on it."""


def pytest_xdist_auto_num_workers():
    """Half as many again as cores: the tests wait half of their time for a host or a terminal."""
    return len(os.sched_getaffinity(0)) * 3 // 2


def pytest_collection_modifyitems(items):
    """The longest files first: files are handed out whole, and a long last one is waited for."""
    places = {TESTS / name: place for place, name in enumerate(LONGEST)}
    if gone := [str(path) for path in places if not path.exists()]:
        raise pytest.UsageError(f"LONGEST names what is no file any more: {', '.join(gone)}")
    items.sort(key=lambda item: places.get(item.path, len(places)))


@pytest.fixture(autouse=True)
def _own_locks(tmp_path_factory, monkeypatch):
    monkeypatch.setattr(locks, "FOLDER", tmp_path_factory.mktemp("machine") / "locks")
