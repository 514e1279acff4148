"""The terminal goes, or nobody reads it: hosts are asked on, and nothing spins or hangs."""

import os
import pty
import signal
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest

from lparwiz.lab.scenario import Scenario

from .labs import lab
from .test_cli import until

PATIENCE = 60.0
"""Seconds after which a wait for something that must come is a failure."""


@contextmanager
def wizard(site, folder):
    """A wizard on a terminal of its own, waiting for its first answer."""
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "lparwiz", "wizard", str(site.change_path), "--speed", "100"],
        env={**os.environ, "XDG_STATE_HOME": str(folder / "state"), "TERM": "xterm-256color"},
        stdin=slave,
        stdout=slave,
        stderr=slave,
        start_new_session=True,
    )
    os.close(slave)
    try:
        until(master, b"\x1b[?1049h")
        until(master, b"Connect")
        yield process, master
    finally:
        process.kill()
        process.wait()


def wait_for(condition):
    """Until a condition holds; it is looked at again and again."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.05)


def test_a_closed_terminal_ends_the_wizard_even_without_a_hang_up(tmp_path):
    with lab(Scenario(route="outside"), tmp_path / "lab", speed=100.0) as site:
        with wizard(site, tmp_path) as (process, master):
            os.close(master)
            assert process.wait(PATIENCE) == 1
        assert site.verdict()["clean"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_hosts_are_asked_on_while_nobody_reads_the_terminal_and_it_can_be_ended(tmp_path, number):
    with lab(Scenario(route="outside"), tmp_path / "lab", speed=100.0) as site:
        with wizard(site, tmp_path) as (process, master):
            seen = len(site.commands("lltstat"))
            wait_for(lambda: len(site.commands("lltstat")) > seen + 200)
            process.send_signal(number)
            assert process.wait(PATIENCE) == 1
            os.close(master)
        assert site.verdict()["clean"]
