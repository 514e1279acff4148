"""The clean-up: made anew from the backup, deleted only what is proven to be the placeholder."""

import dataclasses
import re

import pytest

from lparwiz.lab.scenario import Scenario

from ..labs import hook, lab, owed, unattended
from .in_memory import Run


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


class Mixed(Run):
    """One console is of a level that prints no uuid, the other one isn't."""

    old = ""

    async def run(self, host_id, command):
        answer = await super().run(host_id, command)
        if host_id != self.old:
            return answer
        told = re.sub(rb",uuid=[^,\n]*", b"", answer.raw_stdout)
        return dataclasses.replace(answer, stdout=told.decode(), raw_stdout=told)


@pytest.mark.parametrize("old", ["console/source", "console/target"])
async def test_where_one_console_prints_no_uuid_the_placeholder_is_deleted_all_the_same(
    folder, old
):
    """As where neither does: only what both tell can be compared."""
    it = Mixed(folder, route="full")
    it.old = old
    assert await it.once() == 0, it.said
    assert it.site.verdict()["clean"]


async def test_where_both_print_it_an_lpar_without_its_uuid_keeps_the_placeholder(folder):
    it = Mixed(folder, route="full")

    def cut_short():
        it.old = "console/target"

    it.happens.append(("mksyscfg -r lpar", cut_short))
    assert await it.once() == 3, it.said
    assert it.sent("rmsyscfg") == []


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
