"""The engine and the steps with one safety taken out: the matrix names what comes of it."""

import asyncio

from lparwiz.run import runner
from lparwiz.run.acting import Acting
from lparwiz.run.action import Standing, Verdict
from lparwiz.run.journal import Journal, JournalFailed
from lparwiz.run.play import Play
from lparwiz.steps import restore
from lparwiz.tools import hmc

from . import world as worlds
from .doctored import MOVED, STAYED, named, point_of
from .play import Strike, play


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
