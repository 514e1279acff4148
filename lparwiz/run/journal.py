"""The journal: the run's append-only record, flushed to the disk before anything leaves.

One event a line, as JSON, each carrying the hash of the line before it. A last line that was torn
by a crash is expected and dropped; any other damage is an error that names the line.

A journal cut off at the end of a line looks whole. So `ledger.md` beside it, which is written after
the journal and so may lag behind it, carries the number and the hash of the last event that it
knows: a journal that doesn't have that event is damaged.
"""

import fcntl
import hashlib
import json
import os
import re
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lparwiz.errors import Trouble

FORMAT = 1
"""The journal's format, in its first event."""

FIRST = "0" * 64
"""What the first line carries in place of a hash."""

FILE = "journal.jsonl"
"""What it is called in a run's folder."""

LEDGER = "ledger.md"
"""The file beside the journal that tells the last event that it knows."""

TRIES, INSTANT = 10, 0.01
"""How often a journal that is locked is tried again, and after how many seconds each time."""

_ENDS = re.compile(r"^Journal: event ([0-9]{1,9}), SHA-256 ([0-9a-f]{64})\.$", re.MULTILINE)


class JournalFailed(Trouble):
    """The journal can't be written: from here on nothing may be sent to any host."""


class JournalDamaged(Trouble):
    """A journal that doesn't read back as it was written."""


class Played(Trouble):
    """Another process plays this very run right now: two that write one journal would break it."""

    status = 3


@dataclass(frozen=True)
class Event:
    """One thing that was meant, sent, answered, concluded or decided."""

    number: int
    at: float
    """Engine clock, seconds since the epoch."""
    kind: str
    data: Mapping[str, Any]


class Journal:
    """Writes events; keeps them in memory only where no path is given (a dry run)."""

    def __init__(self, path: Path | None, now: Callable[[], float]) -> None:
        self._path = path
        self._now = now
        self._last = FIRST
        self._events: list[Event] = []
        self._listeners: list[Callable[[Event], None]] = []
        self._descriptor: int | None = None
        self._failed: JournalFailed | None = None
        if path is not None:
            self._open(path)

    def _open(self, path: Path) -> None:
        """Open the file, which nobody else can then open so: the lock is the kernel's."""
        with ExitStack() as refused:
            try:
                descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
                refused.callback(os.close, descriptor)
                _lock(descriptor)
                self._events, self._last, whole = _read(path)
                os.truncate(path, whole)
            except BlockingIOError as error:
                raise played(path) from error
            except OSError as error:
                raise _failed(path, error) from error
            refused.pop_all()
        self._descriptor = descriptor

    @property
    def events(self) -> tuple[Event, ...]:
        """All events so far, those of an earlier life of the run included."""
        return tuple(self._events)

    @property
    def ends(self) -> str:
        """The number and the hash of the last event, in a line for `ledger.md`."""
        return f"Journal: event {len(self._events)}, SHA-256 {self._last}."

    def after(self, number: int) -> tuple[Event, ...]:
        """The events that came after event `number`, oldest first; safe from any thread."""
        return tuple(self._events[number:])

    def listen(self, listener: Callable[[Event], None]) -> None:
        """Call `listener` with each event from now on, after it is on the disk."""
        self._listeners.append(listener)

    def write(self, kind: str, **data: Any) -> Event:
        """Append an event and see it onto the disk.

        Raises:
            JournalFailed: it could not be written, now or ever before: half a line may be on the
                disk, and nothing may be sent to any host any more.
        """
        self.check()
        event = Event(len(self._events) + 1, self._now(), kind, data)
        line = _line(event, self._last)
        if self._descriptor is not None:
            try:
                _write_whole(self._descriptor, line)
                os.fsync(self._descriptor)
            except OSError as error:
                self._failed = _failed(self._path, error)
                raise self._failed from error
        self._last = hashlib.sha256(line).hexdigest()
        self._events.append(event)
        for listener in self._listeners:
            listener(event)
        return event

    def check(self) -> None:
        """See that events can still be taken.

        Raises:
            JournalFailed: they can't: nothing may be sent to any host, not even a reading.
        """
        if self._failed is not None:
            raise self._failed

    def fail(self, failed: JournalFailed) -> JournalFailed:
        """Take no event any more: another file of the run could not be written."""
        self._failed = self._failed or failed
        return self._failed

    def close(self) -> None:
        """Let the file go; writing again is an error."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
            self._failed = JournalFailed("The journal is closed: the run is over.", str(self._path))


def _lock(descriptor: int) -> None:
    """Lock a journal for its one writer; who only looks (`is_played`) shares it for an instant.

    Raises:
        BlockingIOError: another process writes it.
    """
    for _ in range(TRIES):
        with suppress(BlockingIOError):
            return fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        time.sleep(INSTANT)
    return fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def is_played(path: Path) -> bool:
    """Whether a process has this journal open to write it; False where nobody can tell."""
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def read(path: Path) -> tuple[Event, ...]:
    """The events of a journal, a torn last line dropped.

    Raises:
        JournalDamaged: a line that isn't what was written, by its number; or the journal ends
            before an event that `ledger.md` beside it knows.
        OSError: the file can't be read.
    """
    return tuple(_read(path)[0])


def _read(path: Path) -> tuple[list[Event], str, int]:
    """The events, the hash of the last line, and the length in bytes of what is whole."""
    known = _known(path)  # first: a run that is being played writes it after its journal
    events: list[Event] = []
    hashes = [FIRST]
    whole = 0
    for number, line in enumerate(path.read_bytes().splitlines(keepends=True), start=1):
        if not line.endswith(b"\n"):
            break
        event, before = _parse(path, number, line)
        if before != hashes[-1] or event.number != number:
            raise _damaged(path, number, "it doesn't follow from the line before it")
        events.append(event)
        hashes.append(hashlib.sha256(line).hexdigest())
        whole += len(line)
    _compare(path, hashes, *known)
    return events, hashes[-1], whole


def _known(path: Path) -> tuple[int, str]:
    """The last event that `ledger.md` knows and its hash; earlier versions' tell none."""
    try:
        ledger = path.with_name(LEDGER).read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return 0, FIRST
    told = _ENDS.findall(ledger)
    return (int(told[-1][0]), told[-1][1]) if told else (0, FIRST)


def _compare(path: Path, hashes: Sequence[str], number: int, known: str) -> None:
    if number >= len(hashes):
        raise _damaged(path, len(hashes), f"it is gone, and {LEDGER} knows event {number}")
    if hashes[number] != known:
        raise _damaged(path, number, f"it is not the one that {LEDGER} knows")


def _line(event: Event, last: str) -> bytes:
    record = {
        "n": event.number,
        "at": event.at,
        "kind": event.kind,
        "data": event.data,
        "prev": last,
    }
    return (json.dumps(record, ensure_ascii=True) + "\n").encode("ascii")


def _parse(path: Path, number: int, line: bytes) -> tuple[Event, str]:
    try:
        record = json.loads(line)
        return (
            Event(int(record["n"]), float(record["at"]), str(record["kind"]), record["data"]),
            str(record["prev"]),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise _damaged(path, number, "it can't be read") from error


def _write_whole(descriptor: int, line: bytes) -> None:
    rest = memoryview(line)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def _failed(path: Path | None, error: OSError) -> JournalFailed:
    return JournalFailed(
        "The journal can't be written, so nothing more is sent to any host.",
        f"{path}: {error.strerror or error}",
        "Make room or mend the permissions, then take the run up again.",
    )


def played(path: Path) -> Played:
    """That a process has this journal open to write it."""
    return Played(
        f"Another process plays {path.parent.name} right now.",
        str(path),
        "Go on there, or leave it there first. Its ledger.md says what is owed.",
    )


def _damaged(path: Path, number: int, why: str) -> JournalDamaged:
    return JournalDamaged(
        f"Line {number} of the journal is damaged: {why}.",
        str(path),
        "Keep the folder as it is. ledger.md beside it says what is owed.",
    )
