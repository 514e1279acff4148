"""The help: what the page in sight is for, its keys, the marks, the run. Pure."""

from collections.abc import Iterable
from itertools import zip_longest

from lparwiz.run.snapshot import Page, QuestionKind, Snapshot
from lparwiz.ui.eye import View
from lparwiz.ui.keys import KEYS, help_rows, key_name
from lparwiz.ui.page_text import PROSE
from lparwiz.ui.text import Line, Paragraph, Piece, joined, width_of, wrap

KEY_COLUMN = 18
"""Cells for the keys of a line: `F10 ctrl-q ctrl-c` has room."""

ABOUT: dict[View, str] = {
    View.LEDGER: "Everything that this run changed and must put back: what is owed on top, each "
    "with the commands that pay it by hand. The same stands in ledger.md in the run's folder.",
    View.HOSTS: "Every host with its last readings: what isn't well on top, then what is stale, "
    "with its age. The host that is pointed at opens with its links, timers, groups and log.",
    View.HOST: "One host: its last readings and their age, each link, timer and group, the answers "
    "that this comes from as they came, and what was read and done here.",
    View.TIMELINE: "What happened, with the time of day and the time since the run began: steps, "
    "decisions, commands that change something, debts, and what wasn't well. The newest is last.",
    View.JOURNAL: "Every event of this run in its order: each command that was sent, each answer, "
    "each decision. It can only grow, and each line carries the hash of the one before.",
}
"""What each page that belongs to no step is for."""

READING = frozenset(
    {"line-up", "line-down", "page-up", "page-down", "page-top", "page-end", "find", "copy"}
)
FINDING = frozenset({"find-next", "find-before", "more"})

HERE: dict[View, frozenset[str]] = {
    View.PAGE: READING
    | {"choose", "choice-up", "choice-down", "choice-left", "choice-right"}
    | {"focus-next", "focus-previous", "more", "step-before", "step-after"},
    View.LEDGER: READING,
    View.HOSTS: READING | {"open"},
    View.HOST: READING | FINDING | {"host-before", "host-after"},
    View.TIMELINE: READING | FINDING - {"more"},
    View.JOURNAL: READING | FINDING,
}
"""The keys that mean something on a page."""

MARKS = (
    (
        ("[ ]", "to do"),
        ("[>]", "now"),
        ("[x]", "done, read back"),
        ("[=]", "was so already"),
        ("[-]", "skipped"),
        ("[<]", "left for the way back"),
        ("[!]", "failed, or owed"),
        ("[?]", "not known"),
    ),
    (
        ("OK", "all well"),
        ("LOOK", "something isn't"),
        ("SILENT", "no answer: frozen, down or cut off"),
        ("stale", "the last answer is older than three readings"),
        ("..", "not read yet"),
    ),
)
"""What stands before steps, commands and debts; and what stands behind a host's name."""


def help_page(
    snapshot: Snapshot, view: View, page: Page | None, notices: Iterable[str], width: int
) -> list[Paragraph]:
    """What is moved, what the page in sight is for, its keys, and every other.

    Args:
        snapshot: the run.
        view: what was in sight when help was asked for.
        page: the step's page, where that was in sight.
        notices: what went wrong with the screen itself, such as a theme that could not be read.
        width: cells.
    """
    prose = min(width, PROSE)
    here = HERE.get(view, READING)
    paragraphs: list[Paragraph] = [*_about(view, page, prose)]
    for notice in notices:
        paragraphs += [[()], wrap([("warning", "NOTICE  "), ("", notice)], prose, 8)]
    paragraphs += [[()], *_keys("Keys here", here, prose)]
    paragraphs += [[()], *_keys("Keys everywhere", frozenset(KEYS) - here, prose)]
    if snapshot.question is not None and snapshot.question.kind is not QuestionKind.CHOICE:
        typed = "The question asks for text: with it in sight, letters and digits are typed there."
        paragraphs += [wrap([("warning", f"  {typed}")], prose, 2)]
    paragraphs += [[()], wrap([("title", "Marks")], prose)]
    paragraphs.append([line for marks in MARKS for line in wrap(_legend(marks), prose, 4)])
    safety = (
        "No single key changes a host: every change is shown first, and waits for an answer. "
        "The safe answer has the focus."
    )
    paragraphs += [[()], wrap([("", safety)], prose)]
    paragraphs += [[()], *_run(snapshot, width)]
    return paragraphs


def _about(view: View, page: Page | None, width: int) -> Iterable[Paragraph]:
    if view is View.PAGE and page is not None:
        purpose = " ".join(page.purpose.split())
        yield wrap([("title", f"This page, {page.title}: "), ("", purpose)], width, 2)
        if page.guide:
            yield wrap([("", "  The vendor's guide: "), ("title", f'"{page.guide}"')], width, 4)
        if page.wants:
            yield wrap([("", "  The guide asks: "), ("", _words(page.wants))], width, 4)
        if page.does:
            yield wrap([("", "  lparwiz does: "), ("", _words(page.does))], width, 4)
        said = (
            f"Below its purpose stand what we know, what will run where, and what was read. "
            f"{key_name('more')} unfolds it."
        )
        yield wrap([("dim", f"  {said}")], width, 2)
    elif view in ABOUT:
        title = f"This page, {view.capitalize()}: "
        yield wrap([("title", title), ("", ABOUT[view])], width, 2)


def _words(marked: str) -> str:
    """Markdown's text: what is code there is plain here."""
    return marked.replace("`", "")


def _keys(title: str, ids: frozenset[str], width: int) -> Iterable[Paragraph]:
    yield wrap([("title", title)], width)
    yield [line for keys, does in help_rows(ids) for line in _key(keys, does, width)]


def _key(keys: str, does: str, width: int) -> Iterable[Line]:
    """Keys on the left, what they do on the right; each in as many lines as it needs."""
    left = wrap([("key", keys)], KEY_COLUMN)
    right = wrap([("", does)], width - KEY_COLUMN - 3)
    for named, words in zip_longest(left, right, fillvalue=()):
        yield joined([("", "  "), *named, ("", " " * (KEY_COLUMN + 1 - width_of(named))), *words])


def _run(snapshot: Snapshot, width: int) -> Iterable[Paragraph]:
    yield wrap([("title", snapshot.title)], width)
    facts = (
        ("ticket", snapshot.ticket),
        ("LPAR", snapshot.lpar),
        ("route", snapshot.route),
        ("run", snapshot.run),
        ("folder", snapshot.folder),
    )
    for name, value in facts:
        yield wrap([("dim", f"  {name:<8}"), ("", value)], width, 10)


def _legend(marks: Iterable[tuple[str, str]]) -> Iterable[Piece]:
    yield ("", "  ")
    for mark, meaning in marks:
        yield ("title", mark)
        yield ("", f" {meaning}   ")
