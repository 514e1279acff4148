"""The journal and the timeline, as pages."""

import pytest

from lparwiz.ui.record import Record

from . import seam as sample
from .wizards import wizard


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
    async with wizard(size=(100, 30), journal=journal) as (pilot, seam, seen):
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
