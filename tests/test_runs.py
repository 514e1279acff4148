"""The commands for runs that were begun: listed, shown, taken up, paid, handed over, or refused."""

import itertools
import json
import os
import re
import subprocess
import sys

import pytest

from lparwiz.lab.scenario import Scenario
from lparwiz.run.journal import Journal
from lparwiz.run.ledger import Debt, as_data

from .labs import lab
from .processes import lparwiz, started


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


def test_the_ledger_of_a_run_that_is_being_played_says_to_pay_nothing_by_hand(tmp_path):
    folder = tmp_path / "state" / "lparwiz" / "runs" / "20260101-0000-db01"
    folder.mkdir(parents=True)
    journal = Journal(folder / "journal.jsonl", lambda: 0.0)
    journal.write("begun", lpar="db01")
    journal.write("debt incurred", debt=as_data(Debt("peerinact/db01", "db01", "raised", "lower")))
    found = lparwiz("ledger", folder=tmp_path)
    assert "being played right now" in found.stderr
    assert "lower" in found.stdout
    journal.close()
    assert lparwiz("ledger", folder=tmp_path).stderr == ""


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


@pytest.mark.parametrize("words", [(), ("runs",), ("ledger",), ("history",), ("resume",), ("pay",)])
def test_a_place_for_runs_that_is_no_folder_is_not_taken_for_one_without_runs(tmp_path, words):
    (tmp_path / "file").write_text("")
    option = ("--runs", "file") if words else ()
    found = lparwiz(*words, *option, folder=tmp_path, variables={"LPARWIZ_RUNS": "file"})
    assert found.returncode == 2
    assert "can't be listed" in found.stderr
    assert str(tmp_path / "file") in found.stderr or "\nfile" in found.stderr
    assert "Traceback" not in found.stderr


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


@pytest.mark.parametrize(
    "words", [(), ("--by", "ann"), ("--why", "paid"), ("--by", "", "--why", "")]
)
def test_a_handover_says_who_and_why_or_shows_how(tmp_path, words):
    found = lparwiz("handover", "20260101-0000-db01", *words, folder=tmp_path)
    assert found.returncode == 2
    assert 'lparwiz handover 20260101-0000-db01 --by ann --why "paid by hand"' in found.stderr
