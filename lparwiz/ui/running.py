"""The wizard on this terminal, from its first page until it is left."""

import gc
import os
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from lparwiz.run.orders import Leave
from lparwiz.run.seam import Seam
from lparwiz.ui.app import Wizard
from lparwiz.ui.leaving_text import exit_status
from lparwiz.ui.pictures import Pictures
from lparwiz.ui.signals import disarm
from lparwiz.ui.terminal import require_terminal, settle_size


def run_wizard(
    seam: Seam,
    *,
    theme: str | None = None,
    ascii_only: bool = False,
    mouse: bool = True,
    keymap: Mapping[str, str] | None = None,
    notices: Sequence[str] = (),
    begin: Callable[[], None] = lambda: None,
) -> int:
    """Run the wizard on this terminal until it is left.

    The engine is told to leave however the wizard ends; wait for it before ending the process.

    Args:
        seam: the engine.
        theme: a theme's name; None takes the one that fits the terminal.
        ascii_only: draw without box characters.
        mouse: take the mouse.
        keymap: the operator's keys by the ids of `keys.KEYS`.
        notices: what the operator must hear of first, a sentence each.
        begin: starts the engine, where it isn't running yet: called once the first page stands,
            so that what the engine imports and asks doesn't hold it up, and when the wizard ends.

    Returns:
        The exit status: the run's own where it is over, 3 where debts are open, 128 + n after
        signal n, else 1.

    Raises:
        NoTerminal: when there is no terminal to draw on.
    """
    require_terminal()
    settle_size()
    if theme not in (None, "mono"):
        os.environ.pop("NO_COLOR", None)  # whoever names a theme wants its colours
    wizard = Wizard(
        seam,
        theme=theme,
        ascii_only=ascii_only,
        monotonic=time.monotonic,
        pictures=Pictures(Path(seam.latest().folder)),
        keymap=keymap,
        notices=notices,
        painted=begin,
    )
    try:
        gc.disable()  # until the first page is painted
        wizard.run(mouse=mouse)
    except OSError:
        pass  # the terminal is gone: there is nobody left to tell
    except SystemExit as broken_off:  # by a signal: the screen didn't end by itself
        wizard.give_back()
        return int(str(broken_off.code))
    finally:
        disarm()
        if not wizard.left:
            seam.send(Leave("the screen went away"))
        begin()
    if wizard.return_value is not None:
        return wizard.return_value
    return exit_status(seam.latest())
