"""The freezes that were seen, kept from change to change in one plain file.

`history.jsonl` in the folder of the runs, readable by its owner only: one JSON object a line, only
ever appended to. A last line that a crash tore is passed over, and the next one begins anew. A
watch that belongs to no run has a file of its own beside it for as long as it lasts.
"""

import json
import math
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from pathlib import Path
from time import localtime, strftime
from typing import Any

FILE = "history.jsonl"
"""Its name in the folder of the runs."""
UNENDED = "watching-*.jsonl"
"""The names of the files of watches that have not ended, in the same form; the last line counts."""
LONGEST = 600.0
"""Seconds: the longest freeze that is believed, PowerHA's own limit during a migration (facts,
vcs.md 7). More is a node that was switched off, or hundredths typed where seconds are meant."""


class Kind(StrEnum):
    """How a figure came about."""

    MIGRATION = "migration"
    """Watched during a run's own migration."""
    REHEARSAL = "rehearsal"
    """Watched while something else migrated it."""
    TYPED = "typed"
    """Told by a person."""


@dataclass(frozen=True)
class Seen:
    """One figure."""

    at: float
    """Seconds since the epoch."""
    lpar: str
    source: str
    """Managed system that it stood on."""
    target: str
    seconds: float
    """The longest freeze, on the safe side."""
    least: float
    """Seconds that it lasted at the least."""
    samples: int
    """Signs of life seen by the source that tells it; 0 where it was typed in."""
    by: str
    """Who saw it, such as `ticks of db01`, or where the typed figure is from."""
    kind: Kind
    memory: int | None = None
    """MB, as its profile says; None where no console told."""
    run: str = ""
    """The run's name; empty for a rehearsal without a run."""
    whole: bool = False
    """Whether the LPAR was seen to migrate meanwhile, and the silence to end. What is not was at
    least so long, and may only raise a timer; so may a line that doesn't tell."""

    @property
    def counts_fully(self) -> bool:
        """Whether the freeze took no longer: it was seen whole, or a person says so."""
        return self.whole or self.kind is Kind.TYPED

    def may_lower(self, source: str, target: str) -> bool:
        """Whether the rule may stay below the guide's 90 s by it, between these two systems."""
        return self.counts_fully and self.systems == {source, target}

    @property
    def systems(self) -> frozenset[str]:
        """The pair of systems, in either direction."""
        return frozenset((self.source, self.target))

    def __str__(self) -> str:
        when = strftime("%Y-%m-%d %H:%M", localtime(self.at))
        systems = f"{self.source} > {self.target}" if self.source else "systems not told"
        told = [f"{self.seconds:.2f} s"]
        if self.samples:
            told += [f"at least {self.least:.2f} s", f"{self.samples} samples"]
        if self.memory is not None:
            told.append(f"{self.memory} MB")
        told.append(f"{self.kind}: {self.by}")
        if not self.counts_fully:
            told.append("only raises")
        if self.run:
            told.append(f"run {self.run}")
        return f"{self.lpar}  {when}  {systems}  {', '.join(told)}"

    def as_data(self) -> dict[str, Any]:
        """As it stands in the file."""
        return {key: value for key, value in asdict(self).items() if value not in (None, "")}


class History:
    """What was seen on this machine.

    Args:
        path: the file; None keeps nothing beyond this run.
        seen: what is known besides, such as from the journals of runs older than the file.
    """

    def __init__(self, path: Path | None, seen: Iterable[Seen] = ()) -> None:
        self._path = path
        told, self.unread = _read(path) if path is not None else ((), "")
        """What of the file can't be read, in a sentence; empty: nothing."""
        self._seen = [*seen, *told]

    @property
    def all(self) -> tuple[Seen, ...]:
        """Everything, in the order in which it was kept."""
        return tuple(self._seen)

    def of(self, lpar: str) -> tuple[Seen, ...]:
        """Everything seen of an LPAR, the latest last."""
        return tuple(seen for seen in self.all if seen.lpar == lpar)

    def longest(self, lpar: str, source: str, target: str) -> Seen | None:
        """The longest between these two systems, if it may lower a timer; else the longest of all.

        One above `LONGEST` is passed over: it would block every later change.
        """

        def order(seen: Seen) -> tuple[float, bool]:
            return seen.seconds, seen.may_lower(source, target)

        mine = [seen for seen in self.of(lpar) if seen.seconds <= LONGEST]
        # One that doesn't tell its systems may have been between these.
        pair = [seen for seen in mine if seen.systems in ({source, target}, {""})]
        most = max(pair, key=order, default=None)
        if most is not None and most.may_lower(source, target):
            return most
        return max(mine, key=order, default=None)

    def keep(self, seen: Seen) -> None:
        """Add a figure.

        Raises:
            OSError: it could not be written; it is known for the rest of this run all the same.
        """
        self._seen.append(seen)
        if self._path is not None:
            append(self._path, seen)


class Unended:
    """The longest that a watch outside of any run has seen by now: a kill leaves it in its file.

    Args:
        runs: the folder of the runs.
        name: what no other watch there is called.
    """

    def __init__(self, runs: Path, name: str) -> None:
        self.path = runs / UNENDED.replace("*", name)

    def note(self, seen: Seen | None) -> None:
        """Note another figure; None: what was noted was no freeze.

        Raises:
            OSError: it could not be written.
        """
        if seen is None:
            self.end()
        else:
            append(self.path, seen)

    def end(self) -> None:
        """The watch has ended, and nothing is cut off.

        Raises:
            OSError: the file could not be removed.
        """
        self.path.unlink(missing_ok=True)


def unended(runs: Path, own: Path | None = None) -> tuple[Seen, ...]:
    """What watches had seen that have not ended, but for the one whose file is `own`."""
    paths = sorted(path for path in runs.glob(UNENDED) if path != own)
    return tuple(seen[-1] for path in paths if (seen := read(path)))


def append(path: Path, seen: Seen) -> None:
    """Write a figure at the end of the file, flushed to the disk.

    Raises:
        OSError: it could not be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    line = json.dumps(seen.as_data(), ensure_ascii=True).encode("ascii") + b"\n"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        size = os.fstat(descriptor).st_size
        if size and os.pread(descriptor, 1, size - 1) != b"\n":
            line = b"\n" + line
        rest = memoryview(line)
        while rest:  # a full disk takes a part of it first
            rest = rest[os.write(descriptor, rest) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read(path: Path) -> tuple[Seen, ...]:
    """What the file tells, in its order; a line that can't be read is passed over."""
    told, _ = _read(path)
    return told


def _read(path: Path) -> tuple[tuple[Seen, ...], str]:
    """The same, and what of the file can't be read, in a sentence."""
    try:
        lines = path.read_bytes().splitlines()
    except FileNotFoundError:
        return (), ""
    except OSError as error:
        return (), f"The history can't be read: {path}: {error.strerror or error}."
    lines = [line for line in lines if line.strip()]
    told = tuple(seen for line in lines if (seen := _parse(line)) is not None)
    if len(told) == len(lines):
        return told, ""
    count = f"{len(lines) - len(told)} of the {len(lines)} lines in {path}"
    return told, f"Of the history {count} can't be read, and may tell of a longer freeze."


_KEYS = frozenset(field.name for field in fields(Seen))


def _parse(line: bytes) -> Seen | None:
    try:
        return parse(json.loads(line))
    except (ValueError, RecursionError):
        return None


def parse(data: Any) -> Seen | None:
    """A figure from its data; None where it is none."""
    try:
        known = {key: value for key, value in data.items() if key in _KEYS}
        memory = known.get("memory")
        seen = Seen(
            **{
                **known,
                **{key: float(known[key]) for key in ("at", "seconds", "least")},
                **{key: _shown(known[key]) for key in ("lpar", "source", "target", "by")},
                "samples": int(known["samples"]),
                "kind": Kind(known["kind"]),
                "memory": int(memory) if memory is not None else None,
                "run": _shown(known.get("run", "")),
                "whole": known.get("whole") is True,
            }
        )
        localtime(seen.at)  # a time that can't be shown is none
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, OSError):
        return None
    # JSON as Python reads it has NaN and Infinity.
    told = math.isfinite(seen.seconds) and seen.seconds > 0
    return seen if told and math.isfinite(seen.least) and seen.least >= 0 else None


def _shown(value: Any) -> str:
    """Text without what would steer a terminal: the file may have been written by anybody."""
    return "".join(each if each.isprintable() else "?" for each in str(value))
