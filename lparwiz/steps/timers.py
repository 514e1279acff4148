"""Timers: raise peerinact on every node before the migration, proven on every node.

The guide: `lltconfig -T peerinact:9000` on every node, verified by `lltconfig -T query`; a
`set-timer` line in /etc/llttab makes it last. All nodes or none (rule 5).

Reads:   each node's running peerinact and /etc/llttab.
Asks:    whether to run the commands shown.
Changes: the running peerinact of every node below the wanted value; with `persist`, /etc/llttab
         where it says less.
Owes:    each node's own former value; with `persist`, the former /etc/llttab until all is proven.
"""

import asyncio
from collections.abc import Awaitable, Callable

from lparwiz.change import Change, Host, Part
from lparwiz.run.action import Action, Reading, Standing, Verdict
from lparwiz.run.ledger import Debt
from lparwiz.run.play import Play
from lparwiz.run.snapshot import Table
from lparwiz.run.step import Skipped, Stopped
from lparwiz.steps import readings
from lparwiz.steps.asking import proceed
from lparwiz.tools import llt
from lparwiz.tools.errors import Refused


async def play(play: Play, change: Change) -> None:
    """Raise the timers on all nodes; one that is in doubt means the way back for all."""
    if Part.TIMERS not in change.route.parts:
        raise Skipped(f"Route {change.route} touches no timers.")
    wanted = play.recall("peerinact")["wanted"]
    if wanted is None:
        raise Skipped("Every node outlasts the freeze as it is: nothing to change.")
    await _take_down(play, change)
    former = play.recall("timers")
    low = [node for node in change.nodes if 0 < former[node.name]["running"] < wanted]
    actions = [raise_timer(play, node, former[node.name]["running"], wanted) for node in low]
    if change.timers.persist:
        actions += _persist_all(play, change, wanted)
    if not actions:
        raise Skipped(f"Every node is at {wanted} or above already: nothing to change.")
    await show(play, change, wanted)
    play.plan(actions)
    await play.ask(
        proceed("timers", f"Raise peerinact to {wanted} ({wanted / 100:g} s)?", "Raise it")
    )
    done = await play.do(actions, together=True)
    await show(play, change, wanted)
    doubtful = [each for each in done if not each.proven]
    if doubtful:
        raise Stopped(
            "Not every node is proven raised, so nothing migrates.",
            "\n".join(f"{each.action.label}: {each.text}" for each in doubtful),
            "Mend the node and try again, or take the way back: it puts all of them back.",
        )
    play.note("persisted", change.timers.persist)
    play.result(f"peerinact is {wanted} ({wanted / 100:g} s) on {len(low)} nodes, read back.")


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


def raise_timer(play: Play, node: Host, former: int, wanted: int) -> Action:
    """Set a node's running peerinact above its former value."""
    back = readings.on(node, llt.put_back_peerinact(former))
    try:
        command = readings.on(node, llt.set_peerinact(wanted))
    except Refused as refused:
        raise Stopped(
            "This peerinact is not sent.", str(refused), 'Mend [timers] peerinact, such as "90s".'
        ) from refused
    return Action(
        id=f"timers.raise.{node.name}",
        host=node.id,
        label=node.label,
        title=f"peerinact from {former} to {wanted} ({wanted / 100:g} s)",
        command=command,
        check=_check(play, node, goal=wanted, was=former, ours=wanted),
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


def lower_timer(play: Play, node: Host, former: int, raised: int) -> Action:
    """Put a node's running peerinact back to its own former value."""
    return Action(
        id=f"timers.restore.{node.name}",
        host=node.id,
        label=node.label,
        title=f"peerinact back to {former} ({former / 100:g} s)",
        command=readings.on(node, llt.put_back_peerinact(former)),
        check=_check(play, node, goal=former, was=former, ours=raised),
        subjects=(debt_id(node),),
        pays=(debt_id(node),),
    )


def _check(
    play: Play, node: Host, *, goal: int, was: int, ours: int
) -> Callable[[], Awaitable[Verdict]]:
    """Whether the timer is at `goal`; one that is neither as it was nor ours is another's."""

    async def check() -> Verdict:
        reading = await readings.timers(play, node)
        if reading.value is None:
            return Verdict(Standing.UNKNOWN, reading.problem)
        running = reading.value["peerinact"]
        if running == goal:
            return Verdict(Standing.HOLDS, f"peerinact = {running}")
        if running in (was, ours):
            return Verdict(Standing.OPEN, f"peerinact = {running}")
        text = f"peerinact was {was}, ours {ours}, found {running}: somebody else set it"
        return Verdict(Standing.BLOCKED, text)

    return check


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
        if (llt.llttab_peerinact(text) or 0) < wanted
    ]


def _write_file(play: Play, node: Host, before: str, wanted: int) -> Action:
    after = llt.llttab_with_peerinact(before, wanted)
    copy = _copy_path(play)
    return Action(
        id=f"timers.persist.{node.name}",
        host=node.id,
        label=node.label,
        title=f"set-timer peerinact:{wanted} in {llt.LLTTAB}, the former file kept as {copy}",
        command=readings.on(node, llt.write_llttab(after, copy)),
        check=_check_file(play, node, after, before),
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


def put_file_back(play: Play, node: Host, wanted: int) -> Action:
    """Put the former /etc/llttab back."""
    before = play.recall("timers")[node.name]["llttab"]
    return Action(
        id=f"timers.unpersist.{node.name}",
        host=node.id,
        label=node.label,
        title=f"{llt.LLTTAB} as it was",
        command=readings.on(node, llt.restore_llttab(_copy_path(play))),
        check=_check_file(play, node, before, llt.llttab_with_peerinact(before, wanted)),
        subjects=(file_debt_id(node),),
        pays=(file_debt_id(node),),
    )


def _check_file(
    play: Play, node: Host, goal: str, expected: str
) -> Callable[[], Awaitable[Verdict]]:
    async def check() -> Verdict:
        reading = await readings.llttab(play, node)
        if reading.value is None:
            return Verdict(Standing.UNKNOWN, reading.problem)
        if reading.value == goal:
            return Verdict(Standing.HOLDS, f"{llt.LLTTAB} reads as it should")
        if reading.value == expected:
            return Verdict(Standing.OPEN, f"{llt.LLTTAB} is not changed yet")
        return Verdict(Standing.BLOCKED, f"somebody else changed {llt.LLTTAB}")

    return check


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
