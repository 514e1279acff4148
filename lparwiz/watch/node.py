"""The live picture of a node: LLT links, peerinact running and in the file, GAB, VCS."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from lparwiz.run.snapshot import Field, Level, Pane, Table
from lparwiz.tools import gab, llt, vcs
from lparwiz.tools.command import Answer
from lparwiz.tools.errors import Unreadable
from lparwiz.watch.host import SILENT

COMMANDS = (
    llt.query_peers(),
    llt.query_timers(),
    llt.read_llttab(),
    gab.query(),
    vcs.summary(),
)
"""What a node is asked for everything that its pane shows."""


@dataclass(frozen=True)
class NodeAnswers:
    """A node's answers to `COMMANDS`, in their order."""

    peers: Answer
    timers: Answer
    llttab: Answer
    membership: Answer
    summary: Answer


def draw(told: Sequence[Answer], before: Pane, at: float) -> Pane:
    """The pane after a round of answers; an old one stays, and ages, while the node is silent.

    Args:
        told: the answers to `COMMANDS`, in their order.
        before: the pane until then.
        at: engine clock, seconds.
    """
    answers = NodeAnswers(*told)
    if not answers.peers.succeeded and not answers.timers.succeeded:
        why = answers.peers.reason or answers.peers.text or answers.peers.outcome.value
        fields = before.fields or (Field("LLT", why.splitlines()[0], Level.UNKNOWN),)
        return replace(before, fields=fields, state=SILENT, level=Level.UNKNOWN)
    fields = (
        _links(answers.peers),
        _peerinact(answers.timers, answers.llttab),
        _ports(answers.membership),
        _vcs(answers.summary),
    )
    level = worst(fields)
    state = "OK" if level is Level.PASS else "LOOK"
    details = tuple(table for table in _details(answers) if table.rows)
    return replace(before, fields=fields, state=state, level=level, read_at=at, details=details)


def _details(answers: NodeAnswers) -> Iterable[Table]:
    """Each link, each timer, each group, as far as it can be read; what can't be is a field."""
    with suppress(Unreadable):
        peers = llt.parse_peers(answers.peers.stdout)
        rows = tuple((peer.name or str(peer.id), peer.state, _each_link(peer)) for peer in peers)
        yield Table("LLT, as this node sees its peers", ("peer", "state", "links"), rows)
    timers = llt.parse_timers(answers.timers.stdout)
    named = tuple((name, str(value)) for name, value in timers.items())
    yield Table("LLT timers, in centiseconds", ("timer", "value"), named)
    with suppress(Unreadable):
        summary = vcs.parse_summary(answers.summary.text)
        if isinstance(summary, vcs.Summary):
            systems = tuple(
                (each.name, each.state, "frozen" if each.frozen else "") for each in summary.systems
            )
            yield Table("VCS systems", ("system", "state", ""), systems)
            groups = tuple((each.system, each.group, _group(each)) for each in summary.groups)
            yield Table("Service groups", ("system", "group", "state"), groups)


def _each_link(peer: llt.Peer) -> str:
    return " ".join(f"{link.tag} {link.status}" for link in peer.links) or "none"


def _group(group: vcs.GroupState) -> str:
    words = ["|".join(sorted(group.state))]
    words += [] if group.probed else ["not probed"]
    words += ["autodisabled"] if group.autodisabled else []
    return ", ".join(words)


def worst(fields: tuple[Field, ...]) -> Level:
    """The level of a pane: that of its worst field."""
    order = (Level.STOP, Level.UNKNOWN, Level.WARNING)
    return next((level for level in order if any(f.level is level for f in fields)), Level.PASS)


def _links(answer: Answer) -> Field:
    try:
        peers = llt.parse_peers(answer.stdout)
    except Unreadable:
        return Field("LLT", "?", Level.UNKNOWN)
    sick = [peer.name or str(peer.id) for peer in peers if not peer.healthy]
    if sick:
        return Field("LLT", f"not OPEN or links down: {' '.join(sick)}", Level.STOP)
    links = min((len(peer.links) for peer in peers), default=0)
    return Field("LLT", f"{len(peers)} OPEN {links}/{links} UP")


def _peerinact(timers: Answer, llttab: Answer) -> Field:
    running = llt.peerinact(llt.parse_timers(timers.stdout))
    in_file = llt.llttab_peerinact(llttab.stdout) if llttab.succeeded else None
    shown = "none" if in_file is None else str(in_file)
    if running is None:
        return Field("peerinact", "?", Level.UNKNOWN)
    return Field("peerinact", f"{running} file {shown if llttab.succeeded else '?'}")


def _ports(answer: Answer) -> Field:
    try:
        membership = gab.parse_membership(answer.stdout)
    except Unreadable:
        return Field("GAB", "?", Level.UNKNOWN)
    ports = " ".join(f"{letter}:{port.members}" for letter, port in membership.ports.items())
    if membership.jeopardy or membership.visible:
        return Field("GAB", f"{ports} jeopardy" if membership.jeopardy else ports, Level.STOP)
    return Field("GAB", ports or "down", Level.PASS if ports else Level.STOP)


def _vcs(answer: Answer) -> Field:
    try:
        summary = vcs.parse_summary(answer.text)
    except Unreadable:
        return Field("VCS", "?", Level.UNKNOWN)
    if isinstance(summary, vcs.EngineDown):
        return Field("VCS", "engine down", Level.STOP)
    down = [
        f"{system.name} {system.state}" for system in summary.systems if system.state != "RUNNING"
    ]
    if down:
        return Field("VCS", " ".join(down), Level.STOP)
    return Field("VCS", f"{len(summary.systems)} RUNNING")
