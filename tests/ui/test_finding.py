"""Finding words on a page."""

from lparwiz.ui.text import highlighted

from . import seam as sample
from .wizards import wizard


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
    async with wizard(size=(100, 30)) as (pilot, _, seen):
        await pilot.press("/", "x", "escape")
        await pilot.pause()
        assert "Leave lparwiz?" not in seen()
        assert "find:" not in seen()
        assert "[>Not now<]" in seen()


def test_a_mark_takes_only_the_words_and_keeps_every_letter():
    line = (("dim", "say lltst"), ("title", "at -nvv"))
    ((marked,),) = highlighted([[line]], "LLTSTAT")
    assert marked == (("dim", "say "), ("found", "lltstat"), ("title", " -nvv"))


async def test_words_sought_on_one_steps_page_are_not_sought_on_the_next():
    async with wizard(sample.snapshot(), (100, 30)) as (pilot, seam, seen):
        await pilot.press("/", *"peerinact", "enter")
        await pilot.pause()
        assert '"peerinact" 1 of' in seen()
        seam.publish(question=None, current="migrate", pages=sample.migrating().pages)
        await pilot.pause()
        assert '"peerinact"' not in seen()
