"""A step: one page of the wizard, one file under steps/."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from lparwiz.errors import Trouble

if TYPE_CHECKING:
    from lparwiz.run.play import Play


class Conclusion(StrEnum):
    """What became of the migration, as far as it is proven."""

    MIGRATED = "migrated"
    NOT_MIGRATED = "not migrated"
    UNKNOWN = "unknown"


class Stopped(Trouble):
    """A step can't go forward. Nothing is lost: the way back is open, or debts are written down."""


class Skipped(Exception):  # noqa: N818 - not an error: the step has nothing to do
    """The step has nothing to do here; the text says why."""


class Again(Exception):  # noqa: N818 - not an error: the operator's decision
    """The step is played again from its start, with fresh readings."""


class Reopened(Exception):  # noqa: N818 - not an error: the operator's decision
    """An earlier step is played again, as what it proved is not so; the text is its id."""


class WayBack(Exception):  # noqa: N818 - not an error: the operator's decision
    """The way back was chosen; the text says by whom."""


@dataclass(frozen=True)
class Step:
    """One step of the procedure."""

    id: str
    title: str
    purpose: str
    """What it is for, in the guide's terms; two lines on a screen."""
    guide: str
    """The guide's section, by its title."""
    play: Callable[["Play"], Awaitable[None]]
    """Reads, asks and acts; raises Skipped, Stopped or WayBack."""
    closing: bool = False
    """Whether it belongs to every run that has changed something, however that run went."""
    reads: str = ""
    """Of a closing step: what it reads before it puts anything right, in a sentence."""
    pays: tuple[str, ...] = ()
    """Of a closing step: the debts that it puts right, by the parts of their ids before a `/`."""
    renewed: bool = False
    """Whether it is played again when the run is taken up before anything has migrated: what it
    proved may be otherwise now, and what follows relies on it."""
    wants: str = ""
    """What the vendor's guide asks here, for the help and the guide."""
    does: str = ""
    """What lparwiz does here, for the same."""
