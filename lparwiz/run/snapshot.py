"""What a screen may know of a run: plain immutable data, made by the engine, drawn by anyone.

Two things cross the seam between engine and wizard: a `Snapshot` upwards (the latest replaces older
ones, at most four a second) and an `Order` downwards (`lparwiz.run.orders`). Strings in here are
plain text that has passed the transport's sanitiser; they are never markup.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class StepState(StrEnum):
    """Where a step stands on the rail."""

    TODO = "to do"
    NOW = "now"
    DONE = "done"
    SKIPPED = "skipped"
    LEFT = "left"
    FAILED = "failed"
    UNKNOWN = "unknown"


class RunState(StrEnum):
    """What the engine is doing."""

    WORKING = "working"
    WAITING = "waiting for you"
    HELD = "on hold"
    OVER = "over"


class Level(StrEnum):
    """What a finding means for the migration."""

    PASS = "pass"  # noqa: S105 - no password
    NOTE = "note"
    WARNING = "warning"
    STOP = "stop"
    UNKNOWN = "unknown"


class PlanState(StrEnum):
    """Where one planned command stands."""

    PLANNED = "planned"
    RUNNING = "running"
    DONE = "done"
    UNCHANGED = "unchanged"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class StepView:
    """One step on the rail."""

    id: str
    title: str
    state: StepState
    closing: bool = False
    """Whether it puts right what is owed, however the run went."""
    reads: str = ""
    """What a closing step reads before it puts anything right, in a sentence."""
    pays: tuple[str, ...] = ()
    """The debts that a closing step puts right: the parts of their ids before a `/`."""


@dataclass(frozen=True)
class Finding:
    """One thing that a step concluded from its readings."""

    id: str
    """A stable name, such as `llt.links`; warnings are accepted by it."""
    level: Level
    text: str
    host: str = ""
    """The host's label; empty where it concerns no single one."""
    remedy: str = ""
    """What to do about it, where something should be done."""
    evidence: str = ""
    """The command that it was read with, and what decided, in a line."""


@dataclass(frozen=True)
class PlannedCommand:
    """A command that is about to run, runs, or has run, exactly as sent."""

    id: str
    host: str
    """The host's label."""
    title: str
    command: str
    state: PlanState = PlanState.PLANNED
    result: str = ""
    """What was read back, in a line."""
    on_abort: bool = False
    """Whether it is sent only where the way back is asked for while another one runs."""


@dataclass(frozen=True)
class Table:
    """Rows side by side, such as each node's timer: was, wanted, is, in llttab."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Progress:
    """Something long under way. Times are seconds."""

    phase: str
    elapsed: float
    limit: float | None = None
    done: int | None = None
    """How much is done, in `unit`; None where nobody tells."""
    total: int | None = None
    unit: str = "MB"


SPAN = 120
"""Seconds that the strips of a chart show."""


@dataclass(frozen=True)
class Limit:
    """What a silence must not reach."""

    host: str
    seconds: float


@dataclass(frozen=True)
class Trace:
    """One source of a chart: the longest silence that stood in each second."""

    label: str
    recent: tuple[float | None, ...] = ()
    """Seconds, one value for each second, oldest first; None where the source was lost or not yet
    there. Empty where the chart has no room for it."""
    longest: float | None = None
    """Seconds: the longest silence that counts; None where there was none."""
    least: float = 0.0
    """Seconds that it lasted at the least."""
    ended: float | None = None
    """Seconds before the chart's end at which it ended."""
    samples: int = 0
    remark: str = ""
    """What else is to be known: why it was lost, what a gap that doesn't count came from."""

    @property
    def strip(self) -> tuple[float | None, ...]:
        """The value of each of the last `SPAN` seconds, oldest first."""
        return ((None,) * SPAN + self.recent)[-SPAN:]

    def reached(self, limits: Iterable[Limit]) -> list[Limit]:
        """The limits that its longest silence reached, the lowest first."""
        reached = (limit for limit in limits if (self.longest or 0.0) >= limit.seconds)
        return sorted(reached, key=lambda limit: limit.seconds)


@dataclass(frozen=True)
class Chart:
    """Silences of the last minutes beside the limits that they must stay below."""

    title: str
    traces: tuple[Trace, ...]
    limits: tuple[Limit, ...] = ()
    more: int = 0
    """How many sources there are besides, none of which saw more than those shown."""


class QuestionKind(StrEnum):
    """How an answer is given."""

    CHOICE = "choice"
    """One of `choices`."""
    WORD = "word"
    """One of `choices`; those with `needs_word` want `word` typed first."""
    VALUE = "value"
    """Free text in `value`, or one of `choices`."""


@dataclass(frozen=True)
class Choice:
    """One answer that may be given."""

    id: str
    label: str
    hint: str = ""
    needs_word: bool = False
    """Whether a word must be typed for it: the point of no return, an override."""
    word: str = ""
    """That word, where it is another than `Question.word`."""


@dataclass(frozen=True)
class Question:
    """What the operator decides now. The safe choice stands first and has the focus."""

    id: str
    """Unique within the run: step id, a dot, a name, and `#n` where it is asked again."""
    kind: QuestionKind
    text: str
    choices: tuple[Choice, ...]
    safe: str
    """The id of the choice that has the focus."""
    word: str = ""
    """What is typed to confirm a choice that needs it, and has no word of its own."""
    value: str = ""
    """The proposal for a VALUE question."""
    takes: str = ""
    """The id of the choice of a VALUE question that is for what was typed."""
    value_label: str = ""
    warnings: tuple[str, ...] = ()
    """The ids of the warnings that going on accepts."""

    def word_for(self, choice: Choice) -> str:
        """What is typed to confirm this choice; empty where it needs no word."""
        return (choice.word or self.word) if choice.needs_word else ""


@dataclass(frozen=True)
class Page:
    """One step's page."""

    step: str
    title: str
    purpose: str
    """What this step is for, in two lines."""
    guide: str
    """Where the vendor's guide says so."""
    findings: tuple[Finding, ...] = ()
    tables: tuple[Table, ...] = ()
    plan: tuple[PlannedCommand, ...] = ()
    lines: tuple[str, ...] = ()
    """What happened, oldest first; the newest last."""
    progress: Progress | None = None
    chart: Chart | None = None
    decided: tuple[str, ...] = ()
    """What was asked and how it was answered, oldest first."""
    result: str = ""
    """How the step ended, in a sentence; empty while it has not."""
    wants: str = ""
    """What the vendor's guide asks here."""
    does: str = ""
    """What lparwiz does here."""


@dataclass(frozen=True)
class DebtView:
    """One debt of the ledger."""

    id: str
    host: str
    what: str
    """What we changed, in a sentence."""
    pays: str
    """The exact command that puts it back."""
    state: str
    """`owed`, `paid` or `taken over`."""

    @property
    def is_owed(self) -> bool:
        """Whether it is open."""
        return self.state == "owed"


@dataclass(frozen=True)
class Field:
    """One thing that is read again and again from a host."""

    label: str
    text: str
    level: Level = Level.PASS


@dataclass(frozen=True)
class Heard:
    """One command of the watch and what the host made of it."""

    command: str
    """Exactly as sent."""
    how: str
    """How it ended, in a few words."""
    text: str
    """Both its outputs, sanitised."""


@dataclass(frozen=True)
class Pane:
    """The live picture of one host."""

    host: str
    """The host's label."""
    kind: str
    """`node`, `manager` or `console`."""
    fields: tuple[Field, ...] = ()
    state: str = ""
    """One word for the whole host: `OK`, `LOOK`, `SILENT`, `..` before the first answer."""
    level: Level = Level.UNKNOWN
    read_at: float | None = None
    """Engine clock, seconds, of the newest answer; None before the first."""
    interval: float = 5.0
    """Seconds between two readings, where the host is well: what is older is stale by this."""
    details: tuple[Table, ...] = ()
    """What the fields sum up: each link, each timer, each group."""
    heard: tuple[Heard, ...] = ()
    """The last round of commands, with the answers that all of this comes from."""
    heard_at: float | None = None
    """Engine clock, seconds, when that round was over, whatever became of it."""


@dataclass(frozen=True, eq=False)
class Snapshot:
    """A run at one instant. Compare by `version`, never field by field."""

    version: int
    run: str
    """The run's name, such as `20261122-0214-db01`."""
    folder: str
    title: str
    ticket: str
    lpar: str
    route: str
    at: float
    """Engine clock, seconds since the epoch."""
    state: RunState
    steps: tuple[StepView, ...]
    current: str
    """The id of the step that is played now, or was last."""
    pages: tuple[Page, ...]
    """One for each step that has begun, in order."""
    question: Question | None = None
    """What the engine waits for; belongs to the current step."""
    ledger: tuple[DebtView, ...] = ()
    panes: tuple[Pane, ...] = ()
    progress_at: float | None = None
    """Engine clock, seconds, when the current page's progress was told; None without any."""
    holding: bool = False
    """Whether a hold has been asked for and not yet lifted."""
    outcome: str = ""
    """What became of the migration: `unknown` from the instant before it is sent until it is
    proven, then `migrated` or `not migrated`; empty before."""
    speed: float = 1.0
    """How much faster than the wall clock the engine's goes: a demo's."""
    exit_status: int | None = None
    """Set when the run is over: the exit status of `lparwiz run`."""
    closing: str = ""
    """When over: how it ended, in a sentence."""

    @property
    def debts(self) -> tuple[DebtView, ...]:
        """The debts that are open."""
        return tuple(debt for debt in self.ledger if debt.is_owed)

    @property
    def owed(self) -> int:
        """How many debts are open."""
        return len(self.debts)

    def number_of(self, step_id: str) -> int:
        """A step's number in their order, from 1; 0 where there is no such step."""
        return next((n for n, step in enumerate(self.steps, 1) if step.id == step_id), 0)

    def page_of(self, step_id: str) -> Page | None:
        """A step's page; None before it has begun."""
        return next((page for page in self.pages if page.step == step_id), None)

    @property
    def page(self) -> Page | None:
        """The current step's page."""
        return self.page_of(self.current)
