"""Clean up: one of two opposite endings, by the proven outcome.

The guide, on success: restore the definition on the source and remove the renamed one on the
destination. On failure: drop the backup and rename back. A half-done migration is recovered before
anything is renamed, or the name clash comes back inside the recovery (facts, hmc.md 8.16).

Reads:   both systems; the definition after it was made anew, attribute by attribute.
Asks:    whether to run the commands shown.
Changes: success: the LPAR and its profiles on the source, the placeholder on the target;
         failure: what a half-done migration left, the placeholder's name.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from lparwiz.change import Change, Part
from lparwiz.run.action import Action, Done, Standing, Verdict
from lparwiz.run.ledger import Debt
from lparwiz.run.play import Play
from lparwiz.run.snapshot import PlanState
from lparwiz.run.step import Conclusion, Skipped, Stopped
from lparwiz.steps import readings
from lparwiz.steps.asking import put_right
from lparwiz.steps.checks.definition import hazards
from lparwiz.steps.evidence import Proof, look
from lparwiz.steps.migrate import DEFINITION_DEBT, POLL, line
from lparwiz.steps.placeholder import find, interim_name, same
from lparwiz.steps.profiles import NAME_DEBT, definition, rename
from lparwiz.tools import hmc

HALF_DONE_DEBT = "half-done"


async def play(play: Play, change: Change) -> None:
    """Play the ending that the outcome opened; none while it is unknown (rule 4)."""
    match play.conclusion:
        case Conclusion.MIGRATED:
            actions = _after_success(play, change)
            text = (
                f"Make {change.lpar.name} anew on {change.lpar.source}, then delete the "
                f"placeholder on {change.lpar.target}?"
            )
        case Conclusion.NOT_MIGRATED:
            actions = _after_failure(play, change)
            text = "Put back what was changed on the consoles?"
        case _:
            raise Skipped("The outcome is not proven: neither ending is opened.")
    if not actions:
        await _settle_definition(play, change)
        raise Skipped("Nothing is to be cleaned up on the consoles.")
    play.plan(actions)
    await play.ask(put_right("cleanup", text, "Clean up"))
    done = await play.do(actions)
    if play.conclusion is Conclusion.NOT_MIGRATED:
        await _settle_definition(play, change)
    unproven = [each for each in done if not each.proven]
    if unproven or len(done) < len(actions):
        raise Stopped(
            "The clean-up is not finished.",
            "\n".join(f"{d.action.label}: {d.action.title}: {d.text}" for d in unproven),
            "What is left stands in the ledger, with the commands.",
        )
    play.result(_result(play, change, done))


def _result(play: Play, change: Change, done: tuple[Done, ...]) -> str:
    if any(each.state is PlanState.PLANNED for each in done):
        return "These commands would run."
    if play.conclusion is Conclusion.MIGRATED:
        return f"{change.lpar.source} can start {change.lpar.name} again; the placeholder is gone."
    return "The consoles are as they were. The backup stays in the run's folder."


# Failure


def _after_failure(play: Play, change: Change) -> list[Action]:
    actions = []
    if play.owes(HALF_DONE_DEBT):
        actions.append(_recovery(play, change))
    recorded = play.recall("placeholder")
    if recorded is not None and play.owes(NAME_DEBT):
        actions.append(rename(play, change, recorded, to=change.lpar.name))
    return actions


def half_done_debt(change: Change) -> Debt:
    """What is owed as long as a failed migration has left its half on the target."""
    lpar, console = change.lpar, change.source_console
    return Debt(
        HALF_DONE_DEBT,
        console.label,
        f"A half-done migration of {lpar.name} hangs between {lpar.source} and {lpar.target}. "
        "Recover it before anything is renamed.",
        hmc.recover(lpar.source, lpar.name).text,
    )


def _recovery(play: Play, change: Change) -> Action:
    lpar, console = change.lpar, change.source_console

    async def check() -> Verdict:
        found = await look(play, change)
        match found.proof:
            case Proof.ON_SOURCE:
                return Verdict(Standing.HOLDS, line(found))
            case Proof.HALF_DONE:
                return Verdict(Standing.OPEN, line(found))
            case Proof.UNDER_WAY:
                return Verdict(Standing.PENDING, line(found))
            case Proof.ON_TARGET | Proof.UNCLEAR:
                return Verdict(Standing.BLOCKED, line(found))
            case Proof.UNKNOWN:
                return Verdict(Standing.UNKNOWN, line(found))

    return Action(
        id="cleanup.recover",
        host=console.id,
        label=console.label,
        title="recover the half-done migration, before anything is renamed",
        command=hmc.recover(lpar.source, lpar.name, limit=change.limits.migration),
        check=check,
        pays=(HALF_DONE_DEBT,),
        patience=change.limits.migration,
        interval=POLL,
    )


async def _settle_definition(play: Play, change: Change) -> None:
    """Settle the definition's debt where the LPAR stayed, once its profiles are seen to stand.

    Raises:
        Stopped: they can't be read, or aren't all there.
    """
    if not play.owes(DEFINITION_DEBT):
        return
    lpar = change.lpar
    profiles = await readings.profiles(play, change.source_console, lpar.source, lpar.name)
    kept = definition(play)
    if not profiles.value or kept is None or len(profiles.value) != len(kept.profiles):
        raise Stopped(
            f"The profiles of {lpar.name} are not seen to stand on {lpar.source}.",
            profiles.problem or f"{len(profiles.value or ())} profiles; the backup holds others",
            "Compare them with the backup, then try again. The ledger keeps what is owed.",
        )
    play.settle(DEFINITION_DEBT, f"{lpar.name} never left {lpar.source}; the profiles stand")


# Success


def _after_success(play: Play, change: Change) -> list[Action]:
    if Part.PROFILES not in change.route.parts:
        return []
    kept = definition(play)
    if kept is None:
        raise Stopped(
            "The backup of the definition is not there.",
            str(play.picture.heading.folder),
            "Make the LPAR anew on the source by hand, from whatever copy there is.",
        )
    recreation = hmc.recreate(change.lpar.source, kept)
    play.find(*hazards(recreation, change.source_console.label))
    actions = [
        _recreate(play, change, recreation, number) for number in range(len(recreation.steps))
    ]
    recorded = play.recall("placeholder")
    if recorded is not None:
        actions.append(_delete_placeholder(play, change, recorded))
    return actions


def _recreate(play: Play, change: Change, recreation: hmc.Recreation, number: int) -> Action:
    """One command of the re-creation; the last one proves the whole and pays the debt."""
    step, console = recreation.steps[number], change.source_console
    last = number == len(recreation.steps) - 1
    return Action(
        id=f"cleanup.recreate.{number + 1}",
        host=console.id,
        label=console.label,
        title=step.title,
        command=step.command,
        check=_check_recreated(play, change, recreation, number),
        subjects=("lpar",),
        pays=(DEFINITION_DEBT,) if last else (),
    )


def _check_recreated(
    play: Play, change: Change, recreation: hmc.Recreation, number: int
) -> Callable[[], Awaitable[Verdict]]:
    """How far the definition on the source has come; never while the LPAR may still be there."""

    async def check() -> Verdict:
        lpar, console = change.lpar, change.source_console
        found = await readings.partition(play, console, lpar.source, lpar.name)
        if found.value is None:
            return Verdict(Standing.UNKNOWN, found.problem)
        if not found.value:
            text = f"{lpar.name} is not on {lpar.source}"
            return Verdict(Standing.OPEN if number == 0 else Standing.BLOCKED, text)
        if not found.value[0].not_activated:
            return Verdict(
                Standing.BLOCKED, f"{lpar.name} is {found.value[0].state} on {lpar.source}"
            )
        profiles = await readings.profiles(play, console, lpar.source, lpar.name)
        if profiles.value is None:
            return Verdict(Standing.UNKNOWN, profiles.problem)
        now = hmc.Definition(found.value[0].row, profiles.value)
        return _judge_recreated(recreation, number, now)

    return check


def _judge_recreated(recreation: hmc.Recreation, number: int, now: hmc.Definition) -> Verdict:
    """Whether this command's share is there; the last command answers for the whole.

    What is there and differs is never overwritten: the operator decides.
    """
    step = recreation.steps[number]
    differences = hmc.compare(recreation.expected, now)
    own = [d for d in differences if d.profile == step.profile and d.attribute in step.settings]
    if step.profile and step.profile not in {profile.get("name") for profile in now.profiles}:
        return Verdict(Standing.OPEN, f'profile "{step.profile}" is not there')
    if not step.profile and own:
        return Verdict(Standing.OPEN, _shown(own))
    if number < len(recreation.steps) - 1:
        own = [d for d in differences if step.profile and d.profile == step.profile]
    else:
        own = list(differences)
    if own:
        return Verdict(Standing.BLOCKED, f"not as in the backup: {_shown(own)}")
    return Verdict(Standing.HOLDS, "as in the backup, attribute by attribute")


def _shown(differences: list[hmc.Difference]) -> str:
    return "; ".join(
        f"{d.profile or 'partition'} {d.attribute}: {d.expected} expected, {d.found} found"
        for d in differences
    )


def _delete_placeholder(play: Play, change: Change, recorded: dict[str, Any]) -> Action:
    """Delete the placeholder, and nothing that isn't it (rule 7)."""
    lpar, console = change.lpar, change.target_console
    interim = interim_name(lpar.name)

    async def check() -> Verdict:
        reading = await readings.partitions(play, console, lpar.target)
        if reading.value is None:
            return Verdict(Standing.UNKNOWN, reading.problem)
        uuid = play.recall("uuid")
        real = [p for p in reading.value if p.name == lpar.name and not same(p, recorded)]
        if len(real) != 1 or not real[0].running or real[0].uuid != uuid:
            return Verdict(Standing.BLOCKED, f"{lpar.name} is not proven Running on {lpar.target}")
        placeholder = find(reading.value, recorded)
        if placeholder is None and any(each.name == interim for each in reading.value):
            return Verdict(Standing.BLOCKED, f"{interim} has another id or uuid than was recorded")
        if placeholder is None:
            return Verdict(Standing.HOLDS, f"no partition {recorded['lpar_id']} of that uuid")
        if placeholder.name != interim or not placeholder.not_activated:
            text = f"partition {placeholder.lpar_id} is {placeholder.name}, {placeholder.state}"
            return Verdict(Standing.BLOCKED, text)
        return Verdict(
            Standing.OPEN, f"{interim}, id {placeholder.lpar_id}, Not Activated, id and uuid match"
        )

    return Action(
        id="cleanup.delete-placeholder",
        host=console.id,
        label=console.label,
        title=f"delete the placeholder {interim} on {lpar.target}, by its recorded id",
        command=hmc.delete_partition(lpar.target, recorded["lpar_id"]),
        check=check,
        subjects=(NAME_DEBT,),
        pays=(NAME_DEBT,),
    )
