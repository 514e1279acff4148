"""The wizard in tmux, as operators have it: typed into, resized, detached, read off the screen."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from lparwiz.lab.scenario import Scenario

from ..labs import lab
from . import terminals

TMUX = shutil.which("tmux")
pytestmark = pytest.mark.skipif(TMUX is None, reason="tmux isn't installed; .ci/run installs it")

PATIENCE = 90.0
"""Seconds; only a failure takes so long."""

MOST_ANSWERS = 60
"""A run that needs more turns in a circle; a long plan takes some for one question."""

THEN_SAY = 'XDG_STATE_HOME=$0 "$@"; echo "It ended with $?."; exec sleep 600'
"""What a shell does: tmux itself now and then loses a status (3.3a, seen)."""

WORD = re.compile(r"type (\S+):")
FOCUSED = re.compile(r"\[>(.+?)<\]")
OTHER = re.compile(r"\[ [A-Z].+? \]")


class Tmux:
    """A server of tmux of its own, with one window, on a terminal that tests hold."""

    def __init__(self, folder, term):
        self._socket = str(folder / "tmux")
        self._environment = terminals.environment(TERM=term, TMUX="", TMUX_PANE="")

    def __call__(self, *arguments):
        command = [TMUX, "-S", self._socket, "-f", os.devnull, *arguments]
        ran = subprocess.run(
            command, env=self._environment, capture_output=True, text=True, timeout=60, check=False
        )
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    def start(self, term):
        self("new-session", "-d", "-s", "w", "-x", "80", "-y", "24", "sleep 600")
        self("set-option", "-g", "default-terminal", term)
        self("set-option", "-g", "status", "off")

    def run(self, state, *words):
        """One of our commands in a window of its own."""
        command = (sys.executable, "-m", "lparwiz", *words, "--speed", "100")
        self("new-window", "-t", "w", "sh", "-c", THEN_SAY, str(state), *command)

    def child(self):
        """The process that the window's shell has started."""
        shell = self("display-message", "-p", "-t", "w", "#{pane_pid}").strip()
        return int(Path(f"/proc/{shell}/task/{shell}/children").read_text().split()[0])

    def seen(self):
        return self("capture-pane", "-p", "-t", "w")

    def until(self, condition):
        """The screen, once it fits and isn't being painted; it is read again and again."""
        end = time.monotonic() + PATIENCE
        before, seen = "", self.seen()
        while body(before) != body(seen) or not condition(seen):
            assert time.monotonic() < end, seen
            time.sleep(0.05)
            before, seen = seen, self.seen()
        return seen

    def press(self, *keys):
        self("send-keys", "-t", "w", *keys)

    def type(self, text):
        self("send-keys", "-t", "w", "-l", text)

    def resize(self, columns, rows):
        self("resize-window", "-t", "w", "-x", str(columns), "-y", str(rows))


@contextmanager
def wizard(tmp_path, site, term):
    """The wizard in a window of tmux."""
    tmux = Tmux(tmp_path, term)
    tmux.start(term)
    tmux.run(tmp_path / "state", "wizard", str(site.change_path))
    try:
        yield tmux
    finally:
        tmux("kill-server")


def body(seen):
    """The page and its question: what changes by nobody's hand, the hosts and the top, left out."""
    return seen.partition("── Hosts")[0].partition("\n")[2]


def asks(seen):
    return FOCUSED.search(seen) is not None


def over(seen):
    return "Exit status" in seen


def point_forward(tmux):
    """Move the focus to the choice that goes on, with the keys that a person needs."""
    seen = tmux.until(asks)
    safe = FOCUSED.search(seen)[1]
    forward = OTHER.search(seen)
    word = WORD.search(seen)
    if word and re.search(r"[(>] ?Migrate[ <]", seen):
        if f"type {word[1]}: {word[1]}" not in seen:
            tmux.type(word[1])
            tmux.until(lambda now: f"type {word[1]}: {word[1]}" in now)
        if safe != "Migrate":
            tmux.press("Enter")
            tmux.until(lambda now: "[>Migrate<]" in now)
    elif safe in ("Take the way back", "Leave it for later", "Read again") and forward:
        tmux.press("Right")
        tmux.until(lambda now: asks(now) and FOCUSED.search(now)[1] != safe)


def press_enter(tmux):
    """Answer; or have more of what will run come into sight first."""
    before = body(tmux.seen())
    tmux.press("Enter")
    tmux.until(lambda now: body(now) != before)


def questions(tmux):
    """What the screen shows, each time that it asks, to the end of the run."""
    for _ in range(MOST_ANSWERS):
        seen = tmux.until(lambda seen: asks(seen) or over(seen))
        if over(seen):
            return
        yield seen


def leave_at_the_end(tmux):
    assert "Exit status 0." in tmux.until(over)
    tmux.press("F10")
    tmux.until(lambda seen: "Leave lparwiz?" in seen)
    tmux.press("Enter")
    tmux.until(lambda seen: "It ended with 0." in seen)


@pytest.mark.parametrize("term", ["screen", "xterm-256color"])
def test_a_whole_run_in_tmux_resized_detached_and_attached_in_the_middle(tmp_path, term):
    with lab(Scenario(route="full"), tmp_path / "lab", speed=100.0) as site:
        with wizard(tmp_path, site, term) as tmux:
            tmux.until(lambda seen: "Connect" in seen)
            resized = False
            for number, seen in enumerate(questions(tmux)):
                point_forward(tmux)
                if not resized and number >= 2 and "Read again" not in seen:
                    resized = True  # with the safe choice in focus, as it is after each window
                    resized_and_attached(tmux, tmp_path)
                press_enter(tmux)
            assert resized
            leave_at_the_end(tmux)
        verdict = site.verdict()
        assert verdict["live"] == ["p9-west"]
        assert verdict["clean"]


def resized_and_attached(tmux, folder):
    """In the middle: another size, back again, another terminal; the question keeps the focus."""
    before = FOCUSED.search(tmux.until(asks))[1]
    tmux.resize(120, 40)
    tmux.until(lambda seen: "Steps" in seen and len(seen.splitlines()) == 40)
    tmux.resize(50, 10)
    tmux.until(lambda seen: "lparwiz draws from" in seen)
    tmux.resize(80, 24)
    tmux.until(asks)
    second = terminals.attached(TMUX, tmux._socket, "w")
    try:
        second.read_until(b"\x1b[?1049h")
        tmux("detach-client", "-s", "w")
        second.drain()
    finally:
        second.close()
    assert FOCUSED.search(tmux.until(asks))[1] == before


def test_a_wizard_killed_in_the_migration_goes_on_by_hand_where_the_site_is_by_now(tmp_path):
    with lab(Scenario(route="full", migration_seconds=600.0), tmp_path / "lab", 100.0) as site:
        with wizard(tmp_path, site, "screen") as tmux:
            for _ in questions(tmux):
                point_forward(tmux)
                press_enter(tmux)
                if "Migration" in tmux.until(lambda now: asks(now) or "Migration" in now):
                    break
            tmux.until(lambda _: site.commands("migrlpar", "-o m"))
            os.kill(tmux.child(), signal.SIGKILL)
            tmux.until(lambda seen: "It ended with 137." in seen)
            assert site.verdict()["migrations"] == ["under way"]
            tmux.until(lambda _: site.verdict()["migrated"])
            tmux.run(tmp_path / "state", "resume")
            seen = tmux.until(asks)
            assert "9/14 Outcome" in seen
            assert "Both consoles were read twice. Migrated: it runs on p9-west." in seen
            assert "source HMC OK   p9-east no db01" in seen
            assert "target HMC OK   p9-west Running" in seen
            for _ in questions(tmux):
                point_forward(tmux)
                press_enter(tmux)
            leave_at_the_end(tmux)
        assert len(site.commands("migrlpar", "-o m")) == 1
        assert site.verdict()["clean"]
