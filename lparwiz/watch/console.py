"""The live picture of a console: the LPAR on the systems that it manages."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from lparwiz.run.action import Transport
from lparwiz.run.snapshot import Field, Heard, Level, Pane
from lparwiz.tools import hmc
from lparwiz.tools.command import Answer
from lparwiz.tools.errors import Unreadable
from lparwiz.watch.host import SILENT, Watched, ask, heard
from lparwiz.watch.node import worst


@dataclass(frozen=True)
class ConsoleAnswers:
    """One round of answers of a console."""

    systems: tuple[str, ...]
    answers: tuple[Answer, ...]
    """One for each of `systems`."""
    heard: tuple[Heard, ...]
    """All of them, as a screen shows them."""


async def read(
    transport: Transport, console: Watched, systems: Sequence[str], lpar: str
) -> ConsoleAnswers:
    """Ask a console for the LPAR on each of `systems`."""
    commands = [hmc.list_partition(system, lpar) for system in systems]
    answers = await asyncio.gather(*(ask(transport, console, command) for command in commands))
    told = (heard(c, console, a) for c, a in zip(commands, answers, strict=True))
    return ConsoleAnswers(tuple(systems), tuple(answers), tuple(told))


def draw(round_: ConsoleAnswers, before: Pane, at: float) -> Pane:
    """The pane after a round of answers."""
    before = replace(before, heard=round_.heard, heard_at=at)
    told = zip(round_.systems, round_.answers, strict=True)
    fields = tuple(_state(system, answer) for system, answer in told)
    if all(field.level is Level.UNKNOWN for field in fields):
        kept = before.fields or fields
        return replace(before, fields=kept, state=SILENT, level=Level.UNKNOWN)
    level = worst(fields)
    state = "OK" if level is Level.PASS else "LOOK"
    return replace(before, fields=fields, state=state, level=level, read_at=at)


def _state(system: str, answer: Answer) -> Field:
    match hmc.interpret(answer):
        case hmc.Rows(rows=()):
            return Field(system, "absent")
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
