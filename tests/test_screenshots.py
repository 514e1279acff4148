"""The pictures: the same bytes every time, nothing from the net, and none missing in the guide."""

import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from html import unescape
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner

from lparwiz.change import Route
from lparwiz.cli import main
from lparwiz.lab.scenario import Scenario
from lparwiz.screenshots.compare import differences, shown
from lparwiz.screenshots.memory import Memory
from lparwiz.screenshots.png import FILES, FOLDERS, GLYPHS, png
from lparwiz.steps.runbook import runbook
from lparwiz.ui.svg import ARMS, EIGHTHS, ROW, clean

HERE = Path(__file__).parents[1] / "screenshots"
PICTURES = sorted(HERE.glob("*.svg"))
GUIDE = (HERE / "README.md").read_text(encoding="utf-8")
FONT = any((folder / FILES[0]).is_file() for folder in FOLDERS)
NAMESPACE = "http://www.w3.org/2000/svg"
SAMPLE = """
from pathlib import Path
from lparwiz.screenshots.surroundings import fixed
with fixed():
    from lparwiz.screenshots.make import files, take, write
    from lparwiz.screenshots.walk import Look
    write(files(take(Look("night", (100, 30)), ["lost"])), Path({out!r}))
"""
"""Makes the pictures of one scene, in a process of its own."""


def sample(out, **environment):
    """The pictures of a scene, made in these surroundings."""
    environment = {**os.environ, "PYTHONPATH": str(HERE.parent), **environment}
    made = subprocess.run(
        [sys.executable, "-c", SAMPLE.format(out=str(out))],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    return {path.name: path.read_bytes() for path in out.glob("*.svg")}


def test_the_same_bytes_whatever_the_hash_seed_the_time_zone_and_the_terminal(tmp_path):
    first = sample(tmp_path / "a", PYTHONHASHSEED="1", TZ="Asia/Tokyo", TERM="vt220", NO_COLOR="1")
    second = sample(tmp_path / "b", PYTHONHASHSEED="2", COLORTERM="truecolor", LOGNAME="somebody")
    assert len(first) == 2
    assert first == second
    kept = tmp_path / "kept"
    kept.mkdir()
    for picture in PICTURES:
        if picture.name in first:
            (kept / picture.name).write_bytes(picture.read_bytes())
    assert not list(differences(first, kept)), "make them anew: lparwiz screenshots"


@pytest.mark.parametrize("picture", PICTURES, ids=lambda path: path.stem)
def test_a_picture_asks_for_nothing_from_the_net_and_has_every_glyph(picture):
    text = picture.read_text(encoding="utf-8")
    assert "http" not in text.replace(NAMESPACE, "")
    assert all(place.startswith("#") for place in re.findall(r"url\(([^)]*)\)", text))
    assert "@font-face" not in text
    assert "@import" not in text
    root = ET.fromstring(text)  # noqa: S314 - our own file
    letters = set(unescape("".join(root.itertext()))) - set("\n")
    assert letters <= GLYPHS, letters - GLYPHS
    assert letters.isdisjoint((*ARMS, *EIGHTHS)), "lines and bars are shapes"


@pytest.mark.parametrize("picture", PICTURES, ids=lambda path: path.stem)
def test_no_line_of_a_picture_leaves_its_window(picture):
    root = ET.parse(picture).getroot()  # noqa: S314 - our own file
    width = float(root.get("viewBox").split()[2])
    for text in root.iter(f"{{{NAMESPACE}}}text"):
        if text.get("textLength"):
            assert float(text.get("x")) + float(text.get("textLength")) <= width


@pytest.mark.parametrize("route", [route.value for route in Route])
def test_every_step_of_a_route_is_shown_or_said_to_be_skipped(route):
    told = GUIDE.split(f"## Route `{route}`", 1)[1].split("\n## ", 1)[0]
    for number, step in enumerate(runbook(Memory(Scenario(route=route)).change), start=1):
        part = told.split(f"### {number}. {step.title}\n", 1)[1].split("### ", 1)[0]
        assert f"({route}-{number:02d}-{step.id}.svg)" in part or "Skipped: " in part, step.id


@pytest.mark.parametrize("route", [route.value for route in Route])
def test_each_step_is_explained_in_the_guide_by_its_own_words(route):
    for step in runbook(Memory(Scenario(route=route)).change):
        assert step.wants
        assert step.does
        assert f"- **The guide asks:** {step.wants}\n- **lparwiz does:** {step.does}\n" in GUIDE


def test_the_lines_of_a_box_are_joined_from_row_to_row_and_from_cell_to_cell():
    row = '<text class="r1" x="12.2" y="{y}" textLength="36.6" clip-path="url(#row)">{words}</text>'
    rows = [
        row.format(y=20.0, words="╭──"),
        row.format(y=20.0 + ROW, words="│&#160;a"),
        row.format(y=20.0 + 2 * ROW, words="│"),
    ]
    drawn = clean("<style></style>" + "".join(rows))
    shapes = [
        tuple(map(float, shape)) for shape in re.findall(r"M(\S+) (\S+)H(\S+)V(\S+)H\S+Z", drawn)
    ]
    across, *down = shapes
    assert across[2] == pytest.approx(12.2 * 4, abs=0.01)
    assert len({(left, right) for left, _, right, _ in down}) == 1
    assert across[0] == down[0][0]
    for upper, lower in pairwise(down):
        assert upper[3] > lower[1]
    assert re.findall(r">([^<]+)</text>", drawn) == ["&#160;&#160;a"]


def test_the_guide_shows_each_picture_once_and_none_that_is_missing():
    named = re.findall(r"\]\(([^)]+\.svg)\)", GUIDE)
    assert sorted(named) == [picture.name for picture in PICTURES]


def test_the_readme_shows_pictures_that_exist():
    readme = (HERE.parent / "README.md").read_text(encoding="utf-8")
    named = re.findall(r"\]\(screenshots/([^)]+\.svg)\)", readme)
    assert named
    assert set(named) <= {picture.name for picture in PICTURES}


def test_a_difference_is_shown_in_words(tmp_path):
    before = (HERE / "host-lost.svg").read_text(encoding="utf-8")
    (tmp_path / "a.svg").write_text(before)
    (tmp_path / "gone.svg").write_text(before)
    made = {"a.svg": before.replace("SILENT", "QUIET&#160;").encode(), "new.svg": b""}
    found = "\n".join(differences(made, tmp_path))
    assert "gone.svg: is there, and is not made any more" in found
    assert "new.svg: is missing" in found
    assert re.search(r"^- ?db02 +SILENT", found, re.MULTILINE)
    assert re.search(r"^\+ ?db02 +QUIET", found, re.MULTILINE)
    assert not list(differences({"a.svg": before.encode(), "gone.svg": before.encode()}, tmp_path))


def test_colours_that_differ_are_told(tmp_path):
    before = (HERE / "host-lost.svg").read_text(encoding="utf-8")
    (tmp_path / "a.svg").write_text(before)
    made = {"a.svg": re.sub(r"fill: #\w{6}", "fill: #000000", before).encode()}
    assert list(differences(made, tmp_path)) == ["a.svg: the same words in other colours or places"]


@pytest.mark.skipif(not FONT, reason="Debian's fonts-dejavu-core is not installed")
def test_a_png_has_its_text():
    pytest.importorskip("resvg_py", reason="the extra lparwiz[png] is not installed")
    svg = (HERE / "host-lost.svg").read_text(encoding="utf-8")
    assert shown(svg)
    blank = re.sub(r"<text .*?</text>", "", svg, flags=re.DOTALL)
    drawn = png(svg)
    assert drawn.startswith(b"\x89PNG")
    assert len(drawn) > 4 * len(png(blank))
    assert drawn == png(svg)


@pytest.mark.parametrize("size", ["100", "axb", "79x24", "80x23"])
def test_a_size_that_shows_no_whole_page_is_refused(size):
    told = CliRunner().invoke(main, ["screenshots", "--size", size])
    assert told.exit_code == 2


def test_an_unknown_theme_is_refused():
    told = CliRunner().invoke(main, ["screenshots", "--theme", "nigth"])
    assert told.exit_code == 2
    assert "night" in told.output
