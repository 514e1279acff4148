"""While the LPAR migrates, whoever began it: nothing is recovered, put back or paid."""

import asyncio
import re

import pytest

from lparwiz.lab.scenario import Scenario
from lparwiz.tools.command import Answer, Outcome

from ..operators import Deciding, LeavingAt, commands
from .in_memory import Killed, Run
from .somebody import World, played


class Stale(World):
    """The migration's answer is lost at once; the source's rows are behind lslparmigr's."""

    under_way = None

    async def run(self, host_id, command):
        if "migrlpar -o m" in command.text:
            job = self.site.execute(self.labels[host_id], command.text)
            self.under_way = asyncio.ensure_future(job)
            await self.sleep(150.0)
            return Answer(Outcome.LOST, reason="the connection was lost", seconds=150.0)
        answer = await super().run(host_id, command)
        if self.labels[host_id] == "hmc1" and "lssyscfg" in command.text:
            rows = answer.stdout.replace("Migrating - Running", "Running")
            return Answer(Outcome.EXITED, answer.status, rows, "", rows.encode(), b"")
        return answer


async def test_what_lslparmigr_says_is_under_way_is_not_taken_for_half_done(folder):
    """Recovered in the midst of it, and the timers lowered before the freeze."""
    world = Stale(Scenario(route="full", migration_seconds=900.0))
    await played(world, folder, Deciding())
    assert world.commands("migrlpar", "-o r") == []
    await world.under_way
    assert world.site.verdict()["false_failovers"] == []


class Busy(Stale):
    """From the migration's sending on, lslparmigr has no answer; the rows are behind."""

    sent = False

    def __init__(self, scenario, how):
        super().__init__(scenario)
        self._how = how

    async def run(self, host_id, command):
        self.sent = self.sent or "migrlpar -o m" in command.text
        if self.sent and command.text.startswith("lslparmigr"):
            return self._how
        return await super().run(host_id, command)


@pytest.mark.parametrize(
    "how",
    [
        Answer(Outcome.TIMED_OUT, reason="no end within 60 s", seconds=60.0),
        Answer(Outcome.EXITED, 1, "HSCL3205 The managed system is busy.\n"),
    ],
)
async def test_an_unread_lslparmigr_does_not_mean_that_nothing_migrates(folder, how):
    """A recovery was sent into the live migration, and the timers were lowered before its end."""
    world = Busy(Scenario(route="full", migration_seconds=900.0), how)
    run = await played(world, folder, Deciding())
    assert world.commands("migrlpar", "-o r") == []
    assert run.status == 4, run.snapshot.closing
    assert {"migration", "peerinact/db01", "peerinact/db02"} <= set(run.owed)
    await world.under_way
    assert world.site.verdict()["false_failovers"] == []


class Dying(Run):
    """Killed 30 seconds into the migration, which goes on."""

    under_way = None

    async def run(self, host_id, command):
        if self.under_way is None and "migrlpar -o m" in command.text:
            job = self.site.execute(self.labels[host_id], command.text)
            self.under_way = asyncio.ensure_future(job)
            await self.site.clock.sleep(30.0)
            self.dead = True
            raise Killed
        return await super().run(host_id, command)


async def test_a_ledger_that_is_paid_by_hand_while_it_migrates_fails_nothing_over(folder):
    """Both timers came first, and their one condition is met while the memory is copied."""
    run = Dying(folder, {"accept": ("all",)}, route="full", migration_seconds=900.0)
    assert await run.once() is None
    owed = [each.split("\n", 1) for each in run.ledger.split("\n## Owed on ")[1:]]
    ids = [heading.split(": ")[1] for heading, _ in owed]
    assert ids[:3] == ["migration", "definition", "placeholder"]
    assert set(ids[3:5]) == {"peerinact/db01", "peerinact/db02"}
    assert all(each.startswith("mark/") for each in ids[5:])
    for name, (_, text) in zip(ids, owed, strict=True):
        waits = 'Only after this is settled on source HMC: "A migration of db01' in text
        assert waits is not name.startswith(("migration", "mark/")), text
    (_, shown), (_, migrates), *rest = commands(run.ledger)
    while b"Migration " in (await run.site.execute("hmc1", migrates))[0]:
        assert b"Running" in (await run.site.execute("hmc1", shown))[0]
        await run.site.clock.sleep(60.0)
    await run.site.clock.sleep(600.0)
    for host, line in rest:
        if "new_name=db01" in line:  # the ledger: where it runs on the target, delete instead
            line = re.search(r"delete the placeholder there instead: (.*)", run.ledger)[1]  # noqa: PLW2901 - what the ledger says
        out, err, status = await run.site.execute(host, line)
        assert status == 0, (host, line, out, err)
    verdict = run.site.verdict()
    assert verdict["migrated"]
    assert verdict["clean"], verdict


MIGRATE = "migrlpar -o m -m p9-west -t p9-east --ip 127.0.0.1 -u hscroot -p db01"


async def left_raised(kind, folder):
    """A run that migrated and was left a day ago, before it put the timers back."""
    run = kind(folder, {"accept": ("all",)}, route="outside", migration_seconds=900.0)
    assert await run.once(LeavingAt("restore.proceed")) == 3
    await run.site.clock.sleep(86400.0)
    return run


async def test_no_timer_goes_down_while_somebody_else_migrates_the_lpar_back(folder):
    """Its outcome was proven a day ago; the cluster is whole while the memory is copied."""
    run = await left_raised(Run, folder)
    job = asyncio.ensure_future(run.site.execute("hmc2", MIGRATE))
    await run.site.clock.sleep(60.0)
    assert await run.once() == 3
    assert {"peerinact/db01", "peerinact/db02"} <= run.owed
    assert "db01 is being migrated, so the timers stay raised." in run.said
    (_, _, status) = await job
    assert status == 0
    await run.site.clock.sleep(600.0)
    verdict = run.site.verdict()
    assert verdict["false_failovers"] == []
    assert await run.once() == 0
    assert run.owed == set()


class Deaf(Run):
    """A run that can't read one console any more, once `deaf` is set."""

    deaf = False

    async def run(self, host_id, command):
        if self.deaf and self.labels[host_id] == "hmc2":
            return Answer(Outcome.NOT_STARTED, reason="hmc2 can't be reached")
        return await super().run(host_id, command)


@pytest.mark.parametrize("looked", [False, True])
async def test_where_no_console_tells_a_person_says_that_nothing_migrates(folder, looked):
    """Unattended all stays raised and owed; who has looked is not kept from the way back."""
    run = await left_raised(Deaf, folder)
    run.deaf = True
    status = await run.once(Deciding({"restore.migrating": "go"} if looked else {}))
    assert status == (0 if looked else 3)
    timers = run.site.verdict()["timers"].values()
    assert all((was == now) is looked for was, now in timers)
    assert "hmc2 can't be reached" in run.said
