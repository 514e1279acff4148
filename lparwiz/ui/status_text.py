"""The lines between the page and the question: what is out of sight, what goes on. Pure."""

from itertools import chain

from lparwiz.run.snapshot import Page, PlanState, RunState, Snapshot
from lparwiz.ui.bars import divider
from lparwiz.ui.eye import Eye, View
from lparwiz.ui.hosts_text import count_states
from lparwiz.ui.keys import KEYS, key_name
from lparwiz.ui.page_text import progress_line
from lparwiz.ui.text import Line, Paragraph, Piece, counted, fold_hosts, wrap

MUCH_LEFT_OUT = 99
"""Columns up to which the line of a well node leaves readings out."""

HOLD_ASKED = "Hold asked for, after the action under way"

SPARED_FIRST = ("journal", "timeline", "step-before", "more", "now", "hosts", "abort")
"""What the key line leaves to the help where it is too narrow; never the way out."""


def clock_words(snapshot: Snapshot) -> str:
    """What is to be known of the engine's clock; empty where it goes as anybody's does."""
    times = snapshot.speed
    return "" if times == 1.0 else f"lab time, {times:g} times as fast as yours"


def title(snapshot: Snapshot, eye: Eye) -> str:
    """What the page area shows, in a word or two."""
    match eye.view:
        case View.PAGE:
            page = snapshot.page_of(eye.past or snapshot.current)
            return page.title if page is not None else ""
        case View.HOST:
            return f"Host {eye.host}"
        case view:
            return view.capitalize()


def more(above: int, below: int) -> str:
    """How much of the page is out of sight, and the key that brings it."""
    if below:
        return f"{counted(below, 'more line')} below, {key_name('page-down')}"
    return f"end; {above} lines above, {key_name('page-up')}" if above else ""


def status(snapshot: Snapshot, eye: Eye, now: float, width: int) -> list[Paragraph]:
    """What goes on besides the question: progress, a hold, the end, where the eye is.

    Args:
        snapshot: the run.
        eye: where the eye is.
        now: the engine's clock, seconds.
        width: cells.
    """
    paragraphs: list[Paragraph] = []
    if eye.past and eye.view is View.PAGE:
        number = snapshot.number_of(eye.past)
        name = snapshot.steps[number - 1].title
        words = f" looking back at step {number} {name} - {key_name('now')} returns "
        paragraphs.append(wrap([("wait", words)], width))
    if not eye.answering and snapshot.question is not None:
        asked = snapshot.question.text.splitlines()[0]
        waiting = f" waiting for you, {key_name('now')} "
        paragraphs.append(wrap([("wait", waiting), ("", f" {asked}")], width))
    if snapshot.state is RunState.OVER:
        paragraphs += _over(snapshot, width)
    elif snapshot.holding:
        held = "On hold" if snapshot.state is RunState.HELD else HOLD_ASKED
        paragraphs.append(wrap([("now", f"{held}: {key_name('hold')} goes on.")], width, 2))
    page = snapshot.page
    if page is not None and page.progress is not None:
        told = snapshot.progress_at
        since = max(0.0, now - told) if told is not None else 0.0
        paragraphs.append(progress_line(page.progress, width, since))
    elif page is not None and snapshot.state is RunState.WORKING:
        doing = wrap([("dim", "working: "), ("", _doing(snapshot, page))], width, 2)
        paragraphs.append(doing[:2])
    return paragraphs


def _doing(snapshot: Snapshot, page: Page) -> str:
    """What a step does now: the command that runs, or what it said last, or what it reads."""
    running = [entry for entry in page.plan if entry.state is PlanState.RUNNING]
    if running:
        return f"{running[0].title}, {fold_hosts(entry.host for entry in running)}"
    if page.lines:
        return page.lines[-1]
    read = next((step.reads for step in snapshot.steps if step.id == page.step), "")
    return f"reading. {read}" if read else "reading the hosts"


def _over(snapshot: Snapshot, width: int) -> list[Paragraph]:
    end = f"{snapshot.closing} Exit status {snapshot.exit_status}. {key_name('leave')} leaves."
    if snapshot.owed:
        end += f" {key_name('ledger')} shows what is owed, with the commands that pay it."
    story = f"The whole story: {snapshot.folder}/report.md"
    return [wrap([("title", end)], width), wrap([("dim", story)], width, 2)]


def hosts_divider(snapshot: Snapshot, now: float, hidden: int, stroke: str, width: int) -> Line:
    """The line above the hosts: how many are in which state, and how many lines are hidden."""
    lines = f"+{hidden} more, {key_name('hosts')}" if hidden else ""
    over = snapshot.state is RunState.OVER
    name = "Hosts, as the run ended" if over else "Hosts"
    counts = count_states(snapshot.panes, now)
    legend = f"+ more readings, {key_name('hosts')}" if width <= MUCH_LEFT_OUT else ""
    return divider(width, stroke, ("title", name), ("key", lines), *counts, ("dim", legend))


def key_line(width: int, *, holding: bool) -> Line:
    """The keys, as many as there is room for."""
    words = {name: key.short for name, key in KEYS.items() if key.short}
    if holding:
        words["hold"] = "go on"
    for spared in SPARED_FIRST:
        if sum(len(key_name(name)) + len(word) + 2 for name, word in words.items()) > width:
            words.pop(spared, None)
    pieces: list[tuple[Piece, Piece]] = [
        (("key", f" {key_name(name)}"), ("", f" {word}")) for name, word in words.items()
    ]
    return tuple(chain.from_iterable(pieces))
