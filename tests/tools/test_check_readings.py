"""What only the checks read: clocks, filesets, DLPAR scripts, names, addresses of links."""

from datetime import UTC, datetime

import pytest

from lparwiz.tools import aix, hmc, llt, vcs
from lparwiz.tools.errors import Unreadable


def test_a_clock_is_read_in_utc():
    assert aix.parse_clock("20261122021405\n") == datetime(2026, 11, 22, 2, 14, 5, tzinfo=UTC)
    assert "%s" not in aix.clock().text  # AIX's date has none


@pytest.mark.parametrize("text", ["", "+%Y%m%d", "Sun Nov 22 02:14:05 UTC 2026", "20261322021405"])
def test_what_is_no_clock_is_unreadable(text):
    with pytest.raises(Unreadable):
        aix.parse_clock(text)


def test_filesets_are_the_second_and_third_column():
    text = (
        "#Package Name:Fileset:Level:State:PTF Id:Fix State:Type:Description\n"
        "VRTSllt:VRTSllt:8.0.2.0: : :C: :Veritas Low Latency Transport: : : : : : :0:0:/:\n"
        "VRTSvcs:VRTSvcs:8.0.2.100: : :C: :Veritas Cluster Server: : : : : : :0:0:/:\n"
    )
    assert aix.parse_filesets(text) == {"VRTSllt": "8.0.2.0", "VRTSvcs": "8.0.2.100"}
    with pytest.raises(Unreadable):
        aix.parse_filesets("lslpp: 0504-132  Fileset VRTSllt not installed.\n")


def test_dlpar_scripts_are_the_paths_of_a_listing():
    text = (
        "DR Install Root Directory: /usr/lib/dr/scripts\nSyslog ID: DRMGR\n"
        "------------------------------------------------------------\n"
        "/usr/lib/dr/scripts/all/ora.sh    Oracle\n        Vendor:site,    Version:1\n"
    )
    assert aix.parse_scripts(text) == ("/usr/lib/dr/scripts/all/ora.sh",)
    assert aix.parse_scripts("") == ()
    assert aix.parse_scripts("DR Install Root Directory: /usr/lib/dr/scripts\n") == ()
    shifted = "  /usr/lib/dr/scripts/all/a.sh x\nscript: /usr/lib/dr/scripts/all/b.sh\n"
    assert aix.parse_scripts(shifted) == (
        "/usr/lib/dr/scripts/all/a.sh",
        "/usr/lib/dr/scripts/all/b.sh",
    )
    with pytest.raises(Unreadable):
        aix.parse_scripts("what a mess\n")


@pytest.mark.parametrize(
    ("text", "runs"), [("LLT is running\n", True), (" LLT is not running.\n", False)]
)
def test_whether_llt_runs(text, runs):
    assert llt.parse_running(text) is runs


@pytest.mark.parametrize("text", ["", "LLT lltconfig ERROR V-14-2-15000", "is LLT is running?"])
def test_anything_else_about_llt_is_unreadable(text):
    with pytest.raises(Unreadable):
        llt.parse_running(text)


def test_names_are_one_a_line():
    assert vcs.parse_names("LPAR\nIP\n\nIP\n") == ("LPAR", "IP")
    assert vcs.parse_names("") == ()


@pytest.mark.parametrize("text", ["VCS WARNING V-16-1-40132 no such type\n", "%&/\n", "a b\n"])
def test_a_message_is_no_name(text):
    with pytest.raises(Unreadable):
        vcs.parse_names(text)


def test_a_row_that_begins_with_no_names_is_no_attribute():
    with pytest.raises(Unreadable):
        vcs.parse_display("#Group Attribute System Value\n%& what a mess\n", per_system=True)


def test_links_are_known_by_their_addresses_where_the_file_has_them():
    text = (
        "set-node db01\nlink en2 en-00:15:17:48:B5:80 - ether - -\n"
        "link-lowpri en0 en-0:15:17:48:b5:82 - ether - -\nlink en3 /dev/dlpi/en:3 - ether - -\n"
        "#link en4 en-00:15:17:48:b5:84 - ether - -\nlink link1 /dev/udp - udp 50000 - 10.1.1.1 -\n"
    )
    assert llt.llttab_macs(text) == {"en2": "00:15:17:48:b5:80", "en0": "0:15:17:48:b5:82"}


def test_an_address_is_the_same_with_and_without_its_leading_zero():
    assert llt.same_mac("0:15:17:48:B5:82", "00:15:17:48:b5:82")
    assert not llt.same_mac("00:15:17:48:b5:82", "00:15:17:48:b5:83")


def test_what_runs_is_asked_of_the_partition_alone():
    assert hmc.running_memory("p9-east", "db 01").text == (
        "lshwres -r mem -m p9-east --level lpar --filter 'lpar_names=db 01'"
    )
    assert hmc.running_processors("p9-east", "db01").text.startswith("lshwres -r proc -m p9-east ")
    assert hmc.migration_states("p9-east").text == "lslparmigr -r lpar -m p9-east"
