"""Abort and hold at every step of every route: what the page promises is what the lab gets.

Each run is played in memory: once undisturbed, to learn its moments by the numbers of its events;
then once for each of them, with an order that comes just there.
"""

import asyncio
import functools
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from lparwiz import prepared, session
from lparwiz.lab import execute
from lparwiz.lab.scenario import Scenario
from lparwiz.run.answers import Operator
from lparwiz.run.folder import Folder
from lparwiz.run.journal import Journal
from lparwiz.run.orders import Abort, Answered, Hold
from lparwiz.run.runner import play_run
from lparwiz.run.snapshot import RunState, Snapshot
from lparwiz.steps.watching import Freezes
from lparwiz.ui.abort_text import STOP, WAY_BACK, aborting, offer
from lparwiz.ui.text import words_of

from ..labs import judge
from ..memory import FAST, Memory
from .in_memory import Killed

ROUTES = ("full", "managed", "outside")
STEPS = (
    "connect",
    "check",
    "measure",
    "mark",
    "timers",
    "profiles",
    "migrate",
    "outcome",
    "cleanup",
    "restore",
    "report",
)
every_step = pytest.mark.parametrize("step", STEPS)
every_route = pytest.mark.parametrize("route", ROUTES)

KINDS = ("step", "reading", "question", "sent", "answered")
"""An order comes after the first event of each of these kinds in a step."""

QUIET = ("step", "reading", "question")
"""After these nothing that changes a host is under way."""

MIGRATES = "migrlpar -o m"
STOPS = "migrlpar -o s"

LIFTED = Hold(on=False)

WIDE = 5000
"""Cells: no command is broken into two lines."""


@dataclass
class Played:
    """A run that has come to its end."""

    site: object
    events: tuple = ()
    steps: list = field(default_factory=list)
    """The step of each event."""
    status: int | None = None
    last: Snapshot | None = None
    then: Snapshot | None = None
    """What a screen showed when the order was given."""
    received: int = 0
    """How many commands the hosts had got by then."""
    held: bool = False
    """Whether the run was seen to stand still on hold."""

    def changing(self, after=0):
        """What hosts got to change them, by the lab's own record, from its number `after` on."""
        sent = {event.data["command"] for event in self.events if event.kind == "sent"}
        return [line for line in self.site.record.commands()[after:] if line in sent]

    def moment(self, step, kind):
        """The number of the first event of a kind in a step; None where there is none."""
        found = zip(self.events, self.steps, strict=True)
        return next((e.number for e, at in found if e.kind == kind and at == step), None)

    def kind(self, number):
        return self.events[number - 1].kind


def forward(question):
    """Whatever goes on; the lab's own operator knows no doubt."""
    ids = [choice.id for choice in question.choices]
    wanted = ("back", "later") if ".stopped" in question.id else ("go", "none")
    choice = next((each for each in wanted if each in ids), question.safe)
    return Answered(question.id, choice, question.word)


async def _play(scenario, folder, moment, orders, meanwhile, held):
    memory = Memory(scenario, folder / "change.toml")
    play, steps = memory.stage(folder, Operator())
    run, answered, looks = Played(memory.site), set(), []
    loop = asyncio.get_running_loop()

    async def stands_still():
        commands = len(memory.site.record.commands())
        await memory.idle()
        assert len(memory.site.record.commands()) == commands, "a host was asked while held"
        if meanwhile:
            await memory.site.execute(*meanwhile)
        run.held = True
        play.take(held)

    def changed():
        question = play.picture.question
        asked = question is not None and not play.picture.holding  # no answer is taken on hold
        if asked and question.id not in answered:
            answered.add(question.id)
            loop.call_soon(play.take, forward(question))
        if not looks and play.picture.snapshot(memory.now()).state is RunState.HELD:
            looks.append(loop.create_task(stands_still()))

    def look(event):
        run.steps.append(play.picture.current)
        if event.number == moment:
            run.then = play.picture.snapshot(memory.now())
            run.received = len(memory.site.record.commands())
            for order in orders:
                play.take(order)

    play.picture.changed = changed
    play.journal.listen(look)
    try:
        async with asyncio.timeout(60):
            run.status = await play_run(play, steps)
            await asyncio.gather(*looks)
    finally:
        run.events = play.journal.events
        play.journal.close()
        await memory.site.close()
    run.last = play.picture.snapshot(memory.now())
    return run


def played(scenario, moment=0, *orders, meanwhile=(), held=LIFTED):
    """Play a run; at its event of that number the orders come.

    Args:
        scenario: the site.
        moment: the event's number.
        orders: what comes there.
        meanwhile: a host and a command that somebody else runs there while the run is on hold.
        held: the order that comes once it is seen to stand on hold.
    """
    with tempfile.TemporaryDirectory(dir=FAST) as folder:
        return asyncio.run(_play(scenario, Path(folder), moment, orders, meanwhile, held))


@functools.cache
def undisturbed(route):
    """A run that nobody interrupts: what its moments are."""
    return played(Scenario(route=route))


def moments(route, step):
    """The numbers of the events after which an order may come in a step."""
    numbers = {undisturbed(route).moment(step, kind) for kind in KINDS}
    return sorted(number for number in numbers if number is not None)


def page(snapshot):
    """The page before the way back, a line a line."""
    return [words_of(line) for lines in aborting(snapshot, WIDE) for line in lines]


def promised(snapshot):
    """The commands of the open debts on that page, from top to bottom."""
    lines = page(snapshot)
    first = next((n for n, line in enumerate(lines) if "reads first:" in line), len(lines))
    found = [line.removeprefix("    $ ") for line in lines[first:] if line.startswith("    $ ")]
    return [line for line in found if not line.startswith("#")]


def in_order(some, those):
    """Whether `some` come among `those`, in that order."""
    rest = iter(those)
    return all(each in rest for each in some)


def is_right(run, route, *, migrated):
    """Nothing is owed, and the site is as it should be for that end."""
    assert run.status == (0 if migrated else 1), run.last.closing
    assert run.last.owed == 0
    judge(run.site.verdict(), route, migrated=migrated)


@every_route
@every_step
def test_abort_takes_the_way_back_that_the_page_shows_or_says_that_there_is_none(route, step):
    sends = next(
        event.number
        for event in undisturbed(route).events
        if event.kind == "intent" and MIGRATES in event.data["command"]
    )
    for moment in moments(route, step):
        run = played(Scenario(route=route), moment, Abort())
        after = run.changing(run.received)
        if moment < sends:
            assert offer(run.then) == WAY_BACK
            assert not any("migrlpar" in line for line in after)
            if run.kind(moment) in QUIET:
                assert after == promised(run.then)
            else:
                assert in_order(promised(run.then), after)
            is_right(run, route, migrated=False)
        elif step == "migrate" and run.kind(moment) == "sent":
            assert offer(run.then) == STOP
            assert "can't be called back from here" in "\n".join(page(run.then))
            (stop,) = (line for line in after if STOPS in line)
            assert f"    $ {stop}" in page(run.then)
            is_right(run, route, migrated=False)
        else:
            said = "\n".join(page(run.then))
            assert "way back from here" in said or "can't be called back" in said
            assert not any(STOPS in line for line in after)
            is_right(run, route, migrated=True)
        assert sum(MIGRATES in line for line in run.changing()) == int(moment >= sends)


@every_route
@every_step
def test_hold_lets_the_action_under_way_finish_and_sends_nothing_until_it_is_lifted(route, step):
    for moment in moments(route, step):
        run = played(Scenario(route=route), moment, Hold())
        last_action = step == "report" and run.kind(moment) in ("sent", "answered", "reading")
        assert run.held or last_action
        is_right(run, route, migrated=True)


@pytest.mark.parametrize("step", ["mark", "timers", "profiles"])
def test_an_abort_ends_the_hold_and_the_way_back_is_gone_to_its_end(step):
    moment = undisturbed("full").moment(step, "question")
    run = played(Scenario(route="full"), moment, Hold(), held=Abort())
    assert run.held
    assert not run.last.holding
    assert not any("migrlpar" in line for line in run.changing())
    is_right(run, "full", migrated=False)


def test_what_was_read_before_a_hold_counts_no_more_at_the_point_of_no_return():
    moment = undisturbed("full").moment("migrate", "reading")
    lowered = ("db02", "PATH=$PATH:/sbin lltconfig -T peerinact:1600")
    run = played(Scenario(route="full"), moment, Hold(), meanwhile=lowered)
    assert run.held
    assert not any(MIGRATES in line for line in run.changing())
    is_right(run, "full", migrated=False)


def test_a_stop_that_comes_too_late_is_refused_by_the_hmc_and_the_run_ends_as_migrated():
    usual = undisturbed("full")
    ended = next(e.number for e in usual.events if e.kind == "answered" and _migrates(e))
    last_look = max(e.number for e in usual.events[:ended] if e.kind == "reading")
    run = played(Scenario(route="full"), last_look, Abort())
    assert offer(run.then) == STOP
    assert "It may refuse" in "\n".join(page(run.then))
    assert sum(STOPS in line for line in run.changing()) == 1
    is_right(run, "full", migrated=True)


def _migrates(event):
    return MIGRATES in event.data["command"]


class Gone(Memory):
    """A site where whoever sends the migration is killed at once, and the HMC goes on with it."""

    killed = False

    async def run(self, host_id, command):
        if MIGRATES not in command.text or self.killed:
            return await super().run(host_id, command)
        self.killed = True
        unheard = execute.collect(bytearray(), bytearray(), b"")
        label = self.labels[host_id]
        self.site.leave_running(execute.run(self.site, label, command.text, unheard))
        raise Killed


async def test_an_abort_while_a_migration_of_a_former_life_is_watched_ends_only_the_watch(tmp_path):
    """The page offers nothing there: both consoles are read until it is over, and then proven."""
    memory = Gone(Scenario(route="full"), tmp_path / "change.toml")
    folder = tmp_path / "run"
    folder.mkdir()
    play, steps = memory.stage(folder, prepared.decided(memory.change))
    with pytest.raises(Killed):
        await play_run(play, steps)
    play.journal.close()

    watched = []

    async def measure(_):
        watched.append(play.picture.current)
        play.take(Abort())
        await asyncio.Event().wait()

    journal = Journal(folder / "journal.jsonl", memory.now)
    play, steps = session.stage(
        memory.change, memory, memory, Folder(folder), journal, Operator(), Freezes(measure=measure)
    )
    asked, offered = set(), []

    def changed():
        question = play.picture.question
        if question is not None and question.id not in asked:
            asked.add(question.id)
            asyncio.get_running_loop().call_soon(play.take, forward(question))

    def look(event):
        if event.kind == "turned back":
            offered.append(offer(play.picture.snapshot(memory.now())))

    play.picture.changed = changed
    journal.listen(look)
    async with asyncio.timeout(60):
        assert await play_run(play, steps) == 0
    journal.close()
    assert watched == ["migrate"]
    assert offered == [""]
    lines = memory.site.record.commands()
    assert sum(MIGRATES in line for line in lines) == 1
    assert not any(STOPS in line for line in lines)
    judge(memory.site.verdict(), "full", migrated=True)
    await memory.site.close()
