"""hastatus, hasys, hagrp, hares (vcs.md 4)."""

import contextlib
import shutil
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lparwiz.tools import vcs
from lparwiz.tools.batch import batch
from lparwiz.tools.errors import Unreadable

KSH = "ksh"  # which is what AIX gives us
SUMMARY = """
-- SYSTEM STATE
-- System               State                Frozen

A  sys1                 RUNNING              0
A  sys2                 RUNNING              1

-- GROUP STATE
-- Group           System               Probed     AutoDisabled    State

B  sg1             sys1                 Y          N               ONLINE|STOPPING|MIGRATING
B  sg1             sys2                 N          Y               OFFLINE
"""
FAILED = """
-- RESOURCES FAILED
-- Group           Type                 Resource             System

C  sg1             IP                   ip1                  sys2
"""
DISPLAY = """#System    Attribute               Value
sys1       PhysicalServer          p9-east
sys1       Empty
sys1       CPUUsage                Enabled 0  ActionThreshold 0
"""


def test_a_summary_is_read_by_its_section_headers():
    summary = vcs.parse_summary(SUMMARY + FAILED)
    assert summary.systems[1] == vcs.System("sys2", "RUNNING", frozen=True)
    assert summary.groups[0].state == {"ONLINE", "STOPPING", "MIGRATING"}
    assert (summary.groups[1].probed, summary.groups[1].autodisabled) == (False, True)
    assert list(summary.others) == ["RESOURCES FAILED"]
    assert summary.others["RESOURCES FAILED"][0].split()[0] == "C"


def test_a_cluster_without_groups_is_a_cluster():
    assert vcs.parse_summary(SUMMARY.split("-- GROUP", maxsplit=1)[0]).groups == ()


def test_sections_without_rows_do_not_swallow_each_other():
    empty = "-- SYSTEM STATE\n-- System  State\n\nA  s  RUNNING  0\n\n-- GROUP STATE\n-- Group\n"
    assert vcs.parse_summary(empty).groups == ()


@pytest.mark.parametrize("code", sorted(vcs.NOT_RUNNING))
def test_an_engine_that_does_not_run_is_a_result(code):
    text = f"VCS ERROR {code} Cannot connect to VCS engine\n"
    assert vcs.parse_summary(text) == vcs.EngineDown((code,))
    assert vcs.parse_value(text) == vcs.EngineDown((code,))
    assert vcs.parse_display(text, per_system=True) == vcs.EngineDown((code,))


@pytest.mark.parametrize(
    "text",
    ["", "sh: hastatus: not found\n", SUMMARY[:60], SUMMARY[:100], SUMMARY[:-9]],
    ids=["empty", "message", "cut in the header", "cut in a system", "cut in a group"],
)
def test_a_cut_or_foreign_summary_is_unreadable(text):
    with pytest.raises(Unreadable):
        vcs.parse_summary(text)


def test_the_profile_file_is_asked_for_each_system():
    command = vcs.resource_value("db01_lpar", "ProfileFile", "mgmt1")
    assert command.text.endswith(" hares -value db01_lpar ProfileFile mgmt1")
    assert vcs.system_value("sys 1", "SysState").text.endswith(" hasys -value 'sys 1' SysState")


def test_a_value_may_be_empty():
    assert vcs.parse_value("\n") == ""
    assert vcs.parse_value("p9-east \n") == "p9-east"


def test_a_display_has_values_with_blanks_and_none():
    rows = vcs.parse_display(DISPLAY, per_system=False)
    assert [row.value for row in rows] == ["p9-east", "", "Enabled 0  ActionThreshold 0"]
    group = "#Group  Attribute  System  Value\nsg1  State  sys1  |ONLINE|\nsg1  Frozen  global  0\n"
    state, frozen = vcs.parse_display(group, per_system=True)
    assert vcs.state_words(state.value) == {"ONLINE"}
    assert (frozen.system, frozen.value) == ("global", "0")


def test_a_cut_display_is_unreadable():
    with pytest.raises(Unreadable):
        vcs.parse_display("sg1  State\n", per_system=True)


@settings(deadline=None)
@given(st.text() | st.text(alphabet="AB s1Y N0|\n-").map(SUMMARY.__add__))
def test_no_text_breaks_the_parsers(text):
    for parse in (
        vcs.parse_summary,
        vcs.parse_value,
        lambda t: vcs.parse_display(t, per_system=True),
    ):
        with contextlib.suppress(Unreadable):
            parse(text)


def test_a_real_shell_tells_what_is_new_in_the_engine_log(tmp_path):
    log = tmp_path / "engine_A.log"

    def piece(read):
        text = vcs.engine_log(read).text.replace("/var/VRTSvcs/log", str(tmp_path))
        done = subprocess.run(["/bin/sh", "-c", text], capture_output=True, check=True)
        return vcs.parse_engine_log(done.stdout.decode(), done.stdout)

    log.write_text("one\ntwo\n")
    first = piece(0)
    assert (first.size, first.read, first.lines) == (8, 8, ("one", "two"))
    log.write_text("one\ntwo\nthree\nhal")
    assert (piece(8).read, piece(8).lines) == (6, ("three",))
    assert piece(14).lines == ()
    assert piece(None).size == 17
    log.rename(tmp_path / "engine_B.log")
    log.write_text("")
    assert piece(0).inode != first.inode
    assert piece(0).lines == ()


@pytest.mark.parametrize("text", ["", "x\n", "12 /log\nwords\n", "no log\n12\n"])
def test_a_log_without_inode_and_size_is_unreadable(text):
    with pytest.raises(Unreadable):
        vcs.parse_engine_log(text, text.encode())


@pytest.mark.skipif(shutil.which(KSH) is None, reason="no ksh here")
def test_all_lpar_resources_are_asked_for_by_ksh_alone_and_in_a_batch(tmp_path):
    for name, text in (("hatype", "echo one; echo two"), ("hares", 'echo "$*"')):
        (tmp_path / name).write_text(f"#!/bin/sh\n{text}\n")
        (tmp_path / name).chmod(0o755)
    alone = vcs.display_lpars()
    for command in (alone, batch([alone], "m4rk")):
        done = subprocess.run(
            [KSH, "-c", command.text],
            env={"PATH": f"{tmp_path}:/usr/bin:/bin"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.stdout.startswith("-display one\n-display two\n"), done.stderr
