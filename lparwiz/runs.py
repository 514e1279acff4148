"""The runs on this machine: what earlier ones learned, and what they still owe."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path
from time import time

from lparwiz.change import Change, ChangeInvalid, parse, read
from lparwiz.errors import Trouble
from lparwiz.run import folder as folders
from lparwiz.run import journal as journals
from lparwiz.run.journal import Event, Journal, JournalDamaged
from lparwiz.run.ledger import DebtState, Ledger, replay
from lparwiz.run.runner import UNKNOWN
from lparwiz.run.step import Step
from lparwiz.steps.measure import Known


class Owing(Trouble):
    """An earlier run on the same LPAR or the same hosts still owes something."""

    status = 3


@dataclass(frozen=True)
class PastRun:
    """A run as its folder tells it."""

    folder: Path
    events: tuple[Event, ...]

    @property
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
    """The runs below `runs` whose journals can be read, oldest first."""
    for path in sorted(runs.glob("*/journal.jsonl")):
        with suppress(OSError, JournalDamaged):
            yield PastRun(path.parent, journals.read(path))


def unfinished(run: PastRun) -> bool:
    """Whether a run has not come to its end, owes something, or does not know its outcome."""
    return bool(run.ledger.owed) or run.status in (None, UNKNOWN)


def summary(run: PastRun) -> dict[str, str | int]:
    """A run in a line: name, state, open debts, age in hours, title."""
    return {
        "run": run.folder.name,
        "state": "unfinished" if run.status is None else f"ended {run.status}",
        "owed": len(run.ledger.owed),
        "hours": int((time() - run.events[0].at) // 3600) if run.events else 0,
        "title": run.title,
    }


def find(runs: Path, name: str | None) -> PastRun:
    """A run by its name or folder; without one, the newest that is unfinished.

    Raises:
        Trouble: there is no such run.
    """
    if name is not None:
        folder = Path(name) if "/" in name else runs / name
        if not (folder / "journal.jsonl").is_file():
            raise Trouble(f"There is no run {name}.", str(folder), "`lparwiz runs` lists them all.")
        return PastRun(folder, journals.read(folder / "journal.jsonl"))
    for run in reversed(list(past(runs))):
        if unfinished(run):
            return run
    raise Trouble("No run is unfinished.", str(runs), "Begin one with a change file.")


def as_begun(folder: Path) -> Change:
    """The change of a run, as it was when the run began.

    Raises:
        Trouble: its journal tells of no beginning or is of another format, or the change file
            has been changed since.
    """
    begun = next(iter(journals.read(folder / "journal.jsonl")), None)
    if begun is None or begun.kind != "begun":
        raise Trouble(f"{folder.name} never began.", str(folder), "Delete its folder.")
    if begun.data.get("format") != journals.FORMAT:
        raise Trouble(
            f"The journal of {folder.name} is of format {begun.data.get('format')}.",
            f"This version reads format {journals.FORMAT}.",
            "Take it up with the version that began it; ledger.md says what is owed.",
        )
    origin = Path(begun.data["origin"])
    text = (folder / "change.toml").read_text(encoding="utf-8")
    if origin.is_file() and (now := origin.read_text(encoding="utf-8")) != text:
        lines = (text.splitlines(), now.splitlines())
        difference = unified_diff(*lines, "as the run began", str(origin), lineterm="")
        raise Trouble(
            "The change file is not what it was when the run began.",
            "\n".join(difference),
            f"Put it back as it was: a copy is {folder / 'change.toml'}.",
        )
    return parse(text, origin)


def same_steps(events: Sequence[Event], steps: Sequence[Step]) -> None:
    """See that a run's steps are those of its beginning.

    Raises:
        Trouble: they are not.
    """
    before, now = list(events[0].data.get("steps", [])), [step.id for step in steps]
    if before != now:
        raise Trouble(
            "The steps of this version are not those that the run began with.",
            f"then: {' '.join(before)}\nnow:  {' '.join(now)}",
            "Take it up with the version that began it; ledger.md says what is owed.",
        )


def refuse_if_owing(runs: Path, change: Change) -> None:
    """See that no earlier run owes anything on this LPAR or these hosts.

    What an earlier run left raised would pass for the nodes' own value, and stay for ever.

    Raises:
        Owing: one does; with every debt and the command that pays it.
    """
    for run in past(runs):
        owed = run.ledger.owed
        if owed and _concerns(run, change):
            debts = [f"on {debt.host}: {debt.what}\n{debt.pays}" for debt in owed]
            raise Owing(
                f"The earlier run {run.folder.name} still owes something here.",
                "\n".join(debts),
                "Pay it with these commands, see that it is paid, then say so:\n"
                f"lparwiz handover {run.folder} --by NAME --why TEXT",
            )


def _concerns(run: PastRun, change: Change) -> bool:
    """Whether a run was about the same LPAR, or reached one of the same hosts."""
    if run.events[0].data.get("lpar") == change.lpar.name:
        return True
    try:
        before = read(run.folder / "change.toml")
    except ChangeInvalid:
        return False
    mine = {(host.address, host.port) for host in change.hosts}
    return any((host.address, host.port) in mine for host in before.hosts)


def hand_over(folder: Path, by: str, why: str) -> int:
    """Write into a run's journal that a person takes its open debts over; how many there were.

    Raises:
        Trouble: there is no such run, or its journal can't be read or written.
    """
    path = folder / "journal.jsonl"
    if not path.is_file():
        raise Trouble(f"{folder} is no run's folder.", str(path), "Name the folder of a run.")
    journal = Journal(path, time)
    try:
        ledger = replay(journal.events)
        owed = ledger.owed
        for debt in owed:
            how = f"by {by}: {why}"
            state = DebtState.TAKEN_OVER
            journal.write("debt settled", id=debt.id, state=state.value, how=how)
            ledger = ledger.settle(debt.id, state, how)
    finally:
        journal.close()
    title = PastRun(folder, journal.events).title
    folders.put(folder / "ledger.md", ledger.markdown(title))
    return len(owed)


def earlier_freeze(runs: Path, change: Change) -> Known | None:
    """The longest freeze that an earlier run of this LPAR took down; None where none did."""
    known: Known | None = None
    for run in past(runs):
        for event in _freezes(run.events, change.lpar.name):
            seconds = float(event.data["value"]["freeze"])
            if known is None or seconds > known.seconds:
                known = Known(seconds, run.folder.name)
    return known


def _freezes(events: tuple[Event, ...], lpar: str) -> list[Event]:
    if not events or events[0].data.get("lpar") != lpar:
        return []
    return [
        event
        for event in events
        if event.kind == "fact"
        and event.data.get("key") == "peerinact"
        and event.data["value"].get("freeze") is not None
    ]
