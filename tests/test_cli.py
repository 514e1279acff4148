"""The command line: what it prints, its exit statuses, and what it leaves unimported."""

import os
import signal
import subprocess
import sys

import pytest

from lparwiz.lab.scenario import Scenario

from .labs import lab
from .processes import PATIENCE, lparwiz, started, wait_for


def test_help_imports_neither_textual_nor_asyncssh(tmp_path):
    script = (
        "import sys\n"
        "from click.testing import CliRunner\n"
        "from lparwiz.cli import main\n"
        "assert CliRunner().invoke(main, ['--help']).exit_code == 0\n"
        "print([m for m in ('textual', 'rich', 'asyncssh', 'pydantic') if m in sys.modules])\n"
    )
    found = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert found.stdout.strip() == "[]"


def test_new_writes_a_file_that_is_never_overwritten(tmp_path):
    assert lparwiz("new", "change.toml", folder=tmp_path).returncode == 0
    first = (tmp_path / "change.toml").read_bytes()
    again = lparwiz("new", "change.toml", folder=tmp_path)
    assert again.returncode == 2
    assert "change.toml" in again.stderr
    assert (tmp_path / "change.toml").read_bytes() == first


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, ["no such file", "lparwiz new"]),
        ("route = [", ["TOML"]),
        ('version = 1\nroute = "ful"\n', ['did you mean "full"', "line 2"]),
        ('version = 1\ntimmers = 1\nroute = "full"\n', ["timmers", "timers"]),
    ],
)
def test_a_wrong_change_file_is_exit_status_2_with_the_place(tmp_path, text, words):
    if text is not None:
        (tmp_path / "change.toml").write_text(text)
    for command in ("run", "wizard"):
        found = lparwiz(command, "change.toml", folder=tmp_path)
        assert found.returncode == 2
        assert "Traceback" not in found.stderr
        assert all(word in found.stderr for word in words), found.stderr
    assert not (tmp_path / "state").exists()


@pytest.mark.parametrize("command", ["run", "wizard", "resume", "demo"])
def test_exit_status_3_means_the_same_in_help_as_in_the_readme(tmp_path, command):
    said = " ".join(lparwiz(command, "--help", folder=tmp_path).stdout.split())
    assert "or not begun, because another run is under way there or owes something" in said


def test_an_unknown_route_on_the_command_line_is_exit_status_2(tmp_path):
    found = lparwiz("demo", "--route", "sideways", folder=tmp_path)
    assert found.returncode == 2
    assert "outside" in found.stderr


def test_the_wizard_without_a_terminal_says_why(tmp_path):
    with lab(Scenario(route="outside"), tmp_path / "lab") as site:
        found = started("wizard", site.change_path, folder=tmp_path)
        assert site.commands("") == []
    assert found.returncode == 2
    assert "terminal" in found.stderr
    assert "ssh -t" in found.stderr


def test_a_folder_that_cannot_be_made_is_said_and_nothing_is_begun(tmp_path):
    (tmp_path / "file").write_text("")
    with lab(Scenario(route="outside"), tmp_path / "lab") as site:
        found = started("run", site.change_path, "--runs", "file/runs", folder=tmp_path)
        assert site.commands("") == []
    assert found.returncode == 2
    assert "--runs" in found.stderr
    assert "Traceback" not in found.stderr


def test_a_dry_run_tells_what_would_be_owed_and_ends_with_no_debt_to_pay(tmp_path):
    with lab(Scenario(route="full"), tmp_path / "lab", speed=100.0) as site:
        words = ("run", site.change_path, "--dry-run", "--speed", 100)
        found = lparwiz(*words, folder=tmp_path)
        assert site.verdict()["clean"]
    assert "would owe on db01: peerinact" in found.stdout
    said = [line.split("  ", 1)[1] for line in found.stdout.splitlines()]
    outcomes = ("it is migrated", "it is not migrated")
    first, second = (said.index(f"== From here on supposing: {each} ==") for each in outcomes)
    assert first < second
    results = [line for line in said if line.startswith("result ")]
    assert "result These commands would run." in results
    assert not any("read back" in line or "runs on p9-west" in line for line in results), results
    assert "nowhere" not in found.stdout
    assert "owed  " not in found.stdout
    assert "Pay it with" not in found.stdout


def test_a_pipe_that_closes_early_does_not_stop_a_run(tmp_path):
    with lab(Scenario(route="outside"), tmp_path / "lab", speed=100.0) as site:
        reader, writer = os.pipe()
        os.close(reader)
        environment = {**os.environ, "XDG_STATE_HOME": str(tmp_path / "state")}
        found = subprocess.run(
            [sys.executable, "-m", "lparwiz", "run", str(site.change_path), "--speed", "100"],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=writer,
            stderr=subprocess.PIPE,
            check=False,
        )
        os.close(writer)
        verdict = site.verdict()
    assert verdict["migrated"]
    assert verdict["timers_restored"]
    assert found.returncode == 0, found.stderr


def test_no_freeze_is_said_to_be_none(tmp_path):
    found = lparwiz("history", folder=tmp_path)
    assert (found.returncode, found.stdout) == (0, "")
    assert "No freeze was seen yet" in found.stderr


def test_checks_ended_by_ctrl_c_do_not_end_with_the_status_of_a_warning(tmp_path):
    with lab(Scenario(route="outside"), tmp_path / "lab") as site:
        site.fault(host="db01", pattern=".", kind="hang", count=None)
        process = subprocess.Popen(
            [sys.executable, "-m", "lparwiz", "check", str(site.change_path)],
            env={**os.environ, "XDG_STATE_HOME": str(tmp_path / "state")},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        wait_for(lambda: site.events("command"))
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    assert "ended by Ctrl-C" in said
    assert "Traceback" not in said


@pytest.mark.parametrize(
    "words",
    [
        ("measure", "change.toml", "--for", "nan"),
        ("measure", "change.toml", "--speed", "NaN"),
        ("lab", "--freeze", "nan"),
        ("demo", "--speed", "nan"),
    ],
    ids=" ".join,
)
def test_what_is_no_number_is_refused(tmp_path, words):
    found = lparwiz(*words, folder=tmp_path)
    assert found.returncode == 2
    assert f"'{words[-1]}' is no number" in found.stderr
