"""The demo: a lab of our own in a process of its own, for as long as the demo lasts."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lparwiz.errors import Trouble
from lparwiz.lab.process import control

PATIENCE = 30.0
"""Seconds that a lab may take to be ready: 64 host keys on a slow machine."""


@dataclass(frozen=True)
class Site:
    """A running lab."""

    folder: Path
    speed: float

    @property
    def change_file(self) -> Path:
        """The change file that fits it."""
        return self.folder / "change.toml"

    def verdict(self) -> dict[str, Any]:
        """What truly happened, by the lab's own record."""
        verdict: dict[str, Any] = control(self.folder, {"do": "verdict"})["verdict"]
        return verdict


@contextmanager
def start(
    route: str, migration: str, nodes: int, speed: float, troubles: Iterable[str] = ()
) -> Iterator[Site]:
    """Start a lab, and end it with the block. `troubles`: what is wrong there, by name.

    Raises:
        Trouble: it didn't come up.
    """
    with tempfile.TemporaryDirectory(prefix="lparwiz-demo-") as name:
        folder = Path(name)
        command = [sys.executable, "-m", "lparwiz", "lab", "--dir", name, "--route", route]
        command += ["--migration", migration, "--nodes", str(nodes), "--speed", str(speed)]
        command += [f"--trouble={trouble}" for trouble in troubles]
        command.append("--while-read")
        log = folder / "lab.log"
        with log.open("wb") as output:
            process = subprocess.Popen(  # noqa: S603 - our own program, our own words
                command,
                stdin=subprocess.PIPE,  # ends with us, however we end
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        try:
            _wait(process, folder / "ready", log)
            yield Site(folder, speed)
        finally:
            process.terminate()
            process.communicate()


def _wait(process: subprocess.Popen[bytes], ready: Path, log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while not ready.exists():
        if process.poll() is not None or time.monotonic() > until:
            raise Trouble("The lab didn't start.", log.read_text(errors="replace"))
        time.sleep(0.02)


def verdict_lines(verdict: dict[str, Any]) -> list[str]:
    """The lab's verdict for people."""
    timers = ", ".join(
        f"{node} {was}" if was == now else f"{node} {now} (was {was})"
        for node, (was, now) in verdict["timers"].items()
    )
    llttab = [node for node, same in verdict["llttab"].items() if not same]
    definition = verdict["definition"]
    return [
        f"false failovers: {len(verdict['false_failovers']) or 'none'}",
        f"the LPAR lives on: {' and '.join(verdict['live']) or 'no system'}",
        "definition on the source: "
        + (
            "equal to the original" if definition["equal"] else "; ".join(definition["differences"])
        ),
        f"placeholder: {verdict['placeholder']}",
        *(f"ProfileFile on {node}: {how}" for node, how in verdict["profile_files"].items()),
        f"peerinact: {timers or 'no nodes'}",
        f"llttab: {'untouched' if not llttab else 'changed on ' + ', '.join(llttab)}",
        *([f"left on the nodes: {', '.join(verdict['strays'])}"] if verdict["strays"] else []),
        f"bystanders: {'; '.join(verdict['bystanders']) or 'untouched'}",
        f"all clean: {'yes' if verdict['clean'] else 'NO'}",
    ]
