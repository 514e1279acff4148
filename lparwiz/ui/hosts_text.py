"""The live panes as text: one line a host for the strip, everything for the hosts page. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len

from lparwiz.run.snapshot import Field, Level, Pane
from lparwiz.ui.marks import LEVEL, gravity
from lparwiz.ui.text import Line, Paragraph, Piece, fit, plain, width_of, wrap

MISSED = 3
"""So many readings in a row missed make the newest one stale."""

FRESH = 5.0
"""Seconds: younger than this is `now`, so that a line doesn't change at every reading."""

AGE_WIDTH = 12
"""Cells of `stale 59 min`."""


def age(pane: Pane, now: float) -> str:
    """How old the newest answer is, in words: `now`, `12 s ago`, `stale 73 s`."""
    if pane.read_at is None:
        return "no answer"
    seconds = max(0, int(now - pane.read_at))
    if seconds < FRESH:
        return "now"
    if not stale(pane, now):
        return f"{seconds} s ago"
    if seconds < 120:
        return f"stale {seconds} s"
    if seconds < 7200:
        return f"stale {seconds // 60} min"
    return f"stale {seconds // 3600} h"


def stale(pane: Pane, now: float) -> bool:
    """Whether the newest answer is too old to be believed."""
    return pane.read_at is not None and now - pane.read_at > MISSED * pane.interval


def by_gravity(panes: Sequence[Pane], now: float) -> list[Pane]:
    """What is not well first, then what is stale, then the rest in its own order."""
    return sorted(
        panes, key=lambda p: (gravity(p.level), not stale(p, now) and p.read_at is not None)
    )


def count_states(panes: Sequence[Pane], now: float) -> list[Piece]:
    """How many hosts are in which state, the gravest first: `2 SILENT`, `62 OK`, `1 stale`."""
    ordered = by_gravity(panes, now)
    counts = Counter((pane.state or "..", LEVEL[pane.level]) for pane in ordered)
    pieces = [(style, f"{count} {state}") for (state, style), count in counts.items()]
    old = sum(stale(pane, now) for pane in panes)
    return [*pieces, ("stale", f"{old} stale")] if old else pieces


def strip(panes: Sequence[Pane], now: float, width: int) -> list[Line]:
    """One line a host: label, state, fields in columns, age."""
    if not panes:
        return [(("dim", " no host is watched yet"),)]
    label = min(max(cell_len(plain(pane.host)) for pane in panes), max(8, width // 3))
    state = min(max(cell_len(pane.state or "..") for pane in panes), 10)
    room = width - label - state - AGE_WIDTH - 5
    layout = _Layout(label, state, room, _columns(panes))
    return [_strip_line(pane, now, layout) for pane in by_gravity(panes, now)]


@dataclass(frozen=True)
class _Layout:
    """Widths in cells."""

    label: int
    state: int
    room: int
    """For all fields together."""
    columns: dict[tuple[str, int], int]
    """For each field, by kind of host and place."""


def _columns(panes: Sequence[Pane]) -> dict[tuple[str, int], int]:
    """The width of each field, by kind of host and place, so that hosts of a kind line up."""
    widths: dict[tuple[str, int], int] = {}
    for pane in panes:
        for number, entry in enumerate(pane.fields):
            key = (pane.kind, number)
            widths[key] = max(widths.get(key, 0), cell_len(_words(entry)))
    return widths


def _words(entry: Field) -> str:
    return plain(f"{entry.label} {entry.text}".strip()).replace("\n", " ")


def _strip_line(pane: Pane, now: float, layout: _Layout) -> Line:
    old = stale(pane, now)
    line: list[Piece] = [
        ("", f" {fit(pane.host, layout.label)} "),
        (_style(pane, old=old), f"{fit(pane.state or '..', layout.state)} "),
        *_fields(pane, layout, old=old),
    ]
    gap = layout.label + layout.state + layout.room + 4 - width_of(tuple(line))
    fresh = not old and pane.read_at is not None
    words = f"{age(pane, now):>{AGE_WIDTH}}"
    return (*line, ("", " " * max(0, gap)), ("dim" if fresh else "stale", words))


def _style(pane: Pane, *, old: bool) -> str:
    """What is not well stays in its colour however old; what was well is no longer sure."""
    return "stale" if old and pane.level in (Level.PASS, Level.NOTE) else LEVEL[pane.level]


def _fields(pane: Pane, layout: _Layout, *, old: bool) -> list[Piece]:
    """The fields in columns; where they don't all fit, the grave ones first and how many more."""
    entries = list(enumerate(pane.fields))
    aligned = sum(layout.columns[pane.kind, number] + 2 for number, _ in entries) - 2
    fits = aligned <= layout.room
    if not fits:
        entries.sort(key=lambda entry: gravity(entry[1].level))
    pieces: list[Piece] = []
    used = 0
    for place, (number, entry) in enumerate(entries):
        text = _words(entry)
        needed = layout.columns[pane.kind, number] if fits else cell_len(text)
        left = len(entries) - place
        more = 0 if fits or left == 1 else len(f"+{left - 1}") + 2
        if used + needed + more > layout.room:
            pieces.append(("dim", f"+{left}"))
            break
        calm = entry.level in (Level.PASS, Level.NOTE)
        style = "stale" if old else "" if calm else LEVEL[entry.level]
        pieces.append((style, fit(text, needed)))
        pieces.append(("", "  "))
        used += needed + 2
    return pieces


def hosts_page(panes: Sequence[Pane], now: float, width: int) -> list[Paragraph]:
    """Every host with all that was read from it."""
    paragraphs: list[Paragraph] = [wrap([("title", f"{len(panes)} hosts")], width)]
    for pane in by_gravity(panes, now):
        old = stale(pane, now)
        level = _style(pane, old=old)
        head: list[Piece] = [
            ("title", f"{pane.host}  "),
            ("dim", f"{pane.kind}  "),
            (level, f"{pane.state or '..'}  "),
            ("stale" if old else "dim", age(pane, now)),
        ]
        lines = wrap(head, width)
        pieces: list[Piece] = [("", "  ")]
        for entry in pane.fields:
            calm = entry.level in (Level.PASS, Level.NOTE)
            word = "" if calm else f" {entry.level.upper()}"
            style = "stale" if old else "" if calm else LEVEL[entry.level]
            pieces += [("dim", f"{entry.label} "), (style, f"{entry.text}{word}"), ("", "   ")]
        lines += wrap(pieces, width, 4) if pane.fields else []
        paragraphs.append(lines)
    return paragraphs
