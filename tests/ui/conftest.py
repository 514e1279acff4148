"""The terminal of every test here: set before Textual is imported."""

import os
import time

for name in ("NO_COLOR", "COLORTERM", "TEXTUAL_THEME", "TEXTUAL_COLOR_SYSTEM", "LC_ALL"):
    os.environ.pop(name, None)
os.environ["TERM"] = "xterm-256color"
os.environ["TEXTUAL_ANIMATIONS"] = "none"
os.environ["TZ"] = "UTC"
time.tzset()

import pytest  # noqa: E402 - see above


@pytest.fixture(autouse=True)
def no_theme_of_the_operator(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
