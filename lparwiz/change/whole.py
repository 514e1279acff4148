"""What only several values of a change file together can break.

Works on the raw table, value by value, and passes over whatever has the wrong shape: that has its
own problem already, and must not hide these.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from lparwiz.change.lines import Place
from lparwiz.change.model import SSH_PORT, Part, Route, Trigger
from lparwiz.change.shape import Mistake, shown

_NAMES_SHOWN = 8


def check_whole(table: Mapping[str, Any]) -> tuple[Mistake, ...]:
    """Everything that is wrong with this table as a whole."""
    checks: tuple[Callable[[Mapping[str, Any]], Iterator[Mistake]], ...] = (
        _systems,
        _timers_route,
        _timers_elsewhere,
        _freeze_from,
        _vcs_route,
        _lpar_node,
        _names,
        _addresses,
        _accept,
    )
    return tuple(mistake for check in checks for mistake in check(table))


def _systems(table: Mapping[str, Any]) -> Iterator[Mistake]:
    source, target = _text(table, "lpar", "source"), _text(table, "lpar", "target")
    if source and source == target:
        yield Mistake(("lpar", "target"), shown(target), "another system than lpar.source")


def _timers_route(table: Mapping[str, Any]) -> Iterator[Mistake]:
    route = _route(table)
    if route is None or Part.TIMERS not in route.parts:
        return
    if _at(table, "lpar", "node") is None and isinstance(table.get("lpar"), dict):
        yield Mistake(
            ("lpar", "node"), "nothing", f'the LPAR\'s LLT node name, for route "{route}"'
        )
    nodes = table.get("node", [])
    if isinstance(nodes, list) and len(nodes) < 2:
        yield Mistake(
            ("node",),
            "one node" if nodes else "nothing",
            f'every node of the LLT cluster as a [[node]], for route "{route}": two at least',
        )


def _timers_elsewhere(table: Mapping[str, Any]) -> Iterator[Mistake]:
    """A timer that is wished for and would never be set is no harmless leftover."""
    route = _route(table)
    if route is None or Part.TIMERS in route.parts:
        return
    wishes = {key: _at(table, "timers", key) for key in ("peerinact", "freeze")}
    if _at(table, "timers", "persist") is True:
        wishes["persist"] = True
    for key, value in wishes.items():
        if value is not None:
            expected = f'no timer: route "{route}" sets none; "full" does'
            yield Mistake(("timers", key), shown(value), expected)


def _freeze_from(table: Mapping[str, Any]) -> Iterator[Mistake]:
    """A figure whose origin nobody knows is not one to go by; an origin without one is a slip."""
    keys = ("freeze", "freeze_from")
    told, origin = (_at(table, "timers", key) for key in keys)
    if told is not None and origin is None:
        expected = 'where the figure is from, such as "the rehearsal of 3 November"'
        yield Mistake(("timers", "freeze_from"), "nothing", expected)
    if origin is not None and told is None:
        yield Mistake(("timers", "freeze"), "nothing", 'the figure, such as "14.5s"')


def _vcs_route(table: Mapping[str, Any]) -> Iterator[Mistake]:
    route = _route(table)
    if route is None or route.trigger is not Trigger.VCS:
        return
    if "vcs" not in table:
        yield Mistake(("vcs",), "nothing", f'the table [vcs], for route "{route}"')
    if table.get("manager", []) == []:
        expected = f'the management LPARs, each as a [[manager]], for route "{route}"'
        yield Mistake(("manager",), "nothing", expected)


def _lpar_node(table: Mapping[str, Any]) -> Iterator[Mistake]:
    node = _text(table, "lpar", "node")
    names = [name for _, name in _named(table, "node")]
    if node and names and node not in names:
        known = ", ".join(map(shown, names[:_NAMES_SHOWN])) + ", ..." * (len(names) > _NAMES_SHOWN)
        yield Mistake(("lpar", "node"), shown(node), f"the name of a [[node]]: {known}")


def _names(table: Mapping[str, Any]) -> Iterator[Mistake]:
    for kind in ("node", "manager"):
        seen: dict[str, int] = {}
        for index, name in _named(table, kind):
            if name in seen:
                expected = f"a name of its own; {kind}[{seen[name] + 1}] has it already"
                yield Mistake((kind, index, "name"), shown(name), expected)
            seen.setdefault(name, index)


def _addresses(table: Mapping[str, Any]) -> Iterator[Mistake]:
    """No two nodes, managers or consoles are one machine.

    A node and a manager may be: a management LPAR can be a node of the LLT cluster.
    """
    common = _at(table, "ssh", "port")
    for places in (
        [("node", index) for index in _indices(table, "node")],
        [("manager", index) for index in _indices(table, "manager")],
        [("console", "source"), ("console", "target")],
    ):
        seen: dict[tuple[str, int], Place] = {}
        for place in places:
            address, port = _at(table, *place, "address"), _at(table, *place, "port")
            if not isinstance(address, str):
                continue
            port = next((each for each in (port, common) if type(each) is int), SSH_PORT)
            machine = (address.lower(), port)
            if machine in seen:
                yield Mistake((*place, "address"), shown(address), _other(seen[machine]))
            seen.setdefault(machine, place)


def _other(place: Place) -> str:
    if place[0] == "console":
        return "another HMC; where one manages both systems, leave [console.target] out"
    return f"an address and port of its own; {dotted(place)} has them already"


def _accept(table: Mapping[str, Any]) -> Iterator[Mistake]:
    accept = _at(table, "decisions", "accept")
    if isinstance(accept, list) and "all" in accept and len(accept) > 1:
        yield Mistake(("decisions", "accept"), '"all" among others', '"all" alone, or ids alone')


def dotted(place: Place) -> str:
    """`node[2].address`: keys with dots, indices counted from 1."""
    text = ""
    for part in place:
        if isinstance(part, int):
            text += f"[{part + 1}]"
        else:
            text += f".{part}" if text else part
    return text


def _at(table: Any, *place: str | int) -> Any:
    """What stands there; None where there is nothing, or no such table on the way."""
    for part in place:
        if isinstance(table, dict) and isinstance(part, str):
            table = table.get(part)
        elif isinstance(table, list) and isinstance(part, int) and part < len(table):
            table = table[part]
        else:
            return None
    return table


def _text(table: Mapping[str, Any], *place: str) -> str | None:
    value = _at(table, *place)
    return value if isinstance(value, str) else None


def _indices(table: Mapping[str, Any], kind: str) -> range:
    tables = table.get(kind)
    return range(len(tables)) if isinstance(tables, list) else range(0)


def _named(table: Mapping[str, Any], kind: str) -> Iterator[tuple[int, str]]:
    """Index and name of each table of this kind that has one."""
    for index in _indices(table, kind):
        name = _at(table, kind, index, "name")
        if isinstance(name, str):
            yield index, name


def _route(table: Mapping[str, Any]) -> Route | None:
    route = table.get("route")
    return Route(route) if isinstance(route, str) and route in set(Route) else None
