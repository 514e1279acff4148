"""The runs on this machine: how each stands, how it is taken up, and the freezes that it saw."""

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import unified_diff
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from time import time

from lparwiz.change import Change, ChangeInvalid, parse, read
from lparwiz.errors import Trouble
from lparwiz.history import FILE as HISTORY
from lparwiz.history import History, Kind, Seen, unended
from lparwiz.history import parse as parse_seen
from lparwiz.run import journal as journals
from lparwiz.run.exit_status import UNKNOWN
from lparwiz.run.journal import Event, JournalDamaged
from lparwiz.run.ledger import Ledger, replay
from lparwiz.run.runner import GIVEN_UP, endings, turned_back
from lparwiz.run.snapshot import StepState
from lparwiz.run.step import Step
from lparwiz.steps.longest_freeze import cut_off
from lparwiz.steps.watching import SO_FAR


@dataclass(frozen=True)
class PastRun:
    """A run as its folder tells it."""

    folder: Path
    events: tuple[Event, ...]
    damaged: Trouble | None = None
    """Why its journal can't be read: then nobody can tell from it what it owes."""

    @cached_property
    def ledger(self) -> Ledger:
        """What it owed, and what it owes."""
        return replay(self.events)

    @property
    def status(self) -> int | None:
        """Its exit status; None where it has not come to its end, or was taken up after it."""
        last = next((e for e in reversed(self.events) if e.kind in ("ended", "taken up")), None)
        return int(last.data["status"]) if last is not None and last.kind == "ended" else None

    @property
    def title(self) -> str:
        """What it was about."""
        return str(self.events[0].data.get("title", "")) if self.events else ""


def past(runs: Path) -> Iterator[PastRun]:
    """The runs below `runs`, oldest first; one whose journal can't be read says so.

    Raises:
        Trouble: they can't be listed. What can't be seen must not pass for nothing owed.
    """
    try:
        below = sorted(runs.iterdir())
    except FileNotFoundError:
        return
    except OSError as error:
        raise Trouble(
            "The runs can't be listed, so nobody can tell what they owe.",
            f"{runs}: {error.strerror or error}",
            "Mend that, or name the folder of the runs with --runs; `lparwiz settings` says where "
            "this one comes from.",
        ) from error
    for folder in below:
        path = folder / journals.FILE
        try:
            yield PastRun(folder, journals.read(path))
        except JournalDamaged as damaged:
            yield PastRun(folder, (), damaged)
        except OSError as error:
            if unread := _unread(path, error):
                yield PastRun(folder, (), unread)


def _unread(path: Path, error: OSError) -> Trouble | None:
    """Why a journal can't be read; None where neither it nor its ledger is there: it is no run."""
    missing = isinstance(error, FileNotFoundError | NotADirectoryError)
    if missing and not path.with_name(journals.LEDGER).exists():
        return None
    return Trouble(
        f"The journal of {path.parent.name} can't be read.",
        f"{path}: {error.strerror or error}",
        "Mend that. ledger.md beside it says what is owed.",
    )


def unfinished(run: PastRun) -> bool:
    """Whether a run has not come to its end, owes something, or does not know its outcome."""
    return bool(run.ledger.owed) or run.status in (None, UNKNOWN)


def over(run: PastRun) -> bool:
    """Whether a run has come to its end: nothing is owed, and its last step was done.

    Where it went back before anything was changed there was no last step to do.
    """
    if unfinished(run):
        return False
    ended = endings(run.events)
    last = (run.events[0].data.get("steps") or [""])[-1]
    if ended.get(last) is StepState.DONE:
        return True
    back = turned_back(run.events) or not set(GIVEN_UP).isdisjoint(ended.values())
    return back and not any(event.kind == "intent" for event in run.events)


def refuse_if_over(folder: Path) -> None:
    """See that a run is left to be taken up.

    Raises:
        Trouble: it is over.
    """
    run = PastRun(folder, journals.read(folder / journals.FILE))
    if over(run):
        closing = next(e.data["closing"] for e in reversed(run.events) if e.kind == "ended")
        origin = run.events[0].data["origin"]
        raise Trouble(
            f"The run {folder.name} is over: it can't be taken up again, and nothing is owed.",
            str(closing),
            f"Begin a new run: lparwiz wizard {shlex.quote(str(origin))}",
        )


def summary(run: PastRun) -> dict[str, str | int]:
    """A run in a line: name, state, open debts, age in hours, title.

    Of a damaged one the debts are `?`, and the age is its folder's.
    """
    if run.damaged is not None:
        return {
            "run": run.folder.name,
            "state": "damaged: see ledger.md",
            "owed": "?",
            "hours": int((time() - run.folder.stat().st_mtime) // 3600),
            "title": "",
        }
    return {
        "run": run.folder.name,
        "state": _state(run),
        "owed": len(run.ledger.owed),
        "hours": int((time() - run.events[0].at) // 3600) if run.events else 0,
        "title": run.title,
    }


def _state(run: PastRun) -> str:
    if journals.is_played(run.folder / journals.FILE):
        return "being played"
    return "unfinished" if run.status is None else f"ended {run.status}"


def find(runs: Path, name: str | None) -> PastRun:
    """A run by its name or folder; without one, the newest that is unfinished.

    Raises:
        Trouble: there is no such run, or its journal can't be read.
    """
    if name is not None:
        folder = Path(name) if "/" in name else runs / name
        path = folder / journals.FILE
        try:
            return PastRun(folder, journals.read(path))
        except OSError as error:
            none = Trouble(
                f"There is no run {name!r}.", str(folder), "`lparwiz runs` lists them all."
            )
            raise _unread(path, error) or none from error
    for run in reversed(list(past(runs))):
        if run.damaged is not None:
            raise run.damaged
        if unfinished(run):
            return run
    raise Trouble(
        "No run is unfinished.",
        str(runs),
        "Begin one with a change file, or name one that was left: `lparwiz runs` lists them all.",
    )


def as_begun(folder: Path) -> Change:
    """The change of a run, as it was when the run began.

    Raises:
        Trouble: its journal tells of no beginning or is of another format, or the change file
            or the run's copy of it has been changed since.
    """
    begun = next(iter(journals.read(folder / journals.FILE)), None)
    if begun is None or begun.kind != "begun":
        raise Trouble(f"{folder.name} never began.", str(folder), "Delete its folder.")
    if begun.data.get("format") != journals.FORMAT:
        raise Trouble(
            f"The journal of {folder.name} is of format {begun.data.get('format')}.",
            f"This version reads format {journals.FORMAT}.",
            "Take it up with the version that began it; ledger.md says what is owed.",
        )
    origin, copy = Path(begun.data["origin"]), folder / "change.toml"
    if begun.data.get("change") not in (None, "", sha256(copy.read_bytes()).hexdigest()):
        raise Trouble(
            "The run's copy of its change file is not what it was when the run began.",
            str(copy),
            f"Put it back as it was, from {origin} if that is unchanged. ledger.md says what is "
            "owed.",
        )
    text = copy.read_text(encoding="utf-8")
    if (now := _now_in(origin)) not in (None, text):
        lines = (text.splitlines(), now.splitlines())
        difference = unified_diff(*lines, "as the run began", str(origin), lineterm="")
        raise Trouble(
            "The change file is not what it was when the run began.",
            "\n".join(difference),
            f"Put it back as it was: a copy is {copy}.",
        )
    return parse(text, origin)


def _now_in(origin: Path) -> str | None:
    """What a change file says now; None where it is gone, or out of reach: the run has its copy."""
    try:
        return origin.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None


def places(folder: Path) -> dict[str, str]:
    """Where a person logs in to each host of a run, by its label; nothing where nobody can tell."""
    try:
        return read(folder / "change.toml").places
    except ChangeInvalid:
        return {}


def steps_of(events: Sequence[Event], steps: Sequence[Step], *, back: bool) -> tuple[Step, ...]:
    """The steps with which a run is taken up: those that it began with.

    Forward only where this version's are the same. The way back is also taken where this version
    has but added some: those that the run began with are there in their order, a closing step
    reads before it acts, and what an added one would put right this run never changed.

    Args:
        events: the run's journal.
        steps: this version's runbook.
        back: whether only what is owed is to be put right.

    Raises:
        Trouble: the run can't be taken up so by this version.
    """
    before, now = list(events[0].data.get("steps", [])), [step.id for step in steps]
    if before == now:
        return tuple(steps)
    shared = tuple(step for step in steps if step.id in before)
    only_added = before == [step.id for step in shared]
    if back and only_added:
        return shared
    next_step = "Take it up with the version that began it. ledger.md says what is owed."
    if only_added:
        run = events[0].data.get("run", "")
        next_step += f" Or take the way back, and pay what is owed: lparwiz pay {run}"
    raise Trouble(
        "The steps of this version are not those that the run began with.",
        f"then: {' '.join(before)}\nnow:  {' '.join(now)}",
        next_step,
    )


def history(runs: Path, own: Path | None = None) -> History:
    """What was seen of freezes on this machine.

    Runs older than the history's file are included, and runs and watches that were killed.

    Args:
        runs: the folder of the runs.
        own: the file of a watch that is about to end in good order.
    """
    told = [seen for run in past(runs) for seen in _told_before(run)]
    return History(runs / HISTORY, [*told, *map(cut_off, unended(runs, own))])


def _told_before(run: PastRun) -> Iterator[Seen]:
    """The freezes that a run took down without keeping them in the history's file."""
    noted = [e for e in run.events if e.kind == "fact" and e.data.get("key") == SO_FAR]
    if noted and (seen := parse_seen(noted[-1].data["value"])) is not None:
        yield cut_off(seen)
    for event in run.events:
        if event.kind != "fact" or event.data.get("key") != "peerinact":
            continue
        told = event.data["value"]
        if told.get("freeze") is None or "origin" in told:
            continue
        seconds = float(told["freeze"])
        lpar, name = str(run.events[0].data.get("lpar", "")), run.folder.name
        yield Seen(
            event.at, lpar, "", "", seconds, seconds, 0, "what it was told", Kind.TYPED, run=name
        )
