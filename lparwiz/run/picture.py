"""The run as a screen sees it, put together by the engine and handed up as snapshots."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from lparwiz.run.ledger import Ledger
from lparwiz.run.snapshot import (
    Finding,
    Page,
    Pane,
    PlannedCommand,
    Progress,
    Question,
    RunState,
    Snapshot,
    StepState,
    StepView,
    Table,
)
from lparwiz.run.step import Step


@dataclass(frozen=True)
class Heading:
    """What stays the same for as long as a run lasts."""

    run: str
    folder: Path
    title: str
    ticket: str
    lpar: str
    route: str
    origin: str = ""
    """Where the change file stood: its paths are relative to there."""
    speed: float = 1.0
    """How much faster than the wall clock the engine's goes, beside a lab that does the same."""
    who: str = ""
    """Who began it, as `user@machine`; empty: whoever runs this process."""


@dataclass
class Picture:
    """The one mutable account of what is shown. Lives on the engine's loop."""

    heading: Heading
    steps: tuple[StepView, ...]
    changed: Callable[[], None] = lambda: None
    """Called after each change; an engine sets it."""
    pages: dict[str, Page] = field(default_factory=dict)
    current: str = ""
    state: RunState = RunState.WORKING
    question: Question | None = None
    ledger: Ledger = field(default_factory=Ledger)
    panes: tuple[Pane, ...] = ()
    holding: bool = False
    standing: bool = False
    """Whether the run is at a safe point: there it waits while it is held."""
    outcome: str = ""
    exit_status: int | None = None
    closing: str = ""
    version: int = 0
    _told: tuple[Progress, float] | None = None
    """The progress that was told last, and when a snapshot first had it."""

    def begin(self, step: Step) -> None:
        """Open a fresh page for `step`."""
        self.current = step.id
        self.pages.pop(step.id, None)
        self.pages[step.id] = Page(
            step.id, step.title, step.purpose, step.guide, wants=step.wants, does=step.does
        )
        self.mark(step.id, StepState.NOW)

    def mark(self, step_id: str, state: StepState) -> None:
        """Set a step's state on the rail."""
        self.steps = tuple(
            replace(view, state=state) if view.id == step_id else view for view in self.steps
        )
        self.changed()

    def page(self, **fields: object) -> None:
        """Change fields of the current page."""
        self.pages[self.current] = replace(self.pages[self.current], **fields)  # type: ignore[arg-type] # the names are Page's own, checked when they are used
        self.changed()

    @property
    def now(self) -> Page:
        """The current page."""
        return self.pages[self.current]

    def find(self, *findings: Finding) -> None:
        """Put findings onto the page; one of the same id and host is replaced."""
        new = {(f.id, f.host) for f in findings}
        kept = tuple(f for f in self.now.findings if (f.id, f.host) not in new)
        self.page(findings=(*kept, *findings))

    def table(self, table: Table) -> None:
        """Put a table onto the page; one of the same title is replaced."""
        kept = tuple(t for t in self.now.tables if t.title != table.title)
        self.page(tables=(*kept, table))

    def say(self, text: str) -> None:
        """Add a line to the page."""
        self.page(lines=(*self.now.lines, text))

    def decide(self, asked: str, answer: str, value: str, by: str) -> None:
        """Add a decision to the page: the question's text, the answer's words, who gave it."""
        told = f" ({value})" if value else ""
        question = " ".join(asked.split())
        self.page(decided=(*self.now.decided, f"{question} {answer}{told}, by {by}."))

    def plan(self, planned: PlannedCommand) -> None:
        """Put a command onto the page, or replace the one of the same id."""
        known = self.now.plan
        if any(entry.id == planned.id for entry in known):
            self.page(plan=tuple(planned if e.id == planned.id else e for e in known))
        else:
            self.page(plan=(*known, planned))

    def put(self, **fields: object) -> None:
        """Change fields of the picture itself."""
        for name, value in fields.items():
            setattr(self, name, value)
        self.changed()

    def _held(self) -> bool:
        """Whether the run stands still: a hold that was asked for waits for what is under way."""
        still = self.standing or self.question is not None
        return self.holding and self.exit_status is None and still

    def _progress_at(self, at: float) -> float | None:
        page = self.pages.get(self.current)
        if page is None or page.progress is None:
            return None
        if self._told is None or self._told[0] is not page.progress:
            self._told = (page.progress, at)
        return self._told[1]

    def snapshot(self, at: float) -> Snapshot:
        """The run at this instant."""
        self.version += 1
        return Snapshot(
            version=self.version,
            run=self.heading.run,
            folder=str(self.heading.folder),
            title=self.heading.title,
            ticket=self.heading.ticket,
            lpar=self.heading.lpar,
            route=self.heading.route,
            at=at,
            state=RunState.HELD if self._held() else self.state,
            steps=self.steps,
            current=self.current,
            pages=tuple(self.pages.values()),
            question=self.question,
            ledger=self.ledger.view(),
            panes=self.panes,
            progress_at=self._progress_at(at),
            holding=self.holding,
            outcome=self.outcome,
            speed=self.heading.speed,
            exit_status=self.exit_status,
            closing=self.closing,
        )
