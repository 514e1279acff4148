"""`lparwiz demo`: a site of its own, which ends with it."""

import json
import os
import shlex
import subprocess
import sys

import pytest

from lparwiz.run.journal import Journal
from lparwiz.run.ledger import Debt, as_data

from .processes import lparwiz, started, wait_for


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


def test_json_is_one_object_a_line(tmp_path):
    found = started("demo", "--unattended", "--json", "--speed", "100", folder=tmp_path)
    events = [json.loads(line) for line in found.stdout.splitlines()]
    assert events[-1]["kind"] == "lab"
    assert events[-1]["verdict"]["clean"]
    kinds = {event["kind"] for event in events}
    assert {"begun", "reading", "intent", "done", "decision", "ended"} <= kinds


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


def test_a_demo_that_is_left_doesnt_ask_to_be_taken_up_without_its_site(tmp_path):
    found = started("demo", "--plain", folder=tmp_path)
    assert "It stands at 1/14 Connect; nothing is owed." in found.stdout
    assert "ends with the demo" in found.stdout
    assert "lparwiz resume" not in found.stdout
