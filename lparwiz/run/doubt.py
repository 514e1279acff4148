"""What was sent and told nothing of its end: it may still take effect, long after.

A command that timed out, or whose connection broke, or whose run was killed, may wait on its host
and run there later. A reading that all is as it was proves nothing about that.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from lparwiz.run.journal import Event
from lparwiz.run.snapshot import PlanState
from lparwiz.tools.command import Outcome

DOUBT = 900.0
"""Seconds for which a command may still take effect after it was given up. No host tells: it is our
own choice, longer than a connection is ever held (`remote.connection.OUTLAST`)."""

REACHED = (PlanState.DONE, PlanState.UNCHANGED)
"""What is said of an action whose goal was read back."""

_TOLD = (Outcome.EXITED, Outcome.NOT_STARTED)
"""How a command ends that does nothing more."""


@dataclass(frozen=True)
class Doubt:
    """A command of which nobody knows whether it has taken effect, or will."""

    action: str
    command: str
    debts: tuple[str, ...]
    """The ids of the debts that it makes, whenever it takes effect."""
    since: float | None = None
    """Engine clock when it was given up; None: it is under way."""

    def left(self, now: float) -> float:
        """Seconds until a reading proves something again; 0 or less: it does."""
        return DOUBT if self.since is None else self.since + DOUBT - now


def doubts(events: Iterable[Event]) -> tuple[Doubt, ...]:
    """The commands that are in doubt, as a journal tells it, however long ago they were sent.

    One that is the last of its action is in doubt no more once the action's goal was proven: it is
    what reached it. One that was tried again is: the second one may have reached the goal.
    """
    meant: dict[tuple[str, str], dict[str, Any]] = {}
    sent: dict[str, list[Doubt | None]] = {}  # by action; None: its answer told all
    at = 0.0
    for event in events:
        data = dict(event.data)
        key = (data.get("host", ""), data.get("command", ""))
        match event.kind:
            case "intent":
                meant[key] = data
            case "sent" if key in meant:
                action = meant[key]["action"]
                doubt = Doubt(action, key[1], tuple(meant[key].get("debts", ())))
                sent.setdefault(action, []).append(doubt)
            case "answered" if key in meant:
                tries = sent.get(meant[key]["action"])  # None: it changes nothing
                if tries:
                    told = Outcome(data["outcome"]) in _TOLD
                    tries[-1] = None if told else tries[-1] and replace(tries[-1], since=event.at)
            case "done" if data["state"] in REACHED:
                tries = sent.get(data["action"])
                if tries and tries[-1] is not None and len(_open(tries)) == 1:
                    tries.clear()
            case "taken up":  # nobody waits any more for what a kill left
                for action, tries in sent.items():
                    sent[action] = [each and _given_up(each, at) for each in tries]
        at = event.at
    return tuple(each for tries in sent.values() for each in _open(tries))


def _open(tries: Iterable[Doubt | None]) -> list[Doubt]:
    return [each for each in tries if each is not None]


def _given_up(doubt: Doubt, at: float) -> Doubt:
    return replace(doubt, since=at) if doubt.since is None else doubt
