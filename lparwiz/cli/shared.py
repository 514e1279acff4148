"""What the commands share: their options, the settings that count, the change file."""
# ruff: noqa: PLC0415 - each command imports what it needs itself

import math
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import platformdirs

from lparwiz.errors import Trouble

if TYPE_CHECKING:
    from lparwiz.change import Change
    from lparwiz.session import Options
    from lparwiz.settings import Settings

EXIT_STATUSES = """
\b
Exit status:
  0  migrated, and nothing is owed
  1  not migrated; everything is put back, nothing is owed
  2  the change file or the command line is wrong
  3  stopped with debts, each printed with the command that pays it; or not
     begun, because another run is under way there or owes something
  4  the outcome is unknown
"""


class Number(click.FloatRange):
    """A number within a range; NaN is within none, though click lets it pass."""

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Read it."""
        found = super().convert(value, param, ctx)
        if math.isnan(found):
            self.fail(f"{value!r} is no number.", param, ctx)
        return found


SPEED = click.option(
    "--speed",
    type=Number(0.1, 1000),
    metavar="TIMES",
    default=1.0,
    help="Only beside a lab: the --speed that the lab was started with.",
)
RUNS = click.option(
    "--runs",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Where the runs are kept; else what `lparwiz settings` prints.",
)
JSON = click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
CHANGE_FILE = click.argument("change_file", type=click.Path(path_type=Path), metavar="CHANGE.toml")
ANY_RUN = click.argument("name", metavar="[RUN]", required=False)
THE_RUN = click.argument("name", metavar="RUN")


def look_options(command: Callable[..., None]) -> Callable[..., None]:
    """The options of whatever shows itself to the operator; each can be set in the settings too."""
    for option in (
        click.option(
            "--plain/--no-plain", default=None, help="Ask line by line instead of drawing a screen."
        ),
        click.option(
            "--mouse/--no-mouse",
            default=None,
            help="Take the mouse; without, the terminal marks text with it.",
        ),
        click.option("--ascii/--no-ascii", default=None, help="Draw without box characters."),
        click.option("--theme", metavar="NAME", help="The colours; see `lparwiz settings`."),
    ):
        command = option(command)
    return command


def state_folder() -> Path:
    """Where runs are kept on this machine."""
    return Path(platformdirs.user_state_dir("lparwiz", appauthor=False))


def load_settings(*, forgiving: bool = False, **given: Any) -> "Settings":
    """The settings that count: what the command line says by key, None where it says nothing.

    What is `forgiving` warns of what is wrong in the file or the environment, and goes on.
    """
    from lparwiz.settings import gather
    from lparwiz.ui.opening import standing

    settings = gather(given, os.environ, state_folder() / "runs", forgiving=forgiving)
    if not standing():  # else the wizard says it
        told: set[str] = click.get_current_context().meta.setdefault(__name__, set())
        for warning in settings.warnings:
            if warning not in told:
                click.echo(f"lparwiz: {warning}", err=True)
        told.update(settings.warnings)
    return settings


def run_options(settings: "Settings", speed: float = 1.0) -> "Options":
    """How a run is played."""
    from lparwiz.session import Options

    return Options(settings.runs, speed, interval=settings.interval)


def read_change(path: Path) -> "Change":
    """The change file, checked."""
    from lparwiz.change import read

    return read(path)


def unwritable(path: Path, error: OSError) -> Trouble:
    """What is said of a file that was named and can't be written."""
    return Trouble(f"{path} can't be written.", error.strerror or str(error), "Name another file.")
