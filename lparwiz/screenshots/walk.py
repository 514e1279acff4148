"""One run, walked through in the wizard key by key, and photographed on the way.

The engine plays in the loop of the wizard, on the lab's clock, which stands whenever the wizard
is drawn or typed at.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lparwiz.run.journal import Event
from lparwiz.run.orders import Order
from lparwiz.run.snapshot import Snapshot
from lparwiz.run.step import Step
from lparwiz.screenshots.life import Life, Run, Stuck, living
from lparwiz.ui._textual import screen_rows
from lparwiz.ui.app import Wizard
from lparwiz.ui.choices import ChoiceButton, Choices
from lparwiz.ui.question import BACK, QuestionForm
from lparwiz.ui.screen import WizardScreen
from lparwiz.ui.svg import clean

if TYPE_CHECKING:
    from textual.pilot import Pilot
    from textual.strip import Strip

    from lparwiz.run.play import Play

PATIENCE = 60
"""Looks at the screen, or presses of a key, after which something stands still for good."""


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

    def __init__(self, life: Life, desk: Desk, pilot: "Pilot[int]", album: Album) -> None:
        self.life = life
        self.app = pilot.app
        self._desk = desk
        self._pilot = pilot
        self._album = album

    async def picture_of(
        self, name: str, caption: str, *keys: str, back: str = "escape", theme: str = ""
    ) -> None:
        """Photograph what is to be seen after these keys, then go back.

        Args:
            name: of the picture's file, without its ending.
            caption: what is seen.
            keys: pressed before, by Textual's names.
            back: the keys that lead back, with spaces between, where any were pressed.
            theme: used for this picture alone; empty: the usual one.
        """
        self._desk.publish()
        await self._still()
        await self._pilot.press(*keys)
        self._desk.publish()
        if theme:
            self.app.theme = theme
        await self._still()
        svg = self.app.export_screenshot(title=self.life.picture.heading.run)
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
        for _ in self.life.picture.steps:
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
        if not all(choices.settled for choices in screen.query(Choices)):
            return False
        if not isinstance(screen, WizardScreen):
            return True
        form, question = screen.form, latest.question
        asked = form.question.id if form is not None else None
        wanted = question.id if question is not None else None
        return screen.snapshot.version == latest.version and asked == wanted


@asynccontextmanager
async def walking(run: Run, album: Album) -> AsyncIterator[Walk]:
    """Begin the run, or take it up, in a wizard of its own; at the block's end its process dies."""
    async with living(run) as life:
        desk = Desk(life.play)
        app = Wizard(desk, theme=album.look.theme)
        async with app.run_test(size=album.look.size) as pilot:
            yield Walk(life, desk, pilot, album)
