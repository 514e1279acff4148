"""A run put together: the change, its hosts, its folder, its journal, its engine."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from lparwiz.change import Change
from lparwiz.docs.chart import files as charts
from lparwiz.docs.report import render
from lparwiz.locks import hold
from lparwiz.owing import refuse_if_owing
from lparwiz.prepared import supposed
from lparwiz.remote.connection import Connections
from lparwiz.run import folder as folders
from lparwiz.run.action import Transport
from lparwiz.run.answers import Answerer, Operator, Prepared
from lparwiz.run.clock import Clock, SystemClock
from lparwiz.run.engine import INTERVAL, Engine
from lparwiz.run.folder import Folder, NoFolder
from lparwiz.run.journal import FILE, Event, Journal
from lparwiz.run.picture import Heading, Picture
from lparwiz.run.play import Play
from lparwiz.run.retell import retell
from lparwiz.run.runner import play_run, rehearse
from lparwiz.run.snapshot import StepState, StepView
from lparwiz.run.step import Conclusion, Step
from lparwiz.runs import as_begun, history, refuse_if_over, steps_of
from lparwiz.steps.runbook import runbook
from lparwiz.steps.watching import Freezes
from lparwiz.watch.follow import follow
from lparwiz.watch.measuring import measure
from lparwiz.watch.newest import Newest


@dataclass(frozen=True)
class Options:
    """How a run is played, apart from what it does."""

    runs: Path
    """Where the runs' folders are kept."""
    speed: float = 1.0
    """How much faster than the wall clock the engine waits, beside a lab that does the same."""
    watch: bool = True
    """Whether the hosts' panes are kept moving."""
    measure: bool = True
    """Whether the migrating node is watched for its freeze."""
    own_site: bool = False
    """Whether the hosts are this run's own, as a demo's are: no earlier run can owe there."""
    interval: float = INTERVAL
    """Seconds between two snapshots at least."""


Listener = Callable[[Event], None]


def begin(
    change: Change,
    options: Options,
    *,
    answerer: Prepared | None = None,
    listener: Listener | None = None,
) -> Engine:
    """Make the folder of a new run and its engine, ready to be started.

    Args:
        change: what is wanted.
        options: how it is played.
        answerer: who answers; None: the operator, through the engine's seam.
        listener: called with each event of the journal, from the engine's thread.

    Raises:
        OSError: the run's folder can't be made.
        JournalFailed: its journal can't be opened.
        Owing: an earlier run still owes something here.
        Busy: another run is at the same LPAR or host right now.
    """
    clock = SystemClock(options.speed)
    name = folders.name(change.lpar.name, clock.now())
    with ExitStack() as refused:
        locks = refused.enter_context(ExitStack() if options.own_site else hold(change, name))
        if not options.own_site:
            refuse_if_owing(options.runs, change)
        path = folders.create(options.runs, change.lpar.name, clock.now())
        folders.put(path / "change.toml", change.text)
        journal = Journal(path / FILE, clock.now)
        refused.callback(journal.close)
        folder = Folder(path)
        engine = _engine(change, options, clock, folder, journal, answerer, listener, locks=locks)
        refused.pop_all()
    return engine


def take_up(
    folder: Path,
    options: Options,
    *,
    answerer: Callable[[Change], Prepared] | None = None,
    listener: Listener | None = None,
    back: bool = False,
) -> Engine:
    """The engine of a run that was begun before, ready to go on with it.

    Args:
        folder: the run's folder.
        options: how it is played.
        answerer: makes whoever answers of the change; None: the operator.
        listener: called with each new event of the journal, from the engine's thread.
        back: whether only what is owed is to be put right.

    Raises:
        Trouble: it is no run's folder, it is over, or it can't be taken up as it was begun.
        Busy: another run is at the same LPAR or host right now.
        Owing: it has changed nothing yet, and another run still owes something here.
        Played: another process plays this very run.
    """
    change = as_begun(folder)
    refuse_if_over(folder)
    clock = SystemClock(options.speed)
    who = answerer(change) if answerer is not None else None
    with ExitStack() as refused:
        locks = refused.enter_context(hold(change, folder.name))
        journal = Journal(folder / FILE, clock.now)
        refused.callback(journal.close)
        if not back and not any(event.kind == "intent" for event in journal.events):
            refuse_if_owing(options.runs, change, own=folder)
        engine = _engine(
            change, options, clock, Folder(folder), journal, who, listener, back=back, locks=locks
        )
        refused.pop_all()
    return engine


def dry_run(change: Change, options: Options, *, listener: Listener | None = None) -> Engine:
    """An engine that connects, reads and shows every command, and changes nothing anywhere."""
    clock = SystemClock(options.speed)
    journal = Journal(None, clock.now)
    forward = supposed(change, Conclusion.MIGRATED)
    return _engine(
        change, options, clock, NoFolder(), journal, forward, listener, locks=ExitStack()
    )


def stage(
    change: Change,
    transport: Transport,
    clock: Clock,
    folder: Folder | NoFolder,
    journal: Journal,
    answerer: Answerer,
    freezes: Freezes | None = None,
    *,
    back: bool = False,
) -> tuple[Play, tuple[Step, ...]]:
    """A run and its runbook, with everything that it meets handed in.

    Raises:
        Trouble: it was begun with other steps.
    """
    steps = runbook(change, freezes)
    if journal.events:
        steps = steps_of(journal.events, steps, back=back)
    heading = _heading(change, folder, clock.now())
    picture = Picture(heading, tuple(_view(step) for step in steps))
    play = Play(
        transport=transport,
        labels={host.id: host.label for host in change.hosts},
        journal=journal,
        picture=picture,
        clock=clock,
        answerer=answerer,
        folder=folder,
        places=change.places,
        rehearsal=isinstance(folder, NoFolder),
    )
    retell(picture, steps, journal.events)
    if not journal.events:
        picture.begin(steps[0])  # a screen has its page before the run has started
    return play, steps


def _view(step: Step) -> StepView:
    return StepView(step.id, step.title, StepState.TODO, step.closing, step.reads, step.pays)


def _engine(
    change: Change,
    options: Options,
    clock: SystemClock,
    folder: Folder | NoFolder,
    journal: Journal,
    answerer: Prepared | None,
    listener: Listener | None,
    *,
    locks: ExitStack,
    back: bool = False,
) -> Engine:
    if listener is not None:
        journal.listen(listener)
    connections = Connections(change.hosts, change.limits)
    watch = partial(measure, connections, change, clock, speed=options.speed)
    freezes = Freezes(history(options.runs), watch if options.measure else None)
    who: Answerer = answerer or Operator()
    hosts = Newest(connections)
    play, steps = stage(change, hosts, clock, folder, journal, who, freezes, back=back)

    play.picture.heading = replace(play.picture.heading, speed=options.speed)

    async def body(engine: Engine) -> int:
        engine.orders_to(play.take)
        watcher = asyncio.create_task(
            follow(hosts, change, clock, lambda panes: play.picture.put(panes=panes))
            if options.watch
            else asyncio.sleep(0)
        )
        try:
            if play.rehearsal:
                outcomes = (Conclusion.MIGRATED, Conclusion.NOT_MIGRATED)
                endings = {f"it is {each.value}": supposed(change, each) for each in outcomes}
                return await rehearse(play, steps, endings)
            return await play_run(play, steps, back=back)
        finally:
            watcher.cancel()
            await asyncio.gather(watcher, return_exceptions=True)
            await connections.close()
            _keep_report(folder, journal.events)
            journal.close()
            locks.close()

    return Engine(play.picture, clock.now, body, options.interval, journal.after)


def _keep_report(folder: Folder | NoFolder, events: Sequence[Event]) -> None:
    """Keep the report and its charts; where the disk is full the journal has the whole story."""
    with suppress(OSError):
        folder.keep("report.md", render(events))
        for name, picture in charts(events).items():
            folder.keep(name, picture)


def _heading(change: Change, folder: Folder | NoFolder, now: float) -> Heading:
    path = folder.path if isinstance(folder, Folder) else None
    return Heading(
        run=path.name if path is not None else folders.name(change.lpar.name, now),
        folder=path or Path("memory only: a dry run keeps nothing"),
        title=change.title,
        ticket=change.ticket,
        lpar=change.lpar.name,
        route=change.route.value,
        origin=str(change.path.absolute()),
    )
