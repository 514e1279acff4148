"""Colour themes from TOML files: those that are shipped, and the operator's own."""

import os
from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from textual.color import Color, ColorParseError
from textual.theme import Theme

from lparwiz.change.toml import Broken, read_text, read_toml
from lparwiz.ui.terminal import fitting_theme
from lparwiz.ui.theme_files import DEFAULT, theme_folders

STATE_COLOURS: dict[str, str] = {
    "state-ok": "#86d39a",
    "state-note": "#8fc1ee",
    "state-warning": "#f0c75e",
    "state-stop": "#ff9089",
    "state-unknown": "#dcb0fb",
    "state-stale": "#a9b4bf",
    "state-dim": "#a9b4bf",
    "state-now": "#7fd7e6",
    "state-command": "#d5e6a3",
    "state-wait": "#101418",
    "state-wait-background": "#f0c75e",
}
"""Each variable of ours that a theme may set, with what stands where it doesn't (night's)."""

TERMINALS_OWN: dict[str, str] = {
    "ansi-background": "ansi_default",
    "ansi-foreground": "ansi_default",
}
"""Variables that Textual's own style asks of a theme in the terminal's colours."""

_COLOURS = frozenset({f.name for f in fields(Theme)} - {"name", "dark", "variables", "ansi"}) - {
    "luminosity_spread",
    "text_alpha",
}
_SWITCHES = frozenset({"dark", "ansi"})


@dataclass(frozen=True)
class ThemeFailure:
    """A theme file that could not be taken, and why."""

    file: str
    key: str
    """The key at fault; empty where the file as a whole is."""
    problem: str

    @property
    def name(self) -> str:
        """The theme's name."""
        return Path(self.file).stem

    def __str__(self) -> str:
        place = f"{self.file}, {self.key}" if self.key else self.file
        return f"Theme {self.name} can't be read: {place}: {self.problem}"


@dataclass(frozen=True)
class ThemeChoice:
    """The themes that there are, the one that is used, and what is to be said of it."""

    themes: dict[str, Theme]
    used: str
    failures: tuple[ThemeFailure, ...]
    notices: tuple[str, ...]
    """Why it isn't the theme that was asked for; empty where it is."""


def choose_theme(asked: str | None) -> ThemeChoice:
    """The theme that was asked for, else the one that fits the terminal.

    A broken theme that nobody asked for is in nobody's way.
    """
    themes, failures = load_themes()
    fitting = fitting_theme(os.environ)[0]
    wanted = asked or fitting
    if wanted in themes:
        return ThemeChoice(themes, wanted, failures, ())
    used = fitting if fitting in themes else DEFAULT
    known = f"There is no theme {wanted}; there are {', '.join(sorted(themes))}"
    why = next((str(failure) for failure in failures if failure.name == wanted), known)
    return ThemeChoice(themes, used, failures, (f"{why}. So {used} is used.",))


class _Bad(Exception):  # noqa: N818 - never leaves this module
    """A key and what is wrong with it."""

    def __init__(self, key: str, problem: str) -> None:
        self.key = key
        self.problem = problem
        super().__init__(key, problem)


def load_themes(
    folders: Iterable[Path] | None = None,
) -> tuple[dict[str, Theme], tuple[ThemeFailure, ...]]:
    """Every theme that can be read, by name, and what is wrong with the others.

    A file's stem is its theme's name. There is always the default, whatever became of its file.
    """
    themes: dict[str, Theme] = {}
    failures: list[ThemeFailure] = []
    for folder in theme_folders() if folders is None else folders:
        for path in sorted(folder.glob("*.toml")):
            try:
                themes[path.stem] = _read(path)
            except _Bad as bad:
                failures.append(ThemeFailure(str(path), bad.key, bad.problem))
    themes.setdefault(DEFAULT, Theme(DEFAULT, primary="#8fc1ee"))
    return themes, tuple(failures)


def _read(path: Path) -> Theme:
    try:
        content: dict[str, Any] = read_toml(read_text(path, "a theme file"))
    except Broken as broken:
        raise _Bad("", str(broken.problem)) from None
    variables = content.pop("variables", {})
    for key, value in content.items():
        _check_field(key, value)
    if "primary" not in content:
        raise _Bad("primary", "missing")
    if not isinstance(variables, dict):
        raise _Bad("variables", "not a table")
    for key, value in variables.items():
        _check_variable(key, value)
    return Theme(name=path.stem, variables=variables, **content)


def _check_field(key: str, value: object) -> None:
    if key in _COLOURS:
        _check_colour(key, value)
    elif key not in _SWITCHES:
        raise _Bad(key, f"unknown; known are {', '.join(sorted(_COLOURS | _SWITCHES))}")
    elif not isinstance(value, bool):
        raise _Bad(key, f"{value!r} is neither true nor false")


def _check_variable(key: str, value: object) -> None:
    place = f"variables.{key}"
    if not isinstance(value, str):
        raise _Bad(place, f"{value!r} is not text")
    if key in STATE_COLOURS:
        _check_colour(place, value)
    elif key.startswith("state-"):
        raise _Bad(place, f"unknown; known are {', '.join(STATE_COLOURS)}")


def _check_colour(key: str, value: object) -> None:
    try:
        Color.parse(str(value))
    except ColorParseError:
        raise _Bad(key, f'{value!r} is not a colour, such as "#8fc1ee"') from None
