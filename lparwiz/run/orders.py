"""What a screen may tell a run to do: plain immutable data, which the engine takes in order."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Answered:
    """The operator's answer to the question `question`."""

    question: str
    choice: str
    value: str = ""
    """For a VALUE question: what was typed. For a choice that needs the word: that word."""


@dataclass(frozen=True)
class Hold:
    """Finish the action under way and wait; `on=False` goes on."""

    on: bool = True


@dataclass(frozen=True)
class Abort:
    """Take the way back that is still open; asked at the next safe point."""


@dataclass(frozen=True)
class Leave:
    """The screen goes: come to the next safe point, journal it and stop.

    Debts stay written down.
    """

    reason: str = field(default="the operator left")


Order = Answered | Hold | Abort | Leave
