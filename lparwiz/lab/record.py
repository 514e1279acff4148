"""What truly happened in the lab: the judge's only witness."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TextIO

Event = dict[str, Any]


class Record:
    """An append-only list of events, each with its number, lab second and kind.

    Args:
        now: The lab's time, in seconds.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self.events: list[Event] = []
        self._now = now
        self._file: TextIO | None = None

    def note(self, kind: str, **facts: Any) -> None:
        """Append one event."""
        event: Event = {"n": len(self.events), "at": round(self._now(), 3), "kind": kind, **facts}
        self.events.append(event)
        if self._file is not None:
            self._write(event)

    def of(self, kind: str) -> list[Event]:
        """Every event of one kind, oldest first."""
        return [event for event in self.events if event["kind"] == kind]

    def commands(self, host: str | None = None) -> list[str]:
        """Every command line that a host (None: any) was given, oldest first."""
        return [e["line"] for e in self.of("command") if host is None or e["host"] == host]

    def keep(self, path: Path) -> None:
        """Write every event to a file too, from the first on, a JSON object a line."""
        path.touch(mode=0o600)
        self._file = path.open("w", encoding="utf-8")
        for event in self.events:
            self._write(event)

    def close(self) -> None:
        """Close the file, if there is one."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _write(self, event: Event) -> None:
        assert self._file is not None
        self._file.write(json.dumps(event) + "\n")
        self._file.flush()
