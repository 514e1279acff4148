"""The engine's own thread and loop, and its side of the seam.

A screen's loop stops for as long as its terminal isn't read; a migration must not. So the engine
shares nothing with a screen but snapshots and orders, and outlives it.
"""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable

from lparwiz.run.journal import Event
from lparwiz.run.orders import Order
from lparwiz.run.picture import Picture
from lparwiz.run.snapshot import RunState, Snapshot

BROKEN = 3
"""Exit status where lparwiz itself failed: something may be owed."""

INTERVAL = 0.25
"""Seconds between two snapshots at least: four a second are all that an eye can use."""


class Engine:
    """Plays one run on a thread of its own; the screen's side of it is a `Seam`.

    Args:
        picture: what is shown; its `changed` is set by the engine.
        now: the engine's clock, seconds since the epoch.
        body: the run itself, started with `start`. Its result is the exit status.
        interval: seconds between two snapshots at least.
        events: the journal's events after a number, safe from any thread.
    """

    def __init__(
        self,
        picture: Picture,
        now: Callable[[], float],
        body: Callable[["Engine"], Awaitable[int]],
        interval: float,
        events: Callable[[int], tuple[Event, ...]],
    ) -> None:
        self._events = events
        self._picture = picture
        self._now = now
        self._body = body
        self._interval = interval
        self._listeners: list[Callable[[Snapshot], None]] = []
        self._lock = threading.RLock()  # a signal's handler may send while its thread holds it
        self._loop: asyncio.AbstractEventLoop | None = None
        self._waiting: list[Order] = []
        self._timer: asyncio.TimerHandle | None = None
        self._published = 0.0
        self._take: Callable[[Order], None] | None = None
        self._latest = picture.snapshot(now())
        self._thread = threading.Thread(target=self._main, name="lparwiz engine")
        self.error: BaseException | None = None
        """What ended the run out of order."""
        self._status = BROKEN
        picture.changed = self._touch

    # The screen's side: safe from any thread

    def latest(self) -> Snapshot:
        """The newest snapshot; there is always one."""
        return self._latest

    def subscribe(self, listener: Callable[[Snapshot], None]) -> Callable[[], None]:
        """Call `listener` from the engine's thread with each new snapshot until it is ended."""
        with self._lock:
            self._listeners.append(listener)

        def end() -> None:
            with self._lock:
                if listener in self._listeners:
                    self._listeners.remove(listener)

        return end

    def events(self, after: int) -> tuple[Event, ...]:
        """The journal's events after event `after`, oldest first."""
        return self._events(after)

    def send(self, order: Order) -> None:
        """Hand an order down; one that comes before the run is ready waits for it."""
        with self._lock:
            self._waiting.append(order)
            loop = self._loop
        if loop is not None:
            try:
                loop.call_soon_threadsafe(self._deliver)
            except RuntimeError:
                return  # the loop has ended, and with it whatever the order was for

    def start(self) -> None:
        """Start the run; once more changes nothing."""
        if self._thread.ident is None:
            self._thread.start()

    @property
    def ended(self) -> bool:
        """Whether the run has come to its end."""
        return self._thread.ident is not None and not self._thread.is_alive()

    def join(self) -> int:
        """Wait for the run's end; its exit status. `error` tells of an end in disorder."""
        self._thread.join()
        return self._status

    # The run's side: on the engine's loop

    def orders_to(self, take: Callable[[Order], None]) -> None:
        """Name who takes the orders, those included that came before."""
        self._take = take
        self._deliver()

    def _main(self) -> None:
        try:
            self._status = asyncio.run(self._play())
        except BaseException as error:  # noqa: BLE001 - handed to whoever joins, whatever it is
            self.error = error
            self._picture.put(
                state=RunState.OVER,
                question=None,
                exit_status=BROKEN,
                closing=f"lparwiz itself failed ({error!r}). ledger.md says what is owed.",
            )
        finally:
            self._publish()

    async def _play(self) -> int:
        with self._lock:
            self._loop = asyncio.get_running_loop()
        try:
            return await self._body(self)
        finally:
            with self._lock:
                self._loop = None
            if self._timer is not None:
                self._timer.cancel()

    def _deliver(self) -> None:
        if self._take is None:
            return
        with self._lock:
            orders, self._waiting = self._waiting, []
        for order in orders:
            self._take(order)

    def _touch(self) -> None:
        if self._timer is None and self._loop is not None:
            wait = max(0.0, self._published + self._interval - time.monotonic())
            self._timer = self._loop.call_later(wait, self._publish)

    def _publish(self) -> None:
        self._timer = None
        self._published = time.monotonic()
        self._latest = self._picture.snapshot(self._now())
        with self._lock:
            listeners = tuple(self._listeners)
        for listener in listeners:
            listener(self._latest)
