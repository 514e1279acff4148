"""Troubles by name: listed with the check that each is there for, and shown by the demo."""

import os
import re
import subprocess
import sys

import pytest

from lparwiz.lab.troubles.registry import TROUBLES, by_check


def lparwiz(*words, folder):
    command = [sys.executable, "-m", "lparwiz", *words]
    where = {**os.environ, "XDG_STATE_HOME": str(folder)}
    return subprocess.run(
        command, env=where, capture_output=True, text=True, check=False, timeout=120
    )


@pytest.mark.parametrize("command", ["demo", "lab"])
def test_all_are_listed_with_their_checks_and_routes(command, tmp_path):
    found = lparwiz(command, "--trouble", "list", folder=tmp_path)
    assert found.returncode == 0
    lines = found.stdout.splitlines()
    assert [line.split()[:2] for line in lines] == [[t.name, t.check] for t in TROUBLES.values()]
    assert next(line for line in lines if "profile-file-wrong" in line).endswith("(vcs)")
    assert next(line for line in lines if "old-hmc" in line).endswith("(any route)")


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--trouble", "link-up"), "No such trouble: link-up"),
        (("--trouble", "profile-file-wrong"), "goes with --route vcs"),
        (("--route", "vcs", "--trouble", "mac-changed"), "goes with --route outside or full"),
    ],
)
def test_what_cannot_be_shown_is_refused(words, why, tmp_path):
    found = lparwiz("demo", "--unattended", *words, folder=tmp_path)
    assert found.returncode == 2
    assert why in found.stderr


def test_the_demo_shows_a_check_that_catches_its_condition(tmp_path):
    found = lparwiz(
        "demo", "--unattended", "--speed", "200", "--trouble", "link-down", folder=tmp_path
    )
    assert found.returncode == 1
    assert "[llt.links]" in next(x for x in found.stdout.splitlines() if " stop " in x)
    assert "all clean: yes" in found.stdout


def test_no_two_checks_share_a_trouble():
    shown = [options for troubles in by_check().values() for options in troubles]
    assert len(shown) == len(set(shown)) == len(TROUBLES)


@pytest.mark.parametrize("trouble", TROUBLES.values(), ids=TROUBLES)
def test_what_shows_a_trouble_takes_a_route_that_has_it(trouble):
    given = re.match(r"--route (\w+) ", trouble.options)
    assert (given[1] if given else "full") in trouble.routes
