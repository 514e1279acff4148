"""Report: what was done, what is owed, and where it is all written down.

Reads:   nothing.
Asks:    nothing.
Changes: nothing.
"""

from lparwiz.change import Change
from lparwiz.run.play import Play
from lparwiz.run.snapshot import Table
from lparwiz.run.step import Conclusion


async def play(play: Play, change: Change) -> None:
    """Say how it ended."""
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
    play.result(f"{outcome}; {f'{owed} debts are owed' if owed else 'nothing is owed'}.")
