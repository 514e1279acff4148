"""Starts the wizard over a scripted engine whose hosts change, on the terminal that it is given.

Run as `python playing.py HOSTS LOAD`; imports little, for its start is measured.
"""

import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "tests/ui"), str(ROOT)]

from lparwiz.ui.opening import opening  # noqa: E402 - found by the line above

ROUNDS = {"all, 4 a second": 4, "six a second": 1, "nothing": 0}
"""Snapshots a second."""
SIX = 6


def main(hosts, load):
    """The wizard, until it is killed; begun as the command begins it."""
    with opening(f"{hosts} hosts", plain_asked=False):
        import seam as sample  # noqa: PLC0415 - as the command does

        from lparwiz.ui.running import run_wizard  # noqa: PLC0415 - as the command does

        return play(sample, run_wizard, hosts, load)


def play(sample, run_wizard, hosts, load):
    """The wizard over hosts that change."""
    at = time.time()
    panes = [replace(sample.node_pane(number), read_at=at) for number in range(1, hosts + 1)]
    seam = sample.ScriptedSeam(sample.snapshot(2, at=at, panes=tuple(panes), folder="/nowhere"))
    rounds = ROUNDS[load]

    def change():
        count = 0
        while True:
            time.sleep(1 / rounds)
            now = time.time()
            many = SIX if rounds == 1 else hosts
            for number in range(count * many, (count + 1) * many):
                pane = panes[number % hosts]
                ports = sample.Field("GAB", f"gen {count:04d}{number % hosts:03d}")
                fields = (*pane.fields[:2], ports, *pane.fields[3:])
                panes[number % hosts] = replace(pane, fields=fields, read_at=now)
            count += 1
            seam.publish(panes=tuple(panes), at=now)

    if rounds:
        threading.Thread(target=change, daemon=True).start()
    return run_wizard(seam)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), sys.argv[2]))
