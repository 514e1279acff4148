"""lparwiz played: in this process, in one of its own, or on a terminal."""

import os
import pty
import select
import signal
import subprocess
import sys
import termios
import time
from contextlib import chdir, contextmanager

from click.testing import CliRunner

from lparwiz.cli import main

PATIENCE = 60.0
"""Seconds after which a wait for something that must come is a failure."""
SPEED = 100.0
"""Lab seconds a second, of a run on a terminal."""
ROOMY = (50, 160)
"""Lines and columns in which each page has room: an answer needs no paging."""


def lparwiz(*words, folder, variables=()):
    """A command played in this process, as if it were one of its own: its start costs a second."""
    environment = {"XDG_STATE_HOME": str(folder / "state"), **dict(variables)}
    heeded = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.getsignal(number) for number in heeded]
    try:
        with chdir(folder):
            runner = CliRunner(env=environment)
            found = runner.invoke(main, [*map(str, words)], catch_exceptions=False)
    finally:
        for number, handler in zip(heeded, before, strict=True):
            signal.signal(number, handler)
    return subprocess.CompletedProcess(words, found.exit_code, found.stdout, found.stderr)


def started(*words, folder):
    """A command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "lparwiz", *map(str, words)],
        env={**os.environ, "XDG_STATE_HOME": str(folder / "state")},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
    )


def wait_for(condition, read=None):
    """Until a condition holds; it is looked at again and again, and the terminal `read` read."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "it never came"
        if read is None:
            time.sleep(0.05)
        elif select.select([read], [], [], 0.05)[0]:
            os.read(read, 65536)


def until(master, wanted):
    """What a terminal was sent, up to and with `wanted`; None: to its end."""
    drawn = b""
    end = time.monotonic() + PATIENCE
    while wanted is None or wanted not in drawn:
        readable, _, _ = select.select([master], [], [], 1)
        assert time.monotonic() < end, drawn[-500:]
        if not readable:
            continue
        try:
            block = os.read(master, 65536)
        except OSError:  # the other end is closed: the process has ended
            block = b""
        if not block:
            assert wanted is None, drawn[-500:]
            break
        drawn += block
    return drawn


@contextmanager
def on_a_terminal(folder, *words, speed=SPEED, program=("-m", "lparwiz"), term="xterm-256color"):
    """A process of ours on a terminal of its own: `(process, master)`."""
    master, slave = pty.openpty()
    termios.tcsetwinsize(slave, ROOMY)
    process = subprocess.Popen(
        [sys.executable, *program, *words, "--speed", str(speed)],
        env={**os.environ, "XDG_STATE_HOME": str(folder / "state"), "TERM": term},
        stdin=slave,
        stdout=slave,
        stderr=slave,
        start_new_session=True,
    )
    os.close(slave)
    try:
        yield process, master
    finally:
        process.kill()
        process.wait()


def runs(folder):
    """Where a command played in that folder keeps its runs."""
    return folder / "state" / "lparwiz" / "runs"
