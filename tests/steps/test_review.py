"""What a hostile reader of the steps has found: each test shows one thing that goes wrong."""

import asyncio
from pathlib import Path

import pytest

from lparwiz import runs, session
from lparwiz.lab.scenario import Scenario
from lparwiz.run.answers import Operator
from lparwiz.run.journal import Journal, Played, read
from lparwiz.run.runner import play_run
from lparwiz.run.snapshot import Abort, Hold
from lparwiz.steps import rule
from lparwiz.tools import mark as marks
from lparwiz.tools.command import Answer, Outcome

from ..memory import Memory
from ..operators import Deciding
from .somebody import World, played, removes, sets

THEIRS = marks.new("20261122-0300-db99", "db99", "bob@jump9", 1_795_313_000.0, "/home/bob/runs/x")


class Hanging(World):
    """The first command with these words on this host hangs, and runs only when told to."""

    def __init__(self, scenario, host, words, outcome=Outcome.TIMED_OUT):
        super().__init__(scenario)
        self._host, self._words, self._outcome = host, words, outcome
        self.late = None

    async def run(self, host_id, command):
        label = self.labels[host_id]
        if self.late is None and label == self._host and self._words in command.text:
            self.late = (label, command.text)
            return Answer(self._outcome, reason="no end within the limit", seconds=60.0)
        return await super().run(host_id, command)

    async def arrive(self):
        return await self.site.execute(*self.late)


# -- what hung, and takes effect later ----------------------------------------------------------


@pytest.mark.parametrize("outcome", [Outcome.TIMED_OUT, Outcome.LOST])
async def test_a_migration_that_hung_and_begins_later_is_not_called_not_migrated(folder, outcome):
    """The console shows nothing of it for two looks; then it migrates with the timers down."""
    world = Hanging(Scenario(route="outside"), "hmc1", "migrlpar -o m", outcome)
    run = await played(world, folder, Deciding())
    await world.arrive()
    verdict = world.site.verdict()
    assert verdict["false_failovers"] == []
    assert run.status in (3, 4), run.snapshot.closing


async def test_a_raise_that_hung_stays_owed_though_a_second_one_worked(folder):
    """Tried again it is raised, and put back by a command; the first one arrives after that."""
    world = Hanging(Scenario(route="outside"), "db02", "-T peerinact:9000")
    run = await played(world, folder, Deciding({"timers.stopped": "again"}))
    await world.arrive()
    timers = world.site.verdict()["timers"]["db02"]
    assert timers[0] == timers[1] or "peerinact/db02" in run.owed, (run.status, timers)


async def test_a_raise_whose_session_broke_while_it_hung_stays_owed(folder):
    """Keepalive gave the session up, not the command."""
    world = Hanging(Scenario(route="outside"), "db02", "-T peerinact:9000", Outcome.LOST)
    run = await played(world, folder, Deciding())
    await world.arrive()
    timers = world.site.verdict()["timers"]["db02"]
    assert timers[0] == timers[1] or "peerinact/db02" in run.owed, (run.status, timers)


async def test_a_raise_that_hung_stays_owed_when_it_is_paid_at_once_by_another_process(folder):
    """`lparwiz pay` a second later: the command may still take effect just as well."""
    world = Hanging(Scenario(route="outside"), "db02", "-T peerinact:9000")
    await played(world, folder, Deciding())
    play, steps = world.stage(folder, session.paying(world.change))
    status = await play_run(play, steps, back=True)
    play.journal.close()
    await world.arrive()
    timers = world.site.verdict()["timers"]["db02"]
    assert timers[0] == timers[1] or status == 3, (status, timers)


# -- another run's mark -------------------------------------------------------------------------


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
    play, steps = world.stage(folder, session.paying(world.change))
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
    play, steps = world.stage(folder, session.paying(world.change))
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


# -- timers -------------------------------------------------------------------------------------


async def test_a_timer_lowered_before_the_migration_is_not_offered_to_be_left_too_low(folder):
    """It was offered as what `is raised to 9000`, and nothing raised it here."""
    answers = Deciding(
        {"migrate.moved.peerinact.db02": "put", "migrate.stopped": "again"},
        {"migrate.proceed": sets("db02", 5000)},
    )
    world = World(Scenario(route="outside"))
    run = await played(world, folder, answers)
    assert answers.offered("migrate.moved.peerinact.db02") == {"back", "again", "put"}
    assert run.verdict["migrated"], run.snapshot.closing
    assert run.verdict["timers"]["db02"] == [1600, 1600]


class FullDisk(World):
    """The first copy of db02's llttab is cut short, as /etc has no room; db01 can't be raised."""

    full = True

    async def run(self, host_id, command):
        label = self.labels[host_id]
        if label == "db01" and "-T peerinact:9000" in command.text:
            return Answer(Outcome.EXITED, 1, "", "refused\n", b"", b"refused\n")
        if self.full and label == "db02" and "mv -f /etc/llttab.lparwiz" in command.text:
            self.full = False
            copy = command.text.split("cp -p /etc/llttab ")[1].split()[0]
            await self.execute("db02", f"cp -p /etc/llttab {copy}; printf 'set-node db' > {copy}")
            text = f"cp: {copy}: No space left on device.\n"
            return Answer(Outcome.EXITED, 1, "", text, b"", text.encode())
        return await super().run(host_id, command)


async def test_a_copy_of_llttab_that_was_cut_short_is_never_put_back(folder):
    """Room was made and the step tried again; then the run takes the way back."""
    world = FullDisk(Scenario(route="outside"), ("persist = false", "persist = true"))
    before = world.node("db02").files.tree.get("/etc/llttab").content
    run = await played(world, folder, Deciding({"timers.stopped": ["again", "back"]}))
    after = world.node("db02").files.tree.get("/etc/llttab").content
    assert after == before, (run.status, run.states)


async def test_a_file_that_has_the_copys_name_is_not_taken_for_the_copy(folder):
    """Two machines may give a run the same name: it tells the minute and the LPAR."""
    world = World(Scenario(route="outside"), ("persist = false", "persist = true"))
    before = world.node("db02").files.tree["/etc/llttab"].content
    copy = f"/etc/llttab.{folder.name}"
    await world.execute("db02", f"echo set-node db99 > {copy}")
    run = await played(world, folder, Deciding({"timers.stopped": "back"}))
    assert run.status == 1, run.snapshot.closing
    assert world.node("db02").files.tree["/etc/llttab"].content == before
    assert world.node("db02").files.tree[copy].content == b"set-node db99\n"
    assert world.commands("migrlpar", "-o m") == []


async def test_somebodys_edit_of_a_persisted_llttab_is_shown_and_stays(folder):
    """Nothing is put back there, so nothing would have been read."""

    async def edited(world):
        await world.execute("db02", "echo '# by bob' >> /etc/llttab")

    world = World(Scenario(route="outside"), ("persist = false", "persist = true"))
    run = await played(world, folder, Deciding(beside={"restore.proceed": edited}))
    assert run.status == 0, run.snapshot.closing
    assert [row[0] for row in run.tables()] == ["db02"]
    assert run.states["llttab/db01"] == "paid"
    assert run.states["llttab/db02"] == "taken over"
    assert "# by bob" in run.ledger
    assert world.node("db02").files.tree["/etc/llttab"].content.endswith(b"# by bob\n")


# -- the rule -----------------------------------------------------------------------------------


def test_where_no_node_tells_its_timers_nothing_is_said_of_them():
    """`lparwiz measure` hands in what it could read: nothing."""
    proposal = rule.propose(rule.Figure(40.0), None, {})
    assert "peerinact is 0 on every node" not in proposal.rule
    assert "nothing to change" not in proposal.rule


# -- the run's files ----------------------------------------------------------------------------


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
        runs.hand_over(run, "bob", "paid by hand")
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


# -- the operator -------------------------------------------------------------------------------


async def test_the_way_back_is_taken_from_a_hold():
    """`hold`, then `abort`: the run turns back, and doesn't wait for the hold to be lifted."""
    operator = Operator()
    operator.take(Hold())
    point = asyncio.ensure_future(operator.safe_point())
    await asyncio.sleep(0)
    operator.take(Abort())
    for _ in range(20):
        await asyncio.sleep(0)
    done = point.done()
    point.cancel()
    assert done


# -- a migration that is under way --------------------------------------------------------------


class Stale(World):
    """The migration's answer is lost at once; the source's rows are behind lslparmigr's."""

    under_way = None

    async def run(self, host_id, command):
        if "migrlpar -o m" in command.text:
            job = self.site.execute(self.labels[host_id], command.text)
            self.under_way = asyncio.ensure_future(job)
            await self.sleep(150.0)
            return Answer(Outcome.LOST, reason="the connection was lost", seconds=150.0)
        answer = await super().run(host_id, command)
        if self.labels[host_id] == "hmc1" and "lssyscfg" in command.text:
            rows = answer.stdout.replace("Migrating - Running", "Running")
            return Answer(Outcome.EXITED, answer.status, rows, "", rows.encode(), b"")
        return answer


async def test_what_lslparmigr_says_is_under_way_is_not_taken_for_half_done(folder):
    """Recovered in the midst of it, and the timers lowered before the freeze."""
    world = Stale(Scenario(route="full", migration_seconds=900.0))
    await played(world, folder, Deciding())
    assert world.commands("migrlpar", "-o r") == []
    await world.under_way
    assert world.site.verdict()["false_failovers"] == []


class CutShort(World):
    """The first listing of the source's LPARs ends within db01's uuid, and nothing says so."""

    cut = True

    async def run(self, host_id, command):
        answer = await super().run(host_id, command)
        if self.cut and command.text == "lssyscfg -r lpar -m p9-east":
            self.cut = False
            row = answer.raw_stdout.index(b"name=db01,")
            raw = answer.raw_stdout[: answer.raw_stdout.index(b"uuid=", row) + len("uuid=390924D4")]
            return Answer(Outcome.EXITED, 0, raw.decode(), "", raw, b"")
        return answer


async def test_an_lpar_whose_uuid_is_not_the_one_taken_down_is_not_migrated(folder):
    """It would arrive as somebody else's, and the outcome stay unknown for ever."""
    world = CutShort(Scenario(route="managed"))
    run = await played(world, folder, Deciding())
    assert not world.cut
    assert world.commands("migrlpar", "-o m") == []
    assert run.status == 1, run.snapshot.closing
    assert world.site.verdict()["clean"]


# -- killed between two events ------------------------------------------------------------------


async def test_killed_right_after_a_placeholder_was_left_as_found_it_can_still_go_on(folder):
    """The debt is taken over in the journal, and the placeholder still recorded as ours."""
    gone = {"migrate.proceed": removes("p9-west", "db01_placeholder")}
    choices = {"migrate.stopped": ["again"], "migrate.moved.placeholder": "leave"}
    world = World(Scenario(route="full"))
    answers = Deciding(choices, gone)
    answers.world = world
    play, steps = world.stage(folder, answers)

    def kill(event):
        if event.kind == "debt settled" and event.data["id"] == "placeholder":
            raise KeyboardInterrupt

    play.journal.listen(kill)
    with pytest.raises(KeyboardInterrupt):
        await play_run(play, steps)
    play.journal.close()
    run = await played(world, folder, Deciding())
    assert run.verdict["migrated"], run.snapshot.closing


async def test_an_abort_that_was_confirmed_outlives_a_kill(folder):
    """The order is taken, the run killed before the step's end is written; then taken up."""
    world = World(Scenario(route="outside"))
    answers = Deciding({"migrate.migrate": "back"})
    answers.world = world
    play, steps = world.stage(folder, answers)

    def kill(event):
        if event.kind == "decision" and event.data["choice"] == "back":
            raise KeyboardInterrupt

    play.journal.listen(kill)
    with pytest.raises(KeyboardInterrupt):
        await play_run(play, steps)
    play.journal.close()
    await played(world, folder, Deciding())
    assert world.commands("migrlpar", "-o m") == []
