"""The settings: what wins over what, and everything that is wrong at once."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from lparwiz.settings import SettingsInvalid, gather
from lparwiz.ui.keys import KEYS
from lparwiz.ui.theme_files import theme_names

RUNS = Path("/state/runs")
XTERM = {"TERM": "xterm-256color"}


@pytest.fixture
def config(tmp_path, monkeypatch):
    """The operator's own folder of settings."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    folder = tmp_path / "lparwiz"
    folder.mkdir()
    return folder


def settings(environ=XTERM, **given):
    return gather(given, environ, RUNS)


def problems(config, text, environ=XTERM, **given):
    """Each problem as it is printed."""
    (config / "settings.toml").write_text(text)
    with pytest.raises(SettingsInvalid) as caught:
        settings(environ, **given)
    return [str(problem) for problem in caught.value.problems]


def test_without_any_word_the_defaults_count(config):
    found = settings()
    assert (found.theme, found.ascii, found.mouse, found.plain) == ("night", False, True, False)
    assert found.runs == RUNS
    assert found.interval == 0.25
    assert found.keymap == {}
    assert set(found.origins.values()) == {"default"}


def test_the_command_line_wins_over_the_environment_and_that_over_the_file(config):
    path = config / "settings.toml"
    path.write_text('theme = "day"\nascii = true\nmouse = false\nruns = "here"\ninterval = "1s"\n')
    environ = XTERM | {"LPARWIZ_THEME": "paper", "LPARWIZ_ASCII": "no"}
    found = settings(environ, theme="colour-blind", mouse=None)
    assert (found.theme, found.origins["theme"]) == ("colour-blind", "--theme")
    assert (found.ascii, found.origins["ascii"]) == (False, "LPARWIZ_ASCII")
    assert (found.mouse, found.origins["mouse"]) == (False, str(path))
    assert (found.runs, found.origins["runs"]) == (config / "here", str(path))
    assert found.interval == 1.0


@pytest.mark.parametrize(
    ("environ", "given", "theme", "origin"),
    [
        ({"TERM": "screen"}, None, "day", "file"),
        (XTERM | {"NO_COLOR": "1"}, None, "mono", "NO_COLOR"),
        (XTERM | {"NO_COLOR": "1"}, "night", "night", "--theme"),
        (XTERM | {"NO_COLOR": ""}, None, "day", "file"),
    ],
)
def test_what_a_terminal_asks_for_gives_way_to_what_was_said(config, environ, given, theme, origin):
    path = config / "settings.toml"
    path.write_text('theme = "day"\n')
    found = settings(environ, theme=given)
    assert found.theme == theme
    assert found.origins["theme"] == (str(path) if origin == "file" else origin)


def test_a_terminal_of_few_colours_gets_what_fits_it_and_is_named(config):
    assert settings({"TERM": "linux"}).origins["theme"] == "TERM=linux"
    assert settings({"TERM": "vt220"}).ascii
    assert settings({"TERM": "vt220"}).origins["ascii"] == "TERM=vt220"


def test_keys_are_remapped_by_their_ids(config):
    (config / "settings.toml").write_text('[keymap]\nhold = "h"\nstep-before = ["p", "f8"]\n')
    found = settings()
    assert found.keymap == {"hold": "h", "step-before": "p,f8"}
    assert found.origins["keymap.hold"].endswith("settings.toml")


def test_everything_that_is_wrong_is_told_at_once_with_its_place(config):
    text = """theme = "nigth"
ascii = "yes"
mose = true
interval = 5

[keymap]
hold = "ctrl+b"
hlep = "f1"
now = "F3"
ledger = "f4"
leave = "x"
more = []
"""
    found = problems(config, text, XTERM | {"LPARWIZ_MOUSE": "perhaps"})
    assert [problem.split(":")[0] for problem in found] == [
        "line 1, theme",
        "line 2, ascii",
        "line 3, mose",
        "line 4, interval",
        "line 7, keymap.hold",
        "line 8, keymap.hlep",
        "line 9, keymap.now",
        "line 10, keymap.ledger",
        "line 11, keymap.leave",
        "line 12, keymap.more",
        "LPARWIZ_MOUSE",
    ]
    for number, part in (
        (0, "did you mean `night`?"),
        (1, 'found "yes"; expected true or false'),
        (2, "did you mean `mouse`?"),
        (3, 'expected a duration from "0.25s"'),
        (4, "tmux takes it"),
        (5, "did you mean `help`?"),
        (6, 'a key such as "f5"'),
        (7, "`hosts` has it"),
        (8, "no letters or signs"),
        (10, 'found "perhaps"; expected true or false'),
    ):
        assert part in found[number], found[number]


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("theme = =", "line 1: found broken TOML"),
        ("keymap = 3", "a table, [keymap]"),
        ('runs = ""', "a folder's path"),
        ("runs = 7", "a folder's path"),
        ('interval = "1m"', 'to "10s"'),
        ('theme = "day"\ntheme = "night"', "broken TOML"),
    ],
)
def test_a_wrong_file_says_what_was_expected(config, text, part):
    assert part in problems(config, text)[0]


def test_a_file_that_cannot_be_read_is_a_problem(config):
    (config / "settings.toml").mkdir()
    with pytest.raises(SettingsInvalid, match="a directory"):
        settings()


def test_an_unknown_theme_on_the_command_line_is_one_too(config):
    assert problems(config, "", theme="dya") == [
        f'--theme: found "dya"; expected a theme: {", ".join(theme_names())}; did you mean `day`?'
    ]


def test_a_file_that_has_no_part_in_it_is_not_blamed(config):
    with pytest.raises(SettingsInvalid) as found:
        settings(theme="dya")
    assert "file" not in str(found.value)


def test_the_operators_own_theme_can_be_asked_for(config):
    (config / "themes").mkdir()
    (config / "themes" / "mine.toml").write_text('primary = "#123456"')
    assert settings(theme="mine").theme == "mine"


def lparwiz(folder, *words, **environ):
    return subprocess.run(
        [sys.executable, *words],
        env={
            **os.environ,
            "XDG_CONFIG_HOME": str(folder / "config"),
            "XDG_STATE_HOME": str(folder / "state"),
            "TERM": "xterm-256color",
            "LANG": "en_US.UTF-8",
            **environ,
        },
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=60,
        check=False,
    )


def written(folder, text):
    path = folder / "config" / "lparwiz" / "settings.toml"
    path.parent.mkdir(parents=True)
    path.write_text(text)
    return path


def test_the_command_prints_what_counts_and_where_it_comes_from(tmp_path):
    path = written(tmp_path, 'theme = "day"\n[keymap]\nhold = "h"\n')
    words = ("-m", "lparwiz", "settings", "--json", "--no-mouse")
    found = lparwiz(tmp_path, *words, LPARWIZ_ASCII="1")
    rows = {row["key"]: row for row in map(json.loads, found.stdout.splitlines())}
    assert rows["theme"] == {"key": "theme", "value": "day", "from": str(path)}
    assert rows["ascii"] == {"key": "ascii", "value": True, "from": "LPARWIZ_ASCII"}
    assert rows["mouse"] == {"key": "mouse", "value": False, "from": "--mouse"}
    assert rows["keymap.hold"] == {"key": "keymap.hold", "value": "h", "from": str(path)}
    assert rows["keymap.help"] == {"key": "keymap.help", "value": "f1", "from": "default"}
    assert set(rows) >= {f"keymap.{name}" for name in KEYS}
    told = lparwiz(tmp_path, "-m", "lparwiz", "settings").stdout
    assert f"File: {path}\n" in told
    assert "colour-blind" in told


@pytest.mark.parametrize("words", [["settings"], ["demo"], ["wizard", "change.toml"]])
def test_nothing_is_begun_with_wrong_settings(tmp_path, words):
    written(tmp_path, "thme = 1\n")
    found = lparwiz(tmp_path, "-m", "lparwiz", *words)
    assert found.returncode == 2
    assert "line 1, thme: found an unknown key" in found.stderr
    assert "did you mean `theme`?" in found.stderr
    assert "Traceback" not in found.stderr
    assert not (tmp_path / "state").exists()


@pytest.mark.parametrize(
    "words",
    [
        ["runs"],
        ["ledger"],
        ["pay"],
        ["resume", "--unattended"],
        ["verify", "a-run"],
        ["handover", "a-run", "--by", "ann", "--why", "paid"],
        [],
    ],
    ids=lambda words: " ".join(words[:1]) or "bare",
)
def test_who_looks_after_a_debt_is_warned_of_wrong_settings_and_served(tmp_path, words):
    path = written(tmp_path, 'thme = "day"\ninterval = 3\nmouse = false\n')
    found = lparwiz(tmp_path, "-m", "lparwiz", *words)
    assert f"lparwiz: {path}, line 1, thme: found an unknown key" in found.stderr
    assert "did you mean `theme`? It is left out." in found.stderr
    assert f"lparwiz: {path}, line 2, interval: found 3" in found.stderr
    assert "on any host" not in found.stderr
    assert str(tmp_path / "state") in found.stderr or not words, "it looked for the run"
    assert found.returncode == (0 if words in ([], ["runs"]) else 2)


def test_forgiven_settings_leave_out_what_is_wrong_and_keep_the_rest(config):
    (config / "settings.toml").write_text(
        'theme = "dya"\nmouse = false\n[keymap]\nhold = "f4"\nhelp = "h"\n'
    )
    environ = XTERM | {"LPARWIZ_ASCII": "perhaps"}
    found = gather({}, environ, RUNS, forgiving=True)
    assert (found.theme, found.mouse, found.ascii, found.keymap) == ("night", False, False, {})
    assert found.origins["ascii"] == "default"
    assert len(found.warnings) == 3
    assert found.warnings[2].startswith("LPARWIZ_ASCII: found")
    with pytest.raises(SettingsInvalid, match="--theme"):
        gather({"theme": "dya"}, XTERM, RUNS, forgiving=True)


def test_a_variable_of_ours_that_sets_nothing_is_warned_of(config):
    found = settings(XTERM | {"LPARWIZ_THME": "day"})
    assert found.theme == "night"
    assert found.warnings == (
        "The variable LPARWIZ_THME sets nothing: did you mean LPARWIZ_THEME?",
    )


def test_a_link_that_leads_nowhere_is_no_missing_file(config):
    path = config / "settings.toml"
    path.symlink_to(path)
    with pytest.raises(SettingsInvalid, match="a link that leads nowhere"):
        settings()


@pytest.mark.parametrize("term", ["dumb", "unknown", "DUMB"])
def test_a_terminal_that_nothing_can_be_drawn_on_is_asked_line_by_line(config, term):
    found = settings({"TERM": term})
    assert (found.plain, found.origins["plain"]) == (True, f"TERM={term.lower()}")
    assert not settings({"TERM": term}, plain=False).plain
    (config / "settings.toml").write_text("plain = false\n")
    assert settings({"TERM": term}).plain
    assert not settings({"TERM": term, "LPARWIZ_PLAIN": "no"}).plain


def test_a_broken_theme_is_told_of_with_its_place(tmp_path):
    theme = tmp_path / "config" / "lparwiz" / "themes" / "bin.toml"
    theme.parent.mkdir(parents=True)
    theme.write_bytes(b'primary = "#123456"\n\x8f\xff')
    words = ("-m", "lparwiz", "settings")
    told = f"Theme bin can't be read: {theme}: line 2: found the byte 0x8f; expected UTF-8"
    for option in ((), ("--theme", "bin")):
        found = lparwiz(tmp_path, *words, *option)
        assert found.returncode == 0
        assert found.stderr.count(told) == 1, found.stderr
    assert '"0.25s"' in found.stdout


@pytest.mark.parametrize("words", ["lparwiz.settings", "lparwiz.ui.prompt"])
def test_neither_textual_nor_asyncssh_is_imported_for_them(tmp_path, words):
    code = f"import sys, {words}; print({{'textual', 'asyncssh'}} & set(sys.modules))"
    assert lparwiz(tmp_path, "-c", code).stdout == "set()\n"


def test_a_line_conversation_needs_no_textual(tmp_path):
    code = "import sys, lparwiz.plain; print('textual' in sys.modules)"
    assert lparwiz(tmp_path, "-c", code).stdout == "False\n"
