"""Outcome: did it migrate? The two endings of the guide are opposites, so this is proven first.

The guide: "on success" restore on the source and remove the renamed one on the destination; "on
failure" drop the backup and rename back. Evidence picks the branch, the operator confirms it; to
choose against it takes another word than the point of no return (rule 6). While anything is
unknown no branch opens.

Reads:   the LPAR on both consoles, twice; AIX's own log of migrations on the moved node.
Asks:    whether what the evidence proves is so; what becomes of an LPAR that somebody else renamed
         or stopped.
Changes: nothing.
"""

from dataclasses import replace

from lparwiz.change import Change, Part
from lparwiz.run.answers import Reply
from lparwiz.run.play import Play
from lparwiz.run.snapshot import Choice, Finding, Level, Question, QuestionKind, Table
from lparwiz.run.step import Conclusion, Skipped, Stopped
from lparwiz.steps import override, readings
from lparwiz.steps.cleanup import half_done_debt
from lparwiz.steps.evidence import CONCLUSION, POLL, Evidence, Proof, look
from lparwiz.steps.migrate import (
    MIGRATION,
    definition_debt,
    may_begin,
    note_begun,
)
from lparwiz.steps.moved import LEAVE, ask, show
from lparwiz.steps.payment_order import OUTCOME_DEBT
from lparwiz.steps.placeholder import interim_name
from lparwiz.steps.profiles import NAME_DEBT, definition, deletion_debt, rename
from lparwiz.steps.ready import lpar_moved

WANTS = 'Go on as it ended: "on success" or "on failure". The two are opposites.'
"""What the vendor's guide asks."""
DOES = (
    "Reads both consoles twice until they agree, and the moved node's own log. The evidence "
    "picks the branch, you confirm it. While anything is unknown no branch opens."
)
"""What lparwiz does."""


async def play(play: Play, change: Change) -> None:
    """Look until two looks in a row agree, and have the operator confirm what they prove."""
    found = await _settled(play, change)
    show_evidence(play, change, found)
    await _node_log(play, change)
    proven = CONCLUSION.get(found.proof)
    if proven is None:
        play.conclude(Conclusion.UNKNOWN, found.proof)
        await _renamed_or_stopped(play, change, found)
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
    reply = await confirmed(play, change, proven, f"{found.proof}: {found.source}; {found.target}")
    _owe(play, change, Conclusion(reply.choice), found)
    conclude(play, change, reply, proven, found.proof)


def conclude(play: Play, change: Change, reply: Reply, proven: Conclusion, evidence: str) -> None:
    """Write down what the operator confirmed, or decided against both consoles.

    Args:
        play: the run.
        change: what is wanted.
        reply: the operator's answer: what became of the migration.
        proven: what the evidence proves.
        evidence: what it shows, in a line.
    """
    chosen = Conclusion(reply.choice)
    why = f"{evidence}; confirmed by {reply.by}"
    if chosen is not proven:
        why = f"{reply.by} decided against the evidence, which says: {evidence}"
    override.note(play, overridden=chosen is not proven)
    play.conclude(chosen, why)
    play.settle(OUTCOME_DEBT, f"{chosen.value}: {why}")
    if chosen is proven or play.rehearsal:
        play.result(f"{change.lpar.name} is {chosen.value}: {why.partition(';')[0]}.")
        return
    who = "the operator's word" if reply.by == "the operator" else f"the word of {reply.by}"
    play.result(f"{change.lpar.name} is {chosen.value} by {who}, against both consoles.")


async def confirmed(play: Play, change: Change, proven: Conclusion, shown: str) -> Reply:
    """Have the operator confirm what was proven; `shown` is the evidence, in a line.

    Raises:
        Stopped: the LPAR stayed, the migration may still begin, and nobody says that it won't.
    """
    doubtful = proven is Conclusion.NOT_MIGRATED and may_begin(play)
    if doubtful:
        play.conclude(Conclusion.UNKNOWN, f"it gave no answer and may still begin; {shown}")
    reply = await play.ask(question(change, proven, doubtful=doubtful))
    if reply.choice == Conclusion.UNKNOWN:
        raise Stopped(
            "The migration was sent and gave no answer: it may still begin.",
            shown,
            "Have somebody see there that none is left to begin, then try again and say so. Until "
            "then all that was changed stays so, and stays owed.",
        )
    return reply


async def _renamed_or_stopped(play: Play, change: Change, found: Evidence) -> None:
    """Where this run never sent a migration, the LPAR's own uuid tells where it is.

    Raises:
        Skipped: it is left as found, renamed or stopped, and was not migrated.
    """
    if play.sent(MIGRATION) or found.proof is not Proof.UNCLEAR:
        return
    for moved in await lpar_moved(play, change):
        theirs = replace(moved, leave="it stays so, and this run ends as not migrated")
        show(play, (theirs,))
        if await ask(play, "outcome", theirs) == LEAVE:
            why = f"no migration was ever sent; left as found: {moved.found}"
            play.conclude(Conclusion.NOT_MIGRATED, why)
            play.settle(OUTCOME_DEBT, why)
            raise Skipped("No migration was started, and the LPAR is left as found.")


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
    again = chosen is Conclusion.NOT_MIGRATED and play.recall(override.OVERRIDDEN)
    if again and recorded is not None and play.owes(NAME_DEBT):
        # By the word that was taken back it was to be deleted.
        play.incur(*rename(play, change, recorded, to=interim_name(change.lpar.name)).debts)
    if found.proof is Proof.HALF_DONE:
        play.incur(half_done_debt(change))


async def _settled(play: Play, change: Change) -> Evidence:
    """Two looks in a row, apart in time, that prove the same; waits while it is under way.

    A stale inventory, or a migration about to begin, outlives two looks at once.
    """
    until = play.clock.now() + change.limits.migration
    before = await look(play, change)
    note_begun(play, before)
    while True:
        await play.safe_point()
        await play.clock.sleep(POLL)
        found = await look(play, change)
        note_begun(play, found)
        settled = found.proof is before.proof and found.proof is not Proof.UNDER_WAY
        if settled or play.clock.now() > until:
            return found
        before = found


def show_evidence(play: Play, change: Change, found: Evidence) -> None:
    """Put what both consoles showed last onto the page."""
    play.table(
        Table(
            "Evidence, read twice",
            ("console", "shows"),
            (
                (change.source_console.label, found.source),
                (change.target_console.label, found.target),
            ),
        )
    )
    level = Level.PASS if found.proof in CONCLUSION else Level.UNKNOWN
    play.find(Finding("outcome.consoles", level, found.proof, evidence="; ".join(found.commands)))
    if found.same_uuid:
        play.find(
            Finding("outcome.uuid", Level.PASS, "the LPAR on the target bears the uuid it had")
        )


def question(change: Change, proven: Conclusion, *, doubtful: bool = False) -> Question:
    """Whether what was proven is so; to say otherwise takes the name of the system that it is on.

    That word is another than the LPAR's name, which was typed a page before: fingers that repeat
    what they did there must not decide against both consoles.

    Args:
        change: what is wanted.
        proven: what the evidence proves.
        doubtful: whether the migration may still begin: then what is proven takes the LPAR's
            name, and whoever answers unattended leaves it unknown.
    """
    labels = {
        Conclusion.MIGRATED: f"Migrated: it runs on {change.lpar.target}",
        Conclusion.NOT_MIGRATED: f"Not migrated: it runs on {change.lpar.source}",
    }
    choices = tuple(
        Choice(
            conclusion.value,
            labels[conclusion],
            "the evidence proves it"
            if conclusion is proven
            else override.consequence(change, conclusion),
            needs_word=doubtful or conclusion is not proven,
            word="" if conclusion is proven else override.word(change, conclusion),
        )
        for conclusion in sorted(labels, key=lambda each: each is not proven)
    )
    if doubtful:
        return _doubtful(change, labels[proven], choices)
    return Question(
        id="outcome.outcome",
        kind=QuestionKind.WORD,
        text=f"Both consoles were read twice. {labels[proven]}. Is that so?",
        choices=choices,
        safe=proven.value,
        word=change.lpar.name,
    )


def _doubtful(change: Change, proven: str, choices: tuple[Choice, ...]) -> Question:
    """The same where no console can tell: a command that waits on the HMC is on none of them."""
    unknown = Choice(
        Conclusion.UNKNOWN.value, "It can't be told yet", "all stays as it is, and stays owed"
    )
    looked = replace(choices[0], hint="nothing is under way or left to begin, I have looked")
    return Question(
        id="outcome.outcome",
        kind=QuestionKind.WORD,
        text=f"The migration was sent and gave no answer, so it may still begin. {proven}, as both "
        "consoles showed twice. Is nothing under way or left to begin?",
        choices=(unknown, looked, *choices[1:]),
        safe=unknown.id,
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
