"""lparwiz asked and answered line by line, at the other end of a pipe or a terminal."""

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
from contextlib import contextmanager

from lparwiz.lab.scenario import Scenario

from .labs import lab
from .processes import PATIENCE

SPEED = 60.0
"""Lab seconds a second."""
PROMPT = re.compile(r"\[(?P<signs>[a-z0-9,-]+(?:,q,\?)?)\] \((?P<safe>[^)\n]*)\) $")
WORD = re.compile(r"Type (?P<word>.+) to go ahead; Enter goes back: $")
CHANGES = re.compile(
    r"-T peerinact|\b(?:chsyscfg|mksyscfg|rmsyscfg|migrlpar -o m)\b|> */etc/llttab"
)


class Talk:
    """lparwiz at the other end of a pipe or a terminal."""

    def __init__(self, folder, *words, terminal=False, rows=0):
        environment = {
            **os.environ,
            "XDG_STATE_HOME": str(folder / "state"),
            "XDG_CONFIG_HOME": str(folder / "config"),
            "COLUMNS": "80",
            "PYTHONUNBUFFERED": "1",
        }
        if terminal:
            self._ours, theirs = pty.openpty()
            if rows:
                fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", rows, 80, 0, 0))
            streams = {"stdin": theirs, "stdout": theirs}
        else:
            theirs, self._ours = os.pipe()
            self._read, out = os.pipe()
            streams = {"stdin": theirs, "stdout": out}
        self._read = self._ours if terminal else self._read
        self.process = subprocess.Popen(
            [sys.executable, "-m", "lparwiz", *map(str, words)],
            env=environment,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            **streams,
        )
        for end in dict.fromkeys(streams.values()):
            os.close(end)
        self._ends = {self._ours, self._read}
        self.text = ""
        """All that was said."""
        self._heard = 0

    def hear(self, *patterns):
        """Wait until what is new ends with one of these; the match, and what is new."""
        while True:
            new = self.text[self._heard :]
            for pattern in patterns:
                if match := pattern.search(new):
                    self._heard += match.end()
                    return match, new[: match.end()]
            if not self._more():
                return None, new

    def _more(self):
        ready, _, _ = select.select([self._read], [], [], PATIENCE)
        assert ready, self.text[-3000:]
        try:
            data = os.read(self._read, 65536)
        except OSError:  # a terminal whose other end has gone
            return False
        self.text += data.decode().replace("\r\n", "\n")
        return bool(data)

    def type(self, line):
        os.write(self._ours, f"{line}\n".encode())
        if self._ours == self._read:
            self.hear(re.compile(re.escape(f"{line}\n")))  # a terminal's echo

    def end_of_input(self):
        os.close(self._ours)
        self._ends.remove(self._ours)

    def read_no_more(self):
        os.close(self._read)
        self._ends.remove(self._read)

    def close(self):
        for end in self._ends:
            os.close(end)

    def end(self):
        """What is said to the end, and the exit status."""
        while self._more():
            pass
        return self.process.wait(PATIENCE)


@contextmanager
def talk(folder, *words, terminal=False, rows=0):
    talking = Talk(folder, *words, terminal=terminal, rows=rows)
    try:
        yield talking
    finally:
        if talking.process.poll() is None:
            talking.process.kill()
            talking.process.wait()
        talking.close()


@contextmanager
def plainly(folder, route, command="wizard", option=("--plain",)):
    """A lab of its own and a talk about it: `(talking, site)`."""
    with (
        lab(Scenario(route=route), folder / "lab", speed=SPEED) as site,
        talk(folder, command, site.change_path, *option, "--speed", SPEED) as talking,
    ):
        yield talking, site


def walk(talking, until=None, answer="y"):
    """Answer until the end, or until something new has `until`; what was new then."""
    for _ in range(60):
        match, new = talking.hear(PROMPT, WORD)
        if match is None or (until is not None and until in new):
            return new
        if "word" in match.groupdict():
            talking.type(match["word"])
        elif match["signs"].startswith("y"):
            talking.type(answer)
        else:
            talking.type("")
    raise AssertionError(talking.text[-3000:])


@contextmanager
def at_the_point_of_no_return(tmp_path):
    """A wizard that asks for the last time, with a migration slow enough to act in."""
    with lab(Scenario(route="full"), tmp_path / "lab", speed=20.0) as site:
        words = ("wizard", site.change_path, "--plain", "--speed", "20")
        with talk(tmp_path, *words, terminal=True) as talking:
            walk(talking, until="point of no return")
            yield talking, site


def let_it_migrate(talking):
    """Say yes and type the word, until the HMC's command runs."""
    talking.type("y")
    talking.hear(WORD)
    talking.type("db01")
    talking.hear(re.compile(r"\[>\] running  source HMC"))


def changing(site):
    return [event for event in site.events("command") if CHANGES.search(event["line"])]
