"""The wizard's keys: one table of everything that a key does, and how the operator remaps it.

Each binding of each screen has its id from here; the settings file's `[keymap]` names these ids.
Imports no Textual, so that settings can be checked without it.

The keys are those that no multiplexer takes and that reach a program over any link: Enter, Esc,
Tab, arrows, paging, F-keys, and a few signs. ctrl-a is screen's, ctrl-b tmux's; ctrl-s and ctrl-z
stop a terminal or a job.
"""

import re
from collections.abc import Collection, Mapping
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True)
class Key:
    """What a key does."""

    keys: str
    """Textual's names of the keys that do it, with commas between."""
    does: str
    """A sentence for the help and the command palette."""
    short: str = ""
    """A word for the key line; empty: it is left to the help."""
    action: str = ""
    """The action that does it, where the command palette may call it too."""


KEYS: dict[str, Key] = {
    "help": Key("f1", "Help: what is moved, the keys", "help", "help"),
    "now": Key("f2", "Back to the current step and its question", "now", "now"),
    "ledger": Key("f3", "Ledger: what is owed, and what pays it", "ledger", "turn('ledger')"),
    "hosts": Key("f4", "Hosts: all that is read from each", "hosts", "turn('hosts')"),
    "hold": Key("f5", "Hold after the action under way, and go on again", "hold", "hold"),
    "abort": Key("f6", "Abort: take the way back that is still open", "abort", "abort"),
    "more": Key(
        "f7",
        "Show checks that passed, evidence and the whole log, or fold them",
        "more",
        "unfold",
    ),
    "step-before": Key("f8,[", "Look at the step before", "back", "look(-1)"),
    "step-after": Key("]", "Look at the step after", "", "look(1)"),
    "timeline": Key("t", "Timeline: what happened, and when", "timeline", "turn('timeline')"),
    "journal": Key(
        "j", "Journal: every command, answer and decision", "journal", "turn('journal')"
    ),
    "find": Key("/", "Find words on this page", "", "find"),
    "find-next": Key("n", "Go to the next place that has them", "", "find_on(1)"),
    "find-before": Key("N", "Go to the place before that has them", "", "find_on(-1)"),
    "copy": Key("c", "Copy this page as text, and keep it in the run's folder", "", "copy"),
    "open": Key("enter", "Open the host that is pointed at"),
    "host-before": Key("left", "Look at the host before"),
    "host-after": Key("right", "Look at the host after"),
    "picture": Key("f9", "Keep a picture of this page in the run's folder", "", "picture"),
    "palette": Key("f12,:", "Commands: find one by its words"),
    "leave": Key(
        "f10,ctrl+q,ctrl+c",
        "Leave, through a page that says what stays owed",
        "leave",
        "app.leave",
    ),
    "out": Key("escape", "Back to the current step; from there, leave"),
    "line-up": Key("up", "Scroll the page up by a line"),
    "line-down": Key("down", "Scroll the page down by a line"),
    "page-up": Key("pageup", "Scroll the page up"),
    "page-down": Key("pagedown", "Scroll the page down"),
    "page-top": Key("home", "To the top of the page"),
    "page-end": Key("end", "To the end of the page"),
    "focus-next": Key("tab", "Move on between what can be answered or scrolled"),
    "focus-previous": Key("shift+tab", "Move back between what can be answered or scrolled"),
    "choose": Key("enter", "Give the answer in focus"),
    "choice-up": Key("up", "Move to the answer above"),
    "choice-down": Key("down", "Move to the answer below"),
    "choice-left": Key("left", "Move to the answer on the left"),
    "choice-right": Key("right", "Move to the answer on the right"),
}
"""By id. Letters and digits typed before a word's input has the focus go there: they are text and
no commands, so they are not in this table (`choice.type.X`)."""

MOVES: tuple[tuple[tuple[str, ...], str], ...] = (
    (("step-before", "step-after"), "Look at the step before, or after"),
    (("find-next", "find-before"), "Go on to the next place that has them, or to the one before"),
    (("host-before", "host-after"), "Look at the host before, or after"),
    (("page-up", "page-down", "line-up", "line-down"), "Scroll the page, or move among hosts"),
    (("page-top", "page-end"), "To the top of the page, or to its end"),
    (
        ("choice-up", "choice-down", "choice-left", "choice-right", "focus-next", "focus-previous"),
        "Move between what can be answered or scrolled",
    ),
)
"""Ids that the help tells in one line."""

TOGETHER = (
    frozenset({"line-up", "choice-up"}),
    frozenset({"line-down", "choice-down"}),
    frozenset({"open", "choose"}),
    frozenset({"host-before", "choice-left"}),
    frozenset({"host-after", "choice-right"}),
)
"""Ids that may share a key: what has the focus decides between them."""

EVEN_WHILE_TYPING = frozenset(
    {"leave", "focus-next", "focus-previous", "choose"}
    | {name for name in KEYS if name.startswith("choice-")}
)
"""Ids whose keys count also where text is typed: a letter or a sign would never reach the text."""

TAKEN = {
    "ctrl+a": "screen takes it",
    "ctrl+b": "tmux takes it",
    "ctrl+s": "it stops the terminal",
    "ctrl+z": "it stops the job",
}
"""Keys that don't reach the wizard, and why."""

_NAMED = {
    "enter": "Enter",
    "escape": "Esc",
    "tab": "Tab",
    "space": "Space",
    "up": "Up",
    "down": "Down",
    "left": "Left",
    "right": "Right",
    "home": "Home",
    "end": "End",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "insert": "Insert",
    "delete": "Delete",
    "backspace": "Backspace",
    **{f"f{number}": f"F{number}" for number in range(1, 13)},
}
"""Keys with a name, and what stands on them; every other key is the sign itself."""

_HELD = re.compile(r"(?:(?:ctrl|shift|alt)\+)+(?=.)")

KEYMAP: ContextVar[Mapping[str, str]] = ContextVar("KEYMAP", default={})  # noqa: B039 - never changed
"""The operator's keys by id, for the wizard that draws in this context."""


def keys_of(name: str) -> str:
    """The keys that do `name` now, as Textual names them, with commas between."""
    return KEYMAP.get().get(name, KEYS[name].keys)


def key_names(name: str) -> str:
    """The keys that do `name` now, for people: `F8 [`."""
    return " ".join(_shown(key) for key in keys_of(name).split(","))


def key_name(name: str) -> str:
    """The first key that does `name` now, for people: `F8`."""
    return key_names(name).split(" ", maxsplit=1)[0]


def help_rows(wanted: Collection[str] = KEYS) -> list[tuple[str, str]]:
    """The keys of these ids and what they do, those that only move in a line together."""
    moving = {name for names, _ in MOVES for name in names}
    rows = [
        (key_names(name), key.does)
        for name, key in KEYS.items()
        if name in wanted and name not in moving
    ]
    for names, does in MOVES:
        if not any(name in wanted for name in names):
            continue
        each = dict.fromkeys(key for name in names for key in key_names(name).split())
        rows.append((" ".join(each), does))
    return rows


def _shown(key: str) -> str:
    held = _HELD.match(key)
    start = held.end() if held else 0
    return key[:start].replace("+", "-") + _NAMED.get(key[start:], key[start:])


def is_key(text: str) -> bool:
    """Whether `text` names one key: `f5`, `h`, `?`, `ctrl+l`, `pageup`."""
    key = _HELD.sub("", text, count=1)
    return key in _NAMED or (len(key) == 1 and key.isprintable() and key not in " ,")


def clashes(keymap: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """The ids of `keymap` whose key another id has too: the key, and that id."""
    found: dict[str, tuple[str, str]] = {}
    taken = {name: set(keymap.get(name, key.keys).split(",")) for name, key in KEYS.items()}
    for name in keymap:
        for other, keys in taken.items():
            both = taken.get(name, set()) & keys
            if other != name and both and {name, other} not in TOGETHER:
                found.setdefault(name, (min(both), other))
    return found
