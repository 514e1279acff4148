"""The answers of a run that nobody sits at: by the change file, `lparwiz pay` or a dry run."""

import tomllib

from lparwiz.change import Change
from lparwiz.run.answers import Prepared
from lparwiz.run.step import Conclusion


def decided(change: Change) -> Prepared:
    """The answers of a change file's `[decisions]`."""
    decisions = change.decisions
    go = "go" if decisions.proceed else "back"
    answers = {"continue": "go", "proceed": go, "migrate": go, "stopped": "back"}
    answers |= _taken(change)
    said = tomllib.loads(change.text).get("decisions", {})
    defaults = {"stopped"} if "proceed" in said else {"stopped", "proceed", "migrate"}
    if not said:
        defaults.add("continue")
    return Prepared("the change file", answers, decisions.accept, _left(change), defaults)


def _left(change: Change) -> tuple[str, ...]:
    """The questions that `[decisions]` leaves to a person."""
    return () if change.decisions.outcome == "evidence" else ("outcome",)


def _taken(change: Change) -> dict[str, str]:
    """The offers that `[decisions]` takes; any other is left, which is the safe answer."""
    decisions = change.decisions
    offers = {
        "freeze": (decisions.freeze, "freeze"),
        "profile-file": (decisions.profile_file, "write"),
        "physical-server": (decisions.physical_server, "correct"),
    }
    return {name: answer for name, (taken, answer) in offers.items() if taken}


def supposed(change: Change, outcome: Conclusion) -> Prepared:
    """The answers of a dry run that supposes this outcome."""
    answers = _taken(change) | {
        "continue": "go",
        "proceed": "go",
        "migrate": "go",
        "stopped": "back",
        "outcome": outcome.value,
    }
    return Prepared(f"the dry run, supposing that it is {outcome.value}", answers, ("all",))


def paying(change: Change) -> Prepared:
    """The answers of `lparwiz pay`: whatever the readings prove safe is put right.

    What the change file leaves to a person stays with one.
    """
    answers = {"continue": "go", "proceed": "go", "stopped": "back"}
    return Prepared("lparwiz pay", answers, ("all",), _left(change))
