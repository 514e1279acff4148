"""What a run that is taken up still believes: its change file, its journal, what was left."""

import dataclasses
import hashlib
from pathlib import Path

import pytest
from click.testing import CliRunner

from lparwiz import owing, prepared, runs
from lparwiz.change.model import Decisions
from lparwiz.cli import main
from lparwiz.errors import Trouble
from lparwiz.lab.scenario import Scenario
from lparwiz.run import journal as journals
from lparwiz.run.journal import Journal, JournalDamaged, Played, read
from lparwiz.run.runner import play_run

from ..memory import Memory
from ..operators import Deciding
from .in_memory import Run
from .somebody import World, killed_at, played, removes


async def killed(folder, text="migrlpar -o m") -> Run:
    it = Run(folder, route="full")
    (folder / "change.toml").write_text(it.change.text)
    it.happens.append((text, "killed before"))
    assert await it.once() is None
    return it


async def test_pay_decides_nothing_that_the_change_file_leaves_to_a_person(folder):
    it = Run(folder, {"outcome": "stop"}, route="full")
    await it.once()
    play, steps = it.stage(folder, prepared.paying(it.change))
    try:
        assert await play_run(play, steps, back=True) == 4
    finally:
        play.journal.close()
    assert it.sent("rmsyscfg") == []
    assert "leaves this to a person" in play.journal.events[-1].data["closing"]


async def test_a_run_whose_copy_of_the_change_was_edited_is_refused(folder):
    await killed(folder)
    copy = folder / "change.toml"
    was = copy.read_text()
    copy.write_text(was.replace('"db01"', '"db77"'))
    with pytest.raises(Trouble, match="copy of its change file"):
        runs.as_begun(folder)
    copy.write_text(was)
    assert runs.as_begun(folder).lpar.name == "db01"


async def test_a_change_file_that_is_no_text_any_more_is_refused_in_words(folder):
    it = Run(folder, route="full")
    it.change = dataclasses.replace(it.change, path=folder / "origin.toml")
    for name in ("origin.toml", "change.toml"):
        (folder / name).write_text(it.change.text)
    it.happens.append(("migrlpar -o m", "killed before"))
    assert await it.once() is None
    assert runs.as_begun(folder).lpar.name == "db01"
    (folder / "origin.toml").write_bytes(b"title = '\xe9'\n")
    with pytest.raises(Trouble, match="not what it was when the run began"):
        runs.as_begun(folder)


async def test_a_run_of_an_earlier_version_has_no_hash_of_its_change_and_is_taken_up(folder):
    await killed(folder)
    journal = folder / "journal.jsonl"
    begun = journals.read(journal)[0]
    (folder / "ledger.md").unlink()
    journal.unlink()
    written = journals.Journal(journal, lambda: begun.at)
    written.write("begun", **{key: v for key, v in begun.data.items() if key != "change"})
    written.close()
    assert runs.as_begun(folder).lpar.name == "db01"


async def test_a_journal_cut_at_the_end_of_a_line_is_damaged(folder):
    """It looks whole, and owes nothing; `ledger.md` knows better."""
    await killed(folder)
    path = folder / "journal.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    cut = next(number for number, line in enumerate(lines) if b'"debt incurred"' in line)
    path.write_bytes(b"".join(lines[:cut]))
    with pytest.raises(JournalDamaged, match=f"Line {cut + 1} .* is gone, and ledger.md knows"):
        journals.read(path)
    found = CliRunner().invoke(main, ["verify", folder.name, "--runs", str(folder.parent)])
    assert found.exit_code == 2
    assert "ledger.md" in found.output
    with pytest.raises(JournalDamaged):
        owing.hand_over(folder, "ann", "paid by hand")


async def test_a_run_whose_journal_was_deleted_is_told_of_and_keeps_new_ones_off(folder):
    """Its `ledger.md` is left, so it was a run; a folder with neither never was one."""
    it = await killed(folder)
    (folder / "journal.jsonl").unlink()
    (folder.parent / "20261122-0300-notes").mkdir()
    (run,) = runs.past(folder.parent)
    assert runs.summary(run)["state"] == "damaged: see ledger.md"
    with pytest.raises(owing.Owing, match="Nobody can tell whether"):
        owing.refuse_if_owing(folder.parent, it.change)
    for name in (folder.name, None):
        with pytest.raises(Trouble, match=r"journal of .* can't be read"):
            runs.find(folder.parent, name)
    with pytest.raises(Trouble, match="There is no run"):
        runs.find(folder.parent, "20261122-0300-notes")


async def test_a_journal_that_was_written_anew_is_damaged(folder):
    """Each line follows from the one before; but it is not what `ledger.md` was written after."""
    await killed(folder)
    path = folder / "journal.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    last, forged = journals.FIRST, b""
    for line in lines:
        body, _, _ = line.rpartition(b'"prev"')
        new = body.replace(b"9000", b"9001") + b'"prev": "%s"}\n' % last.encode()
        last = hashlib.sha256(new).hexdigest()
        forged += new
    path.write_bytes(forged)
    with pytest.raises(JournalDamaged, match="not the one that ledger"):
        journals.read(path)


async def test_a_ledger_that_lags_behind_its_journal_is_no_damage(folder):
    """A kill may come between the two."""
    it = await killed(folder, "-T peerinact:9000")
    ledger = folder / "ledger.md"
    lagging = ledger.read_text()
    await it.once()
    path = folder / "journal.jsonl"
    whole = journals.read(path)
    ledger.write_text(lagging)
    assert journals.read(path) == whole


async def test_a_run_is_not_played_by_two_at_once(folder):
    it = await killed(folder)
    play, _ = it.stage(folder, prepared.decided(it.change))
    with pytest.raises(Played, match="plays"):
        it.stage(folder, prepared.decided(it.change))
    play.journal.close()
    it.stage(folder, prepared.decided(it.change))[0].journal.close()


async def test_what_no_decision_says_is_decided_by_default(folder):
    it = Run(folder, route="full")
    it.change = dataclasses.replace(it.change, text="version = 1\n", decisions=Decisions())
    assert await it.once() == 1
    (read, *_, last) = it.told("decision")
    assert (read["question"], read["by"]) == ("connect.continue", "default")
    assert "not accepted" in last["by"]


async def test_what_the_decisions_say_is_decided_by_the_change_file(folder):
    it = Run(folder, route="full")
    assert await it.once() == 0
    assert {each["by"] for each in it.told("decision")} == {"the change file"}


async def test_killed_right_after_a_placeholder_was_left_as_found_it_can_still_go_on(folder):
    """The debt is taken over in the journal, and the placeholder still recorded as ours."""
    gone = {"migrate.proceed": removes("p9-west", "db01_placeholder")}
    choices = {"migrate.stopped": ["again"], "migrate.moved.placeholder": "leave"}
    world = World(Scenario(route="full"))
    await killed_at(world, folder, Deciding(choices, gone), "debt settled", id="placeholder")
    run = await played(world, folder, Deciding())
    assert run.verdict["migrated"], run.snapshot.closing


def test_a_live_run_is_not_handed_over_behind_its_back(folder):
    """Two processes that append to one chain of hashes break it for good."""
    world = Memory(Scenario(route="outside"), Path("/nowhere/change.toml"))
    run = folder / "runs" / "20261122-0214-db01"
    run.mkdir(parents=True)
    (run / "change.toml").write_text(world.change.text)
    journal = Journal(run / "journal.jsonl", world.now)
    debt = {"id": "peerinact/db02", "host": "db02", "what": "raised", "pays": "x", "last": False}
    journal.write("begun", format=1, run=run.name, title="t", lpar="db01", origin="/nowhere/x")
    journal.write("debt incurred", debt=debt)
    with pytest.raises(Played):
        owing.hand_over(run, "bob", "paid by hand")
    journal.write("said", step="timers", text="the wizard goes on")
    journal.close()
    assert len(read(run / "journal.jsonl")) == 3


def test_a_run_whose_journal_is_damaged_is_listed_all_the_same(folder):
    """A mark's page says: stale if `lparwiz runs` doesn't show its run as unfinished."""
    run = folder / "20261122-0214-db01"
    run.mkdir()
    journal = Journal(run / "journal.jsonl", lambda: 0.0)
    debt = {"id": "peerinact/db02", "host": "db02", "what": "raised", "pays": "x", "last": False}
    journal.write("begun", format=1, run=run.name, title="t", lpar="db01", origin="/nowhere/x")
    journal.write("debt incurred", debt=debt)
    journal.write("said", step="timers", text="more")
    journal.close()
    path = run / "journal.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"raised"', b'"RAISED"'))
    assert [each.folder.name for each in runs.past(folder)] == [run.name]
