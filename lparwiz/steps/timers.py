"""Timers: raise peerinact on every node before the migration, proven on every node.

The guide: `lltconfig -T peerinact:9000` on every node, verified by `lltconfig -T query`; a
`set-timer` line in /etc/llttab makes it last. All nodes or none (rule 5).

Reads:   each node's running peerinact and /etc/llttab; what is frozen in VCS.
Asks:    what becomes of a value that somebody else has set since; whether to run the commands
         shown.
Changes: the running peerinact of every node below the wanted value; with `persist`, /etc/llttab
         where it says less.
Owes:    each node's own former value; with `persist`, the former /etc/llttab until all is proven.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from difflib import unified_diff

from lparwiz.change import Change, Host, Part
from lparwiz.run.action import Action, Moved, Reading, Standing, Verdict, blocked
from lparwiz.run.ledger import Debt
from lparwiz.run.play import Play
from lparwiz.run.snapshot import Table
from lparwiz.run.step import Skipped, Stopped
from lparwiz.steps import readings
from lparwiz.steps.asking import proceed
from lparwiz.steps.edit import edits
from lparwiz.steps.frozen import note_frozen
from lparwiz.steps.moved import again_if_moved, decide
from lparwiz.tools import llt
from lparwiz.tools.errors import Refused

WANTS = (
    "Set the peer inactive timeout on every node with `lltconfig -T peerinact:9000`, verify it "
    "with `lltconfig -T query`, and add a `set-timer` line to /etc/llttab to make it last."
)
"""What the vendor's guide asks."""
DOES = (
    "Reads each node's running value and its file, writes down what each had, sets the nodes "
    "that are below, and reads all back: all or none. /etc/llttab only with `persist`."
)
"""What lparwiz does."""


async def play(play: Play, change: Change) -> None:
    """Raise the timers on all nodes; one that is in doubt means the way back for all."""
    if Part.TIMERS not in change.route.parts:
        raise Skipped(f"Route {change.route} touches no timers.")
    await note_frozen(play, change)
    wanted = play.recall("peerinact")["wanted"]
    if wanted is None:
        raise Skipped("Every node outlasts the freeze as it is: nothing to change.")
    await _take_down(play, change)
    actions = await _decided(play, change, wanted)
    if not actions:
        raise Skipped(f"Every node is at {wanted} or above already: nothing to change.")
    await show(play, change, wanted)
    if change.timers.persist:
        play.table(_file_edits(play, change, wanted))
    play.plan(actions)
    await play.ask(
        proceed("timers", f"Raise peerinact to {wanted} ({wanted / 100:g} s)?", "Raise it")
    )
    done = await play.do(actions, together=True)
    again_if_moved(done)
    await show(play, change, wanted)
    doubtful = [each for each in done if not each.proven]
    if doubtful:
        raise Stopped(
            "Not every node is proven raised, so nothing migrates.",
            "\n".join(f"{each.action.label}: {each.text}" for each in doubtful),
            "Mend the node and try again, or take the way back: it puts all of them back.",
        )
    play.note("persisted", change.timers.persist)
    low = len(_low(play, change, wanted))
    play.result(f"peerinact is {wanted} ({wanted / 100:g} s) on {low} nodes, read back.")


def _low(play: Play, change: Change, wanted: int) -> list[Host]:
    """The nodes whose own value is below what is wanted; 0 never expires."""
    former = play.recall("timers")
    return [node for node in change.nodes if 0 < former[node.name]["running"] < wanted]


async def _decided(play: Play, change: Change, wanted: int) -> tuple[Action, ...]:
    """What is to be raised, once it is known whose values are the nodes' own."""
    while True:
        actions = [raise_timer(play, node, wanted) for node in _low(play, change, wanted)]
        if change.timers.persist:
            actions += _persist_all(play, change, wanted)
        decided = await decide(play, "timers", actions, together=True)
        if not decided.left:
            return decided.actions
        take_theirs(play, change, decided.left)


def take_theirs(play: Play, change: Change, left: Sequence[Moved]) -> None:
    """Note what somebody else has set meanwhile as the nodes' own: that is put back later."""
    values = {name: dict(own) for name, own in play.recall("timers").items()}
    for node in change.nodes:
        for theirs in left:
            if theirs.subject == debt_id(node):
                values[node.name]["running"] = int(theirs.exact)
            elif theirs.subject == file_debt_id(node):
                values[node.name]["llttab"] = theirs.exact
                play.folder.keep(f"backup/llttab.{node.name}", theirs.exact)
    play.note("timers", values)


async def _take_down(play: Play, change: Change) -> None:
    """Note each node's own values as they are before the first change, once in a run."""
    if play.recall("timers") is not None:
        return
    running, files = await asyncio.gather(
        asyncio.gather(*(readings.timers(play, node) for node in change.nodes)),
        asyncio.gather(*(readings.llttab(play, node) for node in change.nodes)),
    )
    unread: list[Reading[object]] = [r for r in (*running, *files) if r.value is None]
    if unread:
        raise Stopped(
            "A node doesn't tell its timers.",
            "\n".join(f"{reading.host}: {reading.problem}" for reading in unread),
            "Nothing was changed. Mend that, then try again.",
        )
    values = {
        node.name: {"running": timers.value["peerinact"], "llttab": file.value}
        for node, timers, file in zip(change.nodes, running, files, strict=True)
        if timers.value is not None
    }
    for node, file in zip(change.nodes, files, strict=True):
        play.folder.keep(f"backup/llttab.{node.name}", file.value or "")
    play.note("timers", values)


def debt_id(node: Host) -> str:
    """The id of the debt of a node's running timer."""
    return f"peerinact/{node.name}"


def file_debt_id(node: Host) -> str:
    """The id of the debt of a node's /etc/llttab."""
    return f"llttab/{node.name}"


def raise_timer(play: Play, node: Host, wanted: int) -> Action:
    """Set a node's running peerinact above its former value."""
    former: int = play.recall("timers")[node.name]["running"]
    back = readings.on(node, llt.put_back_peerinact(former))
    try:
        command = readings.on(node, llt.set_peerinact(wanted))
    except Refused as refused:
        raise Stopped(
            "This peerinact is not sent.", str(refused), 'Mend [timers] peerinact, such as "90s".'
        ) from refused
    name = f"timers.raise.{node.name}"

    async def check() -> Verdict:
        reading = await readings.timers(play, node)
        if reading.value is None:
            return Verdict(Standing.UNKNOWN, reading.problem)
        running = reading.value["peerinact"]
        if running == wanted:
            return Verdict(Standing.HOLDS, f"peerinact = {running}")
        lowered = play.reached(name) and 0 < running < wanted
        if running == former and not lowered:
            return Verdict(Standing.OPEN, f"peerinact = {running}")
        return blocked(
            replace(
                _moved(node, former, wanted, running),
                leave="" if lowered else _theirs(running, wanted),
                put=command if lowered else None,
                goal=f"{wanted}",
            )
        )

    return Action(
        id=name,
        host=node.id,
        label=node.label,
        title=f"peerinact from {former} to {wanted} ({wanted / 100:g} s)",
        command=command,
        check=check,
        subjects=(debt_id(node),),
        debts=(
            Debt(
                debt_id(node),
                node.label,
                f"peerinact was raised from {former} to {wanted}. Put it back once every peer "
                "sees every node OPEN with all links UP.",
                back.text,
            ),
        ),
    )


def _moved(node: Host, was: int, ours: int, found: int) -> Moved:
    return Moved(
        subject=debt_id(node),
        host=node.label,
        what="peerinact",
        was=str(was),
        ours=str(ours),
        found=str(found),
        exact=str(found),
    )


def _theirs(found: int, wanted: int) -> str:
    """What follows from taking a value for the node's own."""
    after = "it is enough as it is" if not 0 < found < wanted else f"and is raised to {wanted}"
    return f"{found} becomes the node's own value, which is put back later; {after}"


def lower_timer(play: Play, node: Host, raised: int) -> Action:
    """Put a node's running peerinact back to its own former value."""
    former: int = play.recall("timers")[node.name]["running"]
    command = readings.on(node, llt.put_back_peerinact(former))

    async def check() -> Verdict:
        reading = await readings.timers(play, node)
        if reading.value is None:
            return Verdict(Standing.UNKNOWN, reading.problem)
        running = reading.value["peerinact"]
        if running == former:
            return Verdict(Standing.HOLDS, f"peerinact = {running}")
        if running == raised:
            return Verdict(Standing.OPEN, f"peerinact = {running}")
        return blocked(
            replace(
                _moved(node, former, raised, running),
                leave=f"{running} stays, and nothing is owed here any more",
                put=command,
                goal=f"{former} again",
            )
        )

    return Action(
        id=f"timers.restore.{node.name}",
        host=node.id,
        label=node.label,
        title=f"peerinact back to {former} ({former / 100:g} s)",
        command=command,
        check=check,
        subjects=(debt_id(node),),
        pays=(debt_id(node),),
    )


def _copy_path(play: Play) -> str:
    """Where the former llttab stays on the node: beside the file, under the run's name."""
    return f"{llt.LLTTAB}.{play.picture.heading.run}"


def _persist_all(play: Play, change: Change, wanted: int) -> list[Action]:
    """The files that say less than is wanted; never lowers one.

    Raises:
        Stopped: a file holds bytes that a command line can't carry.
    """
    former = play.recall("timers")
    files = {node: former[node.name]["llttab"] for node in change.nodes}
    odd = [node.label for node, text in files.items() if not text.isascii()]
    if odd:
        raise Stopped(
            f"{llt.LLTTAB} holds characters beyond ASCII, which would not arrive as they are.",
            ", ".join(odd),
            "Edit these files by hand, and set persist = false. Nothing was changed.",
        )
    return [
        _write_file(play, node, text, wanted)
        for node, text in files.items()
        if _says_less(text, wanted)
    ]


def _says_less(text: str, wanted: int) -> bool:
    """Whether a file sets less than is wanted, or nothing; 0 never expires."""
    value = llt.llttab_peerinact(text)
    return value is None or 0 < value < wanted


def _file_edits(play: Play, change: Change, wanted: int) -> Table:
    """What will change in each node's own /etc/llttab, to be seen before it is."""
    former = play.recall("timers")
    files = {node.label: former[node.name]["llttab"] for node in change.nodes}
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
        if reading.value == after:
            return Verdict(Standing.HOLDS, f"{llt.LLTTAB} reads as it should")
        if reading.value == before:
            return await _room_for_copy(play, node, before)
        # Once it is written, the kept copy is what it was before: theirs can't become that.
        theirs = "their file becomes the node's own, which is put back later; the line is set in it"
        written = play.owes(file_debt_id(node))
        return blocked(
            replace(
                _moved_file(node, before, after, reading.value), leave="" if written else theirs
            )
        )

    return Action(
        id=f"timers.persist.{node.name}",
        host=node.id,
        label=node.label,
        title=f"set-timer peerinact:{wanted} in {llt.LLTTAB}, the former file kept as {copy}",
        command=readings.on(node, llt.write_llttab(after, copy)),
        check=check,
        subjects=(file_debt_id(node),),
        debts=(
            Debt(
                file_debt_id(node),
                node.label,
                f"{llt.LLTTAB} sets peerinact:{wanted} from LLT's next start on; the former file "
                f"is {copy}.",
                readings.on(node, llt.restore_llttab(copy)).text,
            ),
        ),
    )


async def _read_copy(play: Play, node: Host) -> Reading[str]:
    command = readings.on(node, llt.read_llttab_copy(_copy_path(play)))
    return await play.read(node.id, command, readings.as_it_stands)


async def _room_for_copy(play: Play, node: Host, before: str) -> Verdict:
    """Whether the file may be written: a copy that is there already must be of this very file.

    A run on another machine may have had the same name.
    """
    copy = await _read_copy(play, node)
    if copy.value is None:
        return Verdict(Standing.UNKNOWN, copy.problem)
    if copy.value in ("", before):
        return Verdict(Standing.OPEN, f"{llt.LLTTAB} is not changed yet")
    path = _copy_path(play)
    return Verdict(
        Standing.BLOCKED, f"{path} is there and is not the former file: move it away by hand"
    )


def put_file_back(play: Play, node: Host, wanted: int) -> Action:
    """Put the former /etc/llttab back."""
    before: str = play.recall("timers")[node.name]["llttab"]
    after = llt.llttab_with_peerinact(before, wanted)
    command = readings.on(node, llt.restore_llttab(_copy_path(play)))

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
                put=command,
                goal="the former file",
                loses="Their edit is lost.",
            )
        )

    return Action(
        id=f"timers.unpersist.{node.name}",
        host=node.id,
        label=node.label,
        title=f"{llt.LLTTAB} as it was",
        command=command,
        check=check,
        subjects=(file_debt_id(node),),
        pays=(file_debt_id(node),),
    )


async def edited_since(play: Play, node: Host, wanted: int) -> tuple[Moved | None, str]:
    """What somebody has made of /etc/llttab since it was written, and why that can't be told."""
    reading = await readings.llttab(play, node)
    if reading.value is None:
        return None, reading.problem
    before: str = play.recall("timers")[node.name]["llttab"]
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
        put = readings.on(node, llt.write_llttab(before, copy))
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
    return "; ".join(f"{line[0]} {line[1:]}" for line in changed) or "other line ends"


async def show(play: Play, change: Change, wanted: int | None) -> None:
    """The nodes side by side: was, wanted, is, in llttab; hundredths of a second."""
    former = play.recall("timers") or {}
    running, files = await asyncio.gather(
        asyncio.gather(*(readings.timers(play, node) for node in change.nodes)),
        asyncio.gather(*(readings.llttab(play, node) for node in change.nodes)),
    )
    rows = []
    for node, timers, file in zip(change.nodes, running, files, strict=True):
        in_file = llt.llttab_peerinact(file.value) if file.value is not None else None
        rows.append(
            (
                node.label,
                str(former[node.name]["running"]) if node.name in former else "?",
                str(wanted or "-"),
                str(timers.value["peerinact"]) if timers.value is not None else "?",
                "?" if file.value is None else str(in_file or "not set"),
            )
        )
    columns = ("node", "was", "wanted", "is", "in llttab")
    play.table(Table("peerinact, hundredths of a second", columns, tuple(rows)))
