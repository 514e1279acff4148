"""On any doubt: all nodes or none, no branch while anything is unknown, nothing sent twice."""

from lparwiz.lab.scenario import Scenario

from ..labs import judge, lab, unattended


def test_one_node_that_refuses_its_timer_puts_all_back(tmp_path):
    with lab(Scenario(route="full", nodes=3), tmp_path / "lab") as site:
        site.fault(host="db03", pattern="-T peerinact:9000", kind="fail")
        status, snapshot = unattended(site, tmp_path)
        verdict = site.verdict()
        assert not site.commands("migrlpar", "-o m")
    assert status == 1, snapshot.closing
    judge(verdict, "full", migrated=False)


def test_a_timer_whose_answer_was_lost_is_proven_by_reading(tmp_path):
    with lab(Scenario(route="full"), tmp_path / "lab") as site:
        site.fault(host="db02", pattern="-T peerinact:9000", kind="drop-after")
        status, snapshot = unattended(site, tmp_path)
        verdict = site.verdict()
        assert len(site.commands("-T peerinact:9000")) == 2
    assert status == 0, snapshot.closing
    judge(verdict, "full", migrated=True)


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


def test_a_timer_that_somebody_else_set_is_not_overwritten_in_silence(tmp_path):
    with lab(Scenario(route="outside"), tmp_path / "lab") as site:
        site.fault(
            kind="hook",
            host="hmc1",
            pattern="migrlpar -o m",
            on="db02",
            command="PATH=$PATH:/sbin lltconfig -T peerinact:12000",
        )
        status, snapshot = unattended(site, tmp_path)
        now = site.verdict()["timers"]["db02"][1]
    assert now == 12000
    assert status == 3
    owed = {debt.id for debt in snapshot.ledger if debt.state == "owed"}
    assert owed == {"peerinact/db02", "mark/db01", "mark/db02"}
    lines = [line for page in snapshot.pages for line in page.lines]
    assert any(
        "was 1600 (16 s), ours 9000 (90 s), found 12000 (120 s)" in line for line in lines
    ), lines
