"""The demo: a lab of our own in a process of its own, for as long as the demo lasts."""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
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
        verdict: dict[str, Any] = control(self.folder, {"do": "verdict"})
        return verdict


@contextmanager
def start(route: str, migration: str, nodes: int, speed: float) -> Iterator[Site]:
    """Start a lab, and end it with the block.

    Raises:
        Trouble: it didn't come up.
    """
    with tempfile.TemporaryDirectory(prefix="lparwiz-demo-") as name:
        folder = Path(name)
        command = [sys.executable, "-m", "lparwiz", "lab", "--dir", name, "--route", route]
        command += ["--migration", migration, "--nodes", str(nodes), "--speed", str(speed)]
        log = folder / "lab.log"
        with log.open("wb") as output:
            process = subprocess.Popen(  # noqa: S603 - our own program, our own words
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        try:
            _wait(process, folder / "ready", log)
            yield Site(folder, speed)
        finally:
            process.terminate()
            process.wait()


def _wait(process: subprocess.Popen[bytes], ready: Path, log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while not ready.exists():
        if process.poll() is not None or time.monotonic() > until:
            raise Trouble("The lab didn't start.", log.read_text(errors="replace"))
        time.sleep(0.02)


def print_verdict(verdict: dict[str, Any], *, as_json: bool) -> None:
    """Say what the lab's own record shows: it is the judge, not the wizard."""
    if as_json:
        print(json.dumps({"kind": "lab", "verdict": verdict}))  # noqa: T201 - its purpose
        return
    print("\nThe lab's own record:")  # noqa: T201 - its purpose
    for name, value in verdict.items():
        print(f"  {name}: {value}")  # noqa: T201 - its purpose
