"""The ledger as text: every debt, with the exact commands that pay it. Pure."""

from lparwiz.run.snapshot import DebtView, Snapshot
from lparwiz.ui.page_text import PROSE
from lparwiz.ui.text import Paragraph, Piece, wrap


def ledger_page(snapshot: Snapshot, width: int) -> list[Paragraph]:
    """Every debt: open ones first, each with the exact commands that pay it."""
    prose = min(width, PROSE)
    paragraphs = [wrap([("title", f"Ledger: owed {snapshot.owed}")], prose)]
    if not snapshot.ledger:
        paragraphs.append(wrap([("", "Nothing was changed yet: nothing is owed.")], prose))
        return paragraphs
    where = f"It stands also in {snapshot.folder}/ledger.md."
    paragraphs.append(wrap([("dim", where)], width))
    for debt in sorted(snapshot.ledger, key=lambda debt: not debt.is_owed):
        paragraphs += [[()], debt_lines(debt, width)]
    return paragraphs


def debt_lines(debt: DebtView, width: int) -> Paragraph:
    """One debt: state, host, what, and how it is paid by hand."""
    state = ("warning", "[!] owed") if debt.is_owed else ("ok", f"[x] {debt.state}")
    head: list[Piece] = [state, ("title", f"  {debt.host}  "), ("", debt.what)]
    lines = wrap(head, min(width, PROSE), 4)
    for command in debt.pays.splitlines():
        lines += wrap(
            [("dim", "    $ "), ("command" if debt.is_owed else "dim", command)], width, 6
        )
    return lines
