"""The freezes of earlier changes: kept whole, found again, and none lost to a torn line."""

import json
import os
import resource
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lparwiz import history
from lparwiz.history import History, Kind, Seen, append, read


def seen(seconds=24.0, lpar="db01", source="p9-east", target="p9-west", at=1.0, **more):
    told = {"least": seconds - 0.05, "samples": 480, "by": "ticks of db01", "kind": Kind.MIGRATION}
    return Seen(at, lpar, source, target, seconds, **{**told, "whole": True, **more})


def test_what_is_kept_reads_back_the_same_and_is_its_owners_only(tmp_path):
    path = tmp_path / "runs" / "history.jsonl"
    figures = (seen(memory=32768, run="20261122-0214-db01"), seen(14.5, by="CHG1", samples=0))
    for each in figures:
        append(path, each)
    assert read(path) == figures
    assert path.stat().st_mode & 0o777 == 0o600


@given(cut=st.integers(0, 400))
def test_a_line_torn_anywhere_costs_itself_and_no_other(tmp_path_factory, cut):
    path = tmp_path_factory.mktemp("torn") / "history.jsonl"
    append(path, seen(1.0))
    whole = path.read_bytes()
    append(path, seen(2.0))
    torn = path.read_bytes()[: len(whole) + cut]
    path.write_bytes(torn)
    append(path, seen(3.0))
    told = [each.seconds for each in read(path)]
    assert told[0] == 1.0
    assert told[-1] == 3.0
    assert len(told) == (3 if cut >= len(whole) - 1 else 2)


def test_what_is_no_figure_is_passed_over_and_what_a_later_version_adds_is_ignored(tmp_path):
    path = tmp_path / "history.jsonl"
    later = json.dumps({**seen(7.0).as_data(), "colour": "blue"})
    lines = ["", "{}", "[1]", "null", '{"at": 1', later, json.dumps({"at": "x"})]
    path.write_text("\n".join(lines))
    assert [each.seconds for each in read(path)] == [7.0]


def test_what_of_the_history_cannot_be_read_is_said(tmp_path):
    path = tmp_path / "history.jsonl"
    append(path, seen(24.0))
    assert History(path).unread == ""
    with path.open("a") as file:
        file.write('{"at": 1, "seco\n\n')
    append(path, seen(7.0))
    assert "1 of the 3 lines" in History(path).unread
    assert [each.seconds for each in History(path).all] == [24.0, 7.0]
    assert "can't be read" in History(tmp_path).unread, "a folder is no file"


def test_no_file_is_no_history(tmp_path):
    assert read(tmp_path / "history.jsonl") == ()
    assert History(tmp_path / "history.jsonl").unread == ""
    assert History(tmp_path / "history.jsonl").longest("db01", "a", "b") is None


def test_the_longest_of_the_pair_counts_in_either_direction_before_any_other(tmp_path):
    history = History(None, [seen(14.0), seen(20.0, source="p9-west", target="p9-east")])
    history.keep(seen(60.0, target="p9-south"))
    history.keep(seen(99.0, lpar="db02"))
    assert history.longest("db01", "p9-east", "p9-west").seconds == 20.0
    assert history.longest("db01", "p9-east", "p9-north").seconds == 60.0
    assert history.longest("db03", "p9-east", "p9-west") is None


def test_what_was_not_seen_whole_counts_only_where_it_is_the_longest(tmp_path):
    history = History(None, [seen(14.0), seen(3.0, whole=False), seen(60.0, target="p9-south")])
    assert history.longest("db01", "p9-east", "p9-west").seconds == 14.0
    history.keep(seen(14.5, whole=False))
    longest = history.longest("db01", "p9-east", "p9-west")
    assert longest.seconds == 60.0, "nobody knows how long it was: the other systems' counts too"
    assert not longest.may_lower("p9-east", "p9-west")


def test_a_line_that_does_not_tell_whether_it_was_whole_lowers_nothing_but_a_persons_word(tmp_path):
    path = tmp_path / "history.jsonl"
    lines = [seen(7.0), seen(8.0, kind=Kind.TYPED)]
    old = [{k: v for k, v in each.as_data().items() if k != "whole"} for each in lines]
    path.write_text("".join(f"{json.dumps(each)}\n" for each in old))
    assert [each.may_lower("p9-west", "p9-east") for each in read(path)] == [False, True]
    assert [str(each).endswith("only raises") for each in read(path)] == [True, False]


@pytest.mark.parametrize("line", ["[" * 200_000, '{"a":' * 200_000], ids=["lists", "objects"])
def test_a_line_nested_too_deep_is_passed_over(tmp_path, line):
    path = tmp_path / "history.jsonl"
    path.write_text(f"{line}\n{json.dumps(seen(7.0).as_data())}\n")
    assert [each.seconds for each in read(path)] == [7.0]


def test_what_steers_a_terminal_is_not_shown(tmp_path):
    path = tmp_path / "history.jsonl"
    append(path, seen(7.0, by="CHG\x1b[2J\x9b5n\x07"))
    (told,) = read(path)
    assert told.by == "CHG?[2J?5n?"


@pytest.mark.parametrize("figure", ["NaN", "Infinity", "-5"])
def test_a_figure_that_is_no_number_of_seconds_is_passed_over(tmp_path, figure):
    seen = Seen(0.0, "db01", "a", "b", 5.0, 4.9, 10, "ticks", Kind.MIGRATION)
    path = tmp_path / history.FILE
    path.write_text(json.dumps(seen.as_data()).replace("5.0", figure) + "\n")
    assert history.read(path) == ()


def test_a_figure_that_did_not_fit_on_the_disk_is_an_error(tmp_path):
    """`write` may write but a part of a line, and says so by its result only."""
    seen = Seen(0.0, "db01", "a", "b", 5.0, 4.9, 10, "ticks", Kind.MIGRATION)
    path = tmp_path / history.FILE
    child = os.fork()
    if child == 0:
        status = 1
        try:
            resource.setrlimit(resource.RLIMIT_FSIZE, (40, 40))
            history.append(path, seen)
        except OSError:
            status = 0
        finally:
            sys.stderr.flush()
            os._exit(status)
    _, ended = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(ended) == 0


def test_a_figure_that_tells_no_systems_counts_between_all():
    history = History(None, [seen(40.0, source="", target="")])
    assert history.longest("db01", "p9-east", "p9-west").seconds == 40.0
