"""The HMC's records: pairs in comma-separated form, lists inside them in the same form again.

    name=db01,"virtual_scsi_adapters=4/client/2/vios1/6/1,5/client/3/vios2/6/1"

A pair whose value holds a comma is quoted as a whole; an element that holds one is quoted again
inside, with doubled quotes (facts, hmc.md 1.3). Splitting at commas breaks on both.
"""

import csv
import io
import re
from collections.abc import Iterable, Mapping

from lparwiz.tools.errors import Refused, Unreadable

_KEY = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.]*[+-]?")


def parse_records(text: str) -> tuple[dict[str, str], ...]:
    """One mapping a line. A list stays in the form in which it was printed, less one quoting.

    Raises:
        Unreadable: a line is not a record, or was cut inside quotes.
    """
    records = []
    for fields in _rows(text, "a record of attributes"):
        record: dict[str, str] = {}
        for field in fields:
            key, equals, value = field.partition("=")
            if not equals or not _KEY.fullmatch(key) or key in record:
                raise Unreadable("a record of attributes", ",".join(fields))
            record[key] = value
        records.append(record)
    return tuple(records)


def format_record(record: Mapping[str, str]) -> str:
    """The record as `mksyscfg -i` and `chsyscfg -i` take it, before any shell's quoting.

    Raises:
        Refused: a key that is none, a value with a line end, or nothing at all.
    """
    if not record:
        raise Refused("", "a record without attributes")
    for key, value in record.items():
        if not _KEY.fullmatch(key):
            raise Refused(key, "is not an attribute's name")
        _refuse_line_end(value)
    return ",".join(_field(f"{key}={value}") for key, value in record.items())


def parse_list(value: str) -> tuple[str, ...]:
    """The elements of a list value; none for an empty one.

    Raises:
        Unreadable: its inner quoting is broken.
    """
    rows = list(_rows(value, "a list of values"))
    if len(rows) > 1:
        raise Unreadable("a list of values", value)
    return tuple(rows[0]) if rows else ()


def format_list(items: Iterable[str]) -> str:
    """A list value of these elements.

    Raises:
        Refused: an element with a line end; a single empty one, which is no list.
    """
    elements = tuple(items)
    if elements == ("",):
        raise Refused("", "a list of one empty element can't be told from an empty list")
    for element in elements:
        _refuse_line_end(element)
    return ",".join(_field(element) for element in elements)


def _rows(text: str, what: str) -> Iterable[list[str]]:
    try:
        return [row for row in csv.reader(io.StringIO(text, newline=""), strict=True) if row]
    except csv.Error as error:
        raise Unreadable(what, text) from error


def _field(text: str) -> str:
    if "," in text or '"' in text:
        return '"' + text.replace('"', '""') + '"'
    return text


def _refuse_line_end(text: str) -> None:
    if "\n" in text or "\r" in text:
        raise Refused(text, "holds a line end")
