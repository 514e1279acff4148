"""What there is to draw on, and what fits it. Imports no Textual, so that asking is cheap."""

import os
import re
import sys
from collections.abc import Mapping

from lparwiz.errors import Trouble
from lparwiz.ui.theme_files import DEFAULT

MANY_COLOURS = ("-256color", "-kitty", "-direct")
"""How TERM ends where there are 256 colours or more (facts, textual.md 9)."""

NO_COLOURS = re.compile(r"vt\d.*|dumb|unknown|.*-m(ono)?")
"""TERM of terminals that have none: the DEC family, terminfo's `-m` entries, and the dumb."""

DUMB = ("dumb", "unknown")
"""TERM of terminals of which nobody knows how a cursor is moved there."""

COERCED = ("C.UTF-8", "C.utf8", "UTF-8")
"""What Python itself writes into LC_CTYPE where the locale is C (PEP 538)."""

DEC = re.compile(r"vt\d.*")
"""TERM of terminals whose character set has no box characters by UTF-8."""


def fitting_theme(environ: Mapping[str, str]) -> tuple[str, str]:
    """The theme that fits a terminal, and what says so.

    Everything that claims no more than 16 colours gets its own 16: what is made for 256 looks bad
    there (facts, textual.md 9: `screen`, `putty`, `linux`, `xterm` claim no more).
    """
    term = environ.get("TERM", "").strip().lower()
    if environ.get("NO_COLOR"):
        return "mono", "NO_COLOR"
    if NO_COLOURS.fullmatch(term):
        return "mono", f"TERM={term}"
    depth = environ.get("COLORTERM", "").strip().lower()
    if depth in ("truecolor", "24bit"):
        return DEFAULT, "default"
    if term.endswith(MANY_COLOURS):
        return DEFAULT, "default"
    return "ansi", f"TERM={term or '(none)'}"


def fitting_ascii(environ: Mapping[str, str]) -> tuple[bool, str]:
    """Whether box characters are better left out, and what says so."""
    term = environ.get("TERM", "").strip().lower()
    if DEC.fullmatch(term):
        return True, f"TERM={term}"
    for name in ("LC_ALL", "LC_CTYPE", "LANG"):
        locale = environ.get(name, "")
        if not locale or (name == "LC_CTYPE" and sys.flags.utf8_mode and locale in COERCED):
            continue
        _, _, charset = locale.partition(".")
        utf8 = charset.split("@")[0].lower().replace("-", "") == "utf8"
        return (False, "default") if utf8 else (True, f"{name}={locale}")
    return False, "default"


def fitting_plain(environ: Mapping[str, str]) -> tuple[bool, str]:
    """Whether lines are all that the terminal can show, and what says so."""
    term = environ.get("TERM", "").strip().lower()
    return (True, f"TERM={term}") if term in DUMB else (False, "default")


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
            "Log in with `ssh -t`, have lparwiz ask line by line (`--plain`), or let it play by "
            "itself: `lparwiz run` with [decisions] in the change file, `lparwiz demo "
            "--unattended`.",
        )


def settle_size() -> None:
    """Believe the terminal about its size, and take 80x24 where it tells none.

    COLUMNS and LINES, exported long ago by a profile or by `resize`, outrank the terminal in
    Textual: the screen would have the wrong size, and keep it when the window changes. Where a
    terminal tells no size, as a serial line or a bare pty doesn't, Textual takes one size from one
    place and another from elsewhere, and lays the screen out anew for ever (seen).
    """
    if 0 in os.get_terminal_size(sys.stderr.fileno()):
        os.environ.setdefault("COLUMNS", "80")
        os.environ.setdefault("LINES", "24")
    else:
        os.environ.pop("COLUMNS", None)
        os.environ.pop("LINES", None)
