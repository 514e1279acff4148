"""What holds for all tests: no test is judged by how fast a shared machine is just then.

Nor by who else tests on it: each has a folder of locks of its own.
"""

import pytest
from hypothesis import settings

from lparwiz import locks

settings.register_profile("shared machine", deadline=None)
settings.load_profile("shared machine")


@pytest.fixture(autouse=True)
def _own_locks(tmp_path_factory, monkeypatch):
    monkeypatch.setattr(locks, "FOLDER", tmp_path_factory.mktemp("machine") / "locks")
