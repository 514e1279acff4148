"""A step's page as text. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby

from lparwiz.run.snapshot import Finding, Level, Page, PlannedCommand, PlanState, Progress
from lparwiz.ui.chart_text import BOX, Strokes, chart_text
from lparwiz.ui.keys import key_name
from lparwiz.ui.marks import LEVEL, PLAN, gravity
from lparwiz.ui.table_text import table_text
from lparwiz.ui.text import Paragraph, Piece, counted, fold_hosts, minutes, wrap

PROSE = 100
"""Cells: sentences wider than this are hard to read."""

BEFORE = 2
"""Lines at most of how the step before ended: its own page has it in full."""

TAIL = 8
"""How many of the newest lines of the log stand on the page before it is unfolded."""

FEW_NOTES = 2
"""So many notes stand among the other findings; more of them stand below everything else."""


@dataclass(frozen=True)
class Moment:
    """Where the run is that a page belongs to: what the page itself doesn't know."""

    before: tuple[str, str] = ("", "")
    """The title of the step before and how it ended; empty where that is past."""
    news: bool = False
    """Whether what was said last must be seen before anything else."""
    over: bool = False
    """Whether the step has ended: what is still planned is not run any more."""


UNDER_WAY = Moment()
"""A step that is played, and has no news."""


@dataclass(frozen=True)
class PageText:
    """A page in two."""

    first: list[Paragraph]
    """To the end of what will run: what must have been seen before it is confirmed."""
    rest: list[Paragraph]

    @property
    def whole(self) -> list[Paragraph]:
        """The page, top to bottom."""
        return [*self.first, *self.rest]


def page_text(
    page: Page,
    width: int,
    moment: Moment = UNDER_WAY,
    *,
    unfolded: bool = False,
    strokes: Strokes = BOX,
) -> PageText:
    """A step's page. Its parts and their order are the same for every step.

    What it is for; its result, once there is one; what we know; what will run where. Then what was
    read in tables, what was decided, what happened, notes, the guide. What decides stands on top:
    tables and notes can be long, and the guide is looked up but once.

    Args:
        page: the page.
        width: cells.
        moment: where the run is.
        unfolded: also every check that passed, its evidence, and the whole log.
        strokes: what a chart is drawn with.
    """
    prose = min(width, PROSE)
    first = list(_head(page, prose, moment))
    if page.result:
        first += [[()], wrap([("title", "Result: "), ("", page.result)], prose, 2)]
    if page.chart is not None or page.findings:
        first += [[()], wrap([("title", "What we know")], prose)]
    if page.chart is not None:
        first += [*chart_text(page.chart, width, strokes=strokes)]
    if page.findings:
        first += [*_findings(page.findings, prose, unfolded=unfolded)]
    if page.plan:
        first += [[()], *_plan(page.plan, width, over=moment.over)]
    return PageText(first, list(_rest(page, width, prose, unfolded=unfolded)))


def _rest(page: Page, width: int, prose: int, *, unfolded: bool) -> Iterable[Paragraph]:
    """What is looked up rather than decided by."""
    for table in page.tables:
        yield [()]
        yield from table_text(table, width)
    if page.decided:
        yield [()]
        yield wrap([("title", "What was decided")], width)
        yield from (wrap([("", f"  {words}")], prose, 4) for words in page.decided)
    if page.lines:
        yield [()]
        yield from _log(page.lines, width, unfolded=unfolded)
    if _many_notes(page.findings):
        yield [()]
        yield wrap([("title", "Notes")], width)
        for note, hosts in _alike(_at(page.findings, Level.NOTE)):
            yield _finding(note, hosts, prose, unfolded=unfolded)
    if page.guide:
        yield [()]
        yield wrap([("dim", f"Guide: {page.guide}")], prose)


def _head(page: Page, width: int, moment: Moment) -> Iterable[Paragraph]:
    """What the step is for, what came before, and what was said last."""
    yield wrap([("", " ".join(page.purpose.split()))], width)
    title, ended = moment.before
    if ended:
        lines = wrap([("dim", f"Before, {title}: "), ("", ended)], width, 2)
        if len(lines) > BEFORE:
            lines[BEFORE - 1 :] = [(("dim", f"  .. {key_name('step-before')} shows the rest"),)]
        yield lines
    if moment.news and page.lines:
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
        pieces += [
            ("ok", f"{counted(len(passed), 'check')} passed"),
            ("dim", f"  {key_name('more')} shows them  "),
        ]
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


def _plan(plan: tuple[PlannedCommand, ...], width: int, *, over: bool) -> Iterable[Paragraph]:
    heading = "What ran" if over else "What runs"
    if all(entry.state is PlanState.PLANNED for entry in plan):
        heading = "What was planned, and not run" if over else "What will run, exactly as sent"
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
        yield wrap([("dim", f"  {earlier} earlier lines, {key_name('more')} shows them")], width)
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
