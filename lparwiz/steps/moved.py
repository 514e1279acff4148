"""What somebody else changed while this run works: shown as it was, as we left it, as found.

The operator decides on each thing: leave it as found, which settles its debt as taken over; put it
right all the same, where that is safe; read again; or leave it owed (on the way there: take the way
back). Whoever answers unattended leaves it owed or goes back: nothing is overwritten in silence.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from textwrap import shorten

from lparwiz.run.action import Action, Done, Moved, Standing, Verdict
from lparwiz.run.ledger import DebtState
from lparwiz.run.play import Play
from lparwiz.run.snapshot import Choice, Question, QuestionKind, Table
from lparwiz.run.step import Again, WayBack
from lparwiz.steps.asking import AGAIN, BACK

LEAVE, PUT = "leave", "put"
OWED = Choice("owed", "Leave it owed", "it stays in the ledger; whatever else can be is done")
COLUMNS = ("where", "what", "was", "ours", "found")
LONGEST = 240
"""Characters of what was found that a question repeats: three lines of the narrowest screen."""


@dataclass(frozen=True)
class Decided:
    """What became of a step's actions once the operator had decided on what was moved."""

    actions: tuple[Action, ...]
    """Those that are still to be done."""
    left: tuple[Moved, ...] = ()
    """What stays as found; its debts are settled."""
    put: tuple[Action, ...] = ()
    """Those of `actions` that put something right although it isn't as it was left."""
    owed: tuple[Moved, ...] = ()
    """What stays owed; nothing is done about it."""

    def go_on_owing(self) -> None:
        """End the step where something stays owed: only a step that isn't done is played again.

        Raises:
            WayBack: something does.
        """
        if self.owed:
            names = ", ".join(f"{each.what} on {each.host}" for each in self.owed)
            raise WayBack(f"left owed, as somebody else changed it: {names}")


async def decide(
    play: Play, step: str, actions: Sequence[Action], *, together: bool = False
) -> Decided:
    """Read where each action stands, and have the operator decide on what was moved.

    Args:
        play: the run.
        step: the step's id.
        actions: what is about to be done.
        together: whether they don't depend on each other. Else each one is read only where the
            ones before it hold already, and what follows one that stays owed is left out.

    Raises:
        Again: the operator wants everything read again.
        WayBack: the operator takes the way back; not from a closing step.
    """
    batches = [tuple(actions)] if together else [(action,) for action in actions]
    decided = Decided(())
    seen: tuple[Moved, ...] = ()
    for number, batch in enumerate(batches):
        asked = [action for action in batch if not _covered(decided, action)]
        verdicts = await asyncio.gather(*(play.standing(action) for action in asked))
        seen += tuple(each for verdict in verdicts for each in verdict.moved)
        show(play, seen)
        before = decided
        for action, verdict in zip(asked, verdicts, strict=True):
            decided = await _sorted(play, step, decided, action, verdict)
        if together or decided.owed:
            break
        is_open = any(v.standing is not Standing.HOLDS and not v.moved for v in verdicts)
        if is_open or decided.put != before.put:
            later = (action for after in batches[number + 1 :] for action in after)
            rest = tuple(action for action in later if not _covered(decided, action))
            return replace(decided, actions=decided.actions + rest)
    return decided


def _covered(decided: Decided, action: Action) -> bool:
    """Whether it is about something that the operator leaves as found."""
    return any(each.subject in action.subjects for each in decided.left)


async def _sorted(
    play: Play, step: str, decided: Decided, action: Action, verdict: Verdict
) -> Decided:
    if not verdict.moved:
        return replace(decided, actions=(*decided.actions, action))
    for moved in verdict.moved:
        match await ask(play, step, moved):
            case "leave":
                decided = replace(decided, left=(*decided.left, moved))
            case "put":
                again = _all_the_same(action, moved)
                decided = replace(
                    decided, actions=(*decided.actions, again), put=(*decided.put, again)
                )
            case _:
                decided = replace(decided, owed=(*decided.owed, moved))
    return decided


def _all_the_same(action: Action, decided: Moved) -> Action:
    """The action, which may now act on what was decided on, and on nothing found later."""
    check = action.check
    if check is None or decided.put is None:
        raise TypeError(f"{action.id} can't put anything right")

    async def accepting() -> Verdict:
        verdict = await check()
        if verdict.moved == (decided,):
            return Verdict(Standing.OPEN, decided.text)
        return verdict

    return replace(action, command=decided.put, check=accepting)


def show(play: Play, moved: Sequence[Moved]) -> None:
    """Put what was moved onto the page, side by side."""
    if moved:
        rows = tuple((m.host, m.what, m.was, m.ours, m.found) for m in moved)
        play.table(Table("Not as this run left it: was, ours, found", COLUMNS, rows))


async def ask(play: Play, step: str, moved: Moved) -> str:
    """Have the operator decide on one thing: `leave`, `put` or `owed`.

    What is left as found is settled as taken over, with who decided so.

    Raises:
        Again: read again.
        WayBack: the way back; not from a closing step.
    """
    play.say(f"{moved.host}: {moved.text}.")
    reply = await play.ask(question(step, moved, closing=play.closing))
    if reply.choice == LEAVE:
        how = f"by {reply.by}: left as found: {moved.found}"
        play.settle(moved.subject, how, DebtState.TAKEN_OVER)
    elif reply.choice == OWED.id:
        _tell_ledger(play, moved)
    return reply.choice


def _tell_ledger(play: Play, moved: Moved) -> None:
    """Have the ledger say what was found, and the command that fits that."""
    text = f"Since then: {moved.text}."
    for debt in play.picture.ledger.owed:
        if debt.id == moved.subject and text not in debt.what:
            pays = moved.put.text if moved.put is not None else debt.pays
            play.incur(replace(debt, what=f"{debt.what} {text}", pays=pays))


def question(step: str, moved: Moved, *, closing: bool) -> Question:
    """The question about one thing; only what is true for it is offered."""
    safe = OWED if closing else BACK
    choices = [safe, AGAIN]
    if moved.leave:
        choices.append(Choice(LEAVE, "Leave it as found", moved.leave))
    if moved.put is not None:
        loses = f" {moved.loses}" if moved.loses else ""
        hint = f"runs on {moved.host}: {moved.put.text}{loses}"
        choices.append(Choice(PUT, f"Make it {moved.goal} all the same", hint))
    return Question(
        id=f"{step}.moved.{moved.subject.replace('/', '.')}",
        kind=QuestionKind.CHOICE,
        text=f"On {moved.host} something is not as this run left it: "
        f"{shorten(moved.text, LONGEST, placeholder=' .. (the table has it all)')}. "
        "What shall become of it?",
        choices=tuple(choices),
        safe=safe.id,
    )


def again_if_moved(done: Sequence[Done]) -> None:
    """Play the step again where something was moved while it ran: then it is asked about.

    Raises:
        Again: something was.
    """
    if any(each.moved for each in done):
        raise Again
