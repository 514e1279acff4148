"""The wizard as a process of its own on a pseudo-terminal of 80x24."""

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
from pathlib import Path

START = str(Path(__file__).with_name("start.py"))
ROOT = str(Path(__file__).parents[2])
PATIENCE = 30
"""Seconds; only a failure takes so long."""


def environment(**changes):
    return {**os.environ, "PYTHONPATH": ROOT, "TERM": "xterm-256color", **changes}


class Terminal:
    """A wizard on a terminal of 80x24."""

    def __init__(self, orders, **changes):
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self.process = subprocess.Popen(
            [sys.executable, START, str(orders)],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=environment(**changes),
            start_new_session=True,
        )
        os.close(slave)
        self.seen = b""

    def read_until(self, part):
        """Everything that was drawn, up to and with `part`."""
        while part not in self.seen:
            ready, _, _ = select.select([self.master], [], [], PATIENCE)
            assert ready, self.seen[-2000:]
            self.seen += os.read(self.master, 65536)

    def drain(self):
        """What is drawn until the process has gone."""
        while True:
            try:
                data = os.read(self.master, 65536)
            except OSError:  # EIO: the last one to hold the other end has gone
                return
            if not data:
                return
            self.seen += data


class Attached:
    """A client of tmux on a terminal of its own."""

    def __init__(self, *command):
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self.process = subprocess.Popen(
            command,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=environment(TERM="xterm-256color", TMUX="", TMUX_PANE=""),
            start_new_session=True,
        )
        os.close(slave)
        self.seen = b""

    read_until = Terminal.read_until
    drain = Terminal.drain

    def close(self):
        """The client goes; the session stays."""
        self.process.kill()
        self.process.wait()
        os.close(self.master)


def attached(tmux, socket, session):
    """One more terminal that looks at a session of tmux."""
    return Attached(tmux, "-S", socket, "attach-session", "-t", session)
