"""The disk: stands in for `os` where the journal and the folder write."""

import errno
import os
import re
from pathlib import Path

from . import faults

_KIND = re.compile(rb'"kind": "([^"]+)"')


class Disk:
    """Meets a point at each write of the journal and each file of the folder.

    Args:
        world: knows the points, and dies where a kill strikes.
    """

    def __init__(self, world) -> None:
        self._world = world
        self._full_at_the_fsync = False

    def __getattr__(self, name: str):
        return getattr(os, name)

    def write(self, descriptor: int, data) -> int:
        kind = _KIND.search(bytes(data[:120]))
        fault = self._world.meet("write", kind[1].decode() if kind else "?")
        if fault in ("killed-in-the-write", faults.FULL):
            os.write(descriptor, data[: len(data) // 2])
        if fault in faults.KILLS["write"]:
            self._world.die()
        if fault == faults.FULL:
            self._full()
        self._full_at_the_fsync = fault == faults.FULL_AT_THE_FSYNC
        return os.write(descriptor, data)

    def fsync(self, descriptor: int) -> None:  # noqa: ARG002 - as os has it; memory needs none
        if self._full_at_the_fsync:
            self._full_at_the_fsync = False
            self._full()

    def open(self, path, flags: int, mode: int = 0o777) -> int:
        new = flags & os.O_CREAT and Path(path).suffix == ".new"
        fault = self._world.meet("keep", Path(path).stem) if new else None
        descriptor = os.open(path, flags, mode)
        if fault is not None:
            if fault in (*faults.KILLS["keep"], faults.FULL):
                os.write(descriptor, b"half")
                os.close(descriptor)
            if fault in faults.KILLS["keep"]:
                self._world.die()
            if fault == faults.FULL:
                # A backup that can't be kept stops its step; the way back is still sent.
                self._full(stops=Path(path).stem == "ledger.md")
        return descriptor

    def _full(self, *, stops: bool = True) -> None:
        self._world.life.full = stops
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
