"""What must hold whatever happened, by the lab's own record and by the run's own files."""

import re

from lparwiz.run import journal as journals

_OWED = re.compile(r"^## Owed on .*: (\S+)$", re.MULTILINE)
RESUMES = 3
"""How often a run is taken up again before whatever is still broken is mended, and once more."""


def broken(world) -> list[str]:
    """Which invariants do not hold; best empty. The world is at rest, the last life over."""
    try:
        ledger = world.ledger
    except journals.JournalDamaged as damaged:
        return [f"the journal is damaged: {damaged}"]
    owed = {debt.id for debt in ledger.owed}
    verdict = world.site.verdict()
    return [
        *_lives(world),
        *_site(world, verdict),
        *_owing(world, verdict, owed),
        *_blind(world.events()),
        *_ended(world, verdict, owed),
        *_ledger_file(world, ledger),
    ]


def _lives(world) -> list[str]:
    wrong = [life.error for life in world.lives if life.error]
    wrong += [f"{point}: {fault} never struck" for (_, point), fault in world.unstruck()]
    for number, life in enumerate(world.lives, start=1):
        wrong += [f"sent with a full disk: {line}" for line in life.sent_after_full]
        wrong += [f"at the end of life {number}: {text}" for text in life.silent]
        if life.status not in (None, 0, 1, 3, 4):
            wrong.append(f"life {number} ended {life.status}")
    return wrong


def _site(world, verdict) -> list[str]:
    """What no run may ever do to a site, however it ended."""
    harms = ("false_failovers", "memberships", "early_restores", "bystanders", "strays")
    wrong = [f"{harm}: {verdict[harm]}" for harm in harms if verdict[harm]]
    if not all(verdict["llttab"].values()):
        wrong.append("an llttab was changed")
    if len(verdict["live"]) != 1:
        wrong.append(f"the LPAR lives on {verdict['live'] or 'no system'}")
    deleted = world.site.record.of("definition gone")
    if any(event.get("uuid") == world.site.start.lpar for event in deleted):
        wrong.append("the LPAR itself was deleted")
    started = [line for line in world.site.record.commands() if "migrlpar -o m" in line]
    if len(started) > 1:
        wrong.append(f"the migration was sent {len(started)} times")
    return wrong


def silent(world) -> list[str]:
    """What is not as it was at this instant, and stands nowhere in `ledger.md`."""
    text = world.path / "ledger.md"
    owed = set(_OWED.findall(text.read_text())) if text.exists() else set()
    return _owing(world, world.site.verdict(), owed)


def _blind(events) -> list[str]:
    """Changes sent to a host after one whose effect there is unknown, without a look first."""
    wrong, unknown = [], set()
    for event in events:
        host = event.data.get("host")
        exited = event.data.get("outcome") == "exited"
        if event.kind == "sent":
            if host in unknown:
                wrong.append(f"sent after an unknown: {event.data['command']}")
            unknown.add(host)
        elif event.kind in ("answered", "reading") and exited:
            # Whatever its status: an HMC says "absent" with a failure's.
            unknown.discard(host)
    return wrong


def _owing(world, verdict, owed) -> list[str]:
    """Nothing is owed in silence: what is not as it was stands in the ledger."""
    wrong = [
        f"peerinact of {node} is {now}, was {was}, and no debt says so"
        for node, (was, now) in verdict["timers"].items()
        if was != now and f"peerinact/{node}" not in owed
    ]
    migrated = verdict["migrated"]
    profiles = world.site.scenario.has_profiles
    right = "gone" if migrated and profiles else "own name"
    if verdict["placeholder"] not in ("none", right) and not owed & {"placeholder", "migration"}:
        wrong.append(f"the placeholder is {verdict['placeholder']}, and no debt says so")
    if profiles and migrated and not verdict["definition"]["equal"] and "definition" not in owed:
        wrong.append(f"the definition: {verdict['definition']['differences']}, and no debt")
    if verdict["leftovers"] and not owed & {"half-done", "migration"}:
        wrong.append("a half-done migration hangs, and no debt says so")
    return wrong


def _ended(world, verdict, owed) -> list[str]:
    """Whether the exit status tells the truth, and the run came to an end where it could."""
    status = world.lives[-1].status
    wrong = []
    if status in (0, 1) and owed:
        wrong.append(f"status {status}, and yet {sorted(owed)} are owed")
    if status == 3 and not owed:
        wrong.append("status 3, and nothing is owed")
    if status in (0, 1) and not _clean(world, verdict):
        wrong.append(f"status {status}, and the site is not clean: {verdict}")
    if status in (0, 1) and verdict["migrated"] is not (status == 0):
        wrong.append(f"status {status}, and the LPAR lives on {verdict['live']}")
    if status not in (0, 1):
        wrong.append(f"not brought to its end: status {status}, owed {sorted(owed)}")
    return wrong


def _clean(world, verdict) -> bool:
    if world.site.scenario.has_profiles or not verdict["migrated"]:
        return verdict["clean"]
    return verdict["timers_restored"] and not verdict["leftovers"]


def _ledger_file(world, ledger) -> list[str]:
    """`ledger.md` is what a person has when lparwiz is gone."""
    text = world.lives[-1].ledger_at_death
    if not ledger.entries and not text:
        return []
    if text != ledger.markdown(world.change.title):
        return ["ledger.md is not what the journal says"]
    return []
