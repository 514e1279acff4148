"""On which line of a TOML text a key stands.

The standard library's parser doesn't tell. This reads only as much as it needs: headers, keys and
where values end. Keys inside inline tables and arrays are not looked for; whoever asks takes the
line of what is around them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

Place = tuple[str | int, ...]
"""Keys and, below an array of tables, indices from 0: `("node", 1, "address")`."""

_TOKEN = re.compile(
    r"""
      (?P<blank>[ \t\r]+|\#[^\n]*)
    | (?P<newline>\n)
    | (?P<string>\"{3}(?:\\.|[^\\])*?\"{3}(?!\") | '{3}.*?'{3}(?!')
                | \"(?:\\.|[^\"\\\n])*\" | '[^'\n]*')
    | (?P<bare>[A-Za-z0-9_-]+)
    | (?P<sign>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_OPENS, _CLOSES = frozenset("[{"), frozenset("]}")


@dataclass
class _Scan:
    """Where the scan stands."""

    lines: dict[Place, int] = field(default_factory=dict)
    table: Place = ()
    sizes: dict[Place, int] = field(default_factory=dict)
    """How many tables each array has so far."""


def key_lines(text: str) -> dict[Place, int]:
    """The line, counted from 1, of every table and key of a text that is sound TOML."""
    scan = _Scan()
    for number, tokens in _statements(text):
        signs = "".join(each for each in tokens[:2] if each == "[")
        if signs:
            _header(scan, number, _key(tokens[len(signs) :]), array=signs == "[[")
        elif "=" in tokens:
            place = scan.table + _key(tokens[: tokens.index("=")])
            for length in range(len(scan.table) + 1, len(place) + 1):
                scan.lines.setdefault(place[:length], number)
    return scan.lines


def line_of(lines: dict[Place, int], place: Place) -> int | None:
    """The line of `place`, or else of the nearest thing around it; None where there is none."""
    for length in range(len(place), 0, -1):
        if place[:length] in lines:
            return lines[place[:length]]
    return None


def _statements(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each statement as its tokens, with the line on which it begins."""
    number, depth, start = 1, 0, 1
    tokens: list[str] = []
    for match in _TOKEN.finditer(text):
        token = match[0]
        if match.lastgroup == "newline" and depth == 0:
            if tokens:
                yield start, tokens
            tokens = []
        elif match.lastgroup not in ("blank", "newline"):
            start = start if tokens else number
            tokens.append(token)
            depth += (token in _OPENS) - (token in _CLOSES)
        number += token.count("\n")
    if tokens:
        yield start, tokens


def _key(tokens: list[str]) -> Place:
    """The key that `tokens` begin with; escapes in quoted keys stay as written."""
    end = tokens.index("]") if "]" in tokens else len(tokens)
    return tuple(each.strip("\"'") for each in tokens[:end] if each != ".")


def _header(scan: _Scan, number: int, key: Place, *, array: bool) -> None:
    place: Place = ()
    for part in key[:-1]:
        place = _inside(scan, (*place, part))
    place = (*place, *key[-1:])
    if array:
        scan.lines.setdefault(place, number)
        scan.sizes[place] = scan.sizes.get(place, 0) + 1
    scan.table = _inside(scan, place)
    scan.lines.setdefault(scan.table, number)


def _inside(scan: _Scan, place: Place) -> Place:
    """The table that `place` means: of an array of tables, the newest."""
    size = scan.sizes.get(place)
    return place if size is None else (*place, size - 1)
