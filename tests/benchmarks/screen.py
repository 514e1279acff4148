"""python -m tests.benchmarks.screen [--seconds 10]: what the wizard's screen costs.

The wizard runs on a pseudo-terminal of its own, over an engine that is a script; its CPU is what
the kernel counts for its process, its bytes what came out of the terminal, a key's way what passed
between writing the key and reading the frame that shows it.
"""

import argparse
import fcntl
import os
import pty
import select
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lparwiz.lab.scenario import Scenario
from lparwiz.ui.opening import STATE
from tests.labs import lab

ROOT = Path(__file__).parents[2]
PLAYING = str(Path(__file__).with_name("playing.py"))
SIZES = (8, 64, 128)
"""Hosts."""
MOST_KEY = 0.050
"""Seconds from a key to its frame, 99 of 100, at 64 hosts that all change four times a second."""
MOST_CPU = {"six a second": 12.0, "nothing": 4.0}
"""Percent of a core at 64 hosts."""
MOST_BYTES = 4 * 1024
"""Bytes a second to the terminal at 64 hosts with six changes a second."""
MOST_START = 1.3
"""The command's first page, and a step's page, after this many times an empty application's."""
MOST_GROWTH = 1.5
"""A host that changed may cost so much more among 128 than among 64."""
STARTS = 10
"""So many starts of each kind, in turn; the quickest counts, for the machine is shared."""
CONNECTS = b"Reach every host"
"""What the first step's page says."""
LOADS = ("all, 4 a second", "six a second", "nothing")


@dataclass(frozen=True)
class Row:
    """What one load cost."""

    hosts: int
    load: str
    cpu: float
    """Percent of a core."""
    rate: float
    """Bytes a second."""
    keys: tuple[float, ...]
    """Seconds from each key to its frame."""
    changed: float
    """Hosts that changed a second."""


@contextmanager
def child(*arguments):
    """A process on a terminal of 160x50: `(process, its terminal)`."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 160, 0, 0))
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm-256color"}
    with tempfile.TemporaryDirectory() as folder:
        environment["XDG_CONFIG_HOME"] = folder
        process = subprocess.Popen(
            [sys.executable, *arguments],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=environment,
            start_new_session=True,
        )
        os.close(slave)
        try:
            yield process, master
        finally:
            process.send_signal(signal.SIGKILL)
            process.wait()
            os.close(master)


def read(terminal, seconds):
    """What the terminal gets within so many seconds."""
    end = time.monotonic() + seconds
    seen = b""
    while (left := end - time.monotonic()) > 0:
        if select.select([terminal], [], [], left)[0]:
            seen += os.read(terminal, 1 << 16)
    return seen


def until(terminal, part, seconds=30.0):
    """Everything up to and with `part`, and how long that took."""
    began = time.monotonic()
    seen = b""
    while part not in seen:
        left = began + seconds - time.monotonic()
        if left <= 0 or not select.select([terminal], [], [], left)[0]:
            raise TimeoutError(part)
        seen += os.read(terminal, 1 << 16)
    return time.monotonic() - began


def cpu_seconds(pid):
    """CPU that the process has used until now."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure(hosts, load, seconds):
    """One load."""
    with child(PLAYING, str(hosts), load) as (process, terminal):
        until(terminal, b"Timers")
        read(terminal, 2.0)
        before, began = cpu_seconds(process.pid), time.monotonic()
        seen = len(read(terminal, seconds))
        spent = time.monotonic() - began
        cpu = cpu_seconds(process.pid) - before
        keys = tuple(key(terminal, number) for number in range(100)) if load == LOADS[0] else ()
    changes = {"all, 4 a second": 4.0 * hosts, "six a second": 6.0, "nothing": 0.0}[load]
    return Row(hosts, load, 100 * cpu / spent, seen / spent, keys, changes)


def key(terminal, number):
    """Seconds from a key to the frame that shows it: the choice in focus wears its brackets."""
    name, shown = ((b"\x1b[C", b"[>Set"), (b"\x1b[D", b"[>Not"))[number % 2]
    read(terminal, 0.11 + number % 7 / 100)  # at another moment between two snapshots each time
    os.write(terminal, name)
    return until(terminal, shown)


def start(*arguments):
    """Seconds from nothing to the painted page."""
    began = time.monotonic()
    with child(*arguments) as (_, terminal):
        until(terminal, b"Timers")
        return time.monotonic() - began


def command(change, runs):
    """Seconds from nothing to the command's first page, and to the first step's."""
    words = ("-m", "lparwiz", "wizard", change, "--runs", runs)
    began = time.monotonic()
    with child(*words) as (_, terminal):
        until(terminal, STATE.encode())
        first = time.monotonic() - began
        until(terminal, CONNECTS)
        return first, time.monotonic() - began


@contextmanager
def compiled():
    """Have the children keep their bytecode, as an installation does.

    In a checkout that may not write it, all of ours would be compiled at each start, and nothing
    of Textual's.
    """
    before = dict(os.environ)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["PYTHONPYCACHEPREFIX"] = folder
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        try:
            yield
        finally:
            os.environ.clear()
            os.environ.update(before)


@compiled()
def starts():
    """Seconds to the command's first page, its step's page, a page of 64 hosts, an empty one.

    The quickest of some, each kind in its turn.
    """
    taken = []
    with tempfile.TemporaryDirectory() as name, lab(Scenario(), Path(name) / "lab") as site:
        for number in range(STARTS + 1):
            runs = str(Path(name) / str(number))
            page = start(PLAYING, "64", "nothing")
            taken.append((*command(str(site.change_path), runs), page, start("-c", EMPTY)))
    return tuple(min(each) for each in zip(*taken[1:], strict=True))  # the first one compiles


def main():
    """Print a table; 1 where a goal was missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--hosts", type=int, nargs="*", default=list(SIZES))
    asked = parser.parse_args()
    say(f"load of the last minute: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    say("hosts  load                CPU %   KiB/s  a change, CPU ms   key p50 ms   p99 ms")
    rows = [measure(hosts, load, asked.seconds) for hosts in asked.hosts for load in LOADS]
    missed = [goal for goal in goals(rows) if not goal[1]]
    first, whole, drawn, empty = starts()
    say(f"an empty application of Textual's: {empty:.2f} s")
    for what, taken, wanted in (
        ("lparwiz wizard CHANGE: its first page", first, True),
        ("  and the first step's page", whole, False),
        ("a step's page alone, of a run of 64 hosts", drawn, True),
    ):
        ratio = taken / empty
        most = f" (at most {MOST_START} wanted)" if wanted else ""
        say(f"{what}: {taken:.2f} s, {ratio:.2f} times{most}")
        if wanted and ratio > MOST_START:
            missed.append((f"{what}: {ratio:.2f} > {MOST_START}", False))
    for goal, _ in missed:
        say(f"MISSED: {goal}")
    say("every goal held" if not missed else f"{len(missed)} goals missed")
    return int(bool(missed))


def goals(rows):
    """Each goal and whether it was held; the rows are printed on the way."""
    per_change = {}
    for row in rows:
        each = row.cpu * 10 / row.changed if row.changed else 0.0
        median = statistics.median(row.keys) * 1000 if row.keys else 0.0
        last = sorted(row.keys)[int(len(row.keys) * 0.99)] if row.keys else 0.0
        say(
            f"{row.hosts:>5}  {row.load:<18}{row.cpu:>7.1f}{row.rate / 1024:>8.2f}{each:>18.2f}"
            f"{median:>13.1f}{last * 1000:>9.1f}"
        )
        per_change[row.hosts, row.load] = each
        if row.hosts != 64:
            continue
        if row.load in MOST_CPU:
            yield f"CPU {row.load}: {row.cpu:.1f} %", row.cpu <= MOST_CPU[row.load]
        if row.load == "six a second":
            yield f"{row.rate / 1024:.2f} KiB/s", row.rate <= MOST_BYTES
        if row.keys:
            yield f"key p99 {last * 1000:.0f} ms", last <= MOST_KEY
    load = "all, 4 a second"
    if (64, load) in per_change and (128, load) in per_change:
        growth = per_change[128, load] / per_change[64, load]
        yield f"a change among 128 costs {growth:.2f} of one among 64", growth <= MOST_GROWTH


def say(text):
    """Print a line at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


EMPTY = """
from textual.app import App
from textual.widgets import Static
class Empty(App):
    def compose(self):
        yield Static("Timers")
Empty().run()
"""


if __name__ == "__main__":
    sys.exit(main())
