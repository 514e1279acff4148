"""Where the eye is: all that the wizard remembers of its own."""

from dataclasses import dataclass
from enum import StrEnum


class View(StrEnum):
    """What the page area shows."""

    PAGE = "page"
    LEDGER = "ledger"
    HOSTS = "hosts"
    HOST = "host"
    TIMELINE = "timeline"
    JOURNAL = "journal"
    HELP = "help"


FROM_THE_END = frozenset({View.TIMELINE, View.JOURNAL})
"""What grows at its end is looked at from there."""


@dataclass
class Eye:
    """What is looked at."""

    view: View = View.PAGE
    past: str = ""
    """The step that is looked back at; empty where the current one is followed."""
    host: str = ""
    """The label of the host that is pointed at, or shown."""
    unfolded: bool = False
    sought: str = ""
    """The words that were sought last on this page; empty: none."""
    before: View = View.PAGE
    """What was in sight before the help was opened."""
    opened_from: View = View.PAGE
    """Where the host that is shown was opened."""

    @property
    def answering(self) -> bool:
        """Whether the current step's own page is in sight, with its question."""
        return self.view is View.PAGE and not self.past

    def look(self, view: View, past: str = "", host: str = "") -> None:
        """Turn to something else, and remember where from.

        Args:
            view: what to look at.
            past: the id of the step to look back at; empty: the current one.
            host: the label of a host to point at; empty: the one pointed at before.
        """
        if view is View.HELP:
            self.before = self.view
        if view is View.HOST and self.view in (View.PAGE, View.HOSTS):
            self.opened_from = self.view
        self.view, self.past, self.host, self.sought = view, past, host or self.host, ""


class Places:
    """How far down each page was left, so that coming back finds it as it was."""

    def __init__(self) -> None:
        self._rows: dict[tuple[View, str], int] = {}

    def keep(self, eye: Eye, step: str, row: int) -> None:
        """A page is left.

        Args:
            eye: where the eye still is.
            step: the id of the step whose page is shown, or would be.
            row: the first line in sight.
        """
        self._rows[self._spot(eye, step)] = row

    def of(self, eye: Eye, step: str) -> int | None:
        """The first line that was in sight there; None where nobody was yet."""
        return self._rows.get(self._spot(eye, step))

    def _spot(self, eye: Eye, step: str) -> tuple[View, str]:
        return eye.view, eye.host if eye.view is View.HOST else step
