"""The private names of Textual 8.2.8 that we use: look here first when it is upgraded."""

from typing import Any

from textual.app import App
from textual.strip import Strip


def screen_text(app: App[Any]) -> str:
    """The screen in front as plain text, a line a row: what tests read."""
    return "\n".join(row.text.rstrip() for row in screen_rows(app))


def screen_rows(app: App[Any]) -> list[Strip]:
    """The screen in front with its colours, row by row."""
    return app.screen._compositor.render_strips()  # noqa: SLF001 - there is no public way
