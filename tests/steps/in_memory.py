"""Runs in memory that are killed, whose answers are lost, and to which things happen midway."""

import dataclasses

from lparwiz import prepared
from lparwiz.lab.scenario import Scenario
from lparwiz.run.runner import play_run
from lparwiz.tools.command import Answer, Outcome

from ..memory import Memory


class Killed(BaseException):
    """The process is gone at this instant."""


class Run(Memory):
    """One run and the site that it is played on.

    Args:
        folder: the run's.
        scenario: fields of the site's.
        decisions: what the change file answers besides.
    """

    def __init__(self, folder, decisions=None, **scenario) -> None:
        super().__init__(Scenario(**scenario), folder / "change.toml")
        self.folder = folder
        self.change = dataclasses.replace(
            self.change, decisions=dataclasses.replace(self.change.decisions, **(decisions or {}))
        )
        self.happens = []
        """Pairs of a piece of a command and what happens, once, when that is sent: a call before
        it leaves; `lost before` or `lost after` it has run; `killed before` or `killed after`."""
        self.sleeps = None
        """How often the engine may wait until it is killed; None: as often as it wants."""
        self.dead = False
        self.play = None

    async def run(self, host_id, command) -> Answer:
        if self.dead:
            raise Killed
        what = next((each for each in self.happens if each[0] in command.text), None)
        if what is None:
            return await super().run(host_id, command)
        self.happens.remove(what)
        act = what[1]
        if callable(act):
            act()
            return await super().run(host_id, command)
        if "after" in act:
            await super().run(host_id, command)
        if "killed" in act:
            self.dead = True
            raise Killed
        return Answer(Outcome.LOST, reason="the connection was cut")

    async def sleep(self, seconds: float) -> None:
        if self.sleeps is not None:
            self.sleeps -= 1
            self.dead = self.dead or self.sleeps < 0
        if self.dead:
            raise Killed
        await super().sleep(seconds)

    async def once(self, answerer=None, *, back=False) -> int | None:
        """Play it, or take it up; its exit status, None where it was killed."""
        self.dead, self.sleeps = False, None
        answers = answerer or prepared.decided(self.change)
        self.play, steps = self.stage(self.folder, answers)
        try:
            return await play_run(self.play, steps, back=back)
        except Killed:
            return None
        finally:
            self.play.journal.close()

    @property
    def owed(self) -> set[str]:
        return {debt.id for debt in self.play.picture.ledger.owed}

    @property
    def ledger(self) -> str:
        return (self.folder / "ledger.md").read_text()

    def sent(self, text) -> list[tuple[str, str]]:
        """The commands with this text that truly arrived, with their hosts."""
        events = self.site.record.of("command")
        return [(e["host"], e["line"]) for e in events if text in e["line"]]

    def told(self, kind) -> list[dict]:
        """What the journal has of a kind."""
        return [event.data for event in self.play.journal.events if event.kind == kind]

    @property
    def said(self) -> str:
        """Everything that pages said."""
        return "\n".join(each["text"] for kind in ("said", "result") for each in self.told(kind))
