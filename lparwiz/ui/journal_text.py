"""The journal's events as text: all of them, and the timeline of what happened. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import localtime, strftime
from typing import Any

from lparwiz.remote.sanitise import readable
from lparwiz.run.journal import Event
from lparwiz.run.retell import how_it_ended, outputs_of
from lparwiz.run.snapshot import Level, PlanState, StepState
from lparwiz.ui.marks import CALM, LEVEL, PLAN, STEP
from lparwiz.ui.text import Paragraph, Piece, wrap

FEW_LINES = 6
"""So many lines of an answer stand there before it is unfolded."""

MANY_LINES = 40
"""So many of one on the journal page when it is: the host's own page has all of them."""


@dataclass(frozen=True)
class Wanted:
    """How much of an answer is shown."""

    lines: int | None = 0
    """At most so many lines of it; None: all."""
    more: str = ""
    """Where the rest is, such as `F7 shows them`."""


def entry_text(wanted: Wanted, event: Event, width: int) -> Paragraph:
    """An event as the journal page shows it: time, what, where, and the answer's first lines."""
    kind = event.kind
    host = str(event.data.get("host", ""))
    pieces: list[Piece] = [
        ("dim", f"{clock(event.at)} "),
        (_STYLES.get(kind, ""), f"{kind:<9} "),
        ("title", f"{host} " if host else ""),
        *_words(event),
    ]
    lines = wrap(pieces, width, 9)
    if kind in ("answered", "reading"):
        text = readable(outputs_of(event.data)).strip("\n")
        lines += answer_lines(text, width, wanted)
    return lines


def answer_lines(text: str, width: int, wanted: Wanted) -> Paragraph:
    """What a host answered, indented, and how much of it isn't shown."""
    rows = text.splitlines()
    shown = rows if wanted.lines is None else rows[: wanted.lines]
    if wanted.lines is not None and len(rows) == wanted.lines + 1:
        shown = rows  # saying that a line is missing takes a line
    lines = [line for row in shown for line in wrap([("", f"    {row}")], width, 6)]
    left = len(rows) - len(shown)
    if left and wanted.lines:
        words = f"    .. {left} more lines{', ' if wanted.more else ''}{wanted.more}"
        lines += wrap([("key", words)], width, 6)
    return lines


def clock(at: float) -> str:
    """The time of day where lparwiz runs, as the report tells it."""
    return strftime("%H:%M:%S", localtime(at))


def _words(event: Event) -> list[Piece]:
    """What an event says, in one line."""
    return _SAYS.get(event.kind, _anything)(event.data)


def _answered(data: Mapping[str, Any]) -> list[Piece]:
    return [("command", f"$ {data['command']}"), ("", f": {how_it_ended(data)}")]


def _command(data: Mapping[str, Any]) -> list[Piece]:
    return [("command", f"$ {data['command']}")]


def _incurred(data: Mapping[str, Any]) -> list[Piece]:
    debt = data["debt"]
    return [("", f"{debt['id']}: {debt.get('what', '')}")]


def _settled(data: Mapping[str, Any]) -> list[Piece]:
    return [("", f"{data['id']}: {data['state']}, {data['how']}")]


def _decision(data: Mapping[str, Any]) -> list[Piece]:
    value = f" ({data['value']})" if data["value"] else ""
    answer = data.get("label", data["choice"])  # older journals have its id alone
    return [("title", f"{answer}{value}"), ("", f", by {data['by']}  {data['question']}")]


def _done(data: Mapping[str, Any]) -> list[Piece]:
    state = PlanState(data["state"])
    mark, style = PLAN[state]
    text = f": {data['text']}" if data["text"] else ""
    return [(style, f"{mark} {state} "), ("", f"{data['title']}{text}")]


def _finding(data: Mapping[str, Any]) -> list[Piece]:
    level = Level(data["level"])
    return [(LEVEL[level], f"{level.upper()} "), ("", f"{data['id']}: {data['text']}")]


def _step(data: Mapping[str, Any]) -> list[Piece]:
    return [("title", str(data["title"]))]


def _step_ended(data: Mapping[str, Any]) -> list[Piece]:
    state = StepState(data["state"])
    mark, style = STEP[state]
    return [(style, f"{mark} {state}"), ("", f"  {data['id']}")]


def _conclusion(data: Mapping[str, Any]) -> list[Piece]:
    return [("title", str(data["is"])), ("", f": {data['why']}")]


def _text(data: Mapping[str, Any]) -> list[Piece]:
    return [("", str(data["text"]))]


def _phase(data: Mapping[str, Any]) -> list[Piece]:
    return [("", str(data["phase"]))]


def _titled(data: Mapping[str, Any]) -> list[Piece]:
    rows = f", {len(data['rows'])} rows" if "rows" in data else ""
    return [("", f"{data['title']}{rows}")]


def _ended(data: Mapping[str, Any]) -> list[Piece]:
    return [("title", f"exit status {data['status']}"), ("", f"  {data['closing']}")]


def _begun(data: Mapping[str, Any]) -> list[Piece]:
    told = [str(data.get(name, "")) for name in ("run", "title", "ticket")]
    told += [f"route {data['route']}"] if data.get("route") else []
    told += ["a dry run"] if data.get("rehearsal") else []
    return [("", ", ".join(part for part in told if part))]


def _taken_up(data: Mapping[str, Any]) -> list[Piece]:
    return [("", "to put back what is owed" if data.get("back") else "to go on")]


def _anything(data: Mapping[str, Any]) -> list[Piece]:
    told = (f"{key} {value}" for key, value in data.items() if key != "host" and value != "")
    return [("", "  ".join(told))]


_SAYS: dict[str, Callable[[Mapping[str, Any]], list[Piece]]] = {
    "begun": _begun,
    "taken up": _taken_up,
    "answered": _answered,
    "reading": _answered,
    "sent": _command,
    "intent": _command,
    "planned": _command,
    "debt incurred": _incurred,
    "debt settled": _settled,
    "decision": _decision,
    "question": _text,
    "said": _text,
    "result": _text,
    "phase": _phase,
    "table": _titled,
    "chart": _titled,
    "ended": _ended,
    "done": _done,
    "finding": _finding,
    "step": _step,
    "step ended": _step_ended,
    "conclusion": _conclusion,
}


_STYLES = {
    "intent": "warning",
    "sent": "warning",
    "decision": "now",
    "step": "now",
    "conclusion": "title",
    "debt incurred": "warning",
    "debt settled": "ok",
}
"""What stands out among the readings: what was meant, sent and decided."""


def journal_page(
    width: int, count: int, drawn: list[Paragraph], folder: str, more: str
) -> list[Paragraph]:
    """The whole journal, oldest first.

    Args:
        width: cells.
        count: how many events there are.
        drawn: each of them, as `entry_text` draws it.
        folder: the run's.
        more: how to see the answers, or to fold them again.
    """
    heading = wrap([("title", f"{count} events"), ("dim", f"  {more}")], width)
    where = wrap([("dim", f"All of it, raw answers too: {folder}/journal.jsonl")], width)
    return [heading, where, [()], *drawn]


def timeline_entry(began: float, event: Event, width: int) -> Paragraph:
    """An event of what happened; empty for how that was found out.

    Args:
        began: engine clock, seconds, when the run did.
        event: the event.
        width: cells.
    """
    if event.kind not in _HAPPENED and not _needs_look(event):
        return []
    since = int(event.at - began)
    after = f"+{since // 3600}:{since // 60 % 60:02d}:{since % 60:02d}"
    host = str(event.data.get("host", ""))
    head: list[Piece] = [("dim", f"{clock(event.at)} {after:>9} ")]
    if event.kind == "step":
        return wrap([*head, ("now", f"== {event.data['title']} ==")], width, 19)
    where: Piece = ("title", f"{host} " if host else "")
    style = _STYLES.get(event.kind, "dim")
    return wrap([*head, (style, f"{event.kind}  "), where, *_words(event)], width, 19)


def _needs_look(event: Event) -> bool:
    return event.kind == "finding" and event.data["level"] not in CALM


_HAPPENED = frozenset(
    {
        "begun",
        "taken up",
        "step",
        "step ended",
        "decision",
        "intent",
        "planned",
        "done",
        "phase",
        "conclusion",
        "debt incurred",
        "debt settled",
        "result",
        "ended",
    }
)
"""Kinds of events that stand in the timeline, besides findings that aren't well."""


def timeline_page(width: int, drawn: list[Paragraph]) -> list[Paragraph]:
    """The run from its beginning, the newest last.

    Args:
        width: cells.
        drawn: what `timeline_entry` drew.
    """
    if not drawn:
        return [wrap([("dim", "Nothing has happened yet.")], width)]
    heading = wrap([("title", "Time, and time since the run began")], width)
    return [heading, [()], *drawn]
