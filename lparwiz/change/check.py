"""Reads a change file and checks it as a whole.

Two passes over the same table, so that every problem comes out at once: each value on its own
(`shape.py`), then what only several values together can break (`whole.py`).
"""

from pathlib import Path
from typing import Literal

from lparwiz.change.lines import key_lines, line_of
from lparwiz.change.model import Change, Decisions, Host, Limits, Lpar, Route, Timers, Vcs
from lparwiz.change.problem import ChangeInvalid, Problem
from lparwiz.change.shape import ConsoleTable, File, LimitsTable, NodeTable, SshTable, check_shape
from lparwiz.change.toml import Broken, in_file_order, read_text, read_toml
from lparwiz.change.whole import check_whole, dotted


def read(path: Path) -> Change:
    """The change that the file at `path` describes.

    Raises:
        ChangeInvalid: it can't be read, or anything in it is wrong.
    """
    try:
        text = read_text(path, "a change file", hint="`lparwiz new` writes one to start from")
    except Broken as broken:
        raise ChangeInvalid(path, (broken.problem,)) from broken
    return parse(text, path)


def parse(text: str, path: Path) -> Change:
    """The change that `text` describes; paths in it are relative to the folder of `path`.

    Raises:
        ChangeInvalid: anything in it is wrong.
    """
    try:
        table = read_toml(text)
    except Broken as broken:
        raise ChangeInvalid(path, (broken.problem,)) from broken
    shape = check_shape(table)
    mistakes = [*(() if isinstance(shape, File) else shape), *check_whole(table)]
    if isinstance(shape, File) and not mistakes:
        return _change(shape, path, text)
    lines = key_lines(text)
    problems = [
        Problem(dotted(each.place), line_of(lines, each.place), each.found, each.expected)
        for each in dict.fromkeys(mistakes)
    ]
    raise ChangeInvalid(path, tuple(sorted(problems, key=in_file_order)))


def _change(file: File, path: Path, text: str) -> Change:
    source, target = _consoles(file, path)
    return Change(
        version=file.version,
        title=file.title,
        ticket=file.ticket or "",
        route=Route(file.route),
        lpar=Lpar(file.lpar.name, file.lpar.source, file.lpar.target, file.lpar.node),
        timers=Timers(
            file.timers.peerinact,
            file.timers.persist,
            file.timers.reboot,
            file.timers.freeze,
            file.timers.freeze_from or "",
        ),
        limits=_limits(file.limits),
        nodes=tuple(_host("node", node, file.ssh, path) for node in file.node),
        managers=tuple(_host("manager", each, file.ssh, path) for each in file.manager),
        source_console=source,
        target_console=target,
        vcs=Vcs(file.vcs.group, file.vcs.resource, file.vcs.to) if file.vcs else None,
        decisions=Decisions(
            proceed=file.decisions.proceed,
            outcome=file.decisions.outcome,
            accept=tuple(file.decisions.accept),
            freeze=file.decisions.freeze,
            profile_file=file.decisions.profile_file,
            physical_server=file.decisions.physical_server,
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
