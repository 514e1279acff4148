"""The change file: what the operator wants, read and checked as a whole."""

from lparwiz.change.check import parse, read
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
