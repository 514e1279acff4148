"""Textual's bindings of our keys: each with the id by which the operator remaps it."""

from textual.binding import Binding

from lparwiz.ui.keys import KEYS


def bound(name: str, action: str = "", *, priority: bool = False) -> Binding:
    """The binding of the key `name`, for `action` or for the table's own."""
    key = KEYS[name]
    return Binding(key.keys, action or key.action, key.does, show=False, id=name, priority=priority)


OF_THE_RUN = (
    *(bound(name) for name, key in KEYS.items() if key.action and name != "leave"),
    bound("out", "out"),
    bound("palette", "app.commands"),
    bound("focus-next", "app.focus_next", priority=True),
    bound("focus-previous", "app.focus_previous", priority=True),
    bound("line-up", "scroll_page(-1)"),
    bound("line-down", "scroll_page(1)"),
    bound("page-up", "page_page(-1)"),
    bound("page-down", "page_page(1)"),
    bound("page-top", "page_end(-1)"),
    bound("page-end", "page_end(1)"),
    bound("host-before", "turn_host(-1)"),
    bound("host-after", "turn_host(1)"),
    bound("open", "open"),
)
"""Those of the screen that shows the run."""
