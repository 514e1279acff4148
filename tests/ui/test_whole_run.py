"""The wizard driven by its keys to the end of a run: the real engine, the real lab, real SSH.

What is judged is what the lab recorded and the exit status, never what the wizard says of itself;
what is read of the wizard is what it owes the operator: that a command was on the screen, with its
host, before that host got it.
"""

import asyncio
import re
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from lparwiz import change, session
from lparwiz.lab.scenario import Scenario
from lparwiz.run.orders import Leave
from lparwiz.run.snapshot import QuestionKind, RunState
from lparwiz.ui._textual import screen_text
from lparwiz.ui.app import Wizard
from lparwiz.ui.pictures import Pictures
from lparwiz.ui.screen import WizardScreen

from ..labs import SPEED, judge, lab

SIZES = ((80, 24), (160, 50))
both_sizes = pytest.mark.parametrize("size", SIZES, ids=("80x24", "160x50"))

CHANGES = re.compile(
    r"-T peerinact|\b(?:chsyscfg|mksyscfg|rmsyscfg|migrlpar|chhwres)\b|> */etc/llttab"
    r"|\bln /etc|\brm /etc"
)
"""What changes something, by the words of the tools themselves."""

MOST_QUESTIONS = 20
"""No run asks more; one that does turns in a circle."""

PATIENCE = 60
"""Seconds; only a failure takes so long."""


def squeezed(text):
    """Text without what wrapping adds."""
    return re.sub(r"\s", "", text)


class Operator:
    """Somebody at the keyboard: sees the screen, presses keys, and nothing else."""

    def __init__(self, pilot, engine, site):
        self.pilot, self.engine, self.site = pilot, engine, site
        self.news = asyncio.Event()
        self.asked = set()
        self.shown = []
        """What was on the screen, each with how many commands the lab had received by then."""
        loop = asyncio.get_running_loop()
        engine.subscribe(lambda _: loop.call_soon_threadsafe(self.news.set))

    @property
    def screen(self):
        return self.pilot.app.screen

    async def until(self, condition):
        """Wait for snapshots until the screen shows one that fits."""
        async with asyncio.timeout(PATIENCE):
            while not condition():
                self.news.clear()
                await self.pilot.pause(0)
                if not condition():
                    await _or_next_frame(self.news)

    def sees_question(self):
        """Whether a question that wasn't answered yet is painted, its safe choice in focus."""
        form = self.screen.form if isinstance(self.screen, WizardScreen) else None
        return (
            form is not None
            and form.question.id not in self.asked
            and form.in_sight
            and self.pilot.app.focused is not None
            and self.screen._pictured == form.question.id  # as nobody is so quick
        )

    def sees_end(self):
        screen = self.screen
        return isinstance(screen, WizardScreen) and screen.snapshot.state is RunState.OVER

    async def next_question(self):
        """The next question, its whole page read; None at the end of the run."""
        await self.until(lambda: self.sees_question() or self.sees_end())
        if not self.sees_question():
            return None
        await self.read_page()
        return self.screen.form.question

    async def read_page(self):
        """Read the page as people do: a screenful, PgDn, to its end."""
        received = len(self.site.events("command"))
        rows = self.page_rows()
        presses = 0
        while re.search("more lines? below", screen_text(self.pilot.app)):
            await self.pilot.press("pagedown")
            presses += 1
            rows = _joined(rows, self.page_rows())
        self.shown.append((received, squeezed("".join(rows))))
        await self.pilot.press(*["pageup"] * presses)

    def page_rows(self):
        """What the page's own part of the screen shows."""
        place = self.screen.query_one("#page").region
        rows = screen_text(self.pilot.app).splitlines()[place.y : place.bottom]
        return [row[place.x : place.right].rstrip() for row in rows]

    async def answer(self, *keys):
        self.asked.add(self.screen.form.question.id)
        await self.pilot.press(*keys)

    async def go_on(self, question):
        """Forward, with the keys that a person needs for it."""
        choices = [choice.id for choice in question.choices]
        if question.kind is QuestionKind.WORD and question.safe == "back":
            await self.answer(*question.word, "enter", "enter")
        elif "go" in choices:
            steps = choices.index("go") - choices.index(question.safe)
            await self.answer(*["right"] * steps, "enter")
        else:
            await self.answer("enter")

    async def leave(self):
        """Out, through the page before leaving."""
        over = self.sees_end()
        await self.pilot.press("f10")
        await self.until(lambda: not isinstance(self.screen, WizardScreen))
        assert "Leave lparwiz?" in screen_text(self.pilot.app)
        await self.pilot.press(*(["enter"] if over else ["right", "enter"]))

    def check_shown_before_sent(self):
        """Rule 10, by the lab's own record."""
        changing = [
            (number, event)
            for number, event in enumerate(self.site.events("command"))
            if CHANGES.search(event["line"])
        ]
        assert changing
        for number, event in changing:
            line = squeezed(event["line"])
            assert any(received <= number and line in text for received, text in self.shown), event


async def _or_next_frame(news):
    """The next snapshot, or the next look at a screen that is still being painted."""
    try:
        async with asyncio.timeout(0.05):
            await news.wait()
    except TimeoutError:
        return


def _joined(rows, more):
    """Two screenfuls of one page, the rows that both show taken once."""
    for count in range(min(len(rows), len(more)), -1, -1):
        if rows[len(rows) - count :] == more[:count]:
            return rows + more[count:]
    raise AssertionError("nothing is equal to nothing")


@asynccontextmanager
async def wizard(tmp_path, size, scenario):
    """The wizard on a lab of its own: `(operator, site, engine)`."""
    with lab(scenario, tmp_path / "lab") as site:
        wanted = change.read(site.change_path)
        options = session.Options(tmp_path / "runs", SPEED, watch=False, interval=0.02)
        engine = session.begin(wanted, options)
        app = Wizard(engine, theme="night", pictures=Pictures(Path(engine.latest().folder)))
        async with app.run_test(size=size) as pilot:
            engine.start()
            try:
                yield Operator(pilot, engine, site), site, engine
            finally:
                app.exit(app.return_value)
                await asyncio.to_thread(_end, engine)


def _end(engine):
    engine.send(Leave("the test is over"))
    engine.join()


def never(_question):
    return False


async def walk(operator, until=never):
    """Forward to the end, or to the question that fits; that question or None."""
    while (question := await operator.next_question()) is not None:
        assert len(operator.asked) < MOST_QUESTIONS, question
        if until(question):
            return question
        await operator.go_on(question)
    return None


@both_sizes
@pytest.mark.parametrize(("migration", "status"), [("succeeds", 0), ("fails-midway", 1)])
async def test_the_wizard_walks_a_whole_run(tmp_path, size, migration, status):
    async with wizard(tmp_path, size, Scenario(route="full", migration=migration)) as (
        operator,
        site,
        engine,
    ):
        await walk(operator)
        await operator.until(lambda: f"Exit status {status}." in screen_text(operator.pilot.app))
        operator.check_shown_before_sent()
        await operator.leave()
        assert await asyncio.to_thread(engine.join) == status
        judge(site.verdict(), "full", migrated=status == 0)
        assert len(site.commands("migrlpar", "-o m")) == 1
    assert operator.pilot.app.return_value == status


async def test_a_run_aborted_before_the_migration_puts_everything_back(tmp_path):
    async with wizard(tmp_path, (80, 24), Scenario(route="full")) as (operator, site, engine):
        asked = await walk(operator, lambda question: question.id.startswith("migrate."))
        assert asked is not None
        operator.asked.add(asked.id)
        await operator.pilot.press("f6")
        await operator.until(lambda: not isinstance(operator.screen, WizardScreen))
        assert "5 debts are owed now" in screen_text(operator.pilot.app)
        await operator.pilot.press("right", "enter")
        await walk(operator)
        operator.check_shown_before_sent()
        await operator.leave()
        assert await asyncio.to_thread(engine.join) == 1
        judge(site.verdict(), "full", migrated=False)
        assert site.commands("migrlpar") == []
    assert operator.pilot.app.return_value == 1


async def test_a_run_left_in_the_middle_stops_there_and_says_what_is_owed(tmp_path):
    async with wizard(tmp_path, (80, 24), Scenario(route="full")) as (operator, site, engine):
        await walk(operator, lambda question: question.id.startswith("profiles."))
        sent = len(site.commands())
        await operator.leave()
        assert await asyncio.to_thread(engine.join) == 3
        folder = Path(engine.latest().folder)
        owed = {f"{what}/{node}" for what in ("mark", "peerinact") for node in ("db01", "db02")}
        assert {debt.id for debt in engine.latest().ledger} == owed
        assert "lltconfig -T peerinact:3200" in (folder / "ledger.md").read_text()
        assert [line for _, line in site.commands()[sent:] if CHANGES.search(line)] == []
        verdict = site.verdict()
        assert verdict["timers"] == {"db01": [3200, 9000], "db02": [1600, 9000]}
        assert verdict["live"] == ["p9-east"]
    assert operator.pilot.app.return_value == 3
    operator.pilot.app._pictures.close()
    pictures = sorted((folder / "screens").iterdir())
    assert [path.name for path in pictures] == [
        "01-connect-1.svg",
        "02-check-1.svg",
        "03-measure-1.svg",
        "04-mark-1.svg",
        "05-timers-1.svg",
        "06-profiles-1.svg",
    ]
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in pictures)
    assert "peerinact:9000" in pictures[4].read_text()
