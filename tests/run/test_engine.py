"""The engine has a thread and a loop of its own; two things cross the seam."""

import asyncio
import threading
from pathlib import Path

from lparwiz.run.answers import Operator
from lparwiz.run.engine import Engine
from lparwiz.run.journal import read
from lparwiz.run.orders import Answered, Hold, Leave
from lparwiz.run.picture import Heading, Picture
from lparwiz.run.play import Play
from lparwiz.run.runner import play_run
from lparwiz.run.snapshot import Choice, Question, QuestionKind, RunState, StepState, StepView
from lparwiz.run.step import Conclusion

from .world import World, playing, step, switch

NAME = "db01"
LAST = Question(
    "migrate.migrate",
    QuestionKind.WORD,
    "Migrate?",
    (Choice("back", "Back"), Choice("go", "Migrate", needs_word=True)),
    safe="back",
    word=NAME,
)


def engine(world: World, folder: Path, *steps) -> Engine:
    picture = Picture(
        Heading("run", folder, "a title", "CHG1", NAME, "full"),
        tuple(StepView(each.id, each.title, StepState.TODO) for each in steps),
    )

    async def body(running: Engine) -> int:
        play: Play = playing(world, folder, Operator(), steps)
        play.picture = picture
        running.orders_to(play.take)
        return await play_run(play, steps)

    return Engine(picture, lambda: 0.0, body, interval=0.0, events=lambda _after: ())


class Watcher:
    """A screen that waits for what it wants to see."""

    def __init__(self, seam: Engine):
        self.seam = seam
        self.news = threading.Condition()
        self.seen = []
        seam.subscribe(self.arrived)

    def arrived(self, snapshot):
        with self.news:
            self.seen.append(snapshot)
            self.news.notify_all()

    def until(self, condition):
        with self.news:
            assert self.news.wait_for(lambda: any(condition(s) for s in self.seen), timeout=30), (
                self.seen[-1]
            )
            return next(s for s in self.seen if condition(s))


async def asks(play: Play) -> None:
    reply = await play.ask(LAST)
    play.say(f"answered {reply.choice}")
    await play.do([switch(play, "a")])
    play.settle("switch/a", "kept")
    play.conclude(Conclusion.MIGRATED, "why")


def test_an_answer_crosses_the_seam_and_only_one_that_fits(tmp_path):
    world = World()
    running = engine(world, tmp_path, step("migrate", asks))
    screen = Watcher(running)
    running.start()
    screen.until(lambda s: s.question is not None)
    running.send(Answered("migrate.other", "go", NAME))
    running.send(Answered(LAST.id, "go", "db02"))
    running.send(Answered(LAST.id, "nonsense"))
    running.send(Answered(LAST.id, "go", NAME))
    assert running.join() == 0
    events = read(tmp_path / "journal.jsonl")
    decisions = [event.data for event in events if event.kind == "decision"]
    assert [(d["choice"], d["value"]) for d in decisions] == [("go", NAME)]
    assert running.latest().state is RunState.OVER
    assert running.latest().exit_status == 0


def test_leaving_stops_at_a_safe_point_and_says_so(tmp_path):
    world = World()
    running = engine(world, tmp_path, step("migrate", asks))
    screen = Watcher(running)
    running.start()
    screen.until(lambda s: s.question is not None)
    running.send(Leave("the screen went"))
    assert running.join() == 1
    assert "the screen went" in running.latest().closing
    assert world.sent == []


def test_an_answer_given_on_hold_is_not_taken_and_can_be_given_after_it(tmp_path):
    async def acts(play):
        await play.ask(LAST)
        await play.do([switch(play, "a")])

    world = World()
    running = engine(world, tmp_path, step("migrate", acts))
    screen = Watcher(running)
    running.start()
    screen.until(lambda s: s.question is not None)
    running.send(Hold())
    screen.until(lambda s: s.state is RunState.HELD)
    running.send(Answered(LAST.id, "go", NAME))
    running.send(Hold(on=False))
    screen.until(lambda s: s.state is RunState.WAITING and not s.holding)
    assert running.latest().question == LAST
    assert world.sent == []
    running.send(Answered(LAST.id, "go", NAME))
    assert running.join() == 3
    assert world.sent == [("a", "on")]


def test_an_order_that_comes_before_the_run_is_ready_is_not_lost(tmp_path):
    running = engine(World(), tmp_path, step("migrate", asks))
    running.send(Leave("at once"))
    running.start()
    assert running.join() == 1
    assert "at once" in running.latest().closing


def test_an_order_after_the_end_is_forgotten(tmp_path):
    async def nothing(play):
        pass

    running = engine(World(), tmp_path, step("report", nothing))
    running.start()
    running.join()
    running.send(Hold())
    assert running.latest().state is RunState.OVER


def test_a_screen_that_blocks_its_own_thread_holds_nothing_up(tmp_path):
    """The loop that draws may stand still for minutes; the engine's must not."""
    world = World()

    async def acts(play):
        await play.do([switch(play, "a")])
        play.settle("switch/a", "kept")

    running = engine(world, tmp_path, step("timers", acts))

    async def frozen_screen():
        running.subscribe(lambda _snapshot: None)
        running.start()
        running.join()  # this loop stands still until the engine has ended

    asyncio.run(frozen_screen())
    assert world.sent == [("a", "on")]


def test_what_ends_the_engine_out_of_order_reaches_whoever_joins(tmp_path):
    async def breaks(_engine):
        raise ZeroDivisionError

    running = engine(World(), tmp_path)
    running._body = breaks
    running.start()
    assert running.join() == 3
    assert isinstance(running.error, ZeroDivisionError)
    assert running.latest().state is RunState.OVER
    assert "ZeroDivisionError" in running.latest().closing
