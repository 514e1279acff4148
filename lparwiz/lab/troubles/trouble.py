"""A trouble: one condition that a careful operator looks for before a migration.

A site that has one is otherwise healthy, so that whoever looks finds that one and nothing else.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lparwiz.lab.models import Group, Node, Partition
from lparwiz.lab.scenario import ROUTES

if TYPE_CHECKING:
    from lparwiz.lab.site import Site

Act = Callable[["Site"], None]

EVERYWHERE = ROUTES
NODES = ("outside", "full")
"""The routes on which a cluster's nodes are looked at."""
PROFILES = ("managed", "full")
"""Those on which the LPAR's definition is made anew."""
MANAGERS = ("managed", "vcs")
"""Those on which management LPARs look after the LPAR."""
PROFILE_FILES = ("vcs",)
"""The one on which they have ProfileFiles."""


@dataclass(frozen=True)
class Trouble:
    """One condition."""

    name: str
    text: str
    check: str
    """The id of the check that is there to catch it."""
    routes: tuple[str, ...]
    """The routes of a lab on which it can be seen."""
    act: Act
    """Brings it about."""

    @property
    def options(self) -> str:
        """What `lparwiz demo` and `lparwiz lab` take to show it."""
        route = "" if "full" in self.routes else f"--route {self.routes[0]} "  # full is theirs
        return f"{route}--trouble {self.name}"


def trouble(check: str, routes: tuple[str, ...]) -> Callable[[Act], Trouble]:
    """Make a function a condition, of its own name."""

    def make(act: Act) -> Trouble:
        return Trouble(act.__name__.replace("_", "-"), act.__doc__ or "", check, routes, act)

    return make


def other(site: "Site") -> Node:
    """A node that watches the moving one, or the target's manager."""
    return site.cluster.nodes[1]


def lpar_of(site: "Site") -> Partition:
    """The LPAR on its source."""
    return partition(site, 0, site.scenario.lpar)


def group(site: "Site") -> Group:
    """The one group that matters."""
    return site.cluster.groups[0]


def partition(site: "Site", system: int, name: str) -> Partition:
    """A partition of this name on the source, 0, or the target, 1."""
    found = site.systems[system].find(name)
    assert found is not None
    return found


def rewrite(node: Node, path: str, *pairs: tuple[str, str]) -> None:
    """Write other words into a node's file."""
    text = node.files.read(path).decode()
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new)
    node.files.write(path, text.encode())
