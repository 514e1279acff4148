"""Reaching the goal of an action: read, act, read (rules 1 to 4).

A goal that holds already is left alone. Intent and debts are on the disk before a command leaves;
what it did is read back; and what was never answered keeps its debts in doubt.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

from lparwiz.run.action import REACHED, Action, Done, Moved, Standing, Verdict
from lparwiz.run.answers import Left
from lparwiz.run.doubt import doubts
from lparwiz.run.reading import said
from lparwiz.run.snapshot import PlannedCommand, PlanState
from lparwiz.run.step import Conclusion
from lparwiz.tools.command import Answer

if TYPE_CHECKING:
    from lparwiz.run.play import Play

_AFTER = {
    Standing.HOLDS: PlanState.DONE,
    Standing.OPEN: PlanState.FAILED,
    Standing.BLOCKED: PlanState.FAILED,
    Standing.PENDING: PlanState.UNKNOWN,
    Standing.UNKNOWN: PlanState.UNKNOWN,
}
"""What a reading after the act makes of the action."""


class Acting:
    """What a run does to its hosts.

    Args:
        play: the run.
    """

    def __init__(self, play: "Play") -> None:
        self._play = play
        self.sent: set[str] = set()
        """The ids of the actions that were ever sent, or may have been."""
        self.reached: set[str] = set()
        """The ids of those whose goal was ever proven."""
        self._stale: set[str] = set()
        """The subjects that a dry run would have changed by now: what is read of them is old."""

    async def do(self, actions: Sequence[Action], *, together: bool = False) -> tuple[Done, ...]:
        """Reach the goals of `actions`: read, act, read.

        One after another, ending with the first that isn't proven; or all at once.
        Held at each safe point in between.
        """
        self._play.plan(actions)
        if together:
            await self._play.safe_point()
            reached = (self.reach(action) for action in actions)
            ends = await asyncio.gather(*reached, return_exceptions=True)
            for end in ends:
                if isinstance(end, BaseException):
                    raise end
            return tuple(end for end in ends if isinstance(end, Done))
        done: list[Done] = []
        for action in actions:
            await self._play.safe_point()
            done.append(await self.reach(action))
            if not done[-1].proven:
                break
        return tuple(done)

    async def reach(self, action: Action) -> Done:
        """Reach one goal."""
        before = await self.standing(action)
        while action.once and await self._play.safe_point():  # the last instant to turn back
            before = await self.standing(action)
        if before.standing is Standing.HOLDS:
            return self._done(action, PlanState.UNCHANGED, before.text)
        if self._play.rehearsal and before.standing is not Standing.BLOCKED:
            return self._rehearse(action)
        if before.standing is Standing.PENDING:
            return await self._followed(action, lambda: self._settle(action, before))
        if before.standing is not Standing.OPEN:
            state = _AFTER[before.standing]
            return self._done(action, state, f"not sent: {before.text}", moved=before.moved)
        if action.once and self._play.sent(action.id):
            return self._done(action, PlanState.UNKNOWN, f"not sent a second time: {before.text}")
        return await self._followed(action, lambda: self._act_and_settle(action))

    async def _followed(self, action: Action, reach: Callable[[], Awaitable[Done]]) -> Done:
        """Reach a goal with whatever follows its progress beside it."""
        if action.beside is None:
            return await reach()
        follower = asyncio.create_task(action.beside())
        try:
            return await reach()
        finally:
            follower.cancel()
            await asyncio.gather(follower, return_exceptions=True)
            self._play.progress(None)

    async def _act_and_settle(self, action: Action) -> Done:
        answer = await self._act(action)
        return await self._settle(action, await self._check_after(action, answer), answer)

    async def standing(self, action: Action) -> Verdict:
        """Where an action stands before it acts.

        In a dry run, what relies on an action that wasn't taken is taken for open.
        """
        if action.check is None or not self._stale.isdisjoint(action.subjects):
            return Verdict(Standing.OPEN, "")
        return await action.check()

    async def _check_after(self, action: Action, answer: Answer) -> Verdict:
        if action.judge is not None:
            return action.judge(answer)
        if action.check is None:
            raise TypeError(f"{action.id} can neither be read back nor judged")
        return await action.check()

    async def _act(self, action: Action) -> Answer:
        for debt in action.debts:
            self._play.incur(debt)
        # What is sent but once is concluded, whatever its answer: no time ends that doubt.
        touched = [] if action.once else [*(debt.id for debt in action.debts), *action.pays]
        self._play.journal.write(
            "intent",
            action=action.id,
            host=action.label,
            command=action.command.text,
            debts=touched,
        )
        self.sent.add(action.id)
        if action.once:
            self._play.conclude(Conclusion.UNKNOWN, f"about to {action.title}")
        self._play.picture.plan(planned(action, PlanState.RUNNING))
        return await self._play.send(action.host, action.command, "answered")

    async def _settle(self, action: Action, verdict: Verdict, answer: Answer | None = None) -> Done:
        until = self._play.clock.now() + action.patience
        while verdict.standing is Standing.PENDING and self._play.clock.now() < until:
            if self._play.answerer.leaving:
                raise Left(f"{self._play.answerer.leaving}; {action.title}: {verdict.text}")
            await self._play.clock.sleep(action.interval)
            verdict = await action.check() if action.check is not None else verdict
        text = verdict.text
        if verdict.standing is not Standing.HOLDS and answer is not None and not answer.succeeded:
            text = f"{text}; {said(answer)}" if text else said(answer)
        return self._done(action, _AFTER[verdict.standing], text, answer, verdict.moved)

    def _rehearse(self, action: Action) -> Done:
        for debt in action.debts:
            self._play.incur(debt)
        self._play.journal.write(
            "planned", host=action.label, command=action.command.text, title=action.title
        )
        self.sent.add(action.id)
        self._stale.update(action.subjects)
        return self._done(action, PlanState.PLANNED, "")

    def _done(
        self,
        action: Action,
        state: PlanState,
        text: str,
        answer: Answer | None = None,
        moved: tuple[Moved, ...] = (),
    ) -> Done:
        if state in REACHED:
            state, text = self._doubted(action, state, text)
        self._play.picture.plan(planned(action, state, text))
        self._play.journal.write(
            "done", action=action.id, host=action.label, title=action.title, state=state, text=text
        )
        if state in REACHED:
            self.reached.add(action.id)
        done = Done(action, state, text, answer, moved)
        if done.proven:
            for debt_id in action.pays:
                self._play.settle(debt_id, text or action.title)
        return done

    def _doubted(self, action: Action, state: PlanState, text: str) -> tuple[PlanState, str]:
        """What a reading makes of an action that pays a debt which a late command still touches.

        It may make the debt once more. It may also pay it once more, when what it changes has
        become somebody else's: a partition's number, a timer that the next run has raised.
        """
        now = self._play.clock.now()
        touching = (
            doubt
            for doubt in doubts(self._play.journal.events, reached=action.id)
            if not set(action.pays).isdisjoint(doubt.debts)
        )
        late = max(touching, key=lambda doubt: doubt.left(now), default=None)
        if late is None or late.left(now) <= 0:
            return state, text
        return PlanState.UNKNOWN, f"{text}; but {late.text(now)}"


def planned(action: Action, state: PlanState, text: str = "") -> PlannedCommand:
    """An action as a screen shows it."""
    return PlannedCommand(
        action.id,
        action.label,
        action.title,
        action.command.text,
        state,
        text,
        on_abort=action.on_abort,
    )
