"""The world moves too: was, ours and found are shown, and the operator decides; nothing is silent.

Each thing is changed by somebody else in the lab between two of our readings; each choice is taken,
and judged by the lab's own record. In memory: SSH has no say in any of this.
"""

import pytest

from lparwiz import prepared
from lparwiz.lab.scenario import Scenario
from lparwiz.run.journal import read

from ..operators import Deciding
from .somebody import BACK, TABLE, World, played, restored, sets

# -- timers, on the way back --------------------------------------------------------------------

THEIRS = "restore.moved.peerinact.db02"
LEFT = {"db01": [3200, 3200], "db02": [1600, 12000]}


async def test_a_timer_left_as_found_is_settled_as_taken_over(folder):
    run = await restored(folder, {THEIRS: "leave"}, {"restore.proceed": sets("db02", 12000)})
    assert run.status == 0, run.snapshot.closing
    assert run.verdict["timers"] == LEFT
    assert run.owed == {}
    assert run.states["peerinact/db02"] == "taken over"
    assert "by the test: left as found: 12000" in run.ledger
    assert run.decided(THEIRS) == ["leave"]


async def test_a_timer_is_put_back_over_somebody_elses_where_that_was_chosen(folder):
    run = await restored(folder, {THEIRS: "put"}, {"restore.proceed": sets("db02", 12000)})
    assert run.status == 0, run.snapshot.closing
    assert run.verdict["timers"] == BACK
    assert run.verdict["early_restores"] == []
    assert run.states["peerinact/db02"] == "paid"


async def test_the_decision_is_in_the_journal_before_it_is_acted_on(folder):
    await restored(folder, {THEIRS: "put"}, {"outcome.outcome": sets("db02", 12000)})
    events = read(folder / "journal.jsonl")
    decision = next(
        n for n, e in enumerate(events) if e.data.get("question") == THEIRS and "choice" in e.data
    )
    sent = next(n for n, e in enumerate(events) if e.data.get("action") == "timers.restore.db02")
    assert decision < sent


async def test_unattended_a_timer_of_somebody_else_stays_and_stays_owed(folder):
    run = await restored(folder, {}, {"outcome.outcome": sets("db02", 12000)})
    assert run.status == 3
    assert run.verdict["timers"] == LEFT
    assert set(run.owed) == {"peerinact/db02"}
    assert "lltconfig -T peerinact:1600" in run.owed["peerinact/db02"].pays
    assert "found 12000" in run.ledger


async def test_was_ours_and_found_are_on_the_page(folder):
    run = await restored(folder, {}, {"outcome.outcome": sets("db02", 12000)})
    (page,) = [page for page in run.snapshot.pages if page.step == "restore"]
    (table,) = [table for table in page.tables if table.title == TABLE]
    assert table.columns == ("where", "what", "was", "ours", "found")
    assert table.rows == (("db02", "peerinact", "1600 (16 s)", "9000 (90 s)", "12000 (120 s)"),)


async def test_a_timer_that_somebody_sets_once_more_is_asked_about_once_more(folder):
    """The decision was about 12000: it lets nothing else be overwritten."""
    run = await restored(
        folder,
        {THEIRS: ["put", "leave"]},
        {"outcome.outcome": sets("db02", 12000), "restore.proceed": sets("db02", 13000)},
    )
    assert run.status == 0
    assert run.verdict["timers"]["db02"] == [1600, 13000]
    assert run.decided(THEIRS) == ["put", "leave"]


async def test_read_again_sees_what_was_mended_meanwhile(folder):
    run = await restored(
        folder,
        {THEIRS: "again"},
        {"outcome.outcome": sets("db02", 12000), THEIRS: sets("db02", 9000)},
    )
    assert run.status == 0
    assert run.verdict["timers"] == BACK
    assert run.states["peerinact/db02"] == "paid"


async def test_what_stayed_owed_is_asked_about_when_the_run_is_taken_up_again(folder):
    first = await restored(folder, {}, {"outcome.outcome": sets("db02", 12000)})
    second = await played(first.world, folder, Deciding({THEIRS: "leave"}))
    assert (first.status, second.status) == (3, 0)
    assert second.verdict["timers"] == LEFT
    assert second.snapshot.owed == 0


async def test_lparwiz_pay_overwrites_nothing_of_somebody_else(folder):
    first = await restored(folder, {}, {"outcome.outcome": sets("db02", 12000)})
    second = await played(first.world, folder, prepared.paying(first.world.change), back=True)
    assert second.status == 3
    assert second.verdict["timers"] == LEFT


# -- timers, on the way there -------------------------------------------------------------------


@pytest.mark.parametrize("theirs", [12000, 3000], ids=["enough", "too-low"])
async def test_a_timer_set_before_it_was_raised_becomes_the_nodes_own(folder, theirs):
    run = await restored(
        folder,
        {"timers.moved.peerinact.db02": "leave"},
        {"timers.proceed": sets("db02", theirs)},
    )
    raised = [host for host, _ in run.world.commands("-T peerinact:9000")]
    assert run.status == 0, run.snapshot.closing
    assert run.verdict["timers"] == {"db01": [3200, 3200], "db02": [1600, theirs]}
    assert raised.count("db02") == (0 if theirs >= 9000 else 1)
    assert run.owed == {}
    assert run.verdict["false_failovers"] == []


async def test_a_timer_that_somebody_raised_just_as_wanted_is_theirs_and_stays(folder):
    moved = {"timers.proceed": sets("db02", 9000)}
    run = await restored(folder, {"timers.moved.peerinact.db02": "leave"}, moved)
    assert run.status == 0, run.snapshot.closing
    assert run.verdict["timers"] == {"db01": [3200, 3200], "db02": [1600, 9000]}
    assert run.tables() == [["db02", "peerinact", "1600 (16 s)", "9000 (90 s)", "9000 (90 s)"]]
    assert run.owed == {}


async def test_unattended_a_timer_that_somebody_raised_just_as_wanted_means_the_way_back(folder):
    run = await restored(folder, {}, {"timers.proceed": sets("db02", 9000)})
    assert run.status == 1, run.snapshot.closing
    assert run.world.commands("migrlpar", "-o m") == []
    assert run.verdict["timers"] == {"db01": [3200, 3200], "db02": [1600, 9000]}
    (other,) = (f for page in run.snapshot.pages for f in page.findings if "others" in f.id)
    assert other.host == "db02"
    assert "is 9000 (90 s); it was 1600 (16 s) before" in other.text


async def test_unattended_a_timer_set_before_it_was_raised_means_the_way_back(folder):
    run = await restored(folder, {}, {"timers.proceed": sets("db02", 12000)})
    assert run.world.commands("migrlpar", "-o m") == []
    assert run.status == 1
    assert run.verdict["timers"] == LEFT
    assert ("db02", "peerinact", "1600 (16 s)", "9000 (90 s)", "12000 (120 s)") in map(
        tuple, run.tables()
    )


async def test_a_raised_timer_that_was_lowered_is_raised_again_only_on_the_operators_word(folder):
    lowered = "migrate.moved.peerinact.db02"
    answers = Deciding(
        {"migrate.stopped": "again", lowered: "put"}, {"migrate.proceed": sets("db02", 1600)}
    )
    run = await played(World(Scenario(route="outside")), folder, answers)
    assert run.status == 0, run.snapshot.closing
    assert run.decided(lowered) == ["put"]
    assert answers.offered(lowered) == {"back", "again", "put"}
    assert run.verdict["false_failovers"] == []
    assert run.verdict["timers"] == BACK


async def test_a_timer_lowered_before_the_migration_is_not_offered_to_be_left_too_low(folder):
    """It was offered as what `is raised to 9000`, and nothing raised it here."""
    answers = Deciding(
        {"migrate.moved.peerinact.db02": "put", "migrate.stopped": "again"},
        {"migrate.proceed": sets("db02", 5000)},
    )
    world = World(Scenario(route="outside"))
    run = await played(world, folder, answers)
    assert answers.offered("migrate.moved.peerinact.db02") == {"back", "again", "put"}
    assert run.verdict["migrated"], run.snapshot.closing
    assert run.verdict["timers"]["db02"] == [1600, 1600]
