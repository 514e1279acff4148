"""The terminal of every test here: set before Textual is imported."""

import importlib.util
import os
import sys
import time
from pathlib import Path

for name in ("NO_COLOR", "COLORTERM", "TEXTUAL_THEME", "TEXTUAL_COLOR_SYSTEM", "LC_ALL"):
    os.environ.pop(name, None)
os.environ["TERM"] = "xterm-256color"
os.environ["TEXTUAL_ANIMATIONS"] = "none"
os.environ["TZ"] = "UTC"
time.tzset()

import pytest  # noqa: E402 - see above


def _load(name):
    """A module beside this file, by a name that no other test folder has."""
    spec = importlib.util.spec_from_file_location(
        f"ui_{name}", Path(__file__).with_name(f"{name}.py")
    )
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


_load("seam")
_load("terminals")


@pytest.fixture(autouse=True)
def no_theme_of_the_operator(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
