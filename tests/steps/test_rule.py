"""The rule from a freeze to the timer, each proper answer and each refusal with its reason."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lparwiz.history import History, Kind, Seen
from lparwiz.run.snapshot import Level
from lparwiz.steps import rule
from lparwiz.tools import llt


def nodes(*values, **timers):
    return {
        f"db{number:02}": rule.Running.of({"peerinact": value, **timers})
        for number, value in enumerate(values, start=1)
    }


def figure(seconds, *, whole=True):
    return rule.Figure(seconds, "ticks of db01", whole) if seconds is not None else None


def propose(seconds, asked, running, *, whole=True):
    return rule.propose(figure(seconds, whole=whole), asked, running)


def found(seconds, wanted, running, *, reboot=None, whole=True):
    findings = rule.against(figure(seconds, whole=whole), wanted, running, reboot=reboot)
    return {finding.id: finding for finding in findings}


# -- what is proposed -------------------------------------------------------------------------


def test_less_than_the_lowest_present_value_is_nothing_to_change():
    proposal = propose(14.9, None, nodes(3200, 1600))
    assert proposal.wanted is None
    assert "nothing to change" in proposal.rule


def test_a_heartbeat_more_than_the_freeze_is_what_peers_miss():
    """15 s and a heartbeat of 1 s reach 16 s: the freeze begins up to a heartbeat late."""
    assert propose(15.0, None, nodes(1600)).wanted is not None
    assert propose(15.0, None, nodes(1600, heartbeat=50, heartbeatlo=50)).wanted is None


def test_the_lowest_node_decides_and_not_the_first():
    assert propose(20.0, None, nodes(9000, 9000)).wanted is None
    assert propose(20.0, None, nodes(9000, 1600)).wanted is not None


def test_short_freezes_get_ten_seconds_more_and_long_ones_twice_in_whole_seconds():
    short = propose(6.03, None, nodes(500))
    long = propose(24.05, None, nodes(1600))
    assert (short.wanted, long.wanted) == (1800, 5000)
    assert "5000 (50 s)" in long.rule
    assert "24.05 s" in long.rule


def test_nothing_measured_is_the_guides_ninety_seconds_and_says_so():
    proposal = propose(None, None, nodes(1600))
    assert proposal.wanted == 9000
    assert "nothing was measured" in proposal.rule
    assert "guide's 9000 (90 s)" in proposal.rule


def test_the_change_file_wins_only_where_it_is_enough():
    assert propose(20.0, 9000, nodes(1600)).wanted == 9000
    few = propose(20.0, 3000, nodes(1600))
    assert few.wanted == 4100
    assert "too few" in few.rule


def test_where_no_node_ever_expires_nothing_needs_changing():
    assert propose(300.0, None, nodes(0, 0)).wanted is None


@given(
    st.floats(0.01, 600.0),
    st.none() | st.integers(401, 360_000),
    st.lists(st.integers(0, 30_000), min_size=1, max_size=5),
)
def test_whatever_the_rule_answers_no_node_gives_up_within_the_freeze(freeze, asked, values):
    running = nodes(*values)
    wanted = propose(freeze, asked, running).wanted
    after = [max(value, wanted or 0) for value in values if value]
    assert all(value > freeze * 100 for value in after)


def test_a_missing_row_of_lltconfig_has_llts_default_and_an_own_one_counts():
    plain = rule.Running.of({"peerinact": 1600})
    assert (plain.heartbeat, plain.peertrouble) == (100, 400)
    own = rule.Running.of({"peerinact": 1600, "heartbeatlo": 300, "peertrouble": 900})
    assert (own.heartbeat, own.peertrouble) == (300, 900)


def test_the_proposal_is_never_below_the_freeze():
    running = {name: rule.Running.of({"peerinact": 1600}) for name in ("db01", "db02")}
    proposal = rule.propose(rule.Figure(40.0), 2000, running)
    assert proposal.wanted > 4000


def test_where_no_node_tells_its_timers_nothing_is_said_of_them():
    """`lparwiz measure` hands in what it could read: nothing."""
    proposal = rule.propose(rule.Figure(40.0), None, {})
    assert "peerinact is 0 on every node" not in proposal.rule
    assert "nothing to change" not in proposal.rule


def test_while_a_node_is_missing_nothing_is_said_to_need_no_change():
    running = {"db01": rule.Running(9000, 100, 400)}
    assert rule.propose(rule.Figure(5.0), None, running).wanted is None
    proposal = rule.propose(rule.Figure(5.0), None, running, ["db02"])
    assert proposal.wanted == 1600
    assert "the peerinact of db02 is not known" in proposal.rule


def test_a_figure_that_no_freeze_takes_does_not_block_every_later_change():
    """A rehearsal during which the node was switched off for an hour."""
    off = Seen(0.0, "db01", "a", "b", 3600.0, 3599.0, 10, "ping from db02", Kind.REHEARSAL)
    longest = History(None, [off]).longest("db01", "a", "b")
    freeze = rule.Figure(longest.seconds) if longest is not None else None
    running = {"db01": rule.Running(1600, 100, 400)}
    proposal = rule.propose(freeze, None, running)
    stops = [f for f in rule.against(freeze, proposal.wanted, running) if f.level == "stop"]
    assert stops == [], (proposal.rule, [f.text for f in stops])


# -- what is refused or warned of -------------------------------------------------------------


@pytest.mark.parametrize("wanted", [1, 90, 400])
def test_at_or_below_peertrouble_is_refused_and_the_other_unit_is_asked_for(wanted):
    finding = found(None, wanted, nodes(1600))["peerinact.peertrouble"]
    assert finding.level is Level.STOP
    assert "seconds typed where hundredths are meant" in finding.text
    assert f"{wanted} s would be {wanted * 100}" in finding.text


def test_the_nodes_own_peertrouble_counts():
    assert "peerinact.peertrouble" in found(None, 1200, nodes(3200, peertrouble=1200))
    assert "peerinact.peertrouble" not in found(None, 1201, nodes(3200, peertrouble=1200))


def test_zero_is_refused():
    finding = found(None, 0, nodes(1600))["peerinact.zero"]
    assert finding.level is Level.STOP
    assert "never" in finding.text


def test_hundredths_typed_where_seconds_are_meant_are_refused():
    finding = found(None, llt.HIGHEST_PEERINACT + 1, nodes(1600))["peerinact.units"]
    assert finding.level is Level.STOP
    assert "hundredths typed where seconds are meant" in finding.text
    assert "peerinact.units" not in found(None, llt.HIGHEST_PEERINACT, nodes(1600))


def test_a_node_that_runs_at_zero_or_below_peertrouble_is_pointed_at():
    assert found(1.0, None, nodes(1600, 0))["peerinact.zero"].host == "db02"
    low = found(1.0, None, nodes(1600, 90))["peerinact.low"]
    assert low.host == "db02"
    assert low.level is Level.WARNING
    assert "90 s would be 9000" in low.text


def test_above_the_reboot_time_is_a_warning_and_an_unknown_one_is_said():
    warned = found(None, 9000, nodes(1600), reboot=90.0)["peerinact.reboot"]
    assert warned.level is Level.WARNING
    assert "do not fail over" in warned.text
    assert "peerinact.reboot" not in found(None, 9000, nodes(1600), reboot=91.0)
    assert found(None, 9000, nodes(1600))["peerinact.reboot"].level is Level.NOTE


def test_a_freeze_above_hads_own_limit_is_a_warning_whatever_the_timer():
    for wanted in (None, 9000):
        finding = found(30.01, wanted, nodes(9000))["freeze.had"]
        assert finding.level is Level.WARNING
        assert "No peerinact cures that" in finding.remedy
    assert "freeze.had" not in found(30.0, 9000, nodes(9000))


def test_a_freeze_close_below_the_lowest_limit_is_said():
    note = found(14.0, None, nodes(3200, 1600))["freeze.room"]
    assert note.level is Level.WARNING
    assert "only 1 s" in note.text
    assert '"29s"' in note.remedy
    assert found(4.0, None, nodes(1600)) == {}


@pytest.mark.parametrize(
    ("freeze", "asked", "wanted"),
    [
        (0.9, None, 9000),
        (40.0, None, 9000),
        (50.0, None, 10_100),
        (5.0, 2000, 2000),
        (14.0, 2000, 2900),
    ],
)
def test_a_freeze_of_at_least_so_long_raises_what_applies_without_and_never_lowers_it(
    freeze, asked, wanted
):
    proposal = propose(freeze, asked, nodes(3200, 1600), whole=False)
    assert proposal.wanted == wanted
    assert f"{freeze:g} s" in proposal.rule
    assert "not seen whole" in proposal.rule


@given(st.floats(0.01, 600.0), st.none() | st.integers(401, 360_000), st.integers(0, 30_000))
def test_no_freeze_that_was_not_seen_whole_gives_less_than_none(freeze, asked, value):
    running = nodes(value)
    without = propose(None, asked, running).wanted
    assert propose(freeze, asked, running, whole=False).wanted >= without


@pytest.mark.parametrize(("freeze", "whole"), [(None, True), (0.9, False)])
def test_a_wish_that_raises_nothing_is_a_warning_where_nothing_was_measured(freeze, whole):
    for wanted in (1500, 1600):
        warned = found(freeze, wanted, nodes(3200, 1600), whole=whole)["peerinact.unmeasured"]
        assert warned.level is Level.WARNING
        assert "nothing was measured" in warned.text
    assert "peerinact.unmeasured" not in found(freeze, 1700, nodes(3200, 1600), whole=whole)
    assert "peerinact.unmeasured" not in found(freeze, 9000, nodes(9000), whole=whole)
    assert "peerinact.unmeasured" not in found(2.0, 1500, nodes(1600))


def test_a_plain_proposal_has_nothing_against_it_but_what_nobody_told():
    assert set(found(20.0, 4100, nodes(3200, 1600))) == {"peerinact.reboot"}
    assert found(20.0, 4100, nodes(3200, 1600), reboot=300.0) == {}


# -- a figure typed in ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "seconds", "origin"),
    [
        ("14.5", 14.5, ""),
        (" 14,5 s ", 14.5, ""),
        ("1,45", 1.45, ""),
        ("1.450", 1.45, ""),
        ("90.0 from ticket", 90.0, "ticket"),
        ("24 seconds from CHG0031337, by ann", 24.0, "CHG0031337, by ann"),
        ("600", 600.0, ""),
    ],
)
def test_a_figure_is_seconds_and_where_it_is_from(text, seconds, origin):
    assert rule.figure(text) == rule.Figure(seconds, origin)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "type seconds"),
        ("soon", "type seconds"),
        ("-3", "type seconds"),
        ("14.5 hundredths", "type seconds"),
        ("inf", "type seconds"),
        ("0", "without a figure"),
        ("0.000", "without a figure"),
        ("1450", "1450 hundredths are 14.5 s"),
        ("9000", "9000 hundredths are 90 s"),
        ("1,450", "thousands or a fraction.*: 1.450"),
        ("1,450 s from CHG1", "thousands or a fraction"),
    ],
)
def test_what_is_no_figure_says_why_and_never_passes(text, why):
    with pytest.raises(rule.NotAFigure, match=why):
        rule.figure(text)


# -- on the page ------------------------------------------------------------------------------


def test_every_input_stands_on_the_page_in_both_units():
    table = rule.inputs(figure(24.05), 9000, nodes(3200, 1600))
    text = " ".join(" ".join(row) for row in table.rows)
    for wanted in ("24.05 s", "ticks of db01", "100 (1 s)", "400 (4 s)", "9000 (90 s)", "x 2"):
        assert wanted in text


def test_each_node_is_compared_with_its_own_value():
    running = nodes(6000, 1600, 0)
    table = rule.compared(figure(24.0), propose(24.0, None, running), running)
    assert table.rows == (
        ("db01", "6000", "60", "yes", "as it is"),
        ("db02", "1600", "16", "no", "4900 (49 s)"),
        ("db03", "0", "never", "yes", "as it is"),
    )
