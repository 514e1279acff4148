"""VCS's command line: hastatus, hasys, hagrp, hares, haclus, haconf (facts, vcs.md 4)."""

from typing import TYPE_CHECKING

from lparwiz.lab.lpar_agent import VcsRefusesError
from lparwiz.lab.models import Group, Node, Resource
from lparwiz.lab.shell import Command, Shell, Streams
from lparwiz.lab.stdio import buffered

if TYPE_CHECKING:
    from lparwiz.lab.cluster import Cluster
    from lparwiz.lab.site import Site


def programs(site: "Site", node: Node) -> dict[str, Command]:
    """VCS's programs on a node, by absolute path."""
    tools = _Tools(site, node)
    found: dict[str, Command] = dict.fromkeys(
        ("hastatus", "hasys", "hagrp", "hares", "haclus", "haconf", "hatype"),
        buffered(tools.entered),
    )
    return {
        f"{folder}/{name}": command
        for folder in ("/opt/VRTS/bin", "/opt/VRTSvcs/bin")
        for name, command in found.items()
    }


class _UsageError(Exception):
    """Options that the command doesn't have."""


class _NotKnownError(Exception):
    """A system, group or resource that doesn't exist. Its text is VCS's."""


class _Tools:
    def __init__(self, site: "Site", node: Node) -> None:
        self.site = site
        self.cluster: Cluster = site.cluster
        self.node = node

    def entered(self, shell: Shell, argv: list[str], io: Streams) -> int:
        name = argv[0].rpartition("/")[2]
        if shell.user != "root":
            # A real one asks for a VCS user and password (facts, vcs.md 4.3).
            io.complain("VCS NOTICE V-16-1-52563 VCS Login:")
            return 1
        if not self.node.llt_running or not self.node.had_running:
            io.complain("VCS ERROR V-16-1-10600 Cannot connect to VCS engine")
            return 1
        try:
            getattr(self, name)(argv[1:], io)
        except _UsageError:
            io.complain(f"Usage: {name} ...")
            return 1
        except _NotKnownError as problem:
            io.complain(str(problem))
            return 1
        return 0

    # -- looking things up ------------------------------------------------------------------

    def _group(self, name: str) -> Group:
        found = next((g for g in self.cluster.groups if g.name == name), None)
        if found is None:
            raise _NotKnownError(f"VCS WARNING V-16-1-40130 Group name {name} does not exist")
        return found

    def _system(self, name: str) -> Node:
        found = next((n for n in self.cluster.nodes if n.system == name), None)
        if found is None:
            raise _NotKnownError(f"VCS WARNING V-16-1-40131 System {name} does not exist")
        return found

    def _resource(self, name: str) -> Resource:
        found = next((r for r in self.cluster.resources if r.name == name), None)
        if found is None:
            raise _NotKnownError(f"VCS WARNING V-16-1-40132 Resource {name} does not exist")
        return found

    def _system_attributes(self, node: Node) -> dict[str, str]:
        own = {
            attribute: value
            for (system, attribute), value in self.cluster.system_attributes.items()
            if system == node.system
        }
        return {
            "AvailableCapacity": "100",
            "Capacity": "100",
            "ConfigBlockCount": "208",
            "Frozen": "1" if node.system in self.cluster.frozen_systems else "0",
            "LLTNodeId": str(node.llt_id),
            "NodeId": str(node.llt_id),
            "PhysicalServer": "",
            "ShutdownTimeout": "600",
            "SysInfo": f"AIX:{node.hostname},00F6AAAA4C00,2,7",
            "SysState": self.cluster.system_state(node),
            "TFrozen": "0",
            **own,
        }

    def _resource_value(self, resource: Resource, attribute: str, system: str) -> str:
        if attribute == "State":
            group = self._group(resource.group)
            return self.cluster.group_state(group, system)
        if attribute in ("Type", "Group"):
            return resource.type if attribute == "Type" else resource.group
        return resource.by_system.get((attribute, system), resource.attributes.get(attribute, ""))

    # -- the commands -----------------------------------------------------------------------

    def hastatus(self, words: list[str], io: Streams) -> None:
        if words not in (["-sum"], ["-summary"]):
            raise _UsageError
        io.say("")
        io.say("-- SYSTEM STATE")
        io.say("-- System               State                Frozen")
        io.say("")
        for node in self.cluster.nodes:
            frozen = int(node.system in self.cluster.frozen_systems)
            io.say(f"A  {node.system:<20} {self.cluster.system_state(node):<20} {frozen}")
        io.say("")
        io.say("-- GROUP STATE")
        io.say("-- Group           System               Probed     AutoDisabled    State")
        io.say("")
        for group in self.cluster.groups:
            for system in group.systems:
                state = self.cluster.group_state(group, system)
                disabled = "Y" if system in group.autodisabled else "N"
                io.say(f"B  {group.name:<15} {system:<20} {'Y':<10} {disabled:<15} {state}")

    def hasys(  # noqa: C901, PLR0912 -- one arm a form of the command
        self, words: list[str], io: Streams
    ) -> None:
        match words:
            case ["-list"]:
                for node in self.cluster.nodes:
                    io.say(node.system)
            case ["-state"]:
                io.say("#System    Attribute             Value")
                for node in self.cluster.nodes:
                    io.say(f"{node.system:<10} {'SysState':<21} {self.cluster.system_state(node)}")
            case ["-state", system]:
                io.say(self.cluster.system_state(self._system(system)))
            case ["-value", system, attribute]:
                io.say(self._system_attributes(self._system(system)).get(attribute, ""))
            case ["-nodeid"]:
                io.say("Node ID    System")
                for node in self.cluster.nodes:
                    io.say(f"{node.llt_id:<10} {node.system}")
            case ["-display", *names]:
                io.say("#System    Attribute               Value")
                for node in [self._system(n) for n in names] or self.cluster.nodes:
                    for attribute, value in self._system_attributes(node).items():
                        io.say(f"{node.system:<10} {attribute:<23} {value}".rstrip())
            case ["-modify", system, attribute, *value]:
                self._must_be_writable()
                self._system(system)
                self.cluster.system_attributes[system, attribute] = " ".join(value)
                self._changed("system", system, attribute, " ".join(value))
            case [("-freeze" | "-unfreeze") as what, system]:
                self._system(system)
                (self.cluster.frozen_systems.add if what == "-freeze"
                 else self.cluster.frozen_systems.discard)(system)  # fmt: skip
                self._changed("system", system, "Frozen", what)
            case _:
                raise _UsageError

    def hagrp(  # noqa: C901, PLR0912 -- one arm a form of the command
        self, words: list[str], io: Streams
    ) -> None:
        match words:
            case ["-list", *_]:
                for group in self.cluster.groups:
                    for system in group.systems:
                        io.say(f"{group.name:<22} {system}")
            case ["-state"]:
                io.say("#Group       Attribute             System     Value")
                for group in self.cluster.groups:
                    self._group_states(group, io)
            case ["-state", name]:
                io.say("#Group       Attribute             System     Value")
                self._group_states(self._group(name), io)
            case ["-state", name, ("-sys" | "-on"), system]:
                io.say(f"|{self.cluster.group_state(self._group(name), system)}|")
            case ["-value", name, "State", system]:
                io.say(f"|{self.cluster.group_state(self._group(name), system)}|")
            case ["-value", name, attribute, *_]:
                io.say(self._group_attributes(self._group(name)).get(attribute, ""))
            case ["-display", *names]:
                io.say("#Group       Attribute             System     Value")
                for group in [self._group(n) for n in names] or self.cluster.groups:
                    for attribute, value in self._group_attributes(group).items():
                        io.say(f"{group.name:<12} {attribute:<21} global     {value}".rstrip())
                    self._group_states(group, io)
            case ["-resources", name]:
                self._group(name)
                for resource in self.cluster.resources:
                    if resource.group == name:
                        io.say(resource.name)
            case [("-freeze" | "-unfreeze") as what, name, *rest] if rest in ([], ["-persistent"]):
                self._freeze(self._group(name), on=what == "-freeze", persistent=bool(rest))
            case ["-migrate", name, "-to", system]:
                self._system(system)
                try:
                    self.site.agent.migrate(self.node, self._group(name), system)
                except VcsRefusesError as no:
                    raise _NotKnownError(str(no)) from None
            case _:
                raise _UsageError

    def hares(  # noqa: C901 -- one arm a form of the command
        self, words: list[str], io: Streams
    ) -> None:
        match words:
            case ["-list", *conditions]:
                wanted = dict(c.split("=", 1) for c in conditions if "=" in c)
                for resource in self.cluster.resources:
                    if all(
                        self._resource_value(resource, key, "") == value
                        for key, value in wanted.items()
                    ):
                        for system in self._group(resource.group).systems:
                            io.say(f"{resource.name:<22} {system}")
            case ["-value", name, attribute, *system]:
                io.say(self._resource_value(self._resource(name), attribute, "".join(system)))
            case ["-state", name, "-sys", system]:
                io.say(self._resource_value(self._resource(name), "State", system))
            case ["-state", *names]:
                io.say("#Resource    Attribute             System     Value")
                for resource in [self._resource(n) for n in names] or self.cluster.resources:
                    for system in self._group(resource.group).systems:
                        state = self._resource_value(resource, "State", system)
                        io.say(f"{resource.name:<12} {'State':<21} {system:<10} {state}")
            case ["-display", *names]:
                io.say("#Resource    Attribute             System     Value")
                for resource in [self._resource(n) for n in names] or self.cluster.resources:
                    self._display(resource, io)
            case _:
                raise _UsageError

    def haclus(self, words: list[str], io: Streams) -> None:
        known = {
            "ReadOnly": "0" if self.cluster.writable else "1",
            "ClusterName": self.cluster.name,
            "UseFence": self.cluster.fencing,
            "ClusState": "RUNNING",
        }
        match words:
            case ["-value", attribute]:
                io.say(known.get(attribute, ""))
            case ["-display"]:
                io.say("#Attribute             Value")
                for attribute, value in known.items():
                    io.say(f"{attribute:<22} {value}")
            case _:
                raise _UsageError

    def haconf(self, words: list[str], io: Streams) -> None:
        match words:
            case ["-makerw"]:
                self.cluster.writable = True
            case ["-dump", "-makero"]:
                if not self.cluster.writable:
                    io.complain("VCS WARNING V-16-1-10369 Cluster not writable.")
                self.cluster.writable = False
            case _:
                raise _UsageError
        self._changed("cluster", self.cluster.name, "writable", str(self.cluster.writable))

    def hatype(self, words: list[str], io: Streams) -> None:
        match words:
            case ["-list"]:
                own = {resource.type for resource in self.cluster.resources}
                for name in sorted(own | {"FileOnOff", "IP", "Mount"}):
                    io.say(name)
            case ["-resources", name]:
                for resource in self.cluster.resources:
                    if resource.type == name:
                        io.say(resource.name)
            case _:
                raise _UsageError

    # -- their parts ------------------------------------------------------------------------

    def _group_states(self, group: Group, io: Streams) -> None:
        for system in group.systems:
            state = self.cluster.group_state(group, system)
            io.say(f"{group.name:<12} {'State':<21} {system:<10} |{state}|")

    def _group_attributes(self, group: Group) -> dict[str, str]:
        order = " ".join(f"{system} {number}" for number, system in enumerate(group.systems))
        return {"AutoStart": "1", "FromQ": "", "Frozen": "0", "Parallel": "0",
                "SystemList": order, "TFrozen": "0", "ToQ": "",
                "SysDownPolicy": "", **group.attributes}  # fmt: skip

    def _display(self, resource: Resource, io: Streams) -> None:
        for attribute, value in {"Type": resource.type, "Group": resource.group,
                                 **resource.attributes}.items():  # fmt: skip
            io.say(f"{resource.name:<12} {attribute:<21} global     {value}".rstrip())
        for (attribute, system), value in resource.by_system.items():
            io.say(f"{resource.name:<12} {attribute:<21} {system:<10} {value}".rstrip())

    def _freeze(self, group: Group, *, on: bool, persistent: bool) -> None:
        if persistent:
            self._must_be_writable()
        attribute = "Frozen" if persistent else "TFrozen"
        group.attributes[attribute] = str(int(on))
        self._changed("group", group.name, attribute, str(int(on)))

    def _must_be_writable(self) -> None:
        if not self.cluster.writable:
            raise _NotKnownError("VCS WARNING V-16-1-11309 Configuration must be ReadWrite")

    def _changed(self, what: str, name: str, attribute: str, value: str) -> None:
        self.site.record.note(
            "vcs", host=self.node.label, what=what, name=name, attribute=attribute, value=value
        )
