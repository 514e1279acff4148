"""The HMC's nested CSV, in the lab's own hand (facts, hmc.md 1.3 and 1.4).

A record is a line of `attribute=value` pairs with commas between them. A pair that holds a comma
or a quote is wrapped in quotes, with its own quotes doubled; the elements of a list value are
written by the same rule, one level further in. The lab keeps every value as it stands after the
outer level is taken off.
"""


class MalformedRecordError(Exception):
    """A record that the HMC can't read. Its text says where."""


def split(text: str) -> list[str]:
    """Take one level of quoting off: the fields between commas.

    Raises:
        MalformedRecordError: Quotes that don't pair or don't enclose a whole field.
    """
    fields: list[str] = []
    at = 0
    while True:
        if text[at : at + 1] == '"':
            field, at = _quoted(text, at)
        else:
            end = text.find(",", at)
            end = len(text) if end < 0 else end
            field, at = text[at:end], end
            if '"' in field:
                raise MalformedRecordError(f"a quote inside {field!r}")
        fields.append(field)
        if at == len(text):
            return fields
        at += 1


def _quoted(text: str, start: int) -> tuple[str, int]:
    out = ""
    at = start + 1
    while True:
        end = text.find('"', at)
        if end < 0:
            raise MalformedRecordError(f"no closing quote after {text[start : start + 20]!r}")
        out += text[at:end]
        if text[end + 1 : end + 2] == '"':
            out += '"'
            at = end + 2
            continue
        if end + 1 < len(text) and text[end + 1] != ",":
            raise MalformedRecordError(f"text after a closing quote: {text[end : end + 20]!r}")
        return out, end + 1


def wrap(field: str) -> str:
    """One field, quoted if it has to be."""
    if "," in field or '"' in field:
        return '"' + field.replace('"', '""') + '"'
    return field


def join(fields: list[str]) -> str:
    """Put one level of quoting on."""
    return ",".join(wrap(field) for field in fields)


def read(text: str) -> list[tuple[str, str]]:
    """The pairs of a record.

    Raises:
        MalformedRecordError: Text that is no record, for example a bare comma in a list value.
    """
    pairs: list[tuple[str, str]] = []
    for field in split(text):
        name, sign, value = field.partition("=")
        if not sign or not name:
            raise MalformedRecordError(f"no attribute name in {field!r}")
        pairs.append((name, value))
    return pairs


def row(attributes: dict[str, str]) -> str:
    """A record as a listing prints it."""
    return ",".join(wrap(f"{name}={value}") for name, value in attributes.items())


def elements(value: str) -> list[str]:
    """The elements of a list value.

    Raises:
        MalformedRecordError: As for `split`.
    """
    return split(value)
