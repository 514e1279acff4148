"""Which service groups and systems of the cluster are frozen, and whether that has changed.

A freeze is somebody's decision about what VCS may do while the LPAR moves: one that comes or goes
between our readings is shown, never undone. A group's freeze stands in its own attributes, not in
`hastatus -sum` (facts, vcs.md 4 and 4.2).
"""

from collections.abc import Iterable

from lparwiz.change import Change, Host
from lparwiz.run.action import Moved, Reading
from lparwiz.run.play import Play
from lparwiz.steps import readings
from lparwiz.tools import vcs
from lparwiz.tools.errors import Unreadable

FACT = "frozen"
NOT = "not frozen"
TEMPORARILY = "until unfrozen or restarted"
_FLAVOURS = {"TFrozen": TEMPORARILY, "Frozen": "for good"}
"""A group's two freezes: the temporary and the persistent one (facts, vcs.md 4.2)."""


async def note_frozen(play: Play, change: Change) -> None:
    """Note what is frozen before the first change, once in a run, where VCS tells."""
    if play.recall(FACT) is not None:
        return
    frozen, why = await _read(play, change)
    if frozen is None:
        play.say(f"What is frozen can't be read, so nobody will see a change of it: {why}.")
        return
    play.note(FACT, frozen)


async def frozen_since(play: Play, change: Change) -> tuple[tuple[Moved, ...], str]:
    """What was frozen or unfrozen since it was noted; and why that can't be told, else empty."""
    before: dict[str, str] | None = play.recall(FACT)
    if before is None:
        return (), ""
    now, why = await _read(play, change)
    if now is None:
        return (), f"what is frozen can't be read any more: {why}"
    names = sorted(before.keys() | now.keys())
    changed = [name for name in names if before.get(name) != now.get(name)]
    return tuple(_moved(name, before.get(name, NOT), now.get(name, NOT)) for name in changed), ""


def note_ours(play: Play, groups: Iterable[str]) -> None:
    """Note groups that this run has frozen itself, so that nobody takes it for somebody else's."""
    frozen: dict[str, str] = dict(play.recall(FACT) or {})
    ours = {f"group {group}": f"frozen {TEMPORARILY}" for group in groups}
    if play.recall(FACT) is not None and not ours.items() <= frozen.items():
        play.note(FACT, frozen | ours)


async def group_freezes(play: Play, host: Host, group: str) -> Reading[tuple[str, ...]]:
    """In which ways a group is frozen; none: it isn't."""
    command = readings.on(host, vcs.display_group(group))
    return await play.read(host.id, command, readings.printed(_freezes))


def take_as_found(play: Play, left: Iterable[Moved]) -> None:
    """Note what was left as found as what is known from now on."""
    frozen: dict[str, str] = dict(play.recall(FACT) or {})
    for each in left:
        if each.subject.startswith(f"{FACT}/"):
            name = each.subject.partition("/")[2]
            if each.found == NOT:
                frozen.pop(name, None)
            else:
                frozen[name] = each.found
    if frozen != play.recall(FACT):
        play.note(FACT, frozen)


def _moved(name: str, was: str, found: str) -> Moved:
    return Moved(
        subject=f"{FACT}/{name}",
        host="the cluster",
        what=name,
        was=was,
        ours="left alone",
        found=found,
        leave=f"it stays {found}, as somebody wants it, and the way forward goes on",
    )


async def _read(play: Play, change: Change) -> tuple[dict[str, str] | None, str]:
    """What is frozen, by name, as the first host that tells all of it has it; or why none does."""
    problems = []
    for host in change.nodes or change.managers:
        frozen, why = await _read_on(play, host)
        if frozen is not None:
            return frozen, ""
        problems.append(f"{host.label}: {why}")
    return None, "; ".join(problems) or "no host of the change runs VCS"


async def _read_on(play: Play, host: Host) -> tuple[dict[str, str] | None, str]:
    summary = await readings.summary(play, host)
    if summary.value is None:
        return None, summary.problem
    if isinstance(summary.value, vcs.EngineDown):
        return None, "the VCS engine is not running"
    frozen = {f"system {each.name}": "frozen" for each in summary.value.systems if each.frozen}
    for group in dict.fromkeys(each.group for each in summary.value.groups):
        shown = await group_freezes(play, host, group)
        if shown.value is None:
            return None, shown.problem
        if shown.value:
            frozen[f"group {group}"] = f"frozen {' and '.join(shown.value)}"
    return frozen, ""


def _freezes(text: str) -> tuple[str, ...]:
    """In which ways a group is frozen.

    Raises:
        Unreadable: it doesn't say.
    """
    rows = vcs.parse_display(text, per_system=True)
    if isinstance(rows, vcs.EngineDown):
        raise Unreadable("a group's attributes", text)
    said = {row.name: row.value for row in rows if row.name in _FLAVOURS}
    if said.keys() != _FLAVOURS.keys() or not set(said.values()) <= {"0", "1"}:
        raise Unreadable("a group's Frozen and TFrozen", text)
    return tuple(text for name, text in _FLAVOURS.items() if said[name] == "1")
