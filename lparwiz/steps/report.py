"""Report: what was done, what is owed, and where it is all written down.

Reads:   this run's mark on each node and manager.
Asks:    nothing: the commands were shown and confirmed when the marks were placed.
Changes: removes the marks, once nothing else is owed.
"""

from lparwiz.change import Change
from lparwiz.run.action import unproven
from lparwiz.run.play import Play
from lparwiz.run.snapshot import Table
from lparwiz.run.step import Conclusion, Stopped
from lparwiz.steps import mark

WANTS = "Nothing: this is lparwiz's own."
"""What the vendor's guide asks."""
DOES = (
    "Removes the marks once nothing else is owed, and says what was done, what is owed, and "
    "where it is written down."
)
"""What lparwiz does."""


async def play(play: Play, change: Change) -> None:
    """Let other runs in again where nothing is left to do, and say how it ended."""
    doubtful = await _remove_marks(play, change)
    ledger = play.picture.ledger
    rows = tuple(
        (entry.debt.id, entry.debt.host, entry.state.value, entry.how) for entry in ledger.entries
    )
    if rows:
        play.table(Table("Ledger", ("debt", "host", "state", "how"), rows))
    lpar = change.lpar
    match play.conclusion:
        case Conclusion.MIGRATED:
            outcome = f"{lpar.name} runs on {lpar.target}"
        case Conclusion.UNKNOWN:
            outcome = f"Where {lpar.name} runs is not proven"
        case _:
            outcome = f"{lpar.name} stays on {lpar.source}"
    owed = len(ledger.owed)
    play.say(f"Everything is in {play.picture.heading.folder}")
    if doubtful:
        raise Stopped(
            "Not every mark is proven removed.",
            "\n".join(doubtful),
            "What is left stands in the ledger, with the command.",
        )
    play.result(f"{outcome}; {f'{owed} debts are owed' if owed else 'nothing is owed'}.")


async def _remove_marks(play: Play, change: Change) -> list[str]:
    """Remove this run's marks, unless something else is owed; which are not proven removed."""
    removals = mark.removals(play, change)
    if not removals:
        return []
    others = len(play.picture.ledger.owed) - len(removals)
    if others or play.conclusion is Conclusion.UNKNOWN:
        hosts = ", ".join(removal.label for removal in removals)
        play.say(
            f"The marks stay on {hosts} until the rest is paid: runs from other machines keep off."
        )
        return []
    done = await play.do(removals, together=True)
    return unproven(done)
