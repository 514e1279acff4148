"""Makes the saved runs of the present version: `python -m tests.journals.make NAME`.

Do it once a version, before it is released, and never make those of an earlier version again:
what matters is that they were written by that version. NAME is the version, or the day and the
commit. Each run is played in memory, and stopped dead where its name says; a journal is chained
by hashes, so nothing in it is edited afterwards. Nothing of this machine gets into it: the folder
is named relatively, the change file is said to stand where none stands, and the operator is nobody.

An earlier version's own can be made as long as its source is there: check it out beside this one,
copy this file and `tests/memory.py` into it, and call it there.
"""

import asyncio
import os
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from shutil import copytree, rmtree
from unittest.mock import patch

from lparwiz.lab.scenario import Scenario
from lparwiz.prepared import decided
from lparwiz.run import folder as folders
from lparwiz.run.journal import JournalFailed
from lparwiz.run.orders import Leave
from lparwiz.run.runner import play_run

from ..memory import Memory

HERE = Path(__file__).parent
ORIGIN = Path("/nowhere/change.toml")
"""Where the change files are said to stand."""
PLACE = Path("/var/tmp/lparwiz-saved-runs")  # noqa: S108 - the same everywhere, and gone again
"""Where they are made: a mark on a host names the whole path of its run's folder."""


@dataclass(frozen=True)
class Stop:
    """A run, and the event of its journal after which it is no more."""

    route: str
    migration: str
    kind: str
    what: str
    """What the event's data holds somewhere."""
    left: bool = False
    """Whether it was left in order there, with its debts, instead of killed."""

    def here(self, event) -> bool:
        return event.kind == self.kind and self.what in event.data.values()


STOPS = {
    "full-succeeds-before-timers": Stop("full", "succeeds", "step", "timers"),
    "full-succeeds-ready": Stop("full", "succeeds", "question", "migrate.migrate"),
    "full-succeeds-migrating": Stop("full", "succeeds", "phase", "Migration In Progress"),
    "full-succeeds-owing": Stop("full", "succeeds", "question", "restore.proceed", left=True),
    "full-fails-midway-half-done": Stop("full", "fails-midway", "question", "cleanup.proceed"),
    "managed-succeeds-migrated": Stop("managed", "succeeds", "question", "cleanup.proceed"),
    "outside-succeeds-migrating": Stop("outside", "succeeds", "phase", "Migration In Progress"),
}
"""The runs, by the names of their folders: route, migration, and how far each came."""


def scenario(name: str) -> Scenario:
    """The lab in which a saved run was played, by its folder's name."""
    return Scenario(route=STOPS[name].route, migration=STOPS[name].migration)


async def make(name: str, folder: Path) -> None:
    """Play a run in `folder` until it is no more.

    A process that is gone writes nothing more: that is a closed journal here.
    """
    stop = STOPS[name]
    memory = Memory(scenario(name), ORIGIN)
    folders.put(folder / "change.toml", memory.change.text)
    play, steps = memory.stage(folder, decided(memory.change))
    reached = False

    def look(event) -> None:
        nonlocal reached
        if not reached and stop.here(event):
            reached = True
            if stop.left:
                play.take(Leave("the operator left"))
            else:
                play.journal.close()

    play.journal.listen(look)
    with suppress(JournalFailed):
        await play_run(play, steps)
    play.journal.close()
    await memory.site.close()
    if not reached:
        raise SystemExit(f"{name}: no event {stop.kind} with {stop.what!r}")


def main(version: str) -> None:
    """Make all of them below this folder."""
    wanted = HERE / version
    if wanted.exists():
        raise SystemExit(f"{wanted} is there already, and is never made again.")
    PLACE.mkdir()
    try:
        os.chdir(PLACE)
        for name in STOPS:
            Path(name).mkdir()
            asyncio.run(make(name, Path(name)))
        copytree(PLACE, wanted)
    finally:
        rmtree(PLACE)
    print(f"{len(STOPS)} saved runs are in {wanted}")  # noqa: T201 - a command's own word


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    with patch("getpass.getuser", lambda: "ann"), patch("socket.gethostname", lambda: "jump1"):
        main(sys.argv[1])
