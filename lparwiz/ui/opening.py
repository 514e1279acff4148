"""The wizard's first page: it stands while the rest is read and imported, which takes longer.

Drawn by hand, for Textual alone takes a fifth of a second to import, asyncssh and the steps half a
second more: an operator who sees nothing begins to type. Imports nothing of the kind.
"""

import gc
import os
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from types import FrameType

from platformdirs import user_config_path

from lparwiz.ui.terminal import DUMB
from lparwiz.ui.text import fit, plain

ENTER = "\x1b[?1049h"
"""What takes a terminal to its other screen, which leaves what stood there before as it was."""

LEAVE = "\x1b[?25h\x1b[?1049l"
"""What brings the cursor back, and the terminal to its first screen."""

STATE = " opening "

READING = (
    "Reading the change, the earlier runs and the steps.",
    "No host has been asked for anything yet.",
)
"""What is done meanwhile, where nothing else is said."""

KILLED_BY = 128
"""What a shell adds to a signal's number for the exit status."""

_standing: list[bool] = []
"""One entry while the page stands: the screen must be left again, unless somebody takes it over."""


@contextmanager
def opening(
    what: str, *, plain_asked: bool | None, meanwhile: tuple[str, ...] = READING
) -> Iterator[None]:
    """Show the first page until the wizard draws over it; leave the screen if it never does.

    Nothing is drawn where there is no terminal, or where anything speaks of `plain`: what wins is
    not known before the settings are read.

    Args:
        what: what is opened, such as the change file's name.
        plain_asked: what the command line says of `--plain`; None: nothing.
        meanwhile: what is being done, a line each.
    """
    if _standing or not _on_a_screen(os.environ, plain_asked=plain_asked):
        yield
        return
    _standing.append(True)
    before = {number: signal.signal(number, _end) for number in (signal.SIGHUP, signal.SIGTERM)}
    gc.disable()  # what is imported stays: looking through it took a tenth of the time (measured)
    try:
        _draw(what, meanwhile)
        yield
    finally:
        gc.enable()
        for number, handler in before.items():
            if signal.getsignal(number) is _end:  # else the wizard's, which stands until the end
                signal.signal(number, handler)
        if take_over():
            with suppress(OSError):  # the terminal is gone
                _write(LEAVE)


def _end(number: int, _frame: FrameType | None) -> None:
    """End in order, so that the screen is left: a signal's own way out leaves it as it is."""
    raise SystemExit(KILLED_BY + number)


def standing() -> bool:
    """Whether the page stands: what is written now would be written over it."""
    return bool(_standing)


def take_over() -> bool:
    """Have the terminal from now on: whether the page stood on it until now."""
    return bool(_standing) and _standing.pop()


def _on_a_screen(environ: Mapping[str, str], *, plain_asked: bool | None) -> bool:
    """Whether this is surely a terminal that shall have a screen."""
    streams = (sys.stdin, sys.stderr)
    if plain_asked or not all(stream is not None and stream.isatty() for stream in streams):
        return False
    if plain_asked is None and ("LPARWIZ_PLAIN" in environ or "plain" in _settings()):
        return False
    return environ.get("TERM", "").strip().lower() not in ("", *DUMB)


def _settings() -> str:
    path = user_config_path("lparwiz") / "settings.toml"
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""


def _draw(what: str, meanwhile: tuple[str, ...]) -> None:
    told = os.get_terminal_size(sys.stderr.fileno())
    width, height = told.columns or 80, told.lines or 24  # a serial line tells none
    top = fit(f" lparwiz  {plain(what)}", max(0, width - len(STATE))) + STATE
    rows = [_reversed(top[:width]), "", *(f" {line}"[:width] for line in meanwhile)]
    keys = f"\x1b[{height};1H" + _reversed(f" ctrl-c ends{' ' * width}"[:width])
    _write(f"{ENTER}\x1b[?25l\x1b[2J\x1b[H" + "\r\n".join(rows) + keys)


def _reversed(text: str) -> str:
    return f"\x1b[7m{text}\x1b[m"


def _write(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()
