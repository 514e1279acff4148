"""Migrate: let the HMC validate, then migrate after the LPAR's name was typed.

The guide: migrate the LPAR. The HMC's command ends when the migration does, there is no other way
to start it; a lost answer is not a failed migration, and it is never sent twice (rule 3).

Reads:   the LPAR on both consoles, lslparmigr while it runs.
Asks:    whether to validate; then the point of no return, with the LPAR's name typed.
Changes: where the LPAR runs.
Owes:    its outcome; and, with profiles, the definition on the source.
"""

from dataclasses import dataclass

from lparwiz.change import Change, Part
from lparwiz.run.action import Action, Standing, Verdict
from lparwiz.run.ledger import Debt
from lparwiz.run.play import Play, said
from lparwiz.run.snapshot import Choice, Progress, Question, QuestionKind
from lparwiz.run.step import Conclusion, Stopped
from lparwiz.steps import readings
from lparwiz.steps.asking import BACK, proceed
from lparwiz.steps.evidence import Evidence, Proof, look
from lparwiz.tools import hmc
from lparwiz.tools.command import Answer, Outcome
from lparwiz.tools.errors import ToolError

MIGRATION = "migrate.migrate"
"""The id of the one action that is never sent twice."""
OUTCOME_DEBT = "migration"
DEFINITION_DEBT = "definition"
POLL = 20.0
"""Seconds between two looks at a console: three a minute at most (facts, hmc.md 3)."""
_MEGABYTE = 1_000_000


async def play(play: Play, change: Change) -> None:
    """Validate, ask for the last time, migrate."""
    await _take_down_uuid(play, change)
    validation = _validation(change)
    play.plan([validation, _migration(play, change)])
    if play.sent(MIGRATION):
        play.result("The migration was started before; what became of it is read next.")
        return
    await play.ask(proceed("migrate", "Let the HMC validate the migration?", "Validate"))
    (validated,) = await play.do([validation])
    if not validated.proven:
        raise Stopped(
            "The HMC does not validate this migration.",
            validated.answer.text if validated.answer is not None else validated.text,
            "Mend what it names, then try again. Nothing was moved.",
        )
    await play.ask(_point_of_no_return(change))
    play.conclude(Conclusion.UNKNOWN, "the migration is about to be started")
    (done,) = await play.do([_migration(play, change)])
    play.result(done.text or "The migration would be started here.")


async def _take_down_uuid(play: Play, change: Change) -> None:
    """Note what the LPAR is recognised by on the other side, once in a run."""
    if play.recall("uuid taken down"):
        return
    lpar = change.lpar
    reading = await readings.partition(play, change.source_console, lpar.source, lpar.name)
    if not reading.value:
        raise Stopped(
            f"{lpar.name} can't be read on {lpar.source}.",
            reading.problem or "it is not there",
            "Nothing was moved. Look at the console, then try again.",
        )
    if reading.value[0].uuid is not None:
        play.note("uuid", reading.value[0].uuid)
    play.note("uuid taken down", value=True)


def _target_console(change: Change) -> hmc.TargetConsole | None:
    target = change.target_console
    if target == change.source_console:
        return None
    return hmc.TargetConsole(target.address, target.user)


def _validation(change: Change) -> Action:
    lpar = change.lpar
    return Action(
        id="migrate.validate",
        host=change.source_console.id,
        label=change.source_console.label,
        title="validate; changes nothing",
        command=hmc.validate(
            lpar.source,
            lpar.target,
            lpar.name,
            console=_target_console(change),
            limit=change.limits.migration,
        ),
        judge=_judge_validation,
    )


def _judge_validation(answer: Answer) -> Verdict:
    if answer.outcome is not Outcome.EXITED:
        return Verdict(Standing.UNKNOWN, said(answer))
    if answer.succeeded:
        return Verdict(Standing.HOLDS, answer.text or "the HMC has no objection")
    return Verdict(Standing.OPEN, "")


def _point_of_no_return(change: Change) -> Question:
    lpar = change.lpar
    return Question(
        id="migrate.migrate",
        kind=QuestionKind.WORD,
        text=f"Migrate {lpar.name} from {lpar.source} to {lpar.target} now? Once its memory is "
        f"over there is no way back but another migration.",
        choices=(BACK, Choice("go", "Migrate", needs_word=True)),
        safe="back",
        word=lpar.name,
    )


def _migration(play: Play, change: Change) -> Action:
    lpar, console = change.lpar, change.source_console
    return Action(
        id=MIGRATION,
        host=console.id,
        label=console.label,
        title=f"migrate {lpar.name} from {lpar.source} to {lpar.target}",
        command=hmc.migrate(
            lpar.source,
            lpar.target,
            lpar.name,
            console=_target_console(change),
            limit=change.limits.migration,
        ),
        check=_Check(play, change),
        subjects=("lpar",),
        debts=_debts(play, change),
        beside=_Follow(play, change),
        patience=change.limits.migration,
        interval=POLL,
        once=True,
    )


def _debts(play: Play, change: Change) -> tuple[Debt, ...]:
    lpar, console = change.lpar, change.source_console
    ask_source = hmc.list_partition(lpar.source, lpar.name).text
    ask_target = hmc.list_partition(lpar.target, lpar.name).text
    outcome = Debt(
        OUTCOME_DEBT,
        console.label,
        f"A migration of {lpar.name} to {lpar.target} was started. Find out where it runs, on "
        f"both consoles, before anything else is cleaned up. On {change.target_console.label}: "
        f"{ask_target}",
        ask_source,
    )
    if Part.PROFILES not in change.route.parts:
        return (outcome,)
    commands = play.folder.kept("backup/recreate.sh") or ""
    definition = Debt(
        DEFINITION_DEBT,
        console.label,
        f"A migration deletes the definition of {lpar.name} on {lpar.source}. Only once it runs "
        f"on {lpar.target} and is gone from {lpar.source}, make it anew there.",
        commands.strip(),
    )
    return (outcome, definition)


_STANDING = {
    Proof.ON_TARGET: Standing.HOLDS,
    Proof.ON_SOURCE: Standing.OPEN,
    Proof.UNDER_WAY: Standing.PENDING,
    Proof.HALF_DONE: Standing.BLOCKED,
    Proof.UNCLEAR: Standing.UNKNOWN,
    Proof.UNKNOWN: Standing.UNKNOWN,
}


def line(found: Evidence) -> str:
    """Both consoles in a line."""
    return f"{found.proof} ({found.source}; {found.target})"


@dataclass(frozen=True)
class _Check:
    """Whether the LPAR has arrived."""

    play: Play
    change: Change

    async def __call__(self) -> Verdict:
        found = await look(self.play, self.change)
        return Verdict(_STANDING[found.proof], line(found))


@dataclass(frozen=True)
class _Follow:
    """Shows how far the migration is while its command runs, and stops it where asked to."""

    play: Play
    change: Change

    async def __call__(self) -> None:
        started = self.play.clock.now()
        while True:
            await self._show(self.play.clock.now() - started)
            if self.play.answerer.aborting:
                await self._stop()
            await self.play.clock.sleep(POLL)

    async def _show(self, elapsed: float) -> None:
        limit = self.change.limits.migration
        lpar = self.change.lpar
        reading = await readings.migration(
            self.play, self.change.source_console, lpar.source, lpar.name
        )
        try:
            found = hmc.migration(reading.value[0]) if reading.value else None
        except ToolError:
            found = None
        if found is None:
            self.play.progress(Progress("the HMC tells no phase", elapsed, limit))
            return
        sent, left = found.transmitted, found.remaining
        known = sent is not None and left is not None
        self.play.progress(
            Progress(
                phase=found.state,
                elapsed=elapsed,
                limit=limit,
                done=(sent or 0) // _MEGABYTE if known else None,
                total=((sent or 0) + (left or 0)) // _MEGABYTE if known else None,
            )
        )

    async def _stop(self) -> None:
        self.play.answerer.abort_taken()
        console, lpar = self.change.source_console, self.change.lpar
        stop = Action(
            id="migrate.stop",
            host=console.id,
            label=console.label,
            title="stop the migration, as far as the HMC allows",
            command=hmc.stop(lpar.source, lpar.name, limit=self.change.limits.migration),
            judge=lambda answer: Verdict(
                Standing.HOLDS if answer.succeeded else Standing.UNKNOWN, said(answer)
            ),
        )
        await self.play.do([stop])
