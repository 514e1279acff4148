"""Migrate, by VCS: `hagrp -migrate GROUP -to SYSTEM`, after the LPAR's name was typed.

`-to` takes a VCS system, the management LPAR on the destination server. The command returns at once
and VCS goes on alone (facts, vcs.md 4.1): the readings tell what becomes of it, never the command's
answer; and it is never sent twice (rule 3). Nothing documented stops it once it was sent.

Reads:   the group on every system, what is frozen, PhysicalServer of both systems, every
         ProfileFile, the LPAR on both consoles; the engine logs while it goes on.
Asks:    what becomes of what somebody else changed since; then the point of no return, with the
         LPAR's name typed.
Changes: where the LPAR runs.
Owes:    its outcome; the ProfileFile of the system that it goes to.
"""

import asyncio
from dataclasses import dataclass, field

from lparwiz.change import Change, Host
from lparwiz.run.action import Action, Standing, Verdict, blocked
from lparwiz.run.ledger import Debt
from lparwiz.run.play import Play
from lparwiz.run.step import Stopped
from lparwiz.steps import mark, readings
from lparwiz.steps.evidence import POLL, Proof
from lparwiz.steps.frozen import FROZEN, changed_in_vcs, note_frozen
from lparwiz.steps.migrate import (
    MIGRATION,
    as_it_was_left,
    send,
    watch_on,
)
from lparwiz.steps.payment_order import OUTCOME_DEBT, Turn
from lparwiz.steps.ready import lpar_moved, lpar_unfit
from lparwiz.steps.vcs.follow import Follower, note_logs
from lparwiz.steps.vcs.look import (
    BEFORE,
    OFFLINE,
    ONLINE,
    SETTLED,
    Groups,
    Patience,
    Seen,
    Stands,
    group_states,
    online_only,
    see,
    shown,
)
from lparwiz.steps.vcs.profiles import changed
from lparwiz.steps.vcs.systems import host_of, told, wanted
from lparwiz.steps.watching import Freezes
from lparwiz.tools import hmc, vcs

WANTS = (
    "Have VCS migrate the LPAR: `hagrp -migrate GROUP -to SYSTEM`, where SYSTEM is the "
    "management LPAR on the destination."
)
"""What the vendor's guide asks."""
DOES = (
    "Reads once more all that VCS relies on, then sends it after the LPAR's name was typed. It "
    "returns at once: only the consoles and the groups tell what becomes of it."
)
"""What lparwiz does."""

PROFILE_FILE_DEBT = "profile-file"


async def play(play: Play, change: Change, freezes: Freezes) -> None:
    """See that all is ready, ask for the last time, have VCS migrate and follow it."""
    if play.sent(MIGRATION):
        await watch_on(play, change, freezes)
        return
    await note_frozen(play, change)
    await note_logs(play, change)
    host = await _speaker(play, change)
    migration = _migration(play, change, host)
    await as_it_was_left(play, change, migration)
    play.plan([migration])
    await send(play, change, freezes, migration)


async def _speaker(play: Play, change: Change) -> Host:
    """The manager that gets the command: the first whose engine knows the group, ready to move.

    Raises:
        Stopped: none does, or the group can't migrate as it stands.
    """
    groups, text = await group_states(play, change)
    if groups is None:
        raise Stopped(
            "VCS doesn't tell where the group is.",
            text,
            "Nothing was moved. Mend that, then try again.",
        )
    to = wanted(change).to
    against = _against_groups(groups, to) or await _against_systems(play, change, groups)
    if against:
        raise Stopped(
            "VCS can't migrate the group as it stands.",
            "\n".join(against),
            "Nothing was moved. Mend what it names, then try again.",
        )
    play.note(BEFORE, {name: sorted(words) for name, words in groups.items()})
    for host in change.managers:
        if isinstance((await readings.summary(play, host)).value, vcs.Summary):
            return host
    raise Stopped("No manager's engine answers any more.", text, "Nothing was moved. Try again.")


def _against_groups(groups: Groups, to: str) -> list[str]:
    if to not in groups:
        return [f"{to} is not in the system list of the group: {', '.join(groups)}"]
    if online_only(groups, to):
        return [f"the group is ONLINE on {to} already"]
    at = [name for name, words in groups.items() if words == ONLINE]
    others = [words for name, words in groups.items() if name not in at]
    if len(at) != 1 or any(words != OFFLINE for words in others):
        return [f"the group is not ONLINE on one system and OFFLINE on all others: {shown(groups)}"]
    return []


async def _against_systems(play: Play, change: Change, groups: Groups) -> list[str]:
    """Whether VCS would migrate it between the two servers that are meant, and may."""
    lpar, to = change.lpar, wanted(change).to
    source = next(name for name, words in groups.items() if words == ONLINE)
    against = []
    for system, server in ((source, lpar.source), (to, lpar.target)):
        host = host_of(play, change, system)
        if host is None:
            against.append(f"no manager of the change is {system}, where the group stands")
            continue
        command = readings.on(host, vcs.system_value(system, "PhysicalServer"))
        found = told(await play.read(host.id, command, readings.printed(vcs.parse_value)))
        if found != server:
            against.append(f"PhysicalServer of {system} is {found or 'not set'}, not {server}")
    frozen: dict[str, str] = play.recall(FROZEN) or {}
    held = (f"group {wanted(change).group}", f"system {to}")
    acts = "VCS would not act on it"
    return [*against, *(f"{name} is {frozen[name]}: {acts}" for name in held if name in frozen)]


def _migration(play: Play, change: Change, host: Host) -> Action:
    names, lpar = wanted(change), change.lpar
    return Action(
        id=MIGRATION,
        host=host.id,
        label=host.label,
        title=f"have VCS migrate {lpar.name} to {names.to}, on {lpar.target}",
        command=readings.on(host, vcs.migrate_group(names.group, names.to)),
        check=_Check(play, change),
        subjects=("lpar",),
        debts=(outcome_debt(change, host), profile_file_debt(play, change)),
        beside=Follower(play, change),
        patience=change.limits.migration + change.limits.settle,
        interval=POLL,
        once=True,
    )


def outcome_debt(change: Change, host: Host, seen: str = "") -> Debt:
    """What is owed as long as nobody knows what became of it."""
    lpar, names = change.lpar, wanted(change)
    target = hmc.list_partition(lpar.target, lpar.name).text
    return Debt(
        OUTCOME_DEBT,
        host.label,
        f"VCS was told to migrate {lpar.name} to {names.to}. Don't send that again. Find out where "
        f"it runs: the group in VCS with the command below, the LPAR on "
        f"{change.source_console.label} with "
        f"{hmc.list_partition(lpar.source, lpar.name).text} and on {change.target_console.label} "
        f"with {target}. If VCS stopped on the way, it needs an administrator and the guide."
        f"{f' Seen last: {seen}.' if seen else ''}",
        readings.on(host, vcs.group_state(names.group)).text,
        turn=Turn.OUTCOME,
    )


def profile_file_debt(play: Play, change: Change, found: str = "") -> Debt:
    """What is owed from the moment that the LPAR may leave for another server."""
    lpar, to, console = change.lpar, wanted(change).to, change.target_console
    host = host_of(play, change, to)
    lists = (hmc.list_partition, hmc.list_profiles)
    return Debt(
        f"{PROFILE_FILE_DEBT}/{to}",
        console.label,
        f"Where {lpar.name} runs on {lpar.target}, the ProfileFile of {to} must be recreated for "
        f"that server on {host.label if host else to}, as the guide says. Clean up keeps what the "
        f"console tells as profilefile.{to}.txt in the run's folder. If it stayed on "
        f"{lpar.source}, nothing is to be done.{f' {found}' if found else ''}",
        "\n".join(each(lpar.target, lpar.name).text for each in lists),
    )


@dataclass
class _Check:
    """Whether the LPAR has arrived; and, before it leaves, whether all is still ready for it."""

    play: Play
    change: Change
    patience: Patience | None = field(default=None)

    async def __call__(self) -> Verdict:
        seen = await see(self.play, self.change)
        if not self.play.sent(MIGRATION):
            return await self._before(seen)
        now = self.play.clock.now()
        if self.patience is None:
            limits = self.change.limits
            self.patience = Patience(limits.settle, limits.migration, now)
        if seen.stands is Stands.ARRIVED:
            return Verdict(Standing.HOLDS, seen.text)
        if not self.patience.over(seen, now):
            return Verdict(Standing.PENDING, seen.text)
        self.play.note(SETTLED, seen.text)
        return Verdict(_STAYS[seen.stands], seen.text)

    async def _before(self, seen: Seen) -> Verdict:
        if seen.evidence.proof is Proof.UNCLEAR:
            moved = await lpar_moved(self.play, self.change)
            return blocked(*moved) if moved else Verdict(Standing.UNKNOWN, seen.text)
        if seen.stands is not Stands.STAYED:
            unknown = seen.stands is Stands.UNKNOWN
            return Verdict(Standing.UNKNOWN if unknown else Standing.BLOCKED, seen.text)
        (moved, unsettled), files, unmarked, unfit = await asyncio.gather(
            changed_in_vcs(self.play, self.change),
            changed(self.play, self.change),
            mark.not_ours(self.play, self.change),
            lpar_unfit(self.play, self.change),
        )
        texts = [
            *unmarked,
            *unfit,
            *unsettled,
            *files,
            *(each.text for each in moved),
        ]
        if texts:
            return Verdict(Standing.BLOCKED, "; ".join(texts), moved)
        return Verdict(Standing.OPEN, seen.text)


_STAYS = {
    Stands.STAYED: Standing.OPEN,
    Stands.UNDER_WAY: Standing.UNKNOWN,
    Stands.BETWEEN: Standing.BLOCKED,
    Stands.UNKNOWN: Standing.UNKNOWN,
}
"""What it is where nothing is waited for any more."""
