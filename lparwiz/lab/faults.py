"""Faults: what goes wrong, on which host, at which command, how often."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

KINDS = (
    "fail", "hang", "drop-before", "drop-after", "drop-during", "cut-short", "garbage",
    "other-locale", "other-channel", "status-disagrees", "unreachable", "kill-node", "rmc-down",
    "hook", "falls-silent", "cut-lines",
)  # fmt: skip


@dataclass
class Fault:
    """One fault.

    `fail`: refused with `text` and `status`, nothing runs. `hang`: nothing runs and no answer
    comes for `seconds` lab seconds (None: ever), then the connection is cut. `drop-before`: the
    connection is cut, nothing runs. `drop-after`: it runs, the connection is cut, the answer is
    lost. `drop-during`: it runs on, but the connection is cut after `seconds`.
    `cut-short`: it runs, half of the answer comes, then the connection is cut. `garbage`:
    it runs, `text` decides what comes instead: `binary`, `escapes` or `long` (1 MB).
    `other-locale`: the console answers this one in Polish. `other-channel`: output and error text
    change places. `status-disagrees`: a success exits 1, a failure 0. `unreachable`: the host's
    connections are cut and new ones refused for `seconds` (None: for good). `kill-node`: the
    machine dies. `rmc-down`: RMC to the LPAR is lost. `hook`: `call` is called, or `command` is
    run on host `on` by somebody else; then the command runs as usual. `falls-silent`: after
    `seconds` nothing more comes of it, though it goes on. `cut-lines`: each piece of its output
    comes in two, the second half with the first of the next.
    """

    kind: str
    host: str = "*"
    """A label, or `*`."""
    pattern: str = ""
    """A regular expression searched in the command line; empty: every command."""
    count: int | None = 1
    """How often; None: always."""
    skip: int = 0
    """Matches that pass first."""
    seconds: float | None = None
    text: str = ""
    status: int = 1
    on: str = ""
    command: str = ""
    call: Callable[[], None] | None = None
    seen: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"no such fault: {self.kind}")
        re.compile(self.pattern)

    def matches(self, host: str, line: str) -> bool:
        """Whether it strikes now; counts the match."""
        if self.host not in ("*", host) or not re.search(self.pattern, line):
            return False
        self.seen += 1
        past = self.seen - self.skip
        return past > 0 and (self.count is None or past <= self.count)


class Faults:
    """All faults of a site, in the order in which they were added."""

    def __init__(self) -> None:
        self.all: list[Fault] = []

    def add(self, kind: str, host: str = "*", pattern: str = "", **more: Any) -> Fault:
        """Switch a fault on."""
        fault = Fault(kind, host, pattern, **more)
        self.all.append(fault)
        return fault

    def clear(self) -> None:
        """Switch all off."""
        self.all.clear()

    def strike(self, host: str, line: str) -> list[Fault]:
        """The faults that strike this command."""
        return [fault for fault in self.all if fault.matches(host, line)]


def garbage(kind: str) -> bytes:
    """Bytes that no parser expects: `binary`, `escapes` or `long`."""
    match kind:
        case "escapes":
            return b"\x1b[2J\x1b]0;owned\x07\x1b[31mHSCL\x9b\xe2\x80\xae reversed\x08\x08\n"
        case "long":
            return b"name=" + b"A" * 1_000_000 + b"\n"
    return bytes(range(256)) * 4 + b"\xff\xfe\x00\n"
