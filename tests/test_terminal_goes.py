"""The terminal goes, or nobody reads it: hosts are asked on, and nothing spins or hangs."""

import os
import pty
import signal
import subprocess
import sys
import termios
from contextlib import contextmanager
from pathlib import Path

import pytest

from lparwiz import session
from lparwiz.lab.scenario import Scenario
from lparwiz.run import journal as journals
from lparwiz.run.orders import Leave

from .labs import edited, lab
from .operators import LeavingAt
from .processes import PATIENCE, SPEED, on_a_terminal, runs, until, wait_for

LONG = Scenario(route="outside", migration_seconds=600.0)
"""A migration that lasts long enough to lose a terminal in it."""
BUSIER = 2.0
"""How much more of the processor one reading of a host may cost than before. Whatever turns in a
circle beside takes many times that."""


BUSY_FOR_EVER = """
from lparwiz.ui import screen, signals

def paint_for_ever(self):
    while True:
        self.lines["page"].redraw()

screen.WizardScreen.tick = paint_for_ever
signals.PATIENCE = 0.5
from lparwiz.cli import main
main()
"""
"""lparwiz with a screen that never comes to an end, nor its loop to anything else."""


@contextmanager
def wizard(site, folder):
    """A wizard on a terminal of its own, waiting for its first answer."""
    with on_a_terminal(folder, "wizard", str(site.change_path)) as (process, master):
        until(master, b"\x1b[?1049h")
        until(master, b"Connect")
        yield process, master


@contextmanager
def migrating(site, folder):
    """A wizard whose operator has just let the migration begin."""
    options = session.Options(runs(folder), SPEED, watch=False, interval=0.0)
    before = session.begin(edited(site.change_path), options, answerer=LeavingAt("migrate.proceed"))
    before.start()
    assert before.join() == 3
    with on_a_terminal(folder, "resume") as (process, master):
        until(master, b"[>Take the way back<]")
        os.write(master, b"\x1b[C")
        until(master, b"[>Validate<]")
        os.write(master, b"\r")
        until(master, b"nothing typed yet")
        os.write(master, b"db01\r")
        until(master, b"[>Migrate<]")
        os.write(master, b"\r")
        wait_for(lambda: site.commands("migrlpar", "-o m"), master)
        yield process, master


def processor(process):
    """Seconds of the processor's time that a process has used."""
    fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def cost(process, site, commands, read=None):
    """Seconds of the processor's time for each of the next so many commands that hosts get."""
    used, seen = processor(process), len(site.commands())
    wait_for(lambda: len(site.commands()) >= seen + commands, read)
    return (processor(process) - used) / (len(site.commands()) - seen)


def comes_to_rest(process, site, usual):
    """Whether it costs no more than before, once it has taken leave of its terminal."""
    return any(cost(process, site, 50) < usual * BUSIER for _ in range(6))


def ended(folder):
    """How the run ended: its exit status, and in a sentence."""
    (path,) = runs(folder).glob("*/journal.jsonl")
    last = journals.read(path)[-1]
    assert last.kind == "ended"
    return last.data["status"], last.data["closing"]


def test_a_closed_terminal_ends_the_wizard_even_without_a_hang_up(tmp_path):
    with lab(Scenario(route="outside"), tmp_path / "lab", speed=SPEED) as site:
        with wizard(site, tmp_path) as (process, master):
            os.close(master)
            assert process.wait(PATIENCE) == 1
        assert site.verdict()["clean"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_hosts_are_asked_on_while_nobody_reads_the_terminal_and_it_can_be_ended(tmp_path, number):
    with lab(Scenario(route="outside"), tmp_path / "lab", speed=SPEED) as site:
        with wizard(site, tmp_path) as (process, master):
            usual = cost(process, site, 100, read=master)
            assert comes_to_rest(process, site, usual)
            process.send_signal(number)
            assert process.wait(PATIENCE) == 1
            os.close(master)
        assert site.verdict()["clean"]
        assert ended(tmp_path) == (1, f"Stopped at a safe point: the screen got {number.name}.")


def test_a_run_whose_screen_goes_before_it_began_ends_in_order(tmp_path):
    """It begins once its first page stands, and where that never stands, when the screen goes."""
    with lab(Scenario(route="outside"), tmp_path / "lab", speed=SPEED) as site:
        engine = session.begin(edited(site.change_path), session.Options(runs(tmp_path), SPEED))
        page = engine.latest().page
        assert page is not None
        assert page.step == "connect"
        engine.send(Leave("the screen got SIGHUP"))
        engine.start()
        engine.start()
        assert engine.join() == 1
        assert site.verdict()["clean"]
    assert ended(tmp_path) == (1, "Stopped at a safe point: the screen got SIGHUP.")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_ends_the_run_in_order_while_the_screen_paints_for_ever(tmp_path, number):
    with lab(Scenario(route="outside"), tmp_path / "lab", speed=SPEED) as site:
        words, busy = ("wizard", str(site.change_path)), ("-c", BUSY_FOR_EVER)
        with on_a_terminal(tmp_path, *words, program=busy) as (process, master):
            before = termios.tcgetattr(master)
            until(master, b"\x1b[?1049h")
            wait_for(site.commands, master)
            process.send_signal(number)
            left = until(master, None)
            assert process.wait(PATIENCE) == 1
            assert termios.tcgetattr(master) == before
        assert b"\x1b[?1049l" in left
        assert b"Traceback" not in left
        assert site.verdict()["clean"]
        assert ended(tmp_path) == (1, f"Stopped at a safe point: the screen got {number.name}.")


@pytest.mark.parametrize("term", ["dumb", "unknown"])
def test_a_terminal_that_nothing_can_be_drawn_on_gets_lines_and_is_told_why(tmp_path, term):
    with lab(Scenario(route="outside"), tmp_path / "lab", speed=SPEED) as site:
        words = ("wizard", str(site.change_path))
        with on_a_terminal(tmp_path, *words, term=term) as (process, master):
            said = until(master, b"q,?]")
            process.send_signal(signal.SIGTERM)
            said += until(master, None)
            assert process.wait(PATIENCE) == 1
        assert (
            f"asks line by line: nothing can be drawn on a terminal with TERM={term}"
            in " ".join(said.decode().split())
        )
        assert b"\x1b" not in said


def test_a_screen_that_was_asked_for_works_and_rests_on_a_dumb_terminal(tmp_path):
    with lab(Scenario(route="outside"), tmp_path / "lab", speed=SPEED) as site:
        words = ("wizard", str(site.change_path), "--no-plain")
        with on_a_terminal(tmp_path, *words, term="dumb") as (process, master):
            until(master, b"Connect")
            os.write(master, b"\x11")
            until(master, b"Leave lparwiz?")
            process.send_signal(signal.SIGTERM)
            until(master, None)
            assert process.wait(PATIENCE) == 1


def test_ctrl_q_asks_and_then_leaves_the_terminal_as_it_was(tmp_path):
    with lab(Scenario(route="outside"), tmp_path / "lab", speed=SPEED) as site:
        with wizard(site, tmp_path) as (process, master):
            os.write(master, b"\x11")
            until(master, b"Leave lparwiz?")
            os.write(master, b"\x1b[C\r")
            left = until(master, None)
            assert process.wait(PATIENCE) == 1
        assert b"\x1b[?1049l" in left
        assert b"Stopped at a safe point: the operator left." in left
        assert site.verdict()["clean"]


def test_without_a_standard_input_the_wizard_refuses_and_nothing_is_begun(tmp_path):
    with lab(Scenario(route="outside"), tmp_path / "lab", speed=SPEED) as site:
        master, slave = pty.openpty()
        refused = subprocess.run(
            [sys.executable, "-m", "lparwiz", "wizard", str(site.change_path)],
            env={**os.environ, "XDG_STATE_HOME": str(tmp_path / "state")},
            stdin=subprocess.DEVNULL,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            timeout=PATIENCE,
            check=False,
        )
        os.close(slave)
        assert refused.returncode == 2
        assert b"Not a terminal: standard input" in until(master, None)
        os.close(master)
        assert site.commands() == []
    assert not runs(tmp_path).exists()


@pytest.mark.parametrize(
    "goes",
    [(), (signal.SIGHUP, signal.SIGHUP), (signal.SIGTERM, signal.SIGINT)],
    ids=("closed", "two-hang-ups", "term-int"),
)
def test_while_the_hmc_migrates_the_engine_goes_on_without_its_terminal(tmp_path, goes):
    """A shell that ends hangs up its jobs, and the kernel does so once more."""
    with lab(LONG, tmp_path / "lab", speed=SPEED) as site:
        with migrating(site, tmp_path) as (process, master):
            usual = cost(process, site, 50, read=master)
            for number in goes[:1]:
                process.send_signal(number)
                until(master, b"\x1b[?1049l")
            os.close(master)
            assert comes_to_rest(process, site, usual)
            for number in goes[1:]:
                process.send_signal(number)
            assert site.verdict()["migrations"] == ["under way"]
            assert process.wait(PATIENCE) == 4
        assert site.verdict()["migrated"]
        assert len(site.commands("migrlpar", "-o m")) == 1
        status, closing = ended(tmp_path)
    assert status == 4
    assert closing.startswith("Stopped at a safe point: the screen got ")
    assert "lltconfig" in next(runs(tmp_path).glob("*/ledger.md")).read_text()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_run_without_a_screen_waits_for_the_hmc_too_and_then_stops(tmp_path, number):
    with lab(LONG, tmp_path / "lab", speed=SPEED) as site:
        process = subprocess.Popen(
            [sys.executable, "-m", "lparwiz", "run", str(site.change_path), "--speed", str(SPEED)],
            env={**os.environ, "XDG_STATE_HOME": str(tmp_path / "state")},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            wait_for(lambda: site.commands("migrlpar", "-o m"))
            process.send_signal(number)
            process.send_signal(number)
            assert process.wait(PATIENCE) == 4
        finally:
            process.kill()
            process.wait()
        assert site.verdict()["migrated"]
        assert len(site.commands("migrlpar", "-o m")) == 1
    assert ended(tmp_path) == (4, f"Stopped at a safe point: signal {number.name}.")


def test_a_real_wizard_ends_by_a_hang_up_and_leaves_the_terminal_clean(tmp_path):
    with lab(Scenario(route="outside"), tmp_path / "lab", speed=100.0) as site:
        master, slave = pty.openpty()
        process = subprocess.Popen(
            [sys.executable, "-m", "lparwiz", "wizard", str(site.change_path)],
            env={**os.environ, "XDG_STATE_HOME": str(tmp_path / "state"), "TERM": "xterm-256color"},
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
        )
        os.close(slave)
        until(master, b"\x1b[?1049h")
        until(master, b"Connect")
        process.send_signal(signal.SIGHUP)
        rest = until(master, None)
        os.close(master)
        status = process.wait()
        assert site.verdict()["clean"]
    assert status == 1, rest.decode(errors="replace")
    assert rest.count(b"\x1b[?1049l") == 1
    assert b"Traceback" not in rest
