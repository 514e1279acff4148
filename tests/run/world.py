"""A world of one switch a host, for the engine's own tests: the lab is for the procedure."""

from dataclasses import dataclass, field
from pathlib import Path

from lparwiz.run.action import Action, Standing, Verdict
from lparwiz.run.answers import Prepared
from lparwiz.run.folder import Folder
from lparwiz.run.journal import Journal
from lparwiz.run.ledger import Debt
from lparwiz.run.picture import Heading, Picture
from lparwiz.run.play import Play
from lparwiz.run.snapshot import StepState, StepView
from lparwiz.run.step import Step
from lparwiz.tools.command import Answer, Command, Outcome


class StillClock:
    """Time passes only by sleeping."""

    def __init__(self):
        self.at = 1000.0

    def now(self):
        return self.at

    async def sleep(self, seconds):
        self.at += seconds


@dataclass
class World:
    """Hosts with one switch each; what was sent to them is on record."""

    switches: dict = field(default_factory=lambda: {"a": "off", "b": "off"})
    sent: list = field(default_factory=list)
    refuses: set = field(default_factory=set)
    loses: set = field(default_factory=set)
    silent: set = field(default_factory=set)

    def forgive(self, host_id):
        pass

    async def run(self, host_id, command: Command) -> Answer:
        if command.changes:
            self.sent.append((host_id, command.text))
        if host_id in self.silent:
            return Answer(Outcome.NOT_STARTED, reason="no way to the host")
        if command.text == "read":
            return Answer(Outcome.EXITED, 0, self.switches[host_id])
        if host_id in self.refuses:
            return Answer(Outcome.EXITED, 1, stderr="refused")
        self.switches[host_id] = command.text
        if host_id in self.loses:
            return Answer(Outcome.LOST, reason="the connection was cut")
        return Answer(Outcome.EXITED, 0)


def playing(world, path: Path, answerer=None, steps=(), **options) -> Play:
    clock = StillClock()
    picture = Picture(
        Heading("run", path, "a title", "CHG1", "db01", "full"),
        tuple(StepView(step.id, step.title, StepState.TODO) for step in steps),
    )
    return Play(
        transport=world,
        labels={host: host.upper() for host in world.switches},
        journal=Journal(path / "journal.jsonl", clock.now),
        picture=picture,
        clock=clock,
        answerer=answerer or Prepared("the test", {"proceed": "go", "stopped": "back"}),
        folder=Folder(path),
        **options,
    )


def switch(play: Play, host: str, *, to: str = "on", **options) -> Action:
    async def check():
        reading = await play.read(host, Command("read"), lambda answer: answer.stdout)
        if reading.answer.outcome is not Outcome.EXITED:
            return Verdict(Standing.UNKNOWN, reading.answer.reason)
        standing = Standing.HOLDS if reading.value == to else Standing.OPEN
        return Verdict(standing, reading.value)

    return Action(
        id=f"switch.{host}.{to}",
        host=host,
        label=host.upper(),
        title=f"switch {host} {to}",
        command=Command(to, changes=True),
        check=check,
        debts=(Debt(f"switch/{host}", host.upper(), f"{host} is on", "off"),) if to == "on" else (),
        pays=(f"switch/{host}",) if to == "off" else (),
        **options,
    )


def step(name, play, *, closing=False) -> Step:
    return Step(name, name.title(), "what for", "the guide", play, closing=closing)
