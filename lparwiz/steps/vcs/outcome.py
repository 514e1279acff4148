"""Outcome, by VCS: did it migrate? Proven by both consoles, and by the group on every system.

Where VCS meets an error it stops at once: no rollback, an administrator is needed (facts, vcs.md
5). Then nothing is mended by guess: the page says exactly what exists where, and what is missing.

Reads:   the LPAR on both consoles and the group on every system, until nothing changes any more;
         where VCS stopped: profiles and virtual adapters on both, every ProfileFile.
Asks:    whether what the evidence proves is so.
Changes: nothing.
"""

from lparwiz.change import Change
from lparwiz.run.play import Play
from lparwiz.run.snapshot import Finding, Level, Table
from lparwiz.run.step import Conclusion, Stopped
from lparwiz.steps import outcome
from lparwiz.steps.evidence import POLL
from lparwiz.steps.migrate import MIGRATION, note_begun
from lparwiz.steps.payment_order import OUTCOME_DEBT
from lparwiz.steps.vcs.follow import following
from lparwiz.steps.vcs.intermediate import show_what_exists
from lparwiz.steps.vcs.look import SETTLED, Patience, Seen, Stands, see, words_of
from lparwiz.steps.vcs.migrate import outcome_debt
from lparwiz.steps.vcs.systems import wanted

WANTS = "Where VCS meets an error it stops at once, without a rollback; an administrator is needed."
"""What the vendor's guide asks."""
DOES = (
    "Reads both consoles and the group on every system until nothing changes any more. Where "
    "VCS stopped on its way, it says what exists where, and mends nothing by guess."
)
"""What lparwiz does."""

_CONCLUSION = {
    Stands.ARRIVED: Conclusion.MIGRATED,
    Stands.STAYED: Conclusion.NOT_MIGRATED,
}


async def play(play: Play, change: Change) -> None:
    """Look until nothing changes any more, and have the operator confirm what that proves."""
    if not play.sent(MIGRATION):
        await outcome.play(play, change)
        return
    async with following(play, change, "Looking where it stands"):
        seen = await _settled(play, change)
    _show(play, change, seen)
    proven = _CONCLUSION.get(seen.stands)
    if proven is None:
        play.conclude(Conclusion.UNKNOWN, seen.text)
        raise await _stopped(play, change, seen)
    reply = await outcome.confirmed(play, change, proven, seen.text)
    outcome.conclude(play, change, reply, proven, seen.stands)


async def _settled(play: Play, change: Change) -> Seen:
    """How it stays; in a dry run, where nothing was sent, how it is."""
    limits = change.limits
    quiet = 0.0 if play.rehearsal else limits.settle
    before = play.recall(SETTLED) or ""
    patience = Patience(quiet, limits.migration, play.clock.now(), before)
    while True:
        seen = await see(play, change)
        note_begun(play, seen.evidence)
        if patience.over(seen, play.clock.now()):
            play.note(SETTLED, seen.text)
            return seen
        await play.safe_point()
        await play.clock.sleep(POLL)


def _show(play: Play, change: Change, seen: Seen) -> None:
    outcome.show_evidence(play, change, seen.evidence)
    group = wanted(change).group
    if seen.groups is not None:
        rows = tuple((name, words_of(words)) for name, words in sorted(seen.groups.items()))
        play.table(Table(f"{group} in VCS", ("system", "state"), rows))
    level = Level.PASS if seen.stands in _CONCLUSION else Level.UNKNOWN
    play.find(Finding("outcome.group", level, seen.group_text, evidence="hastatus -sum"))


async def _stopped(play: Play, change: Change, seen: Seen) -> Stopped:
    if play.owes(OUTCOME_DEBT):
        label = next(d.host for d in play.picture.ledger.owed if d.id == OUTCOME_DEBT)
        host = next(host for host in change.managers if host.label == label)
        play.incur(outcome_debt(change, host, seen.text))
    if seen.stands is not Stands.BETWEEN:
        return Stopped(
            "What became of the migration can't be proven, so no clean-up begins.",
            seen.text,
            "Look at both consoles and at VCS, then try again. The ledger keeps what is owed.",
        )
    missing = await show_what_exists(play, change, seen)
    return Stopped(
        "VCS stopped in an intermediate state. An administrator is needed.",
        "\n".join((seen.text, *missing)),
        "Nothing is mended by guess. Bring it to an end with the guide, then try again.",
    )
