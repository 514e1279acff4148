"""The command line, and nothing else.

Textual and asyncssh cost half a second to import, so each command imports what it needs itself.
"""
# ruff: noqa: PLC0415 - see above

import atexit
import json
import os
import select
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import platformdirs

from lparwiz.errors import Trouble

if TYPE_CHECKING:
    from collections.abc import Callable

    from lparwiz.change import Change
    from lparwiz.lines import Printer
    from lparwiz.run.answers import Prepared
    from lparwiz.run.engine import Engine
    from lparwiz.session import Options

EXIT_STATUSES = """
\b
Exit status:
  0  migrated, and nothing is owed
  1  not migrated; everything is put back, nothing is owed
  2  the change file or the command line is wrong
  3  stopped with debts; each is printed with the command that pays it
  4  the outcome is unknown
"""

KILLED = 128
"""What a wizard that a signal ended returns at least."""

SPEED = click.option(
    "--speed",
    type=click.FloatRange(0.1, 1000),
    default=1.0,
    help="For a lab whose time runs faster: as much faster as it does.",
)

ROUTES = ("outside", "managed", "full")
MIGRATIONS = ("succeeds", "fails-validation", "fails-midway")


def state_folder() -> Path:
    """Where runs are kept on this machine."""
    return Path(platformdirs.user_state_dir("lparwiz", appauthor=False))


class _Commands(click.Group):
    """Turns our own errors into a message and an exit status."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except Trouble as trouble:
            click.echo(f"lparwiz: {trouble}", err=True)
            ctx.exit(trouble.status)


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    invoke_without_command=True,
)
@click.version_option(package_name="lparwiz")
@click.pass_context
def main(ctx: click.Context) -> None:
    """Walk an AIX LPAR under InfoScale Cluster Server through a live migration.

    Without a command it takes the newest unfinished run up again, where there is one.
    """
    if ctx.invoked_subcommand is None:
        from lparwiz.runs import past, unfinished

        if any(unfinished(run) for run in past(_options(None).runs)):
            ctx.invoke(resume)
        click.echo(ctx.get_help())


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--route", type=click.Choice(("outside", "managed", "vcs", "full")), default="full")
def new(file: Path, route: str) -> None:
    """Write a commented change file to FILE, to be filled in."""
    from lparwiz.change import Route, template

    try:
        with file.open("x", encoding="utf-8") as opened:
            opened.write(template(Route(route)))
    except OSError as error:
        raise Trouble(
            f"{file} can't be written.", error.strerror or str(error), "Name another file."
        ) from error
    click.echo(f"{file} is written. Fill it in, then: lparwiz wizard {file}")


@main.command(epilog=EXIT_STATUSES)
@click.argument("change_file", type=click.Path(path_type=Path), metavar="CHANGE.toml")
@click.option("--runs", type=click.Path(path_type=Path), help="Where the run's folder is made.")
@SPEED
@click.option("--theme", help="The wizard's colours: night, day, high-contrast.")
@click.option("--no-mouse", is_flag=True, help="Leave the mouse to the terminal.")
def wizard(
    change_file: Path, runs: Path | None, speed: float, theme: str | None, *, no_mouse: bool
) -> None:
    """Walk through a change in the wizard."""
    change = _read(change_file)
    sys.exit(_play_wizard(change, _options(runs, speed), theme=theme, mouse=not no_mouse))


@main.command(epilog=EXIT_STATUSES)
@click.argument("change_file", type=click.Path(path_type=Path), metavar="CHANGE.toml")
@click.option("--runs", type=click.Path(path_type=Path), help="Where the run's folder is made.")
@SPEED
@click.option("--dry-run", is_flag=True, help="Print every command; change nothing anywhere.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def run(
    change_file: Path, runs: Path | None, speed: float, *, dry_run: bool, as_json: bool
) -> None:
    """Play a change without a screen, answered by its [decisions]: one line an event."""
    change = _read(change_file)
    sys.exit(_play_lines(change, _options(runs, speed), dry_run=dry_run, as_json=as_json))


RUNS = click.option("--runs", type=click.Path(path_type=Path), help="Where the runs are kept.")


@main.command(epilog=EXIT_STATUSES)
@click.argument("name", metavar="[RUN]", required=False)
@RUNS
@SPEED
@click.option("--unattended", is_flag=True, help="Play on with the [decisions].")
@click.option("--json", "as_json", is_flag=True, help="With --unattended: JSON lines.")
def resume(
    name: str | None, runs: Path | None, speed: float, *, unattended: bool, as_json: bool
) -> None:
    """Take an unfinished run up again; without RUN, the newest."""
    from lparwiz import session
    from lparwiz.runs import find

    options = _options(runs, speed)
    folder = find(options.runs, name).folder
    if unattended:
        sys.exit(_go_on_by_itself(folder, options, session.decided, as_json=as_json))
    sys.exit(_show_wizard(lambda: session.take_up(folder, options), theme=None, mouse=True))


@main.command(epilog=EXIT_STATUSES)
@click.argument("name", metavar="[RUN]", required=False)
@RUNS
@SPEED
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def pay(name: str | None, runs: Path | None, speed: float, *, as_json: bool) -> None:
    """Pay what a run owes, as far as fresh readings prove it safe, in the right order."""
    from lparwiz import session
    from lparwiz.runs import find

    options = _options(runs, speed)
    folder = find(options.runs, name).folder
    sys.exit(
        _go_on_by_itself(
            folder, options, lambda _change: session.paying(), as_json=as_json, back=True
        )
    )


@main.command("runs")
@RUNS
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def list_runs(runs: Path | None, *, as_json: bool) -> None:
    """List all runs: state, debts, age."""
    from lparwiz.runs import past, summary

    for run in past(_options(runs).runs):
        told = summary(run)
        click.echo(json.dumps(told) if as_json else "  ".join(str(told[key]) for key in told))


@main.command()
@click.argument("name", metavar="[RUN]", required=False)
@RUNS
def ledger(name: str | None, runs: Path | None) -> None:
    """Show what a run owes, each debt with the exact command that pays it by hand."""
    from lparwiz.runs import find

    run = find(_options(runs).runs, name)
    click.echo(run.ledger.markdown(run.title))


@main.command()
@click.argument("name", metavar="RUN")
@RUNS
def verify(name: str, runs: Path | None) -> None:
    """See that a run's journal reads back as it was written."""
    from lparwiz.runs import find

    run = find(_options(runs).runs, name)
    click.echo(f"{run.folder.name}: {len(run.events)} events, each follows from the one before.")


@main.command()
@click.argument("name", metavar="RUN")
@RUNS
@click.option("--by", required=True, help="Who takes the debts over.")
@click.option("--why", required=True, help="Why, or how they were paid.")
def handover(name: str, runs: Path | None, by: str, why: str) -> None:
    """Write down that a person takes over what a run owes."""
    from lparwiz.runs import find, hand_over

    folder = find(_options(runs).runs, name).folder
    click.echo(f"{hand_over(folder, by, why)} debts of {folder.name} are taken over by {by}.")


@main.command()
@click.option("--nodes", type=click.IntRange(2, 64), default=2, show_default=True)
@click.option("--route", type=click.Choice(ROUTES), default="full", show_default=True)
@click.option("--migration", type=click.Choice(MIGRATIONS), default="succeeds", show_default=True)
@click.option("--freeze", type=click.FloatRange(0), help="Seconds that the node is frozen.")
@click.option("--speed", type=click.FloatRange(0.1, 1000), default=1.0, show_default=True)
@click.option("--dir", "folder", type=click.Path(path_type=Path), default=Path("lab"))
def lab(
    nodes: int, route: str, migration: str, freeze: float | None, speed: float, folder: Path
) -> None:
    """Run a simulated site until ended; keys and a change file are written into --dir."""
    from lparwiz.lab.process import serve
    from lparwiz.lab.scenario import Scenario

    scenario = Scenario(route=route, nodes=nodes, migration=migration)
    if freeze is not None:
        scenario = replace(scenario, freeze=freeze)
    serve(scenario, folder, speed)


@main.command(epilog=EXIT_STATUSES)
@click.option("--unattended", is_flag=True, help="Play all of it, one line an event.")
@click.option("--route", type=click.Choice(ROUTES), default="full", show_default=True)
@click.option("--migration", type=click.Choice(MIGRATIONS), default="succeeds", show_default=True)
@click.option("--nodes", type=click.IntRange(2, 64), default=2, show_default=True)
@click.option("--speed", type=click.FloatRange(0.1, 1000), help="How fast the lab's time runs.")
@click.option("--dry-run", is_flag=True, help="With --unattended: change nothing.")
@click.option("--json", "as_json", is_flag=True, help="With --unattended: JSON lines.")
@click.option("--theme", help="The wizard's colours.")
def demo(
    route: str,
    migration: str,
    nodes: int,
    speed: float | None,
    theme: str | None,
    *,
    unattended: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Start a simulated site and open the wizard on it. Nothing real is touched."""
    from lparwiz.demo import start, verdict_lines

    if dry_run and not unattended:
        raise click.UsageError("--dry-run goes with --unattended.")
    quick = 20.0 if unattended else 2.0
    with start(route, migration, nodes, speed or quick) as site:
        change = _read(site.change_file)
        options = replace(_options(state_folder() / "demo", site.speed), own_site=True)
        if unattended:
            status = _play_lines(change, options, dry_run=dry_run, as_json=as_json)
        else:
            status = _play_wizard(change, options, theme=theme, mouse=True)
        verdict = site.verdict()
    if as_json:
        click.echo(json.dumps({"kind": "lab", "verdict": verdict}))
    elif select.select([], [sys.stdout], [], 1.0)[1]:  # else nobody reads the terminal
        click.echo("\n  ".join(["\nThe lab's own record:", *verdict_lines(verdict)]))
    sys.exit(status)


def _read(path: Path) -> "Change":
    from lparwiz.change import read

    return read(path)


def _options(runs: Path | None, speed: float = 1.0) -> "Options":
    from lparwiz.session import Options

    return Options(runs or state_folder() / "runs", speed)


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


def _play_lines(change: "Change", options: "Options", *, dry_run: bool, as_json: bool) -> int:
    from lparwiz import session
    from lparwiz.lines import Printer

    printer = Printer(sys.stdout, as_json=as_json)
    if dry_run:
        engine = session.dry_run(change, options, listener=printer.take)
    else:
        answerer = session.decided(change)
        engine = _begin(change, options, answerer=answerer, listener=printer.take)
    return _print_out(printer, engine, as_json=as_json)


def _go_on_by_itself(
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
    return _print_out(printer, engine, as_json=as_json)


def _print_out(printer: "Printer", engine: "Engine", *, as_json: bool) -> int:
    status = printer.play(engine)
    _print_debts(engine, as_json=as_json)
    return status


def _play_wizard(change: "Change", options: "Options", *, theme: str | None, mouse: bool) -> int:
    return _show_wizard(lambda: _begin(change, options), theme=theme, mouse=mouse)


def _show_wizard(make: "Callable[[], Engine]", *, theme: str | None, mouse: bool) -> int:
    from lparwiz.ui.app import run_wizard
    from lparwiz.ui.terminal import require_terminal

    require_terminal()
    engine = make()
    engine.start()
    shown = run_wizard(engine, theme=theme, mouse=mouse)
    status = engine.join()
    if shown >= KILLED:
        # Nobody may read the terminal any more: a line more, or Python's own last flush of what
        # is queued for it, could wait for ever.
        atexit.register(os._exit, status)
        return status
    last = engine.latest()
    click.echo(f"{last.closing}\nThe run's folder: {last.folder}")
    _print_debts(engine, as_json=False)
    return status


def _print_debts(engine: "Engine", *, as_json: bool) -> None:
    if as_json:
        return
    for debt in engine.latest().ledger:
        if debt.state == "owed":
            click.echo(f"\nOwed on {debt.host}: {debt.what}\nPay it with:\n{debt.pays}")
