"""The commands that write or print documents: a new change file, the pictures, the settings."""
# ruff: noqa: PLC0415 - each command imports what it needs itself

import json
import sys
from pathlib import Path
from typing import Any

import click

from lparwiz.cli.shared import JSON, RUNS, load_settings, look_options, unwritable

ROUTES = """
\b
Routes:
  outside  the LPAR is a node of an LLT cluster
  managed  VCS starts and stops the LPAR from management LPARs
  full     both
  vcs      VCS itself migrates the LPAR
"""


@click.command(epilog=ROUTES)
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--route",
    type=click.Choice(("outside", "managed", "vcs", "full")),
    default="full",
    show_default=True,
    help="Which steps there are.",
)
def new(file: Path, route: str) -> None:
    """Write a commented change file to FILE, to be filled in."""
    from lparwiz.change import Route, template

    try:
        with file.open("x", encoding="utf-8") as opened:
            opened.write(template(Route(route)))
    except OSError as error:
        raise unwritable(file, error) from error
    click.echo(f"{file} is written. Fill it in, then: lparwiz wizard {file}")


def _size(_ctx: click.Context, _option: click.Parameter, given: str) -> tuple[int, int]:
    """A terminal's size such as 100x30."""
    columns, _, rows = given.partition("x")
    if not (columns.isdecimal() and rows.isdecimal()):
        raise click.BadParameter("columns and rows, such as 100x30")
    if int(columns) < 80 or int(rows) < 24:
        raise click.BadParameter("80x24 is the least that shows whole pages")
    return int(columns), int(rows)


@click.command()
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    default="screenshots",
    show_default=True,
    help="Where they are written.",
)
@click.option(
    "--theme", metavar="NAME", default="night", show_default=True, help="The pictures' colours."
)
@click.option(
    "--size",
    metavar="COLUMNSxROWS",
    default="100x30",
    show_default=True,
    callback=_size,
    help="The terminal's.",
)
@click.option("--png", is_flag=True, help="Also as PNG; needs the extra lparwiz[png].")
@click.option("--check", is_flag=True, help="Write nothing; say what differs, and exit with 1.")
def screenshots(out: Path, theme: str, size: tuple[int, int], *, png: bool, check: bool) -> None:
    """Make the pictures of all pages, and their guide.

    They come from runs on a simulated site; it takes about a minute.
    """
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


@click.command("settings")
@RUNS
@look_options
@JSON
def show_settings(runs: Path | None, *, as_json: bool, **look: Any) -> None:
    """Print every setting that counts now, and where it comes from."""
    from lparwiz.settings import settings_path
    from lparwiz.ui.theme_files import theme_names
    from lparwiz.ui.themes import load_themes

    rows = list(load_settings(runs=runs, **look).rows())
    for failure in load_themes()[1]:
        click.echo(f"lparwiz: {failure}", err=True)
    if as_json:
        for key, value, origin in rows:
            click.echo(json.dumps({"key": key, "value": value, "from": origin}))
        return
    for key, value, origin in rows:
        click.echo(f"{key:22} {json.dumps(value):24}  {origin}")
    there = "" if settings_path().exists() else " (there is none)"
    click.echo(f"\nFile: {settings_path()}{there}\nThemes: {', '.join(theme_names())}")
