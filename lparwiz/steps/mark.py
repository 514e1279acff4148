"""Mark: tell runs on other machines that this one is here, before the first change.

On one machine runs exclude each other by locks. Two operators on two jump hosts don't share any:
so each node and manager bears a mark in a file of its own, that every run asks for before its first
change. One run a cluster: a mark of a run on another LPAR of the same nodes counts just as well.
An HMC keeps none: its restricted shell writes no files (facts, hmc.md 3).

Reads:   the mark on each node and manager.
Asks:    whether to run the commands shown.
Changes: places this run's mark on each of them; the last step removes it.
Owes:    the mark on each of them.
"""

import asyncio
import getpass
import os
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import asdict

from lparwiz.change import Change, Host
from lparwiz.run.action import Action, Done, Standing, Verdict, unproven
from lparwiz.run.ledger import Debt
from lparwiz.run.play import Play
from lparwiz.run.reading import Reading
from lparwiz.run.snapshot import Finding, Level
from lparwiz.run.step import Skipped, Stopped
from lparwiz.steps import readings
from lparwiz.steps.asking import proceed
from lparwiz.steps.payment_order import Turn
from lparwiz.tools import mark as marks
from lparwiz.tools.mark import Mark, Seen

WANTS = "Nothing: this is lparwiz's own."
"""What the vendor's guide asks."""
DOES = (
    "Writes a line into /etc/lparwiz.run on every node and manager and reads it back. A run "
    "from another machine finds it and keeps off. The last step removes it."
)
"""What lparwiz does."""

UNMARKED = (
    "No host bears a mark, as the change names no node and no manager: nothing keeps a run on "
    "another machine off this LPAR"
)
ALONE = "See to it yourself that nobody else works on it, or name the [[manager]]s: they bear it."
"""What is left to a person where no host can bear a mark."""


async def play(play: Play, change: Change) -> None:
    """Place the mark on all of them; one that is another's, or in doubt, means the way back."""
    hosts = marked_hosts(change)
    if not hosts:
        play.find(Finding("mark.none", Level.WARNING, UNMARKED, remedy=ALONE))
        raise Skipped(f"{UNMARKED}.")
    own = _own_mark(play)
    actions = [_placing(play, host, own) for host in hosts]
    found = await asyncio.gather(*(reading(play, host) for host in hosts))
    if not all(_standing(each, own) is Standing.HOLDS for each in found):
        play.plan(actions)
        for line in dict.fromkeys(readings.on(host, marks.remove(own)).text for host in hosts):
            play.say(f"At the end of the run they are removed: {line}")
        text = "Mark these hosts, so that a run from another machine keeps off?"
        await play.ask(proceed("mark", text, "Mark them"))
    done = await play.do(actions, together=True)
    doubtful = [each for each in done if not each.proven]
    if doubtful:
        raise await _stopped(play, change, doubtful)
    play.result(f"{len(hosts)} hosts bear this run's mark, read back.")


def marked_hosts(change: Change) -> tuple[Host, ...]:
    """The hosts on which a run places its mark."""
    return (*change.nodes, *change.managers)


def _own_mark(play: Play) -> Mark:
    """This run's own mark: made once, and the same in all its lives."""
    if (kept := _kept_mark(play)) is not None:
        return kept
    heading = play.picture.heading
    folder = heading.folder if play.rehearsal else heading.folder.absolute()
    mark = marks.new(
        heading.run, heading.lpar, heading.who or _who(), play.clock.now(), str(folder)
    )
    play.note("mark", asdict(mark))
    return mark


def _kept_mark(play: Play) -> Mark | None:
    """This run's mark, where one was made."""
    kept = play.recall("mark")
    return Mark(**kept) if kept is not None else None


def _who() -> str:
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a user id without a name, as in a container
        user = str(os.getuid())
    return f"{user}@{socket.gethostname()}"


def debt_id(host: Host) -> str:
    """The id of the debt of a host's mark."""
    return f"mark/{host.name}"


async def reading(play: Play, host: Host, own: Mark | None = None) -> Reading[Seen]:
    """The mark that a host bears; with `own` also whether that one was left half placed."""
    command = readings.on(host, marks.read(own))
    return await play.read(host.id, command, readings.printed(marks.parse))


def _standing(reading: Reading[Seen], own: Mark) -> Standing:
    """Where the placing of `own` stands."""
    if reading.value is None:
        return Standing.UNKNOWN
    if reading.value.mark is None:
        return Standing.OPEN
    return Standing.HOLDS if reading.value.mark.line == own.line else Standing.BLOCKED


def _placing(play: Play, host: Host, own: Mark) -> Action:
    async def check() -> Verdict:
        found = await reading(play, host)
        return Verdict(_standing(found, own), _told(found))

    return Action(
        id=f"mark.place.{host.id}",
        host=host.id,
        label=host.label,
        title=f"the mark of this run in {marks.PATH}",
        command=readings.on(host, marks.place(own)),
        check=check,
        subjects=(debt_id(host),),
        debts=(
            Debt(
                debt_id(host),
                host.label,
                f"{marks.PATH} marks this host: runs from other machines keep off. Remove it last, "
                "when nothing else of this run is owed.",
                readings.on(host, marks.remove(own)).text,
                turn=Turn.MARK,
            ),
        ),
    )


def removals(play: Play, change: Change) -> list[Action]:
    """Remove the marks that are still owed. One that another run has put in its place stays."""
    return [_removal(play, host) for host in marked_hosts(change) if play.owes(debt_id(host))]


def _removal(play: Play, host: Host) -> Action:
    own = _own_mark(play)
    return Action(
        id=f"mark.remove.{host.id}",
        host=host.id,
        label=host.label,
        title=f"this run's mark out of {marks.PATH}",
        command=readings.on(host, marks.remove(own)),
        check=_check_gone(play, host, own),
        subjects=(debt_id(host),),
        pays=(debt_id(host),),
    )


def _check_gone(play: Play, host: Host, own: Mark) -> Callable[[], Awaitable[Verdict]]:
    async def check() -> Verdict:
        found = await reading(play, host, own)
        if found.value is None:
            return Verdict(Standing.UNKNOWN, found.problem)
        there = found.value.half or _standing(found, own) is Standing.HOLDS
        return Verdict(Standing.OPEN if there else Standing.HOLDS, _told(found))

    return check


def _told(reading: Reading[Seen]) -> str:
    if reading.value is None:
        return reading.problem
    if reading.value.mark is None:
        return "no mark"
    return reading.value.mark.line


async def foreign(play: Play, host: Host) -> list[Finding]:
    """What stops this run at a host, to be learned at the start: another run's mark."""
    found = await reading(play, host)
    own = _kept_mark(play)
    mark = found.value.mark if found.value is not None else None
    if found.value is not None and (mark is None or (own and mark.line == own.line)):
        return []
    text = found.problem if mark is None else f"another run is here: {mark.line}"
    remedy = " ".join((_next_step([found]), *_clearing(host, found)))
    return [Finding("connect.mark", Level.STOP, text, host.label, remedy, found.command)]


async def nobody_else(play: Play, change: Change) -> None:
    """See that no other run is at these hosts, before this one puts anything back.

    Somebody may have taken our mark for stale and cleared it: then another run may rely on the
    timers that it found raised. A host that can't be read is no reason to leave the others as they
    are: each command's own reading stops there.

    Raises:
        Stopped: one bears another mark, or something that is not understood.
    """
    hosts = marked_hosts(change)
    own = _kept_mark(play)
    found = await asyncio.gather(*(reading(play, host) for host in hosts))
    others = [(h, each) for h, each in zip(hosts, found, strict=True) if _is_other(each, own)]
    if not others:
        return
    seen = [f"{host.label}: {_told(each)}" for host, each in others]
    for host, each in others:
        seen += _clearing(host, each)
    raise Stopped(
        "Another run is at these hosts, so nothing is put back beside it.",
        "\n".join(seen),
        f"{_next_step(each for _, each in others)} What is owed stays in the ledger.",
    )


def _is_other(found: Reading[Seen], own: Mark | None) -> bool:
    """Whether a host answered, and bears something that is not this run's mark."""
    if found.value is None:
        return found.answer.succeeded
    return found.value.mark is not None and (own is None or found.value.mark.line != own.line)


async def not_ours(play: Play, change: Change) -> list[str]:
    """The hosts that are not proven to bear this run's mark still, a line each."""
    hosts = marked_hosts(change)
    if play.rehearsal or not hosts:
        return []
    own = _own_mark(play)
    found = await asyncio.gather(*(reading(play, host) for host in hosts))
    return [
        f"{host.label} does not bear this run's mark: {_told(each)}. Leave the run, see who took "
        "it away, and take it up again: it marks anew"
        for host, each in zip(hosts, found, strict=True)
        if _standing(each, own) is not Standing.HOLDS
    ]


async def _stopped(play: Play, change: Change, doubtful: Sequence[Done]) -> Stopped:
    hosts = [change.host(each.action.host) for each in doubtful]
    found = await asyncio.gather(*(reading(play, host) for host in hosts))
    seen = unproven(doubtful)
    for host, each in zip(hosts, found, strict=True):
        seen += _clearing(host, each)
    return Stopped(
        "Not every host is proven to bear this run's mark, so nothing is changed.",
        "\n".join(seen),
        _next_step(found),
    )


def _next_step(found: Iterable[Reading[Seen]]) -> str:
    """What a person does where other marks stand, or none could be read."""
    runs = {each.value.mark.run: None for each in found if each.value and each.value.mark}
    if not runs:
        return "Look at what stands there, and at the way to the host; then try again."
    resume = ", ".join(f"`lparwiz resume {run}`" for run in runs)
    return (
        f"Bring that run to its end on its machine: {resume}. "
        "Its mark is stale if the machine is gone, or if `lparwiz runs` there doesn't show it as "
        "unfinished or being played: only then clear it."
    )


def _clearing(host: Host, found: Reading[Seen]) -> list[str]:
    """The exact command that clears by hand what stands on a host, in a line; none: unknown."""
    if found.value is not None and found.value.mark is not None:
        command = marks.remove(found.value.mark)
    elif found.value is None and found.answer.succeeded:
        command = marks.clear()
    else:
        return []
    return [f"To clear it on {host.label}: {readings.on(host, command).text}"]
