"""An outcome that was decided against both consoles: what it takes, and the way back from it."""

from lparwiz.change import Change, Part
from lparwiz.run.play import Play
from lparwiz.run.snapshot import Choice, Question, QuestionKind
from lparwiz.run.step import Conclusion, Reopened
from lparwiz.steps.asking import LATER
from lparwiz.steps.evidence import Proof, look

AGAINST = "against"
"""The fact whether the outcome was decided against the evidence."""

SAYS = {
    Proof.ON_TARGET: Conclusion.MIGRATED,
    Proof.ON_SOURCE: Conclusion.NOT_MIGRATED,
    Proof.HALF_DONE: Conclusion.NOT_MIGRATED,
}
"""What the consoles prove, for each proof that opens an ending."""


def word(change: Change, chosen: Conclusion) -> str:
    """What is typed to decide so: the system that the LPAR is said to run on."""
    lpar = change.lpar
    system = lpar.target if chosen is Conclusion.MIGRATED else lpar.source
    return system if system != lpar.name else chosen.value


def consequence(change: Change, chosen: Conclusion) -> str:
    """What follows from deciding so, in a line."""
    lpar = change.lpar
    if Part.PROFILES not in change.route.parts:
        return "against both consoles: the run ends as if that were so"
    if chosen is Conclusion.MIGRATED:
        return (
            f"against both consoles: Clean up would make {lpar.name} anew on {lpar.source} and "
            f"delete the placeholder on {lpar.target}"
        )
    return (
        f"against both consoles: Clean up would make nothing anew on {lpar.source} and keep the "
        f"placeholder on {lpar.target}"
    )


def note(play: Play, *, against: bool) -> None:
    """Write down whether the outcome was decided against the evidence."""
    if against or play.recall(AGAINST):
        play.note(AGAINST, against and not play.rehearsal)


async def still_so(play: Play, change: Change) -> None:
    """See that no console contradicts an operator's word before anything is cleaned up by it.

    Raises:
        Reopened: they do, and the outcome is to be asked again.
        WayBack: they do, and it is left owed.
    """
    if not play.recall(AGAINST):
        return
    found = await look(play, change)
    proven = SAYS.get(found.proof)
    if proven is None or proven is play.conclusion or play.conclusion is None:
        return
    lpar = change.lpar.name
    await play.ask(
        Question(
            id="cleanup.against",
            kind=QuestionKind.CHOICE,
            text=f"You said that {lpar} is {play.conclusion.value}, and both consoles still show "
            f"otherwise: {found.proof}. Nothing is cleaned up against them. Back to Outcome?",
            choices=(
                Choice("outcome", "Back to Outcome", "reads both consoles and asks you again"),
                LATER,
            ),
            safe="outcome",
        )
    )
    play.journal.write("reopened", id="outcome")
    play.conclude(Conclusion.UNKNOWN, f"the operator's word is taken back: {found.proof}")
    raise Reopened("outcome")
