"""A mark on every node and manager keeps runs from other machines off."""

import os
import re
import subprocess
import sys
import threading

import pytest

from lparwiz import locks, prepared, session
from lparwiz.lab.scenario import Scenario
from lparwiz.run.answers import Prepared
from lparwiz.run.runner import play_run
from lparwiz.tools import mark as marks

from ..labs import edited, lab, options, owed, unattended
from ..operators import Deciding, LeavingAt
from .somebody import World, played

CHANGES = re.compile(r"-T peerinact:|\b(?:chsyscfg|mksyscfg|rmsyscfg|migrlpar)\b|\bln \S+lparwiz")
GONE = marks.new("20261101-0100-db99", "db99", "bob@jump9", 1_795_000_000.0, "/home/bob/runs/x")
"""The mark of a run on another LPAR of the same cluster, on a machine that is gone."""


def changes(site):
    return [(host, line) for host, line in site.commands() if CHANGES.search(line)]


def marked(site):
    """What stands on each node that bears a mark."""
    nodes = site.lab.site.cluster.nodes
    found = {node.label: site.call(node.files.tree.get, marks.PATH) for node in nodes}
    return {label: file.content.decode() for label, file in found.items() if file is not None}


def plant(site, mark=GONE, host="db02"):
    assert site.execute(host, marks.place(mark).text)[2] == 0


def left_at(site, folder, question):
    """A run that was left at this question."""
    engine = session.begin(edited(site.change_path), options(folder), answerer=LeavingAt(question))
    engine.start()
    return engine.join(), engine.latest()


def taken_up(folder, answerer=prepared.decided, **how):
    (run,) = (folder / "runs").iterdir()
    engine = session.take_up(run, options(folder), answerer=answerer, **how)
    engine.start()
    return engine.join(), engine.latest()


def stopped(snapshot, step):
    """What a page says where its step stopped."""
    return "\n".join(next(page for page in snapshot.pages if page.step == step).lines)


@pytest.mark.parametrize(
    "scenario",
    [
        Scenario(route="outside"),
        Scenario(route="managed"),
        Scenario(route="full", node_user="ops"),
        Scenario(route="full", lpar="db 01"),
    ],
    ids=["outside", "managed", "sudo", "name-with-a-space"],
)
def test_a_run_on_a_second_machine_is_refused_before_its_first_change(tmp_path, scenario):
    """Two machines share no lock: each has a folder of runs of its own."""
    with lab(scenario, tmp_path / "lab") as site:
        question = "profiles.proceed" if scenario.route == "managed" else "timers.proceed"
        first, _ = left_at(site, tmp_path / "one", question)
        (run,) = (tmp_path / "one" / "runs").iterdir()
        hosts = {node.label for node in site.lab.site.cluster.nodes}
        assert set(marked(site)) == hosts
        before = changes(site)
        second, snapshot = unattended(site, tmp_path / "two")
        assert changes(site) == before
        finished, _ = taken_up(tmp_path / "one")
        verdict = site.verdict()
    assert (first, second, finished) == (3, 1, 0)
    connect = next(page for page in snapshot.pages if page.step == "connect")
    found = {f.host: f for f in connect.findings if f.id == "connect.mark"}
    assert set(found) == hosts
    for finding in found.values():
        for told in (run.name, f"LPAR {scenario.lpar}", "since 20", str(run)):
            assert told in finding.text
        assert f"lparwiz resume {run.name}" in finding.remedy
        assert "lparwiz runs" in finding.remedy
    assert verdict["strays"] == []
    assert verdict["clean"]


class Together(Prepared):
    """Answers like a change file, but the question whether to mark at the same time as another."""

    def __init__(self, change, meeting):
        super().__init__("the test", prepared.decided(change)._answers, ("all",))
        self.meeting = meeting

    async def answer(self, question):
        if question.id == "mark.proceed":
            self.meeting.wait(60)
        return await super().answer(question)


def test_of_two_that_mark_at_the_same_instant_never_both_go_on(tmp_path, monkeypatch):
    with lab(Scenario(route="full"), tmp_path / "lab") as site:
        wanted = edited(site.change_path)
        meeting = threading.Barrier(2)
        engines = []
        for name in ("one", "two"):  # as from two machines: each has locks of its own
            monkeypatch.setattr(locks, "FOLDER", tmp_path / f"{name}.locks")
            answerer = Together(wanted, meeting)
            engines.append(session.begin(wanted, options(tmp_path / name), answerer=answerer))
        for engine in engines:
            engine.start()
        statuses = sorted(engine.join() for engine in engines)
        verdict = site.verdict()
        raised = site.commands("-T peerinact:9000")
    assert statuses in ([0, 1], [1, 1])
    assert len(raised) == (2 if statuses[0] == 0 else 0)
    assert verdict["migrated"] is (statuses[0] == 0)
    assert verdict["clean"], verdict


def test_one_that_comes_second_on_one_node_gives_the_others_free_again(tmp_path):
    with lab(Scenario(route="full", nodes=3), tmp_path / "lab") as site:
        site.fault(
            kind="hook",
            host="db02",
            pattern=r"\bln ",
            on="db02",
            command=marks.place(GONE).text,
            count=1,
        )
        status, snapshot = unattended(site, tmp_path)
        assert marked(site) == {"db02": GONE.line + "\n"}
        assert site.commands("-T peerinact:") == []
    assert status == 1
    assert owed(snapshot).keys() == set()
    assert GONE.line in stopped(snapshot, "mark")
    assert f"lparwiz resume {GONE.run}" in stopped(snapshot, "mark")
    assert "clear it on db02: " + marks.remove(GONE).text in stopped(snapshot, "mark")


def test_a_stale_mark_is_cleared_by_the_command_that_the_page_names(tmp_path):
    """Of another LPAR on the same cluster, from a machine that is gone."""
    with lab(Scenario(route="outside"), tmp_path / "lab") as site:
        plant(site)
        first, snapshot = unattended(site, tmp_path / "one")
        connect = next(page for page in snapshot.pages if page.step == "connect")
        (finding,) = [f for f in connect.findings if f.id == "connect.mark"]
        command = finding.remedy.split("clear it on db02: ")[1]
        assert site.execute("db02", command)[2] == 0
        second, _ = unattended(site, tmp_path / "two")
        verdict = site.verdict()
    assert (first, second) == (1, 0)
    assert verdict["clean"]


@pytest.mark.parametrize(
    "spoil",
    ["echo what > /etc/lparwiz.run", "touch /etc/lparwiz.run", "mkdir /etc/lparwiz.run"],
    ids=["garbage", "empty", "folder"],
)
@pytest.mark.parametrize("late", [False, True], ids=["connect", "mark"])
def test_a_mark_that_cannot_be_understood_is_unknown_and_stops(tmp_path, spoil, late):
    with lab(Scenario(route="outside"), tmp_path / "lab") as site:
        if late:
            site.fault(kind="hook", host="hmc1", pattern="lshmcusr", on="db02", command=spoil)
        else:
            site.execute("db02", spoil)
        status, snapshot = unattended(site, tmp_path)
        assert site.commands("-T peerinact:") == []
        assert site.verdict()["strays"] == [f"db02:{marks.PATH}"]
    assert status == 1
    page = stopped(snapshot, "mark" if late else "connect")
    assert "the mark of a run in /etc/lparwiz.run" in page
    assert "rm /etc/lparwiz.run" in page


def test_a_placing_whose_answer_was_lost_is_known_for_ours_by_reading(tmp_path):
    with lab(Scenario(route="outside"), tmp_path / "lab") as site:
        site.fault(host="db02", pattern=r"\bln ", kind="drop-after")
        status, snapshot = unattended(site, tmp_path)
        assert len(site.commands("ln /etc/lparwiz.run")) == 2
        assert site.verdict()["clean"]
    assert status == 0, snapshot.closing


def test_a_placing_that_never_ran_is_no_mark_and_stays_in_doubt(tmp_path):
    """Its session broke: it may still take effect on db02, so there it stays owed."""
    with lab(Scenario(route="outside"), tmp_path / "lab") as site:
        site.fault(host="db02", pattern=r"\bln ", kind="drop-before")
        status, snapshot = unattended(site, tmp_path)
        assert site.commands("-T peerinact:") == []
        assert site.verdict()["clean"]
    assert status == 3, snapshot.closing
    assert owed(snapshot).keys() == {"mark/db02"}


def test_killed_while_it_marks_it_knows_its_own_and_removes_them(tmp_path):
    with lab(Scenario(route="outside"), tmp_path / "lab", speed=100.0) as site:
        words = [sys.executable, "-m", "lparwiz"]
        shell = {**os.environ, "XDG_STATE_HOME": str(tmp_path / "state")}
        with subprocess.Popen(
            [*words, "run", str(site.change_path), "--speed", "100"],
            env=shell,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            for line in process.stdout:
                if "the mark of this run" in line:
                    process.kill()
                    break
        assert marked(site)
        found = subprocess.run(
            [*words, "resume", "--unattended", "--speed", "100"],
            env=shell,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        verdict = site.verdict()
    assert found.returncode == 0, found.stdout + found.stderr
    assert verdict["clean"], verdict


def test_while_anything_else_is_owed_the_marks_stay_and_pay_removes_them_last(tmp_path):
    with lab(Scenario(route="outside"), tmp_path / "lab") as site:
        site.fault(host="db02", pattern="-T peerinact:1600", kind="fail", count=None)
        first, snapshot = unattended(site, tmp_path / "one")
        assert "The marks stay on db01, db02" in stopped(snapshot, "report")
        assert owed(snapshot).keys() == {"peerinact/db02", "mark/db01", "mark/db02"}
        assert {debt.id for debt in snapshot.ledger[-2:]} == {"mark/db01", "mark/db02"}
        assert set(marked(site)) == {"db01", "db02"}
        second, _ = unattended(site, tmp_path / "two")
        site.call(site.lab.faults.clear)
        paid, last = taken_up(tmp_path / "one", prepared.paying, back=True)
        verdict = site.verdict()
    assert (first, second, paid) == (3, 1, 0), last.closing
    assert verdict["clean"], verdict


def test_a_mark_that_is_not_proven_removed_stays_owed_until_it_is_paid(tmp_path):
    with lab(Scenario(route="outside"), tmp_path / "lab") as site:
        site.fault(host="db02", pattern="rm -f", kind="fail", count=None, skip=1, text="refused")
        first, snapshot = unattended(site, tmp_path)
        assert owed(snapshot).keys() == {"mark/db02"}
        assert "refused" in stopped(snapshot, "report")
        site.call(site.lab.faults.clear)
        paid, _ = taken_up(tmp_path, prepared.paying, back=True)
        assert site.verdict()["clean"]
    assert (first, paid) == (3, 0)


def test_what_another_run_put_in_place_of_ours_is_not_removed(tmp_path):
    with lab(Scenario(route="outside"), tmp_path / "lab") as site:
        stolen = f"rm {marks.PATH}; {marks.place(GONE).text}"
        site.fault(kind="hook", host="hmc1", pattern="migrlpar -o m", on="db02", command=stolen)
        status, snapshot = unattended(site, tmp_path)
        assert marked(site)["db02"] == GONE.line + "\n"
        assert site.commands("-T peerinact:1600") == []
        assert f"lparwiz resume {GONE.run}" in stopped(snapshot, "restore")
        assert f"clear it on db02: {marks.remove(GONE).text}" in stopped(snapshot, "restore")
        assert owed(snapshot).keys() == {
            "peerinact/db01",
            "peerinact/db02",
            "mark/db01",
            "mark/db02",
        }
        site.execute("db02", marks.remove(GONE).text)
        paid, _ = taken_up(tmp_path, prepared.paying, back=True)
        verdict = site.verdict()
    assert (status, paid) == (3, 0)
    assert verdict["clean"], verdict


@pytest.mark.parametrize("cleared", ["rm /etc/lparwiz.run", marks.remove(GONE).text])
def test_taken_up_it_proves_its_marks_anew_before_it_goes_on(tmp_path, cleared):
    """While it lay there somebody took its mark for stale, and may have begun another run."""
    with lab(Scenario(route="outside"), tmp_path / "lab") as site:
        assert left_at(site, tmp_path, "timers.proceed")[0] == 3
        site.execute("db02", "rm /etc/lparwiz.run")
        if "db99" in cleared:
            plant(site)
        status, snapshot = taken_up(tmp_path)
        raised = site.commands("-T peerinact:9000")
        left = marked(site)
    if "db99" in cleared:
        assert status == 1
        assert raised == []
        assert left == {"db02": GONE.line + "\n"}
        assert GONE.line in stopped(snapshot, "mark")
    else:
        assert status == 0
        assert left == {}


def test_nothing_is_marked_where_the_way_back_is_taken_first(tmp_path):
    answers = {"continue": "go", "proceed": "back", "stopped": "back"}
    with lab(Scenario(route="outside"), tmp_path / "lab") as site:
        engine = session.begin(
            edited(site.change_path),
            options(tmp_path),
            answerer=Prepared("the test", answers, ("all",)),
        )
        engine.start()
        assert engine.join() == 1
        assert changes(site) == []
        assert site.verdict()["clean"]


def test_the_page_shows_how_the_marks_go_away_again(tmp_path):
    with lab(Scenario(route="full", nodes=3), tmp_path / "lab") as site:
        _, snapshot = left_at(site, tmp_path, "mark.proceed")
        status, _ = taken_up(tmp_path)
        removals = site.commands("grep -qs")
    page = next(page for page in snapshot.pages if page.step == "mark")
    assert [planned.host for planned in page.plan] == ["db01", "db02", "db03"]
    assert status == 0
    assert len(removals) == 3
    assert all(any(line in said for said in page.lines) for _, line in removals)


THEIRS = marks.new("20261122-0300-db99", "db99", "bob@jump9", 1_795_313_000.0, "/home/bob/runs/x")


async def left_with_timers_raised(world, folder):
    """A run that was killed once its timers were raised, and whose marks were cleared since."""

    async def killed(_):
        raise KeyboardInterrupt

    answers = Deciding(beside={"migrate.proceed": killed})
    answers.world = world
    play, steps = world.stage(folder, answers)
    with pytest.raises(KeyboardInterrupt):
        await play_run(play, steps)
    play.journal.close()
    for label in ("db01", "db02"):
        await world.execute(label, f"rm {marks.PATH}; {marks.place(THEIRS).text}")


async def test_pay_keeps_its_hands_off_hosts_that_bear_another_runs_mark(folder):
    """Taken for stale, cleared; the other run relies on the timers that it found raised."""
    world = World(Scenario(route="outside"))
    await left_with_timers_raised(world, folder)
    play, steps = world.stage(folder, prepared.paying(world.change))
    await play_run(play, steps, back=True)
    play.journal.close()
    lowered = [line for _, line in world.commands("-T peerinact:") if "9000" not in line]
    assert lowered == []


async def test_another_runs_mark_that_comes_while_a_closing_question_stands_counts(folder):
    """On one node only; then it is cleared, and all is paid."""

    async def taken(world):
        await world.execute("db02", f"rm {marks.PATH}; {marks.place(THEIRS).text}")

    world = World(Scenario(route="full"))
    run = await played(world, folder, Deciding(beside={"cleanup.proceed": taken}))
    assert run.status == 3, run.snapshot.closing
    assert world.commands("rmsyscfg") == []
    assert world.commands("-T peerinact:1600") == []
    assert {"definition", "placeholder", "peerinact/db01", "peerinact/db02"} <= set(run.owed)
    await world.execute("db02", marks.remove(THEIRS).text)
    play, steps = world.stage(folder, prepared.paying(world.change))
    assert await play_run(play, steps, back=True) == 0
    play.journal.close()
    assert world.site.verdict()["clean"]


async def test_a_mark_that_another_run_took_over_meanwhile_stops_the_migration(folder):
    """The last question stood for an hour; everything else is read once more."""

    async def taken(world):
        await world.execute("db02", f"rm {marks.PATH}; {marks.place(THEIRS).text}")

    world = World(Scenario(route="outside"))
    run = await played(world, folder, Deciding(beside={"migrate.migrate": taken}))
    assert world.commands("migrlpar", "-o m") == [], run.snapshot.closing
