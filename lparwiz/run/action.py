"""An action: one change to one host. It can tell whether its goal holds, reach and prove it."""

from collections.abc import Awaitable, Callable, Coroutine, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from lparwiz.run.ledger import Debt
from lparwiz.run.snapshot import PlanState
from lparwiz.tools.command import Answer, Command


class Transport(Protocol):
    """What the engine needs of SSH."""

    async def run(self, host_id: str, command: Command) -> Answer:
        """Run one command on a host; whatever the host or the network does is an answer."""
        ...

    def forgive(self, host_id: str) -> None:
        """Log in again where a login was refused: the operator says that it was mended."""
        ...


class Standing(StrEnum):
    """Where an action stands, by a fresh reading."""

    HOLDS = "holds"
    """Its goal is reached."""
    OPEN = "open"
    """Its goal is not reached, and it may act."""
    BLOCKED = "blocked"
    """Something that it relies on isn't so: it must not act."""
    PENDING = "pending"
    """It is under way on the host: wait and read again."""
    UNKNOWN = "unknown"
    """The reading can't be had or can't be understood: it must not act."""


@dataclass(frozen=True)
class Moved:
    """Something that somebody else changed between two of our readings: the operator decides."""

    subject: str
    """Its stable name, one of the action's `subjects`; where it is owed, the debt's id."""
    host: str
    """The host's label."""
    what: str
    was: str
    """What it was before this run."""
    ours: str
    """What this run made of it, or was about to."""
    found: str
    leave: str = ""
    """What follows from leaving it as found; empty: nothing can go on from there."""
    put: Command | None = None
    """Puts it right although it isn't as it was left; None: that would not be safe."""
    goal: str = ""
    """What it is after `put`, in a few words."""
    loses: str = ""
    """What `put` writes over, in a sentence."""
    exact: str = ""
    """What it is known again by, where `found` is but its short form."""

    @property
    def text(self) -> str:
        """All of it in a line."""
        return f"{self.what} was {self.was}, ours {self.ours}, found {self.found}"


@dataclass(frozen=True)
class Verdict:
    """What a check concluded."""

    standing: Standing
    text: str
    """What was read, in a line."""
    moved: tuple[Moved, ...] = ()
    """What somebody else changed: then it is blocked until the operator has decided on each."""


def blocked(*moved: Moved) -> Verdict:
    """The verdict where somebody else changed something."""
    return Verdict(Standing.BLOCKED, "; ".join(each.text for each in moved), moved)


@dataclass(frozen=True)
class Action:
    """One command that changes one host, and how its goal is read there."""

    id: str
    """Unique within the run, and the same when the run is taken up again."""
    host: str
    """The host's id."""
    label: str
    """The host's label."""
    title: str
    command: Command
    check: Callable[[], Awaitable[Verdict]] | None = None
    """Reads whether the goal holds. None: the goal is the answer itself, see `judge`."""
    judge: Callable[[Answer], Verdict] | None = None
    """For an action without a state to read back, such as a validation."""
    subjects: tuple[str, ...] = ()
    """What it changes or relies on, by stable names: by them a dry run, which changes nothing,
    knows what would read otherwise by then."""
    debts: tuple[Debt, ...] = ()
    """What is owed from the moment that it is sent."""
    pays: tuple[str, ...] = ()
    """The ids of the debts that are settled once its goal is proven."""
    beside: Callable[[], Coroutine[None, None, None]] | None = None
    """Follows the progress while the command runs and its goal is pending; then cancelled."""
    patience: float = 0.0
    """Seconds for which a pending goal is waited for."""
    interval: float = 5.0
    """Seconds between two readings while it is pending."""
    once: bool = False
    """Never sent a second time in a run: what it did is read from the hosts instead. From its
    sending on the run's conclusion is unknown, until it is proven."""
    on_abort: bool = False
    """Sent only where the way back is asked for while another action is under way."""


REACHED = (PlanState.DONE, PlanState.UNCHANGED)
"""What is said of an action whose goal was read back."""


@dataclass(frozen=True)
class Done:
    """What became of an action."""

    action: Action
    state: PlanState
    text: str
    """What was read back, in a line."""
    answer: Answer | None = None
    """The host's answer, where something was sent."""
    moved: tuple[Moved, ...] = ()
    """What somebody else changed, by the last reading."""

    @property
    def proven(self) -> bool:
        """Whether its goal is proven (or, in a dry run, would be tried)."""
        return self.state in (*REACHED, PlanState.PLANNED)


def unproven(done: Iterable[Done]) -> list[str]:
    """The actions whose goal is not proven, a line each: where, what, and what was read back."""
    return [
        f"{each.action.label}: {each.action.title}: {each.text}" for each in done if not each.proven
    ]
