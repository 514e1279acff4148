"""Follow what VCS does: the engine log's lines as they come, and where it stands.

Each system's engine writes a log of its own, and what is said of a migration may stand in any of
them (facts, vcs.md 2.3). They are shown, and never judged by: what they say is not documented.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from lparwiz.change import Change, Host
from lparwiz.run.play import Play
from lparwiz.run.reading import Unusable, said
from lparwiz.run.snapshot import Progress
from lparwiz.steps import readings
from lparwiz.steps.evidence import POLL
from lparwiz.steps.vcs.look import group_states
from lparwiz.tools import hmc, vcs
from lparwiz.tools.command import Answer, Command
from lparwiz.tools.errors import ToolError

LOGS = "engine logs"
"""The fact that keeps, by manager, the inode of its log and how many bytes of it are read."""
SHOWN = 20
"""Lines of a log that a page shows at once; the journal has them all."""


def _understand(answer: Answer) -> vcs.LogPiece:
    if not answer.succeeded:
        raise Unusable(said(answer))
    return vcs.parse_engine_log(answer.stdout, answer.raw_stdout)


async def note_logs(play: Play, change: Change) -> None:
    """Note how long each log is before the migration, once in a run: what follows is its story."""
    if play.recall(LOGS) is not None:
        return
    size = vcs.engine_log(None)
    found = await asyncio.gather(*(_piece(play, host, size) for host in change.managers))
    sizes = zip(change.managers, found, strict=True)
    play.note(LOGS, {host.name: [p.inode, p.size] for host, p in sizes if p is not None})


async def _piece(play: Play, host: Host, command: Command) -> vcs.LogPiece | None:
    return (await play.read(host.id, readings.on(host, command), _understand)).value


@dataclass
class Follower:
    """Shows what comes while VCS migrates."""

    play: Play
    change: Change
    title: str = "VCS migrates"

    def __post_init__(self) -> None:
        self._read: dict[str, tuple[str, int]] = dict(self.play.recall(LOGS) or {})

    async def __call__(self) -> None:
        """Follow until cancelled; whoever follows on begins where this one ended."""
        started = self.play.clock.now()
        try:
            while True:
                await self.look(self.play.clock.now() - started)
                await self.play.clock.sleep(POLL)
        finally:
            self.play.note(LOGS, self._read)

    async def look(self, elapsed: float) -> None:
        """Show what is new. `elapsed`: seconds since it began."""
        phase, (_, groups), _ = await asyncio.gather(
            self._phase(), group_states(self.play, self.change), self._logs()
        )
        limit = self.change.limits.migration
        self.play.progress(Progress(f"{self.title}: {phase}; {groups}", elapsed, limit))

    async def _phase(self) -> str:
        """What the source's console tells of it, where it does."""
        lpar, console = self.change.lpar, self.change.source_console
        reading = await readings.migration(self.play, console, lpar.source, lpar.name)
        try:
            return hmc.migration(reading.value[0]).state if reading.value else "no phase told"
        except ToolError:
            return "no phase told"

    async def _logs(self) -> None:
        await asyncio.gather(*(self._log(host) for host in self.change.managers))

    async def _log(self, host: Host) -> None:
        if host.name not in self._read:  # never told: nobody knows what in it is new
            return
        inode, read = self._read[host.name]
        piece = await _piece(self.play, host, vcs.engine_log(read))
        if piece is not None and (piece.inode != inode or piece.size < read):
            await self._rest(host, inode, read)
            read, piece = 0, await _piece(self.play, host, vcs.engine_log(0))
        if piece is not None:
            self._say(host, piece.lines)
            self._read[host.name] = (piece.inode, read + piece.read)

    async def _rest(self, host: Host, inode: str, read: int) -> None:
        """Show the end of a log that has rolled: it is in B now, unless it rolled twice."""
        rest = await _piece(self.play, host, vcs.engine_log(read, "B"))
        if rest is not None and rest.inode == inode:
            self._say(host, rest.lines)
        else:
            self.play.say(f"{host.label}: the engine log has rolled, and lines are missing here")

    def _say(self, host: Host, lines: tuple[str, ...]) -> None:
        for line in lines[:SHOWN]:
            self.play.say(f"{host.label}: {line}")
        if len(lines) > SHOWN:
            self.play.say(f"{host.label}: and {len(lines) - SHOWN} lines more")


@asynccontextmanager
async def following(play: Play, change: Change, title: str) -> AsyncIterator[None]:
    """Follow for as long as the block lasts."""
    task = asyncio.create_task(Follower(play, change, title)())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        play.progress(None)
