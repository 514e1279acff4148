"""Themes: their colours, what is wrong with one, and which a terminal gets."""

import os
import re
from itertools import combinations, product
from math import dist
from pathlib import Path

import pytest
from textual.color import Color

from lparwiz.ui._textual import screen_text
from lparwiz.ui.app import Wizard
from lparwiz.ui.terminal import fitting_ascii, fitting_theme
from lparwiz.ui.theme_files import DEFAULT, theme_folders, theme_names
from lparwiz.ui.themes import STATE_COLOURS, load_themes

from . import seam as sample
from .terminals import Terminal
from .wizards import wizard

SHIPPED = ("night", "day", "high-contrast", "colour-blind", "paper", "ansi", "mono")
MEASURABLE = tuple(name for name in SHIPPED if name not in ("ansi", "mono"))
"""Nobody but the terminal knows what its own sixteen colours, and its own two, look like."""

TEXT_ON_ITS_OWN = {"state-wait", "state-wait-background"}

TELL_APART = 20.0
"""CIE76 distance in CIELAB that two states keep for every eye; 2.3 is just noticeable."""

EYES = {
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "all three cones": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
}
"""Machado, Oliveira and Fernandes 2009, severity 1, on linear RGB."""

D65 = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
"""Linear sRGB to CIE XYZ."""

STATES = (
    "state-ok",
    "state-note",
    "state-warning",
    "state-stop",
    "state-unknown",
    "state-stale",
    "state-now",
)
"""What must be told apart; the others are commands, and text on a ground of its own."""


def linear(colour):
    return [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour.normalized]


def times(matrix, values):
    return [sum(a * b for a, b in zip(row, values, strict=True)) for row in matrix]


def seen(colour, eyes):
    """CIELAB of what these eyes see."""
    light = [min(1.0, max(0.0, value)) for value in times(EYES[eyes], linear(Color.parse(colour)))]
    x, y, z = (
        v ** (1 / 3) if v > 0.008856 else 7.787 * v + 16 / 116
        for v in (a / b for a, b in zip(times(D65, light), (0.9505, 1, 1.089), strict=True))
    )
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def shipped(name):
    return load_themes([theme_folders()[0]])[0][name]


def luminance(colour: Color) -> float:
    """WCAG 2.1, relative luminance."""
    parts = linear(colour)
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one: str, other: str) -> float:
    """WCAG 2.1, contrast ratio."""
    a, b = sorted((luminance(Color.parse(one)), luminance(Color.parse(other))), reverse=True)
    return (a + 0.05) / (b + 0.05)


def test_the_contrast_measure_knows_black_on_white():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("name", MEASURABLE)
def test_every_state_colour_can_be_read_on_every_background(name):
    theme = load_themes([theme_folders()[0]])[0][name]
    colours = {k: v for k, v in theme.variables.items() if k not in TEXT_ON_ITS_OWN}
    colours |= {"foreground": theme.foreground, "primary": theme.primary}
    grounds = (theme.background, theme.surface, theme.panel)
    poor = {
        (key, ground): round(contrast(colour, ground), 2)
        for (key, colour), ground in product(colours.items(), grounds)
        if contrast(colour, ground) < 4.5
    }
    assert not poor
    wait = theme.variables["state-wait"], theme.variables["state-wait-background"]
    assert contrast(*wait) >= 4.5
    # The choice in focus is drawn in the background's colour on the primary one.
    assert contrast(theme.background, theme.primary) >= 4.5


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_theme_sets_every_state_colour(name):
    themes, failures = load_themes([theme_folders()[0]])
    assert not failures
    assert set(themes[name].variables) == set(STATE_COLOURS)


def test_high_contrast_uses_what_sixteen_colours_can_tell_apart():
    theme = load_themes([theme_folders()[0]])[0]["high-contrast"]
    assert theme.background == "#000000"
    assert theme.foreground == "#ffffff"


@pytest.mark.parametrize(
    ("text", "key", "part"),
    [
        ('primary = "#gg0000"', "primary", "not a colour"),
        ('primary = "#ffffff"\nprimry = "red"', "primry", "unknown"),
        ('surface = "#ffffff"', "primary", "missing"),
        ('primary = "#ffffff"\ndark = "yes"', "dark", "neither true nor false"),
        ('primary = "#ffffff"\n[variables]\nstate-ok = "loud"', "variables.state-ok", "colour"),
        ('primary = "#ffffff"\n[variables]\nstate-oh = "red"', "variables.state-oh", "unknown"),
        ('primary = "#ffffff"\n[variables]\nborder = 1', "variables.border", "not text"),
        ("primary = ", "", "Invalid value"),
    ],
)
def test_a_broken_theme_is_named_with_its_key_and_left_out(tmp_path, text, key, part):
    (tmp_path / "mine.toml").write_text(text)
    themes, failures = load_themes([theme_folders()[0], tmp_path])
    assert "mine" not in themes
    assert DEFAULT in themes
    assert [failure.key for failure in failures] == [key]
    assert part in str(failures[0])
    assert "mine.toml" in str(failures[0])


def test_the_operators_own_theme_wins_over_a_shipped_one(tmp_path):
    (tmp_path / "night.toml").write_text('primary = "#123456"')
    themes, _ = load_themes([theme_folders()[0], tmp_path])
    assert themes["night"].primary == "#123456"


def test_without_any_file_there_is_still_the_default():
    themes, failures = load_themes([Path("/nonexistent")])
    assert set(themes) == {DEFAULT}
    assert not failures


@pytest.mark.parametrize("eyes", EYES)
def test_colour_blind_keeps_every_two_states_apart(eyes):
    colours = shipped("colour-blind").variables
    close = {
        (one, other): round(distance)
        for one, other in combinations(STATES, 2)
        if (distance := dist(seen(colours[one], eyes), seen(colours[other], eyes))) < TELL_APART
    }
    assert not close


def test_the_measure_of_colour_blindness_confuses_what_those_eyes_confuse():
    green, brown = "#5a9a3a", "#a08032"
    assert dist(seen(green, "deuteranopia"), seen(brown, "deuteranopia")) < 15
    assert dist(seen(green, "all three cones"), seen(brown, "all three cones")) > 40
    grey = [seen("#808080", eyes) for eyes in EYES]
    assert all(dist(grey[0], other) < 0.1 for other in grey)


def test_night_would_not_do_for_them():
    colours = shipped("night").variables
    ok, stop = colours["state-ok"], colours["state-stop"]
    assert dist(seen(ok, "deuteranopia"), seen(stop, "deuteranopia")) < TELL_APART


def test_ansi_takes_the_terminals_colours_and_mono_none():
    for name, kinds in (("ansi", {"ansi_"}), ("mono", {"ansi_default"})):
        theme = shipped(name)
        assert theme.ansi
        colours = [theme.primary, theme.foreground, theme.background, *theme.variables.values()]
        assert all(any(colour.startswith(kind) for kind in kinds) for colour in colours)
        assert not any("bright" in colour for colour in colours)


@pytest.mark.parametrize(
    ("environ", "theme"),
    [
        ({"TERM": "xterm-256color"}, "night"),
        ({"TERM": "screen-256color"}, "night"),
        ({"TERM": "tmux-256color", "COLORTERM": "truecolor"}, "night"),
        ({"TERM": "screen", "COLORTERM": "truecolor"}, "night"),
        ({"TERM": "screen"}, "ansi"),
        ({"TERM": "putty"}, "ansi"),
        ({"TERM": "linux"}, "ansi"),
        ({"TERM": "xterm"}, "ansi"),
        ({}, "ansi"),
        ({"TERM": "vt220"}, "mono"),
        ({"TERM": "vt100"}, "mono"),
        ({"TERM": "dumb"}, "mono"),
        ({"TERM": "xterm-256color", "NO_COLOR": "1"}, "mono"),
        ({"TERM": "xterm-256color", "NO_COLOR": ""}, "night"),
    ],
)
def test_a_terminal_gets_the_theme_that_fits_it(environ, theme):
    assert fitting_theme(environ)[0] == theme


@pytest.mark.parametrize(
    ("environ", "wanted"),
    [
        ({"TERM": "vt220", "LANG": "en_US.UTF-8"}, True),
        ({"TERM": "putty", "LANG": "pl_PL.ISO8859-2"}, True),
        ({"LANG": "pl_PL.ISO8859-2", "LC_ALL": "en_US.utf8"}, False),
        ({"TERM": "linux", "LANG": "en_US.UTF-8"}, False),
        ({"LANG": "C"}, True),
        ({"LC_ALL": "C", "LANG": "en_US.UTF-8"}, True),
        ({"LC_ALL": "POSIX"}, True),
        ({"LC_CTYPE": "C", "LANG": "en_US.UTF-8"}, True),
        ({"LC_ALL": "C.UTF-8", "LANG": "C"}, False),
        ({}, False),
    ],
)
def test_a_terminal_without_box_characters_gets_none(environ, wanted):
    assert fitting_ascii(environ)[0] is wanted


COLOURS = re.compile(rb"\x1b\[(?:[0-9;]*;)?(?:3[0-7]|4[0-7]|9[0-7]|10[0-7]|38;|48;)[0-9;]*m")
"""An SGR that sets a colour."""


@pytest.mark.parametrize(
    ("environ", "coloured"),
    [
        ({"NO_COLOR": "1"}, False),
        ({"TERM": "vt220"}, False),
        ({"TERM": "screen"}, True),
        ({"NO_COLOR": "1", "THEME": "ansi"}, True),
    ],
)
def test_what_a_real_terminal_gets(tmp_path, environ, coloured):
    """Without colours none is sent; in the terminal's own sixteen, nothing finer."""
    terminal = Terminal(tmp_path / "orders", **environ)
    try:
        terminal.read_until(b"F10")
        os.write(terminal.master, b"\x11")
        terminal.read_until(b"Leave lparwiz?")
        os.write(terminal.master, b"\x1b[C\r")
        terminal.drain()
        assert terminal.process.wait(30) == 3
    finally:
        os.close(terminal.master)
    assert bool(COLOURS.search(terminal.seen)) is coloured
    assert b"38;" not in terminal.seen
    assert b"48;" not in terminal.seen


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
        assert f"{broken_theme}:line1:foundthebyte0x8f;expectedUTF-8.Soansiisused." in text


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
        assert "So night is used" in " ".join(pilot.app.screen.lines["page"].words.split())


async def test_no_theme_but_ours_can_be_chosen():
    async with wizard(sample.snapshot()) as (pilot, _, _):
        assert set(pilot.app.available_themes) == set(theme_names())
