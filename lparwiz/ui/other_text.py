"""The pages that belong to no step: the ledger, and what stands before leaving. Pure."""

from lparwiz.run.snapshot import DebtView, PlanState, RunState, Snapshot
from lparwiz.ui.page_text import PROSE
from lparwiz.ui.text import Paragraph, Piece, minutes, wrap

EXIT_OWED = 3
"""The exit status of a run that stopped with debts."""

EXIT_UNKNOWN = 4
"""The exit status of a run that stopped before what became of the migration was proven."""

EXIT_NOTHING_OWED = {"migrated": 0, "not migrated": 1, "": 1}
"""The exit status of a run that was left with nothing owed, by what became of the migration."""


def exit_status(snapshot: Snapshot) -> int:
    """What the process ends with when the wizard is left now."""
    if snapshot.exit_status is not None:
        return snapshot.exit_status
    if snapshot.outcome == "unknown":
        return EXIT_UNKNOWN
    return EXIT_OWED if snapshot.owed else EXIT_NOTHING_OWED[snapshot.outcome]


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


def _migrates(snapshot: Snapshot) -> bool:
    page = snapshot.page
    runs = page is not None and any(each.state is PlanState.RUNNING for each in page.plan)
    return runs and snapshot.outcome == "unknown"


def hmc_migrates(snapshot: Snapshot) -> bool:
    """Whether the HMC's command is under way, which ends when the migration does."""
    return _migrates(snapshot) and not _by_vcs(snapshot)


def vcs_migrates(snapshot: Snapshot) -> bool:
    """Whether VCS migrates: its command has returned at once, or soon does."""
    return _migrates(snapshot) and _by_vcs(snapshot)


def _by_vcs(snapshot: Snapshot) -> bool:
    return snapshot.route == "vcs"


def waits_on(snapshot: Snapshot) -> str:
    """Why the process does not end yet although the screen has gone; empty: it soon does."""
    if not hmc_migrates(snapshot):
        return ""
    page = snapshot.page
    limit = page.progress.limit if page is not None and page.progress is not None else None
    most = f" (at most {minutes(limit)})" if limit is not None else ""
    return (
        "The HMC still migrates. lparwiz ends by itself when that has ended"
        f"{most}; leave this terminal open."
    )


def leaving(snapshot: Snapshot, width: int) -> list[Paragraph]:
    """What leaving means now, and every debt that stays."""
    prose = min(width, PROSE)
    if snapshot.state is RunState.OVER:
        means = f"The run is over. {snapshot.closing}"
    elif hmc_migrates(snapshot):
        means = (
            "The HMC migrates, and to stop listening now would be the greater danger. lparwiz goes "
            "on without this screen until the HMC's command has ended, writes down what it said "
            "and stops there. What is owed stays written down."
        )
    elif vcs_migrates(snapshot):
        means = (
            "VCS migrates, and does so whether lparwiz listens or not. lparwiz writes down that it "
            "listens no more, and stops. Take the run up again: it reads how far VCS is. What is "
            "owed stays written down."
        )
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
