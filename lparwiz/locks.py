"""Two runs on one machine that touch the same LPAR or the same hosts exclude each other.

Each LPAR and each host has a lock in one folder that all users of the machine share: another
`--runs`, or another operator's account, finds the same. The locks are the kernel's: whatever
becomes of the process, none is left held. One run is also never played twice: its journal is
locked itself (`lparwiz.run.journal`).
"""

import fcntl
import getpass
import hashlib
import json
import os
import stat
from contextlib import ExitStack, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from lparwiz.change import Change
from lparwiz.errors import Trouble

FOLDER = Path("/var/tmp/lparwiz.locks")  # noqa: S108 - never followed through a link, see `_open`
"""Where the locks of this machine stand: each user may write there on every Unix."""

_ANYBODY = 0o1777
"""Each user makes files in it, and removes only their own."""

_LONGEST = 1000
"""Bytes that are read of who holds a lock."""


class Busy(Trouble):
    """Another run on this machine is at the same LPAR or the same host right now."""

    status = 3


def hold(change: Change, run: str) -> ExitStack:
    """Lock everything that a change touches, until what is returned is closed.

    Args:
        change: what is touched.
        run: who holds the locks, for whoever is refused.

    Raises:
        Busy: another run holds one of them.
        Trouble: the folder of the locks can't be used.
    """
    holder = _Holder(run, os.getpid(), _user(), change.title, str(change.path.absolute()))
    touched = {_lpar(change): f"LPAR {change.lpar.name}"}
    touched |= {"host {} {}".format(*h.machine): h.label for h in change.hosts}
    with ExitStack() as held:
        try:
            folder = _folder()
            held.callback(os.close, folder)
            for key, what in sorted(touched.items()):
                _lock(held, folder, hashlib.sha256(key.encode()).hexdigest()[:16], what, holder)
        except OSError as error:
            raise Trouble(
                "The locks of this machine can't be used, so nothing is begun.",
                f"{FOLDER}: {error.strerror or error}",
                f"Make it a folder that every user may write to: chmod 1777 {FOLDER}",
            ) from error
        return held.pop_all()


def _lpar(change: Change) -> str:
    """An LPAR's key: its name, whatever its consoles are called in the change file.

    Labs on one machine have LPARs of the same name: there the consoles' ports differ.
    """
    ports = sorted({console.machine[1] for console in change.consoles})
    return f"lpar {change.lpar.name} {' '.join(map(str, ports))}"


def _folder() -> int:
    """A descriptor of the folder of the locks, made if it is missing."""
    with suppress(FileExistsError):
        FOLDER.mkdir()
        FOLDER.chmod(_ANYBODY)
    return os.open(FOLDER, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)


@dataclass(frozen=True)
class _Holder:
    """Who holds a lock, as its file says."""

    run: str
    process: int
    user: str
    title: str
    origin: str
    """The change file."""

    @property
    def text(self) -> str:
        """The same for whoever is refused."""
        title = f' "{self.title}"' if self.title else ""
        return f"{self.run}{title}, process {self.process} of {self.user}"


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a user id without a name, as in a container
        return str(os.getuid())


def _read(descriptor: int) -> _Holder | str:
    """Who holds a lock; plain text where another version, or somebody else, wrote it."""
    text = os.read(descriptor, _LONGEST).decode("utf-8", "replace")
    try:
        return _Holder(**json.loads(text))
    except (ValueError, TypeError):
        return text


def _busy(what: str, found: _Holder | str, own: _Holder) -> Busy:
    who, wait = "Another run", "Wait until it has ended, or leave it there first."
    if isinstance(found, _Holder):
        who = "A run of this very change" if found.origin == own.origin else who
        wait = (
            "Wait until it has ended, or end it where it is played: F10 in its wizard, Ctrl-C "
            "where it runs by itself. `lparwiz runs` of that user lists it."
        )
        found = found.text
    printable = "".join(filter(str.isprintable, found))  # anybody may have written it
    return Busy(f"{who} is at {what} right now.", printable, wait)


def _lock(held: ExitStack, folder: int, name: str, what: str, own: _Holder) -> None:
    while True:
        descriptor = _open(folder, name)
        held.callback(os.close, descriptor)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise _busy(what, _read(descriptor), own) from error
        if _is(folder, name, descriptor):  # else its former holder has just removed it
            break
    held.callback(_remove, folder, name, descriptor)
    os.truncate(descriptor, 0)
    os.pwrite(descriptor, json.dumps(asdict(own)).encode(), 0)


def _open(folder: int, name: str) -> int:
    """Open a lock of whatever user, made if it is missing; a link is never followed.

    Raises:
        OSError: it is no plain file of one name.
    """
    try:
        descriptor = os.open(name, os.O_RDWR | os.O_NOFOLLOW, dir_fd=folder)
    except FileNotFoundError:
        try:
            # Linux lets nobody pass O_CREAT for a file of another user here; O_EXCL is new to all.
            flags = os.O_RDWR | os.O_CREAT | os.O_EXCL
            descriptor = os.open(name, flags, 0o666, dir_fd=folder)
        except FileExistsError:
            return _open(folder, name)
        os.fchmod(descriptor, 0o666)
    found = os.fstat(descriptor)
    if not stat.S_ISREG(found.st_mode) or found.st_nlink > 1:
        os.close(descriptor)
        raise OSError(f"{name} is no plain file of its own: remove it")
    return descriptor


def _is(folder: int, name: str, descriptor: int) -> bool:
    try:
        there = os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return os.path.samestat(there, os.fstat(descriptor))


def _remove(folder: int, name: str, descriptor: int) -> None:
    """Leave nothing behind; a file of another user stays, and is used again."""
    with suppress(OSError):
        if _is(folder, name, descriptor):
            os.unlink(name, dir_fd=folder)
