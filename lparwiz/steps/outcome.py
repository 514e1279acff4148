"""Outcome: did it migrate? The two endings of the guide are opposites, so this is proven first.

The guide: "on success" restore on the source and remove the renamed one on the destination; "on
failure" drop the backup and rename back. Evidence picks the branch, the operator confirms it; to
choose against it takes the LPAR's name typed (rule 6). While anything is unknown no branch opens.

Reads:   the LPAR on both consoles, twice; AIX's own log of migrations on the moved node.
Asks:    whether what the evidence proves is so.
Changes: nothing.
"""

from lparwiz.change import Change, Part
from lparwiz.run.play import Play
from lparwiz.run.snapshot import Choice, Finding, Level, Question, QuestionKind, Table
from lparwiz.run.step import Conclusion, Skipped, Stopped
from lparwiz.steps import readings
from lparwiz.steps.cleanup import half_done_debt
from lparwiz.steps.evidence import Evidence, Proof, look
from lparwiz.steps.migrate import MIGRATION, OUTCOME_DEBT, POLL, definition_debt
from lparwiz.steps.profiles import NAME_DEBT, definition, deletion_debt

_CONCLUSION = {
    Proof.ON_TARGET: Conclusion.MIGRATED,
    Proof.ON_SOURCE: Conclusion.NOT_MIGRATED,
    Proof.HALF_DONE: Conclusion.NOT_MIGRATED,
}


async def play(play: Play, change: Change) -> None:
    """Look until two looks in a row agree, and have the operator confirm what they prove."""
    found = await _settled(play, change)
    _show(play, change, found)
    await _node_log(play, change)
    proven = _CONCLUSION.get(found.proof)
    if proven is None:
        play.conclude(Conclusion.UNKNOWN, found.proof)
        raise Stopped(
            "What became of the migration can't be proven, so no clean-up begins.",
            f"{found.proof}: {found.source}; {found.target}",
            "Look at both consoles, then try again. The ledger keeps what is owed.",
        )
    if not play.sent(MIGRATION):
        if found.proof is Proof.ON_SOURCE:
            why = f"no migration was ever sent; {found.source}"
            play.conclude(proven, why)
            play.settle(OUTCOME_DEBT, why)  # a kill between the debt and the intent leaves it
            raise Skipped("No migration was started.")
        await _foreign(play, change, found)
    reply = await play.ask(_question(change, proven))
    chosen = Conclusion(reply.choice)
    why = f"{found.proof}; confirmed by {reply.by}"
    if chosen is not proven:
        why = f"{reply.by} decided against the evidence, which says: {found.proof}"
    _owe(play, change, chosen, found)
    play.conclude(chosen, why)
    play.settle(OUTCOME_DEBT, f"{chosen.value}: {why}")
    play.result(f"{change.lpar.name} is {chosen.value}: {found.proof}.")


async def _foreign(play: Play, change: Change, found: Evidence) -> None:
    """A migration that we never sent: the operator decides whether its ending is ours to play."""
    if Part.PROFILES in change.route.parts and definition(play) is not None:
        play.incur(definition_debt(play, change))
    play.conclude(Conclusion.UNKNOWN, f"not sent by this run, and {found.proof}")
    reply = await play.ask(
        Question(
            id="outcome.foreign",
            kind=QuestionKind.CHOICE,
            text=f"This run never sent the migration, and yet {found.proof}. Is it yours to end?",
            choices=(
                Choice("no", "No, leave it", "what is owed stays in the ledger"),
                Choice("yes", "Yes, play its ending"),
            ),
            safe="no",
        )
    )
    if reply.choice != "yes":
        raise Stopped(
            "Somebody else migrated the LPAR.",
            f"{found.source}; {found.target}",
            "Agree with them who cleans up. The ledger keeps what this run owes.",
        )


def _owe(play: Play, change: Change, chosen: Conclusion, found: Evidence) -> None:
    """Bring the ledger up to what is owed now, before the debt of the open outcome is settled."""
    recorded = play.recall("placeholder")
    if chosen is Conclusion.MIGRATED and recorded is not None and play.owes(NAME_DEBT):
        play.incur(deletion_debt(change, recorded))
    if found.proof is Proof.HALF_DONE:
        play.incur(half_done_debt(change))


async def _settled(play: Play, change: Change) -> Evidence:
    """Two looks in a row, apart in time, that prove the same; waits while it is under way.

    A stale inventory, or a migration about to begin, outlives two looks at once.
    """
    until = play.clock.now() + change.limits.migration
    before = await look(play, change)
    while True:
        await play.safe_point()
        await play.clock.sleep(POLL)
        found = await look(play, change)
        settled = found.proof is before.proof and found.proof is not Proof.UNDER_WAY
        if settled or play.clock.now() > until:
            return found
        before = found


def _show(play: Play, change: Change, found: Evidence) -> None:
    play.table(
        Table(
            "Evidence, read twice",
            ("console", "shows"),
            (
                (change.source_console.label, found.source),
                (f"{change.target_console.label} ", found.target),
            ),
        )
    )
    level = Level.PASS if found.proof in _CONCLUSION else Level.UNKNOWN
    play.find(Finding("outcome.consoles", level, found.proof, evidence="; ".join(found.commands)))
    if found.same_uuid:
        play.find(
            Finding("outcome.uuid", Level.PASS, "the LPAR on the target bears the uuid it had")
        )


def _question(change: Change, proven: Conclusion) -> Question:
    labels = {
        Conclusion.MIGRATED: f"Migrated: it runs on {change.lpar.target}",
        Conclusion.NOT_MIGRATED: f"Not migrated: it runs on {change.lpar.source}",
    }
    choices = tuple(
        Choice(
            conclusion.value,
            labels[conclusion],
            "the evidence proves it" if conclusion is proven else "against the evidence",
            needs_word=conclusion is not proven,
        )
        for conclusion in sorted(labels, key=lambda each: each is not proven)
    )
    return Question(
        id="outcome.outcome",
        kind=QuestionKind.WORD,
        text=f"Both consoles were read twice. {labels[proven]}. Is that so?",
        choices=choices,
        safe=proven.value,
        word=change.lpar.name,
    )


async def _node_log(play: Play, change: Change) -> None:
    """Show what AIX itself logged last of a migration, where the moved node can be asked."""
    if change.migrating_node is None:
        return
    reading = await readings.migration_log(play, change.migrating_node)
    if reading.value:
        last = reading.value[0]  # errpt prints the newest first
        text = f"AIX logged {last.label} {last.date}".strip()
        play.find(
            Finding(
                "outcome.errpt",
                Level.NOTE,
                text,
                change.migrating_node.label,
                evidence=reading.command,
            )
        )
