"""All troubles, in the order in which a listing shows them."""

from lparwiz.lab.troubles import cluster, consoles, engine, lpar, managers
from lparwiz.lab.troubles.trouble import Trouble

TROUBLES: dict[str, Trouble] = {
    each.name: each
    for module in (cluster, engine, consoles, lpar, managers)
    for each in vars(module).values()
    if isinstance(each, Trouble)
}
"""By name."""


def by_check() -> dict[str, list[str]]:
    """The options that show what each check is there to catch, by its id."""
    found: dict[str, list[str]] = {}
    for each in TROUBLES.values():
        found.setdefault(each.check, []).append(each.options)
    return found
