"""The operator's settings: the command line wins over the environment, that over the file.

The file is checked as the change file is: every problem at once, each with its place. Imports
neither Textual nor asyncssh: every command asks for the settings first.
"""

import difflib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from platformdirs import user_config_path

from lparwiz.change.duration import seconds
from lparwiz.change.lines import Place, key_lines, line_of
from lparwiz.change.problem import Problem
from lparwiz.change.shape import shown
from lparwiz.change.toml import Broken, in_file_order, read_text, read_toml
from lparwiz.change.whole import dotted
from lparwiz.errors import Trouble
from lparwiz.run.engine import INTERVAL
from lparwiz.ui.keys import EVEN_WHILE_TYPING, KEYS, TAKEN, clashes, is_key
from lparwiz.ui.terminal import fitting_ascii, fitting_plain, fitting_theme
from lparwiz.ui.theme_files import theme_names

ENVIRONMENT = "LPARWIZ_"
"""What stands before a setting's key, in capitals, in the environment."""

DEFAULT = "default"
"""The origin of what nobody has set."""

SLOWEST = 10
"""Seconds between two pictures at most: more would be taken for a wizard that hangs."""

_Found = tuple[Any, str]
"""A setting's value and its origin."""


class SettingsInvalid(Trouble):
    """The settings are wrong: every problem at once, and nothing has been done.

    Args:
        path: the settings file, where it has a part in it; else None.
        problems: all of them.
    """

    def __init__(self, path: Path | None, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        where = "" if path is None else f" (file: {str(path)!r})"
        super().__init__(
            f"The settings have {count}{where}:",
            "\n".join(f"  {problem}" for problem in problems),
            f"Nothing was begun. Correct them{'' if path is None else ', or move the file away'}.",
        )


@dataclass(frozen=True)
class Settings:
    """What counts, and where each of it comes from."""

    theme: str
    ascii: bool
    """Whether the wizard draws without box characters."""
    mouse: bool
    """Whether the wizard takes the mouse; else the terminal keeps it for marking text."""
    plain: bool
    """Whether lparwiz asks line by line instead of drawing a screen."""
    runs: Path
    """Where the runs' folders are kept."""
    interval: float
    """Seconds between two pictures of the run at least: more is less traffic on a slow link."""
    keymap: Mapping[str, str]
    """The operator's keys by the ids of `keys.KEYS`, with commas between."""
    origins: Mapping[str, str]
    """Where each setting comes from, by its key: `default`, a file, a variable, an option."""
    warnings: tuple[str, ...] = ()
    """What is wrong and not heeded, a sentence each."""

    def rows(self) -> Iterator[tuple[str, str | bool, str]]:
        """Key, value as the file wants it, and origin of each."""
        for key in _CHECKS:
            value = getattr(self, key)
            if key == "interval":
                value = f"{value:g}s"
            yield key, str(value) if isinstance(value, Path) else value, self.origins[key]
        for name, bound in KEYS.items():
            origin = self.origins.get(f"keymap.{name}", DEFAULT)
            yield f"keymap.{name}", self.keymap.get(name, bound.keys), origin


def settings_path() -> Path:
    """Where the settings file is looked for; there need not be one."""
    return user_config_path("lparwiz") / "settings.toml"


def gather(
    given: Mapping[str, Any], environ: Mapping[str, str], runs: Path, *, forgiving: bool = False
) -> Settings:
    """What counts now.

    Args:
        given: what the command line says, by key; None where it says nothing.
        environ: the environment.
        runs: where runs are kept where nothing says otherwise.
        forgiving: whether what is wrong in the file or the environment is only warned of: nobody
            who looks after a debt shall have to mend a file of colours first.

    Raises:
        SettingsInvalid: anything is wrong, in the file, the environment or on the command line.
    """
    path = settings_path()
    file, problems = _from_file(path)
    concerned = path if problems else None
    keymap = file.pop("keymap", {})
    found: dict[str, _Found] = {
        "theme": fitting_theme(environ),
        "ascii": fitting_ascii(environ),
        "mouse": (True, DEFAULT),
        "plain": fitting_plain(environ),
        "runs": (runs, DEFAULT),
        "interval": (INTERVAL, DEFAULT),
    }
    session = _of_the_session(environ, found)
    found |= {key: (value, str(path)) for key, value in file.items()} | session
    said, wrong = _said(given, environ)
    found |= said
    problems = sorted([*problems, *wrong], key=in_file_order)
    if problems and not (forgiving and all(_forgivable(problem) for problem in problems)):
        raise SettingsInvalid(concerned, tuple(problems))
    values = {key: value for key, (value, _) in found.items()}
    origins = {key: origin for key, (_, origin) in found.items()}
    origins |= {f"keymap.{name}": str(path) for name in keymap}
    told = (_where(problem, path) for problem in problems)
    warnings = (f"{each}{'' if each.endswith('?') else '.'} It is left out." for each in told)
    return Settings(
        **values, keymap=keymap, origins=origins, warnings=(*warnings, *_unknown(environ))
    )


def _of_the_session(environ: Mapping[str, str], fitting: Mapping[str, _Found]) -> dict[str, _Found]:
    """What the terminal says of this session alone, and so more than the file."""
    said = [("theme", bool(environ.get("NO_COLOR"))), ("plain", fitting["plain"][0])]
    return {key: fitting[key] for key, counts in said if counts}


def _said(
    given: Mapping[str, Any], environ: Mapping[str, str]
) -> tuple[dict[str, _Found], list[Problem]]:
    """What the environment says, and over it the command line; and what is wrong with it."""
    variables = {key: _variable(key) for key in _CHECKS}
    said = {key: (environ[name], name) for key, name in variables.items() if environ.get(name)}
    said |= {key: (value, f"--{key}") for key, value in given.items() if value is not None}
    found: dict[str, _Found] = {}
    problems: list[Problem] = []
    for key, (value, origin) in said.items():
        word = _WORDS.get(value.lower(), value) if isinstance(value, str) else value
        try:
            found[key] = (_CHECKS[key](word, Path.cwd()), origin)
        except _Wrong as wrong:
            problems.append(Problem(origin, None, shown(value), wrong.expected))
    return found, problems


def _variable(key: str) -> str:
    """The environment's name of a setting."""
    return f"{ENVIRONMENT}{key.upper()}"


def _forgivable(problem: Problem) -> bool:
    """Whether it wasn't typed just now."""
    return not problem.place.startswith("--")


def _where(problem: Problem, path: Path) -> str:
    """A problem with the file that it is in."""
    spoken = problem.line is None and problem.place.startswith(ENVIRONMENT)
    return str(problem) if spoken else f"{path}, {problem}"


def _unknown(environ: Mapping[str, str]) -> Iterator[str]:
    """Our own variables that set nothing."""
    known = tuple(map(_variable, _CHECKS))
    for name in sorted(environ):
        if name.startswith(ENVIRONMENT) and name not in known:
            close = difflib.get_close_matches(name, known, n=1)
            meant = f"did you mean {close[0]}?" if close else f"known are {', '.join(known)}."
            yield f"The variable {name} sets nothing: {meant}"


class _Wrong(Exception):  # noqa: N818 - never leaves this module
    """A value is not what it must be."""

    def __init__(self, expected: str) -> None:
        self.expected = expected
        super().__init__(expected)


_WORDS = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
"""How the environment, where everything is text, says true and false."""


def _theme(value: object, _folder: Path) -> str:
    known = theme_names()
    if isinstance(value, str) and value in known:
        return value
    raise _Wrong(f"a theme: {', '.join(known)}{_meant(value, known)}")


def _switch(value: object, _folder: Path) -> bool:
    if not isinstance(value, bool):
        raise _Wrong("true or false")
    return value


def _folder(value: object, folder: Path) -> Path:
    """A path: absolute, in the home folder (`~/`), or relative to the file that says it."""
    if isinstance(value, Path):
        return value
    if not isinstance(value, str) or not value.strip() or not value.isprintable():
        raise _Wrong("a folder's path in quotes")
    return Path.home() / value[2:] if value.startswith("~/") else folder / value


def _interval(value: object, _folder: Path) -> float:
    found = seconds(value) if isinstance(value, str) else None
    if found is None or not Decimal(str(INTERVAL)) <= found <= SLOWEST:
        raise _Wrong(f'a duration from "{INTERVAL}s" to "{SLOWEST}s"')
    return float(found)


_CHECKS: dict[str, Callable[[object, Path], Any]] = {
    "theme": _theme,
    "ascii": _switch,
    "mouse": _switch,
    "plain": _switch,
    "runs": _folder,
    "interval": _interval,
}
"""Every setting but the keymap, with what checks it."""


def _meant(text: object, known: tuple[str, ...]) -> str:
    close = difflib.get_close_matches(str(text).lower(), known, n=1)
    return f"; did you mean `{close[0]}`?" if close else ""


def _from_file(path: Path) -> tuple[dict[str, Any], list[Problem]]:
    """What the file sets, and everything that is wrong with it."""
    if not path.exists():
        nowhere = Problem("", None, "a link that leads nowhere", "a settings file, or none")
        return {}, [nowhere] if path.is_symlink() else []
    try:
        text = read_text(path, "a settings file")
        table = read_toml(text)
    except Broken as broken:
        return {}, [broken.problem]
    lines = key_lines(text)
    values: dict[str, Any] = {}
    problems: list[Problem] = []

    def wrong(place: Place, found: str, expected: str) -> None:
        problems.append(Problem(dotted(place), line_of(lines, place), found, expected))

    known = (*_CHECKS, "keymap")
    for key, value in table.items():
        if key == "keymap":
            values[key] = _keymap(value, wrong)
        elif key in _CHECKS:
            try:
                values[key] = _CHECKS[key](value, path.parent)
            except _Wrong as error:
                wrong((key,), shown(value), error.expected)
        else:
            wrong((key,), "an unknown key", f"one of {', '.join(known)}{_meant(key, known)}")
    return values, problems


def _keymap(table: object, wrong: Callable[[Place, str, str], None]) -> dict[str, str]:
    """`[keymap]`: an id, and one key or a list of them."""
    if not isinstance(table, dict):
        wrong(("keymap",), shown(table), "a table, [keymap]")
        return {}
    found: dict[str, str] = {}
    for name, value in table.items():
        place = ("keymap", name)
        keys = value if isinstance(value, list) else [value]
        poor = next((key for key in keys if not (isinstance(key, str) and is_key(key))), None)
        lost = next((key for key in keys if isinstance(key, str) and key in TAKEN), None)
        if name not in KEYS:
            known = tuple(KEYS)
            wrong(place, "an unknown id", f"one of {', '.join(known)}{_meant(name, known)}")
        elif poor is not None or not keys:
            expected = 'a key such as "f5", "h", "ctrl+l" or "pageup", or a list of them'
            wrong(place, shown(value if poor is None else poor), expected)
        elif lost is not None:
            wrong(place, shown(lost), f"a key that reaches the wizard: {TAKEN[lost]}")
        elif name in EVEN_WHILE_TYPING and any(len(key) == 1 for key in keys):
            wrong(place, shown(value), "keys that are no letters or signs: this one counts always")
        else:
            found[name] = ",".join(keys)
    for name, (key, other) in clashes(found).items():
        wrong(("keymap", name), shown(key), f"a key that nothing else has; `{other}` has it")
    return {} if clashes(found) else found
