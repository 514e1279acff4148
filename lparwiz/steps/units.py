"""A timer as people read it: LLT counts hundredths of a second, everybody else seconds."""


def both_units(centiseconds: int) -> str:
    """A timer in both units: `9000 (90 s)`; 0 never expires."""
    return f"{centiseconds} ({centiseconds / 100:g} s)" if centiseconds else "0 (never)"
