"""Pictures of the pages as the operator saw them, kept in the run's folder.

The wizard never waits for a disk and never fails for one: a thread of its own writes, and what
can't be written is told once and left.
"""

import queue
import re
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lparwiz.run.folder import put

if TYPE_CHECKING:
    from collections.abc import Callable

FOLDER = "screens"
"""Where they are kept within the run's folder."""

PATIENCE = 1.0
"""Seconds that the end of the wizard waits for the last picture, and no longer."""


@dataclass(frozen=True)
class _Kept:
    """One file that is to be written."""

    stem: str
    suffix: str
    text: "Callable[[], str]"
    told: "Callable[[str], object]" = lambda _: None
    """Told the file's name once it is written, from the writing thread."""


class Pictures:
    """The pictures of one run.

    Args:
        folder: the run's.
    """

    def __init__(self, folder: Path) -> None:
        self.failed: Callable[[str], None] = lambda _: None
        """Told once, from the writing thread, why a picture could not be kept."""
        self._folder = folder / FOLDER
        self._waiting: queue.SimpleQueue[_Kept | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    def keep(
        self, number: int, step: str, svg: str, told: "Callable[[str], object]" = lambda _: None
    ) -> None:
        """Keep what Textual exported as the next picture of step `number`; returns at once.

        Args:
            number: the step's.
            step: its id.
            svg: what was exported.
            told: called with the file's name once it is written, from the writing thread.
        """
        self._put(_Kept(f"{number:02d}-{step}", ".svg", lambda: _cleaned(svg), told))

    def keep_text(self, name: str, text: str) -> None:
        """Keep a page's text; returns at once."""
        stem = re.sub(r"[^A-Za-z0-9._-]", "-", name).lstrip(".-") or "page"
        self._put(_Kept(stem, ".txt", lambda: f"{text}\n"))

    def _put(self, kept: _Kept) -> None:
        if self._thread is None:
            # A daemon: a disk that hangs must not keep the process from ending.
            self._thread = threading.Thread(target=self._write, name="pictures", daemon=True)
            self._thread.start()
        self._waiting.put(kept)

    def close(self) -> None:
        """Wait a moment for what is still being written."""
        self._waiting.put(None)
        if self._thread is not None:
            self._thread.join(PATIENCE)

    def _write(self) -> None:
        told = False
        while (taken := self._waiting.get()) is not None:
            try:
                path = self._free(taken.stem, taken.suffix)
                put(path, taken.text())
                taken.told(path.name)
            except OSError as error:
                if not told:
                    self.failed(error.strerror or str(error))
                told = True

    def _free(self, stem: str, suffix: str) -> Path:
        """A name that no picture has yet: an earlier life of the run may have kept some."""
        number = 1
        while (path := self._folder / f"{stem}-{number}{suffix}").exists():
            number += 1
        return path


def _cleaned(svg: str) -> str:
    """Called in the thread that writes: imported with the wizard it holds up its first page."""
    from lparwiz.ui.svg import clean  # noqa: PLC0415 - for that

    return clean(svg)
