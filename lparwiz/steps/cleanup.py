"""Clean up: one of two opposite endings, by the proven outcome.

The guide, on success: restore the definition on the source and remove the renamed one on the
destination. On failure: drop the backup and rename back. A half-done migration is recovered before
anything is renamed, or the name clash comes back inside the recovery (facts, hmc.md 8.16).

Reads:   both systems; the definition after it was made anew, attribute by attribute.
Asks:    what becomes of what somebody else made, renamed, started or removed; whether to run the
         commands shown.
Changes: success: the LPAR and its profiles on the source, the placeholder on the target;
         failure: what a half-done migration left, the placeholder's name.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from lparwiz.change import Change, Part
from lparwiz.run.action import Action, Done, Moved, Standing, Verdict, blocked, unproven
from lparwiz.run.ledger import Debt, DebtState
from lparwiz.run.play import Play
from lparwiz.run.step import Conclusion, Skipped, Stopped
from lparwiz.steps import override, readings
from lparwiz.steps.asking import put_right
from lparwiz.steps.checks.definition import hazards
from lparwiz.steps.evidence import POLL, Proof, look
from lparwiz.steps.mark import nobody_else
from lparwiz.steps.migrate import DEFINITION_DEBT
from lparwiz.steps.moved import LEAVE, Decided, again_if_moved, ask, decide, show
from lparwiz.steps.payment_order import OUTCOME_DEBT, Turn
from lparwiz.steps.placeholder import find, interim_name, same
from lparwiz.steps.profiles import NAME_DEBT, definition, placeholder_moved, rename, shown
from lparwiz.tools import hmc

WANTS = (
    "On success: restore the profile on the source and remove the renamed one on the "
    "destination. On failure: drop the backup and rename back."
)
"""What the vendor's guide asks."""
DOES = (
    "Success: makes the LPAR anew on the source, compares it attribute by attribute, then "
    "deletes the placeholder by id and uuid. Failure: recovers what is half done, then renames "
    "back."
)
"""What lparwiz does."""

HALF_DONE_DEBT = "half-done"


async def play(play: Play, change: Change) -> None:
    """Play the ending that the outcome opened; none while it is unknown (rule 4)."""
    await override.look_again(play, change)
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
    if actions:
        await nobody_else(play, change)
    decided = await decide(play, "cleanup", actions)
    if _recreation_id(0) in {each.id for each in decided.put}:
        _, *rest = _after_success(play, change, anew=True)
        decided = replace(decided, actions=(*decided.put, *rest))
    done = await _clean_up(play, change, decided.actions, text)
    if play.conclusion is Conclusion.NOT_MIGRATED:
        await _settle_definition(play, change)
    if not actions:
        raise Skipped("Nothing is to be cleaned up on the consoles.")
    doubtful = unproven(done)
    if doubtful or len(done) < len(decided.actions):
        raise Stopped(
            "The clean-up is not finished.",
            "\n".join(doubtful),
            "What is left stands in the ledger, with the commands.",
        )
    decided.go_on_owing()
    if decided.left:
        names = ", ".join(each.what for each in decided.left)
        play.result(f"The consoles are cleaned up, but for what was left as found: {names}.")
        return
    play.result(_result(play, change))


async def _clean_up(
    play: Play, change: Change, actions: tuple[Action, ...], text: str
) -> tuple[Done, ...]:
    if not actions:
        return ()
    play.plan(actions)
    await play.ask(put_right("cleanup", text, "Clean up"))
    await nobody_else(play, change)  # the question may have stood for an hour
    done = await play.do(actions)
    again_if_moved(done)
    return done


def _result(play: Play, change: Change) -> str:
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
        turn=Turn.RECOVERY,
        after=OUTCOME_DEBT,
    )


def _recovery(play: Play, change: Change) -> Action:
    lpar, console = change.lpar, change.source_console

    async def check() -> Verdict:
        found = await look(play, change)
        match found.proof:
            case Proof.ON_SOURCE:
                return Verdict(Standing.HOLDS, found.text)
            case Proof.HALF_DONE:
                return Verdict(Standing.OPEN, found.text)
            case Proof.UNDER_WAY:
                return Verdict(Standing.PENDING, found.text)
            case Proof.ON_TARGET | Proof.UNCLEAR:
                return Verdict(Standing.BLOCKED, found.text)
            case Proof.UNKNOWN:
                return Verdict(Standing.UNKNOWN, found.text)

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
        Stopped: they can't be read, none is there, or there is no backup to compare them with.
        WayBack: some are gone, and it is left owed.
    """
    if not play.owes(DEFINITION_DEBT):
        return
    lpar, console = change.lpar, change.source_console
    profiles = await readings.profiles(play, console, lpar.source, lpar.name)
    kept = definition(play)
    if not profiles.value or kept is None:
        raise Stopped(
            f"The profiles of {lpar.name} are not seen to stand on {lpar.source}.",
            profiles.problem or "none is there, or there is no backup to compare them with",
            "Compare them with the backup, then try again. The ledger keeps what is owed.",
        )
    gone = [p["name"] for p in kept.profiles if p["name"] not in _names(profiles.value)]
    if not gone:
        play.settle(DEFINITION_DEBT, f"{lpar.name} never left {lpar.source}; the profiles stand")
        return
    moved = Moved(
        subject=DEFINITION_DEBT,
        host=console.label,
        what=f"the definition of {lpar.name} on {lpar.source}",
        was=_counted(len(kept.profiles)),
        ours="left alone",
        found=f"without {', '.join(gone)}",
        leave="nothing is owed for it; the backup stays in the run's folder",
    )
    show(play, (moved,))
    if await ask(play, "cleanup", moved) != LEAVE:
        Decided((), owed=(moved,)).go_on_owing()


def _names(profiles: Iterable[Mapping[str, str]]) -> set[str]:
    return {profile.get("name", "") for profile in profiles}


def _counted(profiles: int) -> str:
    return f"{profiles} profile{'' if profiles == 1 else 's'}"


# Success


def _after_success(play: Play, change: Change, *, anew: bool = False) -> list[Action]:
    """The commands of this ending; `anew`: what was made before is gone, and is made again."""
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
        _recreate(play, change, recreation, number, anew=anew)
        for number in range(len(recreation.steps))
    ]
    if _settled(play, DEFINITION_DEBT):
        actions = []  # what somebody makes of it after that is none of this run's business
    recorded = play.recall("placeholder")
    if recorded is not None and not _settled(play, NAME_DEBT):
        actions.append(_delete_placeholder(play, change, recorded))
    return actions


def _settled(play: Play, debt_id: str) -> bool:
    """Whether this debt was paid, or taken over: then nothing is done about it any more."""
    return any(
        entry.debt.id == debt_id and entry.state is not DebtState.OWED
        for entry in play.picture.ledger.entries
    )


def _recreate(
    play: Play, change: Change, recreation: hmc.Recreation, number: int, *, anew: bool
) -> Action:
    """One command of the re-creation; the last one proves the whole and pays the debt."""
    step, console = recreation.steps[number], change.source_console
    last = number == len(recreation.steps) - 1
    return Action(
        id=_recreation_id(number),
        host=console.id,
        label=console.label,
        title=step.title,
        command=step.command,
        check=_check_recreated(play, change, recreation, number, anew=anew),
        subjects=("lpar", DEFINITION_DEBT),
        pays=(DEFINITION_DEBT,) if last else (),
    )


def _check_recreated(
    play: Play, change: Change, recreation: hmc.Recreation, number: int, *, anew: bool
) -> Callable[[], Awaitable[Verdict]]:
    """How far the definition on the source has come; never while the LPAR may still be there."""
    lpar, console, step = change.lpar, change.source_console, recreation.steps[number]
    moved = partial(
        Moved,
        subject=DEFINITION_DEBT,
        host=console.label,
        what=f"the definition of {lpar.name} on {lpar.source}",
        was="gone with the migration",
        ours=f"as in the backup, {_counted(len(recreation.expected.profiles))}",
    )
    stays = "it stays so, and nothing is owed for it; the backup stays in the run's folder"

    async def check() -> Verdict:
        found = await readings.partition(play, console, lpar.source, lpar.name)
        if found.value is None:
            return Verdict(Standing.UNKNOWN, found.problem)
        if not found.value and play.reached(_recreation_id(0)):
            put = step.command if number == 0 else None
            return blocked(moved(found="removed again", leave=stays, put=put, goal="anew"))
        if not found.value:
            text = f"{lpar.name} is not on {lpar.source}"
            return Verdict(Standing.OPEN if number == 0 else Standing.BLOCKED, text)
        if not found.value[0].not_activated:
            return blocked(moved(found=f"there, and {found.value[0].state}", leave=stays))
        profiles = await readings.profiles(play, console, lpar.source, lpar.name)
        if profiles.value is None:
            return Verdict(Standing.UNKNOWN, profiles.problem)
        now = hmc.Definition(found.value[0].row, profiles.value)
        theirs = not play.sent(_recreation_id(0))
        verdict = _judge_recreated(recreation, number, now, whole=theirs)
        before = play.reached(_recreation_id(number)) and not anew
        undone = verdict.standing is Standing.OPEN and before
        if verdict.standing is Standing.BLOCKED or undone:
            put = step.command if undone else None
            return blocked(moved(found=verdict.text, leave=stays, put=put, goal="as in the backup"))
        return verdict

    return check


def _recreation_id(number: int) -> str:
    return f"cleanup.recreate.{number + 1}"


def _judge_recreated(
    recreation: hmc.Recreation, number: int, now: hmc.Definition, *, whole: bool
) -> Verdict:
    """Whether this command's share is there; the last command answers for the whole.

    What is there and differs is never overwritten: the operator decides.

    Args:
        recreation: the commands, and what is expected after them.
        number: which command.
        now: what is there.
        whole: whether everything must be as expected, as where somebody else made it.
    """
    step = recreation.steps[number]
    differences = hmc.compare(recreation.expected, now)
    if whole and differences:
        return Verdict(Standing.BLOCKED, f"not as in the backup: {shown(differences)}")
    own = [d for d in differences if d.profile == step.profile and d.attribute in step.settings]
    if step.profile and step.profile not in _names(now.profiles):
        text = f'profile "{step.profile}" is not there'
        return Verdict(Standing.OPEN if number else Standing.BLOCKED, text)
    if not step.profile and own:
        return Verdict(Standing.OPEN, shown(own))
    if number < len(recreation.steps) - 1:
        own = [d for d in differences if step.profile and d.profile == step.profile]
    else:
        own = list(differences)
    if own:
        return Verdict(Standing.BLOCKED, f"not as in the backup: {shown(own)}")
    return Verdict(Standing.HOLDS, "as in the backup, attribute by attribute")


def _delete_placeholder(play: Play, change: Change, recorded: dict[str, Any]) -> Action:
    """Delete the placeholder, and nothing that isn't it (rule 7)."""
    lpar, console = change.lpar, change.target_console
    interim = interim_name(lpar.name)
    moved = partial(
        placeholder_moved(change, recorded),
        ours=f"{interim}, to be deleted",
        leave="it is none of this run's any more: neither renamed nor deleted",
    )

    async def check() -> Verdict:
        reading = await readings.partitions(play, console, lpar.target)
        if reading.value is None:
            return Verdict(Standing.UNKNOWN, reading.problem)
        # Both are compared where both consoles print one: a level of before prints none.
        uuid = play.recall("uuid") if "uuid" in recorded else None
        real = [p for p in reading.value if p.name == lpar.name and not same(p, recorded)]
        if len(real) != 1 or not real[0].running or uuid not in (None, real[0].uuid):
            return Verdict(Standing.BLOCKED, f"{lpar.name} is not proven Running on {lpar.target}")
        placeholder = find(reading.value, recorded)
        if placeholder is None and any(each.name == interim for each in reading.value):
            return blocked(moved(found=f"{interim} has another id or uuid than was recorded"))
        if placeholder is None:
            return Verdict(Standing.HOLDS, f"no partition {recorded['lpar_id']} of that uuid")
        if placeholder.name != interim or not placeholder.not_activated:
            return blocked(moved(found=f"{placeholder.name}, {placeholder.state}"))
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
