"""The one screen of the wizard: it draws a snapshot, and remembers only where the eye is."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.message import Message
from textual.screen import Screen

from lparwiz.run.orders import Hold, Order
from lparwiz.run.snapshot import RunState, Snapshot
from lparwiz.ui.bindings import OF_THE_RUN
from lparwiz.ui.eye import FROM_THE_END, Eye, Places, View
from lparwiz.ui.focus import refocus
from lparwiz.ui.host_rows import HostRows, most_rows
from lparwiz.ui.hosts_text import by_gravity
from lparwiz.ui.layout import HEIGHTS, WIDTHS, groups, laid_out, too_small, widgets
from lparwiz.ui.lines import LINE_STYLES
from lparwiz.ui.pointing import host_after, opened, row_after
from lparwiz.ui.question import QuestionArea, QuestionForm
from lparwiz.ui.record import Record
from lparwiz.ui.search import Search
from lparwiz.ui.step_page import StepPage
from lparwiz.ui.views import has_chart


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
    HORIZONTAL_BREAKPOINTS = WIDTHS
    VERTICAL_BREAKPOINTS = HEIGHTS
    BINDINGS: ClassVar[list[BindingType]] = [*OF_THE_RUN]

    class Ordered(Message):
        """The operator wants something of the engine."""

        def __init__(self, order: Order) -> None:
            self.order = order
            super().__init__()

    class WorthKeeping(Message):
        """What the operator sees now belongs into the run's folder.

        Args:
            told: whether it was asked for by a key: then what became of it is told.
        """

        def __init__(self, *, told: bool = False) -> None:
            self.told = told
            super().__init__()

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
        self.now = now
        self.record = record
        self.stroke = stroke
        self.notices = notices
        self._places = Places()
        self._pictured = ""
        """The question that a picture was kept of last; or the end."""
        self._small = False
        """Whether there was no room for anything but the state and the way out."""
        self.lines = widgets(self)
        """The widgets that show lines, by id: asked for at each snapshot."""
        self.search = Search(id="search")
        self.step_page = StepPage()
        self.question_area = QuestionArea(self._unseen, lambda: self.snapshot.holding)

    def compose(self) -> ComposeResult:
        """Everything is lines but the question."""
        yield from laid_out(self)

    async def on_mount(self) -> None:
        """Ask what is being asked already."""
        for name in ("page", "hosts"):
            self.watch(self.lines[name], "scroll_y", self._scrolled, init=False)
        await self.question_area.ask(self.snapshot.question)

    def on_resize(self, event: events.Resize) -> None:
        """Everything that depends on the height."""
        for rows in self.query(HostRows):
            rows.begin_anew(most=most_rows(event.size.height))
        self.call_after_refresh(self._resized)

    def _resized(self) -> None:
        small = too_small(self)
        if small or self._small:
            # What hides hands its focus on, to whatever hides next: it begins anew.
            self.set_focus(None)
        self._small = small
        self.draw_all()
        refocus(self)

    # What is drawn

    @property
    def looking(self) -> str:
        """The id of the step whose page is shown, or would be."""
        return self.eye.past or self.snapshot.current

    @property
    def form(self) -> QuestionForm | None:
        """The question on the screen."""
        return self.question_area.form

    # What happens

    async def show(self, snapshot: Snapshot) -> None:
        """Draw a newer snapshot; a new question takes the old one's place."""
        moved = snapshot.current != self.snapshot.current
        before, question = self.snapshot.question, snapshot.question
        asked = question is not None and (before is None or before.id != question.id)
        # Once something is watched instead of read, its chart is what counts: it stands on top.
        charted = has_chart(snapshot) and (before is not None or not has_chart(self.snapshot))
        watched = question is None and charted
        self.snapshot = snapshot
        if not self.question_area.is_attached:
            return  # not composed yet, or taken down already
        if (moved or asked or watched) and self.eye.answering:
            self.lines["page"].go(0)
        if moved and self.eye.answering:
            self.search.forget()
            self.eye.sought = ""
        self.draw_all()
        # An answer that the engine got on hold was not taken: it is asked for anew.
        refused = snapshot.holding and self.form is not None and bool(self.form.sent)
        await self.question_area.ask(self.snapshot.question, again=refused)
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
        self.question_area.display = self.eye.answering
        self.set_class(self.eye.view is View.HOSTS, "-listing")
        for rows in self.query("#hosts").results(HostRows):
            rows.grow(len(groups(self)))
        self._redraw(*self.lines)
        self.call_after_refresh(self._scrolled)

    def _redraw(self, *names: str) -> None:
        for name in names:
            if self.lines[name].display:
                self.lines[name].redraw()

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

    def _end(self) -> int:
        """The first line of the page that is out of sight below."""
        page = self.lines["page"]
        return page.scroll_offset.y + page.size.height

    def _unseen(self) -> int:
        """How many lines of what will run were never in sight."""
        return self.step_page.unseen(self.snapshot, self._end()) if self.eye.answering else 0

    def _see(self) -> None:
        """What is painted now was seen."""
        form = self.form
        if form is None or not form.in_sight or not self.eye.answering:
            return
        if self.step_page.see(self.snapshot, self._end()):
            form.tell()

    def on_question_form_read_on(self) -> None:
        """An answer was chosen before all that it confirms was in sight: show more of it."""
        self.action_page_page(1)

    # The question

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

    def _look(self, view: View, past: str = "", host: str = "") -> None:
        page = self.lines["page"]
        self._places.keep(self.eye, self.looking, page.scroll_offset.y)
        self.eye.look(view, past, host)
        self.search.forget()
        self.draw_all()
        place = self._places.of(self.eye, self.looking)
        if place is None:
            place = page.below if view in FROM_THE_END else 0
        self.call_after_refresh(page.go, place)
        refocus(self)

    async def action_now(self) -> None:
        """The current step; there already, its question anew if an answer got no reply."""
        if self.eye.answering and self.form is not None and self.form.sent:
            await self.question_area.ask(self.snapshot.question, again=True)
        self._look(View.PAGE)

    def action_help(self) -> None:
        """The help, or back from it."""
        if self.eye.view is View.HELP:
            self._look(self.eye.before, self.eye.past)
        else:
            self._look(View.HELP, self.eye.past)

    def action_turn(self, view: str) -> None:
        """A page that belongs to no step, by its name; or back from it."""
        wanted = View(view)
        self._look(View.PAGE if self.eye.view is wanted else wanted)

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
        if self.eye.view is View.HOSTS:
            self._point_on_page(step)
        else:
            self._scroll(step)

    def action_page_page(self, step: int) -> None:
        """A screenful up or down."""
        page = self.lines["page"]
        self._scroll(step * max(1, page.size.height - 1))

    def action_page_end(self, step: int) -> None:
        """To the top, or to the end."""
        page = self.lines["page"]
        self._scroll(page.below if step > 0 else -page.above)

    def _scroll(self, lines: int) -> None:
        page = self.lines["page"]
        page.go(page.scroll_offset.y + lines)

    def action_picture(self) -> None:
        """Keep a picture of this page, whatever it is."""
        self.post_message(self.WorthKeeping(told=True))

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
        if self.search.display:
            self.search.close()
            refocus(self)
        elif self.eye.answering:
            await self.run_action("app.leave")
        elif self.eye.view is View.HOST:
            self._look(self.eye.opened_from)
        else:
            self._look(View.PAGE)

    # Hosts

    def _hosts(self) -> list[str]:
        return [pane.host for pane in by_gravity(self.snapshot.panes, self.now())]

    def _point_on_page(self, step: int) -> None:
        hosts = self._hosts()
        if hosts:
            place = host_after(hosts, self.eye.host, step)
            self.eye.host = hosts[place]
            self.lines["page"].redraw()
            self.lines["page"].show(place + 1 if place else 0)

    def on_host_rows_pointed(self, event: HostRows.Pointed) -> None:
        """Point at the next row of the hosts in sight."""
        shown = groups(self)
        place = row_after(shown, self.eye.host, event.step)
        if shown:
            self.eye.host = shown[place].first.host
        for rows in self.query(HostRows):
            rows.redraw()
            rows.show(place)

    def on_host_rows_opened(self) -> None:
        """A single host opens; a group opens the list at its first host."""
        group = opened(groups(self), self.eye.host)
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
        self.search.open()

    def on_search_sought(self, event: Search.Sought) -> None:
        """Show where the words are."""
        self.eye.sought = event.words
        self.lines["page"].redraw()
        self.action_find_on(0)
        refocus(self)

    def action_find_on(self, step: int) -> None:
        """To the next place that has the words, or to the one before."""
        if self.eye.sought:
            self.search.go(self.lines["page"], self.eye.sought, step)
        self._redraw("divider")

    def action_copy(self) -> None:
        """The page's text, all of it, to the clipboard and into the run's folder."""
        eye = self.eye
        name = {View.PAGE: self.looking, View.HOST: eye.host}.get(eye.view, eye.view.value)
        self.post_message(self.Copied(name, self.lines["page"].words))
