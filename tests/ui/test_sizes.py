"""Terminals that are small, wide, or change their size."""

from dataclasses import replace

import pytest

from lparwiz.run.orders import Leave

from . import seam as sample
from .wizards import focused, wizard


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


@pytest.mark.parametrize("size", [(40, 10), (59, 16)])
async def test_too_small_a_terminal_is_told_its_own_size(size):
    async with wizard(sample.snapshot(), size) as (_, _, seen):
        assert f"This terminal is {size[0]}x{size[1]};" in " ".join(seen().split())


async def test_the_status_line_of_tmux_takes_nothing_but_a_row():
    async with wizard(sample.snapshot(), (80, 23)) as (_, _, seen):
        assert "80x23 is small" in seen()
        assert "[>Not now<]" in seen()


async def test_the_focus_comes_back_to_the_safe_choice_after_a_window_too_small():
    async with wizard(sample.snapshot(64), (120, 40)) as (pilot, _, seen):
        for size in ((50, 10), (80, 24), (40, 8), (200, 60), (80, 24)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
        assert "[>Not now<]" in seen()
