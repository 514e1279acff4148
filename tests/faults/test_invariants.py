"""The matrix can fail: each invariant is broken, in the site or in the engine, and is named."""

import asyncio

import pytest

from lparwiz.run import runner
from lparwiz.run.acting import Acting
from lparwiz.run.action import Standing, Verdict
from lparwiz.run.journal import Journal, JournalFailed
from lparwiz.run.play import Play
from lparwiz.steps import restore
from lparwiz.tools import hmc
from lparwiz.tools.command import Outcome

from . import world as worlds
from .invariants import DEBTS, broken
from .play import Strike, armed, play, play_out
from .setting import Setting
from .wire import Sent, Wire, blind, migrates

MOVED = Setting("full", "succeeds")
STAYED = Setting("full", "fails-midway")
KEPT = Setting("full", "succeeds", persist=True)
BY_VCS = Setting("vcs", "succeeds")
BY_VCS_STAYED = Setting("vcs", "fails-midway")


def doctored(setting, doctor, folder, *strikes):
    """What the matrix says of a run that went well, and of a site that was meddled with since."""

    async def whole():
        world = armed(setting, strikes, folder)
        try:
            await play_out(world)
            assert broken(world) == []
            doctor(world)
            return broken(world)
        finally:
            await world.site.close()

    return asyncio.run(whole())


def named(wrong, words):
    assert any(words in each for each in wrong), wrong


def the_lpar(world):
    """Where the LPAR lives."""
    return next(
        (system, each)
        for system in world.site.systems
        for each in system.partitions
        if each.uuid == world.site.start.lpar
    )


def point_of(setting, words):
    """The point of the command with these words."""
    (points, *_) = play(setting).points
    return next(each for each in points if words in each.what and each.changes)


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


# What was sent, and when somebody looked


def wire(*told):
    """A wire with these on it: (life, host, text, how it ended), one after another."""
    made = Wire()
    for life, host, text, outcome, *fault in told:
        changes = "query" not in text and "lssyscfg" not in text
        sent = made.send(Sent(life, host, text, changes, *(fault or [None])))
        if outcome is not None:
            made.end(sent, outcome)
    return made


RAISE = "lltconfig -T peerinact:9000"
LOWER = "lltconfig -T peerinact:1600"
LOOK = "lltconfig -T query"
MIGRATE = "migrlpar -o m -m east -t west -p db01"
LIST = "lssyscfg -r lpar -m east"
RENAME = "chsyscfg -r lpar -m west -i name=db01"
EXITED, LOST, GONE = Outcome.EXITED, Outcome.LOST, Outcome.NOT_STARTED


@pytest.mark.parametrize(
    "told",
    [
        [(1, "db02", RAISE, LOST), (1, "db02", LOWER, EXITED)],
        [(1, "db02", RAISE, EXITED), (1, "db02", LOWER, EXITED)],
        [(1, "db02", RAISE, None), (2, "db02", RAISE, EXITED)],
        [(1, "db02", RAISE, LOST), (1, "db02", LOOK, LOST), (1, "db02", LOWER, EXITED)],
        [(1, "db02", RAISE, LOST), (1, "db02", LOOK, EXITED, "binary"), (1, "db02", LOWER, EXITED)],
        [(1, "db02", RAISE, LOST), (1, "db01", LOOK, EXITED), (1, "db02", LOWER, EXITED)],
        [(1, "db02", RAISE, LOST), (1, "hmc1", MIGRATE, EXITED)],
        [(1, "hmc2", RENAME, LOST), (1, "hmc2", LOOK, EXITED), (1, "hmc2", RENAME, EXITED)],
        [(1, "hmc1", MIGRATE, LOST), (1, "db02", LOWER, EXITED)],
        [(1, "hmc1", MIGRATE, LOST), (1, "hmc1", LIST, EXITED), (1, "hmc2", RENAME, EXITED)],
        [(1, "hmc1", MIGRATE, None), (2, "hmc2", LIST, EXITED), (2, "db02", LOWER, EXITED)],
    ],
)
def test_a_change_after_an_unknown_that_it_depends_on_is_named(told):
    named(blind(wire(*told), {"hmc1", "hmc2"}), "after an unknown")


@pytest.mark.parametrize(
    "told",
    [
        [(1, "db02", RAISE, LOST), (1, "db02", LOOK, EXITED), (1, "db02", LOWER, EXITED)],
        [(1, "db02", RAISE, None), (2, "db02", LOOK, EXITED), (2, "db02", RAISE, EXITED)],
        [(1, "db02", RAISE, GONE), (1, "db02", RAISE, EXITED)],
        [(1, "db02", RAISE, LOST), (1, "db01", RAISE, EXITED)],
        [
            (1, "hmc1", MIGRATE, LOST),
            (1, "hmc1", LIST, EXITED),
            (1, "hmc2", LIST, EXITED),
            (1, "db02", LOWER, EXITED),
        ],
    ],
)
def test_a_change_after_a_look_or_after_what_it_does_not_depend_on_is_right(told):
    assert blind(wire(*told), {"hmc1", "hmc2"}) == []


def test_a_migration_that_hung_and_was_sent_anew_counts_twice_though_it_came_but_once(tmp_path):
    def doctor(world):
        (life, host, text) = next(
            (each.life, each.host, each.text) for each in world.wire.sent if migrates(each.text)
        )
        world.wire.send(Sent(life, host, text, changes=True, fault="hangs"))

    named(doctored(MOVED, doctor, tmp_path), "the migration was sent 2 times")


# The engine and the steps, one safety taken out


async def never_looks(_play, _action):
    return Verdict(Standing.OPEN, "not looked at")


async def believes_the_status(_play, _action, answer):
    return Verdict(Standing.HOLDS if answer.succeeded else Standing.UNKNOWN, "by its exit status")


async def nothing_lacks(*_):
    return []


def test_a_node_that_freezes_longer_than_its_peers_wait_is_seen_to_fail_over():
    named(play(MOVED, freeze=300.0).wrong, "false failover")


def test_a_timer_that_is_lowered_before_all_links_are_up_is_named(monkeypatch):
    monkeypatch.setattr(restore, "lacking", nothing_lacks)
    named(play(MOVED, links_return=600.0).wrong, "a timer was lowered too early")


def test_the_same_run_with_that_safety_waits_for_the_links():
    assert play(MOVED, links_return=200.0).wrong == ()


def test_a_migration_that_a_resumed_life_sends_again_is_named(monkeypatch):
    point = point_of(MOVED, "migrlpar -o m")
    after = f"command-{point.number + 1}"
    monkeypatch.setattr(Play, "sent", lambda *_: False)
    strikes = (Strike(point.id, "hangs"), Strike(after, "killed-before-it-left"))
    named(play(MOVED, strikes).wrong, "the migration was sent 2 times")


def test_the_same_run_with_that_safety_sends_it_once():
    point = point_of(MOVED, "migrlpar -o m")
    after = f"command-{point.number + 1}"
    strikes = (Strike(point.id, "hangs"), Strike(after, "killed-before-it-left"))
    assert play(MOVED, strikes).wrong == ()


def test_acting_without_a_look_before_or_after_is_named(monkeypatch):
    monkeypatch.setattr(Acting, "standing", never_looks)
    monkeypatch.setattr(Acting, "_check_after", believes_the_status)
    named(play(MOVED).wrong, "after an unknown: mksyscfg")


def test_a_debt_that_nobody_wrote_down_is_named(monkeypatch):
    point = point_of(STAYED, "-T peerinact:9000")
    monkeypatch.setattr(Play, "incur", lambda *_: None)
    wrong = play(STAYED, (Strike(point.id, "killed-after-it-ran"),)).wrong
    named(wrong, "peerinact of db01 is 9000, was 3200, and no debt says so")
    named(wrong, "db01:/etc/lparwiz.run was left, and no debt says so")


def test_a_debt_that_is_never_paid_is_named(monkeypatch):
    monkeypatch.setattr(Play, "settle", lambda *_: None)
    named(play(MOVED).wrong, "not brought to its end: status 3")


def test_a_ledger_file_that_nobody_keeps_is_named(monkeypatch):
    point = point_of(MOVED, "-T peerinact:9000")
    monkeypatch.setattr(Play, "keep_ledger", lambda _: None)
    wrong = play(MOVED, (Strike(point.id, "killed-after-it-ran"),)).wrong
    named(wrong, "at the end of life 1: peerinact of db01 is 9000")
    named(wrong, "ledger.md is not what the journal says")


def test_an_exit_status_that_hides_debts_is_named(monkeypatch):
    point = point_of(MOVED, "-T peerinact:1600")
    monkeypatch.setattr(runner, "exit_status_of", lambda *_, **_named: 0)
    wrong = play(MOVED, (Strike(point.id, "gone-for-good"),)).wrong
    named(wrong, "status 0, and yet")
    named(wrong, "are owed")


def test_a_comparison_that_finds_no_difference_is_seen_to_lose_the_definition(monkeypatch):
    monkeypatch.setattr(hmc, "compare", lambda *_: ())
    named(play(MOVED).wrong, "the definition: ")


def test_deleting_another_partition_is_named(monkeypatch):
    right = hmc.delete_partition
    monkeypatch.setattr(hmc, "delete_partition", lambda system, number: right(system, number + 1))
    named(play(MOVED).wrong, "tried to delete what is not the placeholder")


def test_sending_with_a_full_disk_is_named(monkeypatch):
    (points, *_) = play(MOVED).points
    intent = next(each for each in points if each.kind == "write" and each.what == "intent")
    write = Journal.write

    def deaf(journal, kind, **data):
        try:
            return write(journal, kind, **data)
        except JournalFailed:
            return None

    monkeypatch.setattr(Journal, "write", deaf)
    monkeypatch.setattr(Journal, "check", lambda _: None)
    named(play(MOVED, (Strike(intent.id, "disk-full"),)).wrong, "sent with a full disk")


def test_a_run_that_never_ends_is_named(monkeypatch):
    monkeypatch.setattr(worlds, "MOST_POINTS", 50)
    named(play(MOVED).wrong, "goes on for ever")


def test_a_run_that_stands_still_is_named(monkeypatch):
    async def waits_for_nothing(_):
        await asyncio.get_running_loop().create_future()

    monkeypatch.setattr(worlds, "WALL", 0.1)
    monkeypatch.setattr(Play, "safe_point", waits_for_nothing)
    named(play(MOVED).wrong, "stands still")


def test_a_run_that_breaks_is_named(monkeypatch):
    monkeypatch.setattr(runner, "_closing", lambda _: 1 // 0)
    named(play(MOVED).wrong, "escaped the engine: ZeroDivisionError")


def test_a_fault_that_strikes_nothing_is_named():
    named(play(MOVED, (Strike("command-9999", "refused"),)).wrong, "never struck")
