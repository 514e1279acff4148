"""The wizard: draws what the engine publishes, hands down what the operator decides."""

import asyncio
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

from rich.console import RenderableType
from textual.app import App
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.screen import Screen
from textual.scrollbar import ScrollBar

from lparwiz.run.seam import Seam
from lparwiz.run.snapshot import Abort, Answered, Leave, RunState, Snapshot
from lparwiz.ui.confirm import Confirm
from lparwiz.ui.driver import PatientDriver
from lparwiz.ui.lines import Blocks
from lparwiz.ui.other_text import aborting, exit_status, leaving
from lparwiz.ui.pictures import Pictures
from lparwiz.ui.screen import WizardScreen
from lparwiz.ui.terminal import NoTerminal, assume_size, require_terminal
from lparwiz.ui.themes import DEFAULT, FEW_COLOURS, STATE_COLOURS, load_themes

__all__ = ["NoTerminal", "SnapshotArrived", "Wizard", "run_wizard"]

TICK = 1.0
"""Seconds between two looks at how old the readings are."""

KILLED_BY = 128
"""What a shell adds to a signal's number for the exit status."""


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
    """

    TITLE = "lparwiz"
    CSS_PATH = "wizard.tcss"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f10,ctrl+q,ctrl+c", "leave", "leave", id="app.leave", priority=True),
    ]

    def __init__(
        self,
        seam: Seam,
        *,
        theme: str | None = None,
        ascii_only: bool = False,
        monotonic: Callable[[], float] | None = None,
        pictures: Pictures | None = None,
    ) -> None:
        super().__init__(driver_class=PatientDriver)
        self.animation_level = "none"
        ScrollBar.renderer = Blocks
        self.seam = seam
        self.left = False
        """Whether the engine has been told that the screen goes."""
        self._ascii = ascii_only
        self._monotonic = monotonic
        self._pictures = pictures
        self._arrived = monotonic() if monotonic is not None else 0.0
        self._snapshot = seam.latest()
        self._unsubscribe: Callable[[], None] = lambda: None
        self._notices: list[str] = []
        self._repaint = False
        """Whether frames were left out."""
        self._choose_theme(theme)
        self.set_class(ascii_only, "-ascii")

    def _choose_theme(self, wanted: str | None) -> None:
        themes, failures = load_themes()
        self._notices += [str(failure) for failure in failures]
        few = self.console.color_system in ("standard", "windows")
        name = wanted or (FEW_COLOURS if few else DEFAULT)
        if name not in themes:
            known = ", ".join(sorted(themes))
            self._notices.append(f"There is no theme {name}; there are {known}.")
            name = DEFAULT
        for theme in themes.values():
            self.register_theme(theme)
        self.theme = name
        for other in set(self.available_themes) - set(themes):
            self.unregister_theme(other)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Night's state colours, where a theme sets none."""
        return STATE_COLOURS

    def get_default_screen(self) -> Screen[object]:
        """The wizard is one screen."""
        return WizardScreen(  # type: ignore[return-value] # it returns nothing to anyone
            self._snapshot,
            now=self.engine_now,
            stroke="-" if self._ascii else "─",
            notices=self._notices,
        )

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
            loop = asyncio.get_running_loop()
            for number in (signal.SIGHUP, signal.SIGTERM):
                loop.add_signal_handler(number, self._killed, number)
        if self._pictures is not None:
            self._pictures.failed = self._picture_failed
        for notice in self._notices:
            self.notify(notice, severity="warning", markup=False)

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
        self.notify(notice, severity="warning", markup=False)
        for screen in self.screen_stack:
            if isinstance(screen, WizardScreen):
                screen.draw_all()

    def on_wizard_screen_worth_keeping(self) -> None:
        """Keep a picture of what the operator sees; never at the cost of anything else."""
        if self._pictures is None or not isinstance(self.screen, WizardScreen):
            return
        steps = [step.id for step in self._snapshot.steps]
        shown = self.screen.looking
        number = steps.index(shown) + 1 if shown in steps else 0
        self._pictures.keep(number, shown, self.export_screenshot(title=self._snapshot.run))

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
        super()._display(screen, renderable)

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
        choices = ("Stay", "Leave")
        over = self._snapshot.state is RunState.OVER
        page = Confirm(
            "leave", "Leave lparwiz?", leaving, choices, self._snapshot, other_first=over
        )
        self.push_screen(page, self._leave)

    def _leave(self, confirmed: bool | None) -> None:  # noqa: FBT001 - a screen's result
        if confirmed:
            self._part(Leave())
            self.exit(exit_status(self.seam.latest()))

    def action_ask_abort(self) -> None:
        """Ask before the way back is taken."""
        choices = ("Go on with the run", "Take the way back")
        page = Confirm("abort", "Take the way back?", aborting, choices, self._snapshot)
        self.push_screen(page, self._abort)

    def _abort(self, confirmed: bool | None) -> None:  # noqa: FBT001 - a screen's result
        if confirmed:
            self.seam.send(Abort())

    def _killed(self, number: signal.Signals) -> None:
        """A hang-up or a kill. No message: the terminal may be gone."""
        self._part(Leave(f"the screen got {number.name}"))
        self.exit(KILLED_BY + number, return_code=KILLED_BY + number)

    def _part(self, order: Leave) -> None:
        self.left = True
        self.seam.send(order)


def run_wizard(
    seam: Seam, *, theme: str | None = None, ascii_only: bool = False, mouse: bool = True
) -> int:
    """Run the wizard on this terminal until it is left.

    The engine is told to leave however the wizard ends; wait for it before ending the process.

    Returns:
        The exit status: the run's own where it is over, 3 where debts are open, 128 + n after
        signal n, else 1.

    Raises:
        NoTerminal: when there is no terminal to draw on.
    """
    require_terminal()
    assume_size()
    wizard = Wizard(
        seam,
        theme=theme,
        ascii_only=ascii_only,
        monotonic=time.monotonic,
        pictures=Pictures(Path(seam.latest().folder)),
    )
    try:
        wizard.run(mouse=mouse)
    except OSError:
        pass  # the terminal is gone: there is nobody left to tell
    finally:
        if not wizard.left:
            seam.send(Leave("the screen went away"))
    if wizard.return_value is not None:
        return wizard.return_value
    return exit_status(seam.latest())
