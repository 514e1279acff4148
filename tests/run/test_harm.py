"""What would make the engine send, forget or end where it must not."""

import asyncio
import io
import resource
import signal
import threading

import pytest

from lparwiz.lines import Printer
from lparwiz.run.action import Action, Standing, Verdict
from lparwiz.run.answers import Operator, Prepared
from lparwiz.run.folder import Folder
from lparwiz.run.journal import Event, Journal, JournalFailed, read
from lparwiz.run.runner import play_run, rehearse
from lparwiz.run.snapshot import Abort, Leave
from lparwiz.run.step import Conclusion
from lparwiz.tools.command import Command
from lparwiz.tools.errors import Refused

from .world import World, playing, step, switch


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


def test_a_journal_that_failed_once_stays_failed(tmp_path):
    """Half a line is on the disk; whoever writes on makes the whole journal unreadable."""
    path = tmp_path / "journal.jsonl"
    journal = Journal(path, lambda: 0.0)
    journal.write("begun")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + 50, hard))
    try:
        with pytest.raises(JournalFailed):
            journal.write("fact", key="long", value="x" * 500)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    try:
        journal.write("debt incurred", debt="of a sibling that was under way")
    except JournalFailed:
        return
    assert read(path)[-1].kind == "debt incurred"


def test_a_closed_journal_does_not_take_events_in_silence(tmp_path):
    """`Writing again is an error`, it says; nothing on the disk, and no error."""
    journal = Journal(tmp_path / "journal.jsonl", lambda: 0.0)
    journal.close()
    with pytest.raises(JournalFailed):
        journal.write("intent", action="a")


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
    assert await play_run(play, steps) in (1, 3)


async def test_leaving_a_dry_run_is_an_end_and_no_crash(tmp_path):
    async def nothing(play):
        pass

    leaving = Prepared("the test", {})
    leaving.take(Leave("signal SIGINT"))
    play = playing(World(), tmp_path, leaving, rehearsal=True)
    assert await rehearse(play, (step("connect", nothing),), []) == 1


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


class Ended:
    """An engine that comes to its end just while the printer looks."""

    def __init__(self, printer):
        self.printer = printer
        self.looked = threading.Event()

    def start(self):
        pass

    def send(self, order):
        pass

    @property
    def ended(self):
        if not self.looked.is_set():
            self.looked.set()
            self.printer.take(Event(1, 0.0, "ended", {"closing": "3 debts are owed."}))
        return True

    def join(self):
        return 3


@pytest.fixture
def signals():
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.getsignal(number) for number in numbers}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("signals")
def test_the_last_lines_are_printed():
    out = io.StringIO()
    printer = Printer(out, as_json=False)
    assert printer.play(Ended(printer)) == 3
    assert "3 debts are owed" in out.getvalue()


@pytest.mark.usefixtures("signals")
@pytest.mark.parametrize("failing", ["locale", "terminal"])
def test_an_output_that_fails_does_not_change_the_exit_status(failing):
    """Polish text on a Latin-1 terminal, or a terminal that is gone (EIO): status 1, unhandled."""

    class Gone(io.StringIO):
        def write(self, _text):
            raise OSError(5, "Input/output error")

    out = io.TextIOWrapper(io.BytesIO(), "latin-1") if failing == "locale" else Gone()
    printer = Printer(out, as_json=False)
    printer.take(
        Event(1, 0.0, "said", {"text": "Nie znaleziono wynik\u00f3w \u017c\u00f3\u0142\u0107"})
    )
    assert printer.play(Ended(printer)) == 3
