"""The live panes as text: a line a host or a group of equal ones, and every host in full. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from rich.cells import cell_len

from lparwiz.run.snapshot import Field, Pane
from lparwiz.ui.marks import CALM, LEVEL, gravity
from lparwiz.ui.text import (
    FEWEST_FOLDED,
    Line,
    Paragraph,
    Piece,
    fit,
    fold_hosts,
    plain,
    width_of,
    wrap,
)

MISSED = 3
"""So many readings in a row missed make the newest one stale."""

FRESH = 5.0
"""Seconds: younger than this is `now`, so that a line doesn't change at every reading."""

STATE_WIDTH = 4
"""Cells of `LOOK`: lines don't move when it takes the place of `OK`."""

AGE_WIDTH = 12
"""Cells of `stale 59 min`."""


@dataclass(frozen=True)
class Group:
    """Hosts of one kind whose panes say the same, or one host."""

    panes: tuple[Pane, ...]

    @property
    def first(self) -> Pane:
        """The one that stands for all."""
        return self.panes[0]

    @cached_property
    def names(self) -> str:
        """All names, folded."""
        return fold_hosts(pane.host for pane in self.panes)

    @property
    def oldest(self) -> Pane:
        """The one whose answer is the oldest."""
        return min(self.panes, key=lambda pane: pane.read_at or 0.0)

    def has(self, host: str) -> bool:
        """Whether the host is one of them."""
        return any(pane.host == host for pane in self.panes)


def grouped(panes: Sequence[Pane], now: float, room: int = 0) -> list[Group]:
    """Equal hosts together, in the order in which they should be looked at.

    What isn't well comes first, then what is stale, then what is otherwise than most of its kind.
    Rows that are all in sight keep their own order: they are found where they were before.

    Args:
        panes: the hosts.
        now: the engine's clock, seconds.
        room: how many rows are in sight.
    """
    alike: dict[tuple[object, ...], list[Pane]] = {}
    for pane in panes:
        unread = pane.read_at is None
        says = (pane.kind, pane.state, pane.level, unread, stale(pane, now), *pane.fields)
        alike.setdefault(says, []).append(pane)
    groups = [
        Group(each)
        for found in alike.values()
        for each in ([tuple(found)] if len(found) >= FEWEST_FOLDED else [(pane,) for pane in found])
    ]
    largest: Counter[str] = Counter()
    for group in groups:
        largest[group.first.kind] = max(largest[group.first.kind], len(group.panes))
    place = {pane.host: number for number, pane in enumerate(panes)}
    if len(groups) == len(panes) <= room:
        return sorted(groups, key=lambda group: place[group.first.host])

    def order(group: Group) -> tuple[object, ...]:
        pane, size = group.first, len(group.panes)
        most = size == largest[pane.kind] or largest[pane.kind] < FEWEST_FOLDED
        return (*_urgency(pane, now), most, place[pane.host])

    return sorted(groups, key=order)


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
    return sorted(panes, key=lambda pane: _urgency(pane, now))


def _urgency(pane: Pane, now: float) -> tuple[int, bool]:
    return gravity(pane.level), not stale(pane, now) and pane.read_at is not None


def count_states(panes: Sequence[Pane], now: float) -> list[Piece]:
    """How many hosts are in which state, the gravest first: `2 SILENT`, `62 OK`, `1 stale`."""
    ordered = by_gravity(panes, now)
    counts = Counter((pane.state or "..", LEVEL[pane.level]) for pane in ordered)
    pieces = [(style, f"{count} {state}") for (state, style), count in counts.items()]
    old = sum(stale(pane, now) for pane in panes)
    return [*pieces, ("stale", f"{old} stale")] if old else pieces


def strip(groups: Sequence[Group], now: float, width: int, pointed: str = "") -> list[Paragraph]:
    """One line a group: names, state, fields in columns, age.

    Args:
        groups: what there is to show.
        now: the engine's clock, seconds.
        width: cells.
        pointed: the host that is pointed at; empty: none.
    """
    if not groups:
        return [[(("dim", " no host is watched yet"),)]]
    most = max(8, width // 3)
    label = min(max(cell_len(_label(group, most)) for group in groups), most)
    panes = [group.first for group in groups]
    columns = _columns(panes)
    states = [_state_width(pane) for pane in panes]

    def layout(state: int) -> _Layout:
        return _Layout(label, state, width - label - state - AGE_WIDTH - 4, columns)

    aligned = layout(max(states))
    # Where room is short anyway, one long state takes none from the other lines.
    short = any(aligned.needed(pane) > aligned.room for pane in panes)
    layouts = [layout(state) if short else aligned for state in states]
    drawn = zip(groups, layouts, strict=True)
    return [[_strip_line(group, now, each, pointed)] for group, each in drawn]


def _state_width(pane: Pane) -> int:
    return max(STATE_WIDTH, min(cell_len(pane.state or ".."), 10))


def _label(group: Group, room: int) -> str:
    """The names, or how many there are where these are too long for a line."""
    names = plain(group.names)
    if cell_len(names) <= room or len(group.panes) == 1:
        return names
    return f"{len(group.panes)} {group.first.kind}s"


@dataclass(frozen=True)
class _Layout:
    """Widths in cells."""

    label: int
    state: int
    room: int
    """For all fields together."""
    columns: dict[tuple[str, int], int]
    """For each field, by kind of host and place."""

    def needed(self, pane: Pane) -> int:
        """Cells of all fields of a host, in columns."""
        return sum(self.columns[pane.kind, n] + 2 for n in range(len(pane.fields))) - 2


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


def _strip_line(group: Group, now: float, layout: _Layout, pointed: str) -> Line:
    pane = group.first
    old = stale(pane, now)
    here = bool(pointed) and group.has(pointed)
    line: list[Piece] = [
        ("now" if here else "", ">" if here else " "),
        ("title" if here else "", f"{fit(_label(group, layout.label), layout.label)} "),
        (_style(pane, old=old), f"{fit(pane.state or '..', layout.state)} "),
        *_fields(pane, layout, old=old),
    ]
    gap = layout.label + layout.state + layout.room + 4 - width_of(tuple(line))
    fresh = not old and pane.read_at is not None
    words = f"{age(group.oldest, now):>{AGE_WIDTH}}"
    return (*line, ("", " " * max(0, gap)), ("dim" if fresh else "stale", words))


def _style(pane: Pane, *, old: bool) -> str:
    """What is not well stays in its colour however old; what was well is no longer sure."""
    return "stale" if old and pane.level in CALM else LEVEL[pane.level]


def _fields(pane: Pane, layout: _Layout, *, old: bool) -> list[Piece]:
    """The fields in columns; where they don't all fit, the grave ones first and how many more."""
    entries = list(enumerate(pane.fields))
    fits = layout.needed(pane) <= layout.room
    if not fits:
        entries.sort(key=lambda entry: gravity(entry[1].level))
    pieces: list[Piece] = []
    used, rest = 0, _more(entries)
    for place, (number, entry) in enumerate(entries):
        text = _words(entry)
        needed = layout.columns[pane.kind, number] if fits else cell_len(text)
        after = _more(entries[place + 1 :])
        if used + needed + (0 if fits or not after else cell_len(after) + 2) > layout.room:
            pieces.append(("dim", fit(rest, layout.room - used).rstrip()))
            break
        rest = after
        pieces += [(_field_style(entry, old=old), fit(text, needed)), ("", "  ")]
        used += needed + 2
    return pieces


def _more(entries: Sequence[tuple[int, Field]]) -> str:
    """How many fields a line leaves out, and a word where one of them isn't well; empty: none."""
    calm = all(entry.level in CALM for _, entry in entries)
    return f"+{len(entries)}{'' if calm else ' LOOK'}" if entries else ""


def hosts_page(panes: Sequence[Pane], now: float, width: int, pointed: str = "") -> list[Paragraph]:
    """Every host with all that was read from it.

    Args:
        panes: the hosts, in the order in which they are shown.
        now: the engine's clock, seconds.
        width: cells.
        pointed: the host that is pointed at; empty: none.
    """
    heading = wrap([("title", f"{len(panes)} hosts")], width)
    singles = (Group((pane,)) for pane in by_gravity(panes, now))
    return [heading, *(in_full(group, now, width, pointed) for group in singles)]


def in_full(group: Group, now: float, width: int, pointed: str = "") -> Paragraph:
    """A group's names, state, age, and each of its fields."""
    pane = group.first
    old = stale(pane, now)
    here = bool(pointed) and group.has(pointed)
    head: list[Piece] = [
        ("now" if here else "", "> " if here else ""),
        ("title", f"{group.names}  "),
        ("dim", f"{pane.kind}  "),
        (_style(pane, old=old), f"{pane.state or '..'}  "),
        ("stale" if old else "dim", age(group.oldest, now)),
    ]
    lines = wrap(head, width, 2)
    row: list[Piece] = []
    for entry in pane.fields:
        style, words = field_piece(entry, old=old)
        pieces: list[Piece] = [("dim", f"{entry.label} "), (style, plain(words).replace("\n", " "))]
        if row and width_of(tuple(row)) + 3 + width_of(tuple(pieces)) > width:
            lines += wrap(row, width, 4)
            row = []
        row += [("", "   " if row else "  "), *pieces]
    return lines + (wrap(row, width, 4) if row else [])


def field_piece(entry: Field, *, old: bool) -> Piece:
    """What a field says, with its level in words where it isn't calm."""
    word = "" if entry.level in CALM else f" {entry.level.upper()}"
    return _field_style(entry, old=old), f"{entry.text}{word}"


def _field_style(entry: Field, *, old: bool) -> str:
    if old:
        return "stale"
    return "" if entry.level in CALM else LEVEL[entry.level]
