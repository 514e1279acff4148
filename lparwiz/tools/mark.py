"""The mark of a run on a host: one line in one file, which a run from another machine reads.

`/etc/lparwiz.run` on every node and manager. `/etc` is root's own, so that nobody else can plant
one; it outlives a reboot, as the debts do; nothing purges it, as `/tmp` is; every node has it. The
mark is placed by a hard link, which fails where the name exists: of two runs that place theirs at
the same instant one loses. POSIX words only: AIX gives a ksh without GNU tools.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from lparwiz.tools.command import Command
from lparwiz.tools.errors import Unreadable
from lparwiz.tools.shell import quote

PATH = "/etc/lparwiz.run"
_NONE = "lparwiz: no mark"
_NO_FILE = "lparwiz: not a file"
_HALF = "lparwiz: half placed"
"""What our own reading prints, whatever the host's language is."""
_LINE = re.compile(
    r"lparwiz run (?P<run>\S+) \[[0-9a-f]{12}\], LPAR (?P<lpar>.+), by (?P<who>.+),"
    r" since (?P<since>[0-9T:.-]+Z), in (?P<folder>.+)",
    re.ASCII,
)


@dataclass(frozen=True)
class Mark:
    """Which run is at a host. No two runs have the same: the instant goes to the microsecond."""

    run: str
    lpar: str
    who: str
    """`user@machine`."""
    since: str
    """UTC, as in `2026-11-22T02:14:07.184203Z`."""
    folder: str
    """The run's folder on that machine."""

    @property
    def id(self) -> str:
        """Stands for all that the mark says; no other mark has the same."""
        return sha256(f"{self.run}, {self._about}".encode()).hexdigest()[:12]

    @property
    def line(self) -> str:
        """The file's one line, without its end."""
        return f"lparwiz run {self.run} [{self.id}], {self._about}"

    @property
    def _about(self) -> str:
        return f"LPAR {self.lpar}, by {self.who}, since {self.since}, in {self.folder}"


@dataclass(frozen=True)
class Seen:
    """What a host tells of marks."""

    mark: Mark | None
    """The mark that stands there; None: none does."""
    half: bool = False
    """Whether our own was begun there, and its temporary file is left."""


def new(run: str, lpar: str, who: str, at: float, folder: str) -> Mark:
    """The mark of a run; what isn't printable ASCII becomes `?`.

    Args:
        run: its name.
        lpar: the LPAR's name.
        who: `user@machine`.
        at: seconds since the epoch.
        folder: its folder on that machine.
    """
    since = datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return Mark(_plain(run), _plain(lpar), _plain(who), since, _plain(folder))


def _plain(text: str) -> str:
    return "".join(char if char.isascii() and char.isprintable() else "?" for char in text)


def read(own: Mark | None = None) -> Command:
    """Print the mark; by words of our own where there is none, or what is there is no file.

    Args:
        own: also tell whether the placing of this one was left halfway.
    """
    half = f"if [ -f {_beside(own)} ]; then echo '{_HALF}'; fi; " if own is not None else ""
    return Command(
        f"{half}if [ -f {PATH} ]; then cat {PATH}; "
        f"elif [ -e {PATH} ] || [ -h {PATH} ]; then echo '{_NO_FILE}'; "
        f"else echo '{_NONE}'; fi"
    )


def parse(text: str) -> Seen:
    """What `read` printed.

    Raises:
        Unreadable: neither a mark nor the words that there is none.
    """
    line = text.removesuffix("\n")
    half = line.startswith(f"{_HALF}\n")
    line = line.removeprefix(f"{_HALF}\n")
    if line == _NONE:
        return Seen(None, half)
    found = _LINE.fullmatch(line)
    mark = Mark(**found.groupdict()) if found else None
    if mark is None or mark.line != line:
        raise Unreadable(f"the mark of a run in {PATH}", line)
    return Seen(mark, half)


def place(mark: Mark) -> Command:
    """Place a mark with all its content at once, unless the file exists.

    The content is written to a file beside it, under a name that only this run uses, and linked.
    """
    beside = _beside(mark)
    return Command(
        f"umask 022; printf '%s\\n' {quote(mark.line)} > {beside} && ln {beside} {PATH}; "
        f"status=$?; rm -f {beside}; (exit $status)",
        changes=True,
    )


def remove(mark: Mark) -> Command:
    """Remove this very mark, known by its id; one of another run stays."""
    return Command(
        f"rm -f {_beside(mark)}; if grep -qs {mark.id} {PATH}; then rm {PATH}; fi", changes=True
    )


def clear() -> Command:
    """Remove whatever stands there: for a person who has looked at what can't be understood."""
    return Command(f"rm {PATH}", changes=True)


def _beside(mark: Mark) -> str:
    return f"{PATH}.{mark.id}"
