"""/etc/llttab in all its forms, edited and written by a real shell (vcs.md 1.5, 10.5, 10.6)."""

import contextlib
import shlex
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lparwiz.tools import llt, replace
from lparwiz.tools.errors import Refused, Unreadable
from lparwiz.tools.shell import become

PLAIN = """set-node host1
set-cluster 1234
# private links
link en2 en-00:15:17:48:b5:80 - ether - -
link en3 en-00:15:17:48:b5:81 - ether - -
"""
LINES = st.sampled_from(
    [
        "set-node host1",
        "link en2 en-00:15:17:48:b5:80 - ether - -",
        "set-timer peerinact:9000",
        "set-timer peertrouble:350",
        "exclude 2-31",
        "# it's a \\ comment $HOME `x` %s",
        "",
        "\tstart",
        "start",
    ]
)


def test_without_a_line_of_its_own_the_file_leaves_the_default():
    assert llt.llttab_peerinact(PLAIN) is None
    assert llt.llttab_peerinact("#set-timer peerinact:9000\n") is None


def test_its_own_line_is_read_with_any_blanks_and_comment():
    assert llt.llttab_peerinact(PLAIN + "  set-timer\tpeerinact:3200  # site\r\n") == 3200


def test_a_line_is_added_at_the_end():
    assert llt.llttab_with_peerinact(PLAIN, 9000) == PLAIN + "set-timer peerinact:9000\n"


def test_a_line_of_its_own_is_replaced_where_it_stands():
    text = "set-timer peerinact:1600\nset-timer peertrouble:350\n"
    expected = "set-timer peerinact:9000\nset-timer peertrouble:350\n"
    assert llt.llttab_with_peerinact(text, 9000) == expected


def test_start_stays_last():
    added = llt.llttab_with_peerinact(PLAIN + "start\n", 9000)
    assert added == PLAIN + "set-timer peerinact:9000\nstart\n"


def test_a_missing_final_line_end_is_mended_and_no_directives_fuse():
    added = llt.llttab_with_peerinact(PLAIN.rstrip("\n"), 9000)
    assert added == PLAIN + "set-timer peerinact:9000\n"
    assert llt.llttab_with_peerinact("start", 9000) == "set-timer peerinact:9000\nstart\n"


def test_dos_line_ends_are_kept():
    dos = PLAIN.replace("\n", "\r\n")
    assert llt.llttab_with_peerinact(dos, 9000) == dos + "set-timer peerinact:9000\r\n"


@settings(deadline=None)
@given(st.lists(LINES), st.sampled_from(["\n", "\r\n"]), st.booleans(), st.integers(401, 99999))
def test_an_edited_file_sets_what_was_asked_and_keeps_the_rest(lines, end, closed, value):
    text = end.join(lines) + (end if closed else "")
    edited = llt.llttab_with_peerinact(text, value)
    assert llt.llttab_peerinact(edited) == value
    assert llt.llttab_with_peerinact(edited, value) == edited
    others = [line for line in lines if "peerinact" not in line]
    kept = [line for line in edited.splitlines() if "peerinact" not in line]
    assert [line for line in kept if line] == [line for line in others if line]


@pytest.mark.parametrize(
    "line",
    [
        "set-timer peerinact:3200 peertrouble:400",
        "set-timer peertrouble:400 peerinact:3200",
        "set-timer peerinact: 3200",
        "  set-timer\tpeerinact 3200 # by hand",
        "set-timer peerinact:32s",
    ],
)
def test_beside_a_line_that_sets_it_in_another_form_no_second_one_is_added(line):
    """Nobody knows which of two would win."""
    with pytest.raises(Refused) as refused:
        llt.llttab_with_peerinact(f"{PLAIN}\n{line}\nstart\n", 9000)
    assert "not of the form `set-timer peerinact:9000`" in refused.value.reason


@pytest.mark.parametrize("line", ["# set-timer peerinact: 32", "set-timer rpeerinact:700"])
def test_a_comment_and_another_timer_are_no_such_line(line):
    text = f"{line}\n{PLAIN}"
    assert llt.llttab_with_peerinact(text, 9000).startswith(f"{line}\n")


@pytest.mark.parametrize("value", [-1, 2**31])
def test_an_impossible_value_is_refused(value):
    with pytest.raises(Refused):
        llt.llttab_with_peerinact(PLAIN, value)


def shell(command, tab):
    """Run the command with `tab` in place of /etc/llttab."""
    text = command.text.replace(llt.LLTTAB, str(tab))
    done = subprocess.run(["/bin/sh", "-c", text], capture_output=True, text=True, check=False)
    return done.returncode


@pytest.mark.parametrize(
    "text",
    [
        PLAIN,
        PLAIN.replace("\n", "\r\n"),
        "mixed\r\nends\n",
        "tab\there and 'quotes' \"too\"\n\n  %s \\n $HOME `id`\n-n\n",
    ],
    ids=["plain", "dos", "mixed", "hostile"],
)
def test_a_real_shell_writes_the_text_to_the_byte_and_restores_the_copy(tmp_path, text):
    tab, copy = tmp_path / "llttab", "/tmp/copy"  # noqa: S108 - replaced below
    tab.write_bytes(b"the former\n")
    tab.chmod(0o640)
    kept = tmp_path / "kept"
    write, restore = llt.write_llttab("the former\n", text, copy), llt.restore_llttab(copy, text)
    place = [type(each)(each.text.replace(copy, str(kept))) for each in (write, restore)]
    assert shell(place[0], tab) == 0
    assert tab.read_bytes() == text.encode()
    assert kept.read_bytes() == b"the former\n"
    assert tab.stat().st_mode & 0o777 == 0o640
    assert shell(place[0], tab) != 0
    assert tab.read_bytes() == text.encode()
    assert kept.read_bytes() == b"the former\n"
    assert shell(place[1], tab) == 0
    assert tab.read_bytes() == b"the former\n"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["kept", "llttab"]


def test_a_copy_that_cannot_be_kept_leaves_the_file_alone(tmp_path):
    tab = tmp_path / "llttab"
    tab.write_text("the former\n")
    assert shell(llt.write_llttab("the former\n", PLAIN, "/nowhere/at/all/copy"), tab) != 0
    assert tab.read_text() == "the former\n"


@pytest.mark.parametrize("theirs", ["The former\n", "the former\nlink en9 - -\n", "", "the former"])
def test_what_somebody_edited_since_it_was_read_is_left_alone(tmp_path, theirs):
    tab, kept = tmp_path / "llttab", tmp_path / "kept"
    tab.write_text(theirs)
    text = llt.write_llttab("the former\n", PLAIN, str(kept)).text.replace(llt.LLTTAB, str(tab))
    done = subprocess.run(["/bin/sh", "-c", text], capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert done.stderr == f"{tab} was edited\n"
    assert tab.read_text() == theirs
    assert [each.name for each in tmp_path.iterdir()] == ["llttab"]


@settings(deadline=None)
@given(st.binary(max_size=600))
def test_a_checksum_is_the_system_s_own(content):
    done = subprocess.run(["/usr/bin/cksum"], input=content, capture_output=True, check=True)
    assert replace.checksum(content) == done.stdout.decode().strip()


def test_a_symbolic_link_is_never_made_a_file_of_its_own(tmp_path):
    real, tab, kept = (tmp_path / name for name in ("site.llttab", "llttab", "kept"))
    real.write_text("the former\n")
    tab.symlink_to(real)
    kept.write_text("a copy\n")
    for command in (
        llt.write_llttab("the former\n", PLAIN, "/etc/copy"),
        llt.restore_llttab("/etc/copy", PLAIN),
    ):
        text = command.text.replace("/etc/copy", str(kept)).replace(llt.LLTTAB, str(tab))
        done = subprocess.run(["/bin/sh", "-c", text], capture_output=True, text=True, check=False)
        assert done.returncode != 0
        assert done.stderr == f"{tab} is a symbolic link\n"
    assert tab.is_symlink()
    assert real.read_text() == "the former\n"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["kept", "llttab", "site.llttab"]


def test_a_look_tells_a_file_a_link_wherever_it_leads_something_else_and_nothing(tmp_path):
    tab, kinds = tmp_path / "llttab", llt.FileKind
    text = llt.look_at_llttab().text.replace(llt.LLTTAB, str(tab))

    def seen():
        done = subprocess.run(["/bin/sh", "-c", text], capture_output=True, text=True, check=True)
        return llt.parse_file_kind(done.stdout)

    assert seen() is kinds.MISSING
    tab.symlink_to(tmp_path / "nowhere")
    assert seen() is kinds.LINK
    (tmp_path / "nowhere").write_text(PLAIN)
    assert seen() is kinds.LINK
    tab.unlink()
    tab.mkdir()
    assert seen() is kinds.OTHER
    tab.rmdir()
    tab.write_text(PLAIN)
    assert seen() is kinds.FILE


@pytest.mark.parametrize("text", ["", "plik", "file file", "missing\nlink"])
def test_a_look_in_other_words_is_unreadable(text):
    with pytest.raises(Unreadable):
        llt.parse_file_kind(text)


def test_it_is_one_line_even_through_become():
    command = become(llt.write_llttab("old\n", PLAIN, "/etc/llttab.copy"), "sudo -n")
    assert "\n" not in command.text
    words = shlex.split(command.text)
    assert words[:4] == ["sudo", "-n", "/bin/sh", "-c"]
    assert words[4] == llt.write_llttab("old\n", PLAIN, "/etc/llttab.copy").text
    assert command.changes


@pytest.mark.parametrize("text", ["", " \n", "set-node a", "bell\x07\n"])
def test_a_text_that_would_harm_is_not_written(text):
    with pytest.raises(Refused):
        llt.write_llttab("old\n", text, "/etc/llttab.copy")


@pytest.mark.parametrize("copy", ["copy", "/etc/llttab", "/etc/a b", "/etc/$(id)", ""])
def test_a_copy_goes_to_a_plain_path_of_its_own(copy):
    builders = (
        lambda c: llt.restore_llttab(c, "a\n"),
        llt.read_llttab_copy,
        lambda c: llt.write_llttab("old\n", "a\n", c),
    )
    for build in builders:
        with pytest.raises(Refused):
            build(copy)


def test_the_copy_is_printed_to_the_byte_and_nothing_where_there_is_none(tmp_path):
    copy = tmp_path / "copy"
    command = llt.read_llttab_copy(str(copy))

    def printed():
        return subprocess.run(["/bin/sh", "-c", command.text], capture_output=True, check=True)

    assert not command.changes
    assert printed().stdout == b""
    copy.write_bytes(b"the former\r\n")
    assert printed().stdout == b"the former\r\n"


def test_a_copy_that_was_cut_short_never_gets_the_copys_name(tmp_path):
    """`cp` leaves what it had room for; tried again with room, the copy is whole."""
    tab, kept = tmp_path / "llttab", tmp_path / "kept"
    tab.write_text("the former\n")
    broken = tmp_path / "cp"
    broken.write_text('#!/bin/sh\nprintf the > "$3"\nexit 1\n')
    broken.chmod(0o755)
    command = llt.write_llttab("the former\n", PLAIN, str(kept))
    without_room = type(command)(command.text.replace("cp -p", f"{broken} -p"))
    assert shell(without_room, tab) != 0
    assert tab.read_text() == "the former\n"
    assert not kept.exists()
    assert shell(command, tab) == 0
    assert (tab.read_text(), kept.read_text()) == (PLAIN, "the former\n")


def test_llthosts_gives_names_by_id():
    assert llt.parse_llthosts("0 host1\n# comment\n\n 1  host2\n") == {0: "host1", 1: "host2"}


@pytest.mark.parametrize("text", ["", "0\n", "0 a\n0 b\n", "cat: cannot open\n"])
def test_what_is_no_llthosts_is_unreadable(text):
    with pytest.raises(Unreadable):
        llt.parse_llthosts(text)


@settings(deadline=None)
@given(st.text())
def test_no_text_breaks_the_readers(text):
    llt.llttab_peerinact(text)
    llt.llttab_with_peerinact(text, 9000)
    with contextlib.suppress(Unreadable):
        llt.parse_llthosts(text)
