"""Somebody else renames, starts or removes the placeholder while the run goes on."""

import pytest

from .somebody import INTERIM, full, removes, renames, starts

NAMED = "cleanup.moved.placeholder"
BEFORE = "profiles.moved.placeholder"
RENAMED = renames("hmc2", "p9-west", INTERIM, "theirs")
STARTED = starts("p9-west", INTERIM)
REMOVED = removes("p9-west", INTERIM)


async def not_migrated(folder, choice, somebody):
    """The validation fails; the way back meets what somebody did to the placeholder."""
    return await full(
        folder,
        {NAMED: choice} if choice else {},
        {"migrate.stopped": somebody},
        migration="fails-validation",
    )


async def test_a_renamed_placeholder_is_left_as_found(folder):
    run = await not_migrated(folder, "leave", RENAMED)
    assert run.status == 1, run.snapshot.closing
    assert run.verdict["placeholder"] == "theirs"
    assert run.states["placeholder"] == "taken over"
    assert [row[4] for row in run.tables()] == ["theirs, Not Activated"]


async def test_a_renamed_placeholder_gets_its_former_name_back_on_the_operators_word(folder):
    run = await not_migrated(folder, "put", RENAMED)
    assert run.status == 1, run.snapshot.closing
    assert run.verdict["placeholder"] == "own name"
    assert run.owed == {}


async def test_unattended_a_renamed_placeholder_keeps_that_name_and_the_debt_names_it(folder):
    run = await not_migrated(folder, None, RENAMED)
    assert run.status == 3
    assert run.verdict["placeholder"] == "theirs"
    assert "name=theirs,new_name=db01" in run.owed["placeholder"].pays
    await run.world.execute("hmc2", run.owed["placeholder"].pays)
    assert run.world.site.verdict()["placeholder"] == "own name"


@pytest.mark.parametrize("choice", ["leave", None])
async def test_a_started_placeholder_is_neither_renamed_nor_deleted(folder, choice):
    run = await not_migrated(folder, choice, STARTED)
    assert run.status == (1 if choice else 3), run.snapshot.closing
    assert run.placeholder.state == "Running"
    assert run.deleted == []
    assert run.answers.offered(NAMED) == {"owed", "again", "leave"}


@pytest.mark.parametrize("choice", ["leave", None])
async def test_a_removed_placeholder_is_not_called_put_back(folder, choice):
    run = await not_migrated(folder, choice, REMOVED)
    assert run.status == (1 if choice else 3), run.snapshot.closing
    assert run.states["placeholder"] == ("taken over" if choice else "owed")
    assert [row[4] for row in run.tables()] == ["gone"]


@pytest.mark.parametrize("choice", ["leave", None])
@pytest.mark.parametrize("question", ["outcome.outcome", "cleanup.proceed"])
@pytest.mark.parametrize("somebody", [RENAMED, STARTED], ids=["renamed", "started"])
async def test_after_success_a_touched_placeholder_is_not_deleted(
    folder, somebody, question, choice
):
    run = await full(folder, {NAMED: choice} if choice else {}, {question: somebody})
    assert run.status == (0 if choice else 3), run.snapshot.closing
    assert run.verdict["placeholder"] == ("theirs" if somebody is RENAMED else INTERIM)
    assert run.verdict["definition"]["equal"]
    assert run.states["placeholder"] == ("taken over" if choice else "owed")
    assert run.deleted == []


@pytest.mark.parametrize("choice", ["leave", None])
async def test_a_placeholder_removed_before_it_was_renamed(folder, choice):
    run = await full(
        folder,
        {BEFORE: choice} if choice else {},
        {"profiles.proceed": removes("p9-west", "db01")},
    )
    assert run.status == (0 if choice else 1), run.snapshot.closing
    assert len(run.world.commands("migrlpar", "-o m")) == (1 if choice else 0)
    assert run.owed == {}


@pytest.mark.parametrize(("choice", "placeholder"), [("leave", "theirs"), ("put", "gone")])
async def test_a_placeholder_that_somebody_renamed_before_us(folder, choice, placeholder):
    beside = {"profiles.proceed": renames("hmc2", "p9-west", "db01", "theirs")}
    run = await full(folder, {BEFORE: choice}, beside)
    assert run.status == 0, run.snapshot.closing
    assert run.verdict["placeholder"] == placeholder


async def test_a_placeholder_that_got_its_name_back_is_renamed_only_on_the_operators_word(folder):
    named = "migrate.moved.placeholder"
    run = await full(
        folder,
        {"migrate.stopped": "again", named: "put"},
        {"migrate.migrate": renames("hmc2", "p9-west", INTERIM, "db01")},
    )
    assert run.answers.offered(named) == {"back", "again", "put"}
    assert run.status == 0, run.snapshot.closing
    assert run.verdict["placeholder"] == "gone"


async def test_a_placeholder_that_was_started_stops_the_migration(folder):
    """It bears the same disks: nothing migrates beside it, and it isn't renamed or deleted."""
    run = await full(folder, {}, {"migrate.migrate": STARTED})
    assert run.status == 3
    assert run.world.commands("migrlpar", "-o m") == []
    assert run.placeholder.state == "Running"
    assert run.answers.offered("migrate.moved.placeholder") == {"back", "again"}
