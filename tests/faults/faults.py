"""The faults, by the kind of point that they strike, and what the lab calls them."""

from collections.abc import Sequence

from .points import Point

ON_THE_HOST = {
    "refused": {"kind": "fail", "text": "refused"},
    "dropped-before": {"kind": "drop-before"},
    "dropped-after": {"kind": "drop-after"},
    "cut-short": {"kind": "cut-short"},
    "binary": {"kind": "garbage", "text": "binary"},
    "escapes": {"kind": "garbage", "text": "escapes"},
    "long-line": {"kind": "garbage", "text": "long"},
    "other-locale": {"kind": "other-locale"},
    "other-channel": {"kind": "other-channel"},
    "status-disagrees": {"kind": "status-disagrees"},
    "gone-for-good": {"kind": "unreachable"},
    "gone-a-minute": {"kind": "unreachable", "seconds": 60.0},
}
"""What the lab itself does to a command."""

DROPS = ("dropped-before", "dropped-after")
GARBAGE = ("binary", "escapes", "long-line")
"""An answer that can't be understood, for three reasons."""
HANGS = ("hangs", "hangs-having-run")
"""No answer within the limit; the transport's own time has to end it."""

UNNOTICED = "cut-short-unnoticed"
"""Half of the output, and yet the command's own exit status: the connection stands."""

WHILE_IT_RUNS = "killed-while-it-runs"
"""The host goes on with the command that nobody waits for any more."""

KILLS = {
    "command": ("killed-before-it-left", WHILE_IT_RUNS, "killed-after-it-ran"),
    "write": ("killed-before-the-write", "killed-in-the-write"),
    "keep": ("killed-in-the-keep",),
    "wait": ("killed-in-the-wait",),
}
"""SIGKILL. Before an intent: before or in its write. Between intent and command: before the
command left, or before the write of `sent`. Between command and result: while it runs, after it
ran. Between result and next intent: before or in any write from the answer's on."""

SIGNALS = ("SIGTERM", "SIGHUP")
JUMPS = {"clock-an-hour-on": 3600.0, "clock-an-hour-back": -3600.0}
FULL = "disk-full"
FULL_AT_THE_FSYNC = "disk-full-at-the-fsync"
"""The line is on the disk, whole, and yet the disk says that it took nothing."""
BLIND = frozenset({"refused", "binary", "escapes", "long-line", "cut-short", UNNOTICED, *DROPS})
"""Faults after which an answer tells nothing of its host, though one may have come."""


TELLS = frozenset({"reading", "finding", "table", "chart", "said", "result", "phase"})
"""The events that only tell; by the others a run is taken up again. Each is killed, and otherwise
such points take turns with the faults that strike a write."""


ALIKE = 3
"""From so many on, looks of one step that ask just the same are struck by one fault each, in turns:
a step that waits for what goes on elsewhere looks a dozen times, by the same few lines."""


def looks_again(point: Point) -> bool:
    """Whether it only looks or tells once more what it has looked at or told before."""
    changes = point.changes or point.kind == "keep"
    weighty = point.kind == "write" and point.what not in TELLS
    return point.before >= ALIKE and not changes and not weighty


def that_strike(point: Point) -> tuple[str, ...]:
    """The faults that apply to this point.

    SIGTERM and SIGHUP take turns: they reach the engine as the same order. Where nothing is changed
    and nothing is written that a later life goes by, so do others that come to the same: a reading
    that is garbage of some kind, is lost or hangs before or after it ran; a clock that jumps where
    nobody waits.
    """
    faults = _all_that_strike(point)
    return _one_of(point, faults) if looks_again(point) else faults


def _all_that_strike(point: Point) -> tuple[str, ...]:
    kills = KILLS[point.kind]
    match point.kind:
        case "command":
            # LLT's, GAB's and VCS's tools are not known to be translated; an HMC is.
            hosts = [f for f in ON_THE_HOST if f != "other-locale" or point.console]
            if point.changes:
                return (*hosts, UNNOTICED, *HANGS, *kills, *_one_of(point, SIGNALS), *JUMPS)
            ends = (kills[0], kills[-1])
            alike = [f for f in hosts if f not in (*DROPS, *GARBAGE)]
            turns = _one_of(point, GARBAGE, DROPS, HANGS, ends, SIGNALS, JUMPS)
            return (*alike, UNNOTICED, *turns)
        case "wait":
            return (*kills, *_one_of(point, SIGNALS), *JUMPS)
        case "write" if point.what not in TELLS:
            return (*kills, *_one_of(point, SIGNALS), FULL, FULL_AT_THE_FSYNC)
        case "write":
            return _one_of(point, kills, (*SIGNALS, FULL, FULL_AT_THE_FSYNC))
        case _:
            return (*kills, *_one_of(point, SIGNALS), FULL)


def _one_of(point: Point, *groups: Sequence[str]) -> tuple[str, ...]:
    """One fault of each group, by the point's number: the groups count in steps of their own."""
    return tuple(
        tuple(group)[(point.number >> shift) % len(group)] for shift, group in enumerate(groups)
    )
