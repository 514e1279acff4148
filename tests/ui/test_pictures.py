"""Pictures of pages: nothing from the net in them, and nobody waits or fails for them."""

import asyncio
import xml.etree.ElementTree as ET

import pytest

from lparwiz.ui.app import Wizard
from lparwiz.ui.pictures import Pictures

from . import seam as sample
from .seam import ScriptedSeam
from .wizards import wizard

XML_SPACE = "{http://www.w3.org/XML/1998/namespace}space"


async def settled(pilot):
    """What is drawn moves what is laid out, and that what is drawn; then the picture is taken."""
    for _ in range(4):
        await pilot.pause()


async def kept(folder, *keys):
    """The files that a wizard leaves which waits for an answer at Timers, after `keys`."""
    pictures = Pictures(folder)
    app = Wizard(ScriptedSeam(sample.snapshot()), theme="night", pictures=pictures)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press(*keys)
        await settled(pilot)
    pictures.close()
    return sorted((folder / "screens").iterdir())


async def test_a_question_is_kept_once_with_its_step_and_number(tmp_path):
    (picture,) = await kept(tmp_path, "right", "f3", "f3")
    assert picture.name == "05-timers-1.svg"
    assert picture.stat().st_mode & 0o777 == 0o600


async def test_a_key_keeps_what_is_in_sight_and_replaces_nothing(tmp_path):
    await kept(tmp_path)
    names = [path.name for path in await kept(tmp_path, "f3", "f9")]
    assert names == ["05-timers-1.svg", "05-timers-2.svg", "05-timers-3.svg"]
    assert "Ledger" in (tmp_path / "screens" / "05-timers-3.svg").read_text()


async def test_a_picture_asks_for_nothing_from_the_net_and_keeps_its_spaces(tmp_path):
    (picture,) = await kept(tmp_path)
    text = picture.read_text()
    assert text.replace("http://www.w3.org/2000/svg", "").count("http") == 0
    assert "@font-face" not in text
    assert "monospace" in text
    root = ET.fromstring(text)  # noqa: S314 - our own file
    assert root.get(XML_SPACE) == "preserve"
    shown = "".join(root.itertext()).replace("\xa0", " ")
    assert "Set peerinact to 9000 on every node?" in shown


async def test_the_same_page_gives_the_same_bytes(tmp_path):
    for name in "ab":
        (tmp_path / name).mkdir()
    (first,) = await kept(tmp_path / "a")
    (second,) = await kept(tmp_path / "b")
    assert first.read_bytes() == second.read_bytes()


@pytest.fixture
def no_room(tmp_path):
    """A run's folder in which no picture can be kept."""
    (tmp_path / "screens").write_text("in the way")
    return tmp_path


async def test_a_folder_that_cannot_be_written_is_told_and_the_wizard_goes_on(no_room):
    app = Wizard(ScriptedSeam(sample.snapshot()), theme="night", pictures=Pictures(no_room))
    async with app.run_test(size=(120, 60)) as pilot:
        await pilot.press("f9", "f1")
        for _ in range(200):
            await pilot.pause(0.01)
            page = " ".join(app.screen.lines["page"].words.split())
            if "could not be kept" in page:
                break
        assert "The run is not touched by it." in page
        assert app.is_running


async def test_a_page_is_copied_to_the_terminal_and_kept_in_the_folder(tmp_path):
    pictures = Pictures(tmp_path)
    async with wizard(sample.detailed(), (100, 30), pictures=pictures) as (pilot, _, seen):
        await pilot.press("f4", "enter", "f7", "c")
        await pilot.pause()
        assert "Copied, where the terminal takes it" in seen()
        assert "$ lltstat -nvv active" in pilot.app.clipboard
        copied = pilot.app.clipboard
    check_kept(tmp_path / "screens" / "node01-1.txt", copied)


def check_kept(path, copied):
    assert path.read_text() == copied + "\n"
    assert "line 59" in copied
    assert path.stat().st_mode & 0o777 == 0o600


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
