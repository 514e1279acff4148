"""One run in memory: the lab's site without SSH, the run's files, and the faults in between.

A run may have several lives: it is killed, or ends with debts, and is taken up again from its
files. Whatever is not in the files is lost between two lives, as it is between two processes.
"""

import asyncio
import errno
import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from unittest.mock import patch

import tomli_w

from lparwiz import change as changes
from lparwiz import session
from lparwiz.lab import execute, papers
from lparwiz.lab.models import Console
from lparwiz.lab.scenario import Scenario
from lparwiz.lab.site import Site
from lparwiz.remote.sanitise import sanitise
from lparwiz.run import folder as folders
from lparwiz.run import journal as journals
from lparwiz.run.folder import Folder
from lparwiz.run.journal import Journal
from lparwiz.run.ledger import replay
from lparwiz.run.runner import play_run
from lparwiz.run.snapshot import Leave
from lparwiz.tools.command import Answer, Outcome

from . import faults
from .invariants import silent
from .points import Point

EPOCH = 1_795_312_800.0
"""What the engine's clock shows at lab second 0."""
MOST_POINTS = 20_000
"""Points in one life, ten times what the longest has: a run that has more will never end."""
LONGEST = 24 * 3600.0
"""Lab seconds that a life may take: a migration's limit many times over."""
WALL = 60.0
"""Seconds on the wall after which a life counts as standing still: it waits for nothing."""
BEFORE_RESUME = (30.0, 1800.0)
"""Lab seconds until somebody takes the run up again: at once, a migration is still under way; or
long after. Points take turns."""
AT_REST = 2 * 3600.0
"""Lab seconds after the last life until nothing moves any more."""
_KIND = re.compile(rb'"kind": "([^"]+)"')


class Killed(BaseException):
    """The process is gone at this instant."""


class Endless(BaseException):
    """The run would go on for ever."""


@dataclass
class Life:
    """What became of one life of the run."""

    points: list[Point] = field(default_factory=list)
    status: int | None = None
    """None: it was killed."""
    error: str = ""
    sent_after_full: list[str] = field(default_factory=list)
    ledger_at_death: str = ""
    counts: dict[str, int] = field(default_factory=dict)
    silent: list[str] = field(default_factory=list)
    """What was owed in silence when it ended."""
    full: bool = False
    dead: bool = False


class World:
    """A site, a run's folder, and the faults that are armed.

    Args:
        strikes: by life and point id, the fault that strikes there.
    """

    def __init__(self, route: str, migration: str, folder: Path, strikes=None) -> None:
        self.site = Site(Scenario(route=route, migration=migration))
        self.strikes = strikes or {}
        self.path = folder
        self.lives: list[Life] = []
        self.struck: set[tuple[int, str]] = set()
        self.moot = 0
        """Faults of hosts that were out of reach, or stood still, already."""
        self.offset = 0.0
        ports = {label: 2000 + number for number, label in enumerate(self.site.hosts)}
        text = tomli_w.dumps(papers.change(self.site, ports))
        self.change = changes.parse(text, folder / "change.toml")
        by_port = {port: label for label, port in ports.items()}
        self.labels = {host.id: by_port[host.port] for host in self.change.hosts}
        self._play = None
        self._died: asyncio.Future[None] | None = None

    @property
    def life(self) -> Life:
        return self.lives[-1]

    # The run's seams

    def now(self) -> float:
        return EPOCH + self.site.clock.now() + self.offset

    async def sleep(self, seconds: float) -> None:
        fault = self.meet("wait", f"{seconds:g} s")
        if fault in faults.KILLS["wait"]:
            await self._die_waiting()
        await self.site.clock.sleep(seconds)

    def forgive(self, host_id: str) -> None:
        pass

    async def run(self, host_id, command) -> Answer:
        label = self.labels[host_id]
        console = isinstance(self.site.hosts[label], Console)
        if self.life.full:
            self.life.sent_after_full.append(f"{label}: {command.text}")
        fault = self.meet("command", f"{label}: {command.text}", command.changes, console)
        if fault == "killed-before-it-left":
            await self._die_waiting()
        strike = faults.ON_THE_HOST.get(fault)
        limit = command.limit or self.change.limits.command
        if strike is None:
            answer = await self._converse(label, command.text, limit, fault)
        else:
            armed = self.site.faults.add(host=label, pattern=re.escape(command.text), **strike)
            answer = await self._converse(label, command.text, limit, fault)
            self.site.faults.all.remove(armed)
            self.moot += not armed.seen
        if fault == "killed-after-it-ran":
            await self._die_waiting()
        return answer

    async def _converse(self, label: str, text: str, limit: float, fault: str | None) -> Answer:
        """As `remote.session.converse` tells it."""
        clock = self.site.clock
        if not self.site.reachable(label):
            return Answer(Outcome.NOT_STARTED, reason=f"{label} can't be reached")
        began = clock.now()
        out, err = bytearray(), bytearray()
        if fault == "hangs":
            await clock.sleep(limit)
            return Answer(Outcome.TIMED_OUT, seconds=limit, reason=f"no end within {limit:g} s")
        work = asyncio.ensure_future(
            execute.run(self.site, label, text, execute.collect(out, err, b""))
        )
        deadline = asyncio.ensure_future(clock.sleep(limit))
        try:
            await asyncio.wait({work, deadline}, return_when=asyncio.FIRST_COMPLETED)
            if fault == "hangs-having-run":
                await deadline
            outcome, status, reason = Outcome.TIMED_OUT, None, f"no end within {limit:g} s"
            if work.done() and fault != "hangs-having-run":
                try:
                    outcome, status, reason = Outcome.EXITED, work.result(), ""
                except ConnectionError as cut:
                    outcome, reason = Outcome.LOST, f"the connection was lost ({cut})"
        finally:
            for task in (work, deadline):
                task.cancel()
            await asyncio.gather(work, deadline, return_exceptions=True)
        raw = (bytes(out), bytes(err))
        if fault == "hangs-having-run":
            raw = (b"", b"")
        texts = [sanitise(part.decode("utf-8", errors="replace")) for part in raw]
        return Answer(outcome, status, *texts, *raw, clock.now() - began, reason)

    # The disk: stands in for `os` where the journal and the folder write

    def __getattr__(self, name: str):
        return getattr(os, name)

    def write(self, descriptor: int, data) -> int:
        kind = _KIND.search(bytes(data[:120]))
        fault = self.meet("write", kind[1].decode() if kind else "?")
        if fault in ("killed-in-the-write", faults.FULL):
            os.write(descriptor, data[: len(data) // 2])
        if fault in faults.KILLS["write"]:
            self._die()
        if fault == faults.FULL:
            self._full()
        return os.write(descriptor, data)

    def fsync(self, descriptor: int) -> None:
        """Memory needs none."""

    def open(self, path, flags: int, mode: int = 0o777) -> int:
        descriptor = os.open(path, flags, mode)
        if flags & os.O_CREAT and self.lives and Path(path).suffix == ".new":
            fault = self.meet("keep", Path(path).stem)
            if fault in (*faults.KILLS["keep"], faults.FULL):
                os.write(descriptor, b"half")
                os.close(descriptor)
            if fault in faults.KILLS["keep"]:
                self._die()
            if fault == faults.FULL:
                # A backup that can't be kept stops its step; the way back is still sent.
                self._full(stops=Path(path).stem == "ledger.md")
        return descriptor

    # Points and what strikes there

    def meet(self, kind: str, what: str, changes: bool = False, console: bool = False):  # noqa: FBT001, FBT002 - a point's own fields
        """Note a point; the fault that strikes there."""
        life = self.life
        if life.dead:
            raise Killed
        number = life.counts[kind] = life.counts.get(kind, 0) + 1
        step = self._play.picture.current if self._play is not None else ""
        point = Point(kind, number, step or "begin", what, changes, console)
        life.points.append(point)
        if len(life.points) > MOST_POINTS or self.site.clock.now() > LONGEST * len(self.lives):
            life.error = f"goes on for ever at {point.step}: {what}"
            self._die(Endless())
        fault = self.strikes.get((len(self.lives) - 1, point.id))
        if fault is not None:
            self.struck.add((len(self.lives) - 1, point.id))
        if fault in faults.SIGNALS:
            self._play.take(Leave(f"{fault} came"))
        self.offset += faults.JUMPS.get(fault, 0.0)
        return fault

    def _full(self, *, stops: bool = True) -> None:
        self.life.full = stops
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def _die(self, how: BaseException | None = None) -> None:
        self.life.dead = True
        if self._died is not None and not self._died.done():
            self._died.set_result(None)
        raise how or Killed()

    async def _die_waiting(self) -> None:
        try:
            self._die()
        except Killed:
            await asyncio.get_running_loop().create_future()

    # Lives

    async def live(self) -> Life:
        """Play the run, or take it up again, until it ends or is killed."""
        life = Life()
        self.lives.append(life)
        self._play = None
        self._died = asyncio.get_running_loop().create_future()
        before = asyncio.all_tasks()
        playing = asyncio.ensure_future(self._whole())
        with (
            patch.object(journals, "os", self),
            patch.object(folders, "os", self),
        ):
            done, _ = await asyncio.wait(
                {playing, self._died}, timeout=WALL, return_when=asyncio.FIRST_COMPLETED
            )
            if not done:
                life.error = f"stands still at {life.points[-1]}"
            life.dead = True
            ours = asyncio.all_tasks() - before - self.site._abandoned
            for task in ours - {playing}:
                task.cancel()
            if not playing.done():
                playing.cancel()
            await asyncio.gather(playing, *ours, return_exceptions=True)
        if not playing.cancelled() and playing.exception() is None:
            life.status = playing.result()
        elif not playing.cancelled() and not isinstance(playing.exception(), (Killed, Endless)):
            life.error = life.error or f"escaped the engine: {playing.exception()!r}"
        kept = self.path / "ledger.md"
        life.ledger_at_death = kept.read_text() if kept.exists() else ""
        life.silent = silent(self)
        return life

    async def _whole(self) -> int:
        journal = Journal(self.path / "journal.jsonl", self.now)
        try:
            self._play, steps = session.stage(
                self.change,
                self,
                self,
                Folder(self.path),
                journal,
                session.decided(self.change),
            )
            return await play_run(self._play, steps)
        finally:
            journal.close()

    def unstruck(self) -> list[tuple[tuple[int, str], str]]:
        """The faults that never came to strike: the harness's own mistake."""
        in_the_lab = len(self.site.record.of("fault")) + self.moot
        meant = [fault for fault in self.strikes.values() if fault in faults.ON_THE_HOST]
        return [
            (where, fault)
            for where, fault in self.strikes.items()
            if where not in self.struck or (fault in meant and in_the_lab != len(meant))
        ]

    def events(self):
        return journals.read(self.path / "journal.jsonl")

    @property
    def ledger(self):
        return replay(self.events())
