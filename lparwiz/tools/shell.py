"""The POSIX shell that an AIX node gives us (ksh): quoting, the search path, becoming root."""

import re
import shlex
from dataclasses import replace

from lparwiz.tools.command import Command
from lparwiz.tools.errors import Refused

NODE_PATH = "PATH=$PATH:/sbin:/usr/sbin:/opt/VRTS/bin:/opt/VRTSvcs/bin"
"""Where LLT, GAB and VCS live; not in root's own path (facts, vcs.md 1.6 and 10.20)."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_CONTROL_IN_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
"""The same without line ends and tabs."""


def quote(word: str) -> str:
    """One word for a POSIX shell, quoted only where it must be.

    Raises:
        Refused: it holds a control character, which no line carries safely.
    """
    _refuse(_CONTROL, word)
    return shlex.quote(word)


def quote_text(text: str) -> str:
    """A text of several lines as one word for a POSIX shell.

    Raises:
        Refused: it holds a control character other than line ends and tabs.
    """
    _refuse(_CONTROL_IN_TEXT, text)
    return shlex.quote(text)


def _refuse(control: re.Pattern[str], text: str) -> None:
    found = control.search(text)
    if found is not None:
        raise Refused(text, f"holds the control character {found[0]!r}")


def line(*words: str) -> str:
    """A command line of these words, each quoted."""
    return " ".join(quote(word) for word in words)


def on_node(text: str, *, changes: bool = False, limit: float | None = None) -> Command:
    """A command line for a node, with the search path in front. `limit` in seconds."""
    return Command(f"{NODE_PATH} {text}", changes=changes, limit=limit)


def become(command: Command, prefix: str) -> Command:
    """The same command run through `prefix`, such as `sudo -n`; unchanged where it is empty.

    The whole line goes to a shell of its own, so that its path, its `&&` and its redirections
    are root's too: `sudo -n /bin/sh -c 'LINE'`.
    """
    if not prefix:
        return command
    return replace(command, text=f"{prefix} /bin/sh -c {shlex.quote(command.text)}")
