"""Both consoles prove what became of the migration, or no branch opens; nothing is sent twice."""

import dataclasses

import pytest

from lparwiz.lab import mobility
from lparwiz.lab.scenario import Scenario

from ..labs import hook, judge, lab, owed, unattended
from .in_memory import Run
from .somebody import INTERIM, full


def test_a_migration_whose_answer_is_lost_is_followed_to_its_end(tmp_path):
    """A broken link is not a failed migration, and it is never sent twice."""
    with lab(Scenario(route="full"), tmp_path / "lab") as site:
        site.fault(host="hmc1", pattern="migrlpar -o m", kind="drop-after")
        status, snapshot = unattended(site, tmp_path)
        verdict = site.verdict()
        assert len(site.commands("migrlpar", "-o m")) == 1
    assert status == 0, snapshot.closing
    judge(verdict, "full", migrated=True)


def test_a_migration_that_never_ran_is_left_unknown_until_somebody_has_looked(tmp_path):
    """Nothing on any console tells it from one that waits there and begins later."""
    with lab(Scenario(route="full"), tmp_path / "lab") as site:
        site.fault(host="hmc1", pattern="migrlpar -o m", kind="drop-before")
        status, snapshot = unattended(site, tmp_path)
        verdict = site.verdict()
        assert verdict["migrations"] == []
    assert status == 4, snapshot.closing
    owed = {debt.id for debt in snapshot.ledger if debt.state == "owed"}
    assert {"migration", "placeholder", "peerinact/db01", "peerinact/db02"} <= owed


def test_while_a_console_is_silent_no_branch_opens(tmp_path):
    """Unknown is a result: the debts stay, with their commands, and the status says so."""
    with lab(Scenario(route="full"), tmp_path / "lab") as site:
        site.fault(host="hmc2", pattern="lpar_names=db01", kind="fail", skip=5, count=None)
        status, snapshot = unattended(site, tmp_path)
        assert not site.commands("rmsyscfg")
        assert not site.commands("mksyscfg")
    assert status == 4, snapshot.closing
    owed = {debt.id for debt in snapshot.ledger if debt.state == "owed"}
    assert {"migration", "definition", "placeholder", "peerinact/db01", "peerinact/db02"} <= owed
    assert all(debt.pays for debt in snapshot.ledger)
    (folder,) = (tmp_path / "runs").iterdir()
    ledger = (folder / "ledger.md").read_text()
    assert all(debt.pays in ledger for debt in snapshot.ledger)


def test_a_migration_that_still_validates_when_the_link_breaks_is_not_called_not_migrated(
    tmp_path, monkeypatch
):
    """Both looks come within milliseconds, while lslparmigr says `Migration Starting`."""
    monkeypatch.setitem(mobility.SHARES, "validating", 0.8)
    scenario = Scenario(route="outside", migration_seconds=250.0)
    with lab(scenario, tmp_path / "lab") as site:

        def cut_soon():
            site.lab.site.clock.after(5.0, site.lab.servers["hmc1"].cut)

        hook(site, "hmc1", "migrlpar -o m", cut_soon)
        status, snapshot = unattended(site, tmp_path)
        site.let_it_migrate()
        verdict = site.verdict()
    assert verdict["migrated"]
    assert verdict["false_failovers"] == []
    assert status != 1, snapshot.closing


def somebody_migrates(site):
    """Somebody else sends the migration while this run validates."""
    line = "migrlpar -o m -m p9-east -t p9-west --ip 127.0.0.1 -u hscroot -p db01"
    site.fault(kind="hook", host="hmc1", pattern="migrlpar -o v", on="hmc1", command=line)


def test_somebody_elses_migration_is_not_called_not_migrated(tmp_path):
    """`no migration was ever sent` by us proves nothing about where the LPAR runs (rule 6)."""
    with lab(Scenario(route="full"), tmp_path / "lab") as site:
        somebody_migrates(site)
        status, snapshot = unattended(site, tmp_path)
        verdict = site.verdict()
    assert verdict["migrated"]
    assert not verdict["definition"]["exists"]
    assert "Not migrated" not in snapshot.closing
    assert "definition" in owed(snapshot)
    assert status == 4


def test_somebody_elses_migration_on_a_route_without_profiles_is_not_exit_status_1(tmp_path):
    with lab(Scenario(route="outside"), tmp_path / "lab") as site:
        somebody_migrates(site)
        status, snapshot = unattended(site, tmp_path)
        assert site.verdict()["migrated"]
    assert status == 4, snapshot.closing


def test_the_two_looks_at_the_consoles_are_apart_in_time(tmp_path):
    """A stale inventory, or a migration about to begin, outlives the 20 ms between them."""
    with lab(Scenario(route="outside"), tmp_path / "lab") as site:
        unattended(site, tmp_path)
        looks = [
            event["at"]
            for event in site.events("command")
            if event["host"] == "hmc2"
            and event["line"].endswith("p9-west --filter lpar_names=db01")
            if event["line"].startswith("lssyscfg")
        ]
    *_, first, second, _ = looks  # the last is the restore's
    assert second - first >= 10.0


def test_for_a_migration_that_hangs_on_both_sides_the_ledger_tells_how_it_is_recovered(tmp_path):
    """Both rows `Migrating` for good: the facts' table says stop or recover, after polling."""
    scenario = Scenario(route="outside", migration="fails-midway")
    with lab(scenario, tmp_path / "lab") as site:

        def hang():
            if site.lab.site.mobility.unrecovered is not None:
                for system in site.lab.site.systems:
                    for partition in system.partitions:
                        if partition.name == "db01":
                            partition.row["state"] = "Migrating - Running"

        hook(site, "*", "lpar_names=db01", hang, count=None)
        _, snapshot = unattended(site, tmp_path, ("[ssh]", '[limits]\nmigration = "5m"\n\n[ssh]'))
        sent = site.commands("migrlpar", "-o r")
    told = [debt for debt in owed(snapshot).values() if "migrlpar -o r" in debt.what + debt.pays]
    assert sent == []
    assert told


@pytest.mark.parametrize("route", ["outside", "full"])
def test_a_half_done_migration_that_is_not_recovered_is_owed(tmp_path, route):
    """Exit status 1 says `everything put back, nothing owed`; a half-made twin hangs there."""
    with lab(Scenario(route=route, migration="fails-midway"), tmp_path / "lab") as site:
        site.fault(host="hmc1", pattern="migrlpar -o r", kind="fail", count=None)
        status, snapshot = unattended(site, tmp_path)
        assert site.verdict()["leftovers"]
    debts = owed(snapshot)
    assert any("migrlpar -o r" in debt.pays for debt in debts.values()), debts.keys()
    assert status == 3, snapshot.closing


async def test_a_half_done_migration_is_recovered_before_the_placeholder_has_its_name_back(folder):
    """Named back first, it would stand in the way of the recovery itself (facts, hmc.md 8.16)."""
    run = await full(folder, {}, {}, migration="fails-midway")
    sent = [
        word
        for _, line in run.world.commands()
        for word in ("migrlpar -o r", f"name={INTERIM},new_name=db01")
        if word in line
    ]
    assert sent == ["migrlpar -o r", f"name={INTERIM},new_name=db01"]
    assert run.status == 1, run.snapshot.closing
    assert run.verdict["clean"]


class Unfiltered(Run):
    """A console that lists every partition, whichever it is asked for."""

    host = ""

    async def run(self, host_id, command):
        if host_id == self.host and "lssyscfg -r lpar" in command.text:
            command = dataclasses.replace(command, text=command.text.partition(" --filter")[0])
        return await super().run(host_id, command)


async def test_the_row_of_another_partition_tells_nothing_of_the_lpar(folder):
    """A VIOS that is Running would pass for it: the timers would go down by that."""
    it = Unfiltered(folder, route="full", migration="fails-midway")
    it.happens.append(("migrlpar -o m", lambda: setattr(it, "host", "console/source")))
    assert await it.once() == 4, it.said
    assert {"migration", "peerinact/db01", "peerinact/db02"} <= it.owed
