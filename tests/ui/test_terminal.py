"""The wizard as a process of its own on a real pseudo-terminal."""

import os
import pty
import signal
import subprocess
import sys
import termios

import pytest

from .terminals import PATIENCE, START, Terminal, environment


@pytest.fixture
def terminal(tmp_path):
    started = Terminal(tmp_path / "orders")
    yield started
    if started.process.poll() is None:
        started.process.kill()
        started.process.wait()
    os.close(started.master)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_tells_the_engine_and_leaves_the_terminal_clean(terminal, tmp_path, number):
    terminal.read_until(b"F10")
    terminal.process.send_signal(number)
    terminal.drain()
    assert terminal.process.wait(PATIENCE) == 128 + number
    assert (tmp_path / "orders").read_text() == f"Leave(reason='the screen got {number.name}')\n"
    assert terminal.seen.rindex(b"\x1b[?1049l") > terminal.seen.rindex(b"\x1b[?1049h")
    assert b"Traceback" not in terminal.seen


def test_a_terminal_that_goes_away_ends_the_wizard_in_order(tmp_path):
    terminal = Terminal(tmp_path / "orders")
    terminal.read_until(b"F10")
    os.close(terminal.master)
    terminal.process.send_signal(signal.SIGHUP)
    assert terminal.process.wait(PATIENCE) == 128 + signal.SIGHUP
    assert "Leave(" in (tmp_path / "orders").read_text()


def test_leaving_by_the_keys_ends_with_the_status_for_open_debts(terminal, tmp_path):
    terminal.read_until(b"F10")
    os.write(terminal.master, b"\x11")
    terminal.read_until(b"Leave lparwiz?")
    os.write(terminal.master, b"\x1b[C\r")
    terminal.drain()
    assert terminal.process.wait(PATIENCE) == 3
    assert (tmp_path / "orders").read_text() == "Leave(reason='the operator left')\n"


def test_a_size_exported_long_ago_does_not_outrank_the_terminals_own(tmp_path):
    terminal = Terminal(tmp_path / "orders", COLUMNS="50", LINES="10")
    try:
        terminal.read_until(b"leave")
        assert b"lparwiz draws from" not in terminal.seen
    finally:
        terminal.process.kill()
        terminal.process.wait()
        os.close(terminal.master)


def test_a_screen_has_the_size_of_its_terminal_where_standard_output_is_a_file(tmp_path):
    master, slave = pty.openpty()
    termios.tcsetwinsize(slave, (50, 160))
    started = Terminal.__new__(Terminal)
    started.master, started.seen = master, b""
    started.process = subprocess.Popen(
        [sys.executable, START, str(tmp_path / "orders")],
        stdin=slave,
        stdout=subprocess.DEVNULL,
        stderr=slave,
        env=environment(),
    )
    os.close(slave)
    try:
        started.read_until(b"timeline")  # a key that 80 columns have no room for
        assert b"\x1b[50;" in started.seen
    finally:
        started.process.kill()
        started.process.wait()
        os.close(master)


@pytest.mark.parametrize("closed", ["standard input", "standard error"])
def test_without_a_terminal_it_refuses_and_says_what_to_do(tmp_path, closed):
    master, slave = pty.openpty()
    streams = {"standard input": slave, "standard error": slave, closed: subprocess.PIPE}
    process = subprocess.Popen(
        [sys.executable, START, str(tmp_path / "orders")],
        stdin=streams["standard input"],
        stdout=subprocess.DEVNULL,
        stderr=streams["standard error"],
        env=environment(),
    )
    _, said = process.communicate(timeout=PATIENCE)
    os.close(slave)
    if said is None:
        said = os.read(master, 65536)
    os.close(master)
    assert process.returncode == 2
    assert f"Not a terminal: {closed}.".encode() in said
    assert b"ssh -t" in said
    assert not (tmp_path / "orders").exists()
