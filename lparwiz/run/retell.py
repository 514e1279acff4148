"""The pages of a run as its journal tells them: a screen that comes later draws the same."""

import base64
from collections.abc import Iterable, Sequence
from typing import Any

from lparwiz.run.journal import Event
from lparwiz.run.picture import Picture
from lparwiz.run.snapshot import (
    Chart,
    Finding,
    Level,
    Limit,
    PlannedCommand,
    PlanState,
    StepState,
    Table,
    Trace,
)
from lparwiz.run.step import Step


def retell(picture: Picture, steps: Sequence[Step], events: Iterable[Event]) -> None:
    """Put onto a fresh picture what happened in an earlier life of the run."""
    known = {step.id: step for step in steps}
    commands: dict[str, str] = {}
    asked = ""
    for event in events:
        data = event.data
        if event.kind == "step" and data["id"] in known:
            picture.begin(known[data["id"]])
        elif event.kind == "step ended" and data["id"] in known:
            picture.mark(data["id"], StepState(data["state"]))
        elif event.kind == "intent":
            commands[data["action"]] = data["command"]
        elif event.kind == "question":
            asked = data["text"]
        elif event.kind == "decision" and picture.current:
            label = data.get("label", data["choice"])  # older journals have its id alone
            picture.decide(asked, label, data["value"], data["by"])
        if picture.current:
            _tell(picture, event.kind, data, commands)


def _tell(picture: Picture, kind: str, data: Any, commands: dict[str, str]) -> None:
    match kind:
        case "finding":
            level = Level(data["level"])
            found = Finding(
                data["id"], level, data["text"], data["host"], data["remedy"], data["evidence"]
            )
            picture.find(found)
        case "table":
            rows = tuple(tuple(row) for row in data["rows"])
            picture.table(Table(data["title"], tuple(data["columns"]), rows))
        case "chart":
            picture.page(chart=chart_of(data))
        case "said":
            picture.say(data["text"])
        case "result":
            picture.page(result=data["text"])
        case "intent":
            name, command = data["action"], data["command"]
            picture.plan(PlannedCommand(name, data["host"], name, command, PlanState.UNKNOWN))
        case "done":
            picture.plan(
                PlannedCommand(
                    data["action"],
                    data["host"],
                    data["title"],
                    commands.get(data["action"], ""),
                    PlanState(data["state"]),
                    data["text"],
                )
            )


def how_it_ended(data: Any) -> str:
    """How the command of an answer in the journal ended, in a few words."""
    status = "" if data["status"] is None else f" {data['status']}"
    reason = f", {data['reason']}" if data["reason"] else ""
    return f"{data['outcome']}{status} after {data['seconds']:g} s{reason}"


def outputs_of(data: Any) -> bytes:
    """Both outputs of an answer in the journal, as the host sent them: not sanitised."""
    return b"".join(base64.b64decode(data.get(name, "")) for name in ("stdout", "stderr"))


def chart_of(data: Any) -> Chart:
    """A chart as the journal keeps it."""
    traces = tuple(Trace(**{**each, "recent": tuple(each["recent"])}) for each in data["traces"])
    limits = tuple(Limit(**each) for each in data["limits"])
    return Chart(data["title"], traces, limits, data["more"])
