"""How each state is drawn: a mark, a word and a style. Never colour alone."""

from lparwiz.run.snapshot import Level, PlanState, RunState, StepState

STEP: dict[StepState, tuple[str, str]] = {
    StepState.TODO: ("[ ]", "dim"),
    StepState.NOW: ("[>]", "now"),
    StepState.DONE: ("[x]", "ok"),
    StepState.SKIPPED: ("[-]", "dim"),
    StepState.LEFT: ("[<]", "warning"),
    StepState.FAILED: ("[!]", "stop"),
    StepState.UNKNOWN: ("[?]", "unknown"),
}
"""Mark and style of a step; its word is the state's own."""

PLAN: dict[PlanState, tuple[str, str]] = {
    PlanState.PLANNED: ("[ ]", "dim"),
    PlanState.RUNNING: ("[>]", "now"),
    PlanState.DONE: ("[x]", "ok"),
    PlanState.UNCHANGED: ("[=]", "ok"),
    PlanState.FAILED: ("[!]", "stop"),
    PlanState.UNKNOWN: ("[?]", "unknown"),
}
"""Mark and style of a planned command."""

LEVEL: dict[Level, str] = {
    Level.PASS: "ok",
    Level.NOTE: "note",
    Level.WARNING: "warning",
    Level.STOP: "stop",
    Level.UNKNOWN: "unknown",
}
"""Style of a level; its word is its own value."""

GRAVEST: tuple[Level, ...] = (
    Level.STOP,
    Level.UNKNOWN,
    Level.WARNING,
    Level.NOTE,
    Level.PASS,
)
"""What the operator must see first."""

RUN: dict[RunState, str] = {
    RunState.WORKING: "ok",
    RunState.WAITING: "wait",
    RunState.HELD: "wait",
    RunState.OVER: "title",
}
"""Style of the run's state."""


CALM = (Level.PASS, Level.NOTE)
"""Levels that need no look."""


def gravity(level: Level) -> int:
    """Sorts what needs a look to the top."""
    return GRAVEST.index(level)
