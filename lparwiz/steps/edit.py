"""What a command will change in a file, shown before anybody is asked; and whether it may."""

from collections.abc import Mapping
from difflib import unified_diff

from lparwiz.run.action import Standing, Verdict
from lparwiz.run.snapshot import Table
from lparwiz.tools.replace import visible


def edit(before: str, after: str) -> tuple[tuple[str, str], ...]:
    """Each line that goes (`-`) or comes (`+`), with its number in its own text."""
    rows: list[tuple[str, str]] = []
    gone = came = 0
    lines = unified_diff(_lines(before), _lines(after), lineterm="", n=10**6)
    for line in list(lines)[3:]:  # the two names and the one hunk's place
        gone, came = gone + (line[0] != "+"), came + (line[0] != "-")
        if line[0] != " ":
            number = gone if line[0] == "-" else came
            rows.append((f"{line[0]} line {number}", visible(line[1:])))
    return tuple(rows)


def _lines(text: str) -> list[str]:
    """The lines; an unusual line end, or a missing one, is told in words behind its line."""
    lines = text.split("\n")
    last = lines.pop()
    shown = [f"{line[:-1]} (CR LF)" if line.endswith("\r") else line for line in lines]
    return [*shown, f"{last} (no line end)"] if last else shown


def edits(title: str, files: Mapping[str, tuple[str, str]]) -> Table:
    """The edits of many hosts' files, those that are the same told once.

    Args:
        title: what the files are.
        files: each host's label, with its file before and after.
    """
    alike: dict[tuple[tuple[str, str], ...], list[str]] = {}
    for host, (before, after) in files.items():
        alike.setdefault(edit(before, after), []).append(host)
    rows = [(*row, ", ".join(hosts)) for rows, hosts in alike.items() for row in rows]
    return Table(title, ("change", "line", "on"), tuple(rows))


def room_for_copy(path: str, copy: str, found: str, before: str) -> Verdict:
    """Whether a file may be written: a copy that is there already must be of this very file.

    A run on another machine may have had the same name.

    Args:
        path: the file.
        copy: where the former one is to be kept.
        found: what stands there; empty: nothing.
        before: the former file.
    """
    if found in ("", before):
        return Verdict(Standing.OPEN, f"{path} is not changed yet")
    why = "is there and is not the former file: move it away by hand"
    return Verdict(Standing.BLOCKED, f"{copy} {why}")
