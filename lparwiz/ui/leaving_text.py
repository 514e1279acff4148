"""What leaving means now: what goes on, what stays owed, the exit status. Pure."""

from lparwiz.run.exit_status import exit_status_of
from lparwiz.run.snapshot import PlanState, RunState, Snapshot
from lparwiz.ui.ledger_text import debt_lines
from lparwiz.ui.page_text import PROSE
from lparwiz.ui.text import Paragraph, Piece, counted, minutes, wrap


def exit_status(snapshot: Snapshot) -> int:
    """What the process ends with when the wizard is left now."""
    if snapshot.exit_status is not None:
        return snapshot.exit_status
    return exit_status_of(snapshot.outcome, owing=bool(snapshot.debts))


def hmc_migrates(snapshot: Snapshot) -> bool:
    """Whether the HMC's command is under way, which ends when the migration does."""
    return _migrates(snapshot) and snapshot.route != "vcs"


def _migrates(snapshot: Snapshot) -> bool:
    """Whether the migration is under way, by the HMC or by VCS."""
    page = snapshot.page
    runs = page is not None and any(each.state is PlanState.RUNNING for each in page.plan)
    return runs and snapshot.outcome == "unknown"


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
    elif _migrates(snapshot):  # by VCS: its command returns at once
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
    owed = snapshot.debts
    if not owed and snapshot.state is not RunState.OVER:
        paragraphs += [[()], wrap([("ok", "Nothing is owed.")], prose)]
    elif owed:
        debts = f"{counted(len(owed), 'debt')} {'stays' if len(owed) == 1 else 'stay'}"
        head: list[Piece] = [("warning", f"{debts} owed."), ("", " Each with what pays it:")]
        paragraphs += [[()], wrap(head, prose)]
        paragraphs += [debt_lines(debt, width) for debt in owed]
    paragraphs += [[()], wrap([("dim", f"Folder: {snapshot.folder}")], width)]
    paragraphs.append(wrap([("dim", f"Exit status: {exit_status(snapshot)}")], prose))
    return paragraphs
