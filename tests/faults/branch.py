"""Replays that set out from one run, each at its own point: what came before is played but once.

A branch is a process of its own (fork), with everything that the run had at that instant. It plays
on in the run's own folder, which is put back afterwards; the run waits meanwhile.
"""

import asyncio
import gc
import os
import pickle
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Report:
    """What a branch told at its end."""

    result: Any


class Branches:
    """Sets branches off from a run.

    Args:
        folder: of the run, in memory.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._report: int | None = None

    @property
    def is_one(self) -> bool:
        """Whether this process is a branch, or a branch of one."""
        return self._report is not None

    def set_off(self) -> Report | None:
        """Branch here. In the branch it is None, at once; in the run, its report.

        Raises:
            ChildProcessError: the branch ended without a report.
        """
        kept = {path: path.read_bytes() for path in self._files()}
        loop = asyncio.get_running_loop()
        reading, writing = os.pipe()
        if not (branch := os.fork()):
            os.close(reading)
            gc.disable()  # it is soon over, and looking through what is shared would copy it
            asyncio._set_running_loop(loop)  # else it holds for the other process
            self._report = writing
            return None
        os.close(writing)
        with os.fdopen(reading, "rb") as pipe:
            told = pipe.read()
        _, status = os.waitpid(branch, 0)
        self._put_back(kept)
        if not told:
            raise ChildProcessError(f"a branch ended with status {status} and no report")
        return Report(pickle.loads(told))  # noqa: S301 - our own process wrote it

    def report(self, result: Any) -> None:
        """Tell the run what became of this branch, which ends here."""
        with os.fdopen(self._report, "wb") as pipe:
            pickle.dump(result, pipe)
        os._exit(0)

    def _files(self) -> list[Path]:
        return [path for path in self._folder.rglob("*") if path.is_file()]

    def _put_back(self, kept: dict[Path, bytes]) -> None:
        """In place: a journal that is being written stays the same file."""
        for path in self._files():
            if path not in kept:
                path.unlink()
        for path, content in kept.items():
            path.write_bytes(content)
