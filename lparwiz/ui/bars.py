"""The lines around the page: the top line, the rail, dividers. Pure."""

from rich.cells import cell_len

from lparwiz.run.snapshot import RunState, Snapshot, StepState
from lparwiz.ui.keys import key_name
from lparwiz.ui.marks import RUN, STEP
from lparwiz.ui.text import Line, Paragraph, Piece, fit, plain, width_of, words_of, wrap

WORTH_NAMING = (StepState.FAILED, StepState.UNKNOWN, StepState.LEFT)
"""States of a step that the collapsed rail names however narrow it is."""

NEXT = 2
"""How many of the steps to come the collapsed rail names."""


def top_line(snapshot: Snapshot, width: int) -> Line:
    """What moves, the state of the run and what is owed; the right half is never cut."""
    state: list[Piece] = [(RUN[snapshot.state], f" {snapshot.state} ")]
    if snapshot.holding and snapshot.state is not RunState.HELD:
        state.append(("wait", " hold asked "))
    state += [("", " "), ("warning" if snapshot.owed else "ok", f"owed {snapshot.owed} ")]
    room = max(0, width - width_of(tuple(state)) - 1)
    named = [snapshot.ticket, snapshot.lpar, snapshot.route]
    title = plain(snapshot.title)
    # A title that names the LPAR and fits says it for both; else the title gives way, for it
    # stands in full on the help page.
    short = _words(snapshot.ticket, snapshot.route)
    if snapshot.lpar in title and cell_len(f" {short}  {title}") <= room:
        left: list[Piece] = [("title", f" {short}"), ("", f"  {title}")]
    else:
        who = _words(*named)
        left = [("title", fit(f" {who}", min(room, cell_len(who) + 1)))]
        space = room - cell_len(who) - 3
        if space >= 8:
            left.append(("", f"  {fit(title, min(space, cell_len(title)))}"))
    gap = width - width_of(tuple(left)) - width_of(tuple(state))
    return (*left, ("", " " * max(0, gap)), *state)


def _words(*parts: str) -> str:
    return " ".join(plain(part) for part in parts if part)


def rail(snapshot: Snapshot, width: int, looking: str) -> list[Paragraph]:
    """Every step in a column; `looking` is the step whose page is shown."""
    lines: list[Paragraph] = [[(("dim", " Steps"),)]]
    for step in snapshot.steps:
        mark, style = STEP[step.state]
        word = step.state.value
        room = width - 6 - cell_len(word)
        pointer = ">" if step.id == looking != snapshot.current else " "
        name = fit(step.title, max(1, room))
        named = "title" if step.state is StepState.NOW else ""
        lines.append([((style, f"{pointer}{mark} "), (named, name), (style, f" {word}"))])
    return lines


def rail_line(snapshot: Snapshot, width: int) -> Line:
    """The rail in one line: where we are, what went wrong, what comes, what is behind us."""
    steps, number = snapshot.steps, snapshot.number_of(snapshot.current)
    here = f" {number}/{len(steps)} {steps[number - 1].title}" if number else " not begun"
    line: list[Piece] = [("now", plain(here))]
    for state in WORTH_NAMING:
        names = _names(snapshot, state)
        if names:
            mark, style = STEP[state]
            line.append((style, f"  {mark} {state}: {' '.join(names)}"))
    done, skipped = _names(snapshot, StepState.DONE), _names(snapshot, StepState.SKIPPED)
    todo = [step.title for step in steps[number:] if step.state is StepState.TODO]
    for label, names, shortest in (("next", todo, 1), ("done", done, 0), ("skipped", skipped, 0)):
        room = width - width_of(tuple(line)) - cell_len(f"  {label}: ")
        count = min(len(names), NEXT) if label == "next" else len(names)
        while count > shortest and cell_len(_some(names, count, label)) > room:
            count -= 1
        text = _some(names, count, label)
        if names and cell_len(text) <= room:
            line += [("dim", f"  {label}: "), ("", plain(text))]
    return tuple(line)


def _names(snapshot: Snapshot, state: StepState) -> list[str]:
    return [step.title for step in snapshot.steps if step.state is state]


def _some(names: list[str], count: int, label: str) -> str:
    """The first `count` of the steps to come, or the last of those done, and how many more."""
    if not names or count == len(names):
        return ", ".join(names)
    if count == 0:
        return str(len(names))
    shown = ", ".join(names[:count] if label == "next" else names[-count:])
    return f"{shown} +{len(names) - count}"


def divider(width: int, stroke: str, *texts: Piece) -> Line:
    """A line across with what there is to say set into it."""
    line: list[Piece] = [("rule", stroke * 2)]
    for style, text in texts:
        if text:
            line += [(style, f" {plain(text)} "), ("rule", stroke * 2)]
    line.append(("rule", stroke * max(0, width - width_of(tuple(line)))))
    return tuple(line)


def small_screen(
    snapshot: Snapshot, width: int, size: tuple[int, int], least: tuple[int, int]
) -> Paragraph:
    """All that fits where a wizard doesn't: the state and the way out.

    Args:
        snapshot: the run.
        width: cells for the text.
        size: the terminal's columns and rows.
        least: those from which on a wizard fits.
    """
    pieces: list[Piece] = [
        (RUN[snapshot.state], snapshot.state.value),
        ("", ", "),
        ("warning" if snapshot.owed else "ok", f"owed {snapshot.owed}"),
        ("", f"\n{key_name('leave')} leaves\nstep {words_of(rail_line(snapshot, width)).strip()}"),
        (
            "dim",
            f"\nThis terminal is {size[0]}x{size[1]}; lparwiz draws from {least[0]}x{least[1]}.",
        ),
    ]
    return wrap(pieces, width)
