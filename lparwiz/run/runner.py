"""Plays a runbook: step after step, with the way back where one can't go forward."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from time import localtime, strftime

from lparwiz.run.answers import Answerer, Left
from lparwiz.run.exit_status import MIGRATED, NOT_MIGRATED, exit_status_of
from lparwiz.run.journal import FORMAT, Event, JournalFailed
from lparwiz.run.play import Play
from lparwiz.run.snapshot import Choice, Question, QuestionKind, RunState, StepState
from lparwiz.run.step import Again, Conclusion, Reopened, Skipped, Step, Stopped, WayBack

GIVEN_UP = (StepState.LEFT, StepState.FAILED)
"""How a step ends after which the run goes back: by the operator's own choice, or by a failure."""


async def play_run(play: Play, steps: Sequence[Step], *, back: bool = False) -> int:
    """Play a run to its end and return its exit status.

    A run whose journal has a past is taken up again: what ended stays as it ended, but for what
    must be proven anew; the first step that didn't is played from its start, by fresh readings.
    Where the journal can't be written it ends at once: nothing more is sent to any host.

    Args:
        play: the run.
        steps: the runbook, the same as in the run's past.
        back: whether only what is owed is to be put right, as far as the closing steps can.
    """
    heading = play.picture.heading
    ended = endings(play.journal.events)
    back = back or turned_back(play.journal.events)
    try:
        if play.journal.events:
            play.journal.write("taken up", back=back)
            play.keep_ledger()  # a kill may have come between the journal and this file
        else:
            play.journal.write(
                "begun",
                format=FORMAT,
                run=heading.run,
                title=heading.title,
                ticket=heading.ticket,
                lpar=heading.lpar,
                route=heading.route,
                origin=heading.origin,
                change=_hash(play.folder.kept("change.toml")),
                steps=[step.id for step in steps],
            )
        await _play_steps(play, steps, ended, back=back)
        closing = _closing(play)
    except Left as left:
        closing = f"Stopped at a safe point: {left}."
    except JournalFailed as failed:
        closing = str(failed)
    status = exit_status_of(play.picture.outcome, owing=bool(play.picture.ledger.owed))
    return _over(play, status, closing)


def _hash(change: str | None) -> str:
    """The change file's SHA-256, by which a later life knows it; empty where none is kept."""
    if change is None:
        return ""
    return hashlib.sha256(change.encode("utf-8", "surrogateescape")).hexdigest()


def _over(play: Play, status: int, closing: str) -> int:
    with suppress(JournalFailed):  # the disk is full: the screen says so, nothing is sent
        play.journal.write("ended", status=status, closing=closing)
    play.picture.put(state=RunState.OVER, question=None, exit_status=status, closing=closing)
    return status


async def rehearse(play: Play, steps: Sequence[Step], endings: Mapping[str, Answerer]) -> int:
    """Play a dry run: forward once, then the closing steps once for each ending.

    Args:
        play: with `rehearsal` set: every action is read and shown, none acts.
        steps: the runbook.
        endings: who answers in each of the endings, by what is supposed there.

    Returns:
        0 where nothing would stop the run before its end, else 1.
    """
    play.journal.write("begun", format=FORMAT, run=play.picture.heading.run, rehearsal=True)
    forward = True
    try:
        for step in steps:
            if forward and not step.closing:
                forward = await _play_step(play, step)
        ledger = play.picture.ledger
        for supposed, answerer in endings.items() if forward else ():
            play.journal.write("supposed", what=supposed)
            play.answerer = answerer
            play.picture.put(ledger=ledger)
            for step in steps:
                if step.closing:
                    await _play_step(play, step)
    except Left:
        forward = False
    return _over(play, MIGRATED if forward else NOT_MIGRATED, "Dry run: nothing was changed.")


def endings(events: Iterable[Event]) -> dict[str, StepState]:
    """How each step that has ended last ended, by a journal; a step begun anew has not.

    One in which the way back was taken was left, though a kill came before its end was written.
    """
    ended: dict[str, StepState] = {}
    step = ""
    for event in events:
        if event.kind == "step":
            step = event.data["id"]
            ended.pop(step, None)
        elif event.kind == "turned back" or event.data.get("choice") == "back":
            ended[step] = StepState.LEFT
        elif event.kind == "reopened":
            ended.pop(event.data["id"], None)
        elif event.kind == "step ended":
            ended[event.data["id"]] = StepState(event.data["state"])
    return ended


def turned_back(events: Iterable[Event]) -> bool:
    """Whether the way back of a run has begun, by a journal: then it never goes forward again.

    `lparwiz pay` begins it; so does who takes debts over, as what the forward steps proved may be
    otherwise from then on. Once the migration was sent there is only the way to the end.
    """
    return any(
        event.kind == "handed over" or (event.kind == "taken up" and event.data.get("back"))
        for event in events
    )


async def _play_steps(
    play: Play, steps: Sequence[Step], ended: Mapping[str, StepState], *, back: bool
) -> None:
    going_back = back
    forward = not back and play.conclusion is None and not set(GIVEN_UP) & set(ended.values())
    ended, reached = dict(ended), 0
    while reached < len(steps):
        step = steps[reached]
        reached += 1
        before = ended.get(step.id)
        if before and step is not steps[-1] and _stays(step, before, forward=forward):
            play.picture.mark(step.id, before)
            going_back = going_back or before in GIVEN_UP
            continue
        if going_back and not _still_to_play(play, step):
            play.picture.mark(step.id, StepState.SKIPPED)
            continue
        try:
            going_back = not await _play_step(play, step) or going_back
        except Reopened as reopened:
            play.picture.mark(step.id, StepState.TODO)
            reached = [each.id for each in steps].index(str(reopened))
            ended.pop(str(reopened), None)


def _stays(step: Step, before: StepState, *, forward: bool) -> bool:
    """Whether a step that ended so is not played again when the run is taken up.

    A closing step is, unless it was done: what made it skip or fail may be otherwise now. So is
    one whose proof must be renewed, where the run still goes forward.
    """
    if step.closing:
        return before is StepState.DONE
    if step.renewed and forward:
        return False
    return before in (StepState.DONE, StepState.SKIPPED, *GIVEN_UP)


def _still_to_play(play: Play, step: Step) -> bool:
    """On the way back only the closing steps are left, and those only if anything was changed."""
    return step.closing and (play.changed or bool(play.picture.ledger.owed))


def _open(play: Play, step: Step, *, again: bool) -> None:
    """Begin a step, from its fresh page on; one that the operator had read again says so."""
    play.picture.begin(step)
    play.closing = step.closing
    if step.closing:
        play.answerer.abort_taken()
    play.journal.write("step", id=step.id, title=step.title)
    if again:
        play.say(f"Read again at {strftime('%H:%M:%S', localtime(play.clock.now()))}.")


async def _play_step(play: Play, step: Step) -> bool:
    """Play a step until it is done or given up; whether the run goes forward from here."""
    again = False
    while True:
        _open(play, step, again=again)
        try:
            await play.safe_point()
            await step.play(play)
        except Skipped as skipped:
            play.result(str(skipped))
            return _ended(play, step, StepState.SKIPPED, forward=True)
        except WayBack as back:
            play.result(f"{str(back)[0].upper()}{str(back)[1:]}.")
            return _ended(play, step, StepState.LEFT, forward=False)
        except Again:
            again = True
        except (Left, JournalFailed, Reopened):
            raise
        except Exception as error:  # noqa: BLE001 - whatever breaks, the way back stays open
            stopped = error if isinstance(error, Stopped) else _broken(error)
            play.say(str(stopped))
            if await _gives_up(play, step, stopped):
                play.result(stopped.title)
                return _ended(play, step, StepState.FAILED, forward=False)
        else:
            state = StepState.UNKNOWN if _unknown(play, step) else StepState.DONE
            return _ended(play, step, state, forward=True)


def _broken(error: Exception) -> Stopped:
    return Stopped(
        "This step can't be played to its end.",
        f"{type(error).__name__}: {error}",
        "Mend what it names and try again, or take the way back.",
    )


async def _gives_up(play: Play, step: Step, stopped: Stopped) -> bool:
    """Whether a stopped step is left as it is; else it is tried again."""
    try:
        await play.ask(_stopped(step, stopped))
    except Again:
        return False
    except WayBack:
        return True
    raise ValueError("a stopped step is tried again or left; there is no third answer")


def _unknown(play: Play, step: Step) -> bool:
    return step.closing and play.conclusion is Conclusion.UNKNOWN


def _ended(play: Play, step: Step, state: StepState, *, forward: bool) -> bool:
    play.journal.write("step ended", id=step.id, state=state.value)
    play.picture.mark(step.id, state)
    return forward


def _stopped(step: Step, stopped: Stopped) -> Question:
    back = (
        Choice("later", "Go on without it", "what is owed stays in the ledger")
        if step.closing
        else Choice("back", "Take the way back", "put back whatever was changed so far")
    )
    return Question(
        id=f"{step.id}.stopped",
        kind=QuestionKind.CHOICE,
        text=f"{stopped.title} {stopped.next_step}".strip(),
        choices=(Choice("again", "Try this step again", "reads everything anew"), back),
        safe="again",
    )


def _closing(play: Play) -> str:
    owed = len(play.picture.ledger.owed)
    debts = f"{owed} {'debt is' if owed == 1 else 'debts are'} owed" if owed else "nothing is owed"
    match play.conclusion:
        case Conclusion.MIGRATED:
            return f"Migrated; {debts}."
        case Conclusion.UNKNOWN:
            return f"The outcome is unknown; {debts}."
        case _:
            return f"Not migrated; {debts}."
