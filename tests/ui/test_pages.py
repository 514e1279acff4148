"""The pages that belong to no step, and what every step's page has: by what stands on them."""

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from lparwiz.run.snapshot import Answered, Field, Level, PlannedCommand, RunState, Table
from lparwiz.ui._textual import screen_text
from lparwiz.ui.app import Wizard
from lparwiz.ui.hosts_text import grouped, strip
from lparwiz.ui.page_text import page_text
from lparwiz.ui.pictures import Pictures
from lparwiz.ui.record import Record
from lparwiz.ui.text import fold_hosts, mark, words_of

from . import seam as sample


@asynccontextmanager
async def wizard(snapshot=None, size=(100, 30), journal=sample.JOURNAL, **options):
    seam = sample.ScriptedSeam(snapshot or sample.snapshot())
    seam.journal = journal
    app = Wizard(seam, theme="night", **options)
    async with app.run_test(size=size, notifications=True) as pilot:
        await pilot.pause()
        yield pilot, seam, lambda: screen_text(app)


def told(paragraphs):
    return "\n".join(words_of(line) for lines in paragraphs for line in lines)


# Hosts


def test_equal_hosts_are_one_row_and_what_differs_stands_above():
    panes = list(sample.panes(64)[:64])
    panes[9] = replace(panes[9], fields=(Field("LLT", "2/2 UP"), Field("peerinact", "1600")))
    rows = [
        words_of(line)
        for lines in strip(grouped(panes, sample.AT), sample.AT, 100)
        for line in lines
    ]
    assert [row.split()[0] for row in rows] == [
        "node41",
        "node06",
        "node10",
        "node[01-05,07-09,11-40,42-64]",
    ]
    assert "peerinact 9000/1600" in rows[3]


def test_two_equal_hosts_keep_their_own_rows():
    groups = grouped(sample.panes(2), sample.AT)
    assert [group.names for group in groups] == ["node01", "node02", "hmc1"]


def test_rows_that_are_all_in_sight_keep_their_places_whatever_they_say():
    fresh, sick = sample.node_pane(1), replace(sample.node_pane(2), level=Level.WARNING)
    assert [g.names for g in grouped([fresh, sick], sample.AT, room=2)] == ["node01", "node02"]
    assert [g.names for g in grouped([fresh, sick], sample.AT, room=1)] == ["node02", "node01"]
    many = [sample.node_pane(n) for n in range(1, 9)]
    many[6] = replace(many[6], level=Level.WARNING)
    assert grouped(many, sample.AT, room=8)[0].names == "node07", "what differs from a group"


def test_a_stale_host_leaves_its_group():
    panes = [sample.node_pane(n, ago=2.0 if n != 7 else 90.0) for n in range(1, 9)]
    assert [group.names for group in grouped(panes, sample.AT)] == ["node07", "node[01-06,08]"]


def test_names_too_long_for_a_row_are_counted():
    odd = [replace(sample.node_pane(n), fields=()) for n in range(1, 64, 2)]
    (row,) = strip(grouped(odd, sample.AT), sample.AT, 80)
    assert words_of(row[0]).startswith(" 32 nodes OK")


def test_numbers_are_folded_with_commas_where_there_are_gaps():
    assert fold_hosts(["n01", "n02", "n04"]) == "n[01,02,04]"
    assert fold_hosts(["n1", "n10"]) == "n1 n10"


@pytest.mark.parametrize("size", [(80, 24), (100, 30), (160, 50), (200, 60)])
async def test_every_state_of_64_hosts_is_in_view_at_every_size(size):
    async with wizard(sample.snapshot(64), size) as (_, _, seen):
        text = seen()
        for words in ("node41", "SILENT", "node06", "LOOK", "node[01-05,07-40,42-64]", "hmc1"):
            assert words in text
        assert "stale 73 s" in text


async def test_enter_on_a_host_opens_everything_about_it_and_escape_goes_back():
    async with wizard(sample.detailed(), (100, 60)) as (pilot, seam, seen):
        await pilot.press("f4", "enter")
        await pilot.pause()
        text = seen()
        for words in (
            "node01  node  OK  12 s ago",
            "peerinact  9000/1600",
            "LLT, as this node sees its peers",
            "node01  app    ONLINE",
            "$ lltstat -nvv active: exited 0 after 0.02 s",
            "LLT node information:",
            "reading   node01 $ lltstat -nvv: exited 0 after 0.25 s",
            ".. 54 more lines, F7 shows them",
            "[x] done Raise: is 9000",
        ):
            assert words in text
        assert "uptime" not in text
        await pilot.press("f7")
        assert "more lines, F7" not in seen()
        await pilot.press("right")
        await pilot.pause()
        assert "node02  node  OK" in seen()
        assert "uptime ok" in seen()
        await pilot.press("escape")
        assert "3 hosts" in seen()
        await pilot.press("escape")
        assert "Set peerinact to 9000 on every node?" in seen()
        assert seam.orders == []


async def test_the_panes_take_the_focus_and_a_row_opens_from_there():
    async with wizard(sample.detailed()) as (pilot, seam, seen):
        await pilot.press("tab", "tab", "down", "enter")
        await pilot.pause()
        assert "node02  node  OK" in seen()
        await pilot.press("escape")
        await pilot.pause()
        assert ">node02" in seen()
        await pilot.press("tab")
        await pilot.pause()
        assert "[>Not now<]" in seen()
        assert seam.orders == []


async def test_the_focus_comes_back_to_the_safe_choice_after_a_window_too_small():
    async with wizard(sample.snapshot(64), (120, 40)) as (pilot, _, seen):
        for size in ((50, 10), (80, 24), (40, 8), (200, 60), (80, 24)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
        assert "[>Not now<]" in seen()


async def test_a_group_opens_the_list_of_all_hosts():
    async with wizard(sample.snapshot(64)) as (pilot, _, seen):
        await pilot.press("tab", "tab", "down", "down", "enter")
        await pilot.pause()
        assert "> node01  node  OK" in seen()
        await pilot.press("down", "enter")
        await pilot.pause()
        assert "node02  node  OK" in seen().splitlines()[1]


async def test_the_row_that_is_pointed_at_stays_in_sight():
    async with wizard(sample.snapshot(64), (80, 24)) as (pilot, _, seen):
        await pilot.press("f4", *["down"] * 40)
        assert "> node" in seen()
        await pilot.press("home")
        assert "65 hosts" in seen()


# The journal, the timeline


async def test_the_journal_shows_every_event_and_unfolds_the_answers():
    async with wizard(size=(100, 60)) as (pilot, _, seen):
        await pilot.press("j")
        await pilot.pause()
        text = seen()
        assert "10 events" in text
        assert "reading   node01 $ lltstat -nvv: exited 0 after 0.25 s" in text
        assert "Raise it, by the operator  timers.go" in text
        assert "about what this version has no words for" in text
        assert "line 5" not in text
        await pilot.press("f7", "home")
        assert "line 5" in seen()
        assert "20 more lines, its host's page has them" in seen()


async def test_what_a_host_printed_is_sanitised_before_it_is_shown():
    async with wizard(size=(100, 60)) as (pilot, _, seen):
        await pilot.press("j", "f7", "end")
        assert "uptime ok" in seen()
        assert "\x1b" not in seen()
        assert "pwn" not in seen()


async def test_the_timeline_tells_what_happened_and_not_how_it_was_found_out():
    async with wizard(size=(100, 60)) as (pilot, _, seen):
        await pilot.press("t")
        await pilot.pause()
        text = seen()
        for words in (
            "+0:00:01 == Timers ==",
            "+0:00:05 decision  Raise it, by the operator",
            "+0:00:06 intent  node01 $ lltconfig -T peerinact:9000",
            "+0:00:08 done  node01 [x] done Raise: is 9000",
        ):
            assert words in text
        assert "lltstat" not in text


@pytest.mark.parametrize("key", ["t", "j"])
async def test_a_long_story_is_looked_at_from_its_end_and_can_be_paged_back(key):
    journal = tuple(sample.event(n, "phase", phase=f"phase {n}") for n in range(1, 400))
    async with wizard(journal=journal) as (pilot, seam, seen):
        await pilot.press(key)
        await pilot.pause()
        assert "phase 399" in seen()
        await pilot.press("pageup")
        assert "phase 399" not in seen()
        await pilot.press("end")
        seam.journal += (sample.event(400, "phase", phase="phase 400"),)
        seam.publish(ledger=())
        await pilot.pause()
        assert "phase 400" in seen()
        await pilot.press("home")
        assert "phase 1" in seen()


def test_an_event_is_drawn_once_for_each_way_to_look_at_it():
    journal, drawn = list(sample.JOURNAL), []
    record = Record(lambda after: tuple(journal[after:]))

    def draw(each, _width):
        drawn.append(each.number)
        return [(("", each.kind),)]

    record.drawn("a way", 80, draw)
    journal.append(sample.event(11, "said", text="more"))
    assert len(record.drawn("a way", 80, draw)) == 11
    assert drawn == list(range(1, 12))
    record.drawn("a way", 90, draw)
    assert drawn == [*range(1, 12)] * 2


# Finding and copying


async def test_words_are_found_marked_and_gone_on_to():
    async with wizard(size=(100, 30)) as (pilot, seam, seen):
        await pilot.press("j", "f7", "/")
        assert "find:" in seen()
        await pilot.press(*"LINE 2", "enter")
        await pilot.pause()
        assert '"LINE 2" 1 of 11, n next' in seen()
        assert "    line 2" in seen()
        await pilot.press("n")
        assert "2 of 11" in seen()
        await pilot.press("N", "N")
        assert "11 of 11" in seen()
        assert "line 29" in seen()
        await pilot.press("/", *"nowhere", "enter")
        await pilot.pause()
        assert '"nowhere" is not on this page' in seen()
        assert seam.orders == []


async def test_escape_ends_the_search_and_not_the_wizard():
    async with wizard() as (pilot, _, seen):
        await pilot.press("/", "x", "escape")
        await pilot.pause()
        assert "Leave lparwiz?" not in seen()
        assert "find:" not in seen()
        assert "[>Not now<]" in seen()


def test_a_mark_takes_only_the_words_and_keeps_every_letter():
    line = (("dim", "say lltst"), ("title", "at -nvv"))
    ((marked,),) = mark([[line]], "LLTSTAT")
    assert marked == (("dim", "say "), ("found", "lltstat"), ("title", " -nvv"))


async def test_a_page_is_copied_to_the_terminal_and_kept_in_the_folder(tmp_path):
    pictures = Pictures(tmp_path)
    async with wizard(sample.detailed(), pictures=pictures) as (pilot, _, seen):
        await pilot.press("f4", "enter", "f7", "c")
        await pilot.pause()
        assert "Copied, where the terminal takes it" in seen()
        assert "$ lltstat -nvv active" in pilot.app.clipboard
        copied = pilot.app.clipboard
    check_kept(tmp_path / "screens" / "node01-1.txt", copied)


async def test_the_key_that_keeps_a_picture_says_which(tmp_path):
    pictures = Pictures(tmp_path)
    async with wizard(sample.snapshot(), (100, 30), pictures=pictures) as (pilot, _, seen):
        before = seen().splitlines()
        await pilot.press("f9")
        async with asyncio.timeout(10):
            while "screens/05-timers-2.svg" not in " ".join(seen().split()):
                await pilot.pause(0)
        *covered_nothing, row = seen().splitlines()
        assert "Picture kept" in row
        assert covered_nothing == before[:-1]


@pytest.fixture
def broken_theme(tmp_path):
    """A theme of the operator's that can't be read; its file's name."""
    path = tmp_path / "config" / "lparwiz" / "themes" / "bin.toml"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"\x8f\xff\x00")
    return str(path)


async def test_a_broken_theme_that_nobody_asked_for_is_named_with_the_others_only(broken_theme):
    async with wizard(sample.snapshot(), (160, 50)) as (pilot, _, seen):
        clean = seen()
        assert "bin" not in clean
        assert clean.splitlines()[-1].startswith(" F1 help")
        await pilot.press("f12", *"bin can't")
        await pilot.pause()
        assert broken_theme in "".join(seen().replace("│", "").split())
        await pilot.press("enter")
        await pilot.pause()
        assert seen() == clean


@pytest.mark.parametrize("size", [(80, 24), (160, 50)])
async def test_a_broken_theme_that_was_asked_for_is_told_where_it_covers_nothing(
    broken_theme, size, monkeypatch
):
    monkeypatch.setenv("TERM", "screen")
    async with wizard(sample.snapshot(), size) as (_, _, seen):
        undisturbed = seen().splitlines()
    seam = sample.ScriptedSeam(sample.snapshot())
    app = Wizard(seam, theme="bin")
    async with app.run_test(size=size, notifications=True) as pilot:
        await pilot.pause()
        *rows, row = screen_text(app).splitlines()
        assert row.startswith(" Theme bin can't be read: ")
        assert rows == undisturbed[:-1]
        assert app.theme == "ansi"
        await pilot.press("f1")
        await pilot.pause()
        text = "".join(app.screen.lines["page"].words.split())
        assert f"{broken_theme}:line1:foundthebyte0x8f;expectedUTF-8.Insteadansiisworn." in text


def check_kept(path, copied):
    assert path.read_text() == copied + "\n"
    assert "line 59" in copied
    assert path.stat().st_mode & 0o777 == 0o600


# What every step's page has


def test_equal_rows_of_a_table_are_one_and_what_differs_stands_above():
    rows = tuple((f"node{n:02d}", "1600", "9000" if n != 5 else "1600") for n in range(1, 65))
    page = replace(sample.timers(2), tables=(Table("Timers", ("node", "was", "is"), rows),))
    text = told(page_text(page, 80))
    assert "node05             1600  1600\n  node[01-04,06-64]  1600  9000" in text


def test_a_fold_too_long_for_its_column_stands_below_with_every_name():
    rows = tuple((f"node{n:02d}", "1600" if n % 2 else "3200") for n in range(1, 65))
    page = replace(sample.timers(2), tables=(Table("Timers", ("node", "was"), rows),))
    text = "".join(told(page_text(page, 60)).split())
    assert "32xnode1600" in text
    assert f"node[{','.join(f'{n:02d}' for n in range(1, 64, 2))}]" in text


def test_what_was_decided_stands_on_the_page():
    page = replace(sample.timers(2), decided=("Raise it? Raise it, by the operator.",))
    text = told(page_text(page, 80))
    assert "What was decided\n  Raise it? Raise it, by the operator." in text


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


# A long plan


LONG = replace(
    sample.timers(2),
    plan=tuple(
        PlannedCommand(f"p.{n}", "hmc1", f"Do {n}", f"chsyscfg -i name={n}") for n in range(1, 21)
    ),
)


async def test_what_was_not_in_sight_is_not_confirmed_unseen():
    async with wizard(sample.snapshot(pages=(LONG,)), (80, 24)) as (pilot, seam, seen):
        await pilot.press("right")
        assert "more lines of what will run come first: Enter shows them." in seen()
        presses = 0
        while "Enter shows them." in seen():
            await pilot.press("enter")
            await pilot.pause()
            assert seam.orders == []
            presses += 1
        assert presses > 3
        assert "chsyscfg -i name=20" in seen()
        await pilot.press("enter")
        assert seam.orders == [Answered("timers.go", "go")]


async def test_enter_held_down_confirms_nothing_that_was_not_painted():
    async with wizard(sample.snapshot(pages=(LONG,)), (80, 24)) as (pilot, seam, _):
        await pilot.press("right")
        for _ in range(30):
            pilot.app.screen.focused.action_press()
        await pilot.pause()
        assert seam.orders == []


async def test_a_plan_that_was_read_to_its_end_stays_read():
    async with wizard(sample.snapshot(pages=(LONG,)), (80, 24)) as (pilot, seam, _):
        await pilot.press(*["pagedown"] * 10)
        await pilot.pause()
        await pilot.press("home", "right", "enter")
        assert seam.orders == [Answered("timers.go", "go")]


async def test_another_plan_must_be_read_anew():
    async with wizard(sample.snapshot(pages=(LONG,)), (80, 24)) as (pilot, seam, seen):
        await pilot.press(*["pagedown"] * 10)
        await pilot.pause()
        other = replace(LONG.plan[19], command="chsyscfg -i name=other")
        changed = replace(LONG, plan=(*LONG.plan[:19], other))
        seam.publish(pages=(changed,), question=replace(sample.GO, id="timers.go#2"))
        for _ in range(50):
            await pilot.pause(0)
        await pilot.press("home", "right", "enter")
        assert seam.orders == []
        assert "come first" in seen() or "chsyscfg -i name=other" in seen()


async def test_the_safe_choice_needs_no_reading():
    async with wizard(sample.snapshot(pages=(LONG,)), (80, 24)) as (pilot, seam, _):
        await pilot.press("enter")
        await pilot.pause()
        await pilot.press("right", "enter")
        assert seam.orders == [Answered("timers.go", "back")]


# A wide terminal


async def test_a_wide_terminal_has_the_hosts_beside_the_page():
    async with wizard(sample.snapshot(64), (200, 60)) as (pilot, _, seen):
        rows = [row for row in seen().splitlines() if "node41" in row]
        assert rows[0].index("node41") > 130
        assert "LLT 1/2 UP WARNING" in seen()
        await pilot.press("tab", "tab", "enter")
        await pilot.pause()
        assert "node41  node  SILENT" in seen()


async def test_what_is_silent_keeps_its_place_while_it_recovers():
    """The page doesn't jump whenever some hosts are alike again."""
    async with wizard(sample.snapshot(64), (80, 24)) as (pilot, seam, seen):
        place = [n for n, row in enumerate(seen().splitlines()) if "Hosts" in row]
        well = tuple(
            replace(sample.node_pane(n), state="OK", level=Level.PASS) for n in range(1, 65)
        )
        seam.publish(panes=well, state=RunState.WAITING)
        await pilot.pause()
        assert [n for n, row in enumerate(seen().splitlines()) if "Hosts" in row] == place
