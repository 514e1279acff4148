"""The commands about runs that were begun before: what there is, and what is owed."""
# ruff: noqa: PLC0415 - each command imports what it needs itself

import json
from pathlib import Path

import click

from lparwiz.cli.shared import ANY_RUN, JSON, RUNS, THE_RUN, load_settings


@click.command("runs")
@RUNS
@JSON
def list_runs(runs: Path | None, *, as_json: bool) -> None:
    """List all runs.

    Of each its name, its state or exit status, its open debts, its age in hours, its title.
    """
    from lparwiz.runs import past, summary

    place = load_settings(forgiving=True, runs=runs).runs
    known = [summary(run) for run in past(place)]
    if not known:
        click.echo(f"There is no run in {place}.", err=True)
    for line in map(json.dumps, known) if as_json else _columns(known):
        click.echo(line)


def _columns(rows: list[dict[str, str | int]]) -> list[str]:
    """Rows under their names, each column as wide as it must be."""
    cells = [[*row] for row in rows[:1]] + [[str(cell) for cell in row.values()] for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in cells
    ]


@click.command()
@ANY_RUN
@RUNS
def ledger(name: str | None, runs: Path | None) -> None:
    """Show what a run owes, with the commands that pay it by hand.

    Without RUN: the newest unfinished one.
    """
    from lparwiz.run.journal import FILE, is_played
    from lparwiz.runs import find, places

    run = find(load_settings(forgiving=True, runs=runs).runs, name)
    if is_played(run.folder / FILE):
        told = f"{run.folder.name} is being played right now: pay nothing of it by hand."
        click.echo(told, err=True)
    click.echo(run.ledger.markdown(run.title, places=places(run.folder)))


@click.command()
@THE_RUN
@RUNS
def verify(name: str, runs: Path | None) -> None:
    """See that a run's journal reads back as it was written."""
    from lparwiz.runs import find

    run = find(load_settings(forgiving=True, runs=runs).runs, name)
    click.echo(f"{run.folder.name}: {len(run.events)} events, each follows from the one before.")


@click.command()
@THE_RUN
@RUNS
@click.option("--by", metavar="NAME", default="", help="Who takes the debts over.")
@click.option("--why", metavar="TEXT", default="", help="Why, or how they were paid.")
def handover(name: str, runs: Path | None, by: str, why: str) -> None:
    """Write down that a person takes over what a run owes.

    Both --by and --why are needed: they go into the journal, the ledger and the report.
    """
    from lparwiz.owing import hand_over
    from lparwiz.runs import find

    if not (by.strip() and why.strip()):
        raise click.UsageError(
            "Say who takes the debts over and why; `lparwiz ledger` shows what they are:\n"
            f'lparwiz handover {name} --by ann --why "paid by hand"'
        )
    folder = find(load_settings(forgiving=True, runs=runs).runs, name).folder
    count = hand_over(folder, by, why)
    if not count:
        click.echo(f"{folder.name} owes nothing: there is nothing to take over.")
        return
    debts = "1 debt" if count == 1 else f"{count} debts"
    click.echo(f"Taken over by {by}: {debts} of {folder.name}.")


@click.command()
@RUNS
@JSON
def history(runs: Path | None, *, as_json: bool) -> None:
    """List the freezes that were seen.

    Of which LPAR, when, between which systems, how many seconds, and who told.
    """
    from lparwiz.runs import history as known

    place = load_settings(forgiving=True, runs=runs).runs
    told = known(place)
    if told.unread:
        click.echo(told.unread, err=True)
    elif not told.all:
        click.echo(f"No freeze was seen yet; they are kept in {place}.", err=True)
    for seen in told.all:
        click.echo(json.dumps(seen.as_data()) if as_json else str(seen))
