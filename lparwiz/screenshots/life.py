"""One run in the lab in memory, without a screen: what it asks, and what time it is.

It plays in the caller's loop, on the lab's clock, which stands unless it is told to go on.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lparwiz import session
from lparwiz.history import History, Kind, Seen
from lparwiz.run import folder as folders
from lparwiz.run.answers import Operator
from lparwiz.run.folder import Folder
from lparwiz.run.journal import Journal
from lparwiz.run.picture import Picture
from lparwiz.run.runner import play_run
from lparwiz.screenshots.memory import Memory
from lparwiz.steps.watching import Freezes
from lparwiz.watch.follow import follow
from lparwiz.watch.measuring import measure
from lparwiz.watch.newest import Newest

if TYPE_CHECKING:
    from lparwiz.run.play import Play
    from lparwiz.run.step import Step

RUNS = Path("/home/op/runs")
"""Where the run's folder is said to be; nothing is written there."""
WHO = "op@jump1"
LONGEST = 2 * 3600.0
"""Seconds of the lab after which whatever is waited for never comes."""
EARLIER = 63 * 86400.0
"""Seconds before the run at which the same LPAR was seen to freeze."""


class Stuck(Exception):  # noqa: N818 - a script that doesn't fit the run any more
    """A script waits for what will never come."""


class Texts(Folder):
    """The run's folder without a disk under it."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._texts: dict[str, str] = {}

    def keep(self, name: str, text: str) -> None:
        """Keep a text."""
        self._texts[name] = text

    def kept(self, name: str) -> str | None:
        """A text kept before; None where there is none."""
        return self._texts.get(name)


class Run:
    """A run's site and its files: what is left of it when its process is killed.

    Args:
        memory: its site.
        journal: the file of its journal, where it is to be taken up again; None: in memory.
    """

    def __init__(self, memory: Memory, journal: Path | None = None) -> None:
        self.memory = memory
        self.hosts = Newest(memory)
        name = folders.name(memory.change.lpar.name, memory.now())
        self._texts = Texts(RUNS / name)
        self._journal = journal
        self._history = History(None, [_seen(memory)])

    def stage(self) -> "tuple[Play, tuple[Step, ...]]":
        """The run as it begins or is taken up, and its runbook; nothing is played yet."""
        memory = self.memory
        watch = partial(measure, memory, memory.change, memory)
        play, steps = session.stage(
            memory.change,
            self.hosts,
            memory,
            self._texts,
            Journal(self._journal, memory.now),
            Operator(),
            Freezes(self._history, watch),
        )
        play.picture.heading = replace(play.picture.heading, who=WHO)
        return play, steps


def _seen(memory: Memory) -> Seen:
    """A freeze of an earlier change."""
    lpar = memory.change.lpar
    return Seen(
        at=memory.now() - EARLIER,
        lpar=lpar.name,
        source=lpar.target,
        target=lpar.source,
        seconds=22.8,
        least=22.7,
        samples=1932,
        by=f"ticks of {lpar.name}",
        kind=Kind.MIGRATION,
        memory=28672,
        run=folders.name(lpar.name, memory.now() - EARLIER),
        whole=True,
    )


class Life:
    """One life of a run: from when it begins, or is taken up, until its process dies."""

    def __init__(
        self,
        memory: Memory,
        play: "Play",
        steps: "tuple[Step, ...]",
        playing: "asyncio.Task[int]",
        watching: "asyncio.Task[None]",
    ) -> None:
        self.memory = memory
        self.play = play
        self.steps = steps
        self.picture = play.picture
        self._playing = playing
        self._watching = watching

    async def until(self, met: Callable[[Picture], bool]) -> None:
        """Let the run go on until this is so.

        Raises:
            Stuck: it never will be: the run asks something, or is over.
        """
        clock = self.memory.clock
        await clock.quiet()
        latest = clock.now() + LONGEST
        while not met(self.picture):
            if self._playing.done():
                self._playing.result()
                raise Stuck("the run is over")
            if self.picture.question is not None:
                raise Stuck(f"the run asks {self.picture.question.id}")
            if not clock.step() or clock.now() > latest:
                raise Stuck(f"nothing happens any more in {self.picture.current}")
            await clock.quiet()

    async def asked(self, name: str = "") -> str:
        """Let the run go on until this is asked; or, without a name, anything.

        Returns:
            The id of the question; empty where the run is over.
        """
        await self.until(lambda now: now.question is not None or now.exit_status is not None)
        asked = self.picture.question.id if self.picture.question is not None else ""
        if not asked:
            await self._last_look()
        if name and asked != name:
            raise Stuck(f"{name} was to be asked, but it is {asked or 'over'}")
        return asked

    async def wait(self, seconds: float) -> None:
        """Let time go by, whatever is asked."""
        await _let(self.memory, asyncio.ensure_future(self.memory.sleep(seconds)))

    async def _last_look(self) -> None:
        """As a session does when the run is over: the panes show what it left behind."""
        self._watching.cancel()
        await _let(self.memory, self._watching)


@asynccontextmanager
async def living(run: Run) -> AsyncIterator[Life]:
    """Begin the run, or take it up; at the block's end its process dies."""
    memory = run.memory
    play, steps = run.stage()
    playing = asyncio.create_task(play_run(play, steps))
    put = play.picture.put
    watching = asyncio.create_task(
        follow(run.hosts, memory.change, memory, lambda panes: put(panes=panes))
    )
    try:
        yield Life(memory, play, steps, playing, watching)
    finally:
        for task in (playing, watching):
            task.cancel()
            await _let(memory, task)
        play.journal.close()


async def _let(memory: Memory, task: "asyncio.Future[Any]") -> None:
    """Let time go by until this is done."""
    await memory.clock.quiet()
    while not task.done():
        memory.clock.step()
        await memory.clock.quiet()
    with suppress(asyncio.CancelledError):
        await task
