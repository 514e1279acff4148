"""Freeze: offer to freeze the service groups on or of the LPAR while the HMC migrates it.

No document asks for it; it is common practice, so it is offered and never forced (facts, vcs.md
4.2). The temporary freeze, `hagrp -freeze`, needs no writable configuration. It is the group's own
freeze: a system's prevents no failover (facts, vcs.md 10.10). What somebody else has frozen stays.

Reads:   the groups' states; each group's TFrozen and Frozen.
Asks:    whether to freeze them; what becomes of one that somebody has unfrozen since.
Changes: TFrozen of these groups.
Owes:    the freeze of each.
"""

import asyncio
from collections.abc import Awaitable, Callable

from lparwiz.change import Change, Host, Part
from lparwiz.run.action import Action, Moved, Standing, Verdict, blocked, unproven
from lparwiz.run.ledger import Debt
from lparwiz.run.play import Play
from lparwiz.run.snapshot import Choice, Finding, Level, Question, QuestionKind, Table
from lparwiz.run.step import Skipped, Stopped
from lparwiz.steps import readings
from lparwiz.steps.attributes import managing_resource, own_system, value
from lparwiz.steps.checks.gather import lpar_attributes
from lparwiz.steps.frozen import TEMPORARILY, note_frozen, note_ours, read_group
from lparwiz.steps.moved import again_if_moved, decide
from lparwiz.steps.payment_order import OUTCOME_DEBT, Turn
from lparwiz.tools import vcs

WANTS = (
    "Nothing: freezing the service groups is common practice, so it is offered and never forced."
)
"""What the vendor's guide asks."""
DOES = (
    "Offers `hagrp -freeze` for the groups on or of the LPAR, writes down which it froze, and "
    "leaves alone what somebody else has frozen."
)
"""What lparwiz does."""

DEBT = "freeze"
CHOSEN = "groups to freeze"
"""The fact that keeps what was decided: each group, and the host that is told."""
FREEZE = "freeze"


async def play(play: Play, change: Change) -> None:
    """Find the groups, offer to freeze those that aren't, and do what was said."""
    await note_frozen(play, change)
    if play.recall(CHOSEN) is None:
        play.note(CHOSEN, await _chosen(play, change))
    chosen = [(group, change.host(host)) for group, host in play.recall(CHOSEN)]
    actions = [_freezing(play, host, group) for group, host in chosen]
    decided = await decide(play, "freeze", actions, together=True)
    if not decided.actions:
        raise Skipped("No group is frozen by this run.")
    done = await play.do(decided.actions, together=True)
    again_if_moved(done)
    if doubtful := unproven(done):
        raise Stopped(
            "Not every group is proven frozen.",
            "\n".join(doubtful),
            "Look at it in VCS, then try again; or take the way back, which unfreezes.",
        )
    ids = {each.action.id for each in done}
    ours = [group for group, host in chosen if _id(group) in ids]
    told = [group for group, host in chosen if _id(group) in ids and _is_watched(change, host)]
    if not play.rehearsal:
        note_ours(play, told)
    play.result(f"Frozen until the migration is over: {', '.join(ours)}.")


def _is_watched(change: Change, host: Host) -> bool:
    """Whether a freeze in this host's cluster is one of those that are watched for changes."""
    return host in (change.nodes or change.managers)


async def _chosen(play: Play, change: Change) -> list[tuple[str, str]]:
    """The groups that are to be frozen, by the operator's word."""
    found = [*await _on_the_node(play, change), *await _of_the_lpar(play, change)]
    groups = await asyncio.gather(*(read_group(play, host, group) for group, host in found))
    rows, offered = [], []
    for (group, host), each in zip(found, groups, strict=True):
        if each.value is None:
            raise _untold(host, each.problem)
        frozen = " and ".join(each.value.freezes)
        rows.append((group, host.label, frozen or "not frozen"))
        if frozen:
            text = f"{group} is frozen {frozen} already, and stays so"
            play.find(Finding("freeze.foreign", Level.NOTE, text, host.label))
        else:
            offered.append((group, host))
    play.table(Table("Service groups", ("group", "asked on", "frozen"), tuple(rows)))
    if not offered:
        raise Skipped("There is no group to freeze.")
    play.plan([_freezing(play, host, group) for group, host in offered])
    for group, host in offered:
        line = readings.on(host, vcs.unfreeze_group(group)).text
        play.say(f"If frozen now, {group} is unfrozen at the end, on {host.label}: {line}")
    reply = await play.ask(_question([group for group, _ in offered]))
    return [(group, host.id) for group, host in offered] if reply.choice == FREEZE else []


def _question(groups: list[str]) -> Question:
    return Question(
        id="freeze.freeze",
        kind=QuestionKind.CHOICE,
        text=f"Freeze {', '.join(groups)} until the migration is over? Then VCS neither fails over "
        "nor restarts what is in there, whatever happens.",
        choices=(
            Choice("leave", "Leave them as they are", "VCS acts on them as always"),
            Choice(FREEZE, "Freeze them", "temporarily; unfrozen at the end of the run"),
        ),
        safe="leave",
    )


async def _on_the_node(play: Play, change: Change) -> list[tuple[str, Host]]:
    """The groups that run on the node that migrates."""
    node = change.migrating_node
    if node is None or Part.TIMERS not in change.route.parts:
        return []
    peers, systems, summary = await asyncio.gather(
        readings.peers(play, node),
        readings.systems(play, node),
        readings.summary(play, node),
    )
    if peers.value is None or systems.value is None or not isinstance(summary.value, vcs.Summary):
        raise _untold(node, peers.problem or systems.problem or summary.problem)
    own = own_system(systems.value, peers.value)
    rows = (row for row in summary.value.groups if row.system == own and "ONLINE" in row.state)
    return [(row.group, node) for row in rows]


async def _of_the_lpar(play: Play, change: Change) -> list[tuple[str, Host]]:
    """The group in which VCS manages the LPAR from outside."""
    if not change.managers:
        return []
    host = change.managers[0]
    found = await lpar_attributes(play, host)
    if found.value is None:
        raise _untold(host, found.problem)
    resource = managing_resource(found.value, change.lpar.name)
    group = value(found.value, resource, "Group") if resource is not None else ""
    return [(group, host)] if group else []


def _untold(host: Host, problem: str) -> Stopped:
    return Stopped(
        "VCS doesn't tell which groups could be frozen.",
        f"{host.label}: {problem or 'the VCS engine is not running'}",
        "Nothing was frozen. Mend that, then try again.",
    )


def _id(group: str) -> str:
    return f"freeze.group.{group}"


def debt_id(group: str) -> str:
    """The id of the debt of a group's freeze."""
    return f"{DEBT}/{group}"


def _freezing(play: Play, host: Host, group: str) -> Action:
    command = readings.on(host, vcs.freeze_group(group))

    async def check() -> Verdict:
        found = await read_group(play, host, group)
        if found.value is None:
            return Verdict(Standing.UNKNOWN, found.problem)
        if TEMPORARILY in found.value.freezes:
            return Verdict(Standing.HOLDS, f"frozen {TEMPORARILY}")
        if not play.reached(_id(group)):
            return Verdict(Standing.OPEN, "not frozen temporarily")
        return blocked(
            Moved(
                subject=debt_id(group),
                host=host.label,
                what=f"the service group {group}",
                was="not frozen",
                ours="frozen",
                found="unfrozen again",
                leave="it stays so, and nothing is owed for it",
                put=command,
                goal="frozen",
            )
        )

    return Action(
        id=_id(group),
        host=host.id,
        label=host.label,
        title=f"freeze the service group {group}, temporarily",
        command=command,
        check=check,
        subjects=(debt_id(group),),
        debts=(_frozen_debt(host, group),),
    )


def _frozen_debt(host: Host, group: str) -> Debt:
    return Debt(
        debt_id(group),
        host.label,
        f"The service group {group} is frozen for the migration: VCS doesn't fail it over. "
        "Unfreeze it once the migration is over and VCS shows the group as it should be.",
        readings.on(host, vcs.unfreeze_group(group)).text,
        turn=Turn.GROUPS,
        after=OUTCOME_DEBT,
    )


def unfreezing(play: Play, host: Host, group: str, patience: float) -> Action:
    """Take this run's own freeze back, where VCS would not act on the group for it.

    Args:
        play: the run.
        host: who is told.
        group: the group.
        patience: seconds for which a group in transition is waited for.
    """
    return Action(
        id=f"unfreeze.group.{group}",
        host=host.id,
        label=host.label,
        title=f"unfreeze the service group {group}",
        command=readings.on(host, vcs.unfreeze_group(group)),
        check=_check_unfrozen(play, host, group),
        subjects=(debt_id(group),),
        pays=(debt_id(group),),
        patience=patience,
    )


def _check_unfrozen(play: Play, host: Host, group: str) -> Callable[[], Awaitable[Verdict]]:
    async def check() -> Verdict:
        found = await read_group(play, host, group)
        if found.value is None:
            return Verdict(Standing.UNKNOWN, found.problem)
        if TEMPORARILY not in found.value.freezes:
            return Verdict(Standing.HOLDS, " and ".join(found.value.freezes) or "not frozen")
        summary = await readings.summary(play, host)
        if not isinstance(summary.value, vcs.Summary):
            return Verdict(Standing.UNKNOWN, summary.problem or "the VCS engine is not running")
        words = {word for row in summary.value.groups if row.group == group for word in row.state}
        text = f"frozen, and {'|'.join(sorted(words))}"
        if "FAULTED" in words:
            return Verdict(Standing.BLOCKED, f"{text}: unfrozen, VCS would act on it; clear it")
        if words & {"STARTING", "STOPPING", "MIGRATING"}:
            return Verdict(Standing.PENDING, text)
        return Verdict(Standing.OPEN, text)

    return check
