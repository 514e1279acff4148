"""The first page, which stands while the rest is imported; and that the screen is left again."""

import os
import pty
import signal
import subprocess
import sys
import termios
from contextlib import contextmanager

import pytest

from .terminals import PATIENCE, Terminal, environment

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


def told(tmp_path, event, size=(24, 80), settings="", program=TELLS, **changes):
    """What a terminal gets of the first page, and what happens there."""
    (tmp_path / "lparwiz").mkdir(exist_ok=True)
    (tmp_path / "lparwiz/settings.toml").write_text(settings)
    with on_terminal(tmp_path, "-c", program.replace("EVENT", event), size=size, **changes) as it:
        it.drain()
    return it.seen


@contextmanager
def on_terminal(tmp_path, *arguments, size=(24, 80), **changes):
    """A program of ours on a terminal; waits for its end."""
    master, slave = pty.openpty()
    termios.tcsetwinsize(slave, size)
    process = subprocess.Popen(
        [sys.executable, *arguments],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env=environment(XDG_CONFIG_HOME=str(tmp_path), XDG_STATE_HOME=str(tmp_path), **changes),
        start_new_session=True,
    )
    os.close(slave)
    running = Terminal.__new__(Terminal)
    running.master, running.process, running.seen = master, process, b""
    yield running
    process.wait(PATIENCE)
    os.close(master)


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


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_leaves_the_screen_too(tmp_path, number):
    event = f"os.kill(os.getpid(), {int(number)}); print('went on')"
    seen = told(tmp_path, event)
    assert seen.count(ENTERS) == seen.count(LEAVES) == 1
    assert b"went on" not in seen


def test_what_a_signal_did_before_it_does_again(tmp_path):
    before = "import signal; kept = signal.getsignal(signal.SIGTERM)\n"
    after = "print('as before:', signal.getsignal(signal.SIGTERM) is kept)"
    program = TELLS.replace("import os, sys\n", f"import os, sys\n{before}")
    seen = told(tmp_path, "pass", program=program.replace('print("after")', after))
    assert b"as before: True" in seen


def test_whoever_draws_next_takes_the_screen_over(tmp_path):
    event = "from lparwiz.ui.opening import take_over; print('stood:', take_over())"
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


def test_the_demo_has_it_while_its_site_starts(tmp_path):
    with on_terminal(tmp_path, "-m", "lparwiz", "demo") as demo:
        demo.read_until(b"Nothing real is touched.")
        demo.process.send_signal(signal.SIGTERM)
        demo.drain()
    assert demo.seen.count(ENTERS) == demo.seen.count(LEAVES) == 1
    assert demo.process.returncode == 128 + signal.SIGTERM


def test_a_step_page_waits_for_neither_pydantic_nor_asyncssh():
    """Each takes 80 ms to import, which is a third of the time to the first page."""
    program = "import sys, lparwiz.ui.running; print({'pydantic', 'asyncssh'} & set(sys.modules))"
    command = [sys.executable, "-c", program]
    found = subprocess.run(command, env=environment(), capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "set()"


@pytest.mark.parametrize("ran", [True, False], ids=["runs", "none"])
def test_without_a_command_it_stands_while_the_runs_are_read(tmp_path, ran):
    if ran:
        (tmp_path / "lparwiz/runs/an-empty-folder").mkdir(parents=True)
    with on_terminal(tmp_path, "-m", "lparwiz") as bare:
        bare.drain()
    page, _, rest = bare.seen.partition(LEAVES)
    assert (b" opening " in page) is ran
    assert b"Usage:" in (rest if ran else page)
