"""The commands that play a run: begin it, take it up again, pay what it owes."""
# ruff: noqa: PLC0415 - each command imports what it needs itself

import atexit
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lparwiz.cli.ending import print_ending
from lparwiz.cli.shared import (
    ANY_RUN,
    CHANGE_FILE,
    EXIT_STATUSES,
    JSON,
    RUNS,
    SPEED,
    load_settings,
    look_options,
    read_change,
    run_options,
)
from lparwiz.errors import Trouble

if TYPE_CHECKING:
    from collections.abc import Callable

    from lparwiz.change import Change
    from lparwiz.lines import Printer
    from lparwiz.run.answers import Prepared
    from lparwiz.run.engine import Engine
    from lparwiz.session import Options
    from lparwiz.settings import Settings


@click.command(epilog=EXIT_STATUSES)
@CHANGE_FILE
@RUNS
@SPEED
@look_options
def wizard(change_file: Path, runs: Path | None, speed: float, **look: Any) -> None:
    """Walk through a change in the wizard."""
    from lparwiz.ui.opening import opening

    with opening(change_file.name, plain_asked=look["plain"]):
        settings = load_settings(runs=runs, **look)
        change = read_change(change_file)
        sys.exit(play_wizard(change, run_options(settings, speed), settings))


@click.command(epilog=EXIT_STATUSES)
@CHANGE_FILE
@RUNS
@SPEED
@click.option(
    "--dry-run",
    is_flag=True,
    help="Print every command, change nothing anywhere; ends with 0 if nothing would stop it.",
)
@JSON
@click.option("--plain", is_flag=True, help="Ask line by line, whatever [decisions] says.")
def run(
    change_file: Path,
    runs: Path | None,
    speed: float,
    *,
    dry_run: bool,
    as_json: bool,
    plain: bool,
) -> None:
    """Play a change by its [decisions]: no screen, one line an event.

    `lparwiz new` explains the [decisions]. Ctrl-C stops it at its next safe point.
    """
    if plain and (dry_run or as_json):
        raise click.UsageError("--plain asks: neither --dry-run nor --json goes with it.")
    settings = load_settings(runs=runs, plain=plain or None)
    change = read_change(change_file)
    options = run_options(settings, speed)
    if plain:
        sys.exit(play_wizard(change, options, settings))
    sys.exit(play_lines(change, options, dry_run=dry_run, as_json=as_json))


@click.command(epilog=EXIT_STATUSES)
@ANY_RUN
@RUNS
@SPEED
@click.option("--unattended", is_flag=True, help="Play on with the [decisions].")
@click.option("--json", "as_json", is_flag=True, help="With --unattended: JSON lines.")
@look_options
def resume(
    name: str | None,
    runs: Path | None,
    speed: float,
    *,
    unattended: bool,
    as_json: bool,
    **look: Any,
) -> None:
    """Take an unfinished run up again; without RUN, the newest."""
    from lparwiz.ui.opening import opening

    if as_json and not unattended:
        raise click.UsageError("--json goes with --unattended.")
    with opening(name or "the newest run", plain_asked=unattended or look["plain"]):
        from lparwiz import prepared, session
        from lparwiz.runs import find

        settings = load_settings(forgiving=True, runs=runs, **look)
        options = run_options(settings, speed)
        folder = find(options.runs, name).folder
        if unattended:
            sys.exit(_resume_lines(folder, options, prepared.decided, as_json=as_json))
        sys.exit(_show_wizard(lambda: session.take_up(folder, options), settings))


@click.command(epilog=EXIT_STATUSES)
@ANY_RUN
@RUNS
@SPEED
@JSON
def pay(name: str | None, runs: Path | None, speed: float, *, as_json: bool) -> None:
    """Pay what a run owes, as far as fresh readings prove it safe.

    In the right order; asks nothing, and stops where [decisions] leave something to a person.
    Without RUN: the newest unfinished one.
    """
    from lparwiz import prepared
    from lparwiz.runs import find

    options = run_options(load_settings(forgiving=True, runs=runs), speed)
    folder = find(options.runs, name).folder
    sys.exit(_resume_lines(folder, options, prepared.paying, as_json=as_json, back=True))


def _begin(change: "Change", options: "Options", **given: Any) -> "Engine":
    from lparwiz import session

    try:
        return session.begin(change, options, **given)
    except OSError as error:
        raise Trouble(
            "The run's folder can't be made, so nothing was begun.",
            f"{options.runs}: {error.strerror or error}",
            "Mend that, or name another place with --runs.",
        ) from error


def play_lines(change: "Change", options: "Options", *, dry_run: bool, as_json: bool) -> int:
    """Play a new run by itself, or its dry run; its exit status."""
    from lparwiz import prepared, session
    from lparwiz.lines import Printer

    printer = Printer(sys.stdout, as_json=as_json, dry_run=dry_run)
    if dry_run:
        return printer.play(session.dry_run(change, options, listener=printer.take))
    answerer = prepared.decided(change)
    engine = _begin(change, options, answerer=answerer, listener=printer.take)
    return _play_out(printer, engine, as_json=as_json, apart=options.own_site)


def _resume_lines(
    folder: Path,
    options: "Options",
    answerer: "Callable[[Change], Prepared]",
    *,
    as_json: bool,
    back: bool = False,
) -> int:
    from lparwiz import session
    from lparwiz.lines import Printer

    printer = Printer(sys.stdout, as_json=as_json)
    engine = session.take_up(folder, options, answerer=answerer, listener=printer.take, back=back)
    return _play_out(printer, engine, as_json=as_json)


def _play_out(printer: "Printer", engine: "Engine", *, as_json: bool, apart: bool = False) -> int:
    status = printer.play(engine)
    if not as_json:
        print_ending(engine.latest(), apart=apart, told=True)
    return status


def play_wizard(change: "Change", options: "Options", settings: "Settings") -> int:
    """Walk through a new run, on a screen or line by line; its exit status."""
    return _show_wizard(lambda: _begin(change, options), settings, apart=options.own_site)


def _show_wizard(make: "Callable[[], Engine]", settings: "Settings", *, apart: bool = False) -> int:
    if settings.plain:
        engine, killed = _line_by_line(make, settings), False
    else:
        engine, killed = _on_a_screen(make, settings)
    status = engine.join()
    if killed:
        # Nobody may read the terminal any more: a line more, or Python's own last flush of what
        # is queued for it, could wait for ever.
        atexit.register(os._exit, status)
    else:
        print_ending(engine.latest(), apart=apart)
    return status


def _line_by_line(make: "Callable[[], Engine]", settings: "Settings") -> "Engine":
    """Talk until the run is over or left; its engine."""
    from lparwiz.plain import converse

    if (why := settings.origins["plain"]).startswith("TERM="):
        click.echo(f"lparwiz asks line by line: nothing can be drawn on a terminal with {why}.")
    engine = make()
    engine.start()
    converse(engine, sys.stdin.fileno(), sys.stdout)
    return engine


def _on_a_screen(make: "Callable[[], Engine]", settings: "Settings") -> tuple["Engine", bool]:
    """Draw until the run is over or left; its engine, and whether a signal ended the screen."""
    from lparwiz.ui.leaving_text import waits_on
    from lparwiz.ui.opening import KILLED_BY
    from lparwiz.ui.running import run_wizard
    from lparwiz.ui.terminal import require_terminal

    require_terminal()
    engine = make()
    shown = run_wizard(
        engine,
        begin=engine.start,
        theme=settings.theme,
        ascii_only=settings.ascii,
        mouse=settings.mouse,
        keymap=settings.keymap,
        notices=settings.warnings,
    )
    killed = shown >= KILLED_BY
    if not killed and (why := waits_on(engine.latest())):
        click.echo(why)
    return engine, killed
