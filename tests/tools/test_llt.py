"""lltconfig and lltstat, in every form that the facts show (vcs.md 1.1 to 1.6, 10)."""

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lparwiz.tools import llt
from lparwiz.tools.errors import Refused, Unreadable

QUERY = """Current LLT timer values (.01 sec units):
 heartbeat   = 50
 heartbeatlo = 100
 peertrouble = 200
 peerinact   = 9000
 oos         = 10
 retrans     = 10
 service     = 100
 arp         = 30000
 arpreq         = 3000
 Current LLT flow control values (in packets):
 lowwater  = 40
"""
PEERS = """LLT node information:
    Node          State      Link    Status      Address
    *0 sys1       OPEN
                             en2     UP     08:00:20:93:0E:34
                             en3     UP     08:00:20:93:0E:34
     1 sys2       OPEN
                             en2     UP     08:00:20:8F:D1:F2
                             en3     DOWN
"""


def test_timers_are_read_whatever_the_padding_and_flow_control_is_no_timer():
    timers = llt.parse_timers(QUERY)
    assert llt.peerinact(timers) == 9000
    assert timers["arpreq"] == 3000
    assert "lowwater" not in timers


def test_rows_of_newer_releases_are_kept():
    text = " rpeerinact = 700\n peertroublelo = 400\n peerinact = 3200\n something new: x\n"
    assert llt.parse_timers(text) == {"rpeerinact": 700, "peertroublelo": 400, "peerinact": 3200}


@pytest.mark.parametrize("text", ["", "LLT is not running", " peerinac", " peerinact   = 90x0"])
def test_a_missing_peerinact_is_none_and_not_a_default(text):
    assert llt.peerinact(llt.parse_timers(text)) is None


def test_rpeerinact_is_not_taken_for_peerinact():
    assert llt.peerinact(llt.parse_timers(" rpeerinact = 700\n")) is None


def test_ninety_seconds_are_nine_thousand_hundredths():
    command = llt.set_peerinact(9000)
    assert command.text.endswith(" lltconfig -T peerinact:9000")
    assert command.changes


@pytest.mark.parametrize("centiseconds", [0, -1, 90, 200, 400, 360_001])
def test_values_that_would_evict_at_once_or_never_are_refused(centiseconds):
    with pytest.raises(Refused):
        llt.set_peerinact(centiseconds)


@pytest.mark.parametrize("centiseconds", [0, 150, 1600, 3200])
def test_what_was_there_is_put_back_whatever_it_was(centiseconds):
    assert llt.put_back_peerinact(centiseconds).text.endswith(f"peerinact:{centiseconds}")


def test_what_cannot_have_been_there_is_not_put_back():
    with pytest.raises(Refused):
        llt.put_back_peerinact(-1)


def test_readings_change_nothing_and_bring_the_path():
    for command in (llt.query_timers(), llt.query_peers(), llt.read_llttab(), llt.read_llthosts()):
        assert not command.changes
        assert command.text.startswith("PATH=$PATH:/sbin:/usr/sbin:/opt/VRTS/bin:")


def test_a_down_link_may_have_no_address():
    own, other = llt.parse_peers(PEERS)
    assert (own.id, own.name, own.is_self, own.healthy) == (0, "sys1", True, True)
    assert other.links == (llt.Link("en2", "UP", "08:00:20:8F:D1:F2"), llt.Link("en3", "DOWN"))
    assert not other.is_self
    assert not other.healthy


def test_a_down_link_may_show_its_last_address():
    text = PEERS.replace("DOWN", "DOWN   08:00:20:8F:D1:F3")
    assert llt.parse_peers(text)[1].links[1] == llt.Link("en3", "DOWN", "08:00:20:8F:D1:F3")


def test_the_star_may_stand_apart_from_the_id():
    assert llt.parse_peers(PEERS.replace("*0", "* 0")) == llt.parse_peers(PEERS)


def test_phantom_nodes_without_a_name_are_left_out():
    phantom = "     2            CONNWAIT\n            en2   DOWN\n            en3   DOWN\n"
    assert llt.parse_peers(PEERS + phantom) == llt.parse_peers(PEERS)


def test_lltstat_n_is_read_but_without_links_no_node_is_healthy():
    text = "    Node             State           Links\n    *0 galaxy          OPEN           2\n"
    (peer,) = llt.parse_peers(text)
    assert (peer.name, peer.state, peer.healthy) == ("galaxy", "OPEN", False)


def test_a_tag_may_carry_the_mac_address():
    text = PEERS.replace("en2 ", "en-00:15:17:48:b5:80 ")
    assert llt.parse_peers(text)[0].links[0].tag == "en-00:15:17:48:b5:80"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "LLT is not running\n",
        PEERS.replace("*", " "),
        PEERS + "    *0 sys1       OPEN\n",
        PEERS[: PEERS.index("1 sys2") + 6],
        PEERS.replace("DOWN", "\ufffd\ufffd"),
    ],
    ids=["empty", "message", "no own node", "twice", "cut", "garbled"],
)
def test_what_is_no_view_of_the_nodes_is_unreadable(text):
    with pytest.raises(Unreadable):
        llt.parse_peers(text)


@settings(deadline=None)
@given(st.text() | st.text(alphabet="*0 1sysOPEN\nUPen2DOWN:"))
def test_no_text_breaks_the_parsers(text):
    llt.parse_timers(text)
    with contextlib.suppress(Unreadable):
        llt.parse_peers(text)


@settings(deadline=None)
@given(st.integers(0, len(PEERS)))
def test_a_cut_view_never_shows_a_link_up_that_is_not(length):
    try:
        peers = llt.parse_peers(PEERS[:length])
    except Unreadable:
        return
    whole = {peer.id: peer for peer in llt.parse_peers(PEERS)}
    for peer in peers:
        for mine, theirs in zip(peer.links, whole[peer.id].links, strict=False):
            assert not mine.up or theirs.up
