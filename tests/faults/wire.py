"""What left for the hosts, in what order, and what came of it: seen between engine and lab.

A witness of its own. The lab's record has what arrived; a command that hung or was lost on its way
is not in it, and yet it was sent.
"""

import re
from dataclasses import dataclass, field

from lparwiz.tools.command import Outcome

from . import faults

_ONCE = ("migrlpar -o m", "hagrp -migrate")
"""What begins a migration: never sent twice."""
_LOOKS = {
    "timer": (re.compile(r"lltconfig -T \w+:\d"), re.compile(r"lltconfig -T query")),
    "llttab": (re.compile(r"/etc/llttab"), re.compile(r"cat /etc/llttab")),
    "vcs": (re.compile(r"hagrp -migrate "), re.compile(r"lssyscfg -r lpar ")),
    "profile file": (re.compile(r"cp .*/profile/"), re.compile(r"cat /profile/")),
    "console": (re.compile(r"(?:migrlpar|mksyscfg|chsyscfg|rmsyscfg) "), re.compile(r"lssyscfg ")),
}
"""By what a command changes: the reading that tells what became of it. Any other: every one."""
_APART = {"timer", "llttab"}
"""What a node's LLT runs with and what it starts with: neither depends on the other."""
_DOES = frozenset(
    {"timer", "file", "lpar created", "lpar changed", "definition gone", "profile created",
     "profile changed", "profile removed", "profile saved", "vterm closed",
     "vcs migration started"}
)  # fmt: skip
"""The kinds of the lab's record that a command itself brings about."""


@dataclass(eq=False)
class Sent:
    """One command on its way."""

    life: int
    host: str
    """The host's label."""
    text: str
    changes: bool
    """Whether the engine says that it changes its host."""
    fault: str | None
    outcome: Outcome | None = None
    """None: it is under way, or whoever waited was killed."""

    @property
    def known(self) -> bool:
        """Whether an answer came that tells what it did, or what there is."""
        return self.outcome is Outcome.EXITED and self.fault not in faults.BLIND


@dataclass
class Wire:
    """Everything that was sent, in all lives of a run."""

    told: list[tuple[str, Sent]] = field(default_factory=list)
    """`sent` and `ended`, in the order in which they came."""

    def send(self, sent: Sent) -> Sent:
        """Note that it leaves."""
        self.told.append(("sent", sent))
        return sent

    def end(self, sent: Sent, outcome: Outcome) -> None:
        """Note what came of it."""
        sent.outcome = outcome
        self.told.append(("ended", sent))

    @property
    def sent(self) -> list[Sent]:
        """Every command that left."""
        return [each for what, each in self.told if what == "sent"]


def repeated(wire: Wire, record) -> list[str]:
    """The migration, sent twice with nobody's word for it."""
    left = sum(migrates(each.text) for each in wire.sent)
    came = sum(migrates(line) for line in record.commands())
    most = max(left, came)
    return [f"the migration was sent {most} times"] if most > 1 else []


def undeclared(wire: Wire, record) -> list[str]:
    """Commands that changed a host although the engine holds them for readings."""
    declared = {(each.host, each.text) for each in wire.sent if each.changes}
    wrong, now = [], {}
    for event in record.events:
        host = event.get("host")
        if event["kind"] == "command":
            now[host] = event["line"]
        # What the migration itself does at its end is no host's.
        elif host and event["kind"] in _DOES and (host, now.get(host)) not in declared:
            wrong.append(f"not said to change anything: {now.get(host)} on {host}")
    return wrong


def blind(wire: Wire, consoles: set[str]) -> list[str]:
    """Changes sent after one that they depend on, whose effect nobody has looked at since.

    An exit status is no look (rule 1: the state read back is), nor is an answer that tells nothing.
    Whatever changes a host depends on every earlier change of that host. The migration depends on
    every earlier change anywhere; and what follows it, on both consoles' word for it.
    """
    wrong: list[str] = []
    unknown: dict[Sent, set[str]] = {}
    looking: dict[Sent, frozenset[Sent]] = {}
    for what, sent in wire.told:
        if what == "sent" and sent.changes:
            wrong += [
                f"sent to {sent.host} after an unknown: {_cut(sent)}; not looked at: {_cut(each)}"
                for each in unknown
                if _depends(sent, each) and (each.outcome is not None or each.life < sent.life)
            ]
            unknown[sent] = set(consoles) if migrates(sent.text) else {sent.host}
        elif what == "sent":
            looking[sent] = frozenset(
                each for each in unknown if each.outcome is not None or each.life < sent.life
            )
        elif sent.outcome is Outcome.NOT_STARTED:
            unknown.pop(sent, None)
        elif sent.known and not sent.changes:
            for each in looking[sent]:
                if each in unknown and _tells(sent, each):
                    unknown[each].discard(sent.host)
                    if not unknown[each]:
                        del unknown[each]
    return wrong


def _depends(sent: Sent, earlier: Sent) -> bool:
    if migrates(sent.text) or migrates(earlier.text):
        return True
    return sent.host == earlier.host and {_subject(sent), _subject(earlier)} != _APART


def migrates(text: str) -> bool:
    """Whether it is a command that is never sent twice."""
    return any(each in text for each in _ONCE)


def _subject(sent: Sent) -> str:
    return next((name for name, (does, _) in _LOOKS.items() if does.search(sent.text)), "")


def _tells(reading: Sent, change: Sent) -> bool:
    """Whether a reading tells what became of a change."""
    subject = _subject(change)
    return not subject or bool(_LOOKS[subject][1].search(reading.text))


def _cut(sent: Sent) -> str:
    return sent.text if len(sent.text) < 100 else f"{sent.text[:100]} ..."
