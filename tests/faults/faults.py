"""The faults, by the kind of point that they strike, and what the lab calls them."""

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

HANGS = ("hangs", "hangs-having-run")
"""No answer within the limit; the transport's own time has to end it."""

KILLS = {
    "command": ("killed-before-it-left", "killed-after-it-ran"),
    "write": ("killed-before-the-write", "killed-in-the-write"),
    "keep": ("killed-in-the-keep",),
    "wait": ("killed-in-the-wait",),
}
"""SIGKILL: before the intent, between intent and command, command and result, result and intent."""

SIGNALS = ("SIGTERM", "SIGHUP")
JUMPS = {"clock-an-hour-on": 3600.0, "clock-an-hour-back": -3600.0}
FULL = "disk-full"


def that_strike(point: Point) -> tuple[str, ...]:
    """The faults that apply to this point."""
    kills = KILLS[point.kind]
    match point.kind:
        case "command":
            hosts = tuple(
                fault for fault in ON_THE_HOST if fault != "other-locale" or point.console
            )
            # Only what waits looks at the clock: beside a reading, a jump is one at the next wait.
            jumps = tuple(JUMPS) if point.changes else ()
            return (*hosts, *HANGS, *kills, *SIGNALS, *jumps)
        case "wait":
            return (*kills, *SIGNALS, *JUMPS)
        case _:
            return (*kills, FULL)
