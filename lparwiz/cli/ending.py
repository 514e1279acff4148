"""What is printed once a run has ended: what it owes, where it is kept, what to do next."""

import shlex
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lparwiz.cli.shared import state_folder
from lparwiz.run.exit_status import UNFINISHED

if TYPE_CHECKING:
    from lparwiz.run.snapshot import Snapshot

PROSE = 79
"""Columns of what is said; commands are printed as they are, to be copied whole."""


def print_ending(last: "Snapshot", *, apart: bool, told: bool = False) -> None:
    """Say what is owed, then how it ended: last, so that it is in sight below all debts.

    Args:
        last: the run as it ended.
        apart: whether it is a demo's, kept where the commands don't look by themselves.
        told: whether its lines have told how it ended: then only what is to be done next.
    """
    _print_debts(last)
    if apart:
        _print_where(last)
    if last.exit_status in UNFINISHED or not told:
        _print_end(last, apart=apart)


def _print_debts(last: "Snapshot") -> None:
    from lparwiz.runs import places  # noqa: PLC0415 - it imports the steps

    where = places(Path(last.folder))
    for debt in last.debts:
        place = f" ({where[debt.host]})" if debt.host in where else ""
        what = _wrapped(f"Owed on {debt.host}{place}: {debt.what}")
        click.echo(f"\n{what}\nPay it with:\n{debt.pays}")


def _print_where(last: "Snapshot") -> None:
    folder = Path(last.folder)
    place = f"--runs {shlex.quote(str(folder.parent))}"
    click.echo(f"\nA demo's runs are kept apart:\nlparwiz runs {place}")
    click.echo(f"lparwiz ledger {folder.name} {place}")


def _print_end(last: "Snapshot", *, apart: bool) -> None:
    click.echo(f"\n{_wrapped(last.closing)}")
    if last.closing.startswith("Stopped") or last.exit_status in UNFINISHED:
        stands = _stands(last)
        if apart:
            click.echo(f"{stands}\nIts site ends with the demo: it can't be taken up again.")
        else:
            folder = Path(last.folder)
            known = folder.parent == state_folder() / "runs"
            run = shlex.quote(folder.name if known else str(folder))
            click.echo(f"{stands} Go on with it:\nlparwiz resume {run}")
            if last.owed:
                click.echo(f"Or end it here, and pay what is owed:\nlparwiz pay {run}")
    click.echo(f"The run's folder: {last.folder}")


def _stands(last: "Snapshot") -> str:
    """Where the run stands, in a sentence."""
    number = last.number_of(last.current)
    at = f" at {number}/{len(last.steps)} {last.steps[number - 1].title}" if number else ""
    owed = last.owed
    debts = {0: "nothing is owed", 1: "1 debt is owed"}.get(owed, f"{owed} debts are owed")
    return f"It stands{at}; {debts}."


def _wrapped(text: str) -> str:
    return textwrap.fill(text, PROSE, break_long_words=False, break_on_hyphens=False)
