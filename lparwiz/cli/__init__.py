"""The command line, and nothing else: a file for each family of commands.

Textual and asyncssh cost half a second to import, so each command imports what it needs itself.
"""
# ruff: noqa: PLC0415 - see above

import errno
from typing import Any

import click

from lparwiz.cli.documents import new, screenshots, show_settings
from lparwiz.cli.lab import demo, lab
from lparwiz.cli.past import handover, history, ledger, list_runs, verify
from lparwiz.cli.playing import pay, resume, run, wizard
from lparwiz.cli.reading import check, checks, measure
from lparwiz.cli.shared import load_settings, look_options
from lparwiz.errors import Trouble

INTERRUPTED = 130
"""The exit status after Ctrl-C where no run is under way: 128 and the number of SIGINT."""

FAMILIES = {
    "A change, from its file to its end": (new, check, wizard, run),
    "A run that was begun": (list_runs, resume, ledger, pay, handover, verify),
    "The freeze": (measure, history),
    "Without a real host": (demo, lab),
    "Look up": (checks, show_settings, screenshots),
}


class _Commands(click.Group):
    """Turns our own errors into a message and an exit status."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except Trouble as trouble:
            click.echo(f"lparwiz: {trouble}", err=True)
            ctx.exit(trouble.status)
        except OSError as error:
            if error.errno == errno.EPIPE or error.filename is None:
                raise
            click.echo(f"lparwiz: {_unusable(error)}", err=True)
            ctx.exit(Trouble.status)
        except KeyboardInterrupt:
            click.echo("\nlparwiz: ended by Ctrl-C.", err=True)
            ctx.exit(INTERRUPTED)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's
        """The commands by what they are for, each in a line."""
        for family, commands in FAMILIES.items():
            room = formatter.width - 6 - max(len(str(each.name)) for each in commands)
            with formatter.section(family):
                formatter.write_dl([(str(c.name), c.get_short_help_str(room)) for c in commands])


def _unusable(error: OSError) -> Trouble:
    return Trouble(
        "A file or folder can't be used.",
        f"{error.filename}: {error.strerror}",
        "Mend that, or name another one, then try again.",
    )


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    invoke_without_command=True,
    epilog="`lparwiz COMMAND --help` explains a command, its options and its exit statuses.",
)
@click.version_option(package_name="lparwiz")
@look_options
@click.pass_context
def main(ctx: click.Context, /, **look: Any) -> None:
    """Walk an AIX LPAR under InfoScale Cluster Server through a live migration.

    Without a command it takes the newest unfinished run up again, where there is one. The options
    here count for that.
    """
    if ctx.invoked_subcommand is None:
        _take_up_newest(ctx, look)
        click.echo(ctx.get_help())


def _take_up_newest(ctx: click.Context, look: dict[str, Any]) -> None:
    """Go on with the newest unfinished run; returns only where there is none."""
    runs = load_settings(forgiving=True).runs
    if not runs.exists():
        return  # nothing was ever run: no page to be taken away again at once
    from lparwiz.ui.opening import opening

    with opening("the newest run", plain_asked=look["plain"]):
        from lparwiz.runs import past, unfinished

        if any(unfinished(run) for run in past(runs)):
            ctx.invoke(resume, **look)


for _commands in FAMILIES.values():
    for _command in _commands:
        main.add_command(_command)
