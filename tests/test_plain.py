"""The wizard without a screen, over real SSH to the lab: by a pipe and by a terminal."""

import fcntl
import io
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
from contextlib import contextmanager

import pytest

from lparwiz.lab.scenario import Scenario
from lparwiz.plain.paper import Paper

from .labs import judge, lab

SPEED = 60.0
PATIENCE = 60
"""Seconds; only a failure takes so long."""

PROMPT = re.compile(r"\[(?P<signs>[a-z0-9,-]+(?:,q,\?)?)\] \((?P<safe>[^)\n]*)\) $")
WORD = re.compile(r"Type (?P<word>.+) to go ahead; Enter goes back: $")
CHANGES = re.compile(
    r"-T peerinact|\b(?:chsyscfg|mksyscfg|rmsyscfg|migrlpar -o m)\b|> */etc/llttab"
)


def squeezed(text):
    """Text without what wrapping adds."""
    return re.sub(r"\s", "", text)


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


def changing(site):
    return [event for event in site.events("command") if CHANGES.search(event["line"])]


@pytest.mark.parametrize(
    ("migration", "status", "terminal"),
    [("succeeds", 0, True), ("fails-midway", 1, False)],
    ids=("succeeds-terminal", "fails-midway-pipe"),
)
def test_a_whole_run_is_walked_line_by_line(tmp_path, migration, status, terminal):
    scenario = Scenario(route="full", migration=migration)
    with lab(scenario, tmp_path / "lab", speed=SPEED) as site:
        words = ("wizard", site.change_path, "--plain", "--speed", SPEED)
        with talk(tmp_path, *words, terminal=terminal) as talking:
            walk(talking)
            assert talking.end() == status, talking.text
        judge(site.verdict(), "full", migrated=status == 0)
        assert len(site.commands("migrlpar", "-o m")) == 1
    assert "\x1b" not in talking.text
    assert all(
        len(line) <= 80 for line in talking.text.partition("The run's folder")[0].split("\n")
    )
    assert re.search(r"== Step \d+ of \d+: Migrate ==", talking.text)
    assert "\nType db01 to go ahead; Enter goes back: db01\n" in talking.text


def test_each_command_was_said_before_its_question_was_answered(tmp_path):
    with lab(Scenario(route="full"), tmp_path / "lab", speed=SPEED) as site:
        words = ("wizard", site.change_path, "--plain", "--speed", SPEED)
        with talk(tmp_path, *words) as talking:
            said = ""
            while True:
                match, _ = talking.hear(PROMPT, WORD)
                for event in changing(site):
                    line = squeezed(event["line"])
                    assert line in squeezed(said), event
                if match is None:
                    break
                said = talking.text
                word = match.groupdict().get("word")
                talking.type(word or ("y" if match["signs"].startswith("y") else ""))
            assert talking.end() == 0


def test_enter_alone_never_changes_anything(tmp_path):
    with plainly(tmp_path, "full") as (talking, site):
        for _ in range(12):
            if talking.hear(PROMPT)[0] is None:
                break
            talking.type("")
        talking.end_of_input()
        assert talking.end() == 1
        assert changing(site) == []


def test_the_way_back_puts_everything_right(tmp_path):
    with plainly(tmp_path, "full") as (talking, site):
        assert "Rename the placeholder" in walk(talking, until="Rename the placeholder on")
        talking.type("b")
        walk(talking)
        assert talking.end() == 1
        judge(site.verdict(), "full", migrated=False)
        assert site.commands("migrlpar", "-o m") == []
    assert "Not migrated; nothing is owed." in talking.text


def test_a_wrong_word_sends_nothing_and_asks_again(tmp_path):
    with plainly(tmp_path, "full") as (talking, site):
        walk(talking, until="point of no return")
        for wrong in ("DB01", "db0", "y", ""):
            talking.type("y")
            assert talking.hear(WORD)[0]
            talking.type(wrong)
            assert "othing was sent." in talking.hear(PROMPT)[1]
        talking.type("db01")
        assert "First y, then db01." in talking.hear(PROMPT)[1]
        assert site.commands("migrlpar", "-o m") == []
        talking.type("q")
        talking.hear(PROMPT)
        talking.type("y")
        assert talking.end() == 3
        assert site.commands("migrlpar", "-o m") == []


def test_leaving_says_what_stays_owed_and_bare_lparwiz_takes_it_up(tmp_path):
    with plainly(tmp_path, "full") as (talking, site):
        walk(talking, until="Rename the placeholder on")
        talking.type("q")
        said = talking.hear(PROMPT)[1]
        assert "stay owed" in said
        assert "lltconfig -T peerinact:3200" in " ".join(said.split())
        talking.type("")
        assert "Rename the placeholder on" in talking.hear(PROMPT)[1]
        talking.type("q")
        talking.hear(PROMPT)
        talking.type("y")
        assert talking.end() == 3
        assert "Owed on db01" in talking.text
        with talk(tmp_path, "--plain") as again:
            said = again.hear(PROMPT)[1]
            assert "Taken up again" in said
            assert "debts are owed" in said
            assert "Rename the placeholder on" in said
            again.end_of_input()
            assert again.end() == 3
        with talk(tmp_path, "resume", "--plain", "--speed", SPEED) as again:
            walk(again)
            assert again.end() == 0, again.text
        judge(site.verdict(), "full", migrated=True)


def test_the_end_of_the_input_leaves(tmp_path):
    with plainly(tmp_path, "outside") as (talking, site):
        talking.hear(PROMPT)
        talking.end_of_input()
        assert talking.end() == 1
        assert changing(site) == []
    assert "Stopped at a safe point: the input ended." in talking.text


def test_an_output_that_nobody_reads_leaves(tmp_path):
    with plainly(tmp_path, "outside") as (talking, site):
        talking.hear(PROMPT)
        talking.read_no_more()
        talking.type("?")
        assert talking.process.wait(PATIENCE) in (1, 120)
        assert changing(site) == []


def test_help_and_the_pages_can_be_asked_for_at_any_prompt(tmp_path):
    with plainly(tmp_path, "full") as (talking, _):
        walk(talking, until="Rename the placeholder on")
        asked = {"?": "Guide: ", "ledger": "[!] owed  db01", "hosts": "hosts", "all": "PASS"}
        for typed, part in asked.items():
            talking.type(typed)
            said = talking.hear(PROMPT)[1]
            assert part in said, said
            assert "Rename the placeholder on" in said
        assert all(len(line) <= 80 for line in talking.text.split("\n"))


@pytest.mark.parametrize("ends", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_leaves_in_order(tmp_path, ends):
    with plainly(tmp_path, "outside") as (talking, _):
        talking.hear(PROMPT)
        talking.process.send_signal(ends)
        assert talking.end() == 1
    assert "Stopped at a safe point" in talking.text


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


def test_ctrl_c_holds_a_run_and_it_goes_on_again(tmp_path):
    with at_the_point_of_no_return(tmp_path) as (talking, site):
        let_it_migrate(talking)
        talking.process.send_signal(signal.SIGINT)
        said = talking.hear(re.compile(r"Go on\? \[y,n,b,q,\?\] \(n\) $"))[1]
        assert "On hold" in said
        talking.type("n")
        talking.hear(re.compile("Still on hold"))
        talking.type("y")
        talking.hear(re.compile("Going on"))
        walk(talking)
        assert talking.end() == 0, talking.text
        judge(site.verdict(), "full", migrated=True)


@pytest.mark.parametrize("word", ["--json", "--dry-run"])
def test_run_asks_as_well_but_only_people(tmp_path, word):
    with plainly(tmp_path, "outside", command="run") as (talking, site):
        assert talking.hear(PROMPT)[0]
        with talk(tmp_path, "run", site.change_path, "--plain", word) as refused:
            assert refused.end() == 2


def test_plain_is_a_setting_too(tmp_path):
    settings = tmp_path / "config" / "lparwiz" / "settings.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text("plain = true\n")
    with plainly(tmp_path, "outside", option=()) as (talking, _):
        assert talking.hear(PROMPT)[0]


def test_the_way_back_is_shown_as_commands_and_taken_after_a_yes(tmp_path):
    with plainly(tmp_path, "full") as (talking, site):
        walk(talking, until="Rename the placeholder on")
        for refused in ("n", ""):
            talking.type("abort")
            said = talking.hear(PROMPT)[1]
            assert "the way back is open" in said
            assert "reads first:" in said
            assert "lltconfig -T peerinact:3200" in " ".join(said.split())
            assert said.endswith("Take the way back? [y,n,q,?] (n) ")
            talking.type(refused)
            assert "Rename the placeholder on" in talking.hear(PROMPT)[1]
        assert not any("3200" in line for _, line in site.commands("-T peerinact"))
        talking.type("abort")
        talking.hear(PROMPT)
        talking.type("y")
        walk(talking)
        assert talking.end() == 1
        judge(site.verdict(), "full", migrated=False)
        assert site.commands("migrlpar", "-o m") == []


def test_the_way_back_while_the_hmc_migrates_is_to_ask_it_to_stop(tmp_path):
    with at_the_point_of_no_return(tmp_path) as (talking, site):
        let_it_migrate(talking)
        talking.type("abort")
        said = ""
        while not said.endswith("Ask the HMC to stop it? [y,n,q,?] (n) "):
            match, new = talking.hear(PROMPT)
            said += new
            if match["safe"] == "y":  # a screenful was full
                talking.type("")
        assert "can't be called back from here" in " ".join(said.split())
        assert "migrlpar -o s" in " ".join(said.split())
        talking.type("y")
        walk(talking)
        status = talking.end()
        assert len(site.commands("migrlpar", "-o s")) == 1
        judge(site.verdict(), "full", migrated=status == 0)


def test_hold_can_be_typed_too(tmp_path):
    with at_the_point_of_no_return(tmp_path) as (talking, site):
        talking.type("hold")
        assert "Nothing runs while this waits" in talking.hear(PROMPT)[1]
        let_it_migrate(talking)
        talking.type("hold")
        assert "On hold" in talking.hear(re.compile(r"Go on\? \[y,n,b,q,\?\] \(n\) $"))[1]
        talking.type("y")
        walk(talking)
        assert talking.end() == 0, talking.text
        judge(site.verdict(), "full", migrated=True)


MORE = re.compile(r"\d+ more lines?\. Read on\? \[y,n,q,\?\] \(y\) $")
ROWS = 12


def test_what_a_terminal_has_no_room_for_waits_for_its_reader(tmp_path):
    with lab(Scenario(route="full", nodes=4), tmp_path / "lab", speed=SPEED) as site:
        words = ("wizard", site.change_path, "--plain", "--speed", SPEED)
        with talk(tmp_path, *words, terminal=True, rows=ROWS) as talking:
            turned, new = 0, ""
            for _ in range(40):
                match, new = talking.hear(PROMPT)
                if "Raise peerinact to" in new:
                    break
                if "== Step" not in new:  # what was told as it happened had scrolled by before
                    assert len(new.split("\n")) <= ROWS, new
                turned += MORE.search(new) is not None
                talking.type("y" if match["signs"].startswith("y") else "")
            assert "Raise peerinact to" in new
            assert turned
            assert changing(site) == []


class Terminal(io.StringIO):
    """A terminal that doesn't tell its size, and keeps what it shows."""

    def isatty(self):
        return True


def test_what_waits_stays_behind_its_prompt_until_somebody_reads_on():
    paper = Paper(Terminal(), lambda: None, by_screen=True)
    paper.wait_for_reader(on=True)
    paper.write([f"line {number}" for number in range(30)])
    waiting = list(paper.rest)
    assert waiting
    paper.typed("?", echo=False)
    paper.aside("Enter shows the next lines.")
    paper.write(["a host answers again"])
    assert paper.rest == [*waiting, "a host answers again"]
    paper.turn()
    assert paper.rest == []


def test_what_was_left_out_is_read_before_it_is_confirmed(tmp_path):
    with lab(Scenario(route="full", nodes=4), tmp_path / "lab", speed=SPEED) as site:
        words = ("wizard", site.change_path, "--plain", "--speed", SPEED)
        with talk(tmp_path, *words, terminal=True, rows=ROWS) as talking:
            walk(talking, until="== Step 5")
            assert MORE.search(talking.text)
            waiting = MORE.search(talking.text[-40:])[0]
            talking.type("hosts")
            said = talking.hear(MORE)[1]
            assert "First the lines that wait" in said
            assert said.endswith(waiting), "nothing was read meanwhile"
            talking.process.send_signal(signal.SIGINT)
            said = talking.hear(PROMPT)[1]
            assert "Nothing runs while this waits" in said
            assert said.endswith(waiting), "no line waits twice"
            talking.type("n")
            match, new = talking.hear(PROMPT)
            assert match["safe"] == "n", new
            assert "$ " not in new
            talking.type("y")
            match, new = talking.hear(PROMPT)
            assert "Nothing was sent. This was left out" in new
            assert changing(site) == []
            while match["safe"] == "y":
                talking.type("y")
                match, _ = talking.hear(PROMPT)
            assert changing(site) == []
            talking.type("y")
            talking.hear(PROMPT)
            assert len(changing(site)) == 4
