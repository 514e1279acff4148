"""peerinact: raised on all nodes or on none, and lowered only in a whole cluster."""

import pytest

from lparwiz.lab.scenario import Scenario
from lparwiz.lab.troubles.registry import TROUBLES
from lparwiz.owing import Owing, hand_over

from ..labs import begun, hook, judge, lab, owed, unattended
from ..operators import Deciding, Hands
from .somebody import BACK, World, played

SETTLES_SOON = ("[ssh]", '[limits]\nsettle = "30s"\n\n[ssh]')


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


def test_a_timer_that_fell_back_since_the_timers_step_stops_the_migration(tmp_path):
    """A node rebooted, or its administrator `mended` it, while the operator read the pages."""
    with lab(Scenario(route="outside"), tmp_path / "lab") as site:
        site.fault(
            kind="hook",
            host="hmc1",
            pattern="migrlpar -o v",
            on="db02",
            command="PATH=$PATH:/sbin lltconfig -T peerinact:1600",
        )
        unattended(site, tmp_path)
        verdict = site.verdict()
        sent = site.commands("migrlpar", "-o m")
    assert verdict["false_failovers"] == []
    assert sent == []


def test_a_link_that_went_down_since_the_check_stops_the_migration(tmp_path):
    with lab(Scenario(route="outside"), tmp_path / "lab") as site:
        hook(
            site,
            "hmc1",
            "migrlpar -o v",
            lambda: site.lab.site.cluster.down.setdefault((1, 0), set()).add("en3"),
        )
        unattended(site, tmp_path, SETTLES_SOON)
        assert site.commands("migrlpar", "-o m") == []


def test_a_running_value_that_no_file_explains_is_no_pass(tmp_path):
    """9000 running and nothing in llttab: somebody's unpaid debt, taken for the node's own."""
    with lab(Scenario(route="outside", peerinact=(3200, 1600)), tmp_path / "lab") as site:
        site.execute("db02", "PATH=$PATH:/sbin lltconfig -T peerinact:9000")
        _, snapshot = unattended(site, tmp_path)
    found = [
        f
        for page in snapshot.pages
        for f in page.findings
        if f.host == "db02" and f.id in ("llt.peerinact", "llt.llttab")
    ]
    assert [f.level.value for f in found] != ["pass"]


def test_debts_of_an_earlier_run_are_not_taken_for_the_nodes_own_values(tmp_path):
    """Run 1 leaves 9000 owed; run 2 finds `9000 or above already` and says nothing is owed."""
    scenario = Scenario(route="outside", migration="fails-validation")
    with lab(scenario, tmp_path / "lab") as site:
        site.fault(host="*", pattern="-T peerinact:(1600|3200)", kind="fail", count=None)
        first, _ = unattended(site, tmp_path)
        site.call(site.lab.faults.clear)
        with pytest.raises(Owing, match="lltconfig -T peerinact:1600"):
            unattended(site, tmp_path)
        (folder,) = (tmp_path / "runs").iterdir()
        for node in ("db01", "db02"):
            site.execute(node, "rm /etc/lparwiz.run")
        assert hand_over(folder, "ann", "paid by hand") == 4
        assert "by ann: paid by hand" in (folder / "ledger.md").read_text()
        third, _ = unattended(site, tmp_path)
    assert first == 3
    assert third == 1


def test_timers_are_not_lowered_on_the_way_back_while_a_link_is_down(tmp_path):
    """Rule 9: after every peer sees every node OPEN; `_go_back` doesn't look."""
    with lab(Scenario(route="outside", nodes=3), tmp_path / "lab") as site:

        def lose():
            site.lab.site.cluster.down.setdefault((1, 0), set()).update({"en2", "en3"})

        hook(site, "db03", "-T peerinact:9000", lose)
        site.fault(host="db03", pattern="-T peerinact:9000", kind="fail")
        unattended(site, tmp_path, SETTLES_SOON)
        assert site.verdict()["early_restores"] == []


def test_timers_are_not_lowered_when_a_link_went_down_while_the_question_stood(tmp_path):
    """The cluster was whole when it was asked; the operator answers an hour later."""
    with lab(Scenario(route="outside"), tmp_path / "lab") as site:
        engine = begun(site, tmp_path, None, SETTLES_SOON)

        def lose(snapshot, _hands):
            question = snapshot.question
            if question is not None and question.id == "restore.proceed":
                links = site.lab.site.cluster.down.setdefault((1, 0), set())
                site.call(links.update, {"en2", "en3"})

        Hands(engine, lose)
        engine.start()
        engine.join()
        assert site.verdict()["early_restores"] == []


def test_a_peer_that_lltstat_no_longer_lists_is_not_whole(tmp_path):
    """`lltstat -nvv active` leaves a lost node out; GAB notices 5 s later (facts, vcs.md 2.4)."""
    only_itself = (
        "LLT node information:\n    Node          State      Link    Status      Address\n"
        "   *1 db02          OPEN\n"
        "                             en2     UP     08:00:20:93:01:34\n"
        "                             en3     UP     08:00:20:93:01:35\n"
    )
    with lab(Scenario(route="outside"), tmp_path / "lab") as site:
        # lltstat reads of db02: Connect, Check, then Restore's.
        site.fault(
            host="db02", pattern="lltstat -nvv", kind="fail", skip=2, count=None,
            text=only_itself, status=0,
        )  # fmt: skip
        _stdout_instead(site)
        status, snapshot = unattended(site, tmp_path, SETTLES_SOON)
        assert site.events("fault")
    assert status == 3, snapshot.closing
    assert {"peerinact/db01", "peerinact/db02"} <= set(owed(snapshot))


def _stdout_instead(site):
    """A refusal of the lab goes to stderr; this one has to come as output."""
    site.fault(host="db02", pattern="lltstat -nvv", kind="other-channel", skip=2, count=None)


async def test_a_raise_that_did_nothing_and_exits_0_is_no_raised_timer(folder):
    """lltconfig's exit status is documented nowhere (facts, vcs.md 10.4)."""
    world = World(Scenario(route="outside"))
    world.site.faults.add("fail", "db02", "-T peerinact:9000", status=0, count=None)
    run = await played(world, folder, Deciding())
    assert world.commands("migrlpar", "-o m") == []
    assert run.status == 1, run.snapshot.closing
    assert run.verdict["timers"] == BACK


async def test_a_raise_that_worked_and_exits_1_is_a_raised_timer(folder):
    world = World(Scenario(route="outside"))
    world.site.faults.add("status-disagrees", "*", "-T peerinact:", count=None)
    run = await played(world, folder, Deciding())
    assert run.status == 0, run.snapshot.closing
    assert run.verdict["migrated"]
    assert run.verdict["timers"] == BACK


async def test_timers_are_not_lowered_while_gab_has_other_members_than_before(folder):
    """All links are UP and every node is OPEN (facts, vcs.md 10.9)."""

    async def leaves(world):
        TROUBLES["engine-down"].act(world.site)

    world = World(Scenario(route="outside"), SETTLES_SOON)
    run = await played(world, folder, Deciding(beside={"restore.proceed": leaves}))
    assert run.verdict["migrated"]
    assert world.commands("-T peerinact:1600") == world.commands("-T peerinact:3200") == []
    assert set(run.owed) == {"peerinact/db01", "peerinact/db02"}
    assert run.status == 3, run.snapshot.closing
