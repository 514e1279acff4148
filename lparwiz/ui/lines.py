"""The one widget that shows text: lines for its own width, only those changed painted again."""

from collections.abc import Iterator
from itertools import chain
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.scrollbar import ScrollBarRender
from textual.strip import Strip

from lparwiz.ui.text import Draw, Line, Paragraph, width_of, words_of

STYLES = (
    "command",
    "dim",
    "found",
    "key",
    "note",
    "now",
    "ok",
    "rule",
    "stale",
    "stop",
    "title",
    "unknown",
    "wait",
    "warning",
)
"""The names that a piece of text may carry; the style sheet has a `lines--NAME` for each."""

LINE_STYLES = frozenset(f"lines--{style}" for style in STYLES)
"""What a screen with `Lines` on it declares as its component classes. Each widget with its own
took Textual half of the time to the first painted page (measured)."""


def differing(before: Line, after: Line, width: int) -> tuple[int, int]:
    """The columns in which two lines differ: from the first, up to and without the last.

    Args:
        before: what was painted.
        after: what takes its place.
        width: cells of the row; what stands right of a line is blank.
    """
    least = min(len(before), len(after))
    same = next((n for n in range(least) if before[n] != after[n]), least)
    start = width_of(after[:same])
    if width_of(before) != width_of(after):
        return min(start, width), width
    tail = next((n for n in range(least - same) if before[-1 - n] != after[-1 - n]), least - same)
    return min(start, width), min(width_of(after[: len(after) - tail]), width)


class Blocks(ScrollBarRender):
    """A scroll bar of whole cells: PuTTY's fonts lack the eighths of a block."""

    VERTICAL_BARS: ClassVar[list[str]] = [" "] * 8
    HORIZONTAL_BARS: ClassVar[list[str]] = [" "] * 8


class Lines(ScrollView, can_focus=False):
    """Paragraphs drawn for the widget's width, scrolling where there are more than fit.

    What it shows comes from a function of the width, so that a resize draws anew, with the same
    paragraph on top. Text is never markup.
    """

    ALLOW_SELECT = False

    def __init__(self, draw: Draw, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._draw = draw
        self._paragraphs: list[Paragraph] = []
        self._lines: list[Line] = []
        self._drawn_for = -1
        self._base = Style.null()

    def redraw(self) -> None:
        """Draw again: what it shows has changed."""
        width = self._width
        if width > 0:
            self._take(self._draw(width), width)

    def go(self, line: int) -> None:
        """Scroll so that `line` is on top."""
        self.scroll_to(y=line, animate=False, force=True, immediate=True)

    def show(self, paragraph: int) -> None:
        """Scroll no further than it takes to have a paragraph in sight."""
        top = sum(len(lines) for lines in self._paragraphs[:paragraph])
        end = top + self._length(paragraph)
        if top < self.scroll_offset.y:
            self.go(top)
        elif end > self.scroll_offset.y + self.size.height:
            self.go(max(0, min(top, end - self.size.height)))

    def having(self, words: str) -> list[int]:
        """The lines that have `words`, whatever the case; also where they were wrapped."""
        wanted = words.lower()
        found: list[int] = []
        top = 0
        for lines in self._paragraphs:
            texts = [words_of(line).lower() for line in lines]
            here = [top + number for number, text in enumerate(texts) if wanted in text]
            if not here and len(texts) > 1 and wanted in " ".join(" ".join(texts).split()):
                here = [top]
            found += here
            top += len(lines)
        return found

    @property
    def words(self) -> str:
        """Everything that it shows, in sight or not, as plain text."""
        return "\n".join(words_of(line).rstrip() for line in self._lines)

    @property
    def below(self) -> int:
        """How many lines are out of sight below."""
        return max(0, len(self._lines) - self.scroll_offset.y - self.size.height)

    @property
    def above(self) -> int:
        """How many lines are out of sight above."""
        return min(self.scroll_offset.y, len(self._lines))

    @property
    def _width(self) -> int:
        return self.scrollable_content_region.width

    class Resized(Message):
        """There is more or less room: other lines are out of sight than before."""

    def on_resize(self, _event: events.Resize) -> None:
        """Draw for the new width, the same paragraph on top."""
        self.post_message(self.Resized())
        width = self._width
        if width <= 0 or width == self._drawn_for:
            return
        paragraph, rest = self._place(self.scroll_offset.y)
        self._take(self._draw(width), width)
        top = sum(len(lines) for lines in self._paragraphs[:paragraph])
        self.go(top + min(rest, max(0, self._length(paragraph) - 1)))

    def _place(self, y: int) -> tuple[int, int]:
        """The paragraph that holds line `y`, and the line's number in it."""
        for number, lines in enumerate(self._paragraphs):
            if y < len(lines):
                return number, y
            y -= len(lines)
        return len(self._paragraphs), 0

    def _length(self, paragraph: int) -> int:
        known = paragraph < len(self._paragraphs)
        return len(self._paragraphs[paragraph]) if known else 0

    def _take(self, paragraphs: list[Paragraph], width: int) -> None:
        if paragraphs is self._paragraphs and width == self._drawn_for:
            return
        old = self._lines
        at_end = self.max_scroll_y > 0 and self.scroll_offset.y >= self.max_scroll_y
        self._paragraphs = paragraphs
        self._lines = list(chain.from_iterable(paragraphs))
        same_width, self._drawn_for = width == self._drawn_for, width
        room = self.size.height
        bar_stays = (len(old) > room) == (len(self._lines) > room)
        if same_width and bar_stays and not self.styles.is_auto_height:
            self._resize_quietly(len(self._lines))
            for region in self._changed(old):
                self.refresh(region)
            if at_end and old:
                self.scroll_end(animate=False, immediate=True)
            return
        if same_width and len(old) == len(self._lines):
            for region in self._changed(old):
                self.refresh(region)
            return
        self.virtual_size = Size(width, len(self._lines))
        self.refresh(layout=self.styles.is_auto_height)
        if at_end and old:
            self.call_after_refresh(self.scroll_end, animate=False)

    def _changed(self, old: list[Line]) -> Iterator[Region]:
        """What in sight differs from what was painted, row by row."""
        top = self.scroll_offset.y
        for y in range(top, top + self.size.height):
            before = old[y] if y < len(old) else ()
            after = self._lines[y] if y < len(self._lines) else ()
            if before != after:
                start, end = differing(before, after, self.size.width)
                if start < end:
                    yield Region(start, y - top, end - start, 1)

    def _resize_quietly(self, height: int) -> None:
        """Have other lines without a layout: Textual's would repaint all of the widget."""
        if height != self.virtual_size.height:
            self.set_reactive(ScrollView.virtual_size, Size(self.virtual_size.width, height))
            if self.show_vertical_scrollbar:
                self.vertical_scrollbar.window_virtual_size = height
            self.go(min(self.scroll_offset.y, self.max_scroll_y))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002 - Textual's
        """The height for `auto`: as many lines as `width` needs."""
        if width == self._drawn_for:
            return len(self._lines)
        return sum(len(lines) for lines in self._draw(width)) if width > 0 else 0

    def render_lines(self, crop: Region) -> list[Strip]:
        """Rows of the screen, all on the same ground."""
        self._base = self.rich_style
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        """One row of the screen."""
        if self._drawn_for < 0 and not self._lines and self._width > 0:
            # The very first frame has its text already; what a new size means comes with it.
            self._paragraphs = self._draw(self._width)
            self._lines = list(chain.from_iterable(self._paragraphs))
        index = self.scroll_offset.y + y
        base = self._base
        named = self.screen.get_component_rich_style
        line = self._lines[index] if index < len(self._lines) else ()
        segments = [
            Segment(text, base + named(f"lines--{style}", partial=True) if style else base)
            for style, text in line
        ]
        # Neighbours that look the same in one piece: each piece names its colours to the terminal.
        return Strip(segments).adjust_cell_length(self.size.width, base).simplify()
