"""One host in full: its readings, what they sum up, the answers behind them, its log. Pure."""

from collections.abc import Iterable

from lparwiz.run.journal import Event
from lparwiz.run.snapshot import Pane
from lparwiz.ui.hosts_text import Group, age, field_piece, in_full, stale
from lparwiz.ui.journal_text import Wanted, answer_lines, clock, entry_text
from lparwiz.ui.table_text import table_text
from lparwiz.ui.text import Paragraph, Piece, wrap

LOGGED = frozenset({"sent", "answered", "reading", "intent", "planned", "done", "finding"})
"""Kinds of events that stand in a host's log."""

LATEST = 50
"""So many of them, unless it is unfolded."""


def log_entry(host: str, wanted: Wanted, event: Event, width: int) -> Paragraph:
    """An event of this host's log; empty where it belongs to another host, or to none."""
    if event.kind not in LOGGED or event.data.get("host") != host:
        return []
    return entry_text(wanted, event, width)


def host_page(
    pane: Pane, log: list[Paragraph], now: float, width: int, *, wanted: Wanted, unfolded: bool
) -> list[Paragraph]:
    """Everything about one host, what is newest first and its log last.

    Args:
        pane: the host.
        log: what `log_entry` drew of it, oldest first.
        now: the engine's clock, seconds.
        width: cells.
        wanted: how much of each answer is shown.
        unfolded: the whole log.
    """
    paragraphs = list(_readings(pane, now, width))
    for table in pane.details:
        paragraphs += [[()], *table_text(table, width)]
    paragraphs += [[()], *_heard(pane, width, wanted)]
    shown = log if unfolded else log[-LATEST:]
    heading: list[Piece] = [("title", "Log: what was read and done here, oldest first")]
    if len(shown) < len(log):
        earlier = f"  {len(log) - len(shown)} earlier entries"
        heading.append(("dim", f"{earlier}{', ' if wanted.more else ''}{wanted.more}"))
    paragraphs += [[()], wrap(heading, width)]
    return paragraphs + (shown or [wrap([("dim", "  nothing yet")], width)])


def _readings(pane: Pane, now: float, width: int) -> Iterable[Paragraph]:
    old = stale(pane, now)
    yield in_full(Group((pane,)), now, width)[:1]
    if pane.read_at is None:
        words = "No answer yet."
    elif old:
        words = f"Last answer {clock(pane.read_at)}, {age(pane, now)}: it may be otherwise now."
    else:
        words = f"Last answer {clock(pane.read_at)}, every {pane.interval:g} s."
    yield wrap([("stale" if old else "dim", words)], width)
    label = max((len(entry.label) for entry in pane.fields), default=0) + 2
    for entry in pane.fields:
        head: Piece = ("dim", f"  {entry.label:<{label}}")
        yield wrap([head, field_piece(entry, old=old)], width, label + 2)


def _heard(pane: Pane, width: int, wanted: Wanted) -> Iterable[Paragraph]:
    when = f", {clock(pane.heard_at)}" if pane.heard_at is not None else ""
    yield wrap([("title", f"Last answers, as they came{when}")], width)
    if not pane.heard:
        yield wrap([("dim", "  none yet")], width)
    for heard in pane.heard:
        lines = wrap([("command", f"  $ {heard.command}"), ("", f": {heard.how}")], width, 4)
        yield lines + answer_lines(heard.text, width, wanted)
