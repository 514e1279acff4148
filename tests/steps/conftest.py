"""What tests of the procedure share: a folder for the run, and runs in memory."""

import tempfile
from pathlib import Path

import pytest

from ..memory import FAST
from .in_memory import Run


@pytest.fixture
def folder():
    """A run's folder, where an fsync costs nothing."""
    with tempfile.TemporaryDirectory(dir=FAST) as path:
        run = Path(path) / "20261122-0214-db01"
        run.mkdir()
        yield run


@pytest.fixture
async def run(folder):
    """Make runs in that folder; what their sites left running ends with the test."""
    made = []

    def make(decisions=None, **scenario):
        made.append(Run(folder, decisions, **scenario))
        return made[-1]

    yield make
    for each in made:
        await each.site.close()
