"""Saved runs of this and of earlier versions: each is taken up again, or refused in words.

A site like the one in which the run was saved is brought to where the run left it by the run's own
commands. What is judged is what the lab recorded, and the run's own files. See `journals/make.py`.
"""

import asyncio
import json
import shutil
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner

from lparwiz import change as changes
from lparwiz import prepared, session
from lparwiz.cli import main
from lparwiz.errors import Trouble
from lparwiz.remote.connection import Connections
from lparwiz.run import journal as journals
from lparwiz.run.ledger import replay
from lparwiz.steps.runbook import runbook

from .journals.make import HERE, STOPS, scenario
from .labs import judge, lab, options
from .operators import HOSTS, commands

SAVED = sorted(path.parent for path in HERE.glob("*/*/journal.jsonl"))


@pytest.fixture(params=SAVED, ids=lambda path: f"{path.parent.name}/{path.name}")
def saved(request, tmp_path) -> Path:
    """A saved run, in a folder of runs of its own."""
    folder = tmp_path / "runs" / request.param.name
    shutil.copytree(request.param, folder)
    return folder


def lparwiz(*words: str, runs: Path):
    """The command line with these words: exit status and what it printed."""
    done = CliRunner().invoke(main, [*words, "--runs", str(runs)])
    return done.exit_code, done.output


def sent(folder: Path) -> list[tuple[str, str, bool]]:
    """What the run sent to change a host: the lab's name of it, the command, whether answered."""
    events = journals.read(folder / "journal.jsonl")
    answered = [event.data["command"] for event in events if event.kind == "answered"]
    return [
        (
            HOSTS.get(event.data["host"], event.data["host"]),
            event.data["command"],
            event.data["command"] in answered,
        )
        for event in events
        if event.kind == "sent"
    ]


@contextmanager
def left_there(folder: Path, place: Path, monkeypatch):
    """A lab as the run left its site; the hosts of the change file are the lab's own."""
    with lab(scenario(folder.name), place) as site:
        own = changes.read(site.change_path).hosts
        monkeypatch.setattr(session, "Connections", lambda _hosts, limits: Connections(own, limits))
        under_way = []
        for host, line, answered in sent(folder):
            running = asyncio.run_coroutine_threadsafe(
                site.lab.site.execute(host, line), site._loop
            )
            if answered:
                running.result(60)
            else:
                under_way.append(running)
        yield site
        for running in under_way:
            running.result(60)


def taken_up(folder, site, **how):
    """The exit status of the run's next life; None where it is refused, in words."""
    files, received = contents(folder), len(site.events("command"))
    try:
        engine = session.take_up(folder, options(folder.parents[1]), **how)
    except Trouble as trouble:
        refused = trouble
    else:
        engine.start()
        status = engine.join()
        assert engine.error is None, engine.error
        return status
    assert all((refused.title, refused.seen, refused.next_step)), refused
    assert "ledger.md" in refused.next_step
    assert len(site.events("command")) == received
    assert contents(folder) == files
    return None


def contents(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def judge_end(site, folder, status, *, migrated):
    assert status == (0 if migrated else 1)
    judge(site.verdict(), STOPS[folder.name].route, migrated=migrated)
    starts = site.commands("migrlpar", "-o m")
    assert len(starts) == int(migrated or STOPS[folder.name].migration == "fails-midway")
    assert "Nothing is owed." in (folder / "ledger.md").read_text(encoding="utf-8")


def test_it_is_taken_up_again_or_refused_in_words(saved, tmp_path, monkeypatch):
    with left_there(saved, tmp_path / "lab", monkeypatch) as site:
        status = taken_up(saved, site, answerer=prepared.decided)
        if status is None:
            assert not same_steps(saved)
            return
        judge_end(site, saved, status, migrated=STOPS[saved.name].migration == "succeeds")


def test_what_it_owes_is_paid(saved, tmp_path, monkeypatch):
    started = any("migrlpar -o m" in line for _, line, _ in sent(saved))
    with left_there(saved, tmp_path / "lab", monkeypatch) as site:
        status = taken_up(saved, site, answerer=prepared.paying, back=True)
        migrated = started and STOPS[saved.name].migration == "succeeds"
        judge_end(site, saved, status, migrated=migrated)


def test_its_ledger_still_holds_the_commands(saved):
    owed = replay(journals.read(saved / "journal.jsonl")).owed
    kept = saved / "ledger.md"
    told = list(commands(kept.read_text(encoding="utf-8"))) if kept.exists() else []
    assert [line for _, line in told] == [
        line for debt in owed for line in debt.pays.splitlines() if not line.startswith("#")
    ]
    status, printed = lparwiz("ledger", saved.name, runs=saved.parent)
    assert status == 0
    assert list(commands(printed)) == told


def test_it_is_listed_verified_and_handed_over(saved):
    owed = replay(journals.read(saved / "journal.jsonl")).owed
    status, printed = lparwiz("runs", "--json", runs=saved.parent)
    assert status == 0
    told = json.loads(printed)
    assert (told["run"], told["owed"]) == (saved.name, len(owed))
    assert told["state"] == ("ended 3" if STOPS[saved.name].left else "unfinished")
    status, printed = lparwiz("verify", saved.name, runs=saved.parent)
    assert status == 0
    assert "each follows from the one before" in printed
    status, printed = lparwiz(
        "handover", saved.name, "--by", "ann", "--why", "an old run", runs=saved.parent
    )
    assert status == 0
    assert (f"{len(owed)} debt" if owed else "owes nothing") in printed
    assert "Nothing is owed." in (saved / "ledger.md").read_text(encoding="utf-8")


def same_steps(folder: Path) -> bool:
    """Whether a saved run began with this version's steps."""
    begun = journals.read(folder / "journal.jsonl")[0]
    change = changes.parse((folder / "change.toml").read_text(), folder / "change.toml")
    return begun.data["steps"] == [step.id for step in runbook(change)]


def test_this_version_has_saved_runs_of_its_own():
    """If not: `python -m tests.journals.make NAME`, once a version."""
    newest = {path.name for path in SAVED if same_steps(path)}
    assert newest == set(STOPS)
