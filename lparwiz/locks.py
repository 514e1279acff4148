"""Two runs on one machine that touch the same LPAR or the same hosts exclude each other."""

import fcntl
import hashlib
import os
from contextlib import ExitStack
from pathlib import Path

from lparwiz.change import Change
from lparwiz.errors import Trouble


class Busy(Trouble):
    """Another run on this machine is at the same LPAR or the same host right now."""

    status = 3


def hold(runs: Path, change: Change, run: str) -> ExitStack:
    """Lock everything that a change touches, until what is returned is closed.

    The locks are the kernel's: whatever becomes of the process, none is left behind.

    Args:
        runs: where runs are kept; the locks stand in a folder beside it.
        change: what is touched.
        run: who holds them, for whoever is refused.

    Raises:
        Busy: another run holds one of them.
    """
    held = ExitStack()
    touched = {f"LPAR {change.lpar.name}": f"lpar {change.lpar.name}"}
    touched |= {host.label: f"host {host.address} {host.port or 22}" for host in change.hosts}
    folder = runs.with_name(f"{runs.name}.locks")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        for what, key in sorted(touched.items()):
            _lock(held, folder / hashlib.sha256(key.encode()).hexdigest()[:16], what, run)
    except BaseException:
        held.close()
        raise
    return held


def _lock(held: ExitStack, path: Path, what: str, run: str) -> None:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    held.callback(os.close, descriptor)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        holder = os.read(descriptor, 200).decode("utf-8", "replace")
        raise Busy(
            f"Another run is at {what} right now.",
            holder,
            "Wait until it has ended, or leave it there first.",
        ) from error
    os.truncate(descriptor, 0)
    os.pwrite(descriptor, f"{run}, process {os.getpid()}".encode(), 0)
