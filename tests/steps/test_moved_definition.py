"""Somebody else changes the LPAR, or its definition on the source, while the run goes on."""

import pytest

from lparwiz.lab.scenario import Scenario

from ..operators import Deciding
from .somebody import BACK, INTERIM, World, does, full, played, renames

DEFINITION = "cleanup.moved.definition"
MADE = does(
    "hmc1",
    'mksyscfg -r lpar -m p9-east -i "name=db01,profile_name=bob,lpar_env=aixlinux,'
    'min_mem=1024,desired_mem=2048,max_mem=4096"',
)


WITHOUT_A_PROFILE = does(
    "hmc1", 'rmsyscfg -r prof -m p9-east -n "month end" --filter lpar_names=db01'
)


def settled(choice, *, outcome):
    """The definition's debt, and the run's status, after this choice."""
    states = {"put": "paid", "leave": "taken over", None: "owed"}
    return states[choice], outcome if choice else 3


@pytest.mark.parametrize("question", ["outcome.outcome", "cleanup.proceed"])
async def test_a_definition_that_somebody_made_is_left_as_found(folder, question):
    run = await full(folder, {DEFINITION: "leave"}, {question: MADE})
    assert (run.states["definition"], run.status) == settled("leave", outcome=0)
    assert [profile["name"] for profile in run.source.profiles] == ["bob"]
    assert run.verdict["placeholder"] == "gone"
    assert run.answers.offered(DEFINITION) == {"owed", "again", "leave"}


async def test_unattended_a_definition_that_somebody_made_is_not_touched(folder):
    run = await full(folder, {}, {"outcome.outcome": MADE})
    assert run.status == 3
    assert [profile["name"] for profile in run.source.profiles] == ["bob"]
    assert run.world.commands("chsyscfg", "description") == []
    assert set(run.owed) == {"definition", "placeholder"}
    assert "mksyscfg -r lpar" in run.owed["definition"].pays
    assert len(run.answers.asked[DEFINITION][0].text) < 400  # the table has it all


async def test_a_definition_that_somebody_made_just_as_it_was_needs_no_decision(folder):
    async def make(world):
        for line in (folder / "backup/recreate.sh").read_text().splitlines():
            if not line.startswith("#"):
                await world.execute("hmc1", line)

    run = await full(folder, {}, {"outcome.outcome": make})
    assert run.status == 0, run.snapshot.closing
    assert run.verdict["definition"]["equal"]
    assert run.tables() == []


async def test_a_definition_changed_while_the_step_stood_is_backed_up_anew_on_the_operators_word(
    folder,
):
    """The backup was kept, the placeholder not renamed yet: the step is tried again."""
    world = World(Scenario(route="full"))
    world.site.faults.add("fail", "hmc2", "new_name=db01_placeholder")
    changed = does("hmc1", 'chsyscfg -r lpar -m p9-east -i "name=db01,description=mine now"')
    choices = {"profiles.stopped": "again", "profiles.moved.backup": "leave"}
    answers = Deciding(choices, {"profiles.stopped": changed})
    run = await played(world, folder, answers)
    assert run.status == 0, run.snapshot.closing
    assert answers.offered("profiles.moved.backup") == {"back", "again", "leave"}
    assert world.partition("p9-east", "db01").row["description"] == "mine now"


@pytest.mark.parametrize("choice", ["put", "leave", None])
async def test_a_definition_that_was_made_and_removed_again(folder, choice):
    """We made it, somebody deletes it: made anew only on the operator's word."""
    world = World(Scenario(route="full"))

    def remove():
        source = world.site.systems[0]
        source.partitions.remove(source.find("db01"))

    world.site.faults.add("hook", "hmc1", "mksyscfg -r prof", call=remove)
    run = await played(world, folder, Deciding({DEFINITION: choice} if choice else {}))
    assert (run.states["definition"], run.status) == settled(choice, outcome=0)
    assert run.verdict["definition"]["equal"] is (choice == "put")
    assert run.verdict["definition"]["exists"] is (choice == "put")


@pytest.mark.parametrize("choice", ["put", "leave", None])
async def test_a_profile_that_was_made_and_removed_again(folder, choice):
    world = World(Scenario(route="full"))
    world.site.faults.add("fail", "hmc1", "description=Oracle")
    choices = {"cleanup.stopped": "again"} | ({DEFINITION: choice} if choice else {})
    answers = Deciding(choices, {"cleanup.stopped": WITHOUT_A_PROFILE})
    run = await played(world, folder, answers)
    assert (run.states["definition"], run.status) == settled(choice, outcome=0)
    assert run.verdict["definition"]["equal"] is (choice == "put")
    assert run.verdict["placeholder"] == ("gone" if choice else INTERIM)


async def test_what_somebody_changes_once_the_definition_is_proven_is_theirs(folder):
    world = World(Scenario(route="full"))
    world.site.faults.add("fail", "hmc2", "rmsyscfg")
    changed = does("hmc1", 'chsyscfg -r lpar -m p9-east -i "name=db01,description=mine now"')
    answers = Deciding({"cleanup.stopped": "again"}, {"cleanup.stopped": changed})
    run = await played(world, folder, answers)
    assert run.status == 0, run.snapshot.closing
    assert world.partition("p9-east", "db01").row["description"] == "mine now"


@pytest.mark.parametrize("choice", ["leave", None])
async def test_a_profile_removed_while_the_lpar_stayed_is_seen(folder, choice):
    run = await full(
        folder,
        {DEFINITION: choice} if choice else {},
        {"outcome.outcome": WITHOUT_A_PROFILE},
        migration="fails-midway",
    )
    assert (run.states["definition"], run.status) == settled(choice, outcome=1)
    assert "without month end" in [row[4] for row in run.tables()]
    assert run.verdict["timers"] == BACK


LPAR = "migrate.moved.lpar"


async def test_a_definition_that_somebody_changed_is_kept_anew_on_the_operators_word(folder):
    """Made anew from the old backup, it would overwrite their change in silence."""
    line = 'chsyscfg -r prof -m p9-east -i "name=normal,lpar_name=db01,desired_mem=40960"'
    run = await full(
        folder, {"migrate.moved.backup": "leave"}, {"migrate.proceed": does("hmc1", line)}
    )
    assert run.status == 0, run.snapshot.closing
    assert run.source.profile("normal")["desired_mem"] == "40960"
    assert any("32768 expected, 40960 found" in row[4] for row in run.tables())


@pytest.mark.parametrize("choice", ["leave", None])
async def test_an_lpar_that_somebody_renamed_is_never_migrated_and_can_be_left_so(folder, choice):
    run = await full(
        folder,
        {"outcome.moved.lpar": choice} if choice else {},
        {"migrate.migrate": renames("hmc1", "p9-east", "db01", "db01 old")},
    )
    assert run.world.commands("migrlpar", "-o m") == []
    assert run.answers.offered(LPAR) == {"back", "again"}
    assert run.status == (1 if choice else 4), run.snapshot.closing
    assert run.tables()[0][2:] == ["db01, Running", "left alone", "db01 old, Running"]
    if choice:
        assert run.verdict["placeholder"] == "own name"
        assert run.verdict["timers"] == BACK


async def test_an_lpar_that_somebody_stopped_is_shown_as_it_was_and_as_it_is(folder):
    async def stop(world):
        world.partition("p9-east", "db01").row["state"] = "Not Activated"

    world = World(Scenario(route="managed"))
    answers = Deciding({"outcome.moved.lpar": "leave"}, {"migrate.migrate": stop})
    run = await played(world, folder, answers)
    assert world.commands("migrlpar", "-o m") == []
    assert run.status == 1, run.snapshot.closing
    assert run.tables()[0][2:] == ["db01, Running", "left alone", "db01, Not Activated"]
    assert run.owed == {}
