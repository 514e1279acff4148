"""What gave no answer may still take effect, long after: until then it stays owed."""

import pytest

from lparwiz import prepared
from lparwiz.lab.scenario import Scenario
from lparwiz.run.answers import Prepared, Reply
from lparwiz.run.doubt import DOUBT, doubts
from lparwiz.run.journal import Event
from lparwiz.run.runner import play_run
from lparwiz.tools.command import Answer, Outcome

from ..operators import Deciding
from .somebody import World, played


class Late(World):
    """The first command with these words on this host hangs, and runs only when told to."""

    def __init__(self, host, words, *, route="full", outcome=Outcome.TIMED_OUT):
        super().__init__(Scenario(route=route))
        self._host, self._words, self._outcome = host, words, outcome
        self.late = None

    async def run(self, host_id, command):
        label = self.labels[host_id]
        if self.late is None and label == self._host and self._words in command.text:
            self.late = (label, command.text)
            return Answer(self._outcome, reason="no end within 60 s", seconds=60.0)
        return await super().run(host_id, command)

    async def arrive(self):
        await self.site.execute(*self.late)


@pytest.mark.parametrize(
    ("host", "words", "debt"),
    [
        ("db02", "-T peerinact:9000", "peerinact/db02"),
        ("db01", "ln /etc/lparwiz.run", "mark/db01"),
        ("hmc2", "new_name=db01_placeholder", "placeholder"),
    ],
)
async def test_what_hung_stays_owed_and_is_put_back_by_a_later_look(folder, host, words, debt):
    world = Late(host, words)
    play = await stopped(world, folder)
    assert debt in {each.id for each in play.picture.ledger.owed}
    await world.arrive()
    assert await paid(world, folder) == 3  # put back, but no reading tells which it was
    await world.sleep(DOUBT)
    assert await paid(world, folder) == 1
    assert world.site.verdict()["clean"] is True


async def stopped(world, folder, status=3):
    """The play of an unattended run that ended with this status."""
    play, steps = world.stage(folder, prepared.decided(world.change))
    assert await play_run(play, steps) == status
    play.journal.close()
    return play


async def paid(world, folder):
    play, steps = world.stage(folder, prepared.paying(world.change))
    status = await play_run(play, steps, back=True)
    play.journal.close()
    return status


async def test_the_page_says_when_to_look_again(folder):
    world = Late("db02", "-T peerinact:9000")
    play = await stopped(world, folder)
    said = [e.data["text"] for e in play.journal.events if e.kind == "said"]
    assert any("may still take effect, so look again in 15 min" in text for text in said), said


@pytest.mark.parametrize("word", ["not migrated", None])
async def test_a_migration_without_an_answer_takes_an_operators_word_however_late(folder, word):
    """No time proves it: only somebody who has looked can say that nothing is left to begin."""
    world = Late("hmc1", "migrlpar -o m")
    await stopped(world, folder, status=4)
    await world.sleep(10 * DOUBT)
    assert await paid(world, folder) == 4
    answers = {"continue": "go", "proceed": "go", "migrate": "go", "stopped": "back"}
    if word is not None:
        answers["outcome"] = word
    play, steps = world.stage(folder, Prepared("ann", answers, ("all",)))
    assert await play_run(play, steps) == (1 if word else 4)
    play.journal.close()
    assert world.site.verdict()["clean"] is (word is not None)


@pytest.mark.parametrize(
    ("host", "words", "debt"),
    [("hmc2", "rmsyscfg", "placeholder"), ("db02", "-T peerinact:1600", "peerinact/db02")],
)
async def test_what_pays_and_hung_stays_owed_though_a_second_one_paid(folder, host, words, debt):
    """By the time it arrives, the number or the timer may be somebody else's."""
    world = Late(host, words)
    await stopped(world, folder)
    assert await paid(world, folder) == 3
    assert f": {debt}\n" in (folder / "ledger.md").read_text().partition("## Settled")[0]
    await world.sleep(DOUBT)
    assert await paid(world, folder) == 0


class Persistent(Prepared):
    """Tries what hung again; where the migration is refused, does as it is told to."""

    def __init__(self, refused):
        answers = dict.fromkeys(("continue", "proceed", "migrate"), "go")
        answers |= {"outcome": "migrated", "stopped": "back"}
        super().__init__("ann", answers, ("all",))
        self._refused = refused

    async def answer(self, question):
        if question.id == "profiles.stopped":
            return Reply("again")
        if question.id.startswith("migrate.stopped"):
            return Reply(await self._refused(question))
        return await super().answer(question)


async def test_the_lpar_does_not_follow_where_a_rename_by_its_name_may_still_come(folder):
    """It hung, was tried again, and arrived later: it would have renamed the LPAR itself."""
    world = Late("hmc2", "new_name=db01_placeholder")
    refused = []

    async def wait(question):
        refused.append(question.text)
        await world.sleep(DOUBT)
        await world.arrive()
        return "again"

    play, steps = world.stage(folder, Persistent(wait))
    assert await play_run(play, steps) == 0
    said = "\n".join(e.data["text"] for e in play.journal.events if e.kind == "said")
    play.journal.close()
    assert len(refused) == 1
    assert "may still take effect, so look again in 15 min: chsyscfg" in said
    assert world.site.verdict()["clean"] is True


class Journaled:
    """Events as a journal has them, one second apart."""

    def __init__(self):
        self.events = []

    def add(self, kind, **data):
        self.events.append(Event(len(self.events) + 1, float(len(self.events)), kind, data))
        return self

    def sent(self, outcome=None):
        at = {"host": "db02", "command": "raise"}
        self.add("intent", action="raise", debts=["peerinact/db02"], **at).add("sent", **at)
        return self if outcome is None else self.add("answered", outcome=outcome, **at)

    def proven(self):
        return self.add("done", action="raise", state="done")


def in_doubt(journaled):
    return [each.debts for each in doubts(journaled.events)]


@pytest.mark.parametrize("outcome", ["timed out", "lost", "signalled"])
def test_what_told_nothing_of_its_end_is_in_doubt_until_its_goal_is_proven(outcome):
    assert in_doubt(Journaled().sent(outcome)) == [("peerinact/db02",)]
    assert in_doubt(Journaled().sent(outcome).proven()) == []
    assert in_doubt(Journaled().sent(outcome).sent("exited").proven()) == [("peerinact/db02",)]
    assert in_doubt(Journaled().sent("exited").sent(outcome).proven()) == []


@pytest.mark.parametrize("outcome", ["exited", "not started"])
def test_what_told_its_end_is_in_no_doubt(outcome):
    assert in_doubt(Journaled().sent(outcome)) == []


def test_a_kill_gives_up_what_was_under_way_at_the_last_event_before_it():
    (under_way,) = doubts(Journaled().sent().events)
    assert under_way.left(1e9) == DOUBT
    (killed,) = doubts(Journaled().sent().add("taken up").events)
    assert killed.left(1.0 + DOUBT) == 0
    meant = Journaled().add("intent", action="raise", host="db02", command="raise", debts=["x"])
    assert in_doubt(meant.add("taken up")) == []  # it never left


@pytest.mark.parametrize("outcome", [Outcome.TIMED_OUT, Outcome.LOST])
async def test_a_migration_that_hung_and_begins_later_is_not_called_not_migrated(folder, outcome):
    """The console shows nothing of it for two looks; then it migrates with the timers down."""
    world = Late("hmc1", "migrlpar -o m", route="outside", outcome=outcome)
    run = await played(world, folder, Deciding())
    await world.arrive()
    verdict = world.site.verdict()
    assert verdict["false_failovers"] == []
    assert run.status == 4, run.snapshot.closing


async def test_a_raise_that_hung_stays_owed_though_a_second_one_worked(folder):
    """Tried again it is raised, and put back by a command; the first one arrives after that."""
    world = Late("db02", "-T peerinact:9000", route="outside")
    run = await played(world, folder, Deciding({"timers.stopped": "again"}))
    await world.arrive()
    timers = world.site.verdict()["timers"]["db02"]
    assert timers == [1600, 9000]
    assert "peerinact/db02" in run.owed, run.snapshot.closing


async def test_a_raise_whose_session_broke_while_it_hung_stays_owed(folder):
    """Keepalive gave the session up, not the command."""
    world = Late("db02", "-T peerinact:9000", route="outside", outcome=Outcome.LOST)
    run = await played(world, folder, Deciding())
    await world.arrive()
    timers = world.site.verdict()["timers"]["db02"]
    assert timers == [1600, 9000]
    assert "peerinact/db02" in run.owed, run.snapshot.closing


async def test_a_raise_that_hung_stays_owed_when_it_is_paid_at_once_by_another_process(folder):
    """`lparwiz pay` a second later: the command may still take effect just as well."""
    world = Late("db02", "-T peerinact:9000", route="outside")
    await played(world, folder, Deciding())
    status = await paid(world, folder)
    await world.arrive()
    timers = world.site.verdict()["timers"]["db02"]
    assert timers == [1600, 9000]
    assert status == 3
