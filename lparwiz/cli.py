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
    from lparwiz.settings import Settings

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

RUNS = click.option("--runs", type=click.Path(path_type=Path), help="Where the runs are kept.")


def looks(command: "Callable[..., None]") -> "Callable[..., None]":
    """The options of whatever shows itself to the operator; each can be set in the settings too."""
    for option in (
        click.option("--plain/--no-plain", default=None, help="Ask line by line; no screen."),
        click.option("--mouse/--no-mouse", default=None, help="Leave the mouse to the terminal."),
        click.option("--ascii/--no-ascii", default=None, help="Draw without box characters."),
        click.option("--theme", help="The colours; `lparwiz settings` tells the names."),
    ):
        command = option(command)
    return command


def _size(_ctx: click.Context, _option: click.Parameter, given: str) -> tuple[int, int]:
    """A terminal's size such as 100x30."""
    columns, _, rows = given.partition("x")
    if not (columns.isdecimal() and rows.isdecimal()):
        raise click.BadParameter("columns and rows, such as 100x30")
    if int(columns) < 80 or int(rows) < 24:
        raise click.BadParameter("80x24 is the least that shows whole pages")
    return int(columns), int(rows)


ROUTES = ("outside", "managed", "full", "vcs")
MIGRATIONS = ("succeeds", "fails-validation", "fails-midway")
VCS_MIGRATIONS = (
    "wrong-profile-file",
    "no-vios-mapping",
    "not-in-system-list",
    "hmc-unreachable",
    "stuck-midway",
)
"""What else may become of a migration that VCS begins."""
MIGRATION = click.option(
    "--migration",
    type=click.Choice((*MIGRATIONS, *VCS_MIGRATIONS)),
    default="succeeds",
    show_default=True,
)


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
@looks
@click.pass_context
def main(ctx: click.Context, /, **look: Any) -> None:
    """Walk an AIX LPAR under InfoScale Cluster Server through a live migration.

    Without a command it takes the newest unfinished run up again, where there is one.
    """
    if ctx.invoked_subcommand is None:
        from lparwiz.runs import past, unfinished

        if any(unfinished(run) for run in past(_options(_settings()).runs)):
            ctx.invoke(resume, **look)
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
@RUNS
@SPEED
@looks
def wizard(change_file: Path, runs: Path | None, speed: float, **look: Any) -> None:
    """Walk through a change in the wizard."""
    settings = _settings(runs=runs, **look)
    change = _read(change_file)
    sys.exit(_play_wizard(change, _options(settings, speed), settings))


@main.command(epilog=EXIT_STATUSES)
@click.argument("change_file", type=click.Path(path_type=Path), metavar="CHANGE.toml")
@RUNS
@SPEED
@click.option("--dry-run", is_flag=True, help="Print every command; change nothing anywhere.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
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
    """Play a change without a screen, answered by its [decisions]: one line an event."""
    if plain and (dry_run or as_json):
        raise click.UsageError("--plain asks: neither --dry-run nor --json goes with it.")
    settings = _settings(runs=runs, plain=plain or None)
    change = _read(change_file)
    options = _options(settings, speed)
    if plain:
        sys.exit(_play_wizard(change, options, settings))
    sys.exit(_play_lines(change, options, dry_run=dry_run, as_json=as_json))


CHECK_STATUSES = """
\b
Exit status:
  0  no check failed; accepted warnings count as none
  1  some warn
  2  some stop, or something could not be read; or the change file is wrong
"""


@main.command(epilog=CHECK_STATUSES)
@click.argument("change_file", type=click.Path(path_type=Path), metavar="CHANGE.toml")
@RUNS
@SPEED
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
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

    examined = checking.examine(_read(change_file), _settings(runs=runs).runs, speed)
    for line in (checking.json_lines if as_json else checking.lines)(examined):
        click.echo(line)
    if markdown is not None:
        try:
            markdown.write_text(examined.markdown, encoding="utf-8")
        except OSError as error:
            raise Trouble(
                f"{markdown} can't be written.", error.strerror or str(error), "Name another file."
            ) from error
    sys.exit(examined.status)


@main.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.option("--markdown", is_flag=True, help="The whole reference page.")
def checks(*, as_json: bool, markdown: bool) -> None:
    """List all checks: what each reads, concludes and advises."""
    from lparwiz import checking
    from lparwiz.steps.checks.page import reference
    from lparwiz.steps.checks.registry import CHECKS

    if markdown:
        click.echo(reference(CHECKS), nl=False)
        return
    for line in (checking.registry_json if as_json else checking.registry_lines)(CHECKS):
        click.echo(line)


@main.command(epilog=EXIT_STATUSES)
@click.argument("name", metavar="[RUN]", required=False)
@RUNS
@SPEED
@click.option("--unattended", is_flag=True, help="Play on with the [decisions].")
@click.option("--json", "as_json", is_flag=True, help="With --unattended: JSON lines.")
@looks
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
    from lparwiz import session
    from lparwiz.runs import find

    settings = _settings(runs=runs, **look)
    options = _options(settings, speed)
    folder = find(options.runs, name).folder
    if unattended:
        sys.exit(_go_on_by_itself(folder, options, session.decided, as_json=as_json))
    sys.exit(_show_wizard(lambda: session.take_up(folder, options), settings))


@main.command(epilog=EXIT_STATUSES)
@click.argument("name", metavar="[RUN]", required=False)
@RUNS
@SPEED
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def pay(name: str | None, runs: Path | None, speed: float, *, as_json: bool) -> None:
    """Pay what a run owes, as far as fresh readings prove it safe, in the right order."""
    from lparwiz import session
    from lparwiz.runs import find

    options = _options(_settings(runs=runs), speed)
    folder = find(options.runs, name).folder
    sys.exit(
        _go_on_by_itself(
            folder, options, lambda _change: session.paying(), as_json=as_json, back=True
        )
    )


@main.command(
    epilog="""
\b
Exit status:
  0  it was watched
  2  the change file or the command line is wrong
  4  no source told anything
"""
)
@click.argument("change_file", type=click.Path(path_type=Path), metavar="CHANGE.toml")
@click.option("--runs", type=click.Path(path_type=Path), help="Where the history is kept.")
@SPEED
@click.option(
    "--for", "seconds", type=click.FloatRange(0, min_open=True), help="Seconds; else until Ctrl-C."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def measure(
    change_file: Path, runs: Path | None, speed: float, seconds: float | None, *, as_json: bool
) -> None:
    """Watch the node for its freeze while you migrate it elsewhere; changes nothing."""
    from lparwiz.measure import Rehearsal, play

    change = _read(change_file)
    folder = _settings(runs=runs).runs
    sys.exit(play(Rehearsal(change, folder, seconds, speed, as_json, click.echo)))


@main.command()
@RUNS
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def history(runs: Path | None, *, as_json: bool) -> None:
    """List the freezes that were seen: of which LPAR, when, between which systems, by whom."""
    from lparwiz.runs import history as known

    for seen in known(_settings(runs=runs).runs).all:
        click.echo(json.dumps(seen.as_data()) if as_json else str(seen))


@main.command("runs")
@RUNS
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def list_runs(runs: Path | None, *, as_json: bool) -> None:
    """List all runs: state, debts, age."""
    from lparwiz.runs import past, summary

    for run in past(_settings(runs=runs).runs):
        told = summary(run)
        click.echo(json.dumps(told) if as_json else "  ".join(str(told[key]) for key in told))


@main.command()
@click.argument("name", metavar="[RUN]", required=False)
@RUNS
def ledger(name: str | None, runs: Path | None) -> None:
    """Show what a run owes, each debt with the exact command that pays it by hand."""
    from lparwiz.runs import find

    run = find(_settings(runs=runs).runs, name)
    click.echo(run.ledger.markdown(run.title))


@main.command()
@click.argument("name", metavar="RUN")
@RUNS
def verify(name: str, runs: Path | None) -> None:
    """See that a run's journal reads back as it was written."""
    from lparwiz.runs import find

    run = find(_settings(runs=runs).runs, name)
    click.echo(f"{run.folder.name}: {len(run.events)} events, each follows from the one before.")


@main.command()
@click.argument("name", metavar="RUN")
@RUNS
@click.option("--by", required=True, help="Who takes the debts over.")
@click.option("--why", required=True, help="Why, or how they were paid.")
def handover(name: str, runs: Path | None, by: str, why: str) -> None:
    """Write down that a person takes over what a run owes."""
    from lparwiz.runs import find, hand_over

    folder = find(_settings(runs=runs).runs, name).folder
    click.echo(f"{hand_over(folder, by, why)} debts of {folder.name} are taken over by {by}.")


@main.command()
@click.option("--nodes", type=click.IntRange(2, 64), default=2, show_default=True)
@click.option("--route", type=click.Choice(ROUTES), default="full", show_default=True)
@MIGRATION
@click.option("--freeze", type=click.FloatRange(0), help="Seconds that the node is frozen.")
@click.option(
    "--trouble", "troubles", multiple=True, metavar="NAME", help="What is wrong there; `?`: names."
)
@click.option("--speed", type=click.FloatRange(0.1, 1000), default=1.0, show_default=True)
@click.option("--dir", "folder", type=click.Path(path_type=Path), default=Path("lab"))
def lab(
    nodes: int,
    route: str,
    migration: str,
    freeze: float | None,
    troubles: tuple[str, ...],
    speed: float,
    folder: Path,
) -> None:
    """Run a simulated site until ended; keys and a change file are written into --dir."""
    from lparwiz.lab.process import serve
    from lparwiz.lab.scenario import Scenario
    from lparwiz.lab.troubles import TROUBLES

    _see_that_it_fits(route, migration)
    unknown = [name for name in troubles if name not in TROUBLES]
    if unknown:
        names = "\n".join(f"  {name:24}{act.__doc__}" for name, act in TROUBLES.items())
        raise click.UsageError(f"No such trouble: {', '.join(unknown)}. There are:\n{names}")
    scenario = Scenario(route=route, nodes=nodes, migration=migration, troubles=frozenset(troubles))
    if freeze is not None:
        scenario = replace(scenario, freeze=freeze)
    serve(scenario, folder, speed)


@main.command(epilog=EXIT_STATUSES)
@click.option("--unattended", is_flag=True, help="Play all of it, one line an event.")
@click.option("--route", type=click.Choice(ROUTES), default="full", show_default=True)
@MIGRATION
@click.option("--nodes", type=click.IntRange(2, 64), default=2, show_default=True)
@click.option("--speed", type=click.FloatRange(0.1, 1000), help="How fast the lab's time runs.")
@click.option("--dry-run", is_flag=True, help="With --unattended: change nothing.")
@click.option("--json", "as_json", is_flag=True, help="With --unattended: JSON lines.")
@looks
def demo(
    route: str,
    migration: str,
    nodes: int,
    speed: float | None,
    *,
    unattended: bool,
    dry_run: bool,
    as_json: bool,
    **look: Any,
) -> None:
    """Start a simulated site and open the wizard on it. Nothing real is touched."""
    from lparwiz.demo import start, verdict_lines

    if dry_run and not unattended:
        raise click.UsageError("--dry-run goes with --unattended.")
    _see_that_it_fits(route, migration)
    settings = _settings(runs=state_folder() / "demo", **look)
    quick = 20.0 if unattended else 2.0
    with start(route, migration, nodes, speed or quick) as site:
        change = _read(site.change_file)
        options = replace(_options(settings, site.speed), own_site=True)
        if unattended:
            status = _play_lines(change, options, dry_run=dry_run, as_json=as_json)
        else:
            status = _play_wizard(change, options, settings)
        verdict = site.verdict()
    if as_json:
        click.echo(json.dumps({"kind": "lab", "verdict": verdict}))
    elif select.select([], [sys.stdout], [], 1.0)[1]:  # else nobody reads the terminal
        click.echo("\n  ".join(["\nThe lab's own record:", *verdict_lines(verdict)]))
    sys.exit(status)


def _see_that_it_fits(route: str, migration: str) -> None:
    if route != "vcs" and migration in VCS_MIGRATIONS:
        raise click.UsageError(f"--migration {migration} goes with --route vcs.")


def _read(path: Path) -> "Change":
    from lparwiz.change import read

    return read(path)


@main.command()
@click.option("--out", type=click.Path(path_type=Path), default="screenshots", show_default=True)
@click.option("--theme", default="night", show_default=True, help="The pictures' colours.")
@click.option("--size", default="100x30", show_default=True, callback=_size, help="COLUMNSxROWS")
@click.option("--png", is_flag=True, help="Also as PNG; needs the extra lparwiz[png].")
@click.option("--check", is_flag=True, help="Write nothing; say what differs, and exit with 1.")
def screenshots(out: Path, theme: str, size: tuple[int, int], *, png: bool, check: bool) -> None:
    """Make the pictures of all pages, and their guide, from runs on a simulated site."""
    from lparwiz.screenshots.surroundings import fixed
    from lparwiz.ui.theme_files import theme_names

    if theme not in theme_names():
        raise click.UsageError(f"There is no theme {theme}; there are {', '.join(theme_names())}.")
    with fixed():  # Textual reads some of it when it is imported
        from lparwiz.screenshots.compare import differences
        from lparwiz.screenshots.make import files, take, write
        from lparwiz.screenshots.walk import Look

        made = files(take(Look(theme, size)), with_png=png)
    if not check:
        write(made, out)
        click.echo(f"{len(made)} files are in {out}; begin with {out / 'README.md'}")
        return
    found = list(differences(made, out))
    for line in found:
        click.echo(line)
    sys.exit(1 if found else 0)


@main.command("settings")
@RUNS
@looks
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def show_settings(runs: Path | None, *, as_json: bool, **look: Any) -> None:
    """Print every setting that counts now, and where it comes from."""
    from lparwiz.settings import settings_path
    from lparwiz.ui.theme_files import theme_names

    rows = list(_settings(runs=runs, **look).rows())
    if as_json:
        for key, value, origin in rows:
            click.echo(json.dumps({"key": key, "value": value, "from": origin}))
        return
    for key, value, origin in rows:
        click.echo(f"{key:22} {json.dumps(value):24}  {origin}")
    there = "" if settings_path().exists() else " (there is none)"
    click.echo(f"\nFile: {settings_path()}{there}\nThemes: {', '.join(theme_names())}")


def _settings(**given: Any) -> "Settings":
    from lparwiz.settings import gather

    return gather(given, os.environ, state_folder() / "runs")


def _options(settings: "Settings", speed: float = 1.0) -> "Options":
    from lparwiz.session import Options

    return Options(settings.runs, speed, interval=settings.interval)


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


def _play_wizard(change: "Change", options: "Options", settings: "Settings") -> int:
    return _show_wizard(lambda: _begin(change, options), settings)


def _show_wizard(make: "Callable[[], Engine]", settings: "Settings") -> int:
    if settings.plain:
        from lparwiz.plain import converse

        engine = make()
        engine.start()
        converse(engine, sys.stdin.fileno(), sys.stdout)
        status = engine.join()
    else:
        from lparwiz.ui.app import run_wizard
        from lparwiz.ui.terminal import require_terminal

        require_terminal()
        engine = make()
        engine.start()
        shown = run_wizard(
            engine,
            theme=settings.theme,
            ascii_only=settings.ascii,
            mouse=settings.mouse,
            keymap=settings.keymap,
        )
        status = engine.join()
        if shown >= KILLED:
            # Nobody may read the terminal any more: a line more, or Python's own last flush of
            # what is queued for it, could wait for ever.
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
