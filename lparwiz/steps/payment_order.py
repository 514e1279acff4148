"""In which order debts are paid, by the closing steps and by hand alike.

What became of the migration comes first: what protects from its freeze stays until that is known.
"""

from enum import IntEnum

from lparwiz.run.ledger import LAST

OUTCOME_DEBT = "migration"
"""The id of the debt of a migration whose outcome is open."""


class Turn(IntEnum):
    """When a debt's turn to be paid comes: the lower, the earlier."""

    OUTCOME = -40
    RECOVERY = -30
    DEFINITION = -20
    PLACEHOLDER = -10
    TIMERS = 0
    GROUPS = 10
    SERVER = 20
    MARK = LAST
