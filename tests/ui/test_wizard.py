import threading
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from textual import events

from lparwiz.lab.scenario import Scenario
from lparwiz.run.snapshot import (
    Abort,
    Answered,
    Chart,
    Choice,
    Hold,
    Leave,
    RunState,
    StepState,
    Trace,
)
from lparwiz.run.step import Conclusion
from lparwiz.screenshots.memory import Memory
from lparwiz.steps import outcome
from lparwiz.ui._textual import screen_text
from lparwiz.ui.app import SnapshotArrived, Wizard
from lparwiz.ui.bars import rail_line
from lparwiz.ui.chart_text import BOX
from lparwiz.ui.choices import ChoiceButton
from lparwiz.ui.leaving_text import waits_on
from lparwiz.ui.record import Record
from lparwiz.ui.text import words_of
from lparwiz.ui.theme_files import theme_names
from lparwiz.ui.view import Eye
from lparwiz.ui.views import Scene, step_parts

from . import seam as sample
from .seam import ScriptedSeam

SIZES = ((80, 24), (160, 50))
both_sizes = pytest.mark.parametrize("size", SIZES, ids=("80x24", "160x50"))


@asynccontextmanager
async def wizard(snapshot, size=(80, 24), **options):
    """The wizard over a scripted engine: `(pilot, seam, seen)`, `seen()` being the screen."""
    seam = ScriptedSeam(snapshot)
    app = Wizard(seam, theme=options.pop("theme", "night"), **options)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield pilot, seam, lambda: screen_text(app)


def focused(pilot):
    found = pilot.app.focused
    return found.choice.id if isinstance(found, ChoiceButton) else type(found).__name__


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
async def test_the_safe_choice_has_the_focus_and_an_answer_is_given_once(size):
    async with wizard(sample.snapshot(), size) as (pilot, seam, seen):
        assert focused(pilot) == "back"
        await pilot.press("right", "enter", "enter", "enter")
        assert seam.orders == [Answered("timers.go", "go")]
        assert "( Set the timers )" in seen()
        assert "sent: Set the timers" in seen()


@both_sizes
async def test_the_way_back_as_an_answer_is_confirmed_by_what_it_takes(size):
    async with wizard(sample.snapshot(), size) as (pilot, seam, seen):
        await pilot.press("enter")
        await pilot.pause()
        text = seen()
        assert "Take the way back?" in text
        assert "$ lltconfig -T peerinact:3200" in text
        assert "[>No<]" in text
        await pilot.press("enter")
        await pilot.pause()
        assert seam.orders == []
        assert focused(pilot) == "back"
        assert "sent:" not in seen()
        await pilot.press("enter", "enter", "enter")
        await pilot.pause()
        assert seam.orders == []
        await pilot.press("right", "enter")
        await pilot.pause()
        assert seam.orders == [Answered("timers.go", "back")]
        assert "sent: Not now" in seen()


async def test_the_way_back_is_withdrawn_where_its_question_has_gone():
    async with wizard(sample.snapshot()) as (pilot, seam, seen):
        await pilot.press("enter")
        await pilot.pause()
        seam.publish(question=sample.WORD)
        await pilot.pause()
        assert "( Take the way back )" in seen()
        await pilot.press("right", "enter")
        assert seam.orders == []


async def test_on_hold_no_answer_is_taken_and_the_hint_says_so():
    held = sample.snapshot(question=sample.WORD, holding=True, state=RunState.HELD)
    async with wizard(held) as (pilot, seam, seen):
        await pilot.press("up", *"db01", "enter")
        assert focused(pilot) == "go"
        assert "On hold: no answer is taken. F5 goes on." in seen()
        await pilot.press("enter")
        assert seam.orders == []
        assert "sent:" not in seen()
        seam.publish(holding=False, state=RunState.WAITING)
        await pilot.pause()
        assert "no answer is taken" not in seen()
        assert seam.orders == []
        await pilot.press("enter")
        assert seam.orders == [Answered("migrate.go#2", "go", "db01")]


async def test_an_answer_that_came_on_hold_is_asked_for_anew():
    """Enter right after F5, before the screen knows of the hold: the engine doesn't take it."""
    async with wizard(sample.snapshot()) as (pilot, seam, seen):
        await pilot.press("f5", "right", "enter")
        assert "sent: Set the timers" in seen()
        seam.publish(holding=True, state=RunState.HELD)
        await pilot.pause()
        await pilot.pause()
        assert "sent:" not in seen()
        assert focused(pilot) == "back"


async def test_warnings_are_accepted_only_once_they_were_in_sight():
    findings = tuple(
        sample.Finding(f"c.{n}", sample.Level.WARNING, f"warning {n} " + "words " * 40)
        for n in range(6)
    )
    page = replace(sample.CHECK, findings=findings, plan=())
    asked = replace(
        sample.GO,
        id="check.continue",
        choices=(Choice("again", "Read again"), Choice("go", "Go on")),
        safe="again",
        warnings=tuple(finding.id for finding in findings),
    )
    check = sample.snapshot(
        pages=(page,), current="check", steps=sample.steps("check"), question=asked
    )
    async with wizard(check) as (pilot, seam, seen):
        assert "warning 5" not in seen()
        await pilot.press("right", "enter")
        assert "of what it accepts" in seen()
        assert seam.orders == []
        for _ in range(6):
            if "warning 5" not in seen():
                await pilot.press("enter")
                await pilot.pause()
        assert "warning 5" in seen()
        while "of what it accepts" in seen():
            await pilot.press("enter")
            await pilot.pause()
        assert seam.orders == []
        await pilot.press("enter")
        assert seam.orders == [Answered("check.continue", "go")]


async def test_arrows_and_tab_reach_the_other_choice():
    async with wizard(sample.snapshot()) as (pilot, seam, _):
        await pilot.press("right")
        assert focused(pilot) == "go"
        await pilot.press("left", "tab", "enter")
        assert seam.orders == [Answered("timers.go", "go")]


@both_sizes
async def test_the_dangerous_choice_opens_only_for_the_very_word(size):
    async with wizard(sample.snapshot(question=sample.WORD), size) as (pilot, seam, seen):
        assert focused(pilot) == "back"
        assert "( Migrate )" in seen()
        await pilot.press("right", "up", *"db0")
        assert "( Migrate )" in seen()
        await pilot.press("enter")
        assert focused(pilot) == "Entry"
        await pilot.press("1")
        assert "[ Migrate ]" in seen()
        await pilot.press("2")
        assert "( Migrate )" in seen()
        await pilot.press("backspace", "enter")
        assert focused(pilot) == "go"
        assert seam.orders == []
        await pilot.press("enter")
        assert seam.orders == [Answered("migrate.go#2", "go", "db01")]


async def test_typing_begins_in_the_input_wherever_the_focus_is():
    async with wizard(sample.snapshot(question=sample.WORD)) as (pilot, seam, seen):
        for key in "db01":
            pilot.app.post_message(events.Key(key, key))
        await pilot.pause()
        assert "for ( Migrate ) type db01: db01" in seen()
        assert focused(pilot) == "Entry"
        assert seam.orders == []


async def test_going_back_from_a_word_question_sends_no_word():
    async with wizard(sample.snapshot(question=sample.WORD)) as (pilot, seam, seen):
        assert "Going on accepts: llt.links, vcs.frozen" in seen()
        await pilot.press("enter")
        await pilot.pause()
        await pilot.press("right", "enter")
        assert seam.orders == [Answered("migrate.go#2", "back", "")]


async def test_a_value_starts_from_the_proposal_and_goes_with_the_choice():
    async with wizard(sample.snapshot(question=sample.VALUE)) as (pilot, seam, seen):
        assert "seconds 45" in seen()
        assert focused(pilot) == "use"
        await pilot.press("up", "backspace", "8", "enter", "enter")
        assert seam.orders == [Answered("measure.freeze", "use", "48")]


@pytest.mark.parametrize(
    ("keys", "choice"),
    [
        (("right", "enter"), "go"),
        (("right", "left", "right", "enter"), "go"),
        (("right", "enter", "left"), "go"),
        (("tab", "enter", "enter"), "go"),
        (("tab", "shift+tab", "enter"), ""),
    ],
)
async def test_keys_that_come_all_at_once_count_in_their_order(keys, choice):
    async with wizard(sample.snapshot()) as (pilot, seam, _):
        for key in keys:
            pilot.app.post_message(events.Key(key, None))
        await pilot.pause()
        assert seam.orders == ([Answered("timers.go", choice)] if choice else [])


async def test_a_value_typed_all_at_once_is_neither_lost_nor_sent_unseen():
    async with wizard(sample.snapshot(question=sample.VALUE)) as (pilot, seam, seen):
        for key in ("up", "backspace", "backspace", "6", "0", "enter", "enter"):
            pilot.app.post_message(events.Key(key, key if len(key) == 1 else None))
        await pilot.pause()
        assert "seconds 60" in seen()
        assert seam.orders in ([], [Answered("measure.freeze", "use", "60")])


async def test_enter_after_a_value_goes_to_the_choice_that_takes_it():
    none = Choice("none", "No figure")
    asked = replace(sample.VALUE, choices=(none, *sample.VALUE.choices), safe="none")
    async with wizard(sample.snapshot(question=asked)) as (pilot, seam, _):
        assert focused(pilot) == "none"
        await pilot.press("6", "enter", "enter")
        assert seam.orders == [Answered("measure.freeze", "use", "456")]


async def test_left_and_right_move_the_cursor_in_an_input():
    async with wizard(sample.snapshot(question=sample.VALUE)) as (pilot, _, seen):
        await pilot.press("up", "left", "1", "right", "0")
        assert "seconds 4150" in seen()


async def test_keys_typed_ahead_do_not_answer_the_next_question():
    class Hasty(ScriptedSeam):
        def send(self, order):
            super().send(order)
            self.publish(question=sample.WORD)

    seam = Hasty(sample.snapshot())
    app = Wizard(seam, theme="night")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        for key in ("right", *["enter"] * 5):
            app.post_message(events.Key(key, None))
        await pilot.pause()
        assert seam.orders == [Answered("timers.go", "go")]
        assert "point of no return" in screen_text(app)


async def test_a_new_question_takes_the_focus_to_its_own_safe_choice():
    async with wizard(sample.snapshot()) as (pilot, seam, _):
        await pilot.press("right")
        seam.publish(question=replace(sample.GO, id="timers.go#2"))
        for _ in range(100):
            await pilot.pause(0)
            if focused(pilot) == "back":
                break
        assert focused(pilot) == "back"
        await pilot.press("right", "enter")
        assert seam.orders == [Answered("timers.go#2", "go")]


async def test_an_answer_never_reaches_a_question_that_the_screen_does_not_show():
    async with wizard(sample.snapshot()) as (pilot, seam, _):
        seam.set_quietly(question=replace(sample.GO, id="timers.other"))
        await pilot.press("enter")
        assert seam.orders == []


async def test_a_question_that_is_answered_elsewhere_goes_away():
    async with wizard(sample.snapshot()) as (pilot, seam, seen):
        seam.publish(question=None, state=RunState.WORKING)
        await pilot.pause()
        assert "Not now" not in seen()
        await pilot.press("enter")
        assert seam.orders == []


async def test_an_answer_without_reply_can_be_given_again():
    async with wizard(sample.snapshot()) as (pilot, seam, _):
        await pilot.press("right", "enter", "f2")
        await pilot.pause()
        await pilot.press("right", "enter")
        assert seam.orders == [Answered("timers.go", "go")] * 2


@pytest.mark.parametrize("key", ["f10", "ctrl+q", "ctrl+c", "escape"])
async def test_every_way_out_leads_to_the_page_that_says_what_stays_owed(key):
    async with wizard(sample.snapshot()) as (pilot, seam, seen):
        await pilot.press(key)
        await pilot.pause()
        text = seen()
        assert "2 debts stay owed" in text
        assert "$ lltconfig -T peerinact:3200" in text
        assert "new_name=db01" in text
        assert "[>Stay<]" in text
        await pilot.press("enter")
        await pilot.pause()
        assert "Leave lparwiz?" not in seen()
        assert seam.orders == []
        assert focused(pilot) == "back"


@pytest.mark.parametrize(
    ("fields", "keys", "status"),
    [
        ({}, ("right", "enter"), 3),
        ({"ledger": ()}, ("right", "enter"), 1),
        ({"ledger": (), "outcome": "migrated"}, ("right", "enter"), 0),
        ({"outcome": "unknown"}, ("right", "enter"), 4),
        ({"state": RunState.OVER, "exit_status": 0, "ledger": (), "question": None}, ("enter",), 0),
        ({"state": RunState.OVER, "exit_status": 4, "question": None}, ("enter",), 4),
    ],
)
async def test_leaving_tells_the_engine_and_ends_with_the_runs_status(fields, keys, status):
    async with wizard(sample.snapshot(**fields)) as (pilot, seam, _):
        await pilot.press("ctrl+q", *keys)
        await pilot.pause()
        assert seam.orders == [Leave()]
    assert pilot.app.return_value == status


async def test_pressing_leave_twice_opens_one_page():
    async with wizard(sample.snapshot()) as (pilot, _, seen):
        await pilot.press("f10", "ctrl+q", "escape")
        await pilot.pause()
        assert "Leave lparwiz?" not in seen()


async def test_hold_is_sent_and_lifted_with_the_same_key():
    async with wizard(sample.migrating()) as (pilot, seam, seen):
        await pilot.press("f5")
        assert seam.orders == [Hold(on=True)]
        seam.publish(holding=True)
        await pilot.pause()
        assert "hold asked" in seen()
        assert "F5 go on" in seen()
        seam.publish(state=RunState.HELD)
        await pilot.pause()
        assert "On hold: F5 goes on." in seen()
        await pilot.press("f5")
        assert seam.orders == [Hold(on=True), Hold(on=False)]


async def test_abort_asks_first_and_its_safe_answer_changes_nothing():
    async with wizard(sample.migrating()) as (pilot, seam, seen):
        await pilot.press("f6")
        await pilot.pause()
        assert "[>Go on with the run<]" in seen()
        await pilot.press("enter", "f6", "right", "enter")
        assert seam.orders == [Abort()]


async def test_when_the_run_is_over_nothing_but_leaving_is_sent():
    over = sample.snapshot(
        state=RunState.OVER, question=None, exit_status=0, closing="Migrated.", ledger=()
    )
    async with wizard(over) as (pilot, seam, seen):
        assert "Migrated. Exit status 0. F10 leaves." in seen()
        await pilot.press("f5", "f6", "enter")
        assert seam.orders == []


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


async def test_a_question_that_comes_while_looking_back_is_told_and_not_answered_unseen():
    async with wizard(sample.migrating()) as (pilot, seam, seen):
        await pilot.press("f8")
        seam.publish(question=sample.WORD, state=RunState.WAITING)
        await pilot.pause()
        assert "waiting for you, F2" in seen()
        await pilot.press("enter", "right", "enter")
        assert seam.orders == []
        await pilot.press("escape")
        await pilot.pause()
        assert "[>Go back<]" in seen()
        assert focused(pilot) == "back"


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


async def test_the_hosts_page_has_every_host_in_full():
    async with wizard(sample.snapshot(64)) as (pilot, _, seen):
        await pilot.press("f4")
        found = seen()
        for _ in range(12):
            await pilot.press("pagedown")
            found += seen()
    assert all(f"node{n:02d}" in found for n in range(1, 65))
    assert "hmc1" in found


async def test_the_strip_of_hosts_scrolls_with_the_arrows():
    differing = tuple(
        replace(sample.node_pane(n), fields=(sample.Field("LLT", f"{n} OPEN"),))
        for n in range(1, 11)
    )
    async with wizard(sample.snapshot(panes=differing)) as (pilot, _, seen):
        assert "+6 more, F4" in seen()
        assert "node06" not in seen()
        await pilot.press("tab", "tab", *["down"] * 5)
        assert ">node06 OK   LLT 6 OPEN" in seen()


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


async def test_what_is_out_of_sight_is_announced_and_can_be_reached():
    async with wizard(sample.snapshot(64)) as (pilot, _, seen):
        assert "more lines below, PgDn" in seen()
        assert "Guide:" not in seen()
        await pilot.press(*["pagedown"] * 8)
        assert "Guide: Setting the LLT peerinact timer" in seen()
        assert "lines above, PgUp" in seen()


async def test_a_resize_keeps_the_place():
    differing = replace(
        sample.timers(64),
        tables=(
            sample.Table(
                "Each node's timer",
                ("node", "was"),
                tuple((f"node{n:02d}", str(1600 + n)) for n in range(1, 129)),
            ),
        ),
    )
    async with wizard(sample.snapshot(64, pages=(differing,))) as (pilot, _, seen):
        await pilot.press(*["pagedown"] * 5)
        top = seen().splitlines()[2]
        assert "node" in top
        for size in ((160, 50), (100, 30), (200, 60), (80, 24)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            assert top.split()[0] in "".join(seen().splitlines()[1:5])
        assert seen().splitlines()[2] == top


async def test_a_resize_keeps_what_is_typed_and_the_focus():
    async with wizard(sample.snapshot(question=sample.WORD)) as (pilot, _, seen):
        await pilot.press("up", *"db")
        await pilot.resize_terminal(160, 50)
        await pilot.pause()
        assert "for ( Migrate ) type db01: db" in seen()
        assert focused(pilot) == "Entry"


@pytest.mark.parametrize("size", [(20, 5), (1, 1), (59, 40), (200, 15)])
async def test_too_small_a_terminal_answers_nothing(size):
    async with wizard(sample.snapshot()) as (pilot, seam, _):
        await pilot.resize_terminal(*size)
        await pilot.pause()
        await pilot.press("enter", "right", "enter", "f3", "f2", "pagedown", "enter")
        assert seam.orders == []
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        assert focused(pilot) == "back"


async def test_too_small_a_terminal_shows_the_state_and_the_way_out():
    async with wizard(sample.snapshot(), (20, 5)) as (pilot, seam, seen):
        for part in ("waiting for you", "owed 2", "F10 leaves", "5/11 Timers"):
            assert part in seen()
        await pilot.press("f10")
        await pilot.pause()
        assert "[>Stay<]" in seen()
        assert "[ Leave ]" in seen()
        await pilot.press("down", "enter")
        assert seam.orders == [Leave()]


async def test_the_status_line_of_tmux_takes_nothing_but_a_row():
    async with wizard(sample.snapshot(), (80, 23)) as (_, _, seen):
        assert "80x23 is small" in seen()
        assert "[>Not now<]" in seen()


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


async def test_a_theme_that_is_unknown_or_broken_is_told_and_night_taken(tmp_path):
    folder = tmp_path / "config" / "lparwiz" / "themes"
    folder.mkdir(parents=True)
    (folder / "mine.toml").write_text('primary = "blurple"')
    async with wizard(sample.snapshot(), (120, 50), theme="mine") as (pilot, _, seen):
        assert pilot.app.theme == "night"
        await pilot.press("f1")
        text = " ".join(seen().split())
        assert "'blurple' is not a colour" in text
        assert "Theme mine can't be read" in text
        assert "Instead night is worn" in " ".join(pilot.app.screen.lines["page"].words.split())


async def test_no_theme_but_ours_can_be_chosen():
    async with wizard(sample.snapshot()) as (pilot, _, _):
        assert set(pilot.app.available_themes) == set(theme_names())


async def test_back_from_a_host_that_was_opened_among_all_the_question_has_the_focus_again():
    async with wizard(sample.detailed(), size=(100, 30)) as (pilot, seam, _):
        await pilot.press("f4", "enter", "escape", "escape")
        await pilot.pause()
        assert focused(pilot) == "back"
        await pilot.press("right", "enter")
        assert [type(order) for order in seam.orders] == [Answered]


@pytest.mark.parametrize("keys", ["t", "j", "n", "N", "c", "[", "]", "/", ":"])
async def test_letters_that_are_commands_elsewhere_are_text_where_text_is_typed(keys):
    async with wizard(sample.snapshot(question=sample.VALUE), size=(100, 30)) as (pilot, _, seen):
        await pilot.press("up", "up", "up")
        assert focused(pilot) == "Entry"
        before, page = pilot.app.focused.value, seen().splitlines()[2]
        await pilot.press(*keys)
        assert pilot.app.focused.value == before + keys
        assert seen().splitlines()[2] == page


async def test_letters_are_text_too_while_words_are_sought():
    async with wizard(sample.snapshot(), size=(100, 30)) as (pilot, _, seen):
        await pilot.press("/", *"tjnc")
        assert pilot.app.focused.value == "tjnc"
        assert "Enter goes to the choices" not in seen(), "Enter finds here"
        assert "Set peerinact to 9000" in seen()


# What an operator's walk found


@pytest.mark.parametrize("size", [(40, 10), (59, 16)])
async def test_too_small_a_terminal_is_told_its_own_size(size):
    async with wizard(sample.snapshot(), size) as (_, _, seen):
        assert f"This terminal is {size[0]}x{size[1]};" in " ".join(seen().split())


async def test_a_long_word_can_be_read_while_it_is_typed_at_the_least_size():
    name = "production-database-01"
    choices = (Choice("back", "Go back"), Choice("go", f"Migrate {name} now", needs_word=True))
    asked = replace(sample.WORD, word=name, choices=choices)
    async with wizard(sample.snapshot(question=asked), (60, 16)) as (pilot, _, seen):
        await pilot.press("up", *name)
        assert f"type {name}: {name}" in seen()


async def test_a_terminal_made_small_still_shows_the_word_as_it_is_typed():
    choices = (
        Choice("yes", "Migrated: it runs on p9-west"),
        Choice("no", "Not migrated: it runs on p9-east", needs_word=True),
    )
    asked = replace(sample.WORD, word="db01", choices=choices, safe="yes")
    async with wizard(sample.snapshot(question=asked), (80, 24)) as (pilot, _, seen):
        assert "for ( Not migrated: it runs on p9-east ) type db01: nothing typed yet" in seen()
        await pilot.resize_terminal(60, 16)
        await pilot.pause()
        assert "for the choice in ( ) type db01: nothing typed yet" in seen()
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        assert "for ( Not migrated: it runs on p9-east ) type db01:" in seen()


async def test_words_sought_on_one_steps_page_are_not_sought_on_the_next():
    async with wizard(sample.snapshot(), (100, 30)) as (pilot, seam, seen):
        await pilot.press("/", *"peerinact", "enter")
        await pilot.pause()
        assert '"peerinact" 1 of' in seen()
        seam.publish(question=None, current="migrate", pages=sample.migrating().pages)
        await pilot.pause()
        assert '"peerinact"' not in seen()


async def test_once_the_question_is_answered_the_chart_is_in_sight():
    page = replace(sample.migrating().page, chart=Chart("Silence", (Trace("db02", (0.05,) * 120),)))
    asked = sample.snapshot(pages=(page,), current="migrate", question=sample.WORD)
    async with wizard(asked) as (pilot, seam, _):
        page = pilot.app.screen.lines["page"]
        await pilot.press("end")
        await pilot.pause()
        assert page.scroll_offset.y > 0
        seam.publish(question=None, state=RunState.WORKING)
        await pilot.pause()
        assert page.scroll_offset.y == 0


async def test_the_help_says_where_letters_go_while_text_is_asked_for():
    async with wizard(sample.snapshot(question=sample.VALUE), (80, 80)) as (pilot, _, seen):
        await pilot.press("f1")
        assert "letters and digits are typed there" in " ".join(seen().split())


def test_while_the_hmc_migrates_a_process_that_was_left_says_why_it_has_not_ended():
    assert waits_on(sample.snapshot()) == ""
    plan = (replace(sample.timers(2).plan[0], state=sample.PlanState.RUNNING),)
    page = replace(
        sample.migrating().page, plan=plan, progress=sample.Progress("copying", 10.0, limit=3600.0)
    )
    goes = sample.snapshot(pages=(page,), current="migrate", question=None, outcome="unknown")
    assert "ends by itself when that has ended (at most 60:00)" in waits_on(goes)


def test_a_step_that_was_left_by_choice_is_not_called_failed():
    left = sample.snapshot(steps=sample.steps("timers", check=StepState.LEFT))
    assert "[<] left: Check" in words_of(rail_line(left, 80))
    page = replace(sample.timers(2), plan=(sample.timers(2).plan[1],))
    going = sample.snapshot(pages=(page,))
    ended = sample.snapshot(pages=(page,), steps=sample.steps("mark", timers=StepState.LEFT))
    told = [
        "\n".join(
            words_of(line)
            for part in step_parts(Eye(), scene(snapshot), page, 100).first
            for line in part
        )
        for snapshot in (going, ended)
    ]
    assert "What will run, exactly as sent" in told[0]
    assert "What was planned, and not run" in told[1]
    assert "What will run" not in told[1]


def scene(snapshot):
    return Scene(snapshot, 0.0, Record(lambda _: ()), (), BOX)


@pytest.mark.parametrize("doubtful", [False, True])
async def test_the_fingers_of_the_point_of_no_return_never_decide_against_both_consoles(doubtful):
    """Tired, one types db01, Enter, Enter once more: that is another word than one page before."""
    change = Memory(Scenario(route="full")).change
    asked = outcome.question(change, Conclusion.MIGRATED, doubtful=doubtful)
    async with wizard(sample.snapshot(question=asked), (80, 24)) as (pilot, seam, seen):
        for _ in range(2):
            await pilot.press(*"db01", "enter", "enter")
            await pilot.pause()
        assert "not migrated" not in [order.choice for order in seam.orders]
    async with wizard(sample.snapshot(question=asked), (80, 24)) as (pilot, seam, seen):
        await pilot.press(*"p9-east", "enter")
        assert "against both consoles" in seen()
        await pilot.press("enter")
        assert seam.orders == [Answered(asked.id, "not migrated", "p9-east")]
