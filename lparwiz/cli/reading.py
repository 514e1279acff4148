"""The commands that read hosts and change nothing: the checks, the watch for a freeze."""
# ruff: noqa: PLC0415 - each command imports what it needs itself

import sys
from pathlib import Path

import click

from lparwiz.cli.shared import (
    CHANGE_FILE,
    JSON,
    RUNS,
    SPEED,
    Number,
    load_settings,
    read_change,
    unwritable,
)

CHECK_STATUSES = """
\b
Exit status:
  0  no check failed; accepted warnings count as none
  1  some warn
  2  some stop, or something could not be read; or the change file is wrong
"""

MEASURE_STATUSES = """
\b
Exit status:
  0  it was watched
  2  the change file or the command line is wrong
  4  no source told anything
"""


@click.command(epilog=CHECK_STATUSES)
@CHANGE_FILE
@RUNS
@SPEED
@JSON
@click.option(
    "--markdown",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Also write the page for the change ticket.",
)
def check(
    change_file: Path, runs: Path | None, speed: float, markdown: Path | None, *, as_json: bool
) -> None:
    """Run all checks of a change; it reads, and changes nothing."""
    from lparwiz import checking

    examined = checking.examine(read_change(change_file), load_settings(runs=runs).runs, speed)
    for line in (checking.json_lines if as_json else checking.lines)(examined):
        click.echo(line)
    if markdown is not None:
        try:
            markdown.write_text(examined.markdown, encoding="utf-8")
        except OSError as error:
            raise unwritable(markdown, error) from error
    sys.exit(examined.status)


@click.command()
@JSON
@click.option("--markdown", is_flag=True, help="The whole reference page.")
def checks(*, as_json: bool, markdown: bool) -> None:
    """List all checks: what each reads, concludes and advises."""
    from lparwiz import checking
    from lparwiz.lab.troubles.registry import by_check
    from lparwiz.steps.checks.page import reference
    from lparwiz.steps.checks.registry import CHECKS

    if markdown:
        click.echo(reference(CHECKS, by_check()), nl=False)
        return
    for line in (checking.registry_json if as_json else checking.registry_lines)(CHECKS):
        click.echo(line)


@click.command(epilog=MEASURE_STATUSES)
@CHANGE_FILE
@RUNS
@SPEED
@click.option(
    "--for",
    "seconds",
    type=Number(0, min_open=True),
    metavar="SECONDS",
    help="How long to watch; else until Ctrl-C.",
)
@JSON
def measure(
    change_file: Path, runs: Path | None, speed: float, seconds: float | None, *, as_json: bool
) -> None:
    """Watch the node for its freeze; changes nothing.

    Migrate it by other means meanwhile. What it sees is kept in history.jsonl beside the runs.
    """
    from lparwiz.measure import Rehearsal, play

    change = read_change(change_file)
    folder = load_settings(runs=runs).runs
    sys.exit(play(Rehearsal(change, folder, seconds, speed, as_json, click.echo)))
