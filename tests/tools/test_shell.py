"""Commands as a shell takes them."""

import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lparwiz.tools.command import Command
from lparwiz.tools.errors import Refused
from lparwiz.tools.shell import become, line, on_node, quote

PRINTABLE = st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=40)


@settings(deadline=None)
@given(st.lists(PRINTABLE, min_size=1, max_size=4))
def test_a_real_shell_sees_the_words_that_were_meant(words):
    out = subprocess.run(
        ["/bin/sh", "-c", "printf '%s\\n' " + line(*words)], capture_output=True, check=True
    ).stdout
    assert out.decode().split("\n")[:-1] == words


@pytest.mark.parametrize("char", ["\n", "\r", "\0", "\x1b", "\x7f", "\x85", "\t"])
def test_control_characters_are_refused(char):
    with pytest.raises(Refused):
        quote(f"a{char}b")


def test_without_a_prefix_a_command_stays_as_it_is():
    command = on_node("lltconfig -T query")
    assert become(command, "") is command


def test_becoming_root_takes_path_and_redirection_along():
    command = Command("PATH=$PATH:/sbin echo 'it''s' > /etc/x && id", changes=True, limit=5)
    wrapped = become(command, "sudo -n")
    assert wrapped.text == (
        "sudo -n /bin/sh -c 'PATH=$PATH:/sbin echo '\"'\"'it'\"'\"''\"'\"'s'\"'\"' > /etc/x && id'"
    )
    assert (wrapped.changes, wrapped.limit) == (True, 5)
