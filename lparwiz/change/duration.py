"""Durations as people write them: `90s`, `1m30s`, `60m`, `2h`. A bare number is none.

Seconds typed where hundredths are meant, and the other way round, is the classic mistake with LLT
timers (facts, vcs.md 10.2); so the unit is always written.
"""

import re
from decimal import Decimal

_NUMBER = r"(\d{1,9}(?:\.\d{1,6})?)"
_DURATION = re.compile(rf"(?:{_NUMBER}h)?(?:{_NUMBER}m)?(?:{_NUMBER}s)?", re.ASCII)
_SECONDS = (3600, 60, 1)


def seconds(text: str) -> Decimal | None:
    """The duration in seconds, exactly; None where `text` is none."""
    match = _DURATION.fullmatch(text)
    if not match or not text:
        return None
    parts = zip(match.groups(), _SECONDS, strict=True)
    return sum((Decimal(number) * unit for number, unit in parts if number), Decimal(0))
