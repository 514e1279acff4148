"""The journal keeps what was written, tolerates a torn end, and names any other damage."""

import fcntl
import os
import resource
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lparwiz.run.journal import Journal, JournalDamaged, JournalFailed, Played, is_played, read

TEXTS = st.dictionaries(st.text(max_size=8), st.text(max_size=20), max_size=3)


def journal(path):
    return Journal(path, lambda: 12.5)


@given(st.lists(st.tuples(st.text(max_size=10), TEXTS), max_size=8))
def test_what_is_written_reads_back(tmp_path_factory, events):
    path = tmp_path_factory.mktemp("journal") / "journal.jsonl"
    written = journal(path)
    for kind, data in events:
        written.write(kind, payload=data)
    written.close()
    assert [(e.kind, e.data["payload"]) for e in read(path)] == events


def test_a_torn_last_line_is_dropped_and_written_over(tmp_path):
    path = tmp_path / "journal.jsonl"
    first = journal(path)
    first.write("one")
    first.write("two")
    first.close()
    whole = path.read_bytes()
    path.write_bytes(whole[:-5])
    assert [event.kind for event in read(path)] == ["one"]
    again = journal(path)
    again.write("three")
    again.close()
    assert [event.kind for event in read(path)] == ["one", "three"]


@pytest.mark.parametrize("line", [1, 2])
def test_a_changed_line_is_named(tmp_path, line):
    path = tmp_path / "journal.jsonl"
    written = journal(path)
    for kind in ("one", "two", "three"):
        written.write(kind)
    written.close()
    lines = path.read_bytes().splitlines(keepends=True)
    lines[line - 1] = lines[line - 1].replace(b"12.5", b"99.5")
    path.write_bytes(b"".join(lines))
    with pytest.raises(JournalDamaged, match=f"Line {line + 1}"):
        read(path)


def test_a_removed_line_is_named(tmp_path):
    path = tmp_path / "journal.jsonl"
    written = journal(path)
    for kind in ("one", "two", "three"):
        written.write(kind)
    written.close()
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0] + lines[2])
    with pytest.raises(JournalDamaged, match="Line 2"):
        read(path)


def test_garbage_is_named_and_never_anything_else(tmp_path):
    path = tmp_path / "journal.jsonl"
    path.write_bytes(b"\xff\xfe[]\n")
    with pytest.raises(JournalDamaged, match="Line 1"):
        read(path)


def test_a_full_disk_is_said_and_nothing_is_taken_as_written(tmp_path, monkeypatch):
    path = tmp_path / "journal.jsonl"
    written = journal(path)
    written.write("one")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(JournalFailed, match="No space left"):
        written.write("two")
    assert [event.kind for event in written.events] == ["one"]
    written.close()


def test_the_file_is_for_its_owner_only(tmp_path):
    path = tmp_path / "journal.jsonl"
    journal(path).close()
    assert path.stat().st_mode & 0o777 == 0o600


def test_who_only_looks_whether_a_run_is_played_keeps_nobody_from_playing_it(tmp_path, monkeypatch):
    path = tmp_path / "journal.jsonl"
    journal(path).close()
    with path.open("rb") as looking:
        fcntl.flock(looking, fcntl.LOCK_SH)  # as `is_played` holds it, for an instant
        waited = []

        def sleep(seconds):
            waited.append(seconds)
            fcntl.flock(looking, fcntl.LOCK_UN)

        monkeypatch.setattr(time, "sleep", sleep)
        opened = journal(path)
        assert len(waited) == 1
        assert is_played(path)
        with pytest.raises(Played):
            journal(path)
        opened.close()
    assert not is_played(path)


def test_listeners_hear_of_an_event_after_it_is_on_the_disk(tmp_path):
    path = tmp_path / "journal.jsonl"
    written = journal(path)
    seen = []
    written.listen(lambda event: seen.append((event.kind, b'"one"' in path.read_bytes())))
    written.write("one")
    written.close()
    assert seen == [("one", True)]


def test_a_journal_that_failed_once_stays_failed(tmp_path):
    """Half a line is on the disk; whoever writes on makes the whole journal unreadable."""
    path = tmp_path / "journal.jsonl"
    journal = Journal(path, lambda: 0.0)
    journal.write("begun")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + 50, hard))
    try:
        with pytest.raises(JournalFailed):
            journal.write("fact", key="long", value="x" * 500)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    with pytest.raises(JournalFailed):
        journal.write("debt incurred", debt="of a sibling that was under way")
    assert [event.kind for event in read(path)] == ["begun"]


def test_a_closed_journal_does_not_take_events_in_silence(tmp_path):
    """`Writing again is an error`, it says; nothing on the disk, and no error."""
    journal = Journal(tmp_path / "journal.jsonl", lambda: 0.0)
    journal.close()
    with pytest.raises(JournalFailed):
        journal.write("intent", action="a")
