"""The pages that belong to no step: the ledger, the help, what stands before leaving. Pure."""

from collections.abc import Iterable

from lparwiz.run.snapshot import DebtView, RunState, Snapshot
from lparwiz.ui.page_text import PROSE
from lparwiz.ui.text import Paragraph, Piece, wrap

MARKS = (
    (
        ("[ ]", "to do"),
        ("[>]", "now"),
        ("[x]", "done, read back"),
        ("[=]", "was so already"),
        ("[-]", "skipped"),
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

EXIT_OWED = 3
"""The exit status of a run that stopped with debts."""

EXIT_NOTHING_OWED = 1
"""The exit status of a run that was left with nothing owed."""


def exit_status(snapshot: Snapshot) -> int:
    """What the process ends with when the wizard is left now."""
    if snapshot.exit_status is not None:
        return snapshot.exit_status
    return EXIT_OWED if snapshot.owed else EXIT_NOTHING_OWED


def ledger_page(snapshot: Snapshot, width: int) -> list[Paragraph]:
    """Every debt: open ones first, each with the exact commands that pay it."""
    prose = min(width, PROSE)
    paragraphs = [wrap([("title", f"Ledger: owed {snapshot.owed}")], prose)]
    if not snapshot.ledger:
        paragraphs.append(wrap([("", "Nothing was changed yet: nothing is owed.")], prose))
        return paragraphs
    where = f"It stands also in {snapshot.folder}/ledger.md."
    paragraphs.append(wrap([("dim", where)], width))
    for debt in sorted(snapshot.ledger, key=lambda debt: debt.state != "owed"):
        paragraphs += [[()], debt_lines(debt, width)]
    return paragraphs


def debt_lines(debt: DebtView, width: int) -> Paragraph:
    """One debt: state, host, what, and how it is paid by hand."""
    is_open = debt.state == "owed"
    state = ("warning", "[!] owed") if is_open else ("ok", f"[x] {debt.state}")
    head: list[Piece] = [state, ("title", f"  {debt.host}  "), ("", debt.what)]
    lines = wrap(head, min(width, PROSE), 4)
    for command in debt.pays.splitlines():
        lines += wrap([("dim", "    $ "), ("command" if is_open else "dim", command)], width, 6)
    return lines


def _legend(marks: Iterable[tuple[str, str]]) -> Iterable[Piece]:
    yield ("", "  ")
    for mark, meaning in marks:
        yield ("title", mark)
        yield ("", f" {meaning}   ")


def help_page(
    snapshot: Snapshot, keys: Iterable[tuple[str, str]], notices: Iterable[str], width: int
) -> list[Paragraph]:
    """What is moved, the keys, and what this page is for.

    Args:
        snapshot: the run.
        keys: each key's name and what it does.
        notices: what went wrong with the looks, such as a theme that could not be read.
        width: cells.
    """
    prose = min(width, PROSE)
    paragraphs = [wrap([("title", snapshot.title)], prose)]
    facts = (
        ("ticket", snapshot.ticket),
        ("LPAR", snapshot.lpar),
        ("route", snapshot.route),
        ("run", snapshot.run),
        ("folder", snapshot.folder),
    )
    paragraphs.append(
        [line for k, v in facts for line in wrap([("dim", f"  {k:<8}"), ("", v)], width, 10)]
    )
    page = snapshot.page
    if page is not None:
        about: list[Piece] = [("title", f"{page.title}: "), ("", " ".join(page.purpose.split()))]
        paragraphs += [[()], wrap(about, prose)]
        paragraphs.append(wrap([("dim", f"Guide: {page.guide}")], prose))
    paragraphs += [[()], wrap([("title", "Marks")], prose)]
    paragraphs.append([line for marks in MARKS for line in wrap(_legend(marks), prose, 4)])
    paragraphs += [[()], wrap([("title", "Keys")], prose)]
    paragraphs.append(
        [line for k, v in keys for line in wrap([("key", f"  {k:<12}"), ("", v)], prose, 14)]
    )
    safety = (
        "No single key changes a host: every change is shown first, and waits for an answer. "
        "The safe answer has the focus."
    )
    paragraphs += [[()], wrap([("", safety)], prose)]
    for notice in notices:
        paragraphs += [[()], wrap([("warning", "NOTICE  "), ("", notice)], prose, 8)]
    return paragraphs


def leaving(snapshot: Snapshot, width: int) -> list[Paragraph]:
    """What leaving means now, and every debt that stays."""
    prose = min(width, PROSE)
    if snapshot.state is RunState.OVER:
        means = f"The run is over. {snapshot.closing}"
    else:
        means = (
            "The run is not over. lparwiz comes to the next safe point, writes that into the "
            "journal and stops there. What is owed stays written down."
        )
    paragraphs = [wrap([("", means)], prose)]
    owed = [debt for debt in snapshot.ledger if debt.state == "owed"]
    if not owed and snapshot.state is not RunState.OVER:
        paragraphs += [[()], wrap([("ok", "Nothing is owed.")], prose)]
    elif owed:
        debts = "1 debt stays" if len(owed) == 1 else f"{len(owed)} debts stay"
        head: list[Piece] = [("warning", f"{debts} owed."), ("", " Each with what pays it:")]
        paragraphs += [[()], wrap(head, prose)]
        paragraphs += [debt_lines(debt, width) for debt in owed]
    paragraphs += [[()], wrap([("dim", f"Folder: {snapshot.folder}")], width)]
    paragraphs.append(wrap([("dim", f"Exit status: {exit_status(snapshot)}")], prose))
    return paragraphs


def aborting(snapshot: Snapshot, width: int) -> list[Paragraph]:
    """What asking for the way back means."""
    prose = min(width, PROSE)
    text = (
        "The action under way is finished first; a migration under way is asked to stop, as far "
        "as the HMC allows. Then the run goes no further forward: it shows what puts back what "
        "it changed, and asks before each step of that."
    )
    owed = snapshot.owed
    debts = f"{owed} {'debt is' if owed == 1 else 'debts are'} owed now; F3 shows the ledger."
    nothing = "Nothing is owed: the run would end."
    said = ("warning", debts) if owed else ("ok", nothing)
    return [wrap([("", text)], prose), [()], wrap([said], prose)]
