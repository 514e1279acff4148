"""The change file: what the operator wants, read and checked as a whole.

Reading one needs pydantic, which takes 75 ms to import (measured). The screen needs only the words
for a broken file, so `parse` and `read` are imported when somebody first asks for them.
"""

from typing import TYPE_CHECKING, Any

from lparwiz.change.model import (
    Change,
    Decisions,
    Host,
    Limits,
    Lpar,
    Part,
    Route,
    Timers,
    Trigger,
    Vcs,
)
from lparwiz.change.problem import ChangeInvalid, Problem
from lparwiz.change.template import template

if TYPE_CHECKING:
    from lparwiz.change.check import parse, read

__all__ = [
    "Change",
    "ChangeInvalid",
    "Decisions",
    "Host",
    "Limits",
    "Lpar",
    "Part",
    "Problem",
    "Route",
    "Timers",
    "Trigger",
    "Vcs",
    "parse",
    "read",
    "template",
]


def __getattr__(name: str) -> Any:
    if name in ("parse", "read"):
        from lparwiz.change import check  # noqa: PLC0415 - see above

        return getattr(check, name)
    raise AttributeError(name)
