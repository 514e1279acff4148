"""The first page, which stands while the rest is imported; and that the screen is left again."""

import os
import pty
import signal
import subprocess
import sys
import termios

import pytest
from ui_terminals import PATIENCE, Terminal, environment

ENTERS, LEAVES = b"\x1b[?1049h", b"\x1b[?1049l"

TELLS = """
import os, sys
from lparwiz.ui.opening import opening
with opening("db01.toml", plain_asked=None):
    late = {"textual", "asyncssh", "pydantic", "asyncio"} & set(sys.modules)
    print("imported:", *sorted(late))
    EVENT
print("after")
"""


def told(tmp_path, event, size=(24, 80), settings="", **changes):
    """What a terminal gets of the first page, and what happens there."""
    (tmp_path / "lparwiz").mkdir(exist_ok=True)
    (tmp_path / "lparwiz/settings.toml").write_text(settings)
    master, slave = pty.openpty()
    termios.tcsetwinsize(slave, size)
    process = subprocess.Popen(
        [sys.executable, "-c", TELLS.replace("EVENT", event)],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env=environment(XDG_CONFIG_HOME=str(tmp_path), **changes),
        start_new_session=True,
    )
    os.close(slave)
    running = Terminal.__new__(Terminal)
    running.master, running.process, running.seen = master, process, b""
    running.drain()
    os.close(master)
    process.wait(PATIENCE)
    return running.seen


def test_it_names_the_change_and_the_state_before_anything_long_is_imported(tmp_path):
    seen = told(tmp_path, "pass")
    page, rest = seen.split(b"imported:")
    assert b"lparwiz  db01.toml" in page
    assert b" opening " in page
    assert b"No host has been asked for anything yet." in page
    assert rest.split(b"\x1b")[0].strip() == b""
    assert seen.index(LEAVES) < seen.index(b"after")


def test_a_failure_leaves_the_screen_before_it_is_told(tmp_path):
    seen = told(tmp_path, "raise SystemExit('The change file has 2 problems.')")
    assert seen.count(ENTERS) == seen.count(LEAVES) == 1
    assert seen.index(LEAVES) < seen.index(b"2 problems")


def test_whoever_draws_next_takes_the_screen_over(tmp_path):
    event = "from lparwiz.ui.opening import taken_over; print('stood:', taken_over())"
    seen = told(tmp_path, event)
    assert b"stood: True" in seen
    assert LEAVES not in seen


@pytest.mark.parametrize(
    ("settings", "changes"),
    [("plain = true\n", {}), ("", {"LPARWIZ_PLAIN": "1"}), ("", {"TERM": "dumb"})],
    ids=["settings", "environment", "dumb"],
)
def test_nothing_is_drawn_where_no_screen_may_be_wanted(tmp_path, settings, changes):
    assert ENTERS not in told(tmp_path, "pass", settings=settings, **changes)


@pytest.mark.parametrize("size", [(24, 80), (5, 20), (0, 0)])
def test_no_line_is_longer_than_the_terminal(tmp_path, size):
    page = told(tmp_path, "pass", size=size).split(b"imported:")[0].decode()
    for line in page.replace("\x1b[7m", "").replace("\x1b[m", "").split("\r\n")[1:-1]:
        assert len(line.rstrip("\r")) <= (size[1] or 80), line


def test_the_wizard_draws_over_it_and_leaves_the_screen_once(tmp_path):
    """The scripted engine's wizard, begun as the command begins it."""
    terminal = Terminal(tmp_path / "orders", OPENING="db01.toml")
    terminal.read_until(b"F10")
    terminal.process.send_signal(signal.SIGTERM)
    terminal.drain()
    terminal.process.wait(PATIENCE)
    os.close(terminal.master)
    assert terminal.seen.index(b" opening ") < terminal.seen.index(b"F10")
    assert terminal.seen.count(ENTERS) == terminal.seen.count(LEAVES) == 1
