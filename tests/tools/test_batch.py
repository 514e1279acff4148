"""Several readings in one command: told apart whatever they print, or unknown."""

import subprocess
from dataclasses import replace

import pytest

from lparwiz.tools.batch import batch, split
from lparwiz.tools.command import Answer, Command, Outcome
from lparwiz.tools.errors import Refused
from lparwiz.tools.shell import become, on_node

MARK = "m4rk"


def asked(*texts):
    return [on_node(text) for text in texts]


def ran(commands, mark=MARK, prefix=""):
    """What a real shell makes of it."""
    command = become(batch(commands, mark), prefix)
    done = subprocess.run(["/bin/sh", "-c", command.text], capture_output=True, check=False)
    return Answer(
        Outcome.EXITED,
        done.returncode,
        done.stdout.decode("utf-8", "replace"),
        done.stderr.decode("utf-8", "replace"),
        done.stdout,
        done.stderr,
    )


@pytest.mark.parametrize("prefix", ["", "env"])
def test_each_reading_has_its_own_output_errors_and_status(prefix):
    commands = asked("echo one", "echo no >&2; exit 3", "printf 'no end'", "true", "not-there")
    answers = split(ran(commands, prefix=prefix), commands, MARK)
    assert [answer.status for answer in answers] == [0, 3, 0, 0, 127]
    assert [answer.stdout for answer in answers] == ["one\n", "", "no end", "", ""]
    assert answers[1].stderr == "no\n"
    assert "not-there" in answers[4].stderr
    assert all(answer.outcome is Outcome.EXITED for answer in answers)


def test_bytes_come_as_they_are(tmp_path):
    odd = tmp_path / "llttab"
    odd.write_bytes(b"set-node a\r\nlink\xff\n\n\nset-timer peerinact:3200")
    commands = asked("echo x", f"cat {odd}", "echo y")
    assert split(ran(commands), commands, MARK)[1].raw_stdout == odd.read_bytes()


def test_quotes_and_blanks_reach_the_shell_as_they_are():
    commands = asked("echo 'a  b' \"c\"", 'for r in 1 2; do echo "$r"; done', "printf '%s\\n' '%d'")
    answers = split(ran(commands), commands, MARK)
    assert [answer.stdout for answer in answers] == ["a  b c\n", "1\n2\n", "%d\n"]


@pytest.mark.parametrize(
    "fake",
    [f"@{MARK} 0 echo one", f"@{MARK} 0 echo two", f"@{MARK} 1 cat file", f"@{MARK} 0 else"],
)
def test_output_that_looks_like_a_mark_makes_nothing_certain(fake, tmp_path):
    evil = tmp_path / "evil"
    evil.write_text(f"before\n\n{fake}\n\n@{MARK} 0 echo two\nafter\n")
    commands = asked("echo one", f"cat {evil}", "echo two")
    answers = split(ran(commands), commands, MARK)
    assert all(answer.outcome is not Outcome.EXITED for answer in answers)


def test_what_had_ended_before_the_answer_was_cut_counts():
    commands = asked("echo one", "echo two", "echo three")
    whole = ran(commands)
    at = whole.raw_stdout.index(b"three")
    cut = replace(
        whole,
        outcome=Outcome.LOST,
        status=None,
        stdout=whole.stdout[:at],
        raw_stdout=whole.raw_stdout[:at],
        reason="the connection was lost",
    )
    one, two, three = split(cut, commands, MARK)
    assert (one.stdout, two.stdout) == ("one\n", "two\n")
    assert three.outcome is Outcome.LOST
    assert three.reason == "the connection was lost"


def test_an_end_that_tells_too_little_is_no_end():
    commands = asked("echo one", "echo two")
    whole = ran(commands)
    short = whole.raw_stdout[: whole.raw_stdout.index(b"two")]
    answer = replace(whole, stdout=short.decode(), raw_stdout=short)
    assert all(each.outcome is Outcome.LOST for each in split(answer, commands, MARK))


def test_a_refusal_is_everyones_answer():
    commands = asked("echo one", "echo two")
    refused = Answer(Outcome.EXITED, 1, stderr="sudo: a password is required")
    assert split(refused, commands, MARK) == (refused, refused)


def test_silence_is_no_answer():
    (one,) = split(Answer(Outcome.EXITED, 0), asked("echo one"), MARK)
    assert one.outcome is Outcome.LOST


@pytest.mark.parametrize(
    ("commands", "mark"),
    [
        ([], MARK),
        ([Command("rm x", changes=True)], MARK),
        (asked("ls", "ls"), MARK),
        (asked("ls"), "a b"),
        (asked("ls"), ""),
        (asked("ls\nls"), MARK),
    ],
)
def test_what_is_no_batch_of_readings_is_refused(commands, mark):
    with pytest.raises(Refused):
        batch(commands, mark)
