"""The run's folder: names safe on every file system, files replaced in one stroke."""

import pytest

from lparwiz.run import folder


def test_two_runs_in_one_minute_get_folders_of_their_own(tmp_path):
    first = folder.create(tmp_path / "runs", "db01", 0.0)
    second = folder.create(tmp_path / "runs", "db01", 0.0)
    assert first != second
    assert first.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("name", ["../../etc", "a/b", "db 01", ".", "x" * 200, "ж"])
def test_no_name_leaves_the_folder_of_the_runs(tmp_path, name):
    made = folder.create(tmp_path, name, 0.0)
    assert made.parent == tmp_path
    assert len(made.name) <= folder.NAME_LENGTH


def test_a_file_is_replaced_whole_and_is_its_owners_only(tmp_path):
    path = tmp_path / "ledger.md"
    folder.put(path, "first\n")
    folder.put(path, "second\n")
    assert path.read_text() == "second\n"
    assert path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["ledger.md"]


def test_what_is_kept_reads_back_byte_for_byte(tmp_path):
    kept = folder.Folder(tmp_path)
    kept.keep("backup/llttab.db01", "set-node db01\r\nset-timer peerinact:3200")
    assert kept.kept("backup/llttab.db01") == "set-node db01\r\nset-timer peerinact:3200"
    assert kept.kept("backup/none") is None


def test_a_dry_run_keeps_nothing_on_the_disk(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    kept = folder.NoFolder()
    kept.keep("ledger.md", "text")
    assert kept.kept("ledger.md") == "text"
    assert list(tmp_path.iterdir()) == []
