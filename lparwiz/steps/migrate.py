"""Migrate: let the HMC validate, then migrate after the LPAR's name was typed.

The guide: migrate the LPAR. The HMC's command ends when the migration does, there is no other way
to start it; a lost answer is not a failed migration, and it is never sent twice (rule 3).

Reads:   all that was made ready, once more; the LPAR on both consoles, lslparmigr while it runs.
Asks:    what becomes of what somebody else changed since; whether to validate; then the point of
         no return, with the LPAR's name typed.
Changes: where the LPAR runs.
Owes:    its outcome; and, with profiles, the definition on the source.
"""

from dataclasses import dataclass

from lparwiz.change import Change, Part
from lparwiz.history import Kind
from lparwiz.run.action import Action, Standing, Verdict, blocked
from lparwiz.run.ledger import Debt
from lparwiz.run.play import Play
from lparwiz.run.reading import said
from lparwiz.run.snapshot import Choice, Progress, Question, QuestionKind
from lparwiz.run.step import Stopped
from lparwiz.steps import readings
from lparwiz.steps.asking import BACK, proceed
from lparwiz.steps.evidence import POLL, Evidence, Proof, look
from lparwiz.steps.frozen import note_frozen
from lparwiz.steps.moved import again_if_moved, decide
from lparwiz.steps.payment_order import OUTCOME_DEBT, Turn
from lparwiz.steps.profiles import NAME_DEBT, forget_taken_over
from lparwiz.steps.ready import lpar_moved, readiness, relied_on, take_left
from lparwiz.steps.timers import debt_id
from lparwiz.steps.watching import Freezes, keep_cut_off, limits, watching
from lparwiz.tools import hmc
from lparwiz.tools.command import Answer, Outcome
from lparwiz.tools.errors import ToolError

WANTS = "Migrate the LPAR from the HMC."
"""What the vendor's guide asks."""
DOES = (
    "Has the HMC validate; reads once more all that was made ready; then migrates, after the "
    "LPAR's name was typed. A lost answer is no failure: it is never sent twice."
)
"""What lparwiz does."""

MIGRATION = "migrate.migrate"
"""The id of the one action that is never sent twice."""
DEFINITION_DEBT = "definition"
BEGUN = "migration begun"
_MEGABYTE = 1_000_000


async def play(play: Play, change: Change, freezes: Freezes) -> None:
    """Validate, ask for the last time, migrate."""
    if play.sent(MIGRATION):
        await watch_on(play, change, freezes)
        return
    await note_frozen(play, change)
    validation, migration = _validation(change), _migration(play, change)
    await as_it_was_left(play, change, migration)
    play.plan([validation, migration, _stop(change)])
    await play.ask(proceed("migrate", "Let the HMC validate the migration?", "Validate"))
    (validated,) = await play.do([validation])
    if not validated.proven:
        raise Stopped(
            "The HMC does not validate this migration.",
            validated.answer.text if validated.answer is not None else validated.text,
            "Mend what it names, then try again. Nothing was moved.",
        )
    await send(play, change, freezes, migration)


async def send(play: Play, change: Change, freezes: Freezes, migration: Action) -> None:
    """Ask for the last time, then migrate and watch for the freeze meanwhile."""
    await play.ask(_point_of_no_return(change))
    async with watching(play, change, freezes, Kind.MIGRATION, limits(play)) as watch:
        (done,) = await play.do([migration])
        watch.migrated = done.proven and play.sent(MIGRATION)
    if not play.sent(MIGRATION):
        again_if_moved([done])
    if not done.proven and not play.sent(MIGRATION):
        raise Stopped(
            "The migration was not started.",
            done.text,
            "Mend what it names, then try again. Nothing was moved.",
        )
    play.result(done.text)


async def watch_on(play: Play, change: Change, freezes: Freezes) -> None:
    """Watch for the freeze of a migration that was sent before, for as long as it is under way."""
    until = play.clock.now() + change.limits.migration
    keep_cut_off(play, freezes)
    if freezes.can_watch(play, change) and await _is_under_way(play, change):
        async with watching(play, change, freezes, Kind.MIGRATION, limits(play)):
            while play.clock.now() < until:
                await play.safe_point()
                await play.clock.sleep(POLL)
                if not await _is_under_way(play, change):
                    break
    play.result("The migration was started before; what became of it is read next.")


async def _is_under_way(play: Play, change: Change) -> bool:
    return (await look(play, change)).proof is Proof.UNDER_WAY


async def as_it_was_left(play: Play, change: Change, migration: Action) -> None:
    """Have the operator decide on whatever somebody else changed since it was made ready."""
    forget_taken_over(play)
    while True:
        relied = await decide(play, "migrate", relied_on(play, change), together=True)
        left = relied.left
        if relied.put:
            play.plan(relied.put)
            again_if_moved(await play.do(relied.put, together=True))
        else:
            left += (await decide(play, "migrate", [migration])).left
        if not left and not relied.put:
            return
        await take_left(play, change, left)


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
    """The last question before the LPAR leaves."""
    lpar = change.lpar
    return Question(
        id="migrate.migrate",
        kind=QuestionKind.WORD,
        text=f"This is the point of no return. Migrate {lpar.name} from {lpar.source} to "
        f"{lpar.target} now? Once its memory is over, only another migration brings it back.",
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
        subjects=("lpar", NAME_DEBT, *(debt_id(node) for node in change.nodes)),
        debts=_debts(play, change),
        beside=_Follow(play, change),
        patience=change.limits.migration,
        interval=POLL,
        once=True,
    )


def _debts(play: Play, change: Change) -> tuple[Debt, ...]:
    lpar = change.lpar
    outcome = Debt(
        OUTCOME_DEBT,
        change.source_console.label,
        f"A migration of {lpar.name} to {lpar.target} was started. Find out where it runs, on "
        f"both consoles, before anything else is cleaned up. Wait while its state begins with "
        f"Migrating, or the second command's migration_state is another than Not Migrating. "
        f"On {change.target_console.label}: "
        f"{hmc.list_partition(lpar.target, lpar.name).text}. If it hangs, Migrating for good: "
        f"stop it with {hmc.stop(lpar.source, lpar.name).text}, then recover it with "
        f"{hmc.recover(lpar.source, lpar.name).text}",
        "\n".join(
            each(lpar.source, lpar.name).text for each in (hmc.list_partition, hmc.migration_state)
        ),
        turn=Turn.OUTCOME,
    )
    if Part.PROFILES not in change.route.parts:
        return (outcome,)
    return (outcome, definition_debt(play, change))


def definition_debt(play: Play, change: Change) -> Debt:
    """What is owed from the moment that the LPAR may leave its source."""
    lpar = change.lpar
    return Debt(
        DEFINITION_DEBT,
        change.source_console.label,
        f"A migration deletes the definition of {lpar.name} on {lpar.source}. Only once it runs "
        f"on {lpar.target} and is gone from {lpar.source}, make it anew there.",
        (play.folder.kept("backup/recreate.sh") or "").strip(),
        turn=Turn.DEFINITION,
        after=OUTCOME_DEBT,
    )


def note_begun(play: Play, found: Evidence) -> None:
    """Note that the migration which was sent is seen to have begun: then it can't begin later."""
    begun = found.proof in (Proof.UNDER_WAY, Proof.HALF_DONE)
    if begun and play.sent(MIGRATION) and not play.recall(BEGUN):
        play.note(BEGUN, value=True)


def may_begin(play: Play) -> bool:
    """Whether the migration gave no answer and was never seen to begin: it may still."""
    return play.unanswered(MIGRATION) and not play.recall(BEGUN)


_STANDING = {
    Proof.ON_TARGET: Standing.HOLDS,
    Proof.ON_SOURCE: Standing.OPEN,
    Proof.UNDER_WAY: Standing.PENDING,
    Proof.HALF_DONE: Standing.BLOCKED,
    Proof.UNCLEAR: Standing.UNKNOWN,
    Proof.UNKNOWN: Standing.UNKNOWN,
}


@dataclass(frozen=True)
class _Check:
    """Whether the LPAR has arrived; and, before it leaves, whether all is still ready for it."""

    play: Play
    change: Change

    async def __call__(self) -> Verdict:
        found = await look(self.play, self.change)
        note_begun(self.play, found)
        if not self.play.sent(MIGRATION):
            against = await self._against(found)
            if against is not None:
                return against
        return Verdict(_STANDING[found.proof], found.text)

    async def _against(self, found: Evidence) -> Verdict | None:
        """What stands against sending it; None: nothing."""
        if found.proof is Proof.UNCLEAR:
            moved = await lpar_moved(self.play, self.change)
            return blocked(*moved) if moved else None
        if found.proof is not Proof.ON_SOURCE:
            return None
        ready = await readiness(self.play, self.change)
        texts = (*ready.against, *(each.text for each in ready.moved))
        return Verdict(Standing.BLOCKED, "; ".join(texts), ready.moved) if texts else None


def _stop(change: Change) -> Action:
    console, lpar = change.source_console, change.lpar
    return Action(
        id="migrate.stop",
        host=console.id,
        label=console.label,
        title="only if you take the way back meanwhile: stop it, as far as the HMC allows",
        command=hmc.stop(lpar.source, lpar.name, limit=change.limits.migration),
        judge=lambda answer: Verdict(
            Standing.HOLDS if answer.succeeded else Standing.UNKNOWN, said(answer)
        ),
        on_abort=True,
    )


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
                self.play.answerer.abort_taken()
                await self.play.do_now(_stop(self.change))
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
