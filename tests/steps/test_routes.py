"""Every route with each of the three migrations, judged by the lab's own record."""

import pytest

from lparwiz.lab.scenario import Scenario

from ..labs import judge, lab, unattended

ROUTES = ("outside", "managed", "full")


@pytest.mark.parametrize("migration", ["succeeds", "fails-validation", "fails-midway"])
@pytest.mark.parametrize("route", ROUTES)
def test_every_route_ends_as_its_migration_does(tmp_path, route, migration):
    with lab(Scenario(route=route, migration=migration), tmp_path / "lab") as site:
        status, snapshot = unattended(site, tmp_path)
        verdict = site.verdict()
    assert status == (0 if migration == "succeeds" else 1), snapshot.closing
    assert snapshot.owed == 0
    judge(verdict, route, migrated=migration == "succeeds")


def test_the_migration_is_sent_once(tmp_path):
    with lab(Scenario(route="full"), tmp_path / "lab") as site:
        unattended(site, tmp_path)
        assert len(site.commands("migrlpar", "-o m")) == 1


def test_a_name_with_a_space_and_one_console_for_both(tmp_path):
    scenario = Scenario(route="full", lpar="db 01", consoles=1)
    with lab(scenario, tmp_path / "lab") as site:
        status, snapshot = unattended(site, tmp_path)
        verdict = site.verdict()
    assert status == 0, snapshot.closing
    judge(verdict, "full", migrated=True)


@pytest.mark.parametrize(
    "scenario",
    [
        Scenario(route="full", locale="pl", errors_on="stderr"),
        Scenario(route="full", locale="pl", hmc_version=8, old_filters=True),
        Scenario(route="full", nodes=5, node_user="ops"),
        Scenario(route="full", same_lpar_id=True),
    ],
    ids=["polish-stderr", "polish-v8-no-uuid", "five-nodes-sudo", "same-id"],
)
def test_the_whole_of_it_on_other_sites(tmp_path, scenario):
    with lab(scenario, tmp_path / "lab") as site:
        status, snapshot = unattended(site, tmp_path)
        verdict = site.verdict()
    assert status == 0, snapshot.closing
    judge(verdict, "full", migrated=True)


def test_the_run_leaves_a_folder_with_which_a_person_can_finish(tmp_path):
    with lab(Scenario(route="full"), tmp_path / "lab") as site:
        _, snapshot = unattended(site, tmp_path)
    (folder,) = (tmp_path / "runs").iterdir()
    names = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert {
        "change.toml",
        "journal.jsonl",
        "ledger.md",
        "report.md",
        "backup/source-lpar.txt",
        "backup/source-profiles.txt",
        "backup/recreate.sh",
    } <= names
    assert all(path.stat().st_mode & 0o077 == 0 for path in (folder, *folder.rglob("*")))
    report = (folder / "report.md").read_text()
    assert "migrlpar -o m" in report
    assert "Nothing is owed." in (folder / "ledger.md").read_text()
    assert snapshot.folder == str(folder)


def test_an_unraised_timer_is_a_false_failover(tmp_path):
    """The lab is honest: with a raise that is too small the frozen node is taken for dead."""
    with lab(Scenario(route="outside", freeze=40.0), tmp_path / "lab") as site:
        unattended(site, tmp_path, ('peerinact = "90s"', 'peerinact = "20s"'))
        assert site.verdict()["false_failovers"]


def test_a_shared_processor_pool_that_the_migration_can_not_name_is_warned_of(tmp_path):
    """Without `shared_proc_pool_name` it lands in DefaultPool, silently (facts, hmc.md 8.14)."""
    with lab(Scenario(route="full"), tmp_path / "lab") as site:
        _, snapshot = unattended(site, tmp_path)
        ((_, sent),) = site.commands("migrlpar", "-o m")
    warned = [
        f
        for page in snapshot.pages
        for f in page.findings
        if f.level.value == "warning" and "pool" in f.text.lower()
    ]
    assert "dbpool" not in sent
    assert warned
