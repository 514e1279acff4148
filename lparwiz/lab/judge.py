"""The verdict on a run: plain comparisons of the site as it is with the site as it was."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from lparwiz.lab import nested
from lparwiz.lab.defaults import READ_ONLY
from lparwiz.lab.models import PSEUDO_PROFILE, Node, Partition, Row

if TYPE_CHECKING:
    from lparwiz.lab.site import Site


@dataclass(frozen=True)
class Photograph:
    """What is compared with later."""

    timers: dict[str, dict[str, int]]
    llttab: dict[str, bytes | None]
    files: dict[str, frozenset[str]]
    partitions: dict[str, list[Partition]]
    """By system name."""
    lpar: str
    """The uuid of the LPAR."""
    placeholder: str | None
    """The uuid of the placeholder."""
    events: int
    profile_files: dict[str, tuple[str, bytes]]
    """Path and content of each ProfileFile, by the label of its manager."""


def photograph(site: "Site") -> Photograph:
    """Take down everything that is judged."""
    source, target = site.systems
    lpar, placeholder = source.find(site.scenario.lpar), target.find(site.scenario.lpar)
    return Photograph(
        timers={n.label: dict(n.timers) for n in site.cluster.nodes},
        llttab={n.label: _llttab(n) for n in site.cluster.nodes},
        files={n.label: frozenset(n.files.tree) for n in site.cluster.nodes},
        partitions={s.name: [_copy(p) for p in s.partitions] for s in site.systems},
        lpar=lpar.uuid if lpar else "",
        placeholder=placeholder.uuid if placeholder else None,
        events=len(site.record.events),
        profile_files={
            node.label: (path, node.files.tree[path].content)
            for node in site.cluster.nodes
            if (path := _profile_path(site, node)) in node.files.tree
        },
    )


def _copy(partition: Partition) -> Partition:
    profiles = [dict(profile) for profile in partition.profiles]
    return replace(
        partition, row=dict(partition.row), profiles=profiles, drift=dict(partition.drift)
    )


def _profile_path(site: "Site", node: Node) -> str:
    named = (r.by_system.get(("ProfileFile", node.system)) for r in site.cluster.resources)
    return next((path for path in named if path), "")


def _llttab(node: Node) -> bytes | None:
    found = node.files.tree.get("/etc/llttab")
    return found.content if found else None


def _since(site: "Site", kind: str) -> list[dict[str, Any]]:
    return [e for e in site.record.of(kind) if e["n"] >= site.start.events]


def false_failovers(site: "Site") -> list[dict[str, Any]]:
    """Groups that were taken from a node that was only frozen."""
    return _since(site, "false failover")


def evictions(site: "Site") -> list[dict[str, Any]]:
    """Changes of GAB's membership."""
    return _since(site, "membership")


def timers(site: "Site") -> dict[str, tuple[int, int]]:
    """Each node's peerinact in centiseconds: at the start and now."""
    return {
        n.label: (site.start.timers[n.label]["peerinact"], n.timers["peerinact"])
        for n in site.cluster.nodes
    }


def early_restores(site: "Site") -> list[dict[str, Any]]:
    """Timers lowered while a node was frozen, a link DOWN or a member missing."""
    return [
        e
        for e in _since(site, "timer")
        if e["timer"] == "peerinact" and 0 < e["now"] < e["was"] and not e["calm"]
    ]


def llttab(site: "Site") -> dict[str, bool]:
    """Whether each node's /etc/llttab is the same, byte for byte."""
    return {n.label: _llttab(n) == site.start.llttab[n.label] for n in site.cluster.nodes}


def strays(site: "Site") -> list[str]:
    """Files on the nodes that were not there at the start, as `node:path`.

    VCS's own logs are none, nor is a ProfileFile that was kept as it was beside the new one.
    """
    return [
        f"{n.label}:{path}"
        for n in site.cluster.nodes
        for path in sorted(n.files.tree.keys() - site.start.files[n.label])
        if not path.startswith("/var/VRTSvcs/log/") and not _kept(site, n, path)
    ]


def _kept(site: "Site", node: Node, path: str) -> bool:
    named, content = site.start.profile_files.get(node.label, ("", b""))
    return bool(named) and path.startswith(f"{named}.") and node.files.read(path) == content


def profile_files(site: "Site") -> dict[str, str]:
    """Each manager's ProfileFile: `as it was`, `current`, `stale` or `gone`.

    That of the manager on whose server the LPAR lives is current where every pair in it is what
    the HMC has of the LPAR, and stale otherwise; the others are as they were, or stale.
    """
    found: dict[str, str] = {}
    for node in site.cluster.nodes:
        path, content = site.start.profile_files.get(node.label, ("", b""))
        if not path:
            continue
        file = node.files.tree.get(path)
        server = site.cluster.system_attributes.get((node.system, "PhysicalServer"), "")
        lpar = next(
            (p for s in site.systems if s.name == server for p in s.partitions
             if p.uuid == site.start.lpar and p.activated), None
        )  # fmt: skip
        if file is None:
            found[node.label] = "gone"
        elif lpar is not None:
            found[node.label] = "current" if _says(file.content, lpar) else "stale"
        else:
            found[node.label] = "as it was" if file.content == content else "stale"
    return found


def _says(content: bytes, lpar: Partition) -> bool:
    try:
        records = [dict(nested.read(line)) for line in content.decode().splitlines() if line]
    except (nested.MalformedRecordError, UnicodeDecodeError):
        return False
    known = [lpar.row, *lpar.profiles]
    return bool(records) and all(any(r.items() <= k.items() for k in known) for r in records)


def groups_right(site: "Site") -> bool:
    """Whether each group on management LPARs is ONLINE just where its LPAR lives."""
    if not site.scenario.has_managers:
        return True
    servers = {
        node.system: site.cluster.system_attributes.get((node.system, "PhysicalServer"))
        for node in site.cluster.nodes
    }
    return all(
        not group.states and [servers.get(group.online_on)] == live(site)
        for group in site.cluster.groups
    )


def bystanders(site: "Site") -> list[str]:
    """What happened to partitions that are none of our business; best empty."""
    ours = {site.start.lpar, site.start.placeholder}
    wrong: list[str] = []
    for system in site.systems:
        before = {p.uuid: p for p in site.start.partitions[system.name] if p.uuid not in ours}
        now = {p.uuid: p for p in system.partitions if p.uuid not in ours}
        for uuid, was in before.items():
            if uuid not in now:
                wrong.append(f"{system.name}: {was.name!r} is gone")
                continue
            wrong += [
                f"{system.name}: {was.name!r}: {d}"
                for d in differences(was, now[uuid], ignored=frozenset({"rmc_state"}))
            ]
        for uuid, found in now.items():
            again = system is site.systems[0] and found.name == site.scenario.lpar
            if uuid not in before and not again:
                wrong.append(f"{system.name}: {found.name!r} was not there before")
    return wrong


def _same(was: str, now: str) -> bool:
    return was == now or _canonical(was) == _canonical(now)


def _canonical(value: str) -> object:
    try:
        return sorted(nested.elements(value))
    except nested.MalformedRecordError:
        return value


def differences(was: Partition, now: Partition, ignored: frozenset[str]) -> list[str]:
    """Where two definitions differ: attributes of the LPAR, and of each profile by name."""
    found = _row_differences("", was.row, now.row, ignored)
    before, after = (
        {p["name"]: p for p in partition.profiles if p["name"] != PSEUDO_PROFILE}
        for partition in (was, now)
    )
    found += [f"profile {name!r} is gone" for name in sorted(before.keys() - after.keys())]
    found += [
        f"profile {name!r} was not there before" for name in sorted(after.keys() - before.keys())
    ]
    for name in sorted(before.keys() & after.keys()):
        found += _row_differences(f"profile {name!r}: ", before[name], after[name], ignored)
    return found


def _row_differences(where: str, was: Row, now: Row, ignored: frozenset[str]) -> list[str]:
    return [
        f"{where}{name}: {was.get(name)!r}, now {now.get(name)!r}"
        for name in sorted(was.keys() | now.keys())
        if name not in ignored and not _same(was.get(name, ""), now.get(name, ""))
    ]


def definition(site: "Site") -> dict[str, Any]:
    """The LPAR's definition on the source against the original.

    Left out of the comparison is what an LPAR that was made anew can't have (uuid, state and the
    like), what this HMC won't take, `auto_start`, which should be 0 (facts, hmc.md 4.5), and the
    lpar_id where somebody else has it by now.
    """
    source = site.systems[0]
    original = next(p for p in site.start.partitions[source.name] if p.uuid == site.start.lpar)
    found = source.find(original.name)
    if found is None:
        return {"exists": False, "equal": False, "same": False, "differences": ["gone"]}
    ignored = READ_ONLY - {"lpar_env"} | site.scenario.refused
    moved = found.uuid != original.uuid
    if moved:
        ignored |= {"auto_start"}
    owner = source.by_id(original.lpar_id)
    if owner is not None and owner is not found:
        ignored |= {"lpar_id"}
    wrong = differences(original, found, frozenset(ignored))
    if moved:
        rows = [found.row, *found.profiles]
        wrong += [
            f"auto_start is {row['auto_start']} in {row['name']!r}"
            for row in rows
            if row["auto_start"] != "0"
        ]
    return {"exists": True, "equal": not wrong, "same": not moved, "differences": wrong}


def placeholder(site: "Site") -> str:
    """Where the placeholder is: `none` ever, `gone`, `own name`, or the name that it bears."""
    if site.start.placeholder is None:
        return "none"
    target = site.systems[1]
    found = next((p for p in target.partitions if p.uuid == site.start.placeholder), None)
    if found is None:
        return "gone"
    before = next(p for p in site.start.partitions[target.name] if p.uuid == site.start.placeholder)
    if found.name != before.name:
        return found.name
    return "changed" if differences(before, found, frozenset()) else "own name"


def live(site: "Site") -> list[str]:
    """The systems where the LPAR lives; exactly one is right."""
    return [
        s.name
        for s in site.systems
        if any(p.uuid == site.start.lpar and p.activated for p in s.partitions)
    ]


def leftovers(site: "Site") -> list[str]:
    """Systems with something half-made on them."""
    return [s.name for s in site.systems if any(p.leftover for p in s.partitions)]


def frozen_groups(site: "Site") -> list[str]:
    """Groups that are frozen now."""
    return [
        g.name
        for g in site.cluster.groups
        if "1" in (g.attributes.get("TFrozen"), g.attributes.get("Frozen"))
    ]


def migrations(site: "Site") -> list[str]:
    """How each migration that was really started ended; `under way` for one that hasn't."""
    ended = [e["how"] for e in _since(site, "migration ended")]
    return [*ended, *["under way"] * (len(_since(site, "migration started")) - len(ended))]


def verdict(site: "Site") -> dict[str, Any]:
    """All of it, JSON-able, with `clean`: whether nothing is wrong at all."""
    facts: dict[str, Any] = {
        "at": round(site.clock.now(), 3),
        "false_failovers": false_failovers(site),
        "memberships": evictions(site),
        "timers": {label: list(pair) for label, pair in timers(site).items()},
        "timers_restored": all(n.timers == site.start.timers[n.label] for n in site.cluster.nodes),
        "early_restores": early_restores(site),
        "llttab": llttab(site),
        "strays": strays(site),
        "bystanders": bystanders(site),
        "definition": definition(site),
        "placeholder": placeholder(site),
        "live": live(site),
        "leftovers": leftovers(site),
        "frozen_groups": frozen_groups(site),
        "migrations": migrations(site),
        "profile_files": profile_files(site),
        "groups_right": groups_right(site),
        "mappings_left": [s.name for s in site.systems if s.left],
    }
    moved = facts["live"] == [site.systems[1].name]
    # Only a route with profiles makes the definition anew where it was.
    restored = not moved or site.scenario.has_profiles
    wanted = ("none", "gone") if moved else ("none", "own name")
    facts["migrated"] = moved
    facts["clean"] = (
        not facts["false_failovers"]
        and facts["timers_restored"]
        and not facts["early_restores"]
        and all(facts["llttab"].values())
        and not facts["strays"]
        and not facts["bystanders"]
        and facts["definition"]["equal" if restored else "exists"] is restored
        and facts["placeholder"] in wanted
        and len(facts["live"]) == 1
        and not facts["leftovers"]
        and not facts["frozen_groups"]
        and not facts["mappings_left"]
        and (facts["groups_right"] or not site.scenario.by_vcs)
    )
    return facts
