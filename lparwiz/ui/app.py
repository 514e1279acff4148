"""The wizard: draws what the engine publishes, hands down what the operator decides."""

import asyncio
import gc
import os
import signal
from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar

from rich.console import RenderableType
from textual.app import App
from textual.binding import BindingType
from textual.message import Message
from textual.reactive import Initialize, Reactive
from textual.screen import Screen
from textual.scrollbar import ScrollBar
from textual.theme import Theme

from lparwiz.run.orders import Abort, Answered, Leave
from lparwiz.run.seam import Seam
from lparwiz.run.snapshot import RunState, Snapshot
from lparwiz.ui._textual import cut
from lparwiz.ui.abort_text import WAY_BACK, aborting, offer
from lparwiz.ui.bindings import bound
from lparwiz.ui.confirm import Confirm
from lparwiz.ui.driver import PatientDriver
from lparwiz.ui.key_row import KeyRow
from lparwiz.ui.keys import KEYMAP
from lparwiz.ui.layout import size_classes
from lparwiz.ui.leaving_text import exit_status, leaving
from lparwiz.ui.lines import Blocks
from lparwiz.ui.opening import KILLED_BY
from lparwiz.ui.pictures import Pictures
from lparwiz.ui.question import QuestionForm
from lparwiz.ui.record import Record
from lparwiz.ui.screen import WizardScreen
from lparwiz.ui.signals import handle_signals
from lparwiz.ui.themes import STATE_COLOURS, TERMINALS_OWN, choose_theme

TICK = 1.0
"""Seconds between two looks at how old the readings are."""


class SnapshotArrived(Message):
    """A newer snapshot; where several wait, only the newest is worth drawing."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        super().__init__()

    def can_replace(self, message: Message) -> bool:
        """Whether `message`, which came later, makes this one needless (Textual asks it so)."""
        return (
            isinstance(message, SnapshotArrived)
            and message.snapshot.version >= self.snapshot.version
        )


class Wizard(App[int], inherit_bindings=False):
    """One run on one terminal. Keeps nothing that the run does not have.

    Args:
        seam: the engine.
        theme: a theme's name; None takes the one that fits the terminal.
        ascii_only: draw without box characters.
        monotonic: a clock in seconds, by which readings grow old between snapshots; None lets
            only the engine's own clock count.
        pictures: keeps each page as the operator saw it; None keeps none.
        keymap: the operator's keys by the ids of `keys.KEYS`.
        notices: what the operator must hear of before anything else, a sentence each.
        painted: called once the first page is on the screen.
    """

    TITLE = "lparwiz"
    CSS_PATH = "wizard.tcss"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        bound("leave", "leave", priority=True),
    ]

    def _first_theme(self) -> str:
        return self._chosen

    # Set from the start: set later, it has every style sheet read a second time, which takes
    # 15 ms of the 90 between the imports and the first page (measured).
    theme: Reactive[str] = Reactive(Initialize(_first_theme))

    def __init__(
        self,
        seam: Seam,
        *,
        theme: str | None = None,
        ascii_only: bool = False,
        monotonic: Callable[[], float] | None = None,
        pictures: Pictures | None = None,
        keymap: Mapping[str, str] | None = None,
        notices: Sequence[str] = (),
        painted: Callable[[], None] = lambda: None,
    ) -> None:
        found = choose_theme(theme)
        themes, chosen = found.themes, found.used
        # Textual greys its own themes under NO_COLOR, in 256 shades: only an application that was
        # made in the terminal's own colours draws without any (facts, textual.md 9).
        bare = themes[chosen].ansi and "NO_COLOR" in os.environ
        self._notices = [*notices, *found.notices]
        self._broken = [str(failure) for failure in found.failures]
        self._themes, self._chosen = themes, chosen  # asked for while Textual's part is made
        super().__init__(driver_class=PatientDriver, ansi_color=bare or None)
        self.animation_level = "none"
        ScrollBar.renderer = Blocks
        self.seam = seam
        self.left = False
        """Whether the engine has been told that the screen goes."""
        self._ascii = ascii_only
        self._monotonic = monotonic
        self._pictures = pictures
        self._painted = painted
        self._arrived = monotonic() if monotonic is not None else 0.0
        self._snapshot = seam.latest()
        self._unsubscribe: Callable[[], None] = lambda: None
        self._repaint = False
        """Whether frames were left out."""
        self.set_class(ascii_only, "-ascii")
        KEYMAP.set(keymap or {})
        self.set_keymap(dict(keymap or {}))

    @property
    def available_themes(self) -> dict[str, Theme]:
        """Those that are shipped and the operator's own; none of Textual's."""
        return self._themes

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """What stands where a theme sets nothing: night's state colours, and the terminal's own."""
        return STATE_COLOURS | TERMINALS_OWN

    def get_default_screen(self) -> Screen[object]:
        """The wizard is one screen."""
        screen = WizardScreen(
            self._snapshot,
            now=self.engine_now,
            record=Record(self.seam.events),
            stroke="-" if self._ascii else "─",
            notices=self._notices,
        )
        # As Textual gives them with the first resize; before it the first frame would be laid out
        # for a narrow terminal, and everything be styled again.
        screen.set_classes(size_classes(self.size))
        return screen  # type: ignore[return-value] # it returns nothing to anyone

    def engine_now(self) -> float:
        """The engine's clock, in seconds: its last word plus what went by here since.

        It stands still once the run is over: nothing is watched any more, and nothing ages.
        """
        if self._monotonic is None or self._snapshot.state is RunState.OVER:
            return self._snapshot.at
        return self._snapshot.at + self._monotonic() - self._arrived

    def on_mount(self) -> None:
        """Listen to the engine, and to those who may end us."""
        self._unsubscribe = self.seam.subscribe(self._listen)
        self._listen(self.seam.latest())
        if self._monotonic is not None:
            self.set_interval(TICK, self._tick)
        if not self.is_headless:
            handle_signals(asyncio.get_running_loop(), self._tell_engine, self._killed)
            self.call_after_refresh(_freeze_garbage)
        self.call_after_refresh(self._painted)
        if self._pictures is not None:
            self._pictures.failed = self._picture_failed
        if self._notices:
            self.call_after_refresh(self._say, " ".join(self._notices))

    def on_unmount(self) -> None:
        """Listen no more."""
        self._unsubscribe()
        if self._pictures is not None:
            self._pictures.close()

    def _picture_failed(self, why: str) -> None:
        """Called from the thread that writes: touches no widget."""
        self.call_later(self._no_picture, why)

    def _no_picture(self, why: str) -> None:
        notice = f"This page could not be kept as a picture: {why}. The run is not touched by it."
        self._notices.append(notice)
        self._say(notice)
        for screen in self.screen_stack:
            if isinstance(screen, WizardScreen):
                screen.draw_all()

    def on_wizard_screen_worth_keeping(self, event: WizardScreen.WorthKeeping) -> None:
        """Keep a picture of what the operator sees; never at the cost of anything else."""
        if self._pictures is None or not isinstance(self.screen, WizardScreen):
            return
        shown = self.screen.looking
        number = self._snapshot.number_of(shown)
        svg = self.export_screenshot(title=self._snapshot.run)
        if event.told:
            self._pictures.keep(number, shown, svg, lambda name: self.call_later(self._kept, name))
        else:
            self._pictures.keep(number, shown, svg)

    def _kept(self, name: str) -> None:
        self._say(f"Picture kept in the run's folder: screens/{name}")

    def _say(self, words: str) -> None:
        """Say it for a while where it covers no more than the names of the keys."""
        for screen in self.screen_stack:
            for row in screen.query(KeyRow):
                row.say(words)

    def on_wizard_screen_copied(self, event: WizardScreen.Copied) -> None:
        """Hand a page's text to the terminal's clipboard, and keep it beside the pictures."""
        self.copy_to_clipboard(event.text)
        kept = ""
        if self._pictures is not None:
            self._pictures.keep_text(event.name, event.text)
            kept = " Kept in screens/ too."
        words = "Copied, where the terminal takes it (OSC 52)."
        self._say(words + kept)

    def _listen(self, snapshot: Snapshot) -> None:
        """Called from the engine's thread: never waits, touches no widget."""
        self.post_message(SnapshotArrived(snapshot))

    async def on_snapshot_arrived(self, event: SnapshotArrived) -> None:
        """Draw it, wherever the operator is."""
        if event.snapshot.version <= self._snapshot.version:
            return
        self._snapshot = event.snapshot
        self._arrived = self._monotonic() if self._monotonic is not None else 0.0
        for screen in self.screen_stack:
            if isinstance(screen, WizardScreen):
                await screen.show(event.snapshot)
            elif isinstance(screen, Confirm):
                screen.show(event.snapshot)

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        """Leave a frame out where the terminal doesn't read: the next look repaints it whole."""
        if isinstance(self._driver, PatientDriver) and self._driver.behind:
            self._repaint = True
            return
        super()._display(screen, cut(renderable))

    def _tick(self) -> None:
        if isinstance(self._driver, PatientDriver):
            if self._driver.gone:
                self._killed(signal.SIGHUP)
                return
            if self._repaint and not self._driver.behind:
                self._repaint = False
                self.refresh(layout=True)
        for screen in self.screen_stack:
            if isinstance(screen, WizardScreen):
                screen.tick()

    def on_wizard_screen_ordered(self, event: WizardScreen.Ordered) -> None:
        """Hand an order down; an answer only while its question is still asked."""
        order = event.order
        if isinstance(order, Answered):
            question = self.seam.latest().question
            if question is None or question.id != order.question:
                return
        self.seam.send(order)

    def action_leave(self) -> None:
        """The one way out: the page that says what stays owed."""
        if isinstance(self.screen, Confirm) and self.screen.name == "leave":
            return
        over = self._snapshot.state is RunState.OVER
        page = Confirm(
            "leave",
            "Leave lparwiz?",
            leaving,
            "Stay",
            lambda _: "Leave",
            self._snapshot,
            other_first=over,
        )
        self.push_screen(page, self._leave)

    def _leave(self, confirmed: bool | None) -> None:  # noqa: FBT001 - a screen's result
        if confirmed:
            self._send_leave(Leave())
            self.exit(exit_status(self.seam.latest()))

    def action_commands(self) -> None:
        """Offer every command by its words."""
        from lparwiz.ui.palette import Palette, commands  # noqa: PLC0415 - 2 ms of every start

        offered = commands(sorted(self.available_themes), self.theme, self._broken)
        self.push_screen(Palette(offered), self._command)

    async def _command(self, action: str | None) -> None:
        if action:
            await self.screen.run_action(action)

    def action_use_theme(self, theme: str) -> None:
        """Change the colours, until the wizard is left."""
        self.theme = theme

    def action_ask_abort(self) -> None:
        """Show what way back is open, and ask before it is taken."""
        page = Confirm(
            "abort", "The way back", aborting, "Go on with the run", offer, self._snapshot
        )
        self.push_screen(page, self._abort)

    def on_question_form_turns_back(self, event: QuestionForm.TurnsBack) -> None:
        """Show what the way back is, and ask before an answer takes it, as before any other."""
        form, choice = event.form, event.choice
        asked = form.question.id

        def decided(confirmed: bool | None) -> None:  # noqa: FBT001 - a screen's result
            if confirmed:
                form.send(choice)

        if isinstance(self.screen, Confirm):
            return  # Enter came twice
        if offer(self._snapshot) != WAY_BACK:
            form.send(choice)  # once the migration was sent it goes on to the readings
            return

        def still(snapshot: Snapshot) -> str:
            question = snapshot.question
            return WAY_BACK if question is not None and question.id == asked else ""

        page = Confirm("back", "Take the way back?", aborting, "No", still, self._snapshot)
        self.push_screen(page, decided)

    def _abort(self, confirmed: bool | None) -> None:  # noqa: FBT001 - a screen's result
        if confirmed:
            self.seam.send(Abort())

    def _tell_engine(self, number: signal.Signals) -> None:
        """Called from a signal's handler, in the middle of anything."""
        if not self.left:
            self._send_leave(Leave(f"the screen got {number.name}"))

    def _killed(self, number: signal.Signals) -> None:
        """A hang-up or a kill. No message: the terminal may be gone."""
        self._tell_engine(number)
        self.exit(KILLED_BY + number, return_code=KILLED_BY + number)

    def give_back(self) -> None:
        """Leave the terminal as it was, where the loop was broken off and never came to it."""
        self.on_unmount()
        if self._driver is not None:
            self._driver.stop_application_mode()
            self._driver.close()

    def _send_leave(self, order: Leave) -> None:
        self.left = True
        self.seam.send(order)


def _freeze_garbage() -> None:
    """Look for garbage from now on, but not in what is there by now: it stays until the end.

    Looking through it again and again made one key in thirty wait a tenth of a second, and the
    first page 25 ms later (measured).
    """
    gc.freeze()
    gc.enable()
