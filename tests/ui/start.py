"""Starts the wizard on the terminal it is given, over a scripted engine; a file keeps its orders.

Run as `python start.py ORDERS [NODES]`.
"""

import os
import sys
from contextlib import nullcontext
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import seam as sample

from lparwiz.run.orders import Answered
from lparwiz.run.snapshot import RunState
from lparwiz.ui.opening import opening
from lparwiz.ui.running import run_wizard
from lparwiz.ui.terminal import NoTerminal


class Playing(sample.ScriptedSeam):
    """Walks from the timers to the migration as it is answered."""

    def __init__(self, snapshot, orders):
        super().__init__(snapshot)
        self._file = orders

    def send(self, order):
        super().send(order)
        with self._file.open("a") as file:
            file.write(f"{order}\n")
        if isinstance(order, Answered) and order.question == "timers.go":
            self.publish(question=sample.WORD)
        elif isinstance(order, Answered):
            moving = sample.migrating(len(self.latest().panes) - 1)
            self.publish(
                state=RunState.WORKING,
                steps=moving.steps,
                current=moving.current,
                pages=moving.pages,
                question=None,
            )


def main():
    nodes = int(sys.argv[2]) if len(sys.argv) > 2 else 2
    seam = Playing(sample.snapshot(nodes), Path(sys.argv[1]))
    first = os.environ.get("OPENING")
    try:
        with opening(first, plain_asked=False) if first else nullcontext():
            return run_wizard(seam, theme=os.environ.get("THEME"))
    except NoTerminal as error:
        sys.stderr.write(f"{error}\n")
        return 2


if __name__ == "__main__":
    sys.exit(main())
