"""Whether there is a terminal to draw on. Imports no Textual, so that asking is cheap."""

import os
import sys

from lparwiz.errors import Trouble


class NoTerminal(Trouble):
    """The wizard was started where it can neither draw nor be typed at."""


def require_terminal() -> None:
    """Refuse to start without a terminal.

    The wizard reads standard input and draws on standard error; with either redirected its input
    thread would spin on the end of the file (measured).

    Raises:
        NoTerminal: when either is not a terminal.
    """
    streams = {"standard input": sys.stdin, "standard error": sys.stderr}
    missing = [name for name, stream in streams.items() if stream is None or not stream.isatty()]
    if missing:
        raise NoTerminal(
            "The wizard needs a terminal.",
            f"Not a terminal: {', '.join(missing)}.",
            "Log in with `ssh -t`, or use `lparwiz run` with [decisions] in the change file.",
        )


def assume_size() -> None:
    """Take 80x24 where the terminal tells no size, as a serial line or a bare pty doesn't.

    Textual then takes one size from one place and another from elsewhere, and lays the screen out
    anew for ever (seen).
    """
    if 0 in os.get_terminal_size(sys.stderr.fileno()):
        os.environ.setdefault("COLUMNS", "80")
        os.environ.setdefault("LINES", "24")
