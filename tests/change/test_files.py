"""The change file as a file: its encoding, its TOML, and on which line each key stands."""

import os
import tomllib
from pathlib import Path

import pytest

from lparwiz.change import ChangeInvalid, Route, parse, read
from lparwiz.change.lines import key_lines
from lparwiz.change.toml import LARGEST_FILE

from .sample import FULL, HERE, ISSUE, only


def test_broken_toml_has_its_line():
    problem = only(ISSUE.replace('"full"', '"full'))
    assert problem.line == 5
    assert "broken TOML" in problem.found
    assert "broken TOML" in only(ISSUE + "\nversion = 1\n[ssh]\n").found


def test_deep_nesting_is_a_problem_and_no_crash():
    assert "nested" in only("a = " + "[" * 100_000).found


def test_an_endless_number_is_a_problem_and_no_crash():
    assert only("a = " + "1" * 10_000).found


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        (b"\xef\xbb\xbfversion = 1\n", "byte order mark"),
        ("version = 1\n".encode("utf-16"), "byte order mark"),
        (b"version = 1\ntitle = '\xe9'\n", "0xe9"),
        (b"#" * (LARGEST_FILE + 1), "bytes"),
        (b"\x00", "broken TOML"),
    ],
    ids=["BOM", "UTF-16", "Latin-1", "huge", "binary"],
)
def test_a_file_that_is_no_text_is_a_problem(tmp_path, raw, found):
    path = tmp_path / "change.toml"
    path.write_bytes(raw)
    with pytest.raises(ChangeInvalid) as invalid:
        read(path)
    assert found in invalid.value.problems[0].found


def test_a_wrong_byte_has_its_line(tmp_path):
    path = tmp_path / "change.toml"
    path.write_bytes(b"version = 1\ntitle = '\xe9'\n")
    with pytest.raises(ChangeInvalid) as invalid:
        read(path)
    assert invalid.value.problems[0].line == 2


def test_a_missing_file_a_folder_and_a_pipe_are_problems(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path, found in (
        (tmp_path / "none", "no such file"),
        (tmp_path, "directory"),
        (tmp_path / "pipe", "no regular file"),
        (Path("a\0b"), ""),
        (tmp_path / ("x" * 300), ""),
    ):
        with pytest.raises(ChangeInvalid) as invalid:
            read(path)
        assert found in str(invalid.value)


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_an_unreadable_file_is_a_problem(tmp_path):
    path = tmp_path / "change.toml"
    path.write_text(FULL)
    path.chmod(0)
    with pytest.raises(ChangeInvalid, match="can't be read"):
        read(path)


def test_dos_line_ends_are_read():
    assert parse(ISSUE.replace("\n", "\r\n"), HERE).route is Route.FULL


def test_lines_are_found_behind_strings_arrays_and_quoted_keys():
    text = '''a = """
b = 1
""""
c = [
  "]", # ]
  "x",
]
"d.e".f = { g = 1,h = "}" }
[t."u v"]
k = '[[n]]'
[[n]]
x = 1
[[n]]
[n.sub]
[[n.m]]
y = 1
'''
    assert tomllib.loads(text)
    lines = key_lines(text)
    assert lines[("a",)] == 1
    assert lines[("c",)] == 4
    assert lines[("d.e", "f")] == 8
    assert lines[("t", "u v", "k")] == 10
    assert (lines[("n",)], lines[("n", 0, "x")], lines[("n", 1)]) == (11, 12, 13)
    assert (lines[("n", 1, "sub")], lines[("n", 1, "m", 0, "y")]) == (14, 16)
    assert ("b",) not in lines
