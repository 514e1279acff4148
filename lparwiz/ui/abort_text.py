"""The page before the way back is taken: what is open from here, as commands. Pure.

Only what is true is offered. Before the migration was sent, all of it can be put back. While it
runs, the HMC alone can end it (`migrlpar -o s`, on the source's HMC; facts, hmc.md 1.1), and what
both consoles prove afterwards decides between two opposite endings. In the closing steps the run
is on its way already.
"""

from collections.abc import Iterable

from lparwiz.run.snapshot import DebtView, PlannedCommand, PlanState, Snapshot, StepView
from lparwiz.ui.keys import key_name
from lparwiz.ui.leaving_text import hmc_migrates
from lparwiz.ui.ledger_text import debt_lines
from lparwiz.ui.page_text import PROSE
from lparwiz.ui.text import Paragraph, Piece, counted, wrap

WAY_BACK = "Take the way back"
STOP = "Ask the HMC to stop it"
"""What can be chosen beside going on, as it stands on its button."""


def offer(snapshot: Snapshot) -> str:
    """What can be chosen beside going on, in a few words; empty: nothing."""
    if _closing(snapshot):
        return ""
    if not snapshot.outcome:
        return WAY_BACK
    return STOP if _stops(snapshot) else ""


def aborting(snapshot: Snapshot, width: int) -> list[Paragraph]:
    """What is open from here, and the commands of it in their order."""
    prose = min(width, PROSE)
    if _closing(snapshot):
        said = _past(snapshot, prose)
    elif snapshot.outcome:
        said = _beyond(snapshot, width)
    else:
        said = _before(snapshot, prose)
    if snapshot.holding:
        said += [[()], wrap([("warning", _on_hold(snapshot))], prose)]
    return [*said, *_owed(snapshot, width)]


def _closing(snapshot: Snapshot) -> bool:
    return any(step.closing for step in snapshot.steps if step.id == snapshot.current)


def _stops(snapshot: Snapshot) -> list[PlannedCommand]:
    """What is sent when the way back is asked for while the HMC migrates."""
    page = snapshot.page
    if page is None or not hmc_migrates(snapshot):
        return []
    return [each for each in page.plan if each.on_abort]


def _on_hold(snapshot: Snapshot) -> str:
    if offer(snapshot):
        return "The run is on hold. To choose this ends the hold."
    return f"The run is on hold, and stays so: {key_name('hold')} lets it go on from there."


def _besides(*, migrating: bool = False) -> str:
    goes_on = "lparwiz goes on until the HMC's command has ended, and " if migrating else ""
    return (
        f"You can wait; hold ({key_name('hold')}): the run waits after what is under way; or leave "
        f"({key_name('leave')}): {goes_on}what is owed stays written down."
    )


def _before(snapshot: Snapshot, prose: int) -> list[Paragraph]:
    text = f"{snapshot.lpar} was not sent on its way: the way back is open."
    if not snapshot.owed:
        ends = (
            "Nothing is owed: the run ends after what is under way. What that still changes is put "
            "back first."
        )
        return [wrap([("", text)], prose), [()], wrap([("ok", ends)], prose)]
    how = (
        "What is under way is finished first. Then the run goes no further forward, and takes "
        "these steps. Each reads before it sends anything, and asks you."
    )
    return [wrap([("", f"{text} {how}")], prose)]


def _beyond(snapshot: Snapshot, width: int) -> list[Paragraph]:
    prose = min(width, PROSE)
    text = (
        f"The migration of {snapshot.lpar} was sent. It can't be called back from here, and once "
        "the memory is over only another migration brings it back."
    )
    said = [wrap([("warning", text)], prose)]
    stops = _stops(snapshot)
    if stops:
        ask = (
            "As long as it runs, the HMC itself can be asked to stop it. It may refuse, or it may "
            "be too late. Choosing it sends this, once:"
        )
        said += [[()], wrap([("", ask)], prose)]
        said += [_stop_lines(each, width) for each in stops]
    then = (
        "Either way both consoles are read next, twice. What they prove decides which of the "
        "commands below are run: nothing is put back before."
    )
    besides = _besides(migrating=bool(stops))
    return [*said, [()], wrap([("", then)], prose), [()], wrap([("", besides)], prose)]


def _stop_lines(stop: PlannedCommand, width: int) -> Paragraph:
    lines = wrap([("title", f"    {stop.host}")], width, 4)
    lines += wrap([("dim", "    $ "), ("command", stop.command)], width, 6)
    if stop.state is not PlanState.PLANNED:
        asked: list[Piece] = [("warning", f"    It was asked before: {stop.result or 'no answer'}")]
        lines += wrap(asked, width, 4)
    return lines


def _past(snapshot: Snapshot, prose: int) -> list[Paragraph]:
    text = (
        "There is no other way back from here: these are the steps that put right what is owed, "
        "each after fresh readings."
    )
    if snapshot.outcome == "unknown":
        text = (
            "What became of the migration is not proven yet. Nothing is put back before both "
            "consoles prove it, and there is no other way back from here."
        )
    return [wrap([("", text)], prose), [()], wrap([("", _besides())], prose)]


def _owed(snapshot: Snapshot, width: int) -> list[Paragraph]:
    """The open debts under the steps that pay them, in the order in which they are paid."""
    owed = snapshot.debts
    if not owed:
        return []
    count = f"{counted(len(owed), 'debt')} {'is' if len(owed) == 1 else 'are'} owed now:"
    said: list[Paragraph] = [[()], wrap([("warning", count)], width)]
    for step in snapshot.steps:
        theirs = _paid_by(step, owed)
        owed = tuple(debt for debt in owed if debt not in theirs)
        if theirs:
            said += [[()], _step_lines(step, min(width, PROSE))]
            said += [debt_lines(debt, width) for debt in theirs]
    if owed:
        said += [[()], wrap([("title", "By hand")], width)]
        said += [debt_lines(debt, width) for debt in owed]
    return said


def _step_lines(step: StepView, prose: int) -> Paragraph:
    return wrap([("title", step.title), ("", f"  reads first: {step.reads}")], prose, 4)


def _paid_by(step: StepView, owed: Iterable[DebtView]) -> list[DebtView]:
    names = {name: place for place, name in enumerate(step.pays)}
    theirs = [debt for debt in owed if _name(debt) in names]
    return sorted(theirs, key=lambda debt: names[_name(debt)])


def _name(debt: DebtView) -> str:
    return debt.id.partition("/")[0]
