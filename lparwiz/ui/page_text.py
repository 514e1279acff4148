"""A step's page as text. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby

from rich.cells import cell_len

from lparwiz.run.snapshot import Finding, Level, Page, PlannedCommand, PlanState, Progress, Table
from lparwiz.ui.marks import LEVEL, PLAN, gravity
from lparwiz.ui.text import Line, Paragraph, Piece, fold_hosts, minutes, plain, wrap

PROSE = 100
"""Cells: sentences wider than this are hard to read."""

NARROWEST = 20
"""Cells: a last column narrower than this is not worth wrapping."""

BEFORE = 2
"""Lines at most of how the step before ended: its own page has it in full."""

TAIL = 8
"""How many of the newest lines of the log stand on the page before it is unfolded."""

FEW_NOTES = 2
"""So many notes stand among the other findings; more of them stand below everything else."""


def page_text(
    page: Page,
    width: int,
    *,
    unfolded: bool = False,
    before: tuple[str, str] = ("", ""),
    news: bool = False,
) -> list[Paragraph]:
    """The whole page, top to bottom.

    What decides stands on top: the result, what isn't well, what will run. Tables and notes can
    be long and come after; what an operator looks up but once, the guide, is last.

    Args:
        page: the page.
        width: cells.
        unfolded: also every check that passed, its evidence, and the whole log.
        before: the title of the step before and how it ended; empty where that is past.
        news: whether what was said last must be seen before anything else.
    """
    prose = min(width, PROSE)
    paragraphs = list(_head(page, prose, before, news=news))
    if page.result:
        paragraphs += [[()], wrap([("title", "Result: "), ("", page.result)], prose, 2)]
    if page.findings:
        paragraphs += [[()], *_findings(page.findings, prose, unfolded=unfolded)]
    if page.plan:
        paragraphs += [[()], *_plan(page.plan, width)]
    for table in page.tables:
        paragraphs += [[()], *_table(table, width)]
    if page.lines:
        paragraphs += [[()], *_log(page.lines, width, unfolded=unfolded)]
    if _many_notes(page.findings):
        notes = _alike(_at(page.findings, Level.NOTE))
        paragraphs += [[()], wrap([("title", "Notes")], width)]
        paragraphs += [_finding(note, hosts, prose, unfolded=unfolded) for note, hosts in notes]
    if page.guide:
        paragraphs += [[()], wrap([("dim", f"Guide: {page.guide}")], prose)]
    return paragraphs


def _head(page: Page, width: int, before: tuple[str, str], *, news: bool) -> Iterable[Paragraph]:
    """What the step is for, what came before, and what was said last."""
    yield wrap([("", " ".join(page.purpose.split()))], width)
    title, ended = before
    if ended:
        lines = wrap([("dim", f"Before, {title}: "), ("", ended)], width, 2)
        if len(lines) > BEFORE:
            lines[BEFORE - 1 :] = [(("dim", "  .. F8 shows the rest"),)]
        yield lines
    if news and page.lines:
        yield [()]
        yield wrap([("warning", page.lines[-1])], width)


def _at(findings: tuple[Finding, ...], level: Level) -> list[Finding]:
    return [finding for finding in findings if finding.level is level]


def _many_notes(findings: tuple[Finding, ...]) -> bool:
    """Whether the notes would push what matters more out of sight."""
    return len(_at(findings, Level.NOTE)) > FEW_NOTES


def _findings(findings: tuple[Finding, ...], width: int, *, unfolded: bool) -> Iterable[Paragraph]:
    passed, notes = _at(findings, Level.PASS), _at(findings, Level.NOTE)
    apart = _many_notes(findings)
    below = (Level.PASS, Level.NOTE) if apart else (Level.PASS,)
    grave = sorted((f for f in findings if f.level not in below), key=lambda f: gravity(f.level))
    for finding, hosts in _alike(grave):
        yield _finding(finding, hosts, width, unfolded=unfolded)
    pieces: list[Piece] = []
    if passed and not unfolded:
        checks = "1 check passed" if len(passed) == 1 else f"{len(passed)} checks passed"
        pieces += [("ok", checks), ("dim", "  F7 shows them  ")]
    if apart:
        pieces += [("note", f"{len(notes)} notes"), ("dim", "  further down")]
    if pieces:
        yield wrap(pieces, width)
    if unfolded:
        for finding, hosts in _alike(passed):
            yield _finding(finding, hosts, width, unfolded=True)


def _alike(findings: list[Finding]) -> Iterable[tuple[Finding, list[str]]]:
    """The same finding on many hosts, once, with its hosts."""
    groups: dict[tuple[str, Level, str, str], tuple[Finding, list[str]]] = {}
    for finding in findings:
        key = (finding.id, finding.level, finding.text, finding.remedy)
        groups.setdefault(key, (finding, []))[1].append(finding.host)
    return groups.values()


def _finding(finding: Finding, hosts: list[str], width: int, *, unfolded: bool) -> Paragraph:
    where = fold_hosts(host for host in hosts if host)
    pieces: list[Piece] = [
        (LEVEL[finding.level], f"{finding.level.upper():<8}"),
        ("dim", f"{finding.id}  "),
        ("title", f"{where}: " if where else ""),
        ("", finding.text),
    ]
    lines = wrap(pieces, width, 8)
    if finding.remedy:
        lines += wrap([("", " " * 8), ("key", "do: "), ("", finding.remedy)], width, 12)
    if finding.evidence and (unfolded or finding.level in (Level.STOP, Level.UNKNOWN)):
        lines += wrap([("dim", f"{' ' * 8}seen: {finding.evidence}")], width, 14)
    return lines


def _table(table: Table, width: int) -> Iterable[Paragraph]:
    """Columns side by side, the last one wrapped where it must be; else rows as lists."""
    rows = [tuple(plain(cell).replace("\n", " ") for cell in row) for row in table.rows]
    columns = tuple(plain(column) for column in table.columns)
    widths = [max(cell_len(cell) for cell in column) for column in _columns(columns, rows)]
    yield wrap([("title", table.title)], width)
    if sum(widths) + 2 * len(widths) <= width:
        yield [_row(columns, widths, "dim")]
        yield from ([_row(row, widths, "")] for row in rows)
        return
    before = sum(widths[:-1]) + 2 * len(widths)
    if width - before >= NARROWEST:
        for row, style in ((columns, "dim"), *((row, "") for row in rows)):
            line = (*_row(row[:-1], widths, style, strip=False), (style, "  "))
            yield wrap([*line, (style, row[-1])], width, before)
        return
    for row in rows:
        first, *rest = row or ("",)
        lines = wrap([("title", f"  {first}")], width, 4)
        for column, value in zip(columns[1:], rest, strict=False):
            lines += wrap([("dim", f"    {column}: "), ("", value)], width, 6)
        yield lines


def _columns(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> Iterable[list[str]]:
    for number, title in enumerate(head):
        yield [title, *(row[number] for row in rows if number < len(row))]


def _row(cells: tuple[str, ...], widths: list[int], style: str, *, strip: bool = True) -> Line:
    text = "".join(
        f"  {cell}{' ' * (width - cell_len(cell))}"
        for cell, width in zip(cells, widths, strict=False)
    )
    return ((style, text.rstrip() if strip else text),)


@dataclass
class _Planned:
    """One command and all that it is sent to."""

    title: str
    command: str
    entries: list[PlannedCommand] = field(default_factory=list)


def _together(plan: tuple[PlannedCommand, ...]) -> list[_Planned]:
    """The same command on many hosts made one, without changing any host's own order."""
    groups: list[_Planned] = []
    reached: dict[str, int] = {}
    for entry in plan:
        after = reached.get(entry.host, -1)
        number = next(
            (
                n
                for n, group in enumerate(groups)
                if n > after and (group.title, group.command) == (entry.title, entry.command)
            ),
            None,
        )
        if number is None:
            number = len(groups)
            groups.append(_Planned(entry.title, entry.command))
        groups[number].entries.append(entry)
        reached[entry.host] = number
    return groups


def _plan(plan: tuple[PlannedCommand, ...], width: int) -> Iterable[Paragraph]:
    open_ones = sum(entry.state is PlanState.PLANNED for entry in plan)
    heading = "What will run, exactly as sent" if open_ones == len(plan) else "What runs"
    yield wrap([("title", heading)], width)
    for group in _together(plan):
        lines = wrap([("", f"  {group.title}")], width, 4)
        lines += wrap([("dim", "    $ "), ("command", group.command)], width, 6)
        states = sorted(group.entries, key=lambda e: (list(PlanState).index(e.state), e.result))
        for (state, result), entries in groupby(states, key=lambda e: (e.state, e.result)):
            mark, style = PLAN[state]
            hosts = fold_hosts(entry.host for entry in entries)
            pieces: list[Piece] = [(style, f"    {mark} {state:<9} "), ("title", hosts)]
            if result:
                pieces.append(("", f": {result}"))
            lines += wrap(pieces, width, 18)
        yield lines


def _log(lines: tuple[str, ...], width: int, *, unfolded: bool) -> Iterable[Paragraph]:
    shown = lines if unfolded else lines[-TAIL:]
    yield wrap([("title", "What happened")], width)
    if len(shown) < len(lines):
        earlier = len(lines) - len(shown)
        yield wrap([("dim", f"  {earlier} earlier lines, F7 shows them")], width)
    yield from (wrap([("", f"  {line}")], width, 4) for line in shown)


def progress_line(progress: Progress, width: int, since: float = 0.0) -> Paragraph:
    """Phase, how much, and how long of how long; a bar only where somebody tells.

    Args:
        progress: as it was told.
        width: cells.
        since: seconds that went by since.
    """
    pieces: list[Piece] = [("title", progress.phase)]
    if progress.done is not None and progress.total:
        share = min(1.0, progress.done / progress.total)
        cells = 24 if width >= 100 else 10
        full = int(share * cells)
        amount = f"{progress.done}/{progress.total} {progress.unit}"
        pieces += [
            ("ok", f"  [{'#' * full}{'.' * (cells - full)}] {int(share * 100)} %"),
            ("", f"  {amount}"),
        ]
    elif progress.done is not None:
        pieces.append(("", f"  {progress.done} {progress.unit}"))
    limit = f", limit {minutes(progress.limit)}" if progress.limit is not None else ""
    pieces.append(("dim", f"  {minutes(progress.elapsed + since)}{limit}"))
    return wrap(pieces, width, 2)
