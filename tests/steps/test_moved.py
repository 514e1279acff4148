"""The world moves too: was, ours and found are shown, and the operator decides; nothing is silent.

Each thing is changed by somebody else in the lab between two of our readings; each choice is taken,
and judged by the lab's own record. In memory: SSH has no say in any of this.
"""

import pytest

from lparwiz import session
from lparwiz.lab.scenario import Scenario
from lparwiz.run.journal import read
from lparwiz.tools import llt

from ..operators import Deciding
from .somebody import TABLE, World, does, played, removes, renames, sets, starts

PERSIST = ("persist = false", "persist = true")


# -- timers, on the way back --------------------------------------------------------------------

THEIRS = "restore.moved.peerinact.db02"
BACK = {"db01": [3200, 3200], "db02": [1600, 1600]}
LEFT = {"db01": [3200, 3200], "db02": [1600, 12000]}


async def restored(folder, choices, beside):
    """Route `outside`, migrated; somebody sets db02's timer while questions stand."""
    answers = Deciding(choices, beside)
    return await played(World(Scenario(route="outside")), folder, answers)


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
    second = await played(first.world, folder, session.paying(first.world.change), back=True)
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


# -- /etc/llttab --------------------------------------------------------------------------------

FILE = "restore.moved.llttab.db02"
TYPED = "link en9 en-9 - ether - -"


def edits(text):
    """Somebody adds a line to db02's /etc/llttab."""

    async def somebody(world):
        files = world.node("db02").files
        files.write("/etc/llttab", files.tree["/etc/llttab"].content + f"{text}\n".encode())

    return somebody


async def removes_the_copy(world):
    tree = world.node("db02").files.tree
    copies = [path for path in tree if path.startswith("/etc/llttab.")]
    assert copies
    for path in copies:
        del tree[path]


async def file_put_back(folder, choices, somebody, question="timers.stopped"):
    """db03 can't be raised, so all goes back; meanwhile somebody is at db02's llttab."""
    world = World(Scenario(route="outside", nodes=3), PERSIST)
    world.site.faults.add("fail", "db03", "-T peerinact:9000", count=None)
    answers = Deciding(choices, {question: somebody})
    run = await played(world, folder, answers)
    run.answers = answers
    run.file = world.node("db02").files.tree["/etc/llttab"].content.decode()
    return run


async def test_an_edited_llttab_is_left_as_found(folder):
    run = await file_put_back(folder, {FILE: "leave"}, edits(TYPED))
    assert run.status == 1, run.snapshot.closing
    assert TYPED in run.file
    assert run.states["llttab/db02"] == "taken over"
    (row,) = run.tables()
    assert row[1:] == ["/etc/llttab", "peerinact not set", "peerinact:9000", f"+ {TYPED}"]


async def test_the_former_llttab_is_put_back_over_an_edit_only_on_the_operators_word(folder):
    run = await file_put_back(folder, {FILE: "put"}, edits(TYPED))
    assert run.status == 1, run.snapshot.closing
    assert all(run.verdict["llttab"].values())
    assert run.owed == {}
    (put,) = [c for c in run.answers.asked[FILE][0].choices if c.id == "put"]
    assert "Their edit is lost." in put.hint


async def test_unattended_an_edited_llttab_stays_and_stays_owed(folder):
    run = await file_put_back(folder, {}, edits(TYPED))
    assert run.status == 3
    assert TYPED in run.file
    assert set(run.owed) == {"llttab/db02"}
    assert TYPED in run.owed["llttab/db02"].what
    assert run.verdict["timers"]["db02"] == [1600, 1600]


async def test_a_file_that_somebody_edits_as_it_is_written_is_left_alone(folder):
    world = World(Scenario(route="outside"), PERSIST)
    theirs = world.node("db02").files.read("/etc/llttab") + b"link en9 en9 - ether - -\n"

    def edit():
        world.node("db02").files.write("/etc/llttab", theirs)

    world.site.faults.add("hook", "db02", "printf.*llttab", call=edit)
    run = await played(world, folder, Deciding())
    assert run.status == 3, run.snapshot.closing
    assert world.node("db02").files.read("/etc/llttab") == theirs
    assert run.world.commands("migrlpar", "-o m") == []
    assert "llttab/db02" in run.owed
    assert run.verdict["timers"] == {"db01": [3200, 3200], "db02": [1600, 1600]}


async def test_a_file_that_somebody_edited_just_as_wanted_is_theirs_and_stays(folder):
    world = World(Scenario(route="outside"), PERSIST)
    before = world.node("db02").files.read("/etc/llttab").decode()

    async def edits(world):
        after = llt.llttab_with_peerinact(before, 9000)
        world.node("db02").files.write("/etc/llttab", after.encode())

    answers = {"timers.moved.llttab.db02": "leave", "migrate.migrate": "back"}
    run = await played(world, folder, Deciding(answers, {"timers.proceed": edits}))
    assert run.status == 1, run.snapshot.closing
    now = world.node("db02").files.read("/etc/llttab").decode()
    assert now == llt.llttab_with_peerinact(before, 9000)


@pytest.mark.parametrize("choice", ["put", "leave", None])
async def test_a_removed_copy_of_llttab_is_seen(folder, choice):
    """The former file is in the run's folder, too: it is written from there."""
    run = await file_put_back(folder, {FILE: choice} if choice else {}, removes_the_copy)
    assert run.status == (1 if choice else 3), run.snapshot.closing
    assert run.verdict["llttab"]["db02"] is (choice == "put")
    assert [row[4] for row in run.tables()] == ["removed"]


async def test_a_file_that_says_0_never_expires_and_is_not_lowered(folder):
    world = World(Scenario(route="outside"), PERSIST)
    files = world.node("db02").files
    own = files.tree["/etc/llttab"].content + b"set-timer peerinact:0\n"
    files.write("/etc/llttab", own)
    run = await played(world, folder, Deciding())
    assert run.status == 0, run.snapshot.closing
    assert files.tree["/etc/llttab"].content == own
    assert run.verdict["timers"] == BACK


async def test_a_file_edited_before_it_was_written_becomes_the_nodes_own(folder):
    chosen = {"timers.moved.llttab.db02": "leave"}
    run = await file_put_back(folder, chosen, edits("# theirs"), "timers.proceed")
    assert run.status == 1, run.snapshot.closing
    assert "# theirs" in run.file
    assert "peerinact:9000" not in run.file


# -- the placeholder ----------------------------------------------------------------------------

NAMED = "cleanup.moved.placeholder"
BEFORE = "profiles.moved.placeholder"
INTERIM = "db01_placeholder"
RENAMED = renames("hmc2", "p9-west", INTERIM, "theirs")
STARTED = starts("p9-west", INTERIM)
REMOVED = removes("p9-west", INTERIM)


async def full(folder, choices, beside, **scenario):
    """Route `full`; somebody does something while a question stands."""
    answers = Deciding(choices, beside)
    run = await played(World(Scenario(route="full", **scenario)), folder, answers)
    run.answers = answers
    run.placeholder = run.world.partition("p9-west", INTERIM)
    run.source = run.world.partition("p9-east", "db01")
    gone = run.world.site.record.of("definition gone")
    run.deleted = [event for event in gone if event["why"] == "rmsyscfg"]
    return run


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


# -- the definition on the source ---------------------------------------------------------------

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


# -- before the migration: a freeze, the LPAR, its definition -----------------------------------

FREEZES = does("db01", "PATH=$PATH:/opt/VRTS/bin hagrp -freeze app_sg")
LPAR = "migrate.moved.lpar"


@pytest.mark.parametrize("question", ["timers.proceed", "migrate.migrate"])
@pytest.mark.parametrize("choice", ["leave", None])
async def test_a_group_that_somebody_froze_is_decided_on_before_the_migration(
    folder, choice, question
):
    name = "migrate.moved.frozen.group app_sg"
    run = await restored(folder, {name: choice} if choice else {}, {question: FREEZES})
    assert run.status == (0 if choice else 1), run.snapshot.closing
    assert len(run.world.commands("migrlpar", "-o m")) == (1 if choice else 0)
    assert run.verdict["frozen_groups"] == ["app_sg"]
    (row,) = run.tables()
    assert row[1:3] == ["group app_sg", "not frozen"]
    assert row[4].startswith("frozen")


async def test_a_frozen_group_of_the_management_lpars_is_seen_too(folder):
    freezes = does("mgmt1", "PATH=$PATH:/opt/VRTS/bin hagrp -freeze db01_lpar_sg")
    world = World(Scenario(route="managed"))
    run = await played(world, folder, Deciding({}, {"profiles.proceed": freezes}))
    assert world.commands("migrlpar", "-o m") == []
    assert run.status == 1
    assert run.verdict["placeholder"] == "own name"
    assert [row[1] for row in run.tables()] == ["group db01_lpar_sg"]


async def test_a_frozen_system_is_seen_too(folder):
    async def freeze(world):
        world.site.cluster.frozen_systems.add("DB02-vcs")

    run = await restored(folder, {}, {"timers.proceed": freeze})
    assert run.world.commands("migrlpar", "-o m") == []
    assert run.status == 1
    assert [row[1] for row in run.tables()] == ["system DB02-vcs"]


async def test_a_group_that_was_frozen_from_the_start_is_nobodys_business(folder):
    world = World(Scenario(route="outside"))
    await FREEZES(world)
    run = await played(world, folder, Deciding())
    assert run.status == 0, run.snapshot.closing
    assert run.tables() == []


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
