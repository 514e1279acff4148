"""The clean-up: made anew from the backup, deleted only what is proven to be the placeholder."""

from lparwiz.lab.scenario import Scenario

from ..labs import hook, lab, owed, unattended


def test_an_empty_listing_of_the_target_does_not_pay_for_the_placeholder(tmp_path):
    """A system that runs the LPAR and two VIOS lists `No results`: that is no proof of absence."""
    with lab(Scenario(route="full"), tmp_path / "lab") as site:
        _listing_before_the_deletion(site, text="No results were found.", status=0)
        status, snapshot = unattended(site, tmp_path)
        verdict = site.verdict()
    assert verdict["placeholder"] == "db01_placeholder"
    assert "placeholder" in owed(snapshot)
    assert status == 3, snapshot.closing


def test_an_absent_code_for_a_whole_listing_is_no_absence(tmp_path):
    """HSCL8012 speaks of a name; nobody asked for one."""
    with lab(Scenario(route="full"), tmp_path / "lab") as site:
        text = "HSCL8012 The partition named x was not found."
        _listing_before_the_deletion(site, text=text, status=1)
        status, snapshot = unattended(site, tmp_path)
        verdict = site.verdict()
    assert verdict["placeholder"] == "db01_placeholder"
    assert "placeholder" in owed(snapshot)
    assert status == 3, snapshot.closing


def _listing_before_the_deletion(site, **answer):
    """The console's next whole listing of the target, once the LPAR is being made anew."""

    def spoil():
        pattern = "lssyscfg -r lpar -m p9-west$"
        site.lab.faults.add("fail", "hmc2", pattern, **answer)

    hook(site, "hmc1", "mksyscfg -r lpar", spoil)


def test_the_command_that_pays_for_the_placeholder_fits_the_outcome(tmp_path):
    """After success it must be deleted; the ledger tells to name it back beside the real one."""
    with lab(Scenario(route="full"), tmp_path / "lab") as site:
        site.fault(host="hmc2", pattern="rmsyscfg", kind="fail", count=1)
        status, snapshot = unattended(site, tmp_path)
        debt = owed(snapshot)["placeholder"]
        _, _, answered = site.execute("hmc2", debt.pays)
        after = site.verdict()["placeholder"]
    assert status == 3
    assert answered == 0
    assert after == "gone"


def test_a_backup_that_does_not_read_back_after_the_migration_is_a_stop_with_debts(tmp_path):
    with lab(Scenario(route="full"), tmp_path / "lab") as site:

        def tear():
            (file,) = (tmp_path / "runs").glob("*/backup/definition.json")
            file.write_text(file.read_text()[:100])

        hook(site, "hmc1", "migrlpar -o m", tear)
        status, snapshot = unattended(site, tmp_path)
        verdict = site.verdict()
    assert status == 3, snapshot.closing
    assert "definition" in owed(snapshot)
    assert all(was == now for was, now in verdict["timers"].values())
