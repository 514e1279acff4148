"""The wizard over a scripted engine, on a terminal of a given size."""

from contextlib import asynccontextmanager

import pytest

from lparwiz.ui._textual import screen_text
from lparwiz.ui.app import Wizard
from lparwiz.ui.choices import ChoiceButton

from . import seam as sample

SIZES = ((80, 24), (160, 50))
both_sizes = pytest.mark.parametrize("size", SIZES, ids=("80x24", "160x50"))


@asynccontextmanager
async def wizard(snapshot=None, size=(80, 24), *, journal=sample.JOURNAL, theme="night", **options):
    """What it shows of a snapshot: `(pilot, seam, seen)`, `seen()` being the screen."""
    seam = sample.ScriptedSeam(snapshot or sample.snapshot())
    seam.journal = journal
    app = Wizard(seam, theme=theme, **options)
    async with app.run_test(size=size, notifications=True) as pilot:
        await pilot.pause()
        yield pilot, seam, lambda: screen_text(app)


def focused(pilot):
    """What has the focus: the id of a choice, or the widget's class."""
    found = pilot.app.focused
    return found.choice.id if isinstance(found, ChoiceButton) else type(found).__name__
