"""Orders at awkward moments: held, left, stopped late, or killed right after the order."""

import asyncio

import pytest

from lparwiz.lab.scenario import Scenario
from lparwiz.run.answers import Operator
from lparwiz.run.orders import Abort, Hold, Leave
from lparwiz.run.snapshot import PlanState

from ..labs import begun, lab, owed, planned
from ..operators import Answering, Deciding, Hands
from .somebody import World, killed_at, played


def _migrating(snapshot):
    return planned(snapshot, "migrate.migrate") is PlanState.RUNNING


def test_leaving_while_held_before_the_migration_is_not_an_unknown_outcome(tmp_path):
    """Held at the last question, the link dies: nothing was sent, and the status says so."""
    with lab(Scenario(route="outside"), tmp_path / "lab") as site:
        engine = begun(site, tmp_path)

        def act(snapshot, hands):
            if snapshot.question is not None and snapshot.question.id == "migrate.migrate":
                hands.once("hold", Hold())
                if snapshot.holding:
                    hands.once("leave", Leave("the link died"))

        Hands(engine, act)
        engine.start()
        status = engine.join()
        assert site.verdict()["migrations"] == []
    assert status == 3, engine.latest().closing


def test_a_stop_is_sent_though_the_run_is_held(tmp_path):
    """The stop goes through the same safe point that the hold closes."""
    with lab(Scenario(route="outside", migration_seconds=600.0), tmp_path / "lab") as site:
        engine = begun(site, tmp_path)

        def act(snapshot, hands):
            if _migrating(snapshot) and snapshot.page.progress is not None:
                hands.once("stop", Hold(), Abort())
            elif "stop" in hands.done and not _migrating(snapshot):
                hands.once("on", Hold(on=False))

        Hands(engine, act)
        engine.start()
        engine.join()
        assert site.commands("migrlpar", "-o s")
        assert not site.verdict()["migrated"]


def test_a_stop_is_sent_though_the_migrations_answer_was_lost(tmp_path):
    """Nobody follows the migration any more once its session broke."""
    with lab(Scenario(route="outside", migration_seconds=900.0), tmp_path / "lab") as site:
        engine = begun(site, tmp_path)

        def cut(snapshot, hands):
            if _migrating(snapshot) and snapshot.page.progress is not None:
                in_progress = "Progress" in snapshot.page.progress.phase
                if in_progress and "cut" not in hands.done:
                    hands.done.add("cut")
                    site.call(site.lab.servers["hmc1"].cut)
                    hands.once("stop", Abort())

        Hands(engine, cut)
        engine.start()
        engine.join()
        (journal,) = (tmp_path / "runs").glob("*/journal.jsonl")
        assert '"outcome": "lost"' in journal.read_text()
        assert site.commands("migrlpar", "-o s")
        assert not site.verdict()["migrated"]


def test_a_stop_that_came_too_late_does_not_skip_the_clean_up(tmp_path):
    """The order outlives the migration and answers the clean-up's question with `back`."""
    with lab(Scenario(route="full"), tmp_path / "lab") as site:
        engine = begun(site, tmp_path)

        def late(snapshot, hands):
            if snapshot.current == "outcome":
                hands.once("stop", Abort())

        hands = Hands(engine, late)
        engine.start()
        engine.join()
    decisions = [q for q in hands.seen if q == "cleanup.proceed"]
    assert decisions
    assert owed(engine.latest()) == {}


@pytest.mark.parametrize("step", ["cleanup", "restore"])
def test_the_focused_choice_of_a_closing_step_does_what_it_says(tmp_path, step):
    """Enter on `Take the way back: put back whatever was changed so far` puts nothing back."""
    answers = Answering(**{f"{step}_proceed": "back"})
    with lab(Scenario(route="full"), tmp_path / "lab") as site:
        engine = begun(site, tmp_path, answers)
        engine.start()
        engine.join()
    (question,) = [q for q in answers.asked if q.id == f"{step}.proceed"]
    safe = next(c for c in question.choices if c.id == question.safe)
    promised = "put back" in safe.hint
    assert not (promised and owed(engine.latest())), (safe, owed(engine.latest()).keys())


async def test_the_way_back_is_taken_from_a_hold():
    """`hold`, then `abort`: the run turns back, and doesn't wait for the hold to be lifted."""
    operator = Operator()
    operator.take(Hold())
    point = asyncio.ensure_future(operator.safe_point())
    await asyncio.sleep(0)
    operator.take(Abort())
    for _ in range(20):
        await asyncio.sleep(0)
    done = point.done()
    point.cancel()
    assert done


async def test_an_abort_that_was_confirmed_outlives_a_kill(folder):
    """The order is taken, the run killed before the step's end is written; then taken up."""
    world = World(Scenario(route="outside"))
    answers = Deciding({"migrate.migrate": "back"})
    await killed_at(world, folder, answers, "decision", choice="back")
    await played(world, folder, Deciding())
    assert world.commands("migrlpar", "-o m") == []
