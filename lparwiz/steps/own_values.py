"""Each node's own peerinact and /etc/llttab: what is put back, and not a default (rule 9)."""

import asyncio

from lparwiz.change import Change, Host
from lparwiz.run.play import Play
from lparwiz.run.reading import Reading
from lparwiz.run.snapshot import Finding, Level
from lparwiz.run.step import Stopped
from lparwiz.steps import readings
from lparwiz.tools import llt

OWN_VALUES = "timers"
"""The fact that keeps them, by the node's name: `running` in centiseconds, `llttab` as text."""


def own_peerinact(play: Play, node: Host) -> int:
    """A node's own running peerinact, centiseconds."""
    running: int = play.recall(OWN_VALUES)[node.name]["running"]
    return running


def own_llttab(play: Play, node: Host) -> str:
    """A node's own /etc/llttab, where it is to be written."""
    text: str = play.recall(OWN_VALUES)[node.name]["llttab"]
    return text


async def note_own_values(play: Play, change: Change) -> None:
    """Note each node's own values as they are before the first change, once in a run.

    Raises:
        Stopped: a node doesn't tell its timer; or its file, where that is to be written.
    """
    if play.recall(OWN_VALUES) is not None:
        return
    running, files = await asyncio.gather(
        asyncio.gather(*(readings.timers(play, node) for node in change.nodes)),
        asyncio.gather(*(readings.llttab(play, node) for node in change.nodes)),
    )
    persist = change.timers.persist
    needed: list[Reading[object]] = [*running, *(files if persist else ())]
    if unread := [reading for reading in needed if reading.value is None]:
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
    play.find(*(_unread(file) for file in files if file.value is None))
    for node, file in zip(change.nodes, files, strict=True):
        if file.value is not None:
            play.folder.keep(f"backup/llttab.{node.name}", file.value)
    play.note(OWN_VALUES, values)


def _unread(file: Reading[str]) -> Finding:
    """Warn of a file that can't be read, where nothing is to be written into it."""
    return Finding(
        "llttab.unread",
        Level.WARNING,
        f"{llt.LLTTAB} can't be read: {file.problem}",
        file.host,
        "Nothing is written there, so the run goes on. What LLT does at its next start on this "
        "node is not known: see to it.",
    )
