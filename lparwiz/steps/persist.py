"""Persist: the peerinact of each node's own /etc/llttab, written and put back to the byte.

The guide: a `set-timer` line in /etc/llttab makes the timer last; it counts from LLT's next start
on. Each node's own file is edited where it stands, never copied between nodes (facts, vcs.md 1.5).
"""

from dataclasses import replace
from difflib import unified_diff

from lparwiz.change import Change, Host
from lparwiz.run.action import Action, Moved, Standing, Verdict, blocked
from lparwiz.run.ledger import Debt
from lparwiz.run.play import Play
from lparwiz.run.reading import Reading
from lparwiz.run.snapshot import Table
from lparwiz.run.step import Stopped
from lparwiz.steps import readings
from lparwiz.steps.edit import edits, room_for_copy
from lparwiz.steps.own_values import own_llttab
from lparwiz.steps.payment_order import OUTCOME_DEBT, Turn
from lparwiz.steps.units import both_units
from lparwiz.tools import llt
from lparwiz.tools.errors import Refused
from lparwiz.tools.replace import visible


def file_debt_id(node: Host) -> str:
    """The id of the debt of a node's /etc/llttab."""
    return f"llttab/{node.name}"


def _copy_path(play: Play) -> str:
    """Where the former llttab stays on the node: beside the file, under the run's name."""
    return f"{llt.LLTTAB}.{play.picture.heading.run}"


def persist_all(play: Play, change: Change, wanted: int) -> list[Action]:
    """The files that say less than is wanted; never lowers one.

    Raises:
        Stopped: a file holds bytes that a command line can't carry, or a line that nobody can
            judge.
    """
    files = {node: own_llttab(play, node) for node in change.nodes}
    odd = [node.label for node, text in files.items() if not text.isascii()]
    if odd:
        raise Stopped(
            f"{llt.LLTTAB} holds characters beyond ASCII, which would not arrive as they are.",
            ", ".join(odd),
            "Edit these files by hand, and set persist = false. Nothing was changed.",
        )
    return [
        _writing(play, node, text, wanted)
        for node, text in files.items()
        if _says_less(text, wanted)
    ]


def _writing(play: Play, node: Host, text: str, wanted: int) -> Action:
    try:
        return _write_file(play, node, text, wanted)
    except Refused as refused:  # the check has said so, unless somebody has edited it since
        raise Stopped(
            f"{llt.LLTTAB} can't be written again as it is.",
            f"{node.label}: {refused}",
            "Edit it by hand, and set persist = false. Nothing was changed.",
        ) from refused


def _says_less(text: str, wanted: int) -> bool:
    """Whether a file sets less than is wanted, or nothing; 0 never expires."""
    value = llt.llttab_peerinact(text)
    return value is None or 0 < value < wanted


def file_edits(play: Play, change: Change, wanted: int) -> Table:
    """What will change in each node's own /etc/llttab, to be seen before it is."""
    files = {node.label: own_llttab(play, node) for node in change.nodes}
    return edits(
        f"What changes in {llt.LLTTAB}",
        {
            label: (text, llt.llttab_with_peerinact(text, wanted))
            for label, text in files.items()
            if _says_less(text, wanted)
        },
    )


def _write_file(play: Play, node: Host, before: str, wanted: int) -> Action:
    after = llt.llttab_with_peerinact(before, wanted)
    copy = _copy_path(play)

    async def check() -> Verdict:
        reading = await readings.llttab(play, node)
        if reading.value is None:
            return Verdict(Standing.UNKNOWN, reading.problem)
        written = play.owes(file_debt_id(node))
        if reading.value == after and written:
            return Verdict(Standing.HOLDS, f"{llt.LLTTAB} reads as it should")
        if reading.value == before:
            return await _room_for_copy(play, node, before)
        # Once our edit is written, the kept copy is the former file: theirs can't take its place.
        less = _says_less(reading.value, wanted)
        then = "which is put back later; the line is set in it" if less else "and stays as it is"
        theirs = f"their file becomes the node's own, {then}"
        return blocked(
            replace(
                _moved_file(node, before, after, reading.value), leave="" if written else theirs
            )
        )

    return Action(
        id=f"timers.persist.{node.name}",
        host=node.id,
        label=node.label,
        title=f"set-timer peerinact:{both_units(wanted)} in {llt.LLTTAB}, the former file "
        f"kept as {copy}",
        command=readings.on(node, llt.write_llttab(before, after, copy)),
        check=check,
        subjects=(file_debt_id(node),),
        debts=(
            Debt(
                file_debt_id(node),
                node.label,
                f"{llt.LLTTAB} sets peerinact:{both_units(wanted)} from LLT's next start "
                f"on; the former file is {copy}.",
                readings.on(node, llt.restore_llttab(copy, after)).text,
                turn=Turn.TIMERS,
                after=OUTCOME_DEBT,
            ),
        ),
    )


async def _read_copy(play: Play, node: Host) -> Reading[str]:
    command = readings.on(node, llt.read_llttab_copy(_copy_path(play)))
    return await play.read(node.id, command, readings.as_it_stands)


async def _room_for_copy(play: Play, node: Host, before: str) -> Verdict:
    copy = await _read_copy(play, node)
    if copy.value is None:
        return Verdict(Standing.UNKNOWN, copy.problem)
    return room_for_copy(llt.LLTTAB, _copy_path(play), copy.value, before)


def put_file_back(play: Play, node: Host, wanted: int) -> Action:
    """Put the former /etc/llttab back."""
    before = own_llttab(play, node)
    after = llt.llttab_with_peerinact(before, wanted)
    copy_path = _copy_path(play)

    async def check() -> Verdict:
        reading = await readings.llttab(play, node)
        if reading.value is None:
            return Verdict(Standing.UNKNOWN, reading.problem)
        if reading.value == before:
            return Verdict(Standing.HOLDS, f"{llt.LLTTAB} reads as it should")
        copy = await _read_copy(play, node)
        if copy.value is None:
            return Verdict(Standing.UNKNOWN, copy.problem)
        if copy.value != before:
            return blocked(_moved_copy(play, node, before, after, reading.value, copy.value))
        if reading.value == after:
            return Verdict(Standing.OPEN, f"{llt.LLTTAB} is not changed yet")
        return blocked(
            replace(
                _moved_file(node, before, after, reading.value),
                leave="their file stays, with whatever it says of peerinact; nothing is owed here",
                put=readings.on(node, llt.restore_llttab(copy_path, reading.value)),
                goal="the former file",
                loses="Their edit is lost.",
            )
        )

    return Action(
        id=f"timers.unpersist.{node.name}",
        host=node.id,
        label=node.label,
        title=f"{llt.LLTTAB} as it was",
        command=readings.on(node, llt.restore_llttab(copy_path, after)),
        check=check,
        subjects=(file_debt_id(node),),
        pays=(file_debt_id(node),),
    )


async def edited_since(play: Play, node: Host, wanted: int) -> tuple[Moved | None, str]:
    """What somebody has changed in /etc/llttab since it was written; or why it can't be read."""
    reading = await readings.llttab(play, node)
    if reading.value is None:
        return None, reading.problem
    before = own_llttab(play, node)
    after = llt.llttab_with_peerinact(before, wanted)
    if play.rehearsal or reading.value == after:
        return None, ""
    return _moved_file(node, before, after, reading.value), ""


def _moved_file(node: Host, before: str, after: str, found: str) -> Moved:
    return Moved(
        subject=file_debt_id(node),
        host=node.label,
        what=llt.LLTTAB,
        was=_sets(before),
        ours=_sets(after),
        found=_edit(after, found),
        exact=found,
    )


def _moved_copy(play: Play, node: Host, before: str, after: str, found: str, kept: str) -> Moved:
    """The kept copy is gone, or another: the former file is in the run's folder, too."""
    copy = _copy_path(play)
    try:
        put = readings.on(node, llt.write_llttab(found, before, copy))
    except Refused:  # a last line without its end: only a file can carry that
        put = None
    edited = "" if found == after else f"; and {llt.LLTTAB}: {_edit(after, found)}"
    return Moved(
        subject=file_debt_id(node),
        host=node.label,
        what=copy,
        was="no such file",
        ours="the former file",
        found=f"{_edit(before, kept) if kept else 'removed'}{edited}",
        leave=f"{llt.LLTTAB} stays as it is; nothing is owed here",
        put=put,
        goal="the former file, from the run's folder,",
        loses="Their edit is lost." if edited else "",
        exact=found,
    )


def _sets(text: str) -> str:
    """What a file says of peerinact, in a word or two."""
    value = llt.llttab_peerinact(text)
    return "peerinact not set" if value is None else f"peerinact:{value}"


def _edit(ours: str, found: str) -> str:
    """How a file differs from ours, line by line."""
    lines = unified_diff(ours.splitlines(), found.splitlines(), lineterm="", n=0)
    changed = [line for line in lines if not line.startswith(("---", "+++", "@@"))]
    edited = "; ".join(f"{line[0]} {visible(line[1:])}" for line in changed)
    return edited or "other line ends"
