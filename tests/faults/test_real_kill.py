"""A real process, over real SSH, ended by a real SIGKILL: taken up again, it ends well.

The lab itself kills it, at the instant at which a command arrives: nothing is timed.
"""

import os
import signal
import subprocess
import sys

import pytest

from lparwiz.lab.scenario import Scenario
from lparwiz.run import journal as journals

from ..labs import lab

SPEED = 60.0
"""Lab seconds a second: a migration takes two, a settled cluster's patience five."""


def lparwiz(*words, folder):
    return subprocess.Popen(
        [sys.executable, "-m", "lparwiz", *map(str, words), "--speed", str(SPEED)],
        env={**os.environ, "XDG_STATE_HOME": str(folder / "state")},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=folder,
    )


@pytest.mark.parametrize(
    ("host", "command", "skip"),
    [
        pytest.param("db02", "lltconfig -T peerinact:9000", 0, id="while timers are raised"),
        pytest.param("hmc1", "migrlpar -o v", 0, id="before it migrates"),
        pytest.param("hmc1", "migrlpar -o m", 0, id="as the migration is sent"),
        pytest.param("hmc1", "lslparmigr -r lpar", 1, id="while it migrates"),
        pytest.param("hmc1", "mksyscfg -r prof", 0, id="in the clean-up"),
        pytest.param("db02", "lltconfig -T peerinact:1600", 0, id="while timers are put back"),
    ],
)
def test_a_killed_process_leaves_a_run_that_is_brought_to_its_end(tmp_path, host, command, skip):
    with lab(Scenario(route="full"), tmp_path / "lab", speed=SPEED) as site:
        started = []
        site.fault(
            kind="hook", host=host, pattern=command, skip=skip,
            call=lambda: os.kill(started[0].pid, signal.SIGKILL),
        )  # fmt: skip
        started.append(lparwiz("run", site.change_path, folder=tmp_path))
        told, _ = started[0].communicate()
        assert started[0].returncode == -signal.SIGKILL, told
        (journal,) = (tmp_path / "state" / "lparwiz" / "runs").glob("*/journal.jsonl")
        killed = len(journals.read(journal))
        resumed = lparwiz("resume", "--unattended", folder=tmp_path)
        told, _ = resumed.communicate()
        verdict = site.verdict()
        sent = site.commands("migrlpar", "-o m")
    assert resumed.returncode == 0, told
    assert verdict["migrated"], verdict
    assert verdict["clean"], verdict
    assert len(sent) == 1
    assert journals.read(journal)[killed].kind == "taken up"
