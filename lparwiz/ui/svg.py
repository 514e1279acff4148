"""A screen's SVG made fit to be kept: nothing from the net, right in any font. Pure.

Textual's export asks for its font from a server and names classes after a checksum of the whole,
so that one changed cell would rename them all (measured). Lines and bars are drawn here as shapes:
those of a font are shorter than Textual's rows, and leave gaps between them (seen).
"""

import re
from collections.abc import Iterable, Iterator
from html import unescape

from rich.cells import cell_len

FONTS = "'DejaVu Sans Mono', 'Liberation Mono', Menlo, Consolas, monospace"
"""Monospaced fonts that have what is left of the characters; every text also tells its length."""

CELL, ROW = 12.2, 24.4
"""Width and height of a cell in Textual's SVG, in its pixels."""
ABOVE = 18.5
"""From the top of a row to its text's baseline, there."""
STROKE = 1.6
"""Thickness of a line, the same."""
LAP = 0.3
"""How far a shape that goes on in the next row reaches into it: without, a seam shows."""

LEFT, RIGHT, UP, DOWN = 1, 2, 4, 8
ARMS = {
    "─": LEFT | RIGHT,
    "│": UP | DOWN,
    "┌": RIGHT | DOWN,
    "┐": LEFT | DOWN,
    "└": RIGHT | UP,
    "┘": LEFT | UP,
    "╭": RIGHT | DOWN,
    "╮": LEFT | DOWN,
    "╰": RIGHT | UP,
    "╯": LEFT | UP,
    "├": UP | DOWN | RIGHT,
    "┤": UP | DOWN | LEFT,
    "┬": LEFT | RIGHT | DOWN,
    "┴": LEFT | RIGHT | UP,
    "┼": LEFT | RIGHT | UP | DOWN,
}
"""Where the lines of a box character go from the middle of its cell."""
EIGHTHS = "▁▂▃▄▅▆▇█"
"""Bars, by how many eighths of their cell they fill from below."""

_FONT_FACE = re.compile(r"\s*@font-face\s*\{[^}]*\}")
_COMMENT = re.compile(r"\s*<!--.*?-->", re.DOTALL)
_FAMILY = re.compile(r"font-family:[^;}]*")
_CHECKSUM = re.compile(r"\bterminal-\d+-")
_TEXT = re.compile(
    r'<text class="([^"]*)" x="([\d.]+)" y="([\d.]+)"[^>]*clip-path[^>]*>([^<]*)</text>'
)
_DRAWN = re.compile(f"[{''.join(ARMS)}{EIGHTHS}]")

Box = tuple[float, float, float, float]
"""Left, top, right and bottom of a shape."""


def clean(svg: str) -> str:
    """The SVG that `App.export_screenshot` made, without its fonts, comment and checksum."""
    head, style, rest = svg.partition("</style>")
    head = _COMMENT.sub("", _FONT_FACE.sub("", head))
    head = in_font(head, FONTS)
    head = head.replace("<svg ", '<svg xml:space="preserve" ', 1)
    return _CHECKSUM.sub("lw-", f"{head}{style}{_TEXT.sub(_redraw, rest)}")


def in_font(svg: str, family: str) -> str:
    """The SVG with all of its text in this font, or list of fonts."""
    return _FAMILY.sub(f"font-family: {family}", svg)


def _redraw(text: re.Match[str]) -> str:
    """A text with its lines and bars as shapes."""
    style, x, y, words = text.groups()
    if not _DRAWN.search(words):
        return text[0]
    boxes = _boxes(unescape(words), float(x), float(y) - ABOVE)
    path = f'<path class="{style}" d="{"".join(map(_rectangle, _merged(boxes)))}"/>'
    left = _DRAWN.sub("&#160;", words)
    return path if not unescape(left).strip() else text[0].replace(words, left) + path


def _boxes(words: str, x: float, top: float) -> Iterator[Box]:
    for letter in words:
        if letter in ARMS:
            yield from _lines(ARMS[letter], x, top)
        elif letter in EIGHTHS:
            filled = ROW * (EIGHTHS.index(letter) + 1) / len(EIGHTHS)
            yield x, top + ROW - filled, x + CELL, top + ROW + LAP
        x += CELL * cell_len(letter)


def _lines(arms: int, x: float, top: float) -> Iterator[Box]:
    middle, height, half = x + CELL / 2, top + ROW / 2, STROKE / 2
    if arms & (LEFT | RIGHT):
        left = x if arms & LEFT else middle - half
        right = x + CELL if arms & RIGHT else middle + half
        yield left, height - half, right, height + half
    if arms & (UP | DOWN):
        upper = top - LAP if arms & UP else height - half
        lower = top + ROW + LAP if arms & DOWN else height + half
        yield middle - half, upper, middle + half, lower


def _merged(boxes: Iterable[Box]) -> list[Box]:
    """Neighbours of the same height made one."""
    merged: list[Box] = []
    for box in sorted(boxes, key=lambda box: (*box[1::2], box[0])):
        before = merged[-1] if merged else box
        touches = abs(before[2] - box[0]) < LAP
        if merged and touches and before[1::2] == box[1::2]:
            merged[-1] = (*before[:2], *box[2:])
        else:
            merged.append(box)
    return merged


def _rectangle(box: Box) -> str:
    left, top, right, bottom = box
    return f"M{left:.5g} {top:.5g}H{right:.5g}V{bottom:.5g}H{left:.5g}Z"
