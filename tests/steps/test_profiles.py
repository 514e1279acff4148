"""Before the migration: the definition is kept, and the placeholder can be given its name back."""

from lparwiz.lab.scenario import Scenario

from ..labs import SPEED, hook, lab, unattended
from ..processes import lparwiz


def test_a_name_too_long_to_be_given_back_stops_before_anything_is_changed(tmp_path):
    """interim -> own name is refused at 32 characters; that is learned after timers were raised."""
    with lab(Scenario(route="full", lpar="x" * 32), tmp_path / "lab") as site:
        status, snapshot = unattended(site, tmp_path)
        assert all(was == now for was, now in site.verdict()["timers"].values())
        assert not site.commands("-T peerinact:")
    assert status == 1, snapshot.closing


def _spoil_backup(folder):
    """As a full or unmounted disk does, in the middle of a run."""
    for backup in (folder / "runs").glob("*/backup"):
        for file in backup.iterdir():
            file.unlink()
        backup.rmdir()
        backup.write_text("no folder any more")


def test_a_backup_that_can_not_be_kept_takes_the_way_back(tmp_path):
    with lab(Scenario(route="full"), tmp_path / "lab") as site:
        hook(site, "db01", "-T peerinact:9000", lambda: _spoil_backup(tmp_path))
        status, snapshot = unattended(site, tmp_path)
        assert all(was == now for was, now in site.verdict()["timers"].values())
    assert status == 1, snapshot.closing


def test_a_run_whose_backup_can_not_be_kept_ends_with_the_status_for_everything_put_back(tmp_path):
    """An error of this machine's own, and not one of a host."""
    with lab(Scenario(route="full"), tmp_path / "lab") as site:
        hook(site, "db01", "-T peerinact:9000", lambda: _spoil_backup(tmp_path))
        words = ("run", site.change_path, "--runs", tmp_path / "runs", "--speed", SPEED)
        found = lparwiz(*words, folder=tmp_path)
        assert all(was == now for was, now in site.verdict()["timers"].values())
    assert found.returncode == 1, found.stdout
