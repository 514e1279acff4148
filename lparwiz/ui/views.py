"""What the page area shows, for each place where the eye can be."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from lparwiz.run.snapshot import Page, Pane, PlanState, Snapshot, StepState
from lparwiz.ui.chart_text import Strokes
from lparwiz.ui.eye import Eye, View
from lparwiz.ui.help_text import help_page
from lparwiz.ui.host_page import host_page, log_entry
from lparwiz.ui.hosts_text import by_gravity, hosts_page
from lparwiz.ui.journal_text import (
    FEW_LINES,
    MANY_LINES,
    Wanted,
    entry_text,
    journal_page,
    timeline_entry,
    timeline_page,
)
from lparwiz.ui.keys import key_name
from lparwiz.ui.ledger_text import ledger_page
from lparwiz.ui.page_text import Moment, PageText, page_text
from lparwiz.ui.record import Record
from lparwiz.ui.text import Paragraph, wrap


@dataclass(frozen=True)
class Scene:
    """What there is to look at."""

    snapshot: Snapshot
    now: float
    """The engine's clock, seconds."""
    record: Record
    notices: Sequence[str]
    strokes: Strokes

    def page(self, eye: Eye) -> Page | None:
        """The step's page that is looked at, or would be."""
        return self.snapshot.page_of(eye.past or self.snapshot.current)

    def pane(self, eye: Eye) -> Pane | None:
        """The host that is looked at; the first one that needs it where none was chosen."""
        panes = by_gravity(self.snapshot.panes, self.now)
        return next((pane for pane in panes if pane.host == eye.host), next(iter(panes), None))


def draw(eye: Eye, scene: Scene, width: int) -> list[Paragraph]:
    """Every view but a step's page."""
    snapshot = scene.snapshot
    match eye.view:
        case View.LEDGER:
            return ledger_page(snapshot, width)
        case View.HOSTS:
            pane = scene.pane(eye)
            pointed = pane.host if pane is not None else ""
            return hosts_page(snapshot.panes, scene.now, width, pointed)
        case View.HOST:
            return _host(eye, scene, width)
        case View.TIMELINE:
            return _timeline(scene, width)
        case View.JOURNAL:
            return _journal(eye, scene, width)
        case _:
            page = scene.page(eye) if eye.before is View.PAGE else None
            return help_page(snapshot, eye.before, page, scene.notices, width)


def _host(eye: Eye, scene: Scene, width: int) -> list[Paragraph]:
    pane = scene.pane(eye)
    if pane is None:
        return [wrap([("dim", "No host is watched yet.")], width)]
    wanted = Wanted(None) if eye.unfolded else Wanted(FEW_LINES, f"{key_name('more')} shows them")
    way = (View.HOST, pane.host, wanted)
    log = scene.record.drawn(way, width, partial(log_entry, pane.host, wanted))
    return host_page(pane, log, scene.now, width, wanted=wanted, unfolded=eye.unfolded)


def _timeline(scene: Scene, width: int) -> list[Paragraph]:
    scene.record.read_on()
    began = next((event.at for event in scene.record.events), 0.0)
    told = partial(timeline_entry, began)
    return timeline_page(width, scene.record.drawn(View.TIMELINE, width, told))


def _journal(eye: Eye, scene: Scene, width: int) -> list[Paragraph]:
    wanted = Wanted(MANY_LINES, "its host's page has them") if eye.unfolded else Wanted()
    way = (View.JOURNAL, wanted)
    drawn = scene.record.drawn(way, width, partial(entry_text, wanted))
    folds = "folds the answers" if eye.unfolded else "shows the answers"
    more = f"{key_name('more')} {folds}, {key_name('find')} finds"
    count = len(scene.record.events)
    return journal_page(width, count, drawn, scene.snapshot.folder, more)


def step_text(eye: Eye, scene: Scene, page: Page, width: int) -> PageText:
    """A step's page."""
    at = moment(scene.snapshot, page)
    return page_text(page, width, at, unfolded=eye.unfolded, strokes=scene.strokes)


def moment(snapshot: Snapshot, page: Page) -> Moment:
    """What a step's page is drawn from besides itself."""
    return Moment(_before(snapshot, page), _news(snapshot, page), _ended(snapshot, page))


def _ended(snapshot: Snapshot, page: Page) -> bool:
    """Whether the page's step has ended."""
    going = (StepState.TODO, StepState.NOW)
    return any(step.id == page.step and step.state not in going for step in snapshot.steps)


def has_chart(snapshot: Snapshot) -> bool:
    """Whether the current step's page has a chart."""
    return snapshot.page is not None and snapshot.page.chart is not None


def _before(snapshot: Snapshot, page: Page) -> tuple[str, str]:
    """How the step before ended, until this one has done something: its title and result."""
    place = snapshot.pages.index(page)
    begun = page.result or any(entry.state is not PlanState.PLANNED for entry in page.plan)
    if page.step != snapshot.current or begun or not place:
        return "", ""
    earlier = snapshot.pages[place - 1]
    return earlier.title, earlier.result


def _news(snapshot: Snapshot, page: Page) -> bool:
    """Whether what was said last is why the operator is asked.

    An answer that didn't do, or a step that stopped.
    """
    question = snapshot.question
    if question is None or page.step != snapshot.current:
        return False
    return "#" in question.id or ".stopped" in question.id
