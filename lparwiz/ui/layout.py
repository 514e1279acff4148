"""The parts of the wizard's screen: where each stands, and what it shows for its width."""

from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.geometry import Size

from lparwiz.ui.bars import divider, rail, rail_line, small_screen, top_line
from lparwiz.ui.chart_text import ASCII, BOX
from lparwiz.ui.eye import View
from lparwiz.ui.host_rows import HostRows, most_rows
from lparwiz.ui.hosts_text import Group, grouped, in_full, strip
from lparwiz.ui.key_row import KeyRow
from lparwiz.ui.lines import Lines
from lparwiz.ui.pointing import pointed
from lparwiz.ui.status_text import clock_words, hosts_divider, key_line, more, status, title
from lparwiz.ui.text import Draw, Paragraph, highlighted
from lparwiz.ui.views import Scene, draw

if TYPE_CHECKING:
    from lparwiz.ui.screen import WizardScreen

LEAST = (60, 16)
"""Columns and rows below which only the state and the way out are drawn."""

MADE_FOR = (80, 24)
"""Columns and rows from which on everything has its place."""

WIDTHS = [(0, "-tiny"), (LEAST[0], "-narrow"), (100, "-wide"), (180, "-rich")]
HEIGHTS = [(0, "-flat"), (LEAST[1], "-short"), (36, "-tall")]
"""The style sheet's classes, each with the columns or rows from which on a screen has it."""


def size_classes(size: Size) -> set[str]:
    """The classes that a screen of this size has: one for its width, one for its height."""
    return {
        [name for least, name in steps if told >= least][-1]
        for told, steps in ((size.width, WIDTHS), (size.height, HEIGHTS))
    }


def too_small(screen: "WizardScreen") -> bool:
    """Whether there is no room for anything but the state and the way out."""
    return screen.has_class("-tiny") or screen.has_class("-flat")


def laid_out(screen: "WizardScreen") -> ComposeResult:
    """The parts in their places; everything is lines but the question."""
    lines = screen.lines
    yield lines["top"]
    yield lines["railline"]
    with Horizontal(id="middle"):
        yield lines["rail"]
        with Vertical(id="main"):
            yield lines["page"]
            yield screen.search
            yield lines["divider"]
            yield lines["status"]
            yield screen.question_area
        yield lines["side"]
    yield lines["hostsdivider"]
    yield lines["hosts"]
    yield lines["keys"]
    yield lines["small"]


def widgets(screen: "WizardScreen") -> dict[str, Lines]:
    """The widgets that show lines, by id."""
    drawn: dict[str, Draw] = {
        "top": lambda width: [[top_line(screen.snapshot, width)]],
        "railline": lambda width: [[rail_line(screen.snapshot, width)]],
        "rail": lambda width: rail(screen.snapshot, width, screen.looking),
        "page": lambda width: _page(screen, width),
        "divider": lambda width: _divider(screen, width),
        "status": lambda width: status(screen.snapshot, screen.eye, screen.now(), width),
        "side": lambda width: _side(screen, width),
        "hostsdivider": lambda width: _hosts_divider(screen, width),
        "hosts": lambda width: _strip(screen, width),
        "small": lambda width: [small_screen(screen.snapshot, width, screen.size, LEAST)],
    }
    hosts = ("side", "hosts")
    keys = KeyRow(lambda width: key_line(width, holding=screen.snapshot.holding))
    return {
        name: HostRows(each, id=name) if name in hosts else Lines(each, id=name)
        for name, each in drawn.items()
    } | {"keys": keys}


def groups(screen: "WizardScreen") -> list[Group]:
    """The hosts in sight, equal ones together."""
    return grouped(screen.snapshot.panes, screen.now(), most_rows(screen.size.height))


def _page(screen: "WizardScreen", width: int) -> list[Paragraph]:
    eye, scene = screen.eye, _scene(screen)
    step = eye.view is View.PAGE
    drawn = screen.step_page.draw(eye, scene, width) if step else draw(eye, scene, width)
    return highlighted(drawn, eye.sought) if eye.sought else drawn


def _scene(screen: "WizardScreen") -> Scene:
    """What there is to look at now."""
    strokes = ASCII if screen.stroke.isascii() else BOX
    return Scene(screen.snapshot, screen.now(), screen.record, screen.notices, strokes)


def _divider(screen: "WizardScreen", width: int) -> list[Paragraph]:
    page, size = screen.lines["page"], screen.size
    small = size.width < MADE_FOR[0] or size.height < MADE_FOR[1]
    made_for = f"{size.width}x{size.height} is small: {MADE_FOR[0]}x{MADE_FOR[1]}"
    besides = made_for if small else clock_words(screen.snapshot)
    texts = (
        ("title", title(screen.snapshot, screen.eye)),
        ("key", more(page.above, page.below)),
        ("now", screen.search.told),
    )
    room = width - sum(cell_len(text) + 4 for _, text in texts if text) - 4
    told = ("dim", besides if cell_len(besides) <= room else "")
    return [[divider(width, screen.stroke, *texts, told)]]


def _hosts_divider(screen: "WizardScreen", width: int) -> list[Paragraph]:
    hosts = screen.lines["hosts"]
    hidden = hosts.below + hosts.above
    return [[hosts_divider(screen.snapshot, screen.now(), hidden, screen.stroke, width)]]


def _pointed(screen: "WizardScreen", shown: list[Group]) -> str:
    """The host that is pointed at, while a list of hosts has the focus."""
    return pointed(shown, screen.eye.host) if isinstance(screen.focused, HostRows) else ""


def _strip(screen: "WizardScreen", width: int) -> list[Paragraph]:
    shown = groups(screen)
    return strip(shown, screen.now(), width, _pointed(screen, shown))


def _side(screen: "WizardScreen", width: int) -> list[Paragraph]:
    shown, now = groups(screen), screen.now()
    here = _pointed(screen, shown)
    return [in_full(group, now, width, here) for group in shown]
