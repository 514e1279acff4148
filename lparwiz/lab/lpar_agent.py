"""VCS's LPAR agent and the migration that VCS itself begins (facts, vcs.md 4.1 and 5).

`hagrp -migrate` returns at once; the engine has the agent work on it, which asks an HMC. What the
documentation says of the agent is little: that it works by ProfileFile, that the file must have
valid VIOS mappings or it can't remove them, and that on an error it stops where it is: no rollback,
an administrator is needed. The steps between, their times, words and message ids are the lab's own.
"""

import re
from typing import TYPE_CHECKING

from lparwiz.lab import nested
from lparwiz.lab.files import FileProblemError
from lparwiz.lab.messages import HmcRefusesError
from lparwiz.lab.models import Group, Node, Partition, Resource, Row, System

if TYPE_CHECKING:
    from lparwiz.lab.mobility import Migration
    from lparwiz.lab.site import Site

LOG = "/var/VRTSvcs/log/engine_{}.log"
"""The engine's log, which rolls from A to B to C (facts, vcs.md 2.3)."""
BEGINS = 5.0
"""Lab seconds from the command until the agent asks an HMC."""
ENDS = 10.0
"""Lab seconds from the end of the HMC's migration until the agent has done with the source."""
MOVING = ("ONLINE|STOPPING|MIGRATING", "OFFLINE|STARTING|MIGRATING")
"""The group's words on source and target meanwhile, as recalled (facts, vcs.md 4)."""
VIRTUAL = ("virtual_scsi_adapters", "virtual_fc_adapters")
_CLIENT = re.compile(r"(\d+)/client/(\d+)/([^/]+)/(\d+)")


class VcsRefusesError(Exception):
    """The engine doesn't take the command. Its text is VCS's."""


class LparAgent:
    """What VCS does with the LPAR on the management LPARs of a site."""

    def __init__(self, site: "Site") -> None:
        self._site = site
        self.migrating: Group | None = None
        """The group that VCS migrates now, or has given up on halfway."""
        if site.scenario.has_managers:
            for node in site.cluster.nodes:
                for folder in ("/var/VRTSvcs", "/var/VRTSvcs/log"):
                    node.files.make_folder(folder)
                node.files.write(LOG.format("A"), b"")
                self.log(node, "NOTICE", 1, f"VCS engine runs on {node.system}")
        if site.scenario.by_vcs:
            _spoil(site)

    # -- the engine's part -----------------------------------------------------------------------

    def migrate(self, manager: Node, group: Group, to: str) -> None:
        """Begin a migration and return, as the engine works on alone.

        Raises:
            VcsRefusesError: VCS doesn't begin it; the texts are the lab's (facts, vcs.md 9).
        """
        cluster = self._site.cluster
        resource = next(
            (r for r in cluster.resources if r.group == group.name and r.type == "LPAR"), None
        )
        target = cluster.node(to)
        if to not in group.systems:
            raise _refusal(f"System {to} is not in the SystemList of group {group.name}")
        if resource is None or target is None:
            raise _refusal(f"Group {group.name} has no resource that can migrate")
        if self.migrating is not None or group.online_on in ("", to):
            raise _refusal(f"Group {group.name} can not migrate to {to} as it stands")
        if "1" in (group.attributes.get("TFrozen"), group.attributes.get("Frozen")):
            raise _refusal(f"Group {group.name} is frozen")
        source = cluster.node(group.online_on)
        assert source is not None
        self.migrating = group
        group.states = dict(zip((source.system, to), MOVING, strict=True))
        self._site.record.note("vcs migration started", host=manager.label, group=group.name, to=to)
        text = f"Migrating group {group.name} from {source.system} to {to}"
        for node in (source, target):
            self.log(node, "NOTICE", 2, text)
        self._site.clock.after(BEGINS, lambda: self._ask_hmc(resource, source, target))

    def log(self, node: Node, severity: str, number: int, text: str) -> None:
        """Write a line into a node's engine log; the log is the engine's own, and no event."""
        stamp = self._site.date().strftime("%Y/%m/%d %H:%M:%S")
        file = node.files.get(LOG.format("A"))
        file.content += f"{stamp} VCS {severity} V-16-99-{number:05} {text}\n".encode()

    def roll(self, node: Node) -> None:
        """Begin a new engine log; the former one is engine_B.log from now on."""
        tree = node.files.tree
        tree[LOG.format("B")] = tree.pop(LOG.format("A"))
        node.files.write(LOG.format("A"), b"")

    # -- the agent's part ------------------------------------------------------------------------

    def _ask_hmc(self, resource: Resource, source: Node, target: Node) -> None:
        site, name = self._site, resource.attributes.get("LPARName", "")
        if site.scenario.migration == "hmc-unreachable":
            self._give_up(source, target, f"{resource.name}: no HMC can be reached by ssh")
            return
        here, there = self._server(source), self._server(target)
        partition = here.find(name) if here is not None else None
        if here is None or there is None or here is there or partition is None:
            self._give_up(source, target, f"{resource.name}: {name} is not on its PhysicalServer")
            return
        if not self._records(resource, target):
            self._give_up(source, target, f"{resource.name}: ProfileFile can not be read")
            return
        try:
            migration = site.mobility.start(partition, here, there)
        except HmcRefusesError as no:
            self._give_up(source, target, f"{resource.name}: the HMC refuses: {no.key}")
            return
        self.log(source, "NOTICE", 3, f"{resource.name}: live migration of {name} has begun")
        migration.over.add_done_callback(
            lambda over: self._hmc_has_done(resource, source, target, migration, *over.result())
        )

    def _hmc_has_done(
        self,
        resource: Resource,
        source: Node,
        target: Node,
        migration: "Migration",
        key: str,
        _: tuple[str, ...],
    ) -> None:
        if key:
            self._give_up(source, target, f"{resource.name}: live migration failed: {key}")
            return
        self.log(source, "NOTICE", 4, f"{resource.name}: live migration has ended")
        if self._site.scenario.migration == "stuck-midway":
            self.log(source, "WARNING", 5, f"{resource.name}: waiting for the agent")
            return
        self._site.clock.after(ENDS, lambda: self._end(resource, source, target, migration))

    def _end(self, resource: Resource, source: Node, target: Node, migration: "Migration") -> None:
        """Take leave of the source by its ProfileFile, and look for the LPAR by the target's."""
        group, arrived = self.migrating, migration.arriving
        assert group is not None
        assert arrived is not None
        if not _adapters(self._records(resource, source)):
            migration.source.left += _other_ends(migration.partition)
            self._halfway(
                source, target, "OFFLINE|FAULTED", "PARTIAL|STARTING",
                f"{resource.name}: the VIOS mappings on {migration.source.name} are not removed",
            )  # fmt: skip
        elif _adapters(self._records(resource, target)) != _adapters(arrived.profiles):
            self._halfway(
                source, target, "OFFLINE", "PARTIAL|FAULTED",
                f"{resource.name}: {arrived.name} is not as its ProfileFile says",
            )  # fmt: skip
        else:
            group.online_on, group.states, self.migrating = target.system, {}, None
            self._ended(group, "succeeded")
            for node in (source, target):
                self.log(node, "NOTICE", 6, f"Group {group.name} is online on {target.system}")

    def _give_up(self, source: Node, target: Node, why: str) -> None:
        """Before anything was done for good: the group stays where it is."""
        group = self.migrating
        assert group is not None
        group.states, self.migrating = {}, None
        for node in (source, target):
            self.log(node, "ERROR", 7, why)
            self.log(node, "ERROR", 8, f"Group {group.name} is not migrated")
        self._ended(group, "given up")

    def _halfway(self, source: Node, target: Node, here: str, there: str, why: str) -> None:
        """No rollback: whatever there is stays as it is (facts, vcs.md 5)."""
        group = self.migrating
        assert group is not None
        group.online_on = ""
        group.states = {source.system: here, target.system: there}
        for node in (source, target):
            self.log(node, "ERROR", 9, why)
            self.log(node, "ERROR", 10, "Administrative intervention is required")
        self._ended(group, "halfway")

    def _ended(self, group: Group, how: str) -> None:
        self._site.record.note("vcs migration ended", group=group.name, how=how)

    def _server(self, node: Node) -> System | None:
        name = self._site.cluster.system_attributes.get((node.system, "PhysicalServer"), "")
        return next((system for system in self._site.systems if system.name == name), None)

    def _records(self, resource: Resource, node: Node) -> list[Row]:
        """What a node's ProfileFile says; nothing where it can't be read."""
        path = resource.by_system.get(("ProfileFile", node.system), "")
        try:
            lines = node.files.read(path).decode().splitlines()
            return [dict(nested.read(line)) for line in lines if line.strip()]
        except (FileProblemError, nested.MalformedRecordError, UnicodeDecodeError):
            return []


def _spoil(site: "Site") -> None:
    """What makes the scenario's migration fail as it does."""
    (group, resource), (source, target) = (
        (site.cluster.groups[0], site.cluster.resources[0]),
        site.cluster.nodes,
    )
    match site.scenario.migration:
        case "wrong-profile-file":  # another slot: no check can know that without the HMC's map
            path = resource.by_system["ProfileFile", target.system]
            text = target.files.read(path).replace(
                b"304/client/1/vios1/4/", b"304/client/1/vios1/44/"
            )
            target.files.write(path, text)
        case "no-vios-mapping":
            path = resource.by_system["ProfileFile", source.system]
            lpar = site.scenario.lpar
            source.files.write(path, f"name={lpar},lpar_env=aixlinux\n".encode())
        case "not-in-system-list":
            group.systems.remove(target.system)


def _refusal(text: str) -> VcsRefusesError:
    return VcsRefusesError(f"VCS WARNING V-16-99-00011 {text}")


def _adapters(rows: list[Row]) -> set[str]:
    """The VIOS mappings of a ProfileFile, or of profiles."""
    return {
        element
        for row in rows
        for key in VIRTUAL
        if row.get(key, "none") not in ("none", "")
        for element in nested.elements(row[key])
    }


def adapters(partition: Partition, kind: str) -> list[Row]:
    """Both ends of a partition's virtual adapters, as `lshwres -r virtualio` lists them.

    Args:
        partition: whose they are; where it isn't activated it has none.
        kind: `scsi` or `fc`. The keys are recalled only; facts have those of `eth`.
    """
    profile = partition.profile(partition.row["curr_profile"]) or partition.profiles[:1]
    if not partition.activated or not profile:
        return []
    value = (profile if isinstance(profile, dict) else profile[0]).get(
        f"virtual_{kind}_adapters", "none"
    )
    rows: list[Row] = []
    for element in nested.elements(value) if value not in ("none", "") else []:
        found = _CLIENT.match(element)
        if found is not None:
            slot, vios_id, vios, vios_slot = found.groups()
            own = (partition.name, partition.lpar_id, slot)
            rows += [_adapter("client", own, (vios, vios_id, vios_slot)),
                     _adapter("server", (vios, vios_id, vios_slot), own)]  # fmt: skip
    return rows


def _adapter(what: str, own: tuple[str, str, str], other: tuple[str, str, str]) -> Row:
    return {
        "lpar_name": own[0], "lpar_id": own[1], "slot_num": own[2], "state": "1",
        "adapter_type": what, "remote_lpar_id": other[1], "remote_lpar_name": other[0],
        "remote_slot_num": other[2],
    }  # fmt: skip


def _other_ends(partition: Partition) -> list[Row]:
    """The ends at the VIOS that stay where nobody removes them."""
    return [row for row in adapters(partition, "scsi") if row["adapter_type"] == "server"]
