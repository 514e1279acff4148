"""What VCS's own attributes say: which resource manages an LPAR, and which system a host is.

What attributes the LPAR agent has differs by version and is documented nowhere that we could read
(facts, vcs.md 5 and 9): the resource is found by the LPAR's name in any of its attributes.
"""

from lparwiz.tools import llt, vcs

Attributes = tuple[vcs.Attribute, ...]


def managing_resource(attributes: Attributes, name: str) -> str | None:
    """The resource that manages the LPAR of this name; None: there is none."""
    return next((row.object for row in attributes if row.value == name), None)


def value(attributes: Attributes, name: str, attribute: str, system: str = "") -> str:
    """An attribute's value, a system's own before the global one; empty: it isn't set."""
    rows = [row for row in attributes if (row.object, row.name) == (name, attribute)]
    own = [row.value for row in rows if row.system == system]
    return (own or [row.value for row in rows if row.system in ("global", "")] or [""])[0]


def own_system(systems: Attributes, peers: tuple[llt.Peer, ...]) -> str:
    """The VCS system that a host is, by its LLT id; empty: VCS knows none of that id."""
    own = next(str(peer.id) for peer in peers if peer.is_self)
    return next((r.object for r in systems if (r.name, r.value) == ("LLTNodeId", own)), "")
