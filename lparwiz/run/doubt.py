"""Commands that were sent and whose end nobody knows: they may still take effect, long after.

A command that timed out, or whose connection broke, or whose run was killed, may wait on its host
and run there later. A reading that all is as it was proves nothing about that.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from lparwiz.run.action import REACHED
from lparwiz.run.journal import Event
from lparwiz.tools.command import Outcome

DOUBT = 900.0
"""Seconds for which a command may still take effect after it was given up. No host tells: it is our
own choice, longer than a connection is ever held (`remote.connection.OUTLAST`)."""

_TELLING = frozenset({"intent", "sent", "answered", "done", "taken up", "handed over"})
"""The events from which a doubt follows; most of a journal only tells what was read."""

_TOLD = (Outcome.EXITED, Outcome.NOT_STARTED)
"""How a command ends that does nothing more."""


@dataclass(frozen=True)
class Doubt:
    """A command of which nobody knows whether it has taken effect, or will."""

    action: str
    command: str
    debts: tuple[str, ...]
    """The ids of the debts that it makes or pays, whenever it takes effect."""
    since: float | None = None
    """Engine clock when it was given up; None: it is under way."""

    def left(self, now: float) -> float:
        """Seconds until a reading proves something again; 0 or less: it does."""
        return DOUBT if self.since is None else self.since + DOUBT - now

    def text(self, now: float) -> str:
        """What is said of it while a reading proves nothing."""
        minutes = math.ceil(self.left(now) / 60)
        return (
            "this gave no answer and may still take effect, so look again in "
            f"{minutes} min: {self.command}"
        )


def doubts(events: Iterable[Event], reached: str = "") -> tuple[Doubt, ...]:
    """The commands that are in doubt, as a journal tells it, however long ago they were sent.

    Once an action's goal was proven, its last command is in doubt no more, for it reached the goal.
    Where an earlier one is in doubt, too, either may have reached it: then both stay so.

    Args:
        events: the journal.
        reached: an action whose goal has been proven just now.
    """
    meant: dict[tuple[str, str], Mapping[str, Any]] = {}
    sent: dict[str, list[Doubt | None]] = {}  # by action; None: its answer told all
    at = 0.0
    for event in events:
        at, before = event.at, at
        if event.kind not in _TELLING:
            continue
        data = event.data
        key = (data.get("host", ""), data.get("command", ""))
        match event.kind:
            case "intent":
                meant[key] = data
            case "sent" if key in meant:
                action = meant[key]["action"]
                doubt = Doubt(action, key[1], tuple(meant[key].get("debts", ())))
                sent.setdefault(action, []).append(doubt)
            case "answered" if key in meant:
                tries = sent.get(meant[key]["action"], [])
                _answered(tries, Outcome(data["outcome"]), event.at)
            case "done" if data["state"] in REACHED:
                _proven(sent.get(data["action"], []))
            case "taken up" | "handed over":  # nobody waits any more for what a kill left
                for action, tries in sent.items():
                    sent[action] = [each and _given_up(each, before) for each in tries]
    _proven(sent.get(reached, []))
    return tuple(each for tries in sent.values() for each in _open(tries))


def _answered(tries: list[Doubt | None], outcome: Outcome, at: float) -> None:
    """The last try was answered: that told all, or it was given up then."""
    if tries and tries[-1] is not None:
        tries[-1] = None if outcome in _TOLD else replace(tries[-1], since=at)


def _proven(tries: list[Doubt | None]) -> None:
    """The goal was proven: the last try reached it, where no other is in doubt."""
    if tries and tries[-1] is not None and len(_open(tries)) == 1:
        tries.clear()


def _open(tries: Iterable[Doubt | None]) -> list[Doubt]:
    return [each for each in tries if each is not None]


def _given_up(doubt: Doubt, at: float) -> Doubt:
    return replace(doubt, since=at) if doubt.since is None else doubt
