"""The private names of Textual 8.2.8 that we use: look here first when it is upgraded.

Others are overridden where they belong: `LinuxDriver._writer_thread`, `_get_terminal_size` and
`_size` in driver.py, `App._display` and `_driver` in app.py.
"""

from typing import Any

from rich.console import Console, RenderableType
from rich.control import Control
from textual._compositor import ChopsUpdate
from textual.app import App
from textual.strip import Strip


def screen_text(app: App[Any]) -> str:
    """The screen in front as plain text, a line a row: what tests read."""
    return "\n".join(row.text.rstrip() for row in screen_rows(app))


def screen_rows(app: App[Any]) -> list[Strip]:
    """The screen in front with its colours, row by row."""
    return app.screen._compositor.render_strips()  # noqa: SLF001 - there is no public way


class Spans(ChopsUpdate):
    """Textual's update of parts of rows, cut on the left too.

    Textual's begins each part where its widget begins: a reading's age at the right end of a row
    would have the whole row sent again each second.
    """

    def render_segments(self, console: Console) -> str:
        """What the terminal is sent: for each part its place and its text."""
        sent: list[str] = []
        for y, left, right in self.spans:
            for end, (x, strip) in zip(self.chop_ends[y], self.chops[y].items(), strict=False):
                start, stop = max(x, left), min(end, right)
                if strip is not None and start < stop:
                    sent.append(Control.move_to(start, y).segment.text)
                    sent.append(strip.crop(start - x, stop - x).render(console))
        return "".join(sent)


def cut(update: RenderableType | None) -> RenderableType | None:
    """An update of the screen, no larger than it has to be."""
    if isinstance(update, ChopsUpdate):
        return Spans(update.chops, update.spans, update.chop_ends)
    return update
