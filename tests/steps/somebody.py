"""A run in memory, and what somebody else does on its hosts while its questions stand."""

from pathlib import Path

from lparwiz import change as changes
from lparwiz.lab.scenario import Scenario
from lparwiz.run.journal import read
from lparwiz.run.runner import play_run

from ..memory import Memory
from ..operators import Deciding
from .in_memory import Killed

TABLE = "Not as this run left it: was, ours, found"
"""The title of the table that a page shows where somebody changed what a run had changed."""

RENAME = 'chsyscfg -r lpar -m {} -i "name={},new_name={}"'


class World(Memory):
    """A site, and its change file with pieces of its text replaced."""

    def __init__(self, scenario, *pairs):
        origin = Path("/nowhere/change.toml")
        super().__init__(scenario, origin)
        text = self.change.text
        for old, new in pairs:
            assert old in text, old
            text = text.replace(old, new)
        self.change = changes.parse(text, origin)

    def commands(self, *words):
        """The commands that hosts truly received, those with all of `words`."""
        sent = [e for e in self.site.record.of("command") if all(w in e["line"] for w in words)]
        return [(event["host"], event["line"]) for event in sent]

    async def execute(self, host, line):
        """What somebody else types; it works."""
        _, errors, status = await self.site.execute(host, line)
        assert status == 0, errors

    def partition(self, system, name):
        (found,) = (each for each in self.site.systems if each.name == system)
        return next((each for each in found.partitions if each.name == name), None)

    def node(self, label):
        return next(each for each in self.site.cluster.nodes if each.label == label)


class Ended:
    """A run that has come to its end, and what the lab says of it."""

    def __init__(self, world, folder, play, status):
        self.world, self.folder, self.status = world, folder, status
        self.snapshot = play.picture.snapshot(0.0)
        self.verdict = world.site.verdict()

    @property
    def states(self):
        return {debt.id: debt.state for debt in self.snapshot.ledger}

    @property
    def owed(self):
        """What is owed; a mark stays for as long as anything else does."""
        return {
            debt.id: debt
            for debt in self.snapshot.ledger
            if debt.state == "owed" and not debt.id.startswith("mark/")
        }

    @property
    def ledger(self):
        return (self.folder / "ledger.md").read_text()

    def events(self, kind):
        return [e.data for e in read(self.folder / "journal.jsonl") if e.kind == kind]

    def tables(self):
        """The rows of was, ours and found that were on a page at any time."""
        shown = [data for data in self.events("table") if data["title"] == TABLE]
        return [row for data in shown for row in data["rows"]]

    def decided(self, question):
        """What was chosen, in the journal, in order."""
        asked = [d for d in self.events("decision") if d["question"].split("#")[0] == question]
        return [data["choice"] for data in asked]


async def played(world, folder, answerer, *, back=False):
    """Play the run of this folder, begun there or taken up, to its end."""
    answerer.world = world
    play, steps = world.stage(folder, answerer)
    try:
        return Ended(world, folder, play, await play_run(play, steps, back=back))
    finally:
        play.journal.close()


async def killed_at(world, folder, answerer, kind, **data):
    """Play the run of this folder until it is killed, right after this event was written."""
    answerer.world = world
    play, steps = world.stage(folder, answerer)

    def kill(event):
        if event.kind == kind and event.data.items() >= data.items():
            raise Killed

    play.journal.listen(kill)
    try:
        await play_run(play, steps)
    except Killed:
        return
    finally:
        play.journal.close()
    raise AssertionError("it was not killed")


def does(host, line):
    async def somebody(world):
        await world.execute(host, line)

    return somebody


def sets(node, value):
    return does(node, f"PATH=$PATH:/sbin lltconfig -T peerinact:{value}")


def renames(console, system, old, new):
    return does(console, RENAME.format(system, old, new))


def starts(system, name):
    async def somebody(world):
        world.partition(system, name).row["state"] = "Running"

    return somebody


def removes(system, name):
    async def somebody(world):
        (owner,) = (each for each in world.site.systems if each.name == system)
        owner.partitions.remove(world.partition(system, name))

    return somebody


BACK = {"db01": [3200, 3200], "db02": [1600, 1600]}
INTERIM = "db01_placeholder"


async def restored(folder, choices, beside):
    """Route `outside`, migrated; somebody sets db02's timer while questions stand."""
    answers = Deciding(choices, beside)
    return await played(World(Scenario(route="outside")), folder, answers)


async def full(folder, choices, beside, **scenario):
    """Route `full`; somebody does something while a question stands."""
    answers = Deciding(choices, beside)
    run = await played(World(Scenario(route="full", **scenario)), folder, answers)
    run.answers = answers
    run.placeholder = run.world.partition("p9-west", INTERIM)
    run.source = run.world.partition("p9-east", "db01")
    gone = run.world.site.record.of("definition gone")
    run.deleted = [event for event in gone if event["why"] == "rmsyscfg"]
    return run
