"""What is frozen, faulted or in transition in VCS, and whether that has changed since it was noted.

A freeze is somebody's decision about what VCS may do while the LPAR moves: one that comes or goes
between our readings is shown, never undone. So is a fault, which somebody must know of. A group's
freeze stands in its own attributes, not in `hastatus -sum` (facts, vcs.md 4 and 4.2). Where VCS is
about to act itself, or a system is not RUNNING, nothing is begun.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from lparwiz.change import Change, Host
from lparwiz.run.action import Moved
from lparwiz.run.play import Play
from lparwiz.run.reading import Reading
from lparwiz.steps import readings
from lparwiz.tools import vcs
from lparwiz.tools.errors import Unreadable

FROZEN = "frozen"
"""The fact that keeps what is frozen and faulted, by name; and its subjects' ids begin with it."""
FAULTED = "faulted"
TEMPORARILY = "until unfrozen or restarted"
_FLAVOURS = {"TFrozen": TEMPORARILY, "Frozen": "for good"}
"""A group's two freezes: the temporary and the persistent one (facts, vcs.md 4.2)."""


async def note_frozen(play: Play, change: Change) -> None:
    """Note what is frozen and faulted before the first change, once in a run, where VCS tells."""
    if play.recall(FROZEN) is not None:
        return
    told, why = await _read(play, change)
    if told is None:
        play.say(f"What is frozen can't be read, so nobody will see a change of it: {why}.")
        return
    play.note(FROZEN, told.held)


async def changed_in_vcs(play: Play, change: Change) -> tuple[tuple[Moved, ...], tuple[str, ...]]:
    """What was frozen, unfrozen or faulted since it was noted; and what stands against going on.

    The latter, a line each: VCS is on its way, or it can't be told.
    """
    before: dict[str, str] | None = play.recall(FROZEN)
    if before is None:
        return (), ()
    told, why = await _read(play, change)
    if told is None:
        return (), (f"what is frozen can't be read any more: {why}",)
    now = told.held
    names = sorted(before.keys() | now.keys())
    changed = [name for name in names if before.get(name) != now.get(name)]
    moved = (_moved(n, before.get(n, _not(n)), now.get(n, _not(n))) for n in changed)
    return tuple(moved), told.unsettled


def note_ours(play: Play, groups: Iterable[str]) -> None:
    """Note groups that this run has frozen itself, so that nobody takes it for somebody else's."""
    frozen: dict[str, str] = dict(play.recall(FROZEN) or {})
    ours = {f"group {group}": f"frozen {TEMPORARILY}" for group in groups}
    if play.recall(FROZEN) is not None and not ours.items() <= frozen.items():
        play.note(FROZEN, frozen | ours)


def take_as_found(play: Play, left: Iterable[Moved]) -> None:
    """Note what the operator left as found, so that it is not taken for a change again."""
    frozen: dict[str, str] = dict(play.recall(FROZEN) or {})
    for each in left:
        if each.subject.startswith(f"{FROZEN}/"):
            name = each.subject.partition("/")[2]
            if each.found == _not(name):
                frozen.pop(name, None)
            else:
                frozen[name] = each.found
    if frozen != play.recall(FROZEN):
        play.note(FROZEN, frozen)


def _not(name: str) -> str:
    """The state of what is neither frozen nor faulted, in words."""
    return "not frozen" if name.startswith(("system ", "group ")) else "not faulted"


def _moved(name: str, was: str, found: str) -> Moved:
    return Moved(
        subject=f"{FROZEN}/{name}",
        host="the cluster",
        what=name,
        was=was,
        ours="left alone",
        found=found,
        leave=f"it stays {found}, as somebody wants it or knows, and the way forward goes on",
    )


@dataclass(frozen=True)
class _Told:
    """What one host tells of VCS."""

    held: dict[str, str]
    """How groups and systems are frozen, and which groups are faulted, by name."""
    unsettled: tuple[str, ...]
    """Why VCS doesn't stand still, a line each."""


async def _read(play: Play, change: Change) -> tuple[_Told | None, str]:
    """What the first host that tells all of it says; or why none does."""
    problems = []
    for host in change.nodes or change.managers:
        told, why = await _read_on(play, host)
        if told is not None:
            return told, ""
        problems.append(f"{host.label}: {why}")
    return None, "; ".join(problems) or "no host of the change runs VCS"


async def _read_on(play: Play, host: Host) -> tuple[_Told | None, str]:
    summary = await readings.summary(play, host)
    if summary.value is None:
        return None, summary.problem
    if isinstance(summary.value, vcs.EngineDown):
        return None, "the VCS engine is not running"
    systems, groups = summary.value.systems, summary.value.groups
    held = {f"system {each.name}": "frozen" for each in systems if each.frozen}
    held |= {
        f"{each.group} on {each.system}": FAULTED for each in groups if "FAULTED" in each.state
    }
    unsettled = [f"{each.name} is {each.state}" for each in systems if each.state != "RUNNING"]
    unsettled += [
        f"{each.group} is {'|'.join(sorted(each.state))} on {each.system}"
        for each in groups
        if not vcs.IN_TRANSITION.isdisjoint(each.state)
    ]
    for group in dict.fromkeys(each.group for each in groups):
        shown = await read_group(play, host, group)
        if shown.value is None:
            return None, shown.problem
        if shown.value.freezes:
            held[f"group {group}"] = f"frozen {' and '.join(shown.value.freezes)}"
        unsettled += [f"{group} has {each}" for each in shown.value.pending]
    return _Told(held, tuple(unsettled)), ""


@dataclass(frozen=True)
class Group:
    """What a group's own attributes say."""

    freezes: tuple[str, ...]
    """In which ways it is frozen; none: it isn't."""
    pending: tuple[str, ...]
    """The queues in which it waits to be moved, with the system."""


async def read_group(play: Play, host: Host, group: str) -> Reading[Group]:
    """What a group's own attributes say; unknown where they don't tell whether it is frozen."""
    command = readings.on(host, vcs.display_group(group))
    return await play.read(host.id, command, readings.printed(_group))


def _group(text: str) -> Group:
    rows = vcs.parse_display(text, per_system=True)
    if isinstance(rows, vcs.EngineDown):
        raise Unreadable("a group's attributes", text)
    said = {row.name: row.value for row in rows if row.name in _FLAVOURS}
    if said.keys() != _FLAVOURS.keys() or not set(said.values()) <= {"0", "1"}:
        raise Unreadable("a group's Frozen and TFrozen", text)
    freezes = (text for name, text in _FLAVOURS.items() if said[name] == "1")
    pending = (f"{row.name} {row.value}" for row in rows if row.name in vcs.PENDING and row.value)
    return Group(tuple(freezes), tuple(pending))
