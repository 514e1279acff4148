from itertools import product
from pathlib import Path

import pytest
from textual.color import Color

from lparwiz.ui.themes import DEFAULT, STATE_COLOURS, load_themes, theme_folders

SHIPPED = ("night", "day", "high-contrast")
TEXT_ON_ITS_OWN = {"state-wait", "state-wait-background"}


def luminance(colour: Color) -> float:
    """WCAG 2.1, relative luminance."""
    parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour.normalized]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one: str, other: str) -> float:
    """WCAG 2.1, contrast ratio."""
    a, b = sorted((luminance(Color.parse(one)), luminance(Color.parse(other))), reverse=True)
    return (a + 0.05) / (b + 0.05)


def test_the_contrast_measure_knows_black_on_white():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("name", SHIPPED)
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
