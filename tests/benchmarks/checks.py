"""python -m tests.benchmarks.checks [--nodes 64] [--runs 5]: how long all checks take.

The lab is a process of its own, behind real SSH servers; the time is the wall's, from nothing
connected to all judged. The commands that each host received are the lab's own record.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from lparwiz import change as changes
from lparwiz import checking, demo
from lparwiz.lab.process import control
from lparwiz.run.snapshot import Level

GOAL = 3.0
"""Seconds for all checks of a 64-node cluster on two cores."""
MOST_COMMANDS = 2
"""On each node."""


def main() -> int:
    """Print a table; 1 where a goal was missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nodes", type=int, default=64)
    parser.add_argument("--runs", type=int, default=5)
    asked = parser.parse_args()
    held = True
    say(f"load of the last minute: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    say("run  wall s  own CPU s  lab CPU s  commands: a node, a console  findings  not passed")
    with (
        demo.start("full", "succeeds", asked.nodes, 1.0) as site,
        tempfile.TemporaryDirectory() as runs,
    ):
        change = changes.read(site.change_file)
        for number in range(1, asked.runs + 1):
            held &= once(number, site.folder, change, Path(runs))
    ended = "held" if held else "MISSED"
    say(f"goal: below {GOAL:g} s, {MOST_COMMANDS} commands on a node: {ended}")
    return int(not held)


def once(number: int, folder: Path, change: changes.Change, runs: Path) -> bool:
    """Examine once, print a row, and say whether the goals were held."""
    before = len(control(folder, {"do": "record"})["record"])
    lab_began, own_began, began = lab_seconds(folder), time.process_time(), time.monotonic()
    examined = checking.examine(change, runs)
    wall, own = time.monotonic() - began, time.process_time() - own_began
    lab = lab_seconds(folder) - lab_began
    record = control(folder, {"do": "record", "since": before})["record"]
    sent = Counter(event["host"] for event in record if event["kind"] == "command")
    nodes = max(count for host, count in sent.items() if not host.startswith("hmc"))
    consoles = max(count for host, count in sent.items() if host.startswith("hmc"))
    stops = sum(each.level in (Level.STOP, Level.UNKNOWN) for each in examined.findings)
    say(
        f"{number:>3}{wall:>8.2f}{own:>11.2f}{lab:>11.2f}{nodes:>18}{consoles:>11}"
        f"{len(examined.findings):>10}{stops:>12}"
    )
    return wall < GOAL and nodes <= MOST_COMMANDS and not stops


def lab_seconds(folder: Path) -> float:
    """CPU seconds that the lab's process has used."""
    pid = json.loads((folder / "ready").read_text())["pid"]
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def say(text: str) -> None:
    """Print a line at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
