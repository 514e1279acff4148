"""A terminal that is there and isn't read: no command to any host waits for it."""

import os
from itertools import pairwise

from lparwiz.lab.scenario import Scenario
from lparwiz.run import journal as journals

from .labs import lab
from .processes import on_a_terminal, runs, until, wait_for

F1, F2, ENTER = b"\x1bOP", b"\x1bOQ", b"\r"
SPEED = 20.0
UNREAD = 60.0
"""Seconds of the engine's clock in which nobody reads, at the least."""
ROUND = 5.0
"""Seconds of it between two rounds of a node."""


def test_a_minute_in_which_nobody_reads_leaves_no_gap_in_the_journal(tmp_path):
    """The pty is held open and full to its brim; commands go out as if it were read."""
    with lab(Scenario(route="outside"), tmp_path / "lab", speed=SPEED) as site:
        wizard = ("wizard", str(site.change_path))
        with on_a_terminal(tmp_path, *wizard, speed=SPEED) as (process, master):
            until(master, b"[>Go on<]")
            for _ in range(200):  # each of these draws a page: far more than a pty holds
                os.write(master, F1 + F2)
            rounds = len(site.commands("lltconfig", "query"))
            wait_for(lambda: len(site.commands("lltconfig", "query")) > rounds + UNREAD / ROUND)
            answered = events(tmp_path)[-1].number
            os.write(master, ENTER)
            wait_for(lambda: questions(tmp_path) >= 2)
            assert process.poll() is None
        unread = [event.at for event in events(tmp_path)[answered:]]
        assert len(unread) > 10
        assert max(later - at for at, later in pairwise(unread)) < UNREAD / 2
        assert site.verdict()["clean"]


def events(folder):
    (path,) = runs(folder).glob("*/journal.jsonl")
    return journals.read(path)


def questions(folder):
    """How many the run has come to."""
    return sum(event.kind == "question" for event in events(folder))
