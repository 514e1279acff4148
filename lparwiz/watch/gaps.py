"""Judges silences: what came when, what the node's own clock says, how late we were ourselves.

Pure, fed with times from outside, all in seconds. A silence is judged a moment after it ended, for
what comes then decides: a stalled path lets go of everything that was sent meanwhile, a node that
stood still has sent nothing.
"""

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from lparwiz.watch.figures import Cause, Gap

QUIET = 3.0
"""Intervals without a sign from which on it is a gap: two lost or late are none."""
SETTLE = 0.5
"""Seconds after a silence until it is judged, for what was held back to come out."""
SETTLE_LIMIT = 30.0
"""Seconds after a silence when it is judged, though old signs may still be coming."""
CLOCK_STEP = 0.25
"""Seconds, and at least five intervals, by which the node's clock is off all at once when it was
set; less is the network."""
SLACK = 0.010
"""Seconds by which arrivals may lengthen what the node's own clock tells of a gap."""
ROUNDED = 0.001
"""Seconds by which it may tell too little: two ticks, each rounded to the millisecond."""
STEADY = 0.05
"""Seconds, and at least an interval, between the delays of signs that come as they are sent."""
ENDED_ALIVE = 2.0
"""Seconds since the last sign within which whatever ended a stream was no freeze, unless the caller
knows better: a node that stands still ends nothing."""
BEGUN_ANEW = 8.0
"""Seconds, and at least fifteen intervals, that it may take until a stream that was ended while the
node lived is begun anew and heard: five until it is tried again, and a connection's."""
DRIFT = 0.05
"""Share of a silence for which nothing was sent that a slow loop makes by itself: one by ksh takes
up to a second and 30 ms for each second."""
GARBAGE = 3
"""Signs whose numbers go back, from which on they are another sender's and not garbage."""
BEFORE = 40
"""Signs before a silence from whose delays the usual one is taken."""
AFTER = 3
"""The same after it."""


@dataclass(frozen=True)
class Sign:
    """A sign of life, as it came."""

    at: float
    """Engine clock."""
    number: int
    """The sender's count; those that are missing were sent and lost, or count as not sent."""
    clock: float | None = None
    """The sender's own clock, where it tells fractions of a second."""

    @property
    def delay(self) -> float:
        """How far our clock is ahead of the sender's, transport included; 0 without a clock."""
        return 0.0 if self.clock is None else self.at - self.clock


class Lag:
    """When our own loop was late."""

    def __init__(self) -> None:
        self._late: deque[tuple[float, float]] = deque(maxlen=200)

    def note(self, began: float, ended: float) -> None:
        """The loop did not turn from `began` to `ended`."""
        self._late.append((began, ended))

    def between(self, began: float, ended: float) -> float:
        """The most seconds of this time for which the loop did not turn at all.

        Whenever it turned it took what had come: many short ones make no long silence.
        """
        return max((min(ended, e) - max(began, b) for b, e in self._late), default=0.0)


@dataclass
class _Episode:
    """A silence, or a jump of the node's clock, and what came after it."""

    before: Sign
    usual: float
    """The delay before it."""
    signs: list[Sign] = field(default_factory=list)
    silent: float = 0.0
    """The longest silence in it."""
    resumed: float = 0.0
    """When the latest silence in it ended."""

    def sent(self, sign: Sign) -> float:
        """When a sign came, less by what it was held back longer than is usual."""
        return sign.at - (sign.delay - self.usual)


class Gaps:
    """Finds the gaps in one source's signs of life.

    Args:
        interval: seconds between two signs, as they are sent.
        stopped: what a silence is in which nothing was sent: FREEZE, where the signs are the
            node's own; SILENCE, where they are not.
        lag: when our own loop was late.
        quiet: intervals without a sign from which on it is a gap.
        unsure: intervals by which the truth may be less than a gap: one where the sender speaks
            again at once after a silence, two where what it sent meanwhile is lost.
    """

    def __init__(
        self,
        interval: float,
        stopped: Cause,
        lag: Lag,
        quiet: float = QUIET,
        unsure: float = 1.0,
    ) -> None:
        self.interval = interval
        self._unsure = unsure
        self._stopped = stopped
        self._lag = lag
        self._quiet = quiet
        self._last: Sign | None = None
        self._delays: deque[float] = deque(maxlen=BEFORE)
        self._episode: _Episode | None = None
        self._lived: float | None = None
        """Until when the node is known to have lived, once the stream has ended; infinity: no
        silence since then counts."""
        self._backwards = 0

    @property
    def least(self) -> float:
        """Seconds of silence from which on it is a gap."""
        return self._quiet * self.interval

    @property
    def _step(self) -> float:
        return max(CLOCK_STEP, 5 * self.interval)

    def silence(self, now: float) -> float:
        """Seconds since the last sign; 0 before the first."""
        return 0.0 if self._last is None else max(0.0, now - self._last.at)

    def open(self, now: float) -> float:
        """Seconds of a silence that nobody has seen end; 0: there is none."""
        if self._last is None:
            return 0.0
        since = self._last.at if self._lived is None else self._lived
        seconds = now - since
        ours = self._path(since, now, Cause.SILENCE) is Cause.OURS
        return 0.0 if ours or seconds < self._excused else seconds

    def standing(self, now: float) -> float:
        """The same, or those of one that has ended and is not judged yet where that is longer."""
        ended = self._episode.silent if self._episode is not None else 0.0
        longest = max(ended, self.open(now))
        return longest if longest >= self.least else 0.0

    @property
    def _excused(self) -> float:
        """Seconds without a sign that are nothing."""
        if self._last is None or self._lived in (None, self._last.at):
            return self.least
        return max(BEGUN_ANEW, 15 * self.interval)

    def heard(self, sign: Sign) -> tuple[Gap, ...]:
        """A sign has come; the gaps that are judged by it."""
        last, self._last = self._last, sign
        if last is None or self._lived is not None:
            return self._anew(last, sign)
        if sign.number <= last.number:
            self._backwards += 1
            if self._backwards <= GARBAGE:
                self._last = last
                return ()
            gaps, self._lived = self._close(), math.inf
            return (*gaps, *self._anew(last, sign))
        self._backwards = 0
        episode = self._episode
        quiet = sign.at - last.at >= self.least
        if episode is None and (quiet or self._jumped(last, sign)):
            episode = self._episode = _Episode(last, min(self._delays, default=last.delay))
            episode.resumed = sign.at
        if episode is None:
            self._delays.append(sign.delay)
            return ()
        episode.signs.append(sign)
        episode.silent = max(episode.silent, sign.at - last.at)
        if quiet:
            episode.resumed = sign.at
        return self._close() if self._settled(episode, sign.at) else ()

    def broken(self, at: float, *, alive: bool | None = None) -> tuple[Gap, ...]:
        """The stream has ended, and another one may follow.

        Args:
            at: when.
            alive: whether the node is known to have lived then, which tells nothing of the time
                before; None: nobody knows, and what ends soon after a sign was no freeze.
        """
        gaps = self._close()
        last = self._last
        if last is None:
            return gaps
        since = last.at if self._lived is None else self._lived
        silent = at - since
        if alive:
            excused = self._excused if self._lived is not None else ENDED_ALIVE + self.least
            self._lived = at
            if silent >= excused:
                gaps += (self._gap(since, silent, self._path(since, at, Cause.SILENCE)),)
        elif self._lived is None:
            soon = alive is None and silent < ENDED_ALIVE + self.least
            self._lived = math.inf if soon else last.at
        return gaps

    def finish(self, now: float) -> tuple[Gap, ...]:
        """Nobody listens any more: judge what is open, as far as it can be."""
        gaps = self._close()
        last, silent, excused = self._last, self.open(now), self._excused
        since = self._lived if self._lived is not None else last.at if last is not None else now
        self._last = self._lived = None
        if silent:
            return (*gaps, self._gap(now - silent, silent, Cause.SILENCE))
        if now - since < excused:
            return gaps
        return (*gaps, self._gap(since, now - since, Cause.OURS))

    def _anew(self, last: Sign | None, sign: Sign) -> tuple[Gap, ...]:
        """The first sign of a stream; numbers and clocks of an earlier one prove nothing."""
        lived, excused = self._lived, self._excused
        self._lived = None
        self._backwards = 0
        self._delays.clear()
        self._delays.append(sign.delay)
        if last is None or lived is None or sign.at - last.at < self.least:
            return ()
        if sign.at - lived >= excused:
            return (self._gap(lived, sign.at - lived, Cause.SILENCE),)
        return (self._gap(last.at, sign.at - last.at, Cause.PATH),)

    def _jumped(self, last: Sign, sign: Sign) -> bool:
        """Whether the sender's clock shows what arrivals don't."""
        if sign.clock is None or last.clock is None:
            return False
        usual = min(self._delays, default=last.delay)
        return abs(sign.delay - usual) > self._step or self._stood(last, sign) >= self.least

    def _stood(self, last: Sign, sign: Sign) -> float:
        """Seconds for which nothing was sent between two signs, by the sender's clock.

        Signs whose numbers are missing were sent.
        """
        assert last.clock is not None
        assert sign.clock is not None
        return sign.clock - last.clock - (sign.number - last.number - 1) * self.interval

    def _settled(self, episode: _Episode, now: float) -> bool:
        since = now - episode.resumed
        if since < max(SETTLE, AFTER * self.interval):
            return False
        delays = [sign.delay for sign in episode.signs[-AFTER:]]
        return max(delays) - min(delays) < max(STEADY, self.interval) or since > SETTLE_LIMIT

    def _close(self) -> tuple[Gap, ...]:
        episode, self._episode = self._episode, None
        if episode is None:
            return ()
        after = [sign.delay for sign in episode.signs[-AFTER:]]
        self._delays.clear()
        self._delays.extend(after)
        step = min(after) - episode.usual
        clocks = [sign.clock for sign in (episode.before, *episode.signs)]
        if None in clocks or abs(step) > self._step:
            return self._by_numbers(episode, step)
        if excursion := self._excursion(episode):
            return self._by_numbers(episode, excursion)
        return self._by_clock(episode, step)

    def _excursion(self, episode: _Episode) -> float:
        """Seconds by which the clock was set and set back meanwhile; 0: it was not.

        It then tells of a stop for which there was no time, by what arrived and was sent.
        """
        before, sent = episode.before, episode.sent(episode.before)
        beyond = (
            self._stood(a, b) - (b.at - sent - (b.number - before.number - 1) * self.interval)
            for a, b in _pairs(episode)
        )
        return most if (most := max(beyond)) > self._step else 0.0

    def _by_clock(self, episode: _Episode, step: float) -> tuple[Gap, ...]:
        """Judge by the sender's clock, which shows the same time as before.

        It has run on meanwhile but for `step`, so that it tells to the interval for how long
        nothing was sent, whatever arrived when. A step that would shorten that may as well be a
        path that is faster since, such as after the node moved: it takes nothing away.
        """
        stood, last, sign = max(
            ((self._stood(a, b), a, b) for a, b in _pairs(episode)), key=lambda found: found[0]
        )
        stood += step if step > 2 * SLACK else 0.0
        arrived = sign.at - last.at
        began = last.at if last is episode.before else episode.sent(last)
        frozen = max(stood + ROUNDED, min(arrived, stood + SLACK))
        return self._told_apart(episode, began, stood, frozen)

    def _by_numbers(self, episode: _Episode, step: float) -> tuple[Gap, ...]:
        """Judge by what was sent since, where no clock tells, or the clock was set meanwhile."""
        before, last = episode.before, episode.signs[-1]
        sent = episode.sent(before)
        # As far as it goes: a sign that was due in the freeze was sent at its end.
        unsent = last.at - sent - (last.number - before.number) * self.interval
        stood = 0.0 if unsent < DRIFT * episode.silent else unsent + self.interval
        # More than the longest silence where signs that were held back came in the midst of it.
        alike = episode.silent - unsent < self.least
        frozen = max(episode.silent, stood) if alike else stood
        gaps = self._told_apart(episode, before.at, stood, frozen) if self._long(episode) else ()
        if abs(step) > self._step:
            return (self._gap(before.at, abs(step), Cause.CLOCK), *gaps)
        return gaps

    def _told_apart(
        self, episode: _Episode, began: float, stood: float, frozen: float
    ) -> tuple[Gap, ...]:
        """A freeze, a stalled path, or both.

        Args:
            episode: the silence.
            began: when the freeze began.
            stood: seconds for which nothing was sent.
            frozen: the freeze on the safe side, seconds.
        """
        path = self._path(episode.before.at, episode.resumed, Cause.PATH)
        stalled = (self._gap(episode.before.at, episode.silent, path),)
        if stood < self.least:
            return stalled if self._long(episode) else ()
        freeze = self._gap(began, frozen, self._stopped)
        return (freeze,) if episode.silent - stood < self.least else (*stalled, freeze)

    def _long(self, episode: _Episode) -> bool:
        return episode.silent >= self.least

    def _path(self, began: float, ended: float, otherwise: Cause) -> Cause:
        """OURS, where what is left without our own lateness would be no gap."""
        ours = self._lag.between(began, ended)
        return Cause.OURS if ours and ended - began - ours < self.least else otherwise

    def _gap(self, began: float, seconds: float, cause: Cause) -> Gap:
        return Gap(began, seconds, self._unsure * self.interval, cause)


def _pairs(episode: _Episode) -> Sequence[tuple[Sign, Sign]]:
    return list(zip((episode.before, *episode.signs), episode.signs, strict=False))
