"""What is printed of a run: what is new in each snapshot, and the pages before their questions."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import groupby

from lparwiz.plain.paper import WIDEST, Paper
from lparwiz.run.snapshot import (
    Level,
    Page,
    PlannedCommand,
    PlanState,
    RunState,
    Snapshot,
    StepState,
)
from lparwiz.ui.chart_text import chart_words
from lparwiz.ui.marks import PLAN
from lparwiz.ui.page_text import FEW_NOTES, page_text, progress_line
from lparwiz.ui.status_text import clock_words
from lparwiz.ui.text import Paragraph, counted, words_of, wrap

SAY_AGAIN = 30.0
"""Seconds of the engine's clock between two lines about the same phase of something long."""


class Teller:
    """What was told so far, so that nothing is told twice.

    Args:
        paper: where it is written.
        first: the run as it is found; of its earlier steps nothing is told again.
    """

    def __init__(self, paper: Paper, first: Snapshot) -> None:
        self._paper = paper
        self._snapshot = first
        self._said: dict[str, set[str]] = {
            page.step: set() for page in first.pages if page.step != first.current
        }
        """The paragraphs that were said of each step."""
        self._told: dict[str, tuple[str, ...]] = {}
        """A step's lines that were said."""
        self._ran: dict[str, tuple[PlanState, str]] = {}
        """Each command's state as it was said last."""
        self._shown: set[tuple[str, str]] = set()
        """The hosts and commands that were shown in full."""
        self._hosts: dict[str, str] = {}
        """Each host's state as it was said last."""
        self._progress: tuple[str, float] = ("", 0.0)
        """The phase that was told last, and when."""

    def begin(self) -> None:
        """Say what this is, and where a run that is taken up again stands."""
        snapshot, paper = self._snapshot, self._paper
        paper.say(f"lparwiz, line by line. {snapshot.title}")
        if clock := clock_words(snapshot):
            paper.say(f"The clock: {clock}.")
        paper.say('At each prompt: Enter takes the answer in ( ), "?" explains, "q" leaves.')
        if self._said:
            done = sum(view.state is StepState.DONE for view in snapshot.steps)
            debts = f"{counted(snapshot.owed, 'debt')} {'is' if snapshot.owed == 1 else 'are'}"
            paper.say(f"Taken up again: {done} steps are done, {debts} owed.")

    def news(self, snapshot: Snapshot, *, asking: bool) -> bool:
        """Say what happened; whether anything was said.

        Args:
            snapshot: the run as it is now.
            asking: whether somebody types an answer: how the hosts are can wait for that.
        """
        self._snapshot = snapshot
        said = 0
        for page in snapshot.pages:
            if page.step not in self._said:
                self._said[page.step] = set()
                said += self._begin(page.step)
            elif page.step not in self._told and page.step != snapshot.current:
                continue  # of an earlier life of the run
            known = self._told.get(page.step, ())
            self._told[page.step] = page.lines
            anew = page.lines[: len(known)] != known  # the step was begun again
            for line in page.lines[0 if anew else len(known) :]:
                said += self._paper.say(f"  {line}", 4)
            said += sum(self._command(entry) for entry in page.plan)
            over = page.step != snapshot.current or snapshot.state is RunState.OVER
            if page.result and over:
                said += self._show(page.step, self._folded(replace(page, plan=())))
        said += self._how_far()
        return bool(said + (0 if asking else self._how_the_hosts_are()))

    def page(self) -> None:
        """Say what was not said yet of the current step, before its question."""
        page = self._snapshot.page
        if page is None:
            return
        self._show(page.step, self._folded(page))
        self._shown.update((entry.host, entry.command) for entry in page.plan)
        notes = sum(finding.level is Level.NOTE for finding in page.findings)
        if notes > FEW_NOTES:
            self._show(page.step, [wrap([("", f'{notes} notes  "all" shows them')], WIDEST)])

    def all_of_it(self) -> None:
        """Say all of the current step's page, with every check that passed and its evidence."""
        page = self._snapshot.page
        if page is not None:
            width = self._paper.width
            text = page_text(replace(page, chart=None), width, unfolded=True).whole
            self._paper.print([*text, *_figures(page, width)])

    def again(self) -> None:
        """The current step is begun again: what is the same is said again."""
        self._said[self._snapshot.current].clear()

    def _folded(self, page: Page) -> list[Paragraph]:
        width = self._paper.width
        return [*page_text(_quiet(page), width).whole, *_figures(page, width)]

    def _begin(self, step: str) -> int:
        page = next(each for each in self._snapshot.pages if each.step == step)
        number, count = self._snapshot.number_of(step), len(self._snapshot.steps)
        said = self._paper.say("") + self._paper.say(
            f"== Step {number} of {count}: {page.title} =="
        )
        only = replace(_quiet(page), findings=(), tables=(), plan=())
        return said + self._show(step, page_text(replace(only, result=""), self._paper.width).whole)

    def _command(self, entry: PlannedCommand) -> int:
        state = (entry.state, entry.result)
        if entry.state is PlanState.PLANNED or self._ran.get(entry.id) == state:
            return 0
        self._ran[entry.id] = state
        mark, _ = PLAN[entry.state]
        result = f": {entry.result}" if entry.result else ""
        said = self._paper.say(f"{mark} {entry.state}  {entry.host}  {entry.title}{result}", 4)
        what = (entry.host, entry.command)
        if entry.command and what not in self._shown:
            self._shown.add(what)
            said += self._paper.say(f"    $ {entry.command}", 6)
        return said

    def _how_far(self) -> int:
        page, at = self._snapshot.page, self._snapshot.at
        if page is None or page.progress is None:
            return 0
        phase, when = self._progress
        if page.progress.phase == phase and at - when < SAY_AGAIN:
            return 0
        self._progress = page.progress.phase, at
        return self._paper.print([progress_line(page.progress, self._paper.width)])

    def _how_the_hosts_are(self) -> int:
        """A host whose state is another than it was."""
        said = 0
        for pane in self._snapshot.panes:
            before = self._hosts.get(pane.host, "")
            if pane.state not in ("", "..", before):
                self._hosts[pane.host] = pane.state
                told = f"{pane.host} is {pane.state}, was {before}."
                said += self._paper.say(told) if before else 0
        return said

    def _show(self, step: str, paragraphs: Iterable[Paragraph]) -> int:
        """Say what was not said of this step yet; of what has a heading all, once any of it is."""
        known = self._said[step]
        fresh: list[Paragraph] = []
        for blank, group in groupby(paragraphs, key=lambda paragraph: paragraph == [()]):
            block = [] if blank else list(group)
            new = [paragraph for paragraph in block if _words(paragraph) not in known]
            headed = bool(block) and block[0][0][0][0] == "title"
            fresh += block if headed and new else new
        known.update(_words(paragraph) for paragraph in fresh)
        return self._paper.print(fresh)


def _quiet(page: Page) -> Page:
    """A page without what is told as it happens, its picture of the silences, and many notes."""
    planned = tuple(entry for entry in page.plan if entry.state is PlanState.PLANNED)
    other = tuple(finding for finding in page.findings if finding.level is not Level.NOTE)
    findings = page.findings if len(page.findings) - len(other) <= FEW_NOTES else other
    return replace(
        page, findings=findings, plan=planned, lines=(), decided=(), guide="", chart=None
    )


def _figures(page: Page, width: int) -> list[Paragraph]:
    """The silences in words, where the screen has a picture."""
    return [[()], *chart_words(page.chart, width)] if page.chart is not None else []


def _words(paragraph: Paragraph) -> str:
    return "\n".join(words_of(line) for line in paragraph)
