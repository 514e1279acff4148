"""The line printer: a run without a screen, one line an event, for pipes and logs."""

import json
import queue
import signal
from collections.abc import Callable
from time import localtime, strftime
from types import FrameType
from typing import Any, TextIO

from lparwiz.run.engine import Engine
from lparwiz.run.journal import Event
from lparwiz.run.orders import Leave

_QUIET = frozenset({"stdout", "stderr"})
"""The raw bytes are for the journal."""


def as_json(event: Event) -> str:
    """An event as one line of JSON."""
    data = {key: value for key, value in event.data.items() if key not in _QUIET}
    return json.dumps({"at": round(event.at, 3), "kind": event.kind, **data})


def as_text(event: Event, *, dry_run: bool = False) -> str | None:
    """An event as one line for people; None for what only the journal needs."""
    told = _WOULD if dry_run else _TOLD
    tell = told.get(event.kind)
    text = tell(event.data) if tell is not None else ""
    if not text:
        return None
    return f"{strftime('%H:%M:%S', localtime(event.at))}  {' '.join(text.split())}"


def _finding(data: Any) -> str:
    where = f"{data['host']}: " if data["host"] else ""
    remedy = f" ({data['remedy']})" if data["remedy"] else ""
    return f"{data['level']:8}{where}{data['text']} [{data['id']}]{remedy}"


def _decision(data: Any) -> str:
    value = f" {data['value']}" if data["value"] else ""
    return f"decided {data['question']}: {data['choice']}{value}, by {data['by']}"


def _done(data: Any) -> str:
    text = f": {data['text']}" if data["text"] else ""
    return f"{data['state']:10}{data['host']}: {data['title']}{text}"


def _reading(data: Any) -> str:
    return f"read    {data['host']}: {data['command']}"


def _table(data: Any) -> str:
    rows = "; ".join(" | ".join(str(cell) for cell in row) for row in data["rows"])
    return f"table   {data['title']} ({' | '.join(data['columns'])}): {rows}"


_TOLD: dict[str, Callable[[Any], str]] = {
    "step": lambda data: f"== {data['title']} ==",
    "supposed": lambda data: f"== From here on supposing: {data['what']} ==",
    "reading": _reading,
    "finding": _finding,
    "table": _table,
    "decision": _decision,
    "debt incurred": lambda data: f"owed    {data['debt']['host']}: {data['debt']['what']}",
    "debt settled": lambda data: f"settled {data['id']}: {data['how']}",
    "intent": lambda data: f"run     {data['host']}: {data['command']}",
    "planned": lambda data: f"would run on {data['host']}: {data['command']}",
    "done": _done,
    "phase": lambda data: f"phase   {data['phase']}",
    "said": lambda data: str(data["text"]),
    "result": lambda data: f"result  {data['text']}",
    "conclusion": lambda data: f"outcome {data['is']}: {data['why']}",
    "left": lambda data: f"left    {data['why']}",
    "ended": lambda data: f"end     {data['closing']}",
}
_WOULD = _TOLD | {
    "debt incurred": lambda data: f"would owe on {data['debt']['host']}: {data['debt']['what']}",
}
"""What is told otherwise in a dry run."""


class Printer:
    """Prints what an engine does. The engine only queues: a pipe that nobody reads can't stop it.

    Args:
        out: where lines go.
        as_json: whether they are JSON.
        dry_run: whether nothing of it is done: what would be owed isn't.
    """

    def __init__(self, out: TextIO, *, as_json: bool, dry_run: bool = False) -> None:
        self._out = out
        self._as_json = as_json
        self._dry_run = dry_run
        self._deaf = False
        """Whether nobody reads any more."""
        self._events: queue.SimpleQueue[Event] = queue.SimpleQueue()

    def take(self, event: Event) -> None:
        """Queue an event; called from the engine's thread."""
        self._events.put(event)

    def play(self, engine: Engine) -> int:
        """Play an engine to its end, and return the exit status.

        SIGINT, SIGTERM and SIGHUP let it come to its next safe point and stop there.
        """

        def leave(number: int, _frame: FrameType | None) -> None:
            engine.send(Leave(f"signal {signal.Signals(number).name}"))

        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, leave)
        engine.start()
        ended = False
        while not ended:
            ended = engine.ended  # asked before the queue is emptied, so that no line is lost
            self._print_waiting(0.01 if ended else 0.2)
        return engine.join()

    def _print_waiting(self, patience: float) -> None:
        """Print what is queued; `patience` in seconds for the next."""
        try:
            while True:
                event = self._events.get(timeout=patience)
                text = self._told(event)
                if text is not None:
                    self._print(text)
        except queue.Empty:
            return

    def _told(self, event: Event) -> str | None:
        return as_json(event) if self._as_json else as_text(event, dry_run=self._dry_run)

    def _print(self, text: str) -> None:
        if self._deaf:
            return
        encoding = self._out.encoding or "utf-8"
        try:
            self._out.write(text.encode(encoding, "replace").decode(encoding) + "\n")
            self._out.flush()
        except OSError:  # a closed pipe, a terminal that is gone: the run goes on
            self._deaf = True
