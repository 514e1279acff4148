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
"""Lines that belong together: where the screen is, after a resize, is told in paragraphs."""

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

    Line breaks in the text are kept. Every line but the first begins with `indent` spaces.
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
                needed = cell_len(word.rstrip(" "))
                if used + needed > width and used > margin:
                    new_line()
                if needed <= width - used:
                    kept = word[: len(word) - max(0, used + cell_len(word) - width)]
                    lines[-1].append((style, kept))
                    used += cell_len(kept)
                    continue
                for part in chop_cells(word.rstrip(" "), max(width - margin, 1)):
                    if used > margin:
                        new_line()
                    lines[-1].append((style, part))
                    used += cell_len(part)
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
    """Names in a row, runs of numbers folded: `db01 node[03-64]`."""
    folded: list[str] = []
    run: list[tuple[str, str]] = []

    def close() -> None:
        if len(run) >= FEWEST_FOLDED:
            folded.append(f"{run[0][0]}[{run[0][1]}-{run[-1][1]}]")
        else:
            folded.extend(stem + digits for stem, digits in run)
        run.clear()

    for host in hosts:
        match = re.fullmatch(r"(.*?)([0-9]+)", host)
        if match is None:
            close()
            folded.append(host)
            continue
        stem, digits = match[1], match[2]
        if run:
            last_stem, last = run[-1]
            follows = stem == last_stem and int(digits) == int(last) + 1
            if not follows or len(digits) != len(last):
                close()
        run.append((stem, digits))
    close()
    return " ".join(folded)


def minutes(seconds: float) -> str:
    """A span of time as `4:12`."""
    whole = max(0, int(seconds))
    return f"{whole // 60}:{whole % 60:02d}"
