"""The change file's tables, and what each value must be on its own; pydantic does the checking."""

import difflib
import ipaddress
import os
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from lparwiz.change.duration import seconds
from lparwiz.change.lines import Place

LONGEST_NAME = 64
"""Characters. What a tool takes is that tool's matter: the HMC 31 (facts, hmc.md 1.8)."""
LONGEST_TEXT = 500
"""Characters of any other text."""
LONGEST_SHOWN = 80
"""Characters of a value in a message."""
LONGEST_LIMIT = 7 * 24 * 3600
"""Seconds."""
LONGEST_FREEZE = 600
"""Seconds: the longest freeze that is believed (facts, vcs.md 7)."""
LOWEST_PEERINACT = 400
"""CENTISECONDS. Must exceed peertrouble: 2 s, on low-priority links 4 s (vcs.md 1.2, 1.3)."""
HIGHEST_PEERINACT = 360_000
"""CENTISECONDS: an hour. LLT's own limit is unknown [NF]; a longer freeze is none."""

# No plugin of pydantic's that happens to be installed has a say in what a change may be; looking
# for them took 25 ms of every start (measured).
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")

_DURATION = 'a duration with its unit, such as "90s", "1m30s", "60m" or "2h"'
_HOSTNAME = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,251}[A-Za-z0-9_.])?", re.ASCII)


@dataclass(frozen=True)
class Mistake:
    """What is wrong, before its line is known. `place` is where, or around what, it is."""

    place: Place
    found: str
    expected: str


def check_shape(table: Mapping[str, object]) -> "File | tuple[Mistake, ...]":
    """The file's tables, or everything that is wrong with their single values."""
    try:
        return File.model_validate(table)
    except ValidationError as error:
        return tuple(_mistake(details) for details in error.errors(include_url=False))


# What a value must be. A validator's message says what was expected, and nothing else.


def _wrong(expected: str) -> PydanticCustomError:
    return PydanticCustomError("expected", "{expected}", {"expected": expected})


def _printable(text: str) -> str:
    if not text:
        raise _wrong("some text")
    if not text.isprintable():
        raise _wrong("text without control characters or line ends")
    if text != text.strip():
        raise _wrong("no blanks at either end")
    if len(text) > LONGEST_TEXT:
        raise _wrong(f"at most {LONGEST_TEXT} characters")
    return text


def _name(text: str) -> str:
    if len(text) > LONGEST_NAME:
        raise _wrong(f"a name of at most {LONGEST_NAME} characters")
    return text


def _word(text: str) -> str:
    if re.search(r"[\s/]", text):
        raise _wrong("a name without blanks and '/'")
    return text


def _address(text: str) -> str:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        pass
    else:
        return text
    if "@" in text:
        raise _wrong("a host name or IP address alone; the user goes into `user`")
    if re.fullmatch(r"[^:]+:\d+", text):
        raise _wrong("a host name or IP address alone; the port goes into `port`")
    if not _HOSTNAME.fullmatch(text):
        raise _wrong("a host name or IP address")
    return text


def _user(text: str) -> str:
    if text.startswith("-") or re.search(r"[\s@]", text):
        raise _wrong("a login name")
    return text


def _become(text: str) -> str:
    if not text:
        return text
    try:
        words = shlex.split(_printable(text))
    except ValueError as error:
        raise _wrong("a command whose quotes are closed") from error
    quiet = any(re.fullmatch(r"-[A-Za-z]*n[A-Za-z]*|--non-interactive", word) for word in words)
    if words[:1] == ["sudo"] and not quiet:
        raise _wrong('"sudo -n": without -n it waits for a password that nobody types')
    return text


def _seconds(value: object) -> Decimal:
    if not isinstance(value, str) or (found := seconds(value)) is None:
        raise _wrong(_DURATION)
    return found


def _limit(value: object) -> float:
    found = _seconds(value)
    if not 0 < found <= LONGEST_LIMIT:
        raise _wrong("more than 0s and at most a week (168h)")
    return float(found)


def _peerinact(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        if LOWEST_PEERINACT < value <= HIGHEST_PEERINACT and value % 100 == 0:
            hint = f'"{value // 100}s" where {value} hundredths are meant'
            raise _wrong(f'a duration with its unit: {hint}, "{value}s" where seconds are')
        raise _wrong(_DURATION)
    hundredths = _seconds(value) * 100
    if hundredths == 0:
        raise _wrong("more than 0s: for LLT 0 means never, and no failure would be noticed")
    if hundredths <= LOWEST_PEERINACT:
        raise _wrong("more than 4s: peerinact must exceed peertrouble, 2s (low-priority links 4s)")
    if hundredths > HIGHEST_PEERINACT:
        raise _wrong("at most an hour: until then real failures go unnoticed")
    if hundredths != int(hundredths):
        raise _wrong("whole hundredths of a second, LLT's own unit")
    return int(hundredths)


def _freeze(value: object) -> float:
    found = _seconds(value)
    if not 0 < found <= LONGEST_FREEZE:
        raise _wrong(f"more than 0s and at most {LONGEST_FREEZE}s: no freeze takes longer")
    return float(found)


def _version(value: object) -> object:
    if type(value) is not int:
        raise _wrong("1")
    return value


Text = Annotated[str, AfterValidator(_printable)]
Name = Annotated[Text, AfterValidator(_name)]
Word = Annotated[Name, AfterValidator(_word)]
Address = Annotated[Text, AfterValidator(_address)]
User = Annotated[Text, AfterValidator(_user)]
Become = Annotated[str, AfterValidator(_become)]
Port = Annotated[int, Field(ge=1, le=65535)]
Seconds = Annotated[float, BeforeValidator(_limit)]
Freeze = Annotated[float, BeforeValidator(_freeze)]
Centiseconds = Annotated[int, BeforeValidator(_peerinact)]


# The tables.


class Table(BaseModel):
    """What all tables share: no unknown keys, no silent conversion."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class LparTable(Table):
    """`[lpar]`."""

    name: Name
    source: Name
    target: Name
    node: Word | None = None


class TimersTable(Table):
    """`[timers]`."""

    peerinact: Centiseconds | None = None
    persist: bool = False
    reboot: Seconds | None = None
    freeze: Freeze | None = None
    freeze_from: Text | None = None


class LimitsTable(Table):
    """`[limits]`: what is absent has the default of `model.Limits`."""

    connect: Seconds | None = None
    command: Seconds | None = None
    migration: Seconds | None = None
    settle: Seconds | None = None


class SshTable(Table):
    """`[ssh]`: for every host that doesn't say otherwise."""

    port: Port | None = None
    user: User | None = None
    identity: Text | None = None
    known_hosts: Text | None = None
    config: Text | None = None


class ConsoleTable(SshTable):
    """`[console.source]`, `[console.target]`."""

    address: Address


class NodeTable(ConsoleTable):
    """`[[node]]`, `[[manager]]`."""

    name: Word
    become: Become = ""


class ConsolesTable(Table):
    """`[console]`."""

    source: ConsoleTable
    target: ConsoleTable | None = None


class VcsTable(Table):
    """`[vcs]`."""

    group: Word
    resource: Word
    to: Word


class DecisionsTable(Table):
    """`[decisions]`."""

    proceed: bool = False
    outcome: Literal["evidence", "stop"] = "stop"
    accept: list[Text] = []
    freeze: bool = False
    profile_file: bool = False
    physical_server: bool = False


class File(Table):
    """The whole file."""

    version: Annotated[Literal[1], BeforeValidator(_version)]
    title: Text
    ticket: Text | None = None
    route: Literal["outside", "managed", "vcs", "full"]
    lpar: LparTable
    timers: TimersTable = TimersTable()
    limits: LimitsTable = LimitsTable()
    console: ConsolesTable
    node: list[NodeTable] = []
    manager: list[NodeTable] = []
    vcs: VcsTable | None = None
    ssh: SshTable = SshTable()
    decisions: DecisionsTable = DecisionsTable()


# From pydantic's words to ours.

_TYPES = {
    "string_type": "text in quotes",
    "int_type": "a whole number",
    "bool_type": "true or false",
    "greater_than_equal": "a port between 1 and 65535",
    "less_than_equal": "a port between 1 and 65535",
}


def _mistake(details: ErrorDetails) -> Mistake:
    place, kind, value = details["loc"], details["type"], details["input"]
    match kind:
        case "missing":
            return Mistake(place, "nothing", _missing(place))
        case "extra_forbidden":
            return Mistake(place, "an unknown key", _known(place))
        case "literal_error":
            expected = _choices(place, value)
        case "model_type":
            expected = f"a table, {_heading(place)}"
        case "list_type":
            expected = _list(place)
        case _:
            expected = _TYPES.get(kind, details["msg"])
    return Mistake(place, shown(value), expected)


def _heading(place: Place) -> str:
    if place[:1] in (("node",), ("manager",)):
        return f"[[{place[0]}]]"
    return f"[{'.'.join(map(str, place))}]"


def _list(place: Place) -> str:
    if place in (("node",), ("manager",)):
        return f"tables, each under [[{place[0]}]]"
    return "a list"


def _missing(place: Place) -> str:
    table = model_at(place)
    return f"the table {_heading(place)}" if table else "a value: this key is required"


def _known(place: Place) -> str:
    """What an unknown key may have meant."""
    table = model_at(place[:-1])
    names = list(table.model_fields) if table else []
    close = difflib.get_close_matches(str(place[-1]).lower(), names, n=1)
    return f"a known key; did you mean `{close[0]}`?" if close else "one of " + ", ".join(names)


def _choices(place: Place, value: object) -> str:
    table = model_at(place[:-1])
    choices = get_args(table.model_fields[str(place[-1])].annotation) if table else ()
    expected = " or ".join(filter(None, [", ".join(map(shown, choices[:-1])), shown(choices[-1])]))
    close = difflib.get_close_matches(str(value).lower(), map(str, choices), n=1)
    return f'{expected}; did you mean "{close[0]}"?' if close else expected


_MODELS: dict[Place, type[Table]] = {
    (): File,
    ("lpar",): LparTable,
    ("timers",): TimersTable,
    ("limits",): LimitsTable,
    ("console",): ConsolesTable,
    ("console", "source"): ConsoleTable,
    ("console", "target"): ConsoleTable,
    ("node",): NodeTable,
    ("manager",): NodeTable,
    ("vcs",): VcsTable,
    ("ssh",): SshTable,
    ("decisions",): DecisionsTable,
}


def model_at(place: Place) -> type[Table] | None:
    """The table that stands at `place`, an index of an array left aside; None: a plain value."""
    return _MODELS.get(tuple(part for part in place if isinstance(part, str)))


def shown(value: object) -> str:
    """A value as the file has it, short enough for a line."""
    if isinstance(value, str) and value.isprintable():
        text = f'"{value}"'
    elif isinstance(value, (bool, date, time)):
        text = str(value).lower()
    elif isinstance(value, (dict, list)):
        text = "a table" if isinstance(value, dict) else "a list"
    else:
        text = ascii(value)
    return text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 1] + "…"
