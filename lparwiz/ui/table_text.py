"""A table as text: equal rows folded, what differs from most on top, nothing cut. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.cells import cell_len

from lparwiz.run.snapshot import Table
from lparwiz.ui.text import FEWEST_FOLDED, Line, Paragraph, fold_hosts, plain, wrap

NARROWEST = 20
"""Cells: a last column narrower than this is not worth wrapping."""

LONG_NAMES = 3
"""Folded names that take more than this part of the width stand below their row."""

Cells = tuple[str, ...]


@dataclass(frozen=True)
class _Row:
    """One row, or several that differ in nothing but the first cell."""

    cells: Cells
    names: str = ""
    """All first cells, folded, where the row has only room for how many they are."""


def table_text(table: Table, width: int) -> Iterable[Paragraph]:
    """Columns side by side, the last one wrapped where it must be; else rows as lists."""
    columns = tuple(plain(column) for column in table.columns)
    cells = [tuple(plain(cell).replace("\n", " ") for cell in row) for row in table.rows]
    rows = _folded(columns, cells, width)
    widths = [max(cell_len(cell) for cell in c) for c in _columns(columns, rows)]
    yield wrap([("title", table.title)], width)
    if sum(widths) + 2 * len(widths) <= width:
        yield [_line(columns, widths, "dim")]
        yield from ([_line(row.cells, widths, ""), *_named(row, width)] for row in rows)
        return
    before = sum(widths[:-1]) + 2 * len(widths)
    if width - before >= NARROWEST:
        for row, style in ((_Row(columns), "dim"), *((row, "") for row in rows)):
            line = (*_line(row.cells[:-1], widths, style, strip=False), (style, "  "))
            yield wrap([*line, (style, row.cells[-1])], width, before) + _named(row, width)
        return
    for row in rows:
        first, *rest = row.cells or ("",)
        lines = wrap([("title", f"  {row.names or first}")], width, 4)
        for column, value in zip(columns[1:], rest, strict=False):
            lines += wrap([("dim", f"    {column}: "), ("", value)], width, 6)
        yield lines


def _folded(columns: Cells, rows: Sequence[Cells], width: int) -> list[_Row]:
    """Rows that say the same of several hosts made one; what most hosts say comes last."""
    alike: dict[Cells, list[str]] = {}
    for row in rows:
        alike.setdefault(row[1:], []).append(row[0] if row else "")
    most = max((len(names) for names in alike.values()), default=0)
    if most < FEWEST_FOLDED or len(columns) < 2:
        return [_Row(row) for row in rows]
    folded: list[_Row] = []
    for rest, names in sorted(alike.items(), key=lambda each: len(each[1]) == most):
        if len(names) < FEWEST_FOLDED:
            folded += [_Row((name, *rest)) for name in names]
            continue
        together = fold_hosts(names)
        if cell_len(together) <= width // LONG_NAMES:
            folded.append(_Row((together, *rest)))
        else:
            folded.append(_Row((f"{len(names)} x {columns[0]}", *rest), together))
    return folded


def _named(row: _Row, width: int) -> Paragraph:
    return wrap([("dim", f"    {row.names}")], width, 4) if row.names else []


def _columns(head: Cells, rows: Sequence[_Row]) -> Iterable[list[str]]:
    for number, title in enumerate(head):
        yield [title, *(row.cells[number] for row in rows if number < len(row.cells))]


def _line(cells: Cells, widths: list[int], style: str, *, strip: bool = True) -> Line:
    text = "".join(
        f"  {cell}{' ' * (width - cell_len(cell))}"
        for cell, width in zip(cells, widths, strict=False)
    )
    return ((style, text.rstrip() if strip else text),)
