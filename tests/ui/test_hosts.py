"""Hosts: the strip, the page of all of them, and the page of one."""

import re
from dataclasses import replace

import pytest

from lparwiz.run.orders import Answered
from lparwiz.run.snapshot import Field, Level, RunState
from lparwiz.ui.hosts_text import Group, age, by_gravity, grouped, in_full, stale, strip
from lparwiz.ui.text import fold_hosts, width_of, words_of

from . import seam as sample
from .wizards import focused, wizard


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
    async with wizard(sample.detailed(), (100, 30)) as (pilot, seam, seen):
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


async def test_a_group_opens_the_list_of_all_hosts():
    async with wizard(sample.snapshot(64), (100, 30)) as (pilot, _, seen):
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


async def test_back_from_a_host_that_was_opened_among_all_the_question_has_the_focus_again():
    async with wizard(sample.detailed(), size=(100, 30)) as (pilot, seam, _):
        await pilot.press("f4", "enter", "escape", "escape")
        await pilot.pause()
        assert focused(pilot) == "back"
        await pilot.press("right", "enter")
        assert [type(order) for order in seam.orders] == [Answered]


def test_a_reading_is_stale_after_three_that_were_missed():
    console = replace(sample.node_pane(1, ago=59.0), interval=20.0)
    assert not stale(console, sample.AT)
    assert stale(replace(console, interval=19.0), sample.AT)


def test_hosts_that_are_not_well_come_first():
    hosts = [pane.host for pane in by_gravity(sample.panes(64), sample.AT)]
    assert hosts[:3] == ["node41", "node06", "node01"]


def test_a_stale_host_says_how_old_it_is_and_rises_above_those_that_are_fresh():
    fresh, old = sample.node_pane(1), sample.node_pane(2, ago=73)
    assert [p.host for p in by_gravity([fresh, old], sample.AT)] == ["node02", "node01"]
    assert age(old, sample.AT) == "stale 73 s"
    assert age(sample.node_pane(1, ago=12), sample.AT) == "12 s ago"
    assert age(fresh, sample.AT) == "now"


def test_a_narrow_strip_drops_calm_fields_first_and_says_how_many():
    groups = grouped(sample.panes(64), sample.AT)
    lines = [line for lines in strip(groups, sample.AT, 60) for line in lines]
    look = next(words_of(line) for line in lines if "node06" in words_of(line))
    assert "LLT 1/2 UP" in look
    assert re.search(r"UP +.*\+[0-9]( |$)", look), "what is left out is well"
    assert all(width_of(line) <= 60 for line in lines)


def test_a_narrow_strip_says_that_something_left_out_is_not_well():
    sick = tuple(
        Field(f"thing {number}", "is not as it should be", Level.WARNING) for number in range(3)
    )
    pane = replace(sample.node_pane(1), fields=sick, state="LOOK", level=Level.WARNING)
    ((line,),) = strip([Group((pane,))], sample.AT, 80)
    assert "+2 LOOK" in words_of(line)
    assert width_of(line) <= 80


def test_a_line_stays_as_it_is_while_another_host_is_silent_or_to_be_looked_at():
    fields = (
        Field("LLT", "2 OPEN 2/2 UP"),
        Field("peerinact", "9000 file 3200"),
        Field("GAB", "a:01 h:01"),
        Field("VCS", "2 RUNNING"),
    )
    console = replace(sample.panes(1)[-1], host="source HMC")
    well = replace(sample.node_pane(1), host="db01", fields=fields)
    shown = set()
    for state in ("OK", "LOOK", "SILENT"):
        other = replace(well, host="db02", state=state)
        groups = [Group((pane,)) for pane in (well, other, console)]
        shown.add(words_of(strip(groups, sample.AT, 80)[0][0]))
    (line,) = shown
    assert "peerinact 9000 file 3200  +2" in line


def test_a_field_of_a_host_is_not_broken_where_it_fits_into_a_line():
    for width in range(40, 90):
        lines = in_full(Group((sample.node_pane(1),)), sample.AT, width)
        rows = [words_of(line) for line in lines]
        assert all(width_of(line) <= width for line in lines)
        for field in sample.node_pane(1).fields:
            assert any(f"{field.label} {field.text}" in row for row in rows), (width, rows)
