"""Before the migration: the definition is kept, and the placeholder can be given its name back."""

import signal

from click.testing import CliRunner

from lparwiz.cli import main
from lparwiz.lab.scenario import Scenario

from ..labs import SPEED, hook, lab, unattended


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


def test_when_lparwiz_itself_fails_the_exit_status_is_not_the_one_for_everything_put_back(
    tmp_path,
):
    """With timers raised and owed, `lparwiz run` ends 1, and no debt is printed."""
    before = {n: signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        with lab(Scenario(route="full"), tmp_path / "lab") as site:
            hook(site, "db01", "-T peerinact:9000", lambda: _spoil_backup(tmp_path))
            arguments = ["run", str(site.change_path), "--runs", str(tmp_path / "runs")]
            arguments += ["--speed", str(SPEED)]
            result = CliRunner().invoke(main, arguments)
            timers = site.verdict()["timers"]
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if all(was == now for was, now in timers.values()):
        assert result.exit_code == 1
    else:
        assert result.exit_code == 3, result.exception
        assert "lltconfig -T peerinact:1600" in result.output.split("Pay it with", 1)[-1]
