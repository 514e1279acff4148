"""Read, act, read; intent before act; unknown is a result; nothing is repeated blindly."""

import asyncio
from dataclasses import replace

import pytest

from lparwiz.run.action import Action, Standing, Verdict
from lparwiz.run.answers import Left, Operator, Prepared
from lparwiz.run.folder import Folder
from lparwiz.run.journal import JournalFailed, read
from lparwiz.run.orders import Abort, Leave
from lparwiz.run.runner import play_run, rehearse
from lparwiz.run.snapshot import Choice, PlanState, Question, QuestionKind
from lparwiz.run.step import Conclusion, Stopped
from lparwiz.tools.command import Command
from lparwiz.tools.errors import Refused

from .world import World, playing, step, switch


async def one(play, action):
    play.picture.begin(step("timers", None))
    (done,) = await play.do([action])
    return done


async def test_an_action_whose_goal_holds_does_nothing(tmp_path):
    world = World({"a": "on"})
    play = playing(world, tmp_path)
    done = await one(play, switch(play, "a"))
    assert done.state is PlanState.UNCHANGED
    assert world.sent == []
    assert not play.picture.ledger.entries


async def test_intent_and_debt_are_on_disk_before_the_command_leaves(tmp_path):
    seen = []

    class Spying(World):
        async def run(self, host_id, command):
            if command.changes:
                seen.append([event.kind for event in read(tmp_path / "journal.jsonl")])
                seen.append("Owed on A" in (tmp_path / "ledger.md").read_text())
            return await super().run(host_id, command)

    play = playing(Spying(), tmp_path)
    done = await one(play, switch(play, "a"))
    assert done.state is PlanState.DONE
    kinds, owed = seen
    assert kinds[-3:] == ["debt incurred", "intent", "sent"]
    assert owed


async def test_a_lost_answer_is_settled_by_reading_the_host(tmp_path):
    world = World(loses={"a"})
    play = playing(world, tmp_path)
    done = await one(play, switch(play, "a"))
    assert done.state is PlanState.DONE
    assert len(world.sent) == 1


async def test_exit_status_alone_proves_nothing(tmp_path):
    class Liar(World):
        async def run(self, host_id, command):
            answer = await super().run(host_id, command)
            if command.changes:
                self.switches[host_id] = "off"
            return answer

    play = playing(Liar(), tmp_path)
    done = await one(play, switch(play, "a"))
    assert done.state is PlanState.FAILED
    assert play.owes("switch/a")


async def test_a_host_that_does_not_tell_is_unknown_and_nothing_is_sent(tmp_path):
    world = World(silent={"a"})
    play = playing(world, tmp_path)
    done = await one(play, switch(play, "a"))
    assert done.state is PlanState.UNKNOWN
    assert world.sent == []


async def test_once_is_once_even_after_a_restart(tmp_path):
    world = World(refuses={"a"})
    play = playing(world, tmp_path)
    await one(play, switch(play, "a", once=True))
    play.journal.close()
    again = playing(world, tmp_path)
    done = await one(again, switch(again, "a", once=True))
    assert done.state is PlanState.UNKNOWN
    assert len(world.sent) == 1


async def test_a_paid_debt_is_paid_only_by_what_was_read_back(tmp_path):
    world = World()
    play = playing(world, tmp_path)
    await one(play, switch(play, "a"))
    world.refuses = {"a"}
    await one(play, switch(play, "a", to="off"))
    assert play.owes("switch/a")
    world.refuses = set()
    await one(play, switch(play, "a", to="off"))
    assert not play.owes("switch/a")


async def test_what_was_noted_and_owed_is_there_after_a_restart(tmp_path):
    world = World()
    play = playing(world, tmp_path)
    play.note("former", {"a": 1600})
    await one(play, switch(play, "a"))
    play.journal.close()
    again = playing(world, tmp_path)
    assert again.recall("former") == {"a": 1600}
    assert again.owes("switch/a")
    assert again.sent("switch.a.on")


async def test_a_dry_run_shows_every_command_and_sends_none(tmp_path):
    world = World()
    play = playing(world, tmp_path, rehearsal=True)

    async def forward(play):
        await play.do([switch(play, "a", subjects=("a",)), switch(play, "b", subjects=("b",))])

    async def back(play):
        done = await play.do([switch(play, "a", to="off", subjects=("a",))])
        assert done[0].state is PlanState.PLANNED

    steps = (step("timers", forward), step("restore", back, closing=True))
    assert await rehearse(play, steps, {"it ends": play.answerer}) == 0
    assert world.sent == []
    planned = [e.data["command"] for e in play.journal.events if e.kind == "planned"]
    assert planned == ["on", "on", "off"]


async def test_a_step_that_stops_takes_the_way_back_and_nothing_is_owed(tmp_path):
    world = World()

    async def forward(play):
        await play.do([switch(play, "a")])
        raise Stopped("no further", "seen", "mend it")

    async def never(play):
        await play.do([switch(play, "b")])

    async def back(play):
        play.conclude(Conclusion.NOT_MIGRATED, "it stands")
        await play.do([switch(play, "a", to="off")])

    steps = (step("timers", forward), step("migrate", never), step("restore", back, closing=True))
    play = playing(world, tmp_path, steps=steps)
    assert await play_run(play, steps) == 1
    assert world.sent == [("a", "on"), ("a", "off")]


async def test_a_stop_before_any_change_has_no_way_back_to_take(tmp_path):
    world = World()

    async def stops(play):
        raise Stopped("not reached")

    async def closing(play):
        raise AssertionError

    steps = (step("connect", stops), step("restore", closing, closing=True))
    play = playing(world, tmp_path, steps=steps)
    assert await play_run(play, steps) == 1


@pytest.mark.parametrize(
    ("conclusion", "status"),
    [(Conclusion.MIGRATED, 0), (Conclusion.NOT_MIGRATED, 1), (Conclusion.UNKNOWN, 4)],
)
async def test_the_exit_status_says_what_became_of_it(tmp_path, conclusion, status):
    async def concludes(play):
        play.conclude(conclusion, "why")

    steps = (step("outcome", concludes, closing=False),)
    play = playing(World(), tmp_path, steps=steps)
    assert await play_run(play, steps) == status


async def test_debts_left_are_exit_status_3(tmp_path):
    async def owes(play):
        await play.do([switch(play, "a")])
        play.conclude(Conclusion.MIGRATED, "why")

    steps = (step("timers", owes),)
    play = playing(World(), tmp_path, steps=steps)
    assert await play_run(play, steps) == 3
    assert "Owed on A" in (tmp_path / "ledger.md").read_text()


@pytest.mark.parametrize(
    ("how", "times"),
    [("forward", 2), ("back", 1), ("failed", 1), ("concluded", 1)],
)
async def test_a_proof_is_renewed_when_the_run_is_taken_up_and_still_goes_forward(
    tmp_path, how, times
):
    played, lives = [], []

    async def proves(_play):
        played.append("proves")

    async def leaves(play):
        if how == "concluded":
            play.conclude(Conclusion.MIGRATED, "why")
        if how == "failed":
            raise Stopped("no further")
        if len(lives) == 1:
            raise Left("killed")

    async def closes(_play):
        if len(lives) == 1:
            raise Left("killed")

    steps = (
        replace(step("mark", proves), renewed=True),
        step("timers", leaves),
        step("report", closes, closing=True),
    )
    for _ in range(2):
        lives.append(playing(World(), tmp_path, steps=steps))
        await play_run(lives[-1], steps, back=how == "back" and len(lives) == 2)
        lives[-1].journal.close()
    assert len(played) == times


async def test_warnings_that_nobody_accepted_turn_the_run_back(tmp_path):
    question = Question(
        "check.continue",
        QuestionKind.CHOICE,
        "go on?",
        (Choice("go", "Go on"), Choice("back", "Back")),
        safe="go",
        warnings=("freeze.had",),
    )
    refusing = Prepared("the file", {"continue": "go"}, ("llt.links",))
    assert (await refusing.answer(question)).choice == "back"
    for accepted in (("freeze.had",), ("all",)):
        taking = Prepared("the file", {"continue": "go"}, accepted)
        assert (await taking.answer(question)).choice == "go"


class FullOnce(Folder):
    """A disk that is full at the first ledger, and has room again right after."""

    full = True

    def keep(self, name, text):
        if self.full:
            self.full = False
            raise OSError(28, "No space left on device")
        super().keep(name, text)


async def test_nothing_is_sent_by_siblings_once_the_run_has_ended(tmp_path):
    """`together`: one host's failure ends the run; the other host's action goes on unwatched."""
    release = asyncio.Event()

    class Slow(World):
        async def run(self, host_id, command):
            if host_id == "b" and command.text == "read":
                await release.wait()
            return await super().run(host_id, command)

    world = Slow()

    async def acts(play):
        await play.do([switch(play, "a"), switch(play, "b")], together=True)

    steps = (step("timers", acts),)
    play = playing(world, tmp_path, steps=steps)
    play.folder = FullOnce(tmp_path)
    playing_on = asyncio.create_task(play_run(play, steps))
    for _ in range(20):
        await asyncio.sleep(0)
    release.set()
    await playing_on
    for _ in range(20):
        await asyncio.sleep(0)
    assert world.sent == []


@pytest.mark.parametrize("kind", ["left", "ended"])
async def test_a_journal_that_fails_at_the_end_still_gives_a_status(tmp_path, kind):
    """Else the command line says 2: `the change file is wrong`, with debts owed."""

    async def acts(play):
        await play.do([switch(play, "a")])
        if kind == "left":
            play.answerer.take(Leave("the link died"))
            await play.safe_point()

    steps = (step("timers", acts),)
    play = playing(World(), tmp_path, steps=steps)
    write = play.journal.write

    def full(what, **data):
        if what == kind:
            raise JournalFailed("full")
        return write(what, **data)

    play.journal.write = full
    assert await play_run(play, steps) == 3


async def test_leaving_a_dry_run_is_an_end_and_no_crash(tmp_path):
    async def nothing(play):
        pass

    leaving = Prepared("the test", {})
    leaving.take(Leave("signal SIGINT"))
    play = playing(World(), tmp_path, leaving, rehearsal=True)
    assert await rehearse(play, (step("connect", nothing),), {}) == 1


@pytest.mark.parametrize(
    "error", [OSError(28, "full"), Refused("x", "too long"), ValueError("torn JSON")]
)
async def test_an_exception_of_a_step_takes_the_way_back(tmp_path, error):
    """Whatever breaks in a step, what was changed before it is put back."""
    world = World()

    async def forward(play):
        await play.do([switch(play, "a")])

    async def breaks(_play):
        raise error

    async def back(play):
        play.conclude(Conclusion.NOT_MIGRATED, "it stands")
        await play.do([switch(play, "a", to="off")])

    steps = (step("timers", forward), step("profiles", breaks), step("restore", back, closing=True))
    play = playing(world, tmp_path, steps=steps)
    assert await play_run(play, steps) == 1
    assert world.switches["a"] == "off"


async def test_waiting_for_a_pending_goal_ends_when_asked_to_leave(tmp_path):
    """The hour that a migration may take is waited out whole, deaf to every order."""
    operator = Operator()
    play = playing(World(), tmp_path, operator)
    looks = []

    async def check():
        looks.append(play.clock.now())
        if len(looks) == 2:
            operator.take(Leave("the link died"))
            operator.take(Abort())
        return Verdict(Standing.PENDING if len(looks) > 1 else Standing.OPEN, "under way")

    action = Action(
        "migrate.migrate", "a", "A", "migrate", Command("on", changes=True), check,
        patience=3600.0, interval=20.0,
    )  # fmt: skip
    steps = (step("migrate", lambda play: play.do([action])),)
    await play_run(play, steps)
    assert len(looks) < 10
