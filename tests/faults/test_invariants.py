"""The matrix can fail: each invariant is broken, in the site or in the engine, and is named."""

import pytest

from .doctored import MOVED, STAYED, doctored, named
from .invariants import DEBTS
from .setting import Setting

KEPT = Setting("full", "succeeds", persist=True)
BY_VCS = Setting("vcs", "succeeds")
BY_VCS_STAYED = Setting("vcs", "fails-midway")


def the_lpar(world):
    """Where the LPAR lives."""
    return next(
        (system, each)
        for system in world.site.systems
        for each in system.partitions
        if each.uuid == world.site.start.lpar
    )


# The site, meddled with


def no_live_definition(world):
    the_lpar(world)[1].row["state"] = "Not Activated"


def the_live_lpar_renamed(world):
    the_lpar(world)[1].row["name"] = "db01_placeholder"


def a_second_live_definition(world):
    for system in world.site.systems:
        for each in system.partitions:
            if each.name == world.site.scenario.lpar:
                each.row["state"] = "Running"


def a_definition_that_lost_memory(world):
    found = world.site.systems[0].find(world.site.scenario.lpar)
    found.profiles[0]["desired_mem"] = "4096"


def a_definition_that_lost_a_profile(world):
    world.site.systems[0].find(world.site.scenario.lpar).profiles.pop()


def no_definition(world):
    source = world.site.systems[0]
    source.partitions.remove(source.find(world.site.scenario.lpar))


def a_placeholder_of_another_name(world):
    target = world.site.systems[1]
    target.find(world.site.scenario.lpar).row["name"] = "db01_placeholder"


def a_timer_left_raised(world):
    world.site.cluster.nodes[1].timers["peerinact"] = 9000


def another_timer(world):
    world.site.cluster.nodes[1].timers["peertrouble"] = 300


def a_bystander_deleted(world):
    source = world.site.systems[0]
    source.partitions.remove(next(p for p in source.partitions if p.name != "db01"))


def a_bystander_renamed(world):
    next(p for p in world.site.systems[1].partitions if p.name != "db01").row["name"] = "db02x"


def a_stray_file(world):
    world.site.cluster.nodes[0].files.write("/etc/lparwiz.run", b"left\n", user="root")


def an_llttab_changed(world):
    tab = world.site.cluster.nodes[0].files.tree["/etc/llttab"]
    tab.content = tab.content.replace(b"set-cluster 1234", b"set-cluster 1235")


def half_a_migration(world):
    world.site.systems[1].partitions[-1].leftover = True


def a_false_failover(world):
    world.site.record.note("false failover", group="app", host="db01", was="db01", now="db02")


def an_eviction(world):
    world.site.record.note("membership", was=[0, 1], now=[1])


def an_early_restore(world):
    world.site.record.note("timer", host="db01", timer="peerinact", was=9000, now=3200, calm=False)


def a_second_migration(world):
    line = next(line for line in world.site.record.commands() if "migrlpar -o m" in line)
    world.site.record.note("command", host="hmc1", line=line)


def the_lpar_deleted(world):
    world.site.record.note(
        "definition gone", host="hmc2", system="p9-west", lpar="db01", profiles=[],
        uuid=world.site.start.lpar, why="rmsyscfg",
    )  # fmt: skip


def a_change_by_a_reading(world):
    world.site.record.note("command", host="db01", line="lltconfig -T query")
    world.site.record.note("file", host="db01", path="/etc/llttab", what="written")


def a_group_left_frozen(world):
    world.site.cluster.groups[0].attributes["TFrozen"] = "1"


def a_profile_file_of_the_former_server(world):
    path, content = world.site.start.profile_files["mgmt2"]
    world.site.hosts["mgmt2"].files.tree[path].content = content


def a_group_that_is_elsewhere(world):
    group = world.site.cluster.groups[0]
    group.online_on = next(each for each in group.systems if each != group.online_on)


def a_second_migration_by_vcs(world):
    line = next(line for line in world.site.record.commands() if "hagrp -migrate" in line)
    world.site.record.note("command", host="mgmt1", line=line)


@pytest.mark.parametrize(
    ("setting", "doctor", "words"),
    [
        (BY_VCS, a_profile_file_of_the_former_server, "the ProfileFile of mgmt2 is stale"),
        (BY_VCS, a_group_that_is_elsewhere, "the group is not where the LPAR lives"),
        (BY_VCS_STAYED, a_group_that_is_elsewhere, "the group is not where the LPAR lives"),
        (BY_VCS_STAYED, half_a_migration, "a half-done migration hangs"),
        (BY_VCS, a_second_migration_by_vcs, "the migration was sent 2 times"),
        (MOVED, no_live_definition, "the LPAR lives on no system"),
        (MOVED, the_live_lpar_renamed, "the live LPAR is named db01_placeholder"),
        (MOVED, a_second_live_definition, "another partition lives under its name"),
        (MOVED, a_definition_that_lost_memory, "the definition: "),
        (MOVED, a_definition_that_lost_a_profile, "the definition: "),
        (MOVED, no_definition, "the definition: ['gone']"),
        (STAYED, no_definition, "the LPAR lives on no system"),
        (STAYED, a_placeholder_of_another_name, "the placeholder is db01_placeholder"),
        (STAYED, half_a_migration, "a half-done migration hangs"),
        (MOVED, a_timer_left_raised, "peerinact of db02 is 9000, was 1600, and no debt"),
        (MOVED, another_timer, "status 0, and timers are"),
        (MOVED, a_bystander_deleted, "a bystander was touched"),
        (MOVED, a_bystander_renamed, "a bystander was touched"),
        (MOVED, a_stray_file, "db01:/etc/lparwiz.run was left"),
        (MOVED, an_llttab_changed, "/etc/llttab of db01 was changed"),
        (KEPT, an_llttab_changed, "/etc/llttab of db01 was changed"),
        (MOVED, a_false_failover, "false failover"),
        (MOVED, an_eviction, "GAB's membership changed"),
        (MOVED, an_early_restore, "a timer was lowered too early"),
        (MOVED, a_second_migration, "the migration was sent 2 times"),
        (MOVED, the_lpar_deleted, "a partition was deleted: db01"),
        (MOVED, a_change_by_a_reading, "not said to change anything: lltconfig -T query"),
        (MOVED, a_group_left_frozen, "a group is frozen"),
    ],
)
def test_what_is_wrong_with_a_site_is_named(setting, doctor, words, tmp_path):
    named(doctored(setting, doctor, tmp_path), words)


# The files of the run, meddled with


def test_a_journal_that_does_not_read_back_is_named(tmp_path):
    def doctor(world):
        journal = world.path / "journal.jsonl"
        journal.write_bytes(journal.read_bytes().replace(b"9000", b"9001", 1))

    named(doctored(MOVED, doctor, tmp_path), "the journal is damaged")


def test_a_ledger_file_that_says_something_else_is_named(tmp_path):
    def doctor(world):
        world.life.ledger_at_death = world.life.ledger_at_death.replace("paid", "owed")

    named(doctored(MOVED, doctor, tmp_path), "ledger.md is not what the journal says")


def test_a_status_that_lies_is_named(tmp_path):
    def doctor(world):
        world.life.status = DEBTS

    wrong = doctored(MOVED, doctor, tmp_path)
    named(wrong, "status 3, and nothing is owed")
    named(wrong, "not brought to its end")
