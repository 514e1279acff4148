"""The commands that bring a simulated site: nothing real is touched."""
# ruff: noqa: PLC0415 - each command imports what it needs itself

import json
import select
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from lparwiz.cli.playing import play_lines, play_wizard
from lparwiz.cli.shared import (
    EXIT_STATUSES,
    Number,
    load_settings,
    look_options,
    read_change,
    run_options,
    state_folder,
)
from lparwiz.lab.scenario import MIGRATIONS, ROUTES, VCS_MIGRATIONS

ROUTE = click.option(
    "--route",
    type=click.Choice(ROUTES),
    default="full",
    show_default=True,
    help="For which steps the site is made.",
)
MIGRATION = click.option(
    "--migration",
    type=click.Choice(VCS_MIGRATIONS),
    default="succeeds",
    show_default=True,
    help=f"What becomes of it; from {VCS_MIGRATIONS[len(MIGRATIONS)]} on with --route vcs only.",
)
NODES = click.option(
    "--nodes",
    type=click.IntRange(2, 64),
    default=2,
    show_default=True,
    help="How many nodes the cluster has.",
)

TROUBLE = click.option(
    "--trouble",
    "troubles",
    multiple=True,
    metavar="NAME",
    help="What is wrong there; may be given again. `--trouble list` shows all, with their checks.",
)


@click.command()
@NODES
@ROUTE
@MIGRATION
@click.option(
    "--freeze",
    type=Number(0),
    metavar="SECONDS",
    help="How long the migration freezes the node.",
)
@TROUBLE
@click.option(
    "--speed",
    type=Number(0.1, 1000),
    metavar="TIMES",
    default=1.0,
    show_default=True,
    help="How many lab seconds go by in a second; give lparwiz the same.",
)
@click.option(
    "--dir",
    "folder",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    default=Path("lab"),
    show_default=True,
    help="Where keys, known_hosts, ssh_config and change.toml are written.",
)
@click.option("--while-read", is_flag=True, hidden=True)
def lab(
    nodes: int,
    route: str,
    migration: str,
    freeze: float | None,
    troubles: tuple[str, ...],
    speed: float,
    folder: Path,
    *,
    while_read: bool,
) -> None:
    """Run a simulated site until Ctrl-C; its change file is in --dir."""
    from lparwiz.lab.process import serve
    from lparwiz.lab.scenario import Scenario

    _see_that_it_fits(route, migration)
    named = _troubles(troubles, route)
    scenario = Scenario(route=route, nodes=nodes, migration=migration, troubles=named)
    if freeze is not None:
        scenario = replace(scenario, freeze=freeze)
    serve(scenario, folder, speed, while_read=while_read)


@click.command(epilog=EXIT_STATUSES)
@click.option("--unattended", is_flag=True, help="Play all of it, one line an event.")
@ROUTE
@MIGRATION
@TROUBLE
@NODES
@click.option(
    "--speed",
    type=Number(0.1, 1000),
    metavar="TIMES",
    help="How many lab seconds go by in a second; else 2, with --unattended 20.",
)
@click.option("--dry-run", is_flag=True, help="With --unattended: change nothing.")
@click.option("--json", "as_json", is_flag=True, help="With --unattended: JSON lines.")
@look_options
def demo(
    route: str,
    migration: str,
    troubles: tuple[str, ...],
    nodes: int,
    speed: float | None,
    *,
    unattended: bool,
    dry_run: bool,
    as_json: bool,
    **look: Any,
) -> None:
    """Start a simulated site and open the wizard on it. Nothing real is touched."""
    from lparwiz.ui.opening import opening

    if (dry_run or as_json) and not unattended:
        raise click.UsageError(f"--{'dry-run' if dry_run else 'json'} goes with --unattended.")
    _see_that_it_fits(route, migration)
    named = _troubles(troubles, route)
    meanwhile = ("Starting a simulated site.", "Nothing real is touched.")
    with opening("demo", plain_asked=unattended or look["plain"], meanwhile=meanwhile):
        from lparwiz.demo import start, verdict_lines
        from lparwiz.ui.terminal import require_terminal

        settings = load_settings(runs=state_folder() / "demo", **look)
        if not (unattended or settings.plain):
            require_terminal()
        quick = 20.0 if unattended else 2.0
        with start(route, migration, nodes, speed or quick, named) as site:
            change = read_change(site.change_file)
            options = replace(run_options(settings, site.speed), own_site=True)
            if unattended:
                status = play_lines(change, options, dry_run=dry_run, as_json=as_json)
            else:
                status = play_wizard(change, options, settings)
            verdict = site.verdict()
    if as_json:
        click.echo(json.dumps({"kind": "lab", "verdict": verdict}))
    elif select.select([], [sys.stdout], [], 1.0)[1]:  # else nobody reads the terminal
        click.echo("\n  ".join(["\nThe lab's own record:", *verdict_lines(verdict)]))
        if site.speed != 1.0:
            click.echo(f"Its clock went {site.speed:g} times as fast as yours.")
    sys.exit(status)


def _see_that_it_fits(route: str, migration: str) -> None:
    if route != "vcs" and migration not in MIGRATIONS:
        raise click.UsageError(f"--migration {migration} goes with --route vcs.")


def _troubles(names: tuple[str, ...], route: str) -> frozenset[str]:
    """The troubles that were named; `list` shows them all and ends it."""
    from lparwiz.lab.troubles.registry import TROUBLES

    if "list" in names:
        for each in TROUBLES.values():
            routes = "any route" if set(each.routes) == set(ROUTES) else ", ".join(each.routes)
            click.echo(f"{each.name:24}{each.check:22}{each.text} ({routes})")
        sys.exit(0)
    if unknown := [name for name in names if name not in TROUBLES]:
        raise click.UsageError(
            f"No such trouble: {', '.join(unknown)}. `--trouble list` shows all of them."
        )
    for each in (TROUBLES[name] for name in names):
        if route not in each.routes:
            fits = " or ".join(each.routes)
            raise click.UsageError(f"--trouble {each.name} goes with --route {fits}.")
    return frozenset(names)
