"""A chart as lines of text: a strip for each source, the limits as lines across it. Pure.

Only characters that PuTTY's fonts have: half and whole blocks, one dot, one stroke. The scale has
its steps where the limits are: a bar that passes a line is a silence that reached that limit.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from lparwiz.run.snapshot import SPAN, Chart, Limit, Trace
from lparwiz.ui.text import (
    Paragraph,
    Piece,
    counted,
    fit,
    fold_hosts,
    joined,
    plain,
    words_of,
    wrap,
)

STEPS = (1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20)
"""Seconds that a cell of it may stand for."""
AXIS = 9
"""Cells in front of a strip: a limit's seconds."""
NOTES = 28
"""Cells behind it: what the source saw."""
MOST_LINES = 2
"""Limits that are drawn: the lowest, at which the first node gives up, and the highest."""
STRIPS = {0: 3, 1: 3, 2: 2}
"""How many sources have a strip, by the limits drawn: more is no longer seen at a glance."""
QUIET = 0.5
"""Seconds: a silence below has no bar."""
NO_LIMIT = 30.0
"""Seconds at which the scale of a chart without limits has its only step."""


@dataclass(frozen=True)
class Strokes:
    """What a strip is drawn with."""

    full: str
    half: str
    quiet: str
    limit: str


BOX = Strokes("█", "▄", "·", "─")
ASCII = Strokes("#", ":", ".", "-")


def chart_text(chart: Chart, width: int, *, strokes: Strokes = BOX) -> list[Paragraph]:
    """The whole chart: strips of the first sources, a line for each of the others, the limits.

    Args:
        chart: what is drawn.
        width: cells.
        strokes: the characters that it is drawn with.
    """
    steps = _steps(chart.limits)
    room = width - AXIS - NOTES - 2
    seconds = next((step for step in STEPS if step * room >= SPAN), STEPS[-1])
    strips = [trace for trace in chart.traces if trace.recent][: STRIPS[len(steps)]]
    others = [trace for trace in chart.traces if trace not in strips]
    unit = "a second a cell" if seconds == 1 else f"{seconds} s a cell"
    paragraphs = [wrap([("title", chart.title), ("dim", f"  {unit}")], width)]
    paragraphs += [_strip(trace, chart.limits, seconds, width, strokes) for trace in strips]
    paragraphs += [wrap(_words(trace, chart.limits), width, 4) for trace in others]
    return [*paragraphs, *_below(chart, width)]


def chart_words(chart: Chart, width: int) -> list[Paragraph]:
    """The chart's figures without any drawing: a line for each source, the limits below.

    Args:
        chart: what is told.
        width: cells.
    """
    traces = (wrap(_words(trace, chart.limits), width, 4) for trace in chart.traces)
    return [wrap([("title", chart.title)], width), *traces, *_below(chart, width)]


def _below(chart: Chart, width: int) -> list[Paragraph]:
    """How many sources are left out, and when each node gives a silent one up."""
    paragraphs: list[Paragraph] = []
    if chart.more:
        paragraphs.append([(("dim", f"  and {chart.more} more, none longer"),)])
    if chart.limits:
        limits_in_order = sorted(chart.limits, key=lambda limit: limit.seconds)
        limits = "; ".join(
            f"{seconds:g} s {fold_hosts(limit.host for limit in group)}"
            for seconds, group in groupby(limits_in_order, key=lambda limit: limit.seconds)
        )
        paragraphs.append(wrap([("dim", f"  gives a silent node up after: {limits}")], width, 4))
    return paragraphs


def _steps(limits: Sequence[Limit]) -> list[float]:
    """The seconds at which a line is drawn."""
    distinct = sorted({limit.seconds for limit in limits})
    return distinct if len(distinct) <= MOST_LINES else [distinct[0], distinct[-1]]


def _strip(
    trace: Trace, limits: Sequence[Limit], seconds: int, width: int, strokes: Strokes
) -> Paragraph:
    steps = _steps(limits)
    columns = _columns(trace, seconds)
    marked = _marked(trace, len(columns), seconds)
    bounds = [0.0, *(steps or [NO_LIMIT])]
    rows: list[tuple[str, list[Piece]]] = []
    for number, low in enumerate(bounds):
        style = "ok" if number == 0 else "warning" if number < len(bounds) - 1 else "stop"
        high = bounds[number + 1] if number + 1 < len(bounds) else low * 1.5
        if number and steps:
            line = [_on_line(value, low, style, strokes) for value in columns]
            rows.append((f"{low:.5g} s", line))
        rows.append(("", [_in_band(value, low, high, style, strokes) for value in columns]))
    _mark(rows[-1][1], marked)
    cells = len(columns)
    space = max(1, width - AXIS - cells - 2)
    notes = _behind(_notes(trace, limits), space, len(rows))
    lines: Paragraph = []
    for number, (label, row) in enumerate(reversed(rows)):
        style, note = notes[number] if number < len(notes) else ("", "")
        lines.append(joined((("dim", f"{label:>{AXIS - 1}} "), *row, ("", "  "), (style, note))))
    return lines


def _behind(notes: list[Piece], width: int, rows: int) -> list[Piece]:
    """The notes as rows of so many cells: wrapped at words, `..` where there are too few rows."""
    (style, label), *others = notes
    lines = [(style, fit(label, width).rstrip())]
    for style, note in others:
        lines += [(style, words_of(line).rstrip()) for line in wrap([("", note)], width)]
    if len(lines) > rows:
        style, last = lines[rows - 1]
        kept = words_of(wrap([("", last)], max(1, width - 3))[0]).rstrip()
        lines[rows - 1 :] = [(style, fit(f"{kept} ..", width).rstrip())]
    return lines


def _columns(trace: Trace, seconds: int) -> list[float | None]:
    """The longest silence in each cell, oldest first; None where the source told nothing."""
    strip = trace.strip
    groups = [strip[start : start + seconds] for start in range(0, SPAN, seconds)]
    return [max((v for v in group if v is not None), default=None) for group in groups]


def _marked(trace: Trace, cells: int, seconds: int) -> int | None:
    """The cell in which the longest silence ended; None where it is out of sight."""
    if trace.longest is None or trace.ended is None or trace.longest < QUIET:
        return None
    second = SPAN - 1 - int(trace.ended)
    return min(second // seconds, cells - 1) if second >= 0 else None


def _on_line(value: float | None, limit: float, style: str, strokes: Strokes) -> Piece:
    if value is not None and value >= limit:
        return style, strokes.full
    return "rule", strokes.limit


def _in_band(value: float | None, low: float, high: float, style: str, strokes: Strokes) -> Piece:
    if value is None or value < max(low, QUIET):
        return ("dim", strokes.quiet) if low == 0 and value is not None else ("", " ")
    return style, strokes.full if value >= (low + high) / 2 else strokes.half


def _mark(top: list[Piece], cell: int | None) -> None:
    """Put a `v` over the bar of the longest silence, unless that reaches up to there itself."""
    if cell is not None and not top[cell][1].strip():
        top[cell] = ("title", "v")


def _notes(trace: Trace, limits: Sequence[Limit]) -> list[Piece]:
    """What stands behind a strip, from the top."""
    notes: list[Piece] = [("title", trace.label)]
    reached = trace.reached(limits)
    if trace.longest is None:
        notes.append(("", f"no gap, {counted(trace.samples, 'sample')}"))
    else:
        style = "stop" if reached else ""
        notes.append((style, f"{trace.longest:.2f} s, at least {trace.least:.2f} s"))
    if reached:
        notes.append(("stop", f"reaches {reached[0].seconds:g} s of {reached[0].host}"))
    elif trace.remark:
        notes.append(("warning" if trace.remark.startswith("lost") else "dim", trace.remark))
    elif trace.longest is not None:
        notes.append(("dim", counted(trace.samples, "sample")))
    return notes


def _words(trace: Trace, limits: Sequence[Limit]) -> list[Piece]:
    """A source in a line."""
    (_, label), *notes = _notes(trace, limits)
    pieces: list[Piece] = [("", f"  {plain(label)}")]
    for style, note in notes:
        pieces += [("dim", ": " if len(pieces) == 1 else "; "), (style, note)]
    return pieces
