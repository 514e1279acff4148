"""The report: the whole story of a run, told from its journal alone."""

from collections.abc import Iterable, Mapping
from time import localtime, strftime
from typing import Any

from lparwiz.docs import chart
from lparwiz.remote.sanitise import readable
from lparwiz.run.journal import Event
from lparwiz.run.ledger import replay
from lparwiz.run.retell import how_it_ended, outputs_of

_INDENT = "    "


def render(events: Iterable[Event]) -> str:
    """`report.md`: every step, finding, decision, command and answer, in order."""
    events = tuple(events)
    parts = [_heading(events)]
    pictures = iter(chart.files(events))
    for event in events:
        if event.kind == "chart":
            parts.append(f"![{_line(event.data['title'])}]({next(pictures)})")
        elif text := _TOLD.get(event.kind, _nothing)(event):
            parts.append(text)
    parts.append(_ledger(events))
    return "\n\n".join(parts) + "\n"


def _heading(events: tuple[Event, ...]) -> str:
    begun = next((event for event in events if event.kind == "begun"), None)
    ended = next((event for event in reversed(events) if event.kind == "ended"), None)
    lines = ["# Report"]
    if begun is not None:
        data = begun.data
        lines = [f"# {data.get('title') or 'Report'}", ""]
        names = ("ticket", "lpar", "route", "run")
        lines += [f"- {name}: {data[name]}" for name in names if data.get(name)]
        lines.append(f"- begun: {_time(begun.at)}")
    if ended is not None:
        lines.append(f"- ended: {_time(ended.at)}, exit status {ended.data['status']}")
        lines += ["", f"**{ended.data['closing']}**"]
    return "\n".join(lines)


def _ledger(events: tuple[Event, ...]) -> str:
    ledger = replay(events)
    lines = ["## Ledger", ""]
    if not ledger.entries:
        return "\n".join([*lines, "Nothing was ever owed."])
    for entry in ledger.entries:
        how = f": {_line(entry.how)}" if entry.how else ""
        lines.append(f"- {entry.debt.id} on {entry.debt.host}: {entry.state}{how}")
    return "\n".join(lines)


def _step(event: Event) -> str:
    return f"## {event.data['title']}\n\nBegun {_time(event.at)}."


def _finding(event: Event) -> str:
    data = event.data
    where = f" on {data['host']}" if data["host"] else ""
    lines = [f"- **{data['level']}** {data['id']}{where}: {_line(data['text'])}"]
    if data["remedy"]:
        lines.append(f"  - what to do: {data['remedy']}")
    return "\n".join(lines)


def _table(event: Event) -> str:
    data = event.data
    rows = [data["columns"], ["---"] * len(data["columns"]), *data["rows"]]
    drawn = ["| " + " | ".join(_cell(cell) for cell in row) + " |" for row in rows]
    return "\n".join([f"{data['title']}:", "", *drawn])


def _decision(event: Event) -> str:
    data = event.data
    value = f" ({_line(data['value'])})" if data["value"] else ""
    return f"Decision {data['question']}: **{data['choice']}**{value}, by {data['by']}."


def _said(event: Event) -> str:
    return _block(event.data["text"])


def _result(event: Event) -> str:
    return f"Result: {_line(event.data['text'])}"


def _intent(event: Event) -> str:
    data = event.data
    return f"{_time(event.at)} to run on {data['host']}:\n\n{_block(data['command'])}"


def _planned(event: Event) -> str:
    return f"Would run on {event.data['host']}:\n\n{_block(event.data['command'])}"


def _answered(event: Event) -> str:
    data = event.data
    head = f"{_time(event.at)} {data['host']} answered, {_line(how_it_ended(data))}:"
    return f"{head}\n\n{_outputs(data)}"


def _reading(event: Event) -> str:
    data = event.data
    head = f"{_time(event.at)} read on {data['host']}, {_line(how_it_ended(data))}:"
    return f"{head}\n\n{_block('$ ' + data['command'])}\n\n{_outputs(data)}"


def _done(event: Event) -> str:
    data = event.data
    text = f": {_line(data['text'])}" if data["text"] else ""
    return f"{data['host']}: {data['title']}: **{data['state']}**{text}"


def _conclusion(event: Event) -> str:
    return f"Conclusion: **{event.data['is']}** ({_line(event.data['why'])})."


def _nothing(_event: Event) -> str:
    return ""


_TOLD = {
    "step": _step,
    "finding": _finding,
    "table": _table,
    "decision": _decision,
    "said": _said,
    "result": _result,
    "intent": _intent,
    "planned": _planned,
    "answered": _answered,
    "reading": _reading,
    "done": _done,
    "conclusion": _conclusion,
}


def _outputs(data: Mapping[str, Any]) -> str:
    return _block(readable(outputs_of(data)).strip("\n") or "(no output)")


def _block(text: str) -> str:
    """Indented, so that nothing within it can end it."""
    return "\n".join(_INDENT + line for line in text.splitlines() or [""])


def _line(text: str) -> str:
    """On one line, with nothing that Markdown would take for its own."""
    return " ".join(text.split()).replace("*", "\\*").replace("<", "&lt;")


def _cell(text: str) -> str:
    return _line(text).replace("|", "\\|")


def _time(at: float) -> str:
    return strftime("%Y-%m-%d %H:%M:%S", localtime(at))
