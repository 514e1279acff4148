"""What a step is given to work with: reading hosts, asking, acting, writing down."""

import base64
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from itertools import takewhile
from typing import Any, TypeVar

from lparwiz.run.acting import Acting, planned
from lparwiz.run.action import REACHED, Action, Done, Transport, Verdict
from lparwiz.run.answers import Answerer, Reply
from lparwiz.run.clock import Clock
from lparwiz.run.doubt import doubts
from lparwiz.run.folder import Folder, NoFolder
from lparwiz.run.journal import LEDGER, Event, Journal, JournalFailed
from lparwiz.run.ledger import Debt, DebtState, Ledger, as_data, replay
from lparwiz.run.orders import Abort, Hold, Order
from lparwiz.run.picture import Picture
from lparwiz.run.reading import Reading, understood
from lparwiz.run.snapshot import Chart, Finding, PlanState, Progress, Question, RunState, Table
from lparwiz.run.step import Again, Conclusion, WayBack
from lparwiz.tools.command import Answer, Command

T = TypeVar("T")


@dataclass
class Play:
    """One run being played. Everything that a step learns or does goes through here."""

    transport: Transport
    labels: dict[str, str]
    """The hosts' labels, by id."""
    journal: Journal
    picture: Picture
    clock: Clock
    answerer: Answerer
    folder: Folder | NoFolder
    """Keeps texts as files of the run's folder; in a dry run nothing reaches the disk."""
    places: Mapping[str, str] = field(default_factory=dict)
    """Where a person logs in to each host, by its label."""
    rehearsal: bool = False
    """A dry run: every action is read and shown, none acts."""
    closing: bool = False
    """Whether a closing step is being played: then there is no other way back to take."""
    conclusion: Conclusion | None = None
    _facts: dict[str, Any] = field(default_factory=dict)
    _asked: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.acting = Acting(self)
        self._recollect(self.journal.events)

    def _recollect(self, events: Iterable[Event]) -> None:
        """Take over what an earlier life of the run wrote down."""
        for event in events:
            match event.kind:
                case "fact":
                    self._facts[event.data["key"]] = event.data["value"]
                case "intent":
                    self.acting.sent.add(event.data["action"])
                case "done" if event.data["state"] in REACHED:
                    self.acting.reached.add(event.data["action"])
                case "conclusion":
                    self.conclusion = Conclusion(event.data["is"])
                    self.picture.outcome = self.conclusion.value
        self.picture.ledger = replay(events)

    # Knowing

    def note(self, key: str, value: Any) -> None:
        """Write down something that a later step, or a later life of the run, needs. JSON only."""
        self.journal.write("fact", key=key, value=value)
        self._facts[key] = value

    def recall(self, key: str) -> Any:
        """What was noted under `key`; None where nothing was."""
        return self._facts.get(key)

    @property
    def changed(self) -> bool:
        """Whether a command that changes a host was ever sent, or may have been."""
        return bool(self.acting.sent)

    def sent(self, action_id: str) -> bool:
        """Whether this action was ever sent, or may have been; in a dry run, would have been."""
        return action_id in self.acting.sent

    def unanswered(self, action_id: str) -> bool:
        """Whether a command of this action gave no answer, and its goal was not proven since."""
        return any(doubt.action == action_id for doubt in doubts(self.journal.events))

    def may_still(self, action_id: str) -> tuple[str, ...]:
        """What is said of each command of this action that may still take effect."""
        now = self.clock.now()
        late = [doubt for doubt in doubts(self.journal.events) if doubt.action == action_id]
        return tuple(doubt.text(now) for doubt in late if doubt.left(now) > 0)

    def reached(self, action_id: str) -> bool:
        """Whether this action's goal was ever proven: where it holds no more, somebody undid it."""
        return action_id in self.acting.reached

    async def read(self, host: str, command: Command, parse: Callable[[Answer], T]) -> Reading[T]:
        """Observe a host.

        Args:
            host: its id.
            command: what it is asked.
            parse: makes a value of an answer that came to its end, or raises Unreadable or
                Unusable.
        """
        answer = await self.send(host, command, "reading")
        return understood(self.labels[host], command.text, answer, parse)

    async def send(self, host: str, command: Command, kind: str) -> Answer:
        """Send a command and write its answer down, as an event of this kind."""
        self.journal.check()
        if command.changes:
            self.journal.write("sent", host=self.labels[host], command=command.text)
        answer = await self.transport.run(host, command)
        self.journal.write(
            "answered" if command.changes else kind,
            host=self.labels[host],
            command=command.text,
            outcome=answer.outcome.value,
            status=answer.status,
            seconds=round(answer.seconds, 3),
            reason=answer.reason,
            stdout=base64.b64encode(answer.raw_stdout).decode("ascii"),
            stderr=base64.b64encode(answer.raw_stderr).decode("ascii"),
        )
        return answer

    # Showing

    def find(self, *findings: Finding) -> None:
        """Put findings onto the page; one of the same id and host is replaced."""
        for finding in findings:
            self.journal.write(
                "finding",
                step=self.picture.current,
                id=finding.id,
                level=finding.level.value,
                host=finding.host,
                text=finding.text,
                remedy=finding.remedy,
                evidence=finding.evidence,
            )
        self.picture.find(*findings)

    def table(self, table: Table) -> None:
        """Put a table onto the page; one of the same title is replaced."""
        self.journal.write("table", title=table.title, columns=table.columns, rows=table.rows)
        self.picture.table(table)

    def say(self, text: str) -> None:
        """Add a line to the page."""
        self.journal.write("said", step=self.picture.current, text=text)
        self.picture.say(text)

    def result(self, text: str) -> None:
        """Say in a sentence how the step ended; where a dry run has done nothing, say that."""
        if self.rehearsal and self._only_planned():
            text = "These commands would run."
        self.journal.write("result", step=self.picture.current, text=text)
        self.picture.page(result=text)

    def _only_planned(self) -> bool:
        """Whether this step has shown commands that nobody has sent."""
        latest = takewhile(lambda event: event.kind != "step", reversed(self.journal.events))
        return any(event.kind == "planned" for event in latest)

    def progress(self, progress: Progress | None) -> None:
        """Show how far something long has come; a new phase is journaled."""
        before = self.picture.now.progress
        if progress is not None and (before is None or before.phase != progress.phase):
            self.journal.write("phase", step=self.picture.current, phase=progress.phase)
        self.picture.page(progress=progress)

    def chart(self, chart: Chart, *, keep: bool = False) -> None:
        """Show a chart in place of the page's own; one that is kept is journaled."""
        if keep:
            self.journal.write("chart", step=self.picture.current, **asdict(chart))
        self.picture.page(chart=chart)

    def plan(self, actions: Iterable[Action]) -> None:
        """Show what will run, exactly and where, before anybody is asked."""
        for action in actions:
            self.picture.plan(planned(action, PlanState.PLANNED))

    def drop(self, actions: Iterable[Action]) -> None:
        """Take off the page what was offered and declined: it will not run."""
        declined = {action.id for action in actions}
        kept = (each for each in self.picture.now.plan if each.id not in declined)
        self.picture.page(plan=tuple(kept))

    # Asking

    async def ask(self, question: Question) -> Reply:
        """Have a question answered; the answer is in the journal before it is acted on.

        Raises:
            WayBack: the answer was `back`, or in a closing step `later`.
            Again: the answer was `again`.
        """
        count = self._asked[question.id] = self._asked.get(question.id, 0) + 1
        if count > 1:
            question = replace(question, id=f"{question.id}#{count}")
        self.journal.write("question", id=question.id, text=question.text)
        self.picture.put(question=question, state=RunState.WAITING)
        try:
            reply = await self.answerer.answer(question)
        finally:
            self.picture.put(question=None, state=RunState.WORKING)
        label = next((c.label for c in question.choices if c.id == reply.choice), reply.choice)
        self.journal.write(
            "decision",
            question=question.id,
            choice=reply.choice,
            label=label,
            value=reply.value,
            by=reply.by,
        )
        self.picture.decide(question.text, label, reply.value, reply.by)
        match reply.choice:
            case "back":
                raise WayBack(f"{reply.by} took the way back")
            case "later":
                raise WayBack(f"{reply.by} left it owed")
            case "again":
                for host in self.labels:
                    self.transport.forgive(host)
                raise Again
        await self.safe_point()
        return reply

    async def safe_point(self) -> bool:
        """Where it is safe to stop: wait while held, leave or turn back when asked to.

        Returns:
            Whether it waited: what was read before may be otherwise now.
        """
        self.picture.put(standing=True)
        try:
            waited = await self.answerer.safe_point()
        finally:
            self.picture.put(standing=False)
        if self.answerer.aborting and not self.closing:
            self.answerer.abort_taken()
            self.journal.write("turned back", step=self.picture.current)
            raise WayBack("the operator asked for the way back")
        return waited

    def take(self, order: Order) -> None:
        """Hand an order of the screen on to whoever answers now."""
        if isinstance(order, Abort) and self.closing:
            return  # this is the way back: only a hold would suffer
        self.answerer.take(order)
        holding = order.on if isinstance(order, Hold) else self.picture.holding
        holding = holding and not isinstance(order, Abort)  # the way back is gone without waiting
        self.picture.put(holding=holding)

    def conclude(self, conclusion: Conclusion, why: str) -> None:
        """Write down what became of the migration."""
        self.journal.write("conclusion", **{"is": conclusion.value, "why": why})
        self.conclusion = conclusion
        self.picture.put(outcome=conclusion.value)

    # Owing

    def owes(self, debt_id: str) -> bool:
        """Whether this debt is open."""
        return self.picture.ledger.owes(debt_id)

    def incur(self, debt: Debt) -> None:
        """Write a debt down, before the change that makes it."""
        self.journal.write("debt incurred", debt=as_data(debt))
        self._keep_ledger(self.picture.ledger.incur(debt))

    def settle(self, debt_id: str, how: str, state: DebtState = DebtState.PAID) -> None:
        """Close a debt, if it is open."""
        if self.owes(debt_id):
            self.journal.write("debt settled", id=debt_id, state=state.value, how=how)
            self._keep_ledger(self.picture.ledger.settle(debt_id, state, how))

    def _keep_ledger(self, ledger: Ledger) -> None:
        self.picture.put(ledger=ledger)
        self.keep_ledger()

    def keep_ledger(self) -> None:
        """Keep `ledger.md` as the ledger stands.

        Raises:
            JournalFailed: it could not be written.
        """
        title, ends = self.picture.heading.title, self.journal.ends
        text = self.picture.ledger.markdown(title, ends, self.places)
        try:
            self.folder.keep(LEDGER, text)
        except OSError as error:
            failed = JournalFailed(
                "The ledger can't be written, so nothing more is sent to any host.",
                f"{self.picture.heading.folder}: {error.strerror or error}",
                "Make room or mend the permissions, then take the run up again.",
            )
            raise self.journal.fail(failed) from error

    # Acting

    async def do(self, actions: Sequence[Action], *, together: bool = False) -> tuple[Done, ...]:
        """Reach the goals of `actions`: read, act, read.

        One after another, ending with the first that isn't proven; or all at once.
        Held at each safe point in between.
        """
        return await self.acting.do(actions, together=together)

    async def do_now(self, action: Action) -> Done:
        """Reach one goal even while the run is held: for what ends something that is under way."""
        self.plan([action])
        return await self.acting.reach(action)

    async def standing(self, action: Action) -> Verdict:
        """Where an action stands before it acts.

        In a dry run, what relies on an action that wasn't taken is taken for open.
        """
        return await self.acting.standing(action)
