"""The wizard without a screen on a low terminal: a screenful waits for its reader."""

import io
import re
import signal

from lparwiz.lab.scenario import Scenario
from lparwiz.plain.paper import Paper

from .labs import lab
from .talking import PROMPT, SPEED, changing, talk, walk

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
