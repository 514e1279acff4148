"""Check: what would stop or spoil the migration, learned before anything is changed.

The guide lists requirements and limitations; an HMC lists its own at validation, late. The checks
themselves are in `checks/`, each with what it reads, what follows, and what to do about it.

Reads:   LLT, GAB, VCS and AIX on each node and manager; both systems, the LPAR and its definition
         on the consoles.
Asks:    whether to go on; going on accepts the warnings, by their ids, and answers the questions
         that no command can. When the run is taken up again, only about what warns since.
Changes: nothing.
"""

from collections.abc import Iterable
from pathlib import Path
from time import localtime, strftime

from lparwiz.change import Change
from lparwiz.history import History
from lparwiz.run.folder import Folder
from lparwiz.run.play import Play
from lparwiz.run.snapshot import Finding, Level
from lparwiz.run.step import Stopped
from lparwiz.steps.asking import accepted, go_on, known
from lparwiz.steps.checks.gather import gather
from lparwiz.steps.checks.gathered import Gathered
from lparwiz.steps.checks.page import results
from lparwiz.steps.checks.registry import judge
from lparwiz.steps.connect import carriable
from lparwiz.steps.longest_freeze import longest_known
from lparwiz.steps.profiles import NAME_DEBT
from lparwiz.steps.ready import MATES
from lparwiz.steps.watching import Freezes

WANTS = "Its requirements and limitations are met before a migration."
"""What the vendor's guide asks."""
DOES = (
    "Runs all checks of `docs/checks.md` on fresh readings. A stop ends it here; warnings are "
    "accepted by name; what no command can tell is asked."
)
"""What lparwiz does."""

PAGE = "checks.md"
"""The page of the checks in the run's folder, to be attached to the change ticket."""
_CHANGED = {
    "peerinact": ("llt.peerinact", "llt.llttab", "llt.same"),
    NAME_DEBT: ("target.name", "target.free"),
}
"""What this run's own changes make of the checks, by the part of the debts' ids before a `/`. The
last reading before the migration sees that these changes still stand."""


async def play(play: Play, change: Change, freezes: Freezes) -> None:
    """Read everything, judge it, and stop or ask."""
    kept = play.folder.path if isinstance(play.folder, Folder) else None
    gathered = await gather(play, change, freeze=_longest(freezes.history, change), kept=kept)
    before = accepted(play, "check")
    if before is None:
        _remember(play, gathered)
    found = [each for each in judge(gathered) if not _by_this_run(play, each)]
    play.find(*found)
    if before is None:
        play.folder.keep(PAGE, page(change, found, play.clock.now()))
        if kept is not None:
            play.say(f"For the change ticket: {play.picture.heading.folder / PAGE}")
    stops = [f for f in found if f.level in (Level.STOP, Level.UNKNOWN)]
    if stops:
        raise Stopped(
            f"{len(stops)} {'check stops' if len(stops) == 1 else 'checks stop'} the migration.",
            "\n".join(_grouped(stops)),
            stops[0].remedy,
        )
    warned = [each for each in found if each.level is Level.WARNING]
    passed = sum(f.level is Level.PASS for f in found)
    play.result(f"{passed} checks pass, {len({each.id for each in warned})} warn.")
    new = (each.id for each in warned if known(each) not in (before or ()))
    warnings = tuple(dict.fromkeys(new))
    if before is not None and not warnings:  # taken up again, and as it was accepted then
        return
    text = "Go on, and accept these warnings?" if warnings else "Nothing stands in the way. Go on?"
    await play.ask(go_on("check", text, warnings=warnings))


def _by_this_run(play: Play, finding: Finding) -> bool:
    """Whether a check finds what this run itself has changed before it was taken up again."""
    owed = {debt.id.split("/")[0] for debt in play.picture.ledger.owed}
    return any(finding.id in ids and debt in owed for debt, ids in _CHANGED.items())


async def examine(play: Play, change: Change, history: History, kept: Path) -> tuple[Finding, ...]:
    """Read everything and judge it; nothing more.

    Args:
        play: what reads.
        change: what is wanted.
        history: what is known of freezes.
        kept: where a run would keep its backup.

    Raises:
        Stopped: a name of the change can't be sent to the HMC.
    """
    carriable(change)
    return tuple(judge(await gather(play, change, freeze=_longest(history, change), kept=kept)))


def _longest(history: History, change: Change) -> float | None:
    seen = longest_known(history, change, 0.0)
    return seen.seconds if seen is not None else None


def page(change: Change, findings: Iterable[Finding], now: float) -> str:
    """The page of the checks as Markdown. `now`: seconds since the epoch."""
    lpar = change.lpar
    head = [
        f"LPAR {lpar.name}, from {lpar.source} to {lpar.target}, route {change.route}",
        f"read {strftime('%Y-%m-%d %H:%M:%S %z', localtime(now))}",
    ]
    head += [f"ticket {change.ticket}"] if change.ticket else []
    return results(change.title, head, tuple(findings), change.decisions.accept)


def _remember(play: Play, gathered: Gathered) -> None:
    """What later steps compare with: the LPAR's uuid, GAB's members, each node's links and LPAR."""
    lpar = gathered.lpar(gathered.source)
    if lpar is not None:
        play.note("uuid", lpar.uuid)
    if gathered.nodes:
        members = {
            node.name: {port: each.members for port, each in node.membership.value.ports.items()}
            for node in gathered.nodes
            if node.membership.value is not None
        }
        links = {
            node.name: {peer.name: len(peer.links) for peer in node.peers.value}
            for node in gathered.nodes
            if node.peers.value is not None
        }
        play.note("gab", members)
        play.note("links", links)
        own = gathered.change.lpar.name
        play.note(MATES, [n.partition.value for n in gathered.nodes if n.partition.value != own])


def _grouped(stops: Iterable[Finding]) -> Iterable[str]:
    """A line a host and reason: one broken host answers many checks with the same words."""
    ids: dict[tuple[str, str], list[str]] = {}
    for each in stops:
        ids.setdefault((each.host, each.text), []).append(each.id)
    for (host, text), names in ids.items():
        yield f"{host}: {text} [{', '.join(names)}]" if host else f"{text} [{', '.join(names)}]"
