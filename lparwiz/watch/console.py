"""The live picture of a console: the LPAR on the systems that it manages."""

from collections.abc import Sequence
from dataclasses import replace

from lparwiz.run.snapshot import Field, Level, Pane
from lparwiz.tools import hmc
from lparwiz.tools.command import Answer, Command
from lparwiz.tools.errors import Unreadable
from lparwiz.watch.host import SILENT
from lparwiz.watch.node import worst


def commands(systems: Sequence[str], lpar: str) -> tuple[Command, ...]:
    """What a console is asked: the LPAR on each of `systems`."""
    return tuple(hmc.list_partition(system, lpar) for system in systems)


def draw(
    systems: Sequence[str], lpar: str, told: Sequence[Answer], before: Pane, at: float
) -> Pane:
    """The pane after a round of answers.

    Args:
        systems: the managed systems that were asked for.
        lpar: the LPAR's name.
        told: the answers to `commands`, in their order.
        before: the pane until then.
        at: engine clock, seconds.
    """
    answers = zip(systems, told, strict=True)
    fields = tuple(_state(system, lpar, answer) for system, answer in answers)
    if all(field.level is Level.UNKNOWN for field in fields):
        kept = before.fields or fields
        return replace(before, fields=kept, state=SILENT, level=Level.UNKNOWN)
    level = worst(fields)
    state = "OK" if level is Level.PASS else "LOOK"
    return replace(before, fields=fields, state=state, level=level, read_at=at)


def _state(system: str, lpar: str, answer: Answer) -> Field:
    match hmc.interpret(answer):
        case hmc.Rows(rows=()):
            return Field(system, f"no {lpar}")
        case hmc.Rows(rows=rows):
            try:
                found = hmc.partition(rows[0])
            except Unreadable:
                return Field(system, "?", Level.UNKNOWN)
            half = found.migrating and "Not" in found.state
            level = Level.WARNING if half else Level.PASS
            return Field(system, f"{found.state} id {found.lpar_id}", level)
        case hmc.Failed(codes=codes):
            return Field(system, " ".join(codes) or "refused", Level.UNKNOWN)
        case _:
            return Field(system, "?", Level.UNKNOWN)
