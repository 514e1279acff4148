"""What earlier runs owe: no new one begins there until it is paid, or taken over by a person."""

import shlex
from collections.abc import Sequence
from pathlib import Path
from time import time

from lparwiz.change import Change, ChangeInvalid, read
from lparwiz.errors import Trouble
from lparwiz.run import folder as folders
from lparwiz.run import journal as journals
from lparwiz.run.doubt import doubts
from lparwiz.run.exit_status import DEBTS
from lparwiz.run.journal import Journal
from lparwiz.run.ledger import DebtState, replay
from lparwiz.runs import PastRun, past, places


class Owing(Trouble):
    """An earlier run on the same LPAR or the same hosts still owes something."""

    status = DEBTS


def refuse_if_owing(runs: Path, change: Change, own: Path | None = None) -> None:
    """See that no other run owes anything on this LPAR or these hosts, or has it in doubt.

    What another run left raised would pass for the nodes' own value, and stay for ever; what it
    sent and nobody saw the end of may lower a timer on which this one relies.

    Args:
        runs: where runs are kept.
        change: what is touched.
        own: the folder of the run itself, which does not count.

    Raises:
        Played: one does that is being played right now.
        Owing: one does, with every debt and the command that pays it; or its journal is damaged,
            so that nobody can tell.
    """
    for run in past(runs):
        itself = own is not None and run.folder.samefile(own)
        refusal = None if itself else _left_behind(run)
        if refusal is not None and _concerns(run, change):
            raise refusal


def _left_behind(run: PastRun) -> Trouble | None:
    """Why nothing is begun where this run was; None: it has left nothing behind."""
    if run.damaged:
        return _untold(run, run.damaged)
    if run.ledger.owed:
        # What it owes may protect it right now: nobody is to be told how to take that away.
        path = run.folder / journals.FILE
        return journals.played(path) if journals.is_played(path) else _owing(run)
    now = time()
    taken_over = {
        entry.debt.id for entry in run.ledger.entries if entry.state is DebtState.TAKEN_OVER
    }
    late = [
        doubt.text(now)
        for doubt in doubts(run.events)
        if doubt.left(now) > 0 and not taken_over.isdisjoint(doubt.debts)  # else it was proven paid
    ]
    return _late(run, late) if late else None


def _concerns(run: PastRun, change: Change) -> bool:
    """Whether a run was about the same LPAR, or reached one of the same hosts; or may have been.

    It may where its change file can't be read any more.
    """
    if run.events and run.events[0].data.get("lpar") == change.lpar.name:
        return True
    try:
        before = read(run.folder / "change.toml")
    except ChangeInvalid:
        return True
    machines = {host.machine for host in before.hosts}
    shared = any(host.machine in machines for host in change.hosts)
    return shared or before.lpar.name == change.lpar.name


def _owing(run: PastRun) -> Owing:
    ledger, folder = run.ledger, shlex.quote(str(run.folder))
    return Owing(
        f"The earlier run {run.folder.name} still owes something here.",
        "\n".join(f"on {debt.host}: {ledger.told(debt)}\n{debt.pays}" for debt in ledger.owed),
        f"Go on with it: lparwiz resume {folder}\n"
        f"Or have it paid: lparwiz pay {folder}\n"
        "Or pay it by hand with these commands, see that it is paid, then say so:\n"
        f"lparwiz handover {folder} --by NAME --why TEXT",
    )


def _late(run: PastRun, late: Sequence[str]) -> Owing:
    return Owing(
        f"What the earlier run {run.folder.name} sent may still take effect here.",
        "\n".join(late),
        "Somebody took over what it owed. Wait that long, and see that all is put back.",
    )


def _untold(run: PastRun, damaged: Trouble) -> Owing:
    ledger = run.folder / journals.LEDGER
    try:
        says = f"says:\n\n{ledger.read_text(encoding='utf-8', errors='replace')}"
    except OSError:
        says = "can't be read either: look at each host of its change file."
    return Owing(
        f"Nobody can tell whether the earlier run {run.folder.name} still owes something here.",
        f"{damaged.title}\n{ledger} {says}",
        "Pay what is owed by hand, see that it is paid, then move its folder away from "
        f"{run.folder.parent}.",
    )


def hand_over(folder: Path, by: str, why: str) -> int:
    """Write into a run's journal that a person takes its open debts over; how many there were.

    Raises:
        Trouble: there is no such run, or its journal can't be read or written.
        Played: that run is being played right now.
    """
    path = folder / journals.FILE
    if not path.is_file():
        raise Trouble(f"{folder} is no run's folder.", str(path), "Name the folder of a run.")
    journal = Journal(path, time)
    try:
        ledger = replay(journal.events)
        owed = ledger.owed
        if owed:
            journal.write("handed over", by=by, why=why)
        for debt in owed:
            how = f"by {by}: {why}"
            state = DebtState.TAKEN_OVER
            journal.write("debt settled", id=debt.id, state=state.value, how=how)
            ledger = ledger.settle(debt.id, state, how)
        title = PastRun(folder, journal.events).title
        told = ledger.markdown(title, journal.ends, places(folder))
        folders.put(folder / journals.LEDGER, told)
    finally:
        journal.close()
    return len(owed)
