"""A check whose reading is not there."""

from lparwiz.run.action import Reading
from lparwiz.run.snapshot import Finding, Level


def unknown(check_id: str, label: str, reading: Reading[object]) -> Finding:
    """A reading that isn't there: it stops."""
    return Finding(
        check_id,
        Level.UNKNOWN,
        reading.problem,
        label,
        "Find out why it can't be read; nothing is changed while it isn't known.",
        reading.command,
    )
