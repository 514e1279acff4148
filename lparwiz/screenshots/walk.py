"""One run, walked through in the wizard key by key, and photographed on the way.

The engine plays in the loop of the wizard, on the lab's clock, which stands whenever the wizard
is drawn or typed at.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lparwiz import session
from lparwiz.history import History, Kind, Seen
from lparwiz.run import folder as folders
from lparwiz.run.answers import Operator
from lparwiz.run.folder import Folder
from lparwiz.run.journal import Event, Journal
from lparwiz.run.picture import Picture
from lparwiz.run.runner import play_run
from lparwiz.run.snapshot import Order, Snapshot
from lparwiz.run.step import Step
from lparwiz.screenshots.memory import Memory
from lparwiz.steps.runbook import runbook
from lparwiz.steps.watching import Freezes
from lparwiz.ui._textual import screen_rows
from lparwiz.ui.app import Wizard
from lparwiz.ui.question import BACK, ChoiceButton, QuestionForm
from lparwiz.ui.screen import WizardScreen
from lparwiz.ui.svg import clean
from lparwiz.watch.follow import follow
from lparwiz.watch.measuring import measure

if TYPE_CHECKING:
    from textual.pilot import Pilot
    from textual.strip import Strip

    from lparwiz.run.play import Play

RUNS = Path("/home/op/runs")
"""Where the run's folder is said to be; nothing is written there."""
WHO = "op@jump1"
PATIENCE = 60
"""Looks at the screen, or presses of a key, after which something stands still for good."""
LONGEST = 2 * 3600.0
"""Seconds of the lab after which whatever is waited for never comes."""
EARLIER = 63 * 86400.0
"""Seconds before the run at which the same LPAR was seen to freeze."""


class Stuck(Exception):  # noqa: N818 - a script that doesn't fit the run any more
    """A script waits for what will never come."""


@dataclass(frozen=True)
class Look:
    """How pictures are taken."""

    theme: str
    size: tuple[int, int]
    """Columns and rows."""


@dataclass(frozen=True)
class Shot:
    """One picture."""

    name: str
    caption: str
    """What is seen, in a sentence."""
    svg: str


@dataclass
class Album:
    """The pictures, in the order in which they were taken."""

    look: Look
    shots: dict[str, Shot] = field(default_factory=dict)
    played: dict[str, tuple[Event, ...]] = field(default_factory=dict)
    """The journals of whole runs, by the names of their scenes."""
    steps: dict[str, tuple[Step, ...]] = field(default_factory=dict)
    """The runbooks of these."""


class Texts(Folder):
    """The run's folder without a disk under it."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._texts: dict[str, str] = {}

    def keep(self, name: str, text: str) -> None:
        """Keep a text."""
        self._texts[name] = text

    def kept(self, name: str) -> str | None:
        """A text kept before; None where there is none."""
        return self._texts.get(name)


class Run:
    """A run's site and its files: what is left of it when its process is killed.

    Args:
        memory: its site.
        journal: the file of its journal, where it is to be taken up again; None: in memory.
    """

    def __init__(self, memory: Memory, journal: Path | None = None) -> None:
        self.memory = memory
        name = folders.name(memory.change.lpar.name, memory.now())
        self._texts = Texts(RUNS / name)
        self._journal = journal
        self._history = History(None, [_seen(memory)])

    def play(self) -> "tuple[Play, Callable[[], asyncio.Task[int]]]":
        """The run, begun or taken up, and what starts it."""
        memory = self.memory
        watch = partial(measure, memory, memory.change, memory)
        play, steps = session.stage(
            memory.change,
            memory,
            memory,
            self._texts,
            Journal(self._journal, memory.now),
            Operator(),
            Freezes(self._history, watch),
        )
        play.picture.heading = replace(play.picture.heading, who=WHO)
        return play, lambda: asyncio.create_task(play_run(play, steps))


def _seen(memory: Memory) -> Seen:
    """A freeze of an earlier change."""
    lpar = memory.change.lpar
    return Seen(
        at=memory.now() - EARLIER,
        lpar=lpar.name,
        source=lpar.target,
        target=lpar.source,
        seconds=22.8,
        least=22.7,
        samples=1932,
        by=f"ticks of {lpar.name}",
        kind=Kind.MIGRATION,
        memory=28672,
        run=folders.name(lpar.name, memory.now() - EARLIER),
    )


class Desk:
    """The engine's side of the seam; it publishes when it is told to."""

    def __init__(self, play: "Play") -> None:
        self._play = play
        self._listener: Callable[[Snapshot], None] = lambda _: None
        self._latest = play.picture.snapshot(play.clock.now())

    def latest(self) -> Snapshot:
        """The newest snapshot."""
        return self._latest

    def subscribe(self, listener: Callable[[Snapshot], None]) -> Callable[[], None]:
        """Hand each snapshot to the one wizard."""
        self._listener = listener
        return lambda: None

    def events(self, after: int) -> tuple[Event, ...]:
        """The journal's events after a number."""
        return self._play.journal.after(after)

    def send(self, order: Order) -> None:
        """Hand an order to the run."""
        self._play.take(order)

    def publish(self) -> None:
        """Hand up the run as it is."""
        self._latest = self._play.picture.snapshot(self._play.clock.now())
        self._listener(self._latest)


class Walk:
    """A run under way and the wizard before it."""

    def __init__(
        self,
        memory: Memory,
        play: "Play",
        playing: "asyncio.Task[int]",
        watching: "asyncio.Task[None]",
        desk: Desk,
        pilot: "Pilot[int]",
        album: Album,
    ) -> None:
        self.memory = memory
        self.steps = runbook(memory.change)
        self.picture = play.picture
        self.events = play.journal.after
        self.app = pilot.app
        self._playing = playing
        self._watching = watching
        self._desk = desk
        self._pilot = pilot
        self._album = album

    async def until(self, met: Callable[[Picture], bool]) -> None:
        """Let the run go on until this is so.

        Raises:
            Stuck: it never will be: the run asks something, or is over.
        """
        clock = self.memory.clock
        await clock.quiet()
        latest = clock.now() + LONGEST
        while not met(self.picture):
            if self._playing.done():
                self._playing.result()
                raise Stuck("the run is over")
            if self.picture.question is not None:
                raise Stuck(f"the run asks {self.picture.question.id}")
            if not clock.step() or clock.now() > latest:
                raise Stuck(f"nothing happens any more in {self.picture.current}")
            await clock.quiet()

    async def asked(self, name: str = "") -> str:
        """Let the run go on until this is asked; or, without a name, anything.

        Returns:
            The id of the question; empty where the run is over.
        """
        await self.until(lambda now: now.question is not None or now.exit_status is not None)
        asked = self.picture.question.id if self.picture.question is not None else ""
        if not asked:
            await self._last_look()
        if name and asked != name:
            raise Stuck(f"{name} was to be asked, but it is {asked or 'over'}")
        return asked

    async def wait(self, seconds: float) -> None:
        """Let time go by, whatever is asked."""
        await _let(self.memory, asyncio.ensure_future(self.memory.sleep(seconds)))

    async def _last_look(self) -> None:
        """As a session does when the run is over: the panes show what it left behind."""
        self._watching.cancel()
        await _let(self.memory, self._watching)

    async def picture_of(
        self, name: str, caption: str, *keys: str, back: str = "escape", theme: str = ""
    ) -> None:
        """Photograph what is to be seen after these keys, then go back.

        Args:
            name: of the picture's file, without its ending.
            caption: what is seen.
            keys: pressed before, by Textual's names.
            back: the keys that lead back, with spaces between, where any were pressed.
            theme: worn for this picture alone; empty: the usual one.
        """
        self._desk.publish()
        await self._still()
        await self._pilot.press(*keys)
        self._desk.publish()
        if theme:
            self.app.theme = theme
        await self._still()
        svg = self.app.export_screenshot(title=self.picture.heading.run)
        if name in self._album.shots:
            raise Stuck(f"there are two pictures {name}")
        self._album.shots[name] = Shot(name, caption, clean(svg))
        self.app.theme = self._album.look.theme
        if keys and back:
            await self._pilot.press(*back.split())
            self._desk.publish()

    async def answer(self, choice: str, typed: str = "") -> None:
        """Answer what is asked, by the keys that lead there.

        Args:
            choice: its id.
            typed: what is typed before.
        """
        self._desk.publish()
        await self._still()
        form = self.app.screen.query_one(QuestionForm)
        for _ in range(PATIENCE):
            if form.screen.focused in form.stops():
                break
            await self._pilot.press("tab")
        await self._pilot.press(*typed)
        await self._go_to(form, choice)
        for _ in range(PATIENCE):
            await self._pilot.press("enter")
            if choice == BACK:  # it is confirmed
                await self._pilot.pause()
                await self._pilot.press("right", "enter")
                await self._pilot.pause()
            if form.sent:
                return
        raise Stuck(f"{form.question.id} doesn't take {choice}")

    async def look_back(self, step: str) -> None:
        """Look at the page of a step that is over."""
        await self._pilot.press("f2")
        for _ in self.picture.steps:
            screen = self.app.screen
            if isinstance(screen, WizardScreen) and screen.looking == step:
                return
            await self._pilot.press("f8")
        raise Stuck(f"there is no page of {step}")

    async def _go_to(self, form: QuestionForm, choice: str) -> None:
        stops = form.stops()
        buttons = [isinstance(stop, ChoiceButton) and stop.choice.id == choice for stop in stops]
        if not any(buttons):
            raise Stuck(f"{form.question.id} does not offer {choice}, having {form.typed!r}")
        wanted = buttons.index(True)
        for _ in range(PATIENCE):
            focused = form.screen.focused
            place = stops.index(focused) if focused in stops else -1
            if place == wanted:
                return
            await self._pilot.press("down" if place < wanted else "up")
        raise Stuck(f"{form.question.id} has no way to {choice}")

    async def _still(self) -> None:
        """Come back once the screen shows what was published, and stands still."""
        before: list[Strip] = []
        for _ in range(PATIENCE):
            await self._pilot.pause()
            rows = screen_rows(self.app)
            if rows == before and self._shown():
                return
            before = rows
        raise Stuck("the screen never stands still")

    def _shown(self) -> bool:
        screen, latest = self.app.screen, self._desk.latest()
        if not isinstance(screen, WizardScreen):
            return True
        form, question = screen.form, latest.question
        asked = form.question.id if form is not None else None
        wanted = question.id if question is not None else None
        return screen.snapshot.version == latest.version and asked == wanted


@asynccontextmanager
async def walking(run: Run, album: Album) -> AsyncIterator[Walk]:
    """Begin the run, or take it up, in a wizard of its own; at the block's end its process dies."""
    memory = run.memory
    play, start = run.play()
    desk = Desk(play)
    app = Wizard(desk, theme=album.look.theme)
    async with app.run_test(size=album.look.size) as pilot:
        playing = start()
        put = play.picture.put
        watching = asyncio.create_task(
            follow(memory, memory.change, memory, lambda panes: put(panes=panes))
        )
        try:
            yield Walk(memory, play, playing, watching, desk, pilot, album)
        finally:
            for task in (playing, watching):
                task.cancel()
                await _let(memory, task)
            play.journal.close()


async def _let(memory: Memory, task: "asyncio.Future[Any]") -> None:
    """Let time go by until this is done."""
    await memory.clock.quiet()
    while not task.done():
        memory.clock.step()
        await memory.clock.quiet()
    with suppress(asyncio.CancelledError):
        await task
