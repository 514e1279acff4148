"""The exit status of a run: what became of the migration, and whether anything is owed."""

from lparwiz.run.step import Conclusion

MIGRATED = 0
NOT_MIGRATED = 1
DEBTS = 3
UNKNOWN = 4
"""Exit statuses of a run; 2 is that of a wrong command line or change file (`errors.Trouble`)."""

UNFINISHED = (DEBTS, UNKNOWN)
"""Those of a run that is to be taken up again."""


def exit_status_of(outcome: str, *, owing: bool) -> int:
    """The exit status of a run that ends now.

    Args:
        outcome: a `Conclusion`; empty before the migration was sent.
        owing: whether a debt is open.
    """
    if outcome == Conclusion.UNKNOWN:
        return UNKNOWN
    if owing:
        return DEBTS
    return MIGRATED if outcome == Conclusion.MIGRATED else NOT_MIGRATED
