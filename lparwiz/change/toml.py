"""Reads a TOML file with every way that can fail told as a problem with its place.

Knows nothing of what stands in it: the settings file is read by it as well.
"""

import re
import tomllib
from pathlib import Path

from lparwiz.change.problem import Problem

LARGEST_FILE = 256 * 1024
"""Bytes. A change with 64 nodes and every option has some 20 thousand."""


class Broken(Exception):  # noqa: N818 - what was found, not what was done wrong
    """The file can't be read as TOML; whoever asked says whose file it is."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(problem)


def read_text(path: Path, wanted: str, *, hint: str = "") -> str:
    """The text of the file at `path`.

    Args:
        path: where it is.
        wanted: what is expected there, such as `a change file`.
        hint: how one comes by it, where there is none.

    Raises:
        Broken: it can't be read, or is no UTF-8.
    """

    def broken(found: str, expected: str) -> Broken:
        return Broken(Problem("", None, found, expected))

    try:
        if not path.exists():
            raise broken("no such file", f"{wanted}; {hint}" if hint else wanted)
        if not path.is_file():
            kind = "a directory" if path.is_dir() else "something that is no regular file"
            raise broken(kind, wanted)
        if path.stat().st_size > LARGEST_FILE:
            raise broken(f"{path.stat().st_size} bytes", f"at most {LARGEST_FILE}")
        raw = path.read_bytes()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise broken(f"that it can't be read ({reason})", "a readable file") from error
    if raw.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")):
        raise broken("a byte order mark", "UTF-8 without one; save it anew as plain UTF-8")
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise Broken(Problem("", line, f"the byte 0x{raw[error.start]:02x}", "UTF-8")) from error


def read_toml(text: str) -> dict[str, object]:
    """The table that `text` is.

    Raises:
        Broken: it is no TOML.
    """
    try:
        return tomllib.loads(text)
    except RecursionError as error:
        raise Broken(Problem("", None, "brackets nested too deeply", "TOML")) from error
    except ValueError as error:
        where = re.search(r" ?\(at (?:line (\d+), column \d+|end of document)\)", str(error))
        line = int(where[1]) if where and where[1] else None
        found = re.sub(r" ?\(at [^)]*\)$", "", str(error))
        problem = Problem("", line, f"broken TOML: {found}", "TOML (https://toml.io)")
        raise Broken(problem) from error


def in_file_order(problem: Problem) -> tuple[int, str]:
    """Sorts problems as they stand in the file; what is missing altogether goes last."""
    return (problem.line if problem.line is not None else LARGEST_FILE + 1, problem.place)
