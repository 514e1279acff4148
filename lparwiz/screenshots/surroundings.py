"""What a picture must not depend on: this machine's time zone, terminal and colours."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

FIXED = {"TZ": "UTC", "TERM": "xterm-256color", "TEXTUAL_ANIMATIONS": "none"}
UNSET = (
    "NO_COLOR",
    "COLORTERM",
    "FORCE_COLOR",
    "TEXTUAL_COLOR_SYSTEM",
    "TEXTUAL_DIM_FACTOR",
    "TEXTUAL_THEME",
)


@contextmanager
def fixed() -> Iterator[None]:
    """The same surroundings on every machine. Textual reads some of them when it is imported."""
    before = dict(os.environ)
    os.environ.update(FIXED)
    for name in UNSET:
        os.environ.pop(name, None)
    time.tzset()
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
        time.tzset()
