"""The mark's commands, run by a real POSIX shell on a file of the test's own."""

import subprocess
from pathlib import Path

import pytest

from lparwiz.tools import mark as marks
from lparwiz.tools.errors import Unreadable

AT = 1_795_313_647.184203


def mark(lpar="db01", folder="/home/ann/runs/20261122-0214-db01", at=AT):
    return marks.new("20261122-0214-db01", lpar, "ann@jump1", at, folder)


OURS = mark()
THEIRS = mark(at=AT + 1e-3)


@pytest.fixture(params=[shell for shell in ("/bin/sh", "/bin/ksh") if Path(shell).exists()])
def sh(tmp_path, request):
    """Run a command with the mark's file in a folder of the test's own; what it printed."""

    def run(command, status=0):
        text = command.text.replace(marks.PATH, str(tmp_path / "lparwiz.run"))
        found = subprocess.run(
            [request.param, "-c", text], capture_output=True, text=True, check=False
        )
        assert found.returncode == status, found.stderr
        return found.stdout

    return run


def test_the_line_says_which_run_of_whom_since_when_and_where():
    assert OURS.line == (
        f"lparwiz run 20261122-0214-db01 [{OURS.id}], LPAR db01, by ann@jump1, "
        "since 2026-11-22T02:14:07.184203Z, in /home/ann/runs/20261122-0214-db01"
    )


@pytest.mark.parametrize(
    "lpar", ["db01", "db 01", "it's", "50%", "$HOME", "a, by b, since c", "`x`\\n"]
)
def test_a_mark_reads_back_as_it_was_placed(sh, tmp_path, lpar):
    ours = mark(lpar=lpar)
    sh(marks.place(ours))
    seen = marks.parse(sh(marks.read(ours)))
    assert seen.mark is not None
    assert (seen.mark.line, seen.half) == (ours.line, False)
    assert [path.name for path in tmp_path.iterdir()] == ["lparwiz.run"]
    assert (tmp_path / "lparwiz.run").stat().st_mode & 0o777 == 0o644


def test_none_is_told_by_our_own_words(sh):
    assert marks.parse(sh(marks.read())) == marks.Seen(None)


def test_a_second_mark_is_not_placed_over_the_first(sh, tmp_path):
    sh(marks.place(THEIRS))
    sh(marks.place(OURS), status=1)
    assert marks.parse(sh(marks.read())).mark == THEIRS
    assert [path.name for path in tmp_path.iterdir()] == ["lparwiz.run"]


def test_only_ones_own_mark_is_removed(sh):
    sh(marks.place(THEIRS))
    sh(marks.remove(OURS))
    assert marks.parse(sh(marks.read())).mark == THEIRS
    sh(marks.remove(THEIRS))
    sh(marks.remove(THEIRS))
    assert marks.parse(sh(marks.read())).mark is None


def test_what_a_crash_left_halfway_is_seen_and_put_right(sh, tmp_path):
    begun, _, _ = marks.place(OURS).text.partition(" && ")
    sh(marks.Command(begun))
    assert marks.parse(sh(marks.read(OURS))) == marks.Seen(None, half=True)
    assert marks.parse(sh(marks.read(THEIRS))) == marks.Seen(None)
    sh(marks.remove(OURS))
    assert list(tmp_path.iterdir()) == []
    sh(marks.Command(begun))
    sh(marks.place(OURS))
    assert marks.parse(sh(marks.read(OURS))) == marks.Seen(OURS)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "no such file",
        OURS.line[:-1],
        OURS.line[:40],
        OURS.line.replace("ann", "bob"),
        OURS.line + "\nlparwiz: no mark\n",
        "lparwiz: no mark\nand more",
        "lparwiz: half placed\n",
        "Datei oder Verzeichnis nicht gefunden\n",
    ],
)
def test_anything_else_is_unreadable_never_absent(text):
    with pytest.raises(Unreadable):
        marks.parse(text)


def test_a_folder_a_link_to_nowhere_and_an_empty_file_are_no_absent_mark(sh, tmp_path):
    path = tmp_path / "lparwiz.run"
    path.mkdir()
    with pytest.raises(Unreadable, match="not a file"):
        marks.parse(sh(marks.read()))
    path.rmdir()
    path.symlink_to(tmp_path / "nowhere")
    with pytest.raises(Unreadable, match="not a file"):
        marks.parse(sh(marks.read()))
    path.unlink()
    path.touch()
    with pytest.raises(Unreadable):
        marks.parse(sh(marks.read()))
    sh(marks.clear())
    assert marks.parse(sh(marks.read())).mark is None


def test_whatever_a_machine_is_called_the_line_stays_one_of_plain_ascii():
    odd = marks.new("run", "db\n01", "m\xfcller@h\x1b[31mst", AT, "/h\xf6me/\u202e")
    assert "in /h?me/?" in odd.line
    assert odd.line.isascii()
    assert odd.line.isprintable()
