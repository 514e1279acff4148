"""The run's folder: plain files with which a person can finish the job when the tool is gone."""

import os
import re
from pathlib import Path
from time import localtime, strftime

NAME_LENGTH = 60
"""Characters of a run's name at most: safe on every file system, and short enough to read."""


def create(runs: Path, lpar: str, at: float) -> Path:
    """Make the folder of a new run below `runs`, named after the time and the LPAR.

    Args:
        runs: where runs are kept; made if it is missing.
        lpar: the LPAR's name.
        at: seconds since the epoch.

    Raises:
        OSError: the folder can't be made.
    """
    runs.mkdir(parents=True, exist_ok=True, mode=0o700)
    stem = name(lpar, at)
    for number in range(1, 1000):
        folder = runs / (stem if number == 1 else f"{stem}-{number}")
        try:
            folder.mkdir(mode=0o700)
        except FileExistsError:
            continue
        _sync_folder(runs)
        return folder
    raise FileExistsError(f"{runs / stem}: a thousand runs in one minute")


def name(lpar: str, at: float) -> str:
    """What the folder of a run that begins now is called, short of a number.

    Args:
        lpar: the LPAR's name; what a file system may not take becomes `_`.
        at: seconds since the epoch.
    """
    safe = re.sub(r"[^A-Za-z0-9.-]", "_", lpar).strip(".") or "lpar"
    return f"{strftime('%Y%m%d-%H%M', localtime(at))}-{safe}"[:NAME_LENGTH]


class Folder:
    """The files of one run, by their names within its folder."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def keep(self, name: str, text: str) -> None:
        """Keep a text, replacing the one of the same name in one stroke.

        Raises:
            OSError: it could not be kept.
        """
        put(self.path / name, text)

    def kept(self, name: str) -> str | None:
        """A text as it stands on the disk; None where there is none."""
        try:
            return (self.path / name).read_bytes().decode("utf-8", "surrogateescape")
        except FileNotFoundError:
            return None


class NoFolder:
    """What a dry run has in place of a folder: nothing reaches the disk."""

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}

    def keep(self, name: str, text: str) -> None:
        """Keep a text for as long as the dry run lasts."""
        self._texts[name] = text

    def kept(self, name: str) -> str | None:
        """A text kept before; None where there is none."""
        return self._texts.get(name)


def put(path: Path, text: str) -> None:
    """Replace a file in one stroke, flushed to the disk, readable by its owner only.

    Bytes that were no UTF-8, which a text carries as surrogates, go back as they came.
    """
    path.parent.mkdir(mode=0o700, exist_ok=True)
    beside = path.with_name(path.name + ".new")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8", errors="surrogateescape", newline="") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Flush a folder's entries: a rename is on the disk only when its folder is."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
