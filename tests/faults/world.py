"""One run in memory: the lab's site without SSH, the run's files, and the faults in between.

A run may have several lives: it is killed, or ends with debts, and is taken up again from its
files. Whatever is not in the files is lost between two lives, as it is between two processes.
"""

import asyncio
import fcntl
import functools
import json
import re
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import patch

import tomli_w

from lparwiz import change as changes
from lparwiz import prepared, session
from lparwiz.lab import execute, judge, papers
from lparwiz.lab.models import Console
from lparwiz.lab.scenario import Scenario
from lparwiz.lab.site import Site
from lparwiz.remote.sanitise import sanitise
from lparwiz.run import folder as folders
from lparwiz.run import journal as journals
from lparwiz.run.answers import Prepared
from lparwiz.run.folder import Folder
from lparwiz.run.journal import Journal
from lparwiz.run.ledger import replay
from lparwiz.run.orders import Leave
from lparwiz.run.runner import play_run
from lparwiz.tools.command import Answer, Outcome

from . import faults
from .disk import Disk
from .invariants import at_its_end
from .points import Point
from .setting import Setting
from .wire import Sent, Wire

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
_sanitised = functools.lru_cache(4096)(sanitise)
"""Hosts answer the same thousands of times."""
_JSON = SimpleNamespace(dumps=json.dumps, loads=functools.lru_cache(20_000)(json.loads))
"""Journals of two replays are the same up to where the first fault strikes."""


def nothing(*_) -> None:
    """Nobody wants to know."""


class Killed(BaseException):
    """The process is gone at this instant."""


class Endless(BaseException):
    """The run would go on for ever."""


class _Looked(Prepared):
    """The change file's answers; and the outcome by a look at where the LPAR lives."""

    def __init__(self, world: "World") -> None:
        migrated = judge.live(world.site) == [world.site.systems[1].name]
        outcome = "migrated" if migrated else "not migrated"
        answers = {"continue": "go", "proceed": "go", "migrate": "go", "stopped": "back"}
        super().__init__("a person", answers | {"outcome": outcome}, ("all",))


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
    same: dict[tuple[str, str, str], int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    """What did not hold when it ended."""
    full: bool = False
    """Whether the disk was found full, so that nothing more may be sent."""
    dead: bool = False


class World:
    """A site, a run's folder, and the faults that are armed.

    Args:
        setting: what is played.
        folder: of the run.
        more: other fields of the lab's scenario.
    """

    def __init__(self, setting: Setting, folder: Path, **more) -> None:
        fields = {"route": setting.route, "migration": setting.migration, "nodes": setting.nodes}
        self.setting = setting
        self.site = Site(Scenario(**fields, **more))
        self.strikes: dict[tuple[int, str], str] = {}
        """By life and point id, the fault that strikes there."""
        self.path = folder
        self.wire = Wire()
        self.disk = Disk(self)
        self.lives: list[Life] = []
        self.wrong: list[str] = []
        """What did not hold at the end of all."""
        self.struck: set[tuple[int, str]] = set()
        self.moot = 0
        """Faults of hosts that were out of reach, or stood still, already."""
        self.pause = BEFORE_RESUME[0]
        """Lab seconds until somebody takes it up again."""
        self.at_point = nothing
        """Called at each point before it is known what strikes there."""
        self.before_life = nothing
        self.offset = 0.0
        self.looked = False
        """Whether a person has looked at the consoles, and says so where the outcome is asked."""
        ports = {label: 2000 + number for number, label in enumerate(self.site.hosts)}
        asked = papers.change(self.site, ports)
        if setting.persist:
            asked["timers"]["persist"] = True
        self.change = changes.parse(tomli_w.dumps(asked), folder / "change.toml")
        if setting.route == "vcs":
            asked["decisions"]["profile_file"] = True  # one more change that can go wrong
        by_port = {port: label for label, port in ports.items()}
        self.labels = {host.id: by_port[host.port] for host in self.change.hosts}
        self._play = None
        self._journal: Journal | None = None
        self._died: asyncio.Future[None] | None = None
        self._deadline: asyncio.TimerHandle | None = None

    def arm(self, strikes) -> None:
        """Let these faults strike, and choose how long afterwards the run is taken up again."""
        self.strikes = {(each.life, each.point): each.fault for each in strikes}
        number = int(strikes[0].point.rpartition("-")[2]) if strikes else 0
        self.pause = BEFORE_RESUME[number % len(BEFORE_RESUME)]

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
        number = len(self.lives)
        sent = self.wire.send(Sent(number, label, command.text, command.changes, fault))
        if fault == faults.WHILE_IT_RUNS:
            self._leave_running(label, command.text)
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
        self.wire.end(sent, answer.outcome)
        return answer

    def _leave_running(self, label: str, text: str) -> None:
        """The host gets it and goes on with it; nobody is there for the answer."""
        if self.site.reachable(label):
            unheard = execute.collect(bytearray(), bytearray(), b"")
            self.site.leave_running(execute.run(self.site, label, text, unheard))

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
        await asyncio.sleep(0)  # so that what is sent together is under way together
        outcome, status, reason = Outcome.TIMED_OUT, None, f"no end within {limit:g} s"
        try:
            async with self._within(limit):
                streams = execute.collect(out, err, b"")
                status = await execute.run(self.site, label, text, streams)
                outcome, reason = Outcome.EXITED, ""
        except TimeoutError:
            pass
        except ConnectionError as cut:
            outcome, reason = Outcome.LOST, f"the connection was lost ({cut})"
        if fault == "hangs-having-run":
            await clock.sleep(max(0.0, began + limit - clock.now()))
            return Answer(Outcome.TIMED_OUT, seconds=limit, reason=f"no end within {limit:g} s")
        if fault == faults.UNNOTICED:
            del out[len(out) // 2 :]
        raw = (bytes(out), bytes(err))
        texts = [_sanitised(part.decode("utf-8", errors="replace")) for part in raw]
        return Answer(outcome, status, *texts, *raw, clock.now() - began, reason)

    @asynccontextmanager
    async def _within(self, seconds: float):
        """Raise TimeoutError when it takes longer, in lab seconds."""
        over = False

        def expire() -> None:
            if not over:
                deadline.reschedule(asyncio.get_running_loop().time())

        async with asyncio.timeout(None) as deadline:
            self.site.clock.after(seconds, expire)
            try:
                yield
            finally:
                over = True

    # Points and what strikes there

    def meet(self, kind: str, what: str, changes: bool = False, console: bool = False):  # noqa: FBT001, FBT002 - a point's own fields
        """Note a point; the fault that strikes there."""
        life = self.life
        if life.dead:
            raise Killed
        number = life.counts[kind] = life.counts.get(kind, 0) + 1
        step = self._play.picture.current if self._play is not None else ""
        same = (kind, step, what)
        before = life.same[same] = life.same.get(same, -1) + 1
        point = Point(kind, number, step or "begin", what, changes, console, before)
        life.points.append(point)
        self.at_point(point)
        if len(life.points) > MOST_POINTS or self.site.clock.now() > LONGEST * len(self.lives):
            life.error = f"goes on for ever at {point.step}: {what}"
            self.die(Endless())
        fault = self.strikes.get((len(self.lives) - 1, point.id))
        if fault is not None:
            self.struck.add((len(self.lives) - 1, point.id))
        if fault in faults.SIGNALS:
            self._play.take(Leave(f"{fault} came"))
        self.offset += faults.JUMPS.get(fault, 0.0)
        return fault

    def die(self, how: BaseException | None = None) -> None:
        self.life.dead = True
        if self._died is not None and not self._died.done():
            self._died.set_result(None)
        raise how or Killed()

    async def _die_waiting(self) -> None:
        try:
            self.die()
        except Killed:
            await asyncio.get_running_loop().create_future()

    # Lives

    async def live(self) -> Life:
        """Play the run, or take it up again, until it ends or is killed."""
        self.before_life()
        life = Life()
        self.lives.append(life)
        self._play = None
        self._died = asyncio.get_running_loop().create_future()
        self.allow()
        before = asyncio.all_tasks()
        playing = asyncio.ensure_future(self._whole())
        with (
            patch.object(journals, "os", self.disk),
            patch.object(folders, "os", self.disk),
            patch.object(journals, "json", _JSON),
        ):
            await asyncio.wait({playing, self._died}, return_when=asyncio.FIRST_COMPLETED)
            self._deadline.cancel()
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
        told = kept.read_bytes() if kept.exists() else b""
        life.ledger_at_death = told.decode("utf-8", "surrogateescape")  # as it is kept
        life.wrong = at_its_end(self)
        return life

    def allow(self) -> None:
        """Give it its time on the wall, from now on."""
        if self._deadline is not None:
            self._deadline.cancel()
        self._deadline = asyncio.get_running_loop().call_later(WALL, self._stand_still)

    def _stand_still(self) -> None:
        self.life.error = f"stands still at {self.life.points[-1]}"
        self._died.set_result(None)

    def unlock(self) -> None:
        """Let the journal be opened again by a branch, which shares its lock with the run."""
        if self._journal is not None and self._journal._descriptor is not None:
            fcntl.flock(self._journal._descriptor, fcntl.LOCK_UN)

    async def _whole(self) -> int:
        journal = self._journal = Journal(self.path / "journal.jsonl", self.now)
        try:
            self._play, steps = session.stage(
                self.change,
                self,
                self,
                Folder(self.path),
                journal,
                _Looked(self) if self.looked else prepared.decided(self.change),
            )
            # The folder's own name is another each time; commands tell it to the hosts.
            heading = self._play.picture.heading
            self._play.picture.heading = replace(heading, run="run", folder=Path("/runs/run"))
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
        with patch.object(journals, "json", _JSON):
            return journals.read(self.path / "journal.jsonl")

    @property
    def ledger(self):
        return replay(self.events())
