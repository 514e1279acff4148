"""Whether the LPAR stands still: no timer goes down and no group is unfrozen while it migrates.

Much time may have passed since the outcome: a run that was killed is taken up days later, and
somebody else may be migrating the LPAR by then.
"""

import asyncio
from dataclasses import dataclass

from lparwiz.change import Change
from lparwiz.run.play import Play
from lparwiz.run.snapshot import Choice, Progress, Question, QuestionKind
from lparwiz.run.step import Stopped
from lparwiz.steps import readings
from lparwiz.steps.asking import AGAIN, LATER
from lparwiz.steps.evidence import POLL, under_way


@dataclass(frozen=True)
class _Seen:
    """One look at both consoles."""

    migrating: tuple[str, ...]
    """What shows a migration, a line each."""
    unread: tuple[str, ...]
    """What could not be read, a line each."""


async def standing_still(play: Play, change: Change, step: str, stays: str) -> None:
    """See that nothing migrates the LPAR right now; wait for a while where something does.

    Where a console can't be read the operator may say so instead, having looked.

    Args:
        play: the run.
        change: what is wanted.
        step: the step's id.
        stays: what stays as it is until then, such as `the timers stay raised`.

    Raises:
        Stopped: it migrates.
        Again: everything is to be read anew.
        WayBack: nobody can tell, and it is left owed.
    """
    until = play.clock.now() + change.limits.settle
    seen = await _look(play, change)
    while (seen.migrating or seen.unread) and play.clock.now() < until:
        shown = (*seen.migrating, *seen.unread)[0]
        left = until - play.clock.now()
        limit = change.limits.settle
        play.progress(Progress(f"waiting: {shown}", limit - left, limit))
        await play.safe_point()
        await play.clock.sleep(POLL)
        seen = await _look(play, change)
    play.progress(None)
    if seen.migrating:
        raise Stopped(
            f"{change.lpar.name} is being migrated, so {stays}.",
            "\n".join((*seen.migrating, *seen.unread)),
            "Wait until that is over, or recover it on the HMC; then try again.",
        )
    if seen.unread:
        for line in seen.unread:
            play.say(line)
        await play.ask(_question(change, step, stays, seen.unread))


async def _look(play: Play, change: Change) -> _Seen:
    places = (
        (change.source_console, change.lpar.source),
        (change.target_console, change.lpar.target),
    )
    name = change.lpar.name
    rows, states = await asyncio.gather(
        asyncio.gather(*(readings.partition(play, *place, name) for place in places)),
        asyncio.gather(*(readings.migration(play, *place, name) for place in places)),
    )
    migrating, unread = [], []
    for (_, system), row, state in zip(places, rows, states, strict=True):
        migrating += [
            f"{name} is {each.state} on {system}" for each in row.value or () if each.migrating
        ]
        migrating += [f"lslparmigr on {system}: {phase}" for phase in under_way(state)]
        unread += [f"{each.host}: {each.evidence}" for each in (row, state) if each.value is None]
    return _Seen(tuple(migrating), tuple(unread))


def _question(change: Change, step: str, stays: str, unread: tuple[str, ...]) -> Question:
    lpar = change.lpar
    return Question(
        id=f"{step}.migrating",
        kind=QuestionKind.WORD,
        text=f"Whether {lpar.name} is being migrated can't be told, so {stays}: {unread[0]}. "
        f"Look on {lpar.source} and {lpar.target} yourself. Does nothing migrate it?",
        choices=(
            LATER,
            AGAIN,
            Choice("go", "Nothing migrates it", "I have looked; go on", needs_word=True),
        ),
        safe=LATER.id,
        word=lpar.name,
    )
