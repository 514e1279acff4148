"""The command line: what it prints, its exit statuses, and what it leaves unimported."""

import contextlib
import itertools
import json
import os
import pty
import re
import select
import shlex
import signal
import subprocess
import sys
import time

import pytest
from click.testing import CliRunner

from lparwiz.cli import main
from lparwiz.lab.scenario import Scenario
from lparwiz.run.journal import Journal
from lparwiz.run.ledger import Debt, as_data

from .labs import lab

PATIENCE = 60.0
"""Seconds after which a wait for something that must come is a failure."""


def lparwiz(*words, folder, variables=()):
    """A command played in this process, as if it were one of its own: its start costs a second."""
    environment = {"XDG_STATE_HOME": str(folder / "state"), **dict(variables)}
    heeded = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.getsignal(number) for number in heeded]
    try:
        with contextlib.chdir(folder):
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


@pytest.mark.parametrize(("migration", "status"), [("succeeds", 0), ("fails-midway", 1)])
def test_a_demo_plays_by_itself_and_shows_the_labs_record(tmp_path, migration, status):
    words = ("demo", "--unattended", "--migration", migration, "--speed", "100")
    found = started(*words, folder=tmp_path)
    assert found.returncode == status, found.stdout + found.stderr
    assert "all clean: yes" in found.stdout
    assert "Its clock went 100 times as fast as yours." in found.stdout
    assert found.stderr == ""
    kept = {path.name for path in (tmp_path / "state" / "lparwiz").iterdir()}
    assert kept == {"demo"}, "a demo keeps its runs apart from real ones"


def test_a_demo_that_is_left_doesnt_ask_to_be_taken_up_without_its_site(tmp_path):
    found = started("demo", "--plain", folder=tmp_path)
    assert "It stands at 1/14 Connect; nothing is owed." in found.stdout
    assert "ends with the demo" in found.stdout
    assert "lparwiz resume" not in found.stdout


def test_a_dry_run_tells_what_would_be_owed_and_ends_with_no_debt_to_pay(tmp_path):
    with lab(Scenario(route="full"), tmp_path / "lab", speed=100.0) as site:
        words = ("run", site.change_path, "--dry-run", "--speed", 100)
        found = lparwiz(*words, folder=tmp_path)
        assert site.verdict()["clean"]
    assert "would owe on db01: peerinact" in found.stdout
    assert "owed  " not in found.stdout
    assert "Pay it with" not in found.stdout


def test_a_killed_demo_takes_its_lab_along(tmp_path):
    environment = {"XDG_STATE_HOME": str(tmp_path / "state"), "TMPDIR": str(tmp_path)}
    process = subprocess.Popen(
        [sys.executable, "-m", "lparwiz", "demo", "--unattended", "--speed", "1"],
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    wait_for(lambda: any(tmp_path.glob("lparwiz-demo-*/ready")))
    process.kill()
    process.wait()
    wait_for(lambda: any(tmp_path.glob("lparwiz-demo-*/verdict.json")))  # the last that it does


def test_a_demo_that_was_left_does_not_stand_in_the_way_of_the_next(tmp_path):
    left = tmp_path / "state" / "lparwiz" / "demo" / "20260101-0000-db01"
    left.mkdir(parents=True)
    journal = Journal(left / "journal.jsonl", lambda: 0.0)
    journal.write("begun", lpar="db01")
    journal.write("debt incurred", debt=as_data(Debt("peerinact/db01", "db01", "raised", "lower")))
    journal.close()
    found = started("demo", "--unattended", "--speed", "100", folder=tmp_path)
    assert found.returncode == 0, found.stdout + found.stderr
    look = next(line for line in found.stdout.splitlines() if line.startswith("lparwiz ledger"))
    ledger = lparwiz(*shlex.split(look)[1:], folder=tmp_path)
    assert (ledger.returncode, ledger.stderr) == (0, ""), "as it is printed it finds the run"


def test_json_is_one_object_a_line(tmp_path):
    found = started("demo", "--unattended", "--json", "--speed", "100", folder=tmp_path)
    events = [json.loads(line) for line in found.stdout.splitlines()]
    assert events[-1]["kind"] == "lab"
    assert events[-1]["verdict"]["clean"]
    kinds = {event["kind"] for event in events}
    assert {"begun", "reading", "intent", "done", "decision", "ended"} <= kinds


def test_debts_left_are_printed_with_the_command_that_pays_them(tmp_path):
    with lab(Scenario(route="outside"), tmp_path / "lab", speed=100.0) as site:
        site.fault(
            host="db02", pattern="-T peerinact:1600", kind="fail", count=None, text="refused"
        )
        found = lparwiz("run", site.change_path, "--speed", "100", folder=tmp_path)
    assert found.returncode == 3, found.stdout
    assert "Owed on db02" in found.stdout
    said = found.stdout[found.stdout.index("Owed on") :].splitlines()
    prose = itertools.takewhile(lambda line: line != "Pay it with:", said)
    assert all(len(line) < 80 for line in prose)
    assert "lltconfig -T peerinact:1600" in found.stdout.split("Pay it with:")[1]
    assert re.search(r"Owed on db02 \(root@127\.0\.0\.1, port \d+\):", found.stdout)
    *_, resume, _, pay, folder = found.stdout.splitlines()
    assert resume.startswith("lparwiz resume ")
    assert pay.startswith("lparwiz pay ")
    assert folder.startswith("The run's folder: ")


def test_a_run_with_debts_is_listed_paid_and_then_finished(tmp_path):
    with lab(Scenario(route="outside"), tmp_path / "lab", speed=100.0) as site:
        site.fault(host="db02", pattern="-T peerinact:1600", kind="fail", count=1, text="refused")
        first = lparwiz("run", site.change_path, "--speed", "100", folder=tmp_path)
        assert first.returncode == 3, first.stdout
        head, row = lparwiz("runs", folder=tmp_path).stdout.splitlines()
        assert head.split() == ["run", "state", "owed", "hours", "title"]
        assert head.index("title") == row.index("Move db01")
        (listed,) = lparwiz("runs", "--json", folder=tmp_path).stdout.splitlines()
        assert json.loads(listed)["owed"] == 3  # the timer, and the marks that stay until then
        name = json.loads(listed)["run"]
        assert "lltconfig -T peerinact:1600" in lparwiz("ledger", folder=tmp_path).stdout
        assert "each follows" in lparwiz("verify", name, folder=tmp_path).stdout
        paid = lparwiz("pay", "--speed", "100", folder=tmp_path)
        assert paid.returncode == 0, paid.stdout
        assert len(site.commands("migrlpar", "-o m")) == 1
        assert site.verdict()["clean"]
    assert lparwiz("resume", "--unattended", folder=tmp_path).returncode == 2
    assert "No run is unfinished" in lparwiz("resume", folder=tmp_path).stderr


@pytest.mark.parametrize("lost", [False, True], ids=["change-file-there", "change-file-lost"])
def test_a_run_whose_journal_is_damaged_is_told_of_and_keeps_new_ones_off(tmp_path, lost):
    """Nobody can tell what it owes: its own ledger is shown."""
    with lab(Scenario(route="outside"), tmp_path / "lab", speed=100.0) as site:
        site.fault(host="db02", pattern="-T peerinact:1600", kind="fail", count=None)
        assert lparwiz("run", site.change_path, "--speed", "100", folder=tmp_path).returncode == 3
        (journal,) = tmp_path.glob("state/lparwiz/runs/*/journal.jsonl")
        journal.write_bytes(journal.read_bytes().replace(b'"begun"', b'"BEGUN"'))
        if lost:
            (journal.parent / "change.toml").unlink()
        (listed,) = lparwiz("runs", "--json", folder=tmp_path).stdout.splitlines()
        found = lparwiz("run", site.change_path, "--speed", "100", folder=tmp_path)
        again = [lparwiz(*words, folder=tmp_path) for words in ((), ("resume",), ("pay",))]
        assert len(site.commands("migrlpar", "-o m")) == 1
    assert json.loads(listed)["state"] == "damaged: see ledger.md"
    assert found.returncode == 3
    assert f"Nobody can tell whether the earlier run {journal.parent.name}" in found.stderr
    assert "lltconfig -T peerinact:1600" in found.stderr
    for each in again:
        assert each.returncode == 2
        assert "journal is damaged" in each.stderr
        assert "ledger.md" in each.stderr


def test_a_damaged_run_on_other_hosts_is_in_nobodys_way(tmp_path):
    with (
        lab(Scenario(route="outside"), tmp_path / "lab", speed=100.0) as site,
        lab(Scenario(route="outside", lpar="db77"), tmp_path / "other", speed=100.0) as other,
    ):
        run = tmp_path / "state" / "lparwiz" / "runs" / "20260101-0000-db77"
        run.mkdir(parents=True)
        (run / "journal.jsonl").write_text("what\n")
        (run / "change.toml").write_text(other.change_path.read_text())
        found = lparwiz("run", site.change_path, "--speed", "100", folder=tmp_path)
    assert found.returncode == 0, found.stdout + found.stderr


def test_a_run_killed_in_its_migration_is_taken_up_and_brought_to_its_end(tmp_path):
    with lab(Scenario(route="full"), tmp_path / "lab", speed=50.0) as site:
        process = subprocess.Popen(
            [sys.executable, "-m", "lparwiz", "run", str(site.change_path), "--speed", "50"],
            env={**os.environ, "XDG_STATE_HOME": str(tmp_path / "state")},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
        )
        for line in process.stdout:
            if "Migration In Progress" in line:
                process.kill()
                break
        process.stdout.close()
        process.wait()
        found = started("resume", "--unattended", "--speed", "50", folder=tmp_path)
        verdict = site.verdict()
        assert len(site.commands("migrlpar", "-o m")) == 1
    assert found.returncode == 0, found.stdout + found.stderr
    assert verdict["clean"]
    assert verdict["migrated"]


def test_a_run_whose_change_file_was_changed_is_not_taken_up(tmp_path):
    with lab(Scenario(route="outside"), tmp_path / "lab", speed=100.0) as site:
        site.fault(host="db02", pattern="-T peerinact:1600", kind="fail", count=None)
        lparwiz("run", site.change_path, "--speed", "100", folder=tmp_path)
        text = site.change_path.read_text()
        site.change_path.write_text(text.replace('"90s"', '"60s"'))
        found = lparwiz("resume", "--unattended", folder=tmp_path)
    assert found.returncode == 2
    assert '+peerinact = "60s"' in found.stderr


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


@pytest.mark.parametrize("words", [(), ("runs",), ("ledger",), ("history",), ("resume",), ("pay",)])
def test_a_place_for_runs_that_is_no_folder_is_not_taken_for_one_without_runs(tmp_path, words):
    (tmp_path / "file").write_text("")
    option = ("--runs", "file") if words else ()
    found = lparwiz(*words, *option, folder=tmp_path, variables={"LPARWIZ_RUNS": "file"})
    assert found.returncode == 2
    assert "can't be listed" in found.stderr
    assert str(tmp_path / "file") in found.stderr or "\nfile" in found.stderr
    assert "Traceback" not in found.stderr


def test_a_run_whose_journal_cannot_be_opened_is_told_of(tmp_path):
    """Not listed it would pass for a run that owes nothing."""
    runs = tmp_path / "state" / "lparwiz" / "runs"
    run = runs / "20260101-0000-db01"
    run.mkdir(parents=True)
    (run / "journal.jsonl").symlink_to("journal.jsonl")
    (listed,) = lparwiz("runs", "--json", folder=tmp_path).stdout.splitlines()
    assert json.loads(listed)["owed"] == "?"
    found = lparwiz("resume", folder=tmp_path)
    assert found.returncode == 2
    assert "can't be read" in found.stderr
    assert str(run / "journal.jsonl") in found.stderr


@pytest.mark.parametrize(
    "words", [(), ("--by", "ann"), ("--why", "paid"), ("--by", "", "--why", "")]
)
def test_a_handover_says_who_and_why_or_shows_how(tmp_path, words):
    found = lparwiz("handover", "20260101-0000-db01", *words, folder=tmp_path)
    assert found.returncode == 2
    assert 'lparwiz handover 20260101-0000-db01 --by ann --why "paid by hand"' in found.stderr


@pytest.mark.parametrize("name", ["nosuch", "", "..", "a/b"])
def test_a_run_that_is_not_there_is_named(tmp_path, name):
    for command in ("ledger", "verify", "pay", "resume"):
        found = lparwiz(command, name, folder=tmp_path)
        assert found.returncode == 2
        assert f"There is no run {name!r}." in found.stderr
        assert "`lparwiz runs` lists them all." in found.stderr


def test_no_runs_are_said_to_be_none(tmp_path):
    found = lparwiz("runs", folder=tmp_path)
    assert found.returncode == 0
    assert found.stdout == ""
    assert f"There is no run in {tmp_path / 'state' / 'lparwiz' / 'runs'}" in found.stderr


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
        end = time.monotonic() + PATIENCE
        while not site.events("command"):
            select.select([process.stdout], [], [], 0.05)
            assert time.monotonic() < end
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
