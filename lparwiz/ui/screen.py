"""The one screen of the wizard: it draws a snapshot, and remembers only where the eye is."""

from collections.abc import Callable, Sequence
from enum import StrEnum
from itertools import chain
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.screen import Screen

from lparwiz.run.snapshot import Hold, Order, Page, PlanState, RunState, Snapshot
from lparwiz.ui.bars import divider, rail, rail_line, too_small, top_line
from lparwiz.ui.hosts_text import count_states, hosts_page, strip
from lparwiz.ui.lines import Lines
from lparwiz.ui.other_text import help_page, ledger_page
from lparwiz.ui.page_text import page_text, progress_line
from lparwiz.ui.question import QuestionForm
from lparwiz.ui.text import Paragraph, wrap

LEAST = (60, 16)
"""Columns and rows below which only the state and the way out are drawn."""

MADE_FOR = (80, 24)
"""Columns and rows from which on everything has its place."""

KEYS: tuple[tuple[str, str, str, str], ...] = (
    ("f1", "help", "help", "Help: what is moved, the keys"),
    ("f2", "now", "now", "Back to the current step and its question"),
    ("f3", "ledger", "ledger", "Ledger: what is owed, and what pays it"),
    ("f4", "hosts", "hosts", "Hosts: all that is read from each"),
    ("f5", "hold", "hold", "Hold after the action under way, and go on again"),
    ("f6", "abort", "abort", "Abort: take the way back that is still open"),
    ("f7", "unfold", "more", "Show checks that passed, evidence and the whole log, or fold them"),
    ("f8,left_square_bracket", "look(-1)", "back", "Look at the step before"),
    ("right_square_bracket", "look(1)", "", "Look at the step after"),
    ("f9", "picture", "", "Keep a picture of this page in the run's folder"),
)
"""Key, action, word on the key line (empty: only in the help), sentence in the help."""

OTHER_KEYS = (
    ("PgUp PgDn", "Scroll the page"),
    ("arrows Tab", "Move between the choices"),
    ("Enter", "Give the answer in focus"),
    ("F10 ctrl-q", "Leave, through a page that says what stays owed"),
)


HOLD_ASKED = "Hold asked for, after the action under way"

SPARED_FIRST = ("F8", "F7", "F2", "F4", "F6")
"""What the key line leaves to the help where it is too narrow; never the way out."""


class View(StrEnum):
    """What the page area shows."""

    PAGE = "page"
    LEDGER = "ledger"
    HOSTS = "hosts"
    HELP = "help"


class WizardScreen(Screen[None], inherit_bindings=False):
    """Top line, rail, page, question, hosts, keys.

    Args:
        snapshot: the run as it is.
        now: the engine's clock as far as the wizard can tell, in seconds.
        stroke: the character that lines across are drawn with.
        notices: sentences for the help page.
    """

    AUTO_FOCUS = ""
    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012 - Textual declares it
        (0, "-tiny"),
        (LEAST[0], "-narrow"),
        (100, "-wide"),
    ]
    VERTICAL_BREAKPOINTS = [  # noqa: RUF012 - Textual declares it
        (0, "-flat"),
        (LEAST[1], "-short"),
        (36, "-tall"),
    ]
    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(key, action, short, show=bool(short), id=f"wizard.{action.split('(')[0]}.{n}")
            for n, (key, action, short, _) in enumerate(KEYS)
        ),
        Binding("escape", "out", "Back, or leave", show=False, id="wizard.out"),
        Binding("tab", "app.focus_next", show=False, id="wizard.focus_next", priority=True),
        Binding(
            "shift+tab", "app.focus_previous", show=False, id="wizard.focus_previous", priority=True
        ),
        Binding("up", "scroll_page(-1)", show=False, id="wizard.up"),
        Binding("down", "scroll_page(1)", show=False, id="wizard.down"),
        Binding("pageup", "page_page(-1)", show=False, id="wizard.page_up"),
        Binding("pagedown", "page_page(1)", show=False, id="wizard.page_down"),
    ]

    class Ordered(Message):
        """The operator wants something of the engine."""

        def __init__(self, order: Order) -> None:
            self.order = order
            super().__init__()

    class WorthKeeping(Message):
        """What the operator sees now belongs into the run's folder."""

    def __init__(
        self,
        snapshot: Snapshot,
        *,
        now: Callable[[], float],
        stroke: str,
        notices: Sequence[str],
    ) -> None:
        super().__init__()
        self.snapshot = snapshot
        self.view = View.PAGE
        self.past = ""
        """The step that is looked back at; empty where the current one is followed."""
        self.unfolded = False
        self._now = now
        self._stroke = stroke
        self._notices = notices
        self._places: dict[tuple[View, str], int] = {}
        self._pictured = ""
        """The question that a picture was kept of last; or the end."""

    def compose(self) -> ComposeResult:
        """Everything is lines but the question."""
        yield Lines(lambda width: [[top_line(self.snapshot, width)]], id="top")
        yield Lines(lambda width: [[rail_line(self.snapshot, width)]], id="railline")
        with Horizontal(id="middle"):
            yield Lines(self._rail, id="rail")
            with Vertical(id="main"):
                yield Lines(self._page, id="page")
                yield Lines(self._divider, id="divider")
                yield Lines(self._status, id="status")
                yield Vertical(id="question")
        yield Lines(self._hosts_divider, id="hostsdivider")
        yield Lines(self._strip, id="hosts")
        yield Lines(self._keys, id="keys")
        yield Lines(self._too_small, id="small")

    async def on_mount(self) -> None:
        """Ask what is being asked already."""
        self.watch(self.query_one("#page", Lines), "scroll_y", self._scrolled, init=False)
        self.watch(self.query_one("#hosts", Lines), "scroll_y", self._scrolled, init=False)
        await self._ask()

    def on_resize(self, event: events.Resize) -> None:
        """Everything that depends on the height."""
        rows = max(1, (event.size.height - 8) // 4)
        self.query_one("#hosts", Lines).styles.max_height = rows
        self.call_after_refresh(self._scrolled)
        self.call_after_refresh(self._refocus)

    def _refocus(self) -> None:
        """No focus on what is out of sight; the safe choice gets it when it is seen again."""
        form = self.form
        if form is None or not form.in_sight:
            self.set_focus(None)
        elif self.focused is None:
            form.focus_safe()

    # What is drawn

    @property
    def looking(self) -> str:
        """The id of the step whose page is shown, or would be."""
        return self.past or self.snapshot.current

    @property
    def answering(self) -> bool:
        """Whether the current step's own page is in sight, with its question."""
        return self.view is View.PAGE and not self.past

    @property
    def form(self) -> QuestionForm | None:
        """The question on the screen."""
        return next(iter(self.query(QuestionForm)), None)

    def _rail(self, width: int) -> list[Paragraph]:
        return rail(self.snapshot, width, self.looking)

    def _page(self, width: int) -> list[Paragraph]:
        match self.view:
            case View.LEDGER:
                return ledger_page(self.snapshot, width)
            case View.HOSTS:
                return hosts_page(self.snapshot.panes, self._now(), width)
            case View.HELP:
                keys = [(_key_name(key), sentence) for key, _, _, sentence in KEYS]
                return help_page(self.snapshot, [*keys, *OTHER_KEYS], self._notices, width)
            case View.PAGE:
                page = self._shown_page()
                if page is None:
                    return [wrap([("dim", "Nothing has begun yet.")], width)]
                return page_text(
                    page,
                    width,
                    unfolded=self.unfolded,
                    before=self._before(page),
                    news=self._news(page),
                )

    def _before(self, page: Page) -> tuple[str, str]:
        """How the step before ended, until this one has done something: its title and result."""
        place = self.snapshot.pages.index(page)
        begun = page.result or any(entry.state is not PlanState.PLANNED for entry in page.plan)
        if page.step != self.snapshot.current or begun or not place:
            return "", ""
        earlier = self.snapshot.pages[place - 1]
        return earlier.title, earlier.result

    def _news(self, page: Page) -> bool:
        """Whether what was said last is why the operator is asked.

        An answer that didn't do, or a step that stopped.
        """
        question = self.snapshot.question
        if question is None or page.step != self.snapshot.current:
            return False
        return "#" in question.id or ".stopped" in question.id

    def _shown_page(self) -> Page | None:
        return next((p for p in self.snapshot.pages if p.step == self.looking), None)

    def _title(self) -> str:
        if self.view is not View.PAGE:
            return self.view.value.capitalize()
        page = self._shown_page()
        return page.title if page is not None else ""

    def _divider(self, width: int) -> list[Paragraph]:
        page = self.query_one("#page", Lines)
        above, below = page.above, page.below
        more = ""
        if below:
            more = f"{below} more lines below, PgDn" if below > 1 else "1 more line below, PgDn"
        elif above:
            more = f"end; {above} lines above, PgUp"
        size = self.size
        small = size.width < MADE_FOR[0] or size.height < MADE_FOR[1]
        made_for = f"{size.width}x{size.height} is small: {MADE_FOR[0]}x{MADE_FOR[1]}"
        texts = (("title", self._title()), ("key", more), ("dim", made_for if small else ""))
        return [[divider(width, self._stroke, *texts)]]

    def _status(self, width: int) -> list[Paragraph]:
        """What goes on besides the question: progress, a hold, the end, where the eye is."""
        snapshot = self.snapshot
        paragraphs: list[Paragraph] = []
        if self.past and self.view is View.PAGE:
            number, title = self._numbered(self.past)
            words = f" looking back at step {number} {title} - F2 returns "
            paragraphs.append(wrap([("wait", words)], width))
        if not self.answering and snapshot.question is not None:
            asked = snapshot.question.text.splitlines()[0]
            paragraphs.append(wrap([("wait", " waiting for you, F2 "), ("", f" {asked}")], width))
        if snapshot.state is RunState.OVER:
            end = f"{snapshot.closing} Exit status {snapshot.exit_status}. F10 leaves."
            if snapshot.owed:
                end += " F3 shows what is owed, with the commands that pay it."
            paragraphs.append(wrap([("title", end)], width))
            story = f"The whole story: {snapshot.folder}/report.md"
            paragraphs.append(wrap([("dim", story)], width, 2))
        elif snapshot.holding:
            held = "On hold" if snapshot.state is RunState.HELD else HOLD_ASKED
            paragraphs.append(wrap([("now", f"{held}: F5 goes on.")], width, 2))
        page = snapshot.page
        if page is not None and page.progress is not None:
            told = snapshot.progress_at
            since = max(0.0, self._now() - told) if told is not None else 0.0
            paragraphs.append(progress_line(page.progress, width, since))
        elif page is not None and snapshot.state is RunState.WORKING and page.lines:
            paragraphs.append(wrap([("dim", "working: "), ("", page.lines[-1])], width, 2)[:2])
        return paragraphs

    def _numbered(self, step_id: str) -> tuple[int, str]:
        for number, step in enumerate(self.snapshot.steps, 1):
            if step.id == step_id:
                return number, step.title
        return 0, step_id

    def _hosts_divider(self, width: int) -> list[Paragraph]:
        hosts = self.query_one("#hosts", Lines)
        panes = self.snapshot.panes
        hidden = hosts.below + hosts.above
        more = f"+{hidden} more, F4" if hidden else ""
        counts = count_states(panes, self._now())
        over = self.snapshot.state is RunState.OVER
        title = "Hosts, as the run ended" if over else "Hosts"
        texts = (("title", title), ("key", more), *counts)
        return [[divider(width, self._stroke, *texts)]]

    def _strip(self, width: int) -> list[Paragraph]:
        return [[line] for line in strip(self.snapshot.panes, self._now(), width)]

    def _keys(self, width: int) -> list[Paragraph]:
        words = {_key_name(key).split()[0]: short for key, _, short, _ in KEYS if short}
        words["F10"] = "leave"
        if self.snapshot.holding:
            words["F5"] = "go on"
        for spared in SPARED_FIRST:
            if sum(len(key) + len(short) + 2 for key, short in words.items()) > width:
                del words[spared]
        pieces = [(("key", f" {key}"), ("", f" {short}")) for key, short in words.items()]
        return [[tuple(chain.from_iterable(pieces))]]

    def _too_small(self, width: int) -> list[Paragraph]:
        return [too_small(self.snapshot, width, self.size.height, LEAST)]

    # What happens

    async def show(self, snapshot: Snapshot) -> None:
        """Draw a newer snapshot; a new question takes the old one's place."""
        moved = snapshot.current != self.snapshot.current
        asked = snapshot.question is not None and self.snapshot.question is None
        self.snapshot = snapshot
        if not self.query("#page"):
            return  # not composed yet, or taken down already
        if (moved or asked) and self.answering:
            self.query_one("#page", Lines).go(0)
        self.draw_all()
        await self._ask()
        if snapshot.state is RunState.OVER:
            self.call_after_refresh(self._keep, "the end")

    def tick(self) -> None:
        """Time went by: ages are older, and what is under way takes longer."""
        for name in ("#hosts", "#hostsdivider", "#status"):
            self.query_one(name, Lines).redraw()
        if self.view is View.HOSTS:
            self.query_one("#page", Lines).redraw()

    def draw_all(self) -> None:
        """Draw everything but the question."""
        self.query_one("#question").display = self.answering
        for name in ("#hosts", "#hostsdivider"):
            self.query_one(name).display = self.view is not View.HOSTS
        for lines in self.query("WizardScreen > Lines, #middle > Lines, #main > Lines").results(
            Lines
        ):
            lines.redraw()
        self.call_after_refresh(self._scrolled)

    def on_lines_resized(self) -> None:
        """A question came or went: the page has another height."""
        self._scrolled()

    def _scrolled(self) -> None:
        """How much is out of sight has changed; Tab stops at what can be scrolled."""
        for name in ("#divider", "#hostsdivider"):
            self.query_one(name, Lines).redraw()
        for lines in self.query("#ask, #hosts").results(Lines):
            lines.can_focus = lines.below + lines.above > 0

    async def _ask(self, *, again: bool = False) -> None:
        """Make the form on the screen that of the question asked now."""
        form, question = self.form, self.snapshot.question
        asked = form.question.id if form is not None else None
        wanted = question.id if question is not None else None
        if asked == wanted and not again:
            return
        place = self.query_one("#question")
        if form is not None:
            await form.remove()
        if question is not None:
            await place.mount(QuestionForm(question))

    def on_question_form_shown(self, event: QuestionForm.Shown) -> None:
        """Keep what the operator was shown with the question."""
        self._keep(event.question)

    def _keep(self, what: str) -> None:
        if self._pictured != what and self.answering:
            self._pictured = what
            self.post_message(self.WorthKeeping())

    def on_question_form_decided(self, event: QuestionForm.Decided) -> None:
        """Hand an answer down, if its question is still the one that is asked."""
        question = self.snapshot.question
        if question is not None and question.id == event.answer.question:
            self.post_message(self.Ordered(event.answer))

    def _look(self, view: View, past: str = "") -> None:
        page = self.query_one("#page", Lines)
        self._places[self.view, self.looking] = page.scroll_offset.y
        self.view, self.past = view, past
        page.redraw()
        self.draw_all()
        place = self._places.get((view, self.looking), 0)
        self.call_after_refresh(page.go, place)
        self._refocus()

    async def action_now(self) -> None:
        """The current step; there already, its question anew if an answer got no reply."""
        if self.answering and self.form is not None and self.form.sent:
            await self._ask(again=True)
        self._look(View.PAGE)

    def _turn(self, view: View) -> None:
        self._look(View.PAGE if self.view is view else view)

    def action_help(self) -> None:
        """The help, or back from it."""
        self._turn(View.HELP)

    def action_ledger(self) -> None:
        """The ledger, or back from it."""
        self._turn(View.LEDGER)

    def action_hosts(self) -> None:
        """All hosts, or back from them."""
        self._turn(View.HOSTS)

    def action_unfold(self) -> None:
        """All there is on the page, or the short form."""
        self.unfolded = not self.unfolded
        self.draw_all()

    def action_look(self, step: int) -> None:
        """Look at an earlier step's page, or forward again."""
        shown = [page.step for page in self.snapshot.pages]
        if self.view is not View.PAGE or self.looking not in shown:
            self._look(View.PAGE)
            return
        place = max(0, min(len(shown) - 1, shown.index(self.looking) + step))
        past = shown[place]
        self._look(View.PAGE, "" if past == self.snapshot.current else past)

    def action_scroll_page(self, step: int) -> None:
        """A line up or down."""
        page = self.query_one("#page", Lines)
        page.go(page.scroll_offset.y + step)

    def action_page_page(self, step: int) -> None:
        """A screenful up or down."""
        page = self.query_one("#page", Lines)
        page.go(page.scroll_offset.y + step * max(1, page.size.height - 1))

    def action_picture(self) -> None:
        """Keep a picture of this page, whatever it is."""
        self.post_message(self.WorthKeeping())

    def action_hold(self) -> None:
        """Hold, or go on."""
        if self.snapshot.state is not RunState.OVER:
            self.post_message(self.Ordered(Hold(on=not self.snapshot.holding)))

    async def action_abort(self) -> None:
        """Ask whether the way back is to be taken."""
        if self.snapshot.state is not RunState.OVER:
            await self.run_action("app.ask_abort")

    async def action_out(self) -> None:
        """Back to the current step; from there, the page before leaving."""
        if self.answering:
            await self.run_action("app.leave")
        else:
            self._look(View.PAGE)


def _key_name(keys: str) -> str:
    """`f8,left_square_bracket` as `F8 [`."""
    names = {"left_square_bracket": "[", "right_square_bracket": "]"}
    return " ".join(names.get(key, key.upper()) for key in keys.split(","))
