"""The seam between an engine and whoever watches it.

The engine publishes snapshots and takes orders; a screen subscribes and sends, and may read on in
the journal. Nothing else is shared, so that the engine can become a process of its own without
either side noticing.
"""

from collections.abc import Callable
from typing import Protocol

from lparwiz.run.journal import Event
from lparwiz.run.orders import Order
from lparwiz.run.snapshot import Snapshot


class Seam(Protocol):
    """An engine, as seen from a screen. All are safe to call from any thread."""

    def latest(self) -> Snapshot:
        """The newest snapshot; there is always one."""
        ...

    def subscribe(self, listener: Callable[[Snapshot], None]) -> Callable[[], None]:
        """Call `listener` with each new snapshot, from the engine's thread, at most 4 a second.

        A listener must return at once. The value returned ends the subscription.
        """
        ...

    def events(self, after: int) -> tuple[Event, ...]:
        """The journal's events after event `after`, oldest first: what a reader has not yet seen.

        Asked for where somebody looks at them, so that a snapshot costs the same however long
        the run is.
        """
        ...

    def send(self, order: Order) -> None:
        """Hand an order down; returns at once. One that fits nothing any more is ignored."""
        ...
