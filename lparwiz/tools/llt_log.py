"""LLT's own lines about a silent peer, where a site's syslog keeps them (facts, vcs.md 2.1).

AIX's syslogd writes nothing anywhere as it is shipped: whether there is a log is found out from
its configuration. A line comes for each link, and tells to the second.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from lparwiz.tools.command import Command
from lparwiz.tools.shell import on_node, quote

TAIL = 200
"""Lines of a log that are read each time: a line a second for each of two links, and room."""
DAY = 86400

_LINE = re.compile(
    r"(?:^|\s)([0-9]{2}):([0-9]{2}):([0-9]{2})\s.*"
    r"\bLLT \w+ V-14-1-[0-9]+ link ([0-9]{1,2}) \(\S*\) node ([0-9]{1,4}) "
    r"(in trouble|inactive ([0-9]{1,6}) sec|active)\b"
)
_LEVELS = ("debug", "info", "*")
"""Priorities that include LLT's messages."""


def read_configuration() -> Command:
    """Read what syslogd writes, and where."""
    return on_node("cat /etc/syslog.conf")


def logs(configuration: str) -> tuple[str, ...]:
    """The files that get the kernel's messages of LLT's level, INFO."""
    found: list[str] = []
    for line in configuration.splitlines():
        words = line.split("#", maxsplit=1)[0].split()
        if len(words) >= 2 and words[1].startswith("/") and _selects(words[0]):
            found.append(words[1])
    return tuple(dict.fromkeys(found))


def _selects(selector: str) -> bool:
    """Whether it has the kernel's messages; of what it says of them the last counts."""
    selected = False
    for each in selector.split(";"):
        facilities, _, priority = each.partition(".")
        if {"kern", "*"} & set(facilities.split(",")):
            selected = priority in _LEVELS
    return selected


def read(path: str) -> Command:
    """Read the end of a log.

    Raises:
        Refused: a path that can't be sent.
    """
    return on_node(f"tail -n {TAIL} {quote(path)}")


def after(text: str, mark: str) -> tuple[list[str], str]:
    """The lines that came since `mark`, the last line of an earlier reading, and the new mark.

    All where the mark is gone: the log was turned over, or more came than is read at a time.
    """
    lines = text.splitlines()
    if not lines:
        return [], mark
    new = lines[len(lines) - lines[::-1].index(mark) :] if mark in lines else lines
    return new, lines[-1]


@dataclass
class Silences:
    """Puts the lines about one peer together.

    Args:
        node: the peer's LLT id.
        links: how many links there are to it: a peer is silent when it is on all of them.
        trouble: seconds of silence after which LLT says `in trouble`: its peertrouble.
    """

    node: int
    links: int
    trouble: float
    _since: dict[int, int] = field(default_factory=dict)
    """By link: the second of the day in which it was in trouble."""
    _longest: dict[int, int] = field(default_factory=dict)
    """By link: the most seconds that it was said to be inactive."""
    _over: dict[int, float] = field(default_factory=dict)
    """By link: seconds of its longest silence since any link was silent."""

    def read(self, lines: Iterable[str]) -> list[float]:
        """The silences on all links that have ended, seconds, each at most two too long.

        What follows `(` after the seconds is no figure to rely on (facts, vcs.md 2.1).
        """
        ended: list[float] = []
        for line in lines:
            found = _LINE.search(line)
            if found is None or int(found[5]) != self.node:
                continue
            hours, minutes, seconds, link = (int(found[number]) for number in (1, 2, 3, 4))
            at = hours * 3600 + minutes * 60 + seconds
            if found[6] == "in trouble":
                self._since.setdefault(link, at)
            elif found[7]:
                self._longest[link] = max(self._longest.get(link, 0), int(found[7]))
            else:
                self._end(link, at)
                if not self._since and not self._longest:  # no link is silent any more
                    if len(self._over) >= self.links:
                        ended.append(min(self._over.values()))
                    self._over.clear()
        return ended

    def _end(self, link: int, at: int) -> None:
        since, said = self._since.pop(link, None), self._longest.pop(link, 0)
        told = said + 1.0 if said else 0.0
        if since is not None:
            told = max(told, (at - since) % DAY + self.trouble + 1)
        if told:
            self._over[link] = max(told, self._over.get(link, 0.0))
