"""Text for a screen of a given width: pieces with a style's name, wrapped and never cut. Pure."""

import re
from collections.abc import Callable, Iterable
from itertools import groupby

from rich.cells import cell_len, chop_cells

Piece = tuple[str, str]
"""A style's name (a `lines--NAME` of the style sheet; empty for plain) and its text."""

Line = tuple[Piece, ...]
"""One line of a screen."""

Paragraph = list[Line]
"""Lines that belong together: after a resize the same paragraph is on top."""

Draw = Callable[[int], list[Paragraph]]
"""What a width in cells makes of something."""

FEWEST_FOLDED = 3
"""`node01 node02` reads better than `node[01-02]`."""

_BIDI = (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C)
_VISIBLE = {
    code: f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"
    for code in (*range(0x20), *range(0x7F, 0xA0), *_BIDI)
    if chr(code) not in "\n\t"
}
_WORDS = re.compile(r"[^ ,]+,* *|,+ *| +")
"""Commas too: an HMC attribute list is one word of hundreds of characters."""


def plain(text: str) -> str:
    r"""`text` with every control character written out, such as `\x1b`, and tabs expanded.

    The transport's sanitiser has been there before; no widget of Textual's takes them out, and
    a terminal obeys what is left.
    """
    return text.translate(_VISIBLE).expandtabs(4)


def width_of(line: Line) -> int:
    """How many cells a line takes."""
    return sum(cell_len(text) for _, text in line)


def words_of(line: Line) -> str:
    """A line without its styles."""
    return "".join(text for _, text in line)


def wrap(pieces: Iterable[Piece], width: int, indent: int = 0) -> Paragraph:
    """Break styled text into lines of at most `width` cells, at spaces and commas if it can.

    Line breaks in the text are kept. Every line but the first begins with `indent` spaces. Of what
    is styled as a command each blank is kept too: the lines without their indent, put together,
    are the command. Elsewhere a blank that has no room at the end of a line is left out.
    """
    width = max(width, 1)
    margin = min(indent, width // 2)
    lines: list[list[Piece]] = [[]]
    used = 0

    def new_line() -> None:
        nonlocal used
        lines.append([("", " " * margin)] if margin else [])
        used = margin

    for style, text in pieces:
        for number, row in enumerate(plain(text).split("\n")):
            if number:
                new_line()
            for word in _WORDS.findall(row):
                bare = word if style == "command" else word.rstrip(" ")
                needed = cell_len(bare)
                if used + needed > width and used > margin:
                    new_line()
                if needed <= width - used:
                    kept = word[: len(word) - max(0, used + cell_len(word) - width)]
                    lines[-1].append((style, kept))
                    used += cell_len(kept)
                    continue
                for part in chop_cells(bare, max(width - margin, 1)):
                    if used > margin:
                        new_line()
                    lines[-1].append((style, part))
                    used += cell_len(part)
                blanks = word[len(bare) :][: max(0, width - used)]
                lines[-1].append((style, blanks))
                used += len(blanks)
    return [joined(line) for line in lines]


def joined(line: Iterable[Piece]) -> Line:
    """Neighbours of one style made one piece."""
    return tuple(
        (style, "".join(text for _, text in group))
        for style, group in groupby(line, key=lambda piece: piece[0])
    )


def fit(text: str, width: int) -> str:
    """`text` in exactly `width` cells: padded, or its middle replaced by `..`.

    For labels that stand in full on another page; the two ends tell most names apart.
    """
    text = plain(text).replace("\n", " ")
    length = cell_len(text)
    if length <= width:
        return text + " " * (width - length)
    if width < 5:
        kept = next(
            (part for part in chop_cells(text, max(width, 1)) if cell_len(part) <= width), ""
        )
        return (kept + " " * (width - cell_len(kept)))[: max(width, 0)]
    head = (width - 2 + 1) // 2
    left = chop_cells(text, head)[0]
    right = text[len(text) - (width - 2 - cell_len(left)) :]
    while cell_len(right) > width - 2 - cell_len(left):
        right = right[1:]
    kept = f"{left}..{right}"
    return kept + " " * (width - cell_len(kept))


def fold_hosts(hosts: Iterable[str]) -> str:
    """Names in a row, numbers folded: `db01 node[03-64]`, `node[01,03,05-09]`."""
    numbered = (_numbered(host) for host in hosts)
    folded = (
        _fold(stem, [number for _, _, number in group])
        for (stem, _), group in groupby(numbered, key=lambda each: each[:2])
    )
    return " ".join(folded)


def _numbered(host: str) -> tuple[str, int, str]:
    """A name without the digits at its end, how many there are, and these."""
    match = re.fullmatch(r"(.*?)([0-9]+)", host)
    return (match[1], len(match[2]), match[2]) if match is not None else (host, 0, "")


def _fold(stem: str, numbers: list[str]) -> str:
    """Names of one stem, whose numbers have as many digits."""
    if len(numbers) < FEWEST_FOLDED or not numbers[0]:
        return " ".join(stem + number for number in numbers)
    runs: list[list[str]] = []
    for number in numbers:
        if runs and int(number) == int(runs[-1][-1]) + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    short = [
        part
        for run in runs
        for part in (run if len(run) < FEWEST_FOLDED else [f"{run[0]}-{run[-1]}"])
    ]
    return f"{stem}[{','.join(short)}]"


def highlighted(paragraphs: Iterable[Paragraph], words: str) -> list[Paragraph]:
    """The paragraphs with every place of `words` in the style `found`, whatever the case."""
    return [[_highlighted(line, words.lower()) for line in lines] for lines in paragraphs]


def _highlighted(line: Line, words: str) -> Line:
    text = words_of(line).lower()
    if words not in text or len(text) != len(words_of(line)):
        return line
    found: set[int] = set()
    start = text.find(words)
    while start >= 0:
        found.update(range(start, start + len(words)))
        start = text.find(words, start + len(words))
    pieces: list[Piece] = []
    place = 0
    for style, part in line:
        pieces += [
            ("found" if place + n in found else style, letter) for n, letter in enumerate(part)
        ]
        place += len(part)
    return joined(pieces)


def counted(number: int, noun: str) -> str:
    """How many of something: `1 debt`, `2 debts`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def minutes(seconds: float) -> str:
    """A span of time as `4:12`."""
    whole = max(0, int(seconds))
    return f"{whole // 60}:{whole % 60:02d}"
