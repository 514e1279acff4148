"""Reads a change file and checks it as a whole.

Two passes over the same table, so that every problem comes out at once: each value on its own
(`shape.py`), then what only several values together can break (`whole.py`).
"""

import re
import tomllib
from pathlib import Path
from typing import Literal

from lparwiz.change.lines import key_lines, line_of
from lparwiz.change.model import Change, Decisions, Host, Limits, Lpar, Route, Timers, Vcs
from lparwiz.change.problem import ChangeInvalid, Problem
from lparwiz.change.shape import ConsoleTable, File, LimitsTable, NodeTable, SshTable, check_shape
from lparwiz.change.whole import check_whole, dotted

LARGEST_FILE = 256 * 1024
"""Bytes. A change with 64 nodes and every option has some 20 thousand."""


def read(path: Path) -> Change:
    """The change that the file at `path` describes.

    Raises:
        ChangeInvalid: it can't be read, or anything in it is wrong.
    """
    return parse(_read_text(path), path)


def parse(text: str, path: Path) -> Change:
    """The change that `text` describes; paths in it are relative to the folder of `path`.

    Raises:
        ChangeInvalid: anything in it is wrong.
    """
    table = _read_toml(text, path)
    shape = check_shape(table)
    troubles = [*(() if isinstance(shape, File) else shape), *check_whole(table)]
    if isinstance(shape, File) and not troubles:
        return _change(shape, path, text)
    lines = key_lines(text)
    problems = [
        Problem(dotted(each.place), line_of(lines, each.place), each.found, each.expected)
        for each in dict.fromkeys(troubles)
    ]
    raise ChangeInvalid(path, tuple(sorted(problems, key=_order)))


def _order(problem: Problem) -> tuple[int, str]:
    """As they stand in the file; what is missing altogether goes last."""
    return (problem.line if problem.line is not None else LARGEST_FILE + 1, problem.place)


def _read_text(path: Path) -> str:
    def invalid(found: str, expected: str) -> ChangeInvalid:
        return ChangeInvalid(path, (Problem("", None, found, expected),))

    try:
        if not path.exists():
            raise invalid("no such file", "a change file; `lparwiz new` writes one to start from")
        if not path.is_file():
            kind = "a directory" if path.is_dir() else "something that is no regular file"
            raise invalid(kind, "a change file")
        if path.stat().st_size > LARGEST_FILE:
            raise invalid(f"{path.stat().st_size} bytes", f"at most {LARGEST_FILE}")
        raw = path.read_bytes()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise invalid(f"that it can't be read ({reason})", "a readable file") from error
    if raw.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")):
        raise invalid("a byte order mark", "UTF-8 without one; save it anew as plain UTF-8")
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        problem = Problem("", line, f"the byte 0x{raw[error.start]:02x}", "UTF-8")
        raise ChangeInvalid(path, (problem,)) from error


def _read_toml(text: str, path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(text)
    except RecursionError as error:
        problem = Problem("", None, "brackets nested too deeply", "TOML")
        raise ChangeInvalid(path, (problem,)) from error
    except ValueError as error:
        where = re.search(r" ?\(at (?:line (\d+), column \d+|end of document)\)", str(error))
        line = int(where[1]) if where and where[1] else None
        found = re.sub(r" ?\(at [^)]*\)$", "", str(error))
        problem = Problem("", line, f"broken TOML: {found}", "TOML (https://toml.io)")
        raise ChangeInvalid(path, (problem,)) from error


def _change(file: File, path: Path, text: str) -> Change:
    source, target = _consoles(file, path)
    return Change(
        version=file.version,
        title=file.title,
        ticket=file.ticket or "",
        route=Route(file.route),
        lpar=Lpar(file.lpar.name, file.lpar.source, file.lpar.target, file.lpar.node),
        timers=Timers(file.timers.peerinact, file.timers.persist),
        limits=_limits(file.limits),
        nodes=tuple(_host("node", node, file.ssh, path) for node in file.node),
        managers=tuple(_host("manager", each, file.ssh, path) for each in file.manager),
        source_console=source,
        target_console=target,
        vcs=Vcs(file.vcs.group, file.vcs.resource, file.vcs.to) if file.vcs else None,
        decisions=Decisions(
            file.decisions.proceed, file.decisions.outcome, tuple(file.decisions.accept)
        ),
        path=path,
        text=text,
    )


def _limits(table: LimitsTable) -> Limits:
    return Limits(**table.model_dump(exclude_none=True))


def _consoles(file: File, path: Path) -> tuple[Host, Host]:
    """Source and target; the same object twice where one console manages both systems."""
    table = file.console
    if table.target is None:
        only = _reach("console", "source", table.source, file.ssh, path, label="HMC")
        return only, only
    return (
        _reach("console", "source", table.source, file.ssh, path, label="source HMC"),
        _reach("console", "target", table.target, file.ssh, path, label="target HMC"),
    )


def _host(kind: Literal["node", "manager"], table: NodeTable, common: SshTable, path: Path) -> Host:
    return _reach(kind, table.name, table, common, path, become=table.become)


def _reach(
    kind: Literal["node", "manager", "console"],
    name: str,
    table: ConsoleTable,
    common: SshTable,
    path: Path,
    *,
    label: str = "",
    become: str = "",
) -> Host:
    return Host(
        id=f"{kind}/{name}",
        kind=kind,
        label=label or name,
        name=name,
        address=table.address,
        port=table.port or common.port,
        user=table.user or common.user,
        become=become,
        identity=_beside(path, table.identity or common.identity),
        known_hosts=_beside(path, table.known_hosts or common.known_hosts),
        config=_beside(path, table.config or common.config),
    )


def _beside(path: Path, name: str | None) -> Path | None:
    """A path in the file: absolute, in the home folder (`~/`), or relative to the file's folder."""
    if name is None:
        return None
    if name.startswith("~/"):
        return Path.home() / name[2:]
    return path.absolute().parent / name
