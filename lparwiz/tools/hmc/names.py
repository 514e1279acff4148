"""Which names pass three parsers in a row: our argument list, the HMC's shell, its records.

The HMC allows letters, digits, space and ``, . / ; : ~ @ # ^ - _ = + { }`` (facts, hmc.md 1.8).
All of these pass the shell once quoted. What the HMC's own parser makes of them decides the rest:

- ``,`` splits the lists of `--filter lpar_names=` and `migrlpar -p`; quoting there makes a list,
  not a name (facts, hmc.md 1.3). In a record a quoted pair carries it (1.4), which is all that a
  profile's name needs, for profiles are listed by their partition.
- ``=`` splits key and value; what a second one does is documented nowhere.
- a leading ``-`` would be read as an option, and blanks at either end don't survive a listing.
"""

import re
from dataclasses import dataclass

from lparwiz.tools.errors import Refused

LONGEST_NEW_NAME = 31
"""Characters; documented for profiles, by analogy for partitions (facts, hmc.md 1.8)."""

_OUTSIDE_SET = re.compile(r"[^A-Za-z0-9 ,./;:~@#^\-_=+{}]")
_OUTSIDE_SYSTEM_SET = re.compile(r"[^A-Za-z0-9 ,./;:~@#^\-_=+{}*]")


@dataclass(frozen=True)
class _Reserved:
    char: str
    reason: str


_EQUALS = _Reserved("=", "the HMC splits key and value at '='")
_COMMA = _Reserved(",", "the HMC splits filters and partition lists at ','")


def carry(name: str) -> str:
    """A partition's name, unchanged, where it can be sent in commands, filters and records.

    Raises:
        Refused: it can't, with the reason.
    """
    return _checked(name, _OUTSIDE_SET, _EQUALS, _COMMA)


def carry_profile(name: str) -> str:
    """A profile's name, unchanged, where a record can carry it.

    Raises:
        Refused: it can't, as with `last*valid*configuration`.
    """
    return _checked(name, _OUTSIDE_SET, _EQUALS)


def carry_system(name: str) -> str:
    """A managed system's name, unchanged; `tttt-mmm*serial` is one too (facts, hmc.md 1.1).

    Raises:
        Refused: it can't be sent, with the reason.
    """
    return _checked(name, _OUTSIDE_SYSTEM_SET, _COMMA)


def carry_new(name: str) -> str:
    """A partition's name that we are about to give.

    Raises:
        Refused: it can't be sent, or is too long.
    """
    if len(name) > LONGEST_NEW_NAME:
        raise Refused(name, f"has {len(name)} characters; the HMC takes {LONGEST_NEW_NAME}")
    return carry(name)


def _checked(name: str, outside: re.Pattern[str], *reserved: _Reserved) -> str:
    if not name:
        raise Refused(name, "is empty")
    if name != name.strip():
        raise Refused(name, "begins or ends with a blank")
    if name.startswith("-"):
        raise Refused(name, "begins with '-' and would be read as an option")
    if found := outside.search(name):
        raise Refused(name, f"{found[0]!r} is not in the HMC's set of characters for names")
    for each in reserved:
        if each.char in name:
            raise Refused(name, each.reason)
    return name
