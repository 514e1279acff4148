"""The wizard draws what the run says: its pages, its news, and never text as anything else."""

import threading
from dataclasses import replace

import pytest

from lparwiz.run.snapshot import Choice, StepState
from lparwiz.ui.app import SnapshotArrived
from lparwiz.ui.bars import rail_line
from lparwiz.ui.chart_text import BOX
from lparwiz.ui.eye import Eye
from lparwiz.ui.record import Record
from lparwiz.ui.text import words_of
from lparwiz.ui.views import Scene, step_text

from . import seam as sample
from .wizards import both_sizes, focused, wizard


@both_sizes
async def test_state_step_debts_question_hosts_and_keys_are_in_view(size):
    async with wizard(sample.snapshot(), size) as (_, _, seen):
        text = seen()
    for part in (
        "waiting for you",
        "owed 2",
        "Timers",
        "$ lltconfig -T peerinact:9000",
        "Set peerinact to 9000 on every node?",
        "node01 OK",
        "F10 leave",
    ):
        assert part in text


@both_sizes
async def test_earlier_pages_can_be_looked_at_and_left_again(size):
    async with wizard(sample.snapshot(), size) as (pilot, seam, seen):
        await pilot.press("[")
        assert "looking back at step 2 Check - F2 returns" in seen()
        assert "a peer is not OPEN" in seen()
        await pilot.press("f8", "f8")
        assert "looking back at step 1 Connect" in seen()
        await pilot.press("enter")
        assert seam.orders == []
        await pilot.press("]", "]")
        assert "looking back" not in seen()
        assert focused(pilot) == "back"
        await pilot.press("f8", "f2")
        assert "looking back" not in seen()


@both_sizes
async def test_the_ledger_shows_every_debt_with_the_commands_that_pay_it(size):
    async with wizard(sample.snapshot(), size) as (pilot, _, seen):
        await pilot.press("f3")
        text = seen()
        assert "[!] owed  node01" in text
        assert "$ lltconfig -T peerinact:3200" in text
        assert "$ lssyscfg -r lpar -m p9-west -F name,lpar_id" in text
        assert "[x] paid  node02" in text
        await pilot.press("f3")
        assert "[x] paid" not in seen()


async def test_the_help_names_the_keys_and_the_run():
    async with wizard(sample.snapshot(), (80, 80)) as (pilot, _, seen):
        await pilot.press("f1")
        for part in ("CHG0031337", "20261122-0214-db01", "Ledger: what is owed", "Keep a picture"):
            assert part in seen()


async def test_passes_unfold_and_fold():
    check = sample.snapshot(pages=(sample.CHECK,), current="check", steps=sample.steps("check"))
    async with wizard(check, (160, 90)) as (pilot, _, seen):
        assert "12 checks passed" in seen()
        await pilot.press("f7")
        assert "check 7 is well" in seen()
        await pilot.press("f7")
        assert "check 7 is well" not in seen()


async def test_text_from_a_host_is_shown_letter_by_letter():
    question = replace(
        sample.GO,
        text="[b]ls: [/foo]\x1b[2J",
        choices=(Choice("back", "[/x] no", "[red]hint"), Choice("go", "[b]yes")),
    )
    hostile = sample.snapshot(
        title="[/t]\x1b]0;pwn\x07",
        pages=(sample.HOSTILE,),
        current="check",
        steps=sample.steps("check"),
        question=question,
        panes=(replace(sample.node_pane(1), host="[/h]\x9b", state="[b]"),),
    )
    async with wizard(hostile, (120, 60)) as (pilot, _, seen):
        text = seen()
        for part in (
            "[/foo] [b]purpose[/b]\\x1b[2J",
            "ls: [/foo]: arr[idx]=b [x=y]\\x1b]0;pwn\\x07",
            "$ echo [/foo] [b]x",
            "\\x9b31m",
            "[b]ls: [/foo]\\x1b[2J",
            "[>[/x] no<]",
            "[red]hint",
            "[/h]\\x9b",
        ):
            assert part in text
        for key in ("f1", "f3", "f4", "f8", "f10"):
            await pilot.press(key)
        assert "\x1b" not in seen()


async def test_ascii_draws_nothing_that_is_not_ascii():
    async with wizard(sample.snapshot(64), ascii_only=True) as (pilot, _, seen):
        assert seen().isascii()
        await pilot.press("f10")
        await pilot.pause()
        assert seen().isascii()


async def test_snapshots_from_another_thread_are_coalesced_and_the_last_one_is_drawn():
    drawn = []
    async with wizard(sample.migrating()) as (pilot, seam, seen):
        show = pilot.app.screen.show

        async def counted(snapshot):
            drawn.append(snapshot.version)
            await show(snapshot)

        pilot.app.screen.show = counted

        def engine():
            for number in range(500):
                seam.publish(closing=str(number), ledger=sample.DEBTS[: number % 3])
            seam.publish(ledger=())

        thread = threading.Thread(target=engine)
        thread.start()
        thread.join()  # the wizard's loop stands still meanwhile: everything queues up
        await pilot.pause()
        assert "owed 0" in seen()
    assert drawn[-1] == seam.latest().version
    assert len(drawn) < 50


async def test_an_older_snapshot_never_replaces_a_newer_one():
    async with wizard(sample.snapshot()) as (pilot, seam, seen):
        old = seam.latest()
        seam.publish(ledger=())
        pilot.app.post_message(SnapshotArrived(old))
        await pilot.pause()
        assert "owed 0" in seen()


async def test_live_readings_move_while_a_question_waits_and_the_focus_stays():
    async with wizard(sample.snapshot()) as (pilot, seam, seen):
        await pilot.press("right")
        lost = replace(sample.node_pane(2), state="SILENT", level=sample.Level.UNKNOWN)
        seam.publish(panes=(sample.node_pane(1), lost))
        await pilot.pause()
        assert "node02 SILENT" in seen()
        assert focused(pilot) == "go"


async def test_readings_grow_stale_by_the_clock_without_any_news():
    clock = [100.0]
    async with wizard(sample.snapshot(), monotonic=lambda: clock[0]) as (pilot, _, seen):
        assert "stale" not in seen()
        clock[0] += 60
        pilot.app.screen.tick()
        await pilot.pause()
        assert "stale 62 s" in seen()
        assert "3 stale" in seen()


async def test_after_the_wizard_has_gone_the_engine_may_publish_on():
    async with wizard(sample.snapshot()) as (_, seam, _):
        pass
    seam.publish(ledger=())


def test_a_step_that_was_left_by_choice_is_not_called_failed():
    left = sample.snapshot(steps=sample.steps("timers", check=StepState.LEFT))
    assert "[<] left: Check" in words_of(rail_line(left, 80))
    page = replace(sample.timers(2), plan=(sample.timers(2).plan[1],))
    going = sample.snapshot(pages=(page,))
    ended = sample.snapshot(pages=(page,), steps=sample.steps("mark", timers=StepState.LEFT))
    told = [
        "\n".join(
            words_of(line)
            for part in step_text(Eye(), scene(snapshot), page, 100).first
            for line in part
        )
        for snapshot in (going, ended)
    ]
    assert "What will run, exactly as sent" in told[0]
    assert "What was planned, and not run" in told[1]
    assert "What will run" not in told[1]


def scene(snapshot):
    return Scene(snapshot, 0.0, Record(lambda _: ()), (), BOX)


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("f2", 'guide: "Setting the LLT peerinact timer"'),
        ("f3", "This page, Ledger:"),
        ("f4", "This page, Hosts:"),
        ("t", "This page, Timeline:"),
        ("j", "This page, Journal:"),
    ],
)
async def test_help_explains_the_page_that_was_in_sight_and_leads_back_to_it(key, words):
    async with wizard(size=(100, 50)) as (pilot, _, seen):
        await pilot.press(key)
        before = seen()
        await pilot.press("f1")
        assert words in seen()
        assert "Keys here" in seen()
        await pilot.press("f1")
        await pilot.pause()
        assert seen() == before
