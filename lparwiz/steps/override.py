"""The override: an outcome decided against both consoles (rule 6), and the way back from it."""

from lparwiz.change import Change, Part
from lparwiz.run.play import Play
from lparwiz.run.snapshot import Choice, Question, QuestionKind
from lparwiz.run.step import Conclusion, Reopened
from lparwiz.steps.asking import LATER
from lparwiz.steps.evidence import CONCLUSION, look

OVERRIDDEN = "against"
"""The fact whether the outcome was decided against the evidence."""


def word(change: Change, chosen: Conclusion) -> str:
    """The word that is typed to override: the system that the LPAR is said to run on."""
    lpar = change.lpar
    system = lpar.target if chosen is Conclusion.MIGRATED else lpar.source
    return system if system != lpar.name else chosen.value


def consequence(change: Change, chosen: Conclusion) -> str:
    """What follows from this override, in a line."""
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


def note(play: Play, *, overridden: bool) -> None:
    """Write down whether the outcome was decided against the evidence."""
    if overridden or play.recall(OVERRIDDEN):
        play.note(OVERRIDDEN, overridden and not play.rehearsal)


async def look_again(play: Play, change: Change) -> None:
    """Before a clean-up by an override: see whether both consoles still show otherwise.

    Raises:
        Reopened: they do, and the outcome is to be asked again.
        WayBack: they do, and it is left owed.
    """
    if not play.recall(OVERRIDDEN):
        return
    found = await look(play, change)
    proven = CONCLUSION.get(found.proof)
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
