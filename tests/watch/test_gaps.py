"""Gaps against a simulated node whose every stop, stall and clock step is known."""

import random
from dataclasses import dataclass, replace
from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lparwiz.watch.figures import Cause
from lparwiz.watch.gaps import CLOCK_STEP, ENDED_ALIVE, ROUNDED, Gaps, Lag, Sign
from lparwiz.watch.recent import Recent

ABOVE = 0.015
"""Seconds: the issue's bound above one interval."""
JITTER = 0.004
"""Seconds of scheduling and of network, each, in the simulation."""


@dataclass(frozen=True)
class Truth:
    """What a node and its path truly do. Times in seconds."""

    EPOCH: ClassVar = 1_795_312_800.0
    interval: float = 0.05
    frozen: tuple[float, float] | None = None
    """From, to."""
    resumes_rest: bool = False
    """Whether a sleep goes on after the freeze for what was left of it, as Linux has it."""
    cut: tuple[float, float] | None = None
    """From, to: nothing arrives that was sent then or is under way; it comes afterwards."""
    tcp: float = 0.0
    """Seconds until TCP sends again after that."""
    busy: tuple[float, float] | None = None
    """From, to: our own loop does not turn."""
    step: tuple[float, float] | None = None
    """When the node's clock is set, and by how much."""
    clock_stops: bool = False
    """Whether its clock stands still while it is frozen."""
    clock: bool = True
    """Whether it tells fractions of a second, three digits of them."""
    last_late: bool = False
    """Whether the last tick before the freeze leaves only after it."""

    def signs(self, chance):
        """`(arrival, number, clock)` in the order of arrival."""
        at, number, came = chance.uniform(0, self.interval), 0, 0.0
        events = [each[1] for each in (self.frozen, self.cut, self.busy) if each]
        until = max(events, default=10.0) + self.tcp + 1.0 + 4 * self.interval
        while at < until:
            woken = at + chance.uniform(0, JITTER)
            if self.frozen and self.frozen[0] <= woken < self.frozen[1]:
                left = at - self.frozen[0] if self.resumes_rest else 0.0
                woken = self.frozen[1] + max(0.0, left) + chance.uniform(0, JITTER)
                at = woken
            held = self.last_late and self.frozen and self.frozen[0] - at < self.interval
            arrives = self._arrives(woken + 0.02 + chance.uniform(0, JITTER))
            if held and at < self.frozen[0]:
                arrives = max(arrives, self.frozen[1] + 0.001)
            came = max(came, arrives)
            yield came, number, self._clock(woken) if self.clock else None
            number += 1
            at += self.interval

    def _arrives(self, at):
        if self.cut and self.cut[0] <= at < self.cut[1]:
            at = self.cut[1] + self.tcp
        if self.busy and self.busy[0] <= at < self.busy[1]:
            at = self.busy[1]
        return at

    def _clock(self, at):
        shown = self.EPOCH + at
        if self.step and at >= self.step[0]:
            shown += self.step[1]
        if self.clock_stops and self.frozen and at >= self.frozen[1]:
            shown -= self.frozen[1] - self.frozen[0]
        return round(shown, 3)


def reported(truth, chance):
    """All gaps that are found, and the seconds of those of each cause."""
    lag = Lag()
    if truth.busy:
        lag.note(*truth.busy)
    gaps = Gaps(truth.interval, Cause.FREEZE, lag)
    found, at = [], 0.0
    for at, number, clock in truth.signs(chance):
        found += gaps.heard(Sign(at, number, clock))
    found += gaps.finish(at)
    return {cause: [gap for gap in found if gap.cause is cause] for cause in Cause}


def nothing_but(found, *causes):
    return all(not gaps for cause, gaps in found.items() if cause not in causes)


stops = st.floats(0.2, 30.0)
wide = st.floats(0.2, 3.0)
begins = st.floats(5.0, 8.0)
rates = st.sampled_from([0.05, 0.02])
randoms = st.integers(0, 2**32).map(random.Random)


@given(begin=begins, stop=stops, interval=rates, rest=st.booleans(), late=st.booleans(), r=randoms)
def test_a_freeze_is_never_below_the_truth_and_an_interval_above_at_most(
    begin, stop, interval, rest, late, r
):
    truth = Truth(interval, (begin, begin + stop), resumes_rest=rest, last_late=late)
    found = reported(truth, r)
    (freeze,) = found[Cause.FREEZE]
    assert stop <= freeze.seconds <= stop + interval + ABOVE
    assert freeze.interval == interval
    assert freeze.least <= stop + ABOVE
    assert freeze.began == pytest.approx(begin, abs=interval + 0.05)
    assert nothing_but(found, Cause.FREEZE)


@given(begin=begins, stop=stops, interval=rates, tcp=st.floats(0, 5), r=randoms)
def test_a_cut_path_is_no_freeze_whatever_tcp_adds(begin, stop, interval, tcp, r):
    found = reported(Truth(interval, cut=(begin, begin + stop), tcp=tcp), r)
    (path,) = found[Cause.PATH]
    assert path.seconds >= stop
    assert nothing_but(found, Cause.PATH)


@given(begin=begins, stop=stops, step=st.sampled_from([-3600, -1, -0.5, 0.5, 1, 60]), r=randoms)
def test_a_clock_that_is_set_is_no_freeze(begin, stop, step, r):
    found = reported(Truth(step=(begin, step)), r)
    (clock,) = found[Cause.CLOCK]
    assert clock.seconds == pytest.approx(abs(step), abs=0.02)
    assert nothing_but(found, Cause.CLOCK)


@given(
    begin=begins,
    told=st.sampled_from([(-3600, 0), (-5, 0), (-0.5, 0), (0.5, 0), (60, 0), (0.5, 5), (3600, 5)]),
    back=st.floats(0.1, 0.45),
    r=randoms,
)
def test_a_clock_that_is_set_and_at_once_set_back_is_no_freeze_and_hides_none(begin, told, back, r):
    """Afterwards it shows the same time as before."""
    step, stop = told
    truth = Truth(frozen=(begin, begin + stop) if stop else None)
    gaps, found, until = Gaps(truth.interval, Cause.FREEZE, Lag()), [], begin + stop + back
    for at, number, clock in truth.signs(r):
        # What is told in milliseconds may lie before the moment at which the clock was set.
        off = step if begin + stop - ROUNDED <= clock - Truth.EPOCH < until else 0.0
        found += gaps.heard(Sign(at, number, clock + off))
    freezes = [gap.seconds for gap in found if gap.cause is Cause.FREEZE]
    assert len(freezes) == bool(stop)
    assert all(stop - 2 * JITTER <= s <= stop + truth.interval + ABOVE for s in freezes)
    assert Cause.CLOCK in {gap.cause for gap in found}


@given(
    begin=begins,
    stop=stops,
    step=st.sampled_from([0.0, -3600, -1, 1, 60]),
    stops_too=st.booleans(),
    r=randoms,
)
def test_a_freeze_is_found_whatever_becomes_of_the_clock_meanwhile(begin, stop, step, stops_too, r):
    truth = Truth(frozen=(begin, begin + stop), step=(begin + stop, step), clock_stops=stops_too)
    found = reported(truth, r)
    (freeze,) = found[Cause.FREEZE]
    ahead = step - stop if stops_too else step
    # A clock that is a little ahead since may as well be a faster path: nothing is taken off.
    unsure = ahead if 0 < ahead <= CLOCK_STEP + JITTER else 0.0
    assert stop - 2 * JITTER <= freeze.seconds <= stop + unsure + truth.interval + ABOVE
    assert nothing_but(found, Cause.FREEZE, Cause.CLOCK)


@given(begin=begins, stop=st.floats(0.2, 5.0), r=randoms)
def test_a_gap_of_our_own_making_is_marked(begin, stop, r):
    found = reported(Truth(busy=(begin, begin + stop)), r)
    assert len(found[Cause.OURS]) == 1
    assert nothing_but(found, Cause.OURS)


@given(begin=begins, stop=st.floats(0.2, 5.0), more=st.floats(0, 3), r=randoms)
def test_a_freeze_that_we_were_too_busy_to_see_is_told_by_the_nodes_clock(begin, stop, more, r):
    truth = Truth(frozen=(begin, begin + stop), busy=(begin - 0.5, begin + stop + more))
    (freeze,) = reported(truth, r)[Cause.FREEZE]
    assert stop <= freeze.seconds <= stop + truth.interval + ABOVE


@given(begin=begins, stop=st.floats(0.3, 3.0), sides=st.tuples(wide, wide), r=randoms)
def test_a_freeze_within_a_cut_path_is_told_from_it(begin, stop, sides, r):
    before, after = sides
    truth = Truth(frozen=(begin, begin + stop), cut=(begin - before, begin + stop + after), tcp=0.2)
    found = reported(truth, r)
    (freeze,) = found[Cause.FREEZE]
    assert stop <= freeze.seconds <= stop + truth.interval + ABOVE
    (path,) = found[Cause.PATH]
    assert path.seconds >= before + stop + after


@given(begin=begins, stop=stops, interval=st.sampled_from([0.05, 1.0]), r=randoms)
def test_without_a_clock_the_numbers_tell_a_freeze_from_a_cut_path(begin, stop, interval, r):
    stop = max(stop, 4 * interval)
    whole = Truth(interval, clock=False)
    (freeze,) = reported(replace(whole, frozen=(begin, begin + stop)), r)[Cause.FREEZE]
    assert stop - 2 * JITTER <= freeze.seconds <= stop + interval + ABOVE
    found = reported(replace(whole, cut=(begin, begin + stop)), r)
    assert len(found[Cause.PATH]) == 1
    assert nothing_but(found, Cause.PATH)


@given(interval=rates, r=randoms)
def test_nothing_is_found_where_nothing_happens(interval, r):
    assert nothing_but(reported(Truth(interval), r))


def fed(gaps, *signs):
    return [gap for sign in signs for gap in gaps.heard(sign)]


def steady(first, count, start=0.0, interval=0.05, clock=1000.0):
    return [
        Sign(start + i * interval, first + i, clock + start + i * interval) for i in range(count)
    ]


def ticking():
    gaps = Gaps(0.05, Cause.FREEZE, Lag())
    assert fed(gaps, *steady(0, 41)) == []
    return gaps


def test_a_clock_told_in_milliseconds_takes_nothing_from_a_freeze():
    gaps = ticking()  # until 2.0
    began, ended = 2.0505, 12.0514
    held_up = Sign(began + 0.005, 41, round(1000 + began + 1e-6, 3))
    found = fed(gaps, held_up, *steady(42, 20, ended, clock=round(1000 + ended, 3) - ended))
    assert [gap.cause for gap in found] == [Cause.FREEZE]
    assert ended - began <= found[0].seconds <= ended - began + 0.002


def test_ticks_that_fell_out_of_a_full_pipe_are_no_freeze():
    gaps = ticking()  # until 2.0
    found = fed(gaps, *steady(41, 10, 200.0, clock=802.05), *steady(4041, 20, 202.05))
    assert [(gap.cause, gap.seconds) for gap in found] == [(Cause.PATH, 198.0)]


def test_a_stream_that_is_ended_and_begun_anew_while_the_node_lives_is_no_freeze():
    gaps = ticking()
    assert gaps.broken(2.0 + ENDED_ALIVE / 2) == ()
    (gap,) = fed(gaps, *steady(0, 5, 62.0))
    assert (gap.cause, gap.seconds) == (Cause.PATH, 60.0)


def test_a_stream_that_ends_after_a_long_silence_leaves_it_open_what_was_silent():
    gaps = ticking()
    assert gaps.broken(602.0) == ()
    (gap,) = fed(gaps, *steady(0, 5, 610.0))
    assert (gap.cause, gap.seconds) == (Cause.SILENCE, 608.0)
    gaps = ticking()


def test_an_answer_of_the_node_proves_nothing_of_the_time_before():
    gaps = ticking()
    (silent,) = gaps.broken(20.0, alive=True)
    assert (silent.cause, silent.seconds) == (Cause.SILENCE, 18.0)
    assert [gap.cause for gap in fed(gaps, *steady(0, 5, 26.0))] == [Cause.PATH]


def test_a_loop_that_died_soon_before_a_freeze_hides_none_of_it():
    gaps = ticking()
    assert gaps.broken(3.0, alive=True) == ()
    assert gaps.open(9.0) == 0.0, "it is tried again only after some seconds"
    assert gaps.open(13.0) == 10.0
    (gap,) = fed(gaps, *steady(0, 5, 23.0))
    assert (gap.cause, gap.seconds) == (Cause.SILENCE, 20.0)


def test_a_loop_that_ends_again_and_again_while_the_node_answers_is_no_silence():
    gaps = ticking()
    assert [gaps.broken(3.0 + 5.2 * n, alive=True) for n in range(9)] == [()] * 9
    (silent,) = gaps.broken(70.0, alive=True)
    assert silent.seconds == pytest.approx(70.0 - 44.6)


def test_a_connection_that_was_lost_in_a_silence_leaves_it_open_until_the_end():
    gaps = ticking()
    assert gaps.broken(20.0, alive=False) == ()
    assert gaps.standing(29.0) == gaps.open(29.0) == 27.0
    (gap,) = gaps.finish(29.0)
    assert (gap.cause, gap.seconds) == (Cause.SILENCE, 27.0)


def test_a_silence_while_our_loop_is_late_at_every_turn_is_not_of_our_making():
    lag = Lag()
    gaps = Gaps(0.05, Cause.FREEZE, lag)
    assert fed(gaps, *steady(0, 41)) == []
    for turn in range(160):
        lag.note(2.0 + turn / 8, 2.125 + turn / 8)
    assert gaps.standing(22.0) == 20.0
    (gap,) = gaps.finish(22.0)
    assert (gap.cause, gap.seconds) == (Cause.SILENCE, 20.0)


@given(
    begin=begins,
    stop=st.floats(4.0, 30.0),
    stall=st.floats(4.0, 35.0),
    told=st.sampled_from([(0.05, None), (1.0, None), (0.05, 0.4), (0.05, 60)]),
    r=randoms,
)
def test_a_freeze_before_a_stalled_path_is_found_though_no_clock_tells(begin, stop, stall, told, r):
    interval, step = told
    thaw = begin + stop
    truth = Truth(interval, (begin, thaw), cut=(thaw, thaw + stall))
    known = replace(truth, clock=False) if step is None else replace(truth, step=(thaw, step))
    found = reported(known, r)
    (freeze,) = found[Cause.FREEZE]
    assert stop - 2 * JITTER <= freeze.seconds <= stop + interval + ABOVE
    assert found[Cause.PATH]


@given(
    begin=begins,
    stop=st.floats(6.0, 30.0),
    before=st.floats(0.01, 3.9),
    held=st.floats(0.05, 2.9),
    told=st.sampled_from([(0.05, None), (1.0, None), (0.05, 0.4), (0.05, 60), (0.02, -3600)]),
    r=randoms,
)
def test_a_path_that_stalls_when_a_freeze_begins_takes_nothing_off_it_though_no_clock_tells(
    begin, stop, before, held, told, r
):
    """The last ticks before the freeze come in the midst of it, and part it into two silences."""
    interval, step = told
    before = max(before, 3.9 * interval if step is None else 0.0)  # less shows by a clock only
    truth = Truth(interval, (begin, begin + stop), cut=(begin - before, begin + held))
    known = replace(truth, clock=False) if step is None else replace(truth, step=(begin, step))
    (freeze,) = reported(known, r)[Cause.FREEZE]
    assert stop - 2 * JITTER <= freeze.seconds <= stop + 2 * interval + ABOVE


@given(begin=begins, stop=st.floats(3.01, 4.0), r=randoms)
def test_without_a_clock_the_shortest_freeze_that_counts_is_not_taken_for_the_path(begin, stop, r):
    """Nothing was sent for the whole silence, an interval of which is the usual one."""
    found = reported(Truth(1.0, (begin, begin + stop), clock=False), r)
    (freeze,) = found[Cause.FREEZE]
    assert stop - 2 * JITTER <= freeze.seconds <= stop + 1.0 + ABOVE
    assert nothing_but(found, Cause.FREEZE)


def test_a_silence_that_nobody_saw_end_counts_as_far_as_it_went():
    gaps = ticking()
    (gap,) = gaps.finish(12.0)
    assert (gap.cause, gap.seconds) == (Cause.SILENCE, 10.0)
    assert gaps.finish(13.0) == ()
    assert ticking().finish(2.1) == ()


def test_a_freeze_that_has_just_ended_counts_when_nobody_listens_any_more():
    gaps = ticking()
    assert fed(gaps, *steady(41, 2, 12.0)) == []
    (gap,) = gaps.finish(12.06)
    assert (gap.cause, gap.seconds) == (Cause.FREEZE, pytest.approx(10.0 + ROUNDED))


def test_one_garbled_number_does_not_deafen_it():
    gaps = ticking()
    fed(gaps, Sign(2.02, 999_999_999, 1002.02), *steady(41, 20, 2.05))
    (gap,) = fed(gaps, *steady(61, 30, 8.05))
    assert gap.cause is Cause.FREEZE


def test_the_last_two_minutes_hold_the_longest_silence_in_each_second():
    recent = Recent()
    for tenth in range(100, 151):
        recent.heard(tenth / 10)  # 10.0 to 15.0
    assert recent.read(15.05)[-6:] == pytest.approx((0.1, 0.1, 0.1, 0.1, 0.1, 0.1))
    recent.heard(18.5)
    assert recent.read(18.5)[-4:] == pytest.approx((1.0, 2.0, 3.0, 3.5))
    recent.lost(19.25)
    assert recent.read(21.5)[-4:] == (3.5, pytest.approx(0.75), None, None)
    recent.heard(22.0)
    values = recent.read(22.5)
    assert values[-1] == pytest.approx(0.5)
    assert len(values) == 120
    assert recent.read(9999.0)[:-1] == (None,) * 119


@pytest.mark.parametrize("before", [0.1, 0.05])
def test_a_path_that_is_faster_after_the_freeze_takes_nothing_off_it(before):
    """The LPAR has moved nearer: 45 to 95 ms less on the way. By its own clock it stood for 5 s."""
    gaps = Gaps(0.05, Cause.FREEZE, Lag())
    found = []
    for number in range(100):
        clock = number * 0.05
        found += gaps.heard(Sign(1000 + clock + before, number, clock))
    for number in range(100, 200):
        clock = 99 * 0.05 + 5.0 + 1e-9 + (number - 100) * 0.05
        found += gaps.heard(Sign(1000 + clock + 0.005, number, clock))
    (freeze,) = [gap for gap in found if gap.cause is Cause.FREEZE]
    assert freeze.seconds >= 5.0


def test_a_connection_that_is_cut_counts_where_nothing_shows_that_the_node_lived():
    gaps = Gaps(0.05, Cause.FREEZE, Lag())
    for number in range(40):
        gaps.heard(Sign(number * 0.05, number, number * 0.05))
    gaps.broken(3.0, alive=False)
    (gap,) = gaps.heard(Sign(30.0, 0, 0.0))
    assert gap.cause is Cause.SILENCE
