"""What tests of the procedure share: a folder for the run."""

import tempfile
from pathlib import Path

import pytest

from ..memory import FAST


@pytest.fixture
def folder():
    """A run's folder, where an fsync costs nothing."""
    with tempfile.TemporaryDirectory(dir=FAST) as path:
        run = Path(path) / "20261122-0214-db01"
        run.mkdir()
        yield run
