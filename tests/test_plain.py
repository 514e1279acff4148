"""The wizard without a screen, over real SSH to the lab: by a pipe and by a terminal."""

import re
import signal

import pytest

from lparwiz.lab.scenario import Scenario

from .labs import judge, lab
from .processes import PATIENCE
from .talking import PROMPT, SPEED, WORD, changing, plainly, talk, walk


def squeezed(text):
    """Text without what wrapping adds."""
    return re.sub(r"\s", "", text)


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
