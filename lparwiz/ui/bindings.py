"""Textual's bindings of our keys: each with the id by which the operator remaps it."""

from textual.binding import Binding

from lparwiz.ui.keys import KEYS


def bound(name: str, action: str = "", *, priority: bool = False) -> Binding:
    """The binding of the key `name`, for `action` or for the table's own."""
    key = KEYS[name]
    return Binding(key.keys, action or key.action, key.does, show=False, id=name, priority=priority)
