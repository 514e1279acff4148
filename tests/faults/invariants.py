"""What must hold whatever happened, by the lab's own record and by the run's own files."""

import re
from collections.abc import Iterable

from lparwiz.lab import judge
from lparwiz.run import journal as journals

from .wire import blind, repeated, undeclared

RESUMES = 2
"""How often a run is taken up again before whatever is still broken is mended, and once more."""
MIGRATED, NOT_MIGRATED, DEBTS, UNKNOWN = 0, 1, 3, 4
"""Exit statuses, as the README has them."""
_OWED = re.compile(r"^## Owed on [^\n]*: (\S+)\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
_SETTLED = re.compile(r"^- (\S+) on .*: (?:paid|taken over), ", re.MULTILINE)
_SETS_PEERINACT = re.compile(rb"\s*set-timer\s+peerinact:(\d+)\s*")
_DELETES = re.compile(r"rmsyscfg -r lpar -m (\S+) --id (\d+)")


Debts = dict[str, str]
"""The debts that are open, by id: what is owed, and the command that pays it."""


def broken(world) -> list[str]:
    """Which invariants do not hold; best empty. The world is at rest, the last life over."""
    site, wire = world.site, world.wire
    consoles = {console.label for console in site.consoles}
    wrong = [
        *_lives(world),
        *_harm(site),
        *_living(site),
        *_deletions(site, (each.text for each in wire.sent)),
        *repeated(wire, site.record),
        *undeclared(wire, site.record),
        *blind(wire, consoles),
    ]
    try:
        ledger = world.ledger
    except journals.JournalDamaged as damaged:
        return [*wrong, f"the journal is damaged: {damaged}"]
    debts = {debt.id: f"{debt.what}\n{debt.pays}" for debt in ledger.owed}
    settled = {entry.debt.id for entry in ledger.entries} - debts.keys()
    return [
        *wrong,
        *_owing(world, debts, settled),
        *_status(world, debts),
        *_brought_to_its_end(world, debts),
        *_ledger_file(world, ledger),
    ]


def at_its_end(world) -> list[str]:
    """What does not hold at the instant at which a life ended, by what a person is left with."""
    text = world.life.ledger_at_death
    debts = {found[1]: found[2] for found in _OWED.finditer(text)}
    wrong = [*_living(world.site), *_owing(world, debts, set(_SETTLED.findall(text)))]
    if not world.life.full:  # else the last debts that it wrote down may never have been made
        wrong += _status(world, debts)
    return wrong


def _lives(world) -> list[str]:
    wrong = [life.error for life in world.lives if life.error]
    wrong += [f"{point}: {fault} never struck" for (_, point), fault in world.unstruck()]
    for number, life in enumerate(world.lives, start=1):
        wrong += [f"sent with a full disk: {line}" for line in life.sent_after_full]
        wrong += [f"at the end of life {number}: {text}" for text in life.wrong]
        if life.status not in (None, MIGRATED, NOT_MIGRATED, DEBTS, UNKNOWN):
            wrong.append(f"life {number} ended {life.status}")
    return wrong


def _harm(site) -> list[str]:
    """What no run may ever do to a site, however it ended."""
    found = {
        "false failover": judge.false_failovers(site),
        "GAB's membership changed": judge.evictions(site),
        "a timer was lowered too early": judge.early_restores(site),
        "a bystander was touched": judge.bystanders(site),
        "a group is frozen": judge.frozen_groups(site),
    }
    return [f"{harm}: {events}" for harm, events in found.items() if events]


def _living(site) -> list[str]:
    """Exactly one live definition of the LPAR, and it is the LPAR."""
    wrong = []
    live = judge.live(site)
    if len(live) != 1:
        wrong.append(f"the LPAR lives on {live or 'no system'}")
    others = [
        f"{system.name}: {each.name} {each.lpar_id}"
        for system in site.systems
        for each in system.partitions
        if each.name == site.scenario.lpar and each.activated and each.uuid != site.start.lpar
    ]
    if others:
        wrong.append(f"another partition lives under its name: {others}")
    wrong += [
        f"{system.name}: the live LPAR is named {each.name}"
        for system in site.systems
        for each in system.partitions
        if each.activated and each.uuid == site.start.lpar and each.name != site.scenario.lpar
    ]
    return wrong


def _deletions(site, sent: Iterable[str]) -> list[str]:
    """Nothing but the placeholder is ever deleted, nor tried to be."""
    deleted = [e for e in site.record.of("definition gone") if e["why"] != "migrated"]
    wrong = [
        f"a partition was deleted: {event['lpar']} on {event['system']}"
        for event in deleted
        if event["uuid"] != site.start.placeholder
    ]
    target = site.systems[1]
    placeholder = next(
        (p for p in site.start.partitions[target.name] if p.uuid == site.start.placeholder), None
    )
    right = (target.name, placeholder.lpar_id) if placeholder is not None else None
    for text in sent:
        tried = _DELETES.search(text)
        if "rmsyscfg" in text and (tried is None or tried.groups() != right):
            wrong.append(f"tried to delete what is not the placeholder: {text}")
    return wrong


def _owing(world, debts: Debts, settled: set[str]) -> list[str]:
    """Nothing is owed in silence: what is not as it was stands in the ledger."""
    site = world.site
    wrong = [
        f"peerinact of {node} is {now}, was {was}, and no debt says so"
        for node, (was, now) in judge.timers(site).items()
        if was != now and f"peerinact:{was}" not in debts.get(f"peerinact/{node}", "")
    ]
    wrong += [
        f"/etc/llttab of {node} was changed, and no debt says so"
        for node, same in judge.llttab(site).items()
        if not (same or f"llttab/{node}" in debts or _as_asked(world, node, settled))
    ]
    wrong += [
        f"{stray} was left, and no debt says so"
        for stray in judge.strays(site)
        if not (_kept_copy(world, stray) or _named(debts, stray))
    ]
    migrated = _migrated(site)
    profiles = site.scenario.has_profiles
    right = "gone" if migrated and profiles else "own name"
    placeholder = judge.placeholder(site)
    if placeholder not in ("none", right) and not debts.keys() & {"placeholder", "migration"}:
        wrong.append(f"the placeholder is {placeholder}, and no debt says so")
    if profiles and migrated and "definition" not in debts:
        definition = judge.definition(site)
        if not definition["equal"]:
            wrong.append(f"the definition: {definition['differences']}, and no debt says so")
    if migrated:
        wrong += [
            f"the ProfileFile of {node} is {now}, and no debt says so"
            for node, now in judge.profile_files(site).items()
            if now in ("stale", "gone") and "profile-file" not in {d.split("/")[0] for d in debts}
        ]
    if judge.leftovers(site) and not debts.keys() & {"half-done", "migration"}:
        wrong.append("a half-done migration hangs, and no debt says so")
    return wrong


def _migrated(site) -> bool:
    return judge.live(site) == [site.systems[1].name]


def _as_asked(world, node: str, settled: set[str]) -> bool:
    """Whether a node's llttab is what `persist` asks for, all else in it kept, and is settled."""
    before, now = world.site.start.llttab[node], _content(world.site, node, "/etc/llttab")
    kept = [line for line in now.splitlines() if not _SETS_PEERINACT.fullmatch(line)]
    was = [line for line in before.splitlines() if not _SETS_PEERINACT.fullmatch(line)]
    sets = [int(found[1]) for found in map(_SETS_PEERINACT.fullmatch, now.splitlines()) if found]
    asked = world.change.timers.persist and kept == was and sets == [world.change.timers.peerinact]
    return asked and f"llttab/{node}" in settled


def _kept_copy(world, stray: str) -> bool:
    """Whether it is the former llttab: `persist` leaves it there, as the README says."""
    node, _, path = stray.partition(":")
    copy = world.change.timers.persist and path.startswith("/etc/llttab.")
    return copy and _content(world.site, node, path) == world.site.start.llttab[node]


def _content(site, node: str, path: str) -> bytes:
    return site.hosts[node].files.tree[path].content


def _named(debts: Debts, stray: str) -> bool:
    """Whether a debt of this node names the file."""
    node, _, path = stray.partition(":")
    return any(name.endswith(f"/{node}") and path in text for name, text in debts.items())


def _status(world, debts: Debts) -> list[str]:
    """Whether the exit status of the life that ended last tells the truth."""
    status, site = world.life.status, world.site
    owed = sorted(debts)
    if status == DEBTS and not owed:
        return ["status 3, and nothing is owed"]
    if status not in (MIGRATED, NOT_MIGRATED):
        return []
    wrong = []
    if owed:
        wrong.append(f"status {status}, and yet {owed} are owed")
    if _migrated(site) is not (status == MIGRATED):
        wrong.append(f"status {status}, and the LPAR lives on {judge.live(site)}")
    if not all(n.timers == site.start.timers[n.label] for n in site.cluster.nodes):
        wrong.append(f"status {status}, and timers are {judge.timers(site)}")
    if site.scenario.route == "vcs" and not judge.groups_right(site):
        wrong.append(f"status {status}, and the group is not where the LPAR lives")
    if status == NOT_MIGRATED and not judge.definition(site)["equal"]:
        wrong.append(f"status {status}, and the definition: {judge.definition(site)}")
    return wrong


def _brought_to_its_end(world, debts: Debts) -> list[str]:
    status = world.lives[-1].status
    if status in (MIGRATED, NOT_MIGRATED):
        return []
    return [f"not brought to its end: status {status}, owed {sorted(debts)}"]


def _ledger_file(world, ledger) -> list[str]:
    """`ledger.md` is what a person has when lparwiz is gone."""
    text = world.lives[-1].ledger_at_death
    if not ledger.entries and not text:
        return []
    if not text.startswith(ledger.markdown(world.change.title, places=world.change.places)):
        return ["ledger.md is not what the journal says"]
    return []
