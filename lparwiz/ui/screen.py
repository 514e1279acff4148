"""The one screen of the wizard: it draws a snapshot, and remembers only where the eye is."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Input

from lparwiz.run.snapshot import Hold, Order, PlanState, RunState, Snapshot
from lparwiz.ui.bars import divider, rail, rail_line, too_small, top_line
from lparwiz.ui.bindings import bound
from lparwiz.ui.chart_text import ASCII, BOX
from lparwiz.ui.host_rows import HostRows
from lparwiz.ui.hosts_text import Group, by_gravity, grouped, in_full, strip
from lparwiz.ui.keys import KEYS
from lparwiz.ui.lines import LINE_STYLES, Lines
from lparwiz.ui.question import QuestionForm
from lparwiz.ui.record import Record
from lparwiz.ui.search import Search
from lparwiz.ui.status_text import hosts_divider, key_line, more, status, title
from lparwiz.ui.text import Draw, Paragraph, mark, wrap
from lparwiz.ui.view import FROM_THE_END, Eye, View
from lparwiz.ui.views import Scene, draw, step_parts, what_changes

LEAST = (60, 16)
"""Columns and rows below which only the state and the way out are drawn."""

MADE_FOR = (80, 24)
"""Columns and rows from which on everything has its place."""


class WizardScreen(Screen[None], inherit_bindings=False):
    """Top line, rail, page, question, hosts, keys.

    Args:
        snapshot: the run as it is.
        now: the engine's clock as far as the wizard can tell, in seconds.
        record: the run's journal.
        stroke: the character that lines across are drawn with.
        notices: sentences for the help page.
    """

    AUTO_FOCUS = ""
    COMPONENT_CLASSES: ClassVar[set[str]] = set(LINE_STYLES)
    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012 - Textual declares it
        (0, "-tiny"),
        (LEAST[0], "-narrow"),
        (100, "-wide"),
        (180, "-rich"),
    ]
    VERTICAL_BREAKPOINTS = [  # noqa: RUF012 - Textual declares it
        (0, "-flat"),
        (LEAST[1], "-short"),
        (36, "-tall"),
    ]
    BINDINGS: ClassVar[list[BindingType]] = [
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
    ]

    class Ordered(Message):
        """The operator wants something of the engine."""

        def __init__(self, order: Order) -> None:
            self.order = order
            super().__init__()

    class WorthKeeping(Message):
        """What the operator sees now belongs into the run's folder."""

    class Copied(Message):
        """The operator wants the page's text."""

        def __init__(self, name: str, text: str) -> None:
            self.name = name
            self.text = text
            super().__init__()

    def __init__(
        self,
        snapshot: Snapshot,
        *,
        now: Callable[[], float],
        record: Record,
        stroke: str,
        notices: Sequence[str],
    ) -> None:
        super().__init__()
        self.snapshot = snapshot
        self.eye = Eye()
        self._now = now
        self._record = record
        self._stroke = stroke
        self._notices = notices
        self._places: dict[tuple[View, str], int] = {}
        self._pictured = ""
        """The question that a picture was kept of last; or the end."""
        self._small = False
        """Whether there was no room for anything but the state and the way out."""
        self._rows = 0
        """The height of the hosts' widget."""
        self._most_rows = 1
        """Its height at most."""
        self._lines = self._made()
        """The widgets that show lines, by id: asked for at each snapshot."""
        self._search = Search(id="search")
        self._place = Vertical(id="question")
        """Where the question is."""
        self._drawn: tuple[tuple[object, ...], list[Paragraph]] = ((), [])
        """The step's page as it was drawn last, and what from."""
        self._must_see = 0
        """How many lines of it end with what will run."""
        self._seen: tuple[object, ...] = ()
        """What will run, as far as it was in sight to its end."""

    def _made(self) -> dict[str, Lines]:
        drawn: dict[str, Draw] = {
            "top": lambda width: [[top_line(self.snapshot, width)]],
            "railline": lambda width: [[rail_line(self.snapshot, width)]],
            "rail": self._rail,
            "page": self._page,
            "divider": self._divider,
            "status": self._status,
            "side": self._side,
            "hostsdivider": self._hosts_divider,
            "hosts": self._strip,
            "keys": lambda width: [[key_line(width, holding=self.snapshot.holding)]],
            "small": self._too_small,
        }
        hosts = ("side", "hosts")
        return {
            name: HostRows(draw, id=name) if name in hosts else Lines(draw, id=name)
            for name, draw in drawn.items()
        }

    def compose(self) -> ComposeResult:
        """Everything is lines but the question."""
        lines = self._lines
        yield lines["top"]
        yield lines["railline"]
        with Horizontal(id="middle"):
            yield lines["rail"]
            with Vertical(id="main"):
                yield lines["page"]
                yield self._search
                yield lines["divider"]
                yield lines["status"]
                yield self._place
            yield lines["side"]
        yield lines["hostsdivider"]
        yield lines["hosts"]
        yield lines["keys"]
        yield lines["small"]

    async def on_mount(self) -> None:
        """Ask what is being asked already."""
        for name in ("page", "hosts"):
            self.watch(self._lines[name], "scroll_y", self._scrolled, init=False)
        await self._ask()

    def on_resize(self, event: events.Resize) -> None:
        """Everything that depends on the height."""
        self._rows = 0
        self._most_rows = max(1, (event.size.height - 8) // 4)
        self.call_after_refresh(self._resized)

    def _resized(self) -> None:
        small = self.has_class("-tiny") or self.has_class("-flat")
        if small or self._small:
            # What hides hands its focus on, to whatever hides next: it begins anew.
            self.set_focus(None)
        self._small = small
        self.draw_all()
        self._refocus()

    def _refocus(self) -> None:
        """No focus on what is out of sight; the safe choice gets it when it is seen again."""
        form = self.form
        focused = self.focused
        if isinstance(focused, HostRows) and focused.display and focused.size.height:
            return
        if form is None or not form.in_sight:
            self.set_focus(None)
        elif focused is None or isinstance(focused, HostRows):
            form.focus_safe()

    # What is drawn

    @property
    def looking(self) -> str:
        """The id of the step whose page is shown, or would be."""
        return self.eye.past or self.snapshot.current

    @property
    def form(self) -> QuestionForm | None:
        """The question on the screen."""
        return next((each for each in self._place.children if isinstance(each, QuestionForm)), None)

    @property
    def scene(self) -> Scene:
        """What there is to look at now."""
        strokes = ASCII if self._stroke.isascii() else BOX
        return Scene(self.snapshot, self._now(), self._record, self._notices, strokes)

    def _rail(self, width: int) -> list[Paragraph]:
        return rail(self.snapshot, width, self.looking)

    def _page(self, width: int) -> list[Paragraph]:
        eye = self.eye
        drawn = self._step(width) if eye.view is View.PAGE else draw(eye, self.scene, width)
        return mark(drawn, eye.sought) if eye.sought else drawn

    def _step(self, width: int) -> list[Paragraph]:
        """A step's page; the very same one where nothing has changed: much of it is long."""
        scene = self.scene
        page = scene.page(self.eye)
        if page is None:
            return [wrap([("dim", "Nothing has begun yet.")], width)]
        made_from = (width, self.eye.unfolded, *what_changes(self.snapshot, page))
        if made_from != self._drawn[0]:
            drawn = step_parts(self.eye, scene, page, width)
            self._must_see = sum(len(lines) for lines in drawn.first)
            self._drawn = (made_from, [*drawn.first, *drawn.rest])
        return self._drawn[1]

    def _divider(self, width: int) -> list[Paragraph]:
        page = self._lines["page"]
        size = self.size
        small = size.width < MADE_FOR[0] or size.height < MADE_FOR[1]
        made_for = f"{size.width}x{size.height} is small: {MADE_FOR[0]}x{MADE_FOR[1]}"
        texts = (
            ("title", title(self.snapshot, self.eye)),
            ("key", more(page.above, page.below)),
            ("now", self._search.told),
            ("dim", made_for if small else ""),
        )
        return [[divider(width, self._stroke, *texts)]]

    def _status(self, width: int) -> list[Paragraph]:
        return status(self.snapshot, self.eye, self._now(), width)

    def _hosts_divider(self, width: int) -> list[Paragraph]:
        hosts = self._lines["hosts"]
        hidden = hosts.below + hosts.above
        return [[hosts_divider(self.snapshot, self._now(), hidden, self._stroke, width)]]

    def _groups(self) -> list[Group]:
        return grouped(self.snapshot.panes, self._now())

    def _pointed(self, groups: Sequence[Group]) -> str:
        """The host that the arrows start from, while a list of hosts has the focus."""
        if not groups or not isinstance(self.focused, HostRows):
            return ""
        known = any(group.has(self.eye.host) for group in groups)
        return self.eye.host if known else groups[0].first.host

    def _strip(self, width: int) -> list[Paragraph]:
        groups = self._groups()
        return strip(groups, self._now(), width, self._pointed(groups))

    def _side(self, width: int) -> list[Paragraph]:
        groups, now = self._groups(), self._now()
        pointed = self._pointed(groups)
        return [in_full(group, now, width, pointed) for group in groups]

    def _too_small(self, width: int) -> list[Paragraph]:
        return [too_small(self.snapshot, width, self.size.height, LEAST)]

    # What happens

    async def show(self, snapshot: Snapshot) -> None:
        """Draw a newer snapshot; a new question takes the old one's place."""
        moved = snapshot.current != self.snapshot.current
        before, question = self.snapshot.question, snapshot.question
        asked = question is not None and (before is None or before.id != question.id)
        self.snapshot = snapshot
        if not self._place.is_attached:
            return  # not composed yet, or taken down already
        if (moved or asked) and self.eye.answering:
            self._lines["page"].go(0)
        self.draw_all()
        await self._ask()
        if snapshot.state is RunState.OVER:
            self.call_after_refresh(self._keep, "the end")

    def tick(self) -> None:
        """Time went by: ages are older, and what is under way takes longer."""
        names = ["hosts", "side", "hostsdivider", "status"]
        if self.eye.view is not View.PAGE:
            names.append("page")
        self._redraw(*names)

    def draw_all(self) -> None:
        """Draw everything but the question."""
        self._place.display = self.eye.answering
        self.set_class(self.eye.view is View.HOSTS, "-listing")
        self._grow_hosts()
        self._redraw(*self._lines)
        self.call_after_refresh(self._scrolled)

    def _grow_hosts(self) -> None:
        """Room for the hosts: it grows, but a page that jumps whenever some are alike is no calm.

        So it shrinks with the next resize only.
        """
        wanted = min(max(1, len(self._groups())), self._most_rows)
        if wanted > self._rows:
            self._rows = wanted
            self._lines["hosts"].styles.height = wanted

    def _redraw(self, *names: str) -> None:
        for name in names:
            if self._lines[name].display:
                self._lines[name].redraw()

    def on_lines_resized(self) -> None:
        """A question came or went: the page has another height."""
        self._scrolled()

    def _scrolled(self) -> None:
        """How much is out of sight has changed; Tab stops at what can be scrolled."""
        self._redraw("divider", "hostsdivider")
        if (form := self.form) is not None:
            form.tell()
        self.call_after_refresh(self._see)

    # What will run is seen before it is confirmed

    def _will_run(self) -> tuple[object, ...]:
        page = self.snapshot.page
        entries = page.plan if page is not None else ()
        return tuple((e.host, e.command) for e in entries if e.state is PlanState.PLANNED)

    def _unseen(self) -> int:
        """How many lines of what will run were never in sight; at least one while some were."""
        planned = self._will_run()
        if not planned or planned == self._seen or not self.eye.answering:
            return 0
        return max(1, self._lines_left())

    def _lines_left(self) -> int:
        page = self._lines["page"]
        return self._must_see - page.scroll_offset.y - page.size.height

    def _see(self) -> None:
        """What is painted now was seen."""
        form = self.form
        if form is None or not form.in_sight or not self.eye.answering:
            return
        if self._lines_left() <= 0 and self._seen != self._will_run():
            self._seen = self._will_run()
            form.tell()

    def on_question_form_read_on(self) -> None:
        """An answer was chosen before all that it confirms was in sight: show more of it."""
        self.action_page_page(1)

    # The question

    async def _ask(self, *, again: bool = False) -> None:
        """Make the form on the screen that of the question asked now."""
        form, question = self.form, self.snapshot.question
        asked = form.question.id if form is not None else None
        wanted = question.id if question is not None else None
        if asked == wanted and not again:
            return
        if form is not None:
            self.set_focus(None)  # else a key typed ahead would reach whatever comes next
            await form.remove()
        if question is not None:
            await self._place.mount(QuestionForm(question, self._unseen))

    def on_question_form_shown(self, event: QuestionForm.Shown) -> None:
        """Keep what the operator was shown with the question, once all of it is in its place."""
        self._see()
        self.call_after_refresh(self._keep, event.question)

    def _keep(self, what: str) -> None:
        if self._pictured != what and self.eye.answering:
            self._pictured = what
            self.post_message(self.WorthKeeping())

    def on_question_form_decided(self, event: QuestionForm.Decided) -> None:
        """Hand an answer down, if its question is still the one that is asked."""
        question = self.snapshot.question
        if question is not None and question.id == event.answer.question:
            self.post_message(self.Ordered(event.answer))

    # Where the eye goes

    def _spot(self) -> tuple[View, str]:
        eye = self.eye
        return eye.view, eye.host if eye.view is View.HOST else self.looking

    def _look(self, view: View, past: str = "", host: str = "") -> None:
        page = self._lines["page"]
        self._places[self._spot()] = page.scroll_offset.y
        eye = self.eye
        if view is View.HELP:
            eye.before = eye.view
        if view is View.HOST and eye.view in (View.PAGE, View.HOSTS):
            eye.opened_from = eye.view
        eye.view, eye.past, eye.host, eye.sought = view, past, host or eye.host, ""
        self._search.forget()
        self.draw_all()
        place = self._places.get(self._spot())
        if place is None:
            place = page.below if view in FROM_THE_END else 0
        self.call_after_refresh(page.go, place)
        self._refocus()

    async def action_now(self) -> None:
        """The current step; there already, its question anew if an answer got no reply."""
        if self.eye.answering and self.form is not None and self.form.sent:
            await self._ask(again=True)
        self._look(View.PAGE)

    def _turn(self, view: View) -> None:
        self._look(View.PAGE if self.eye.view is view else view)

    def action_help(self) -> None:
        """The help, or back from it."""
        if self.eye.view is View.HELP:
            self._look(self.eye.before, self.eye.past)
        else:
            self._look(View.HELP, self.eye.past)

    def action_ledger(self) -> None:
        """The ledger, or back from it."""
        self._turn(View.LEDGER)

    def action_hosts(self) -> None:
        """All hosts, or back from them."""
        self._turn(View.HOSTS)

    def action_timeline(self) -> None:
        """What happened, or back from it."""
        self._turn(View.TIMELINE)

    def action_journal(self) -> None:
        """The whole journal, or back from it."""
        self._turn(View.JOURNAL)

    def action_unfold(self) -> None:
        """All there is on the page, or the short form."""
        self.eye.unfolded = not self.eye.unfolded
        self.draw_all()

    def action_look(self, step: int) -> None:
        """Look at an earlier step's page, or forward again."""
        shown = [page.step for page in self.snapshot.pages]
        if self.eye.view is not View.PAGE or self.looking not in shown:
            self._look(View.PAGE)
            return
        place = max(0, min(len(shown) - 1, shown.index(self.looking) + step))
        past = shown[place]
        self._look(View.PAGE, "" if past == self.snapshot.current else past)

    def action_scroll_page(self, step: int) -> None:
        """A line up or down; among the hosts the next one."""
        page = self._lines["page"]
        if self.eye.view is View.HOSTS:
            self._point_on_page(step)
        else:
            page.go(page.scroll_offset.y + step)

    def action_page_page(self, step: int) -> None:
        """A screenful up or down."""
        page = self._lines["page"]
        page.go(page.scroll_offset.y + step * max(1, page.size.height - 1))

    def action_page_end(self, step: int) -> None:
        """To the top, or to the end."""
        page = self._lines["page"]
        page.go(page.scroll_offset.y + page.below if step > 0 else 0)

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
        """Back to where one came from, then to the current step; from there, the way out."""
        if self._search.display:
            self._search.close()
            self._refocus()
        elif self.eye.answering:
            await self.run_action("app.leave")
        elif self.eye.view is View.HOST:
            self._look(self.eye.opened_from)
        else:
            self._look(View.PAGE)

    # Hosts

    def _hosts(self) -> list[str]:
        return [pane.host for pane in by_gravity(self.snapshot.panes, self._now())]

    def _point_on_page(self, step: int) -> None:
        hosts = self._hosts()
        if not hosts:
            return
        here = hosts.index(self.eye.host) if self.eye.host in hosts else 0
        place = max(0, min(len(hosts) - 1, here + step))
        self.eye.host = hosts[place]
        page = self._lines["page"]
        page.redraw()
        page.show(place + 1 if place else 0)

    def on_host_rows_pointed(self, event: HostRows.Pointed) -> None:
        """Point at the next row of the hosts in sight."""
        groups = self._groups()
        here = next((n for n, group in enumerate(groups) if group.has(self.eye.host)), 0)
        place = max(0, min(len(groups) - 1, here + event.step))
        if groups:
            self.eye.host = groups[place].first.host
        for rows in self.query(HostRows):
            rows.redraw()
            rows.show(place)

    def on_host_rows_opened(self) -> None:
        """A single host opens; a group opens the list at its first host."""
        groups = self._groups()
        group = next((g for g in groups if g.has(self.eye.host)), next(iter(groups), None))
        if group is not None:
            self.eye.host = group.first.host
            self._look(View.HOST if len(group.panes) == 1 else View.HOSTS, host=self.eye.host)
            if len(group.panes) > 1:
                self.call_after_refresh(self._point_on_page, 0)

    def action_open(self) -> None:
        """The host that is pointed at on the page of all hosts."""
        hosts = self._hosts()
        if self.eye.view is View.HOSTS and hosts:
            self._look(View.HOST, host=self.eye.host if self.eye.host in hosts else hosts[0])

    def action_turn_host(self, step: int) -> None:
        """The next host's page."""
        hosts = self._hosts()
        if self.eye.view is View.HOST and self.eye.host in hosts:
            place = (hosts.index(self.eye.host) + step) % len(hosts)
            self._look(View.HOST, host=hosts[place])

    # Finding and copying

    def action_find(self) -> None:
        """Ask for words."""
        self._search.open()

    @on(Input.Submitted, "#search Entry")
    def _sought(self, event: Input.Submitted) -> None:
        event.stop()
        search = self._search
        search.close()
        self.eye.sought = event.value.strip()
        self._lines["page"].redraw()
        search.forget()
        self.action_find_on(0)
        self._refocus()

    def action_find_on(self, step: int) -> None:
        """To the next place that has the words, or to the one before."""
        if self.eye.sought:
            self._search.go(self._lines["page"], self.eye.sought, step)
        self._redraw("divider")

    def action_copy(self) -> None:
        """The page's text, all of it, to the clipboard and into the run's folder."""
        eye = self.eye
        name = {View.PAGE: self.looking, View.HOST: eye.host}.get(eye.view, eye.view.value)
        self.post_message(self.Copied(name, self._lines["page"].words))
