"""A lab for tests: the site on a loop and thread of its own, real SSH in between, and a judge."""

import asyncio
import threading
from contextlib import contextmanager

from lparwiz import change, prepared, session
from lparwiz.lab.lab import Lab

SPEED = 150.0
"""Lab seconds a second: fast, and yet an SSH command takes but a few of them."""
WITH_PROFILES = ("managed", "full")
"""The routes that make the definition anew and delete the placeholder."""
PERSIST = ("persist = false", "persist = true")
"""The change file's text, and what it becomes where llttab is to be edited."""
ACCEPTED = (
    '"all",',
    '"lpar.pool", "asked.limitations", "asked.terminal", "asked.wwpns",',
)
"""The same, where only the warnings of a site without troubles are accepted."""


class RunningLab:
    """A lab under way; everything on it is called on its own loop."""

    def __init__(self, lab, loop):
        self.lab = lab
        self._loop = loop

    @property
    def change_path(self):
        return self.lab.change_path

    def call(self, function, *args, **kwargs):
        """Call a plain function on the lab's loop."""

        async def once():
            return function(*args, **kwargs)

        return asyncio.run_coroutine_threadsafe(once(), self._loop).result(60)

    def verdict(self):
        return self.call(self.lab.verdict)

    def events(self, kind):
        return self.call(lambda: list(self.lab.site.record.of(kind)))

    def commands(self, *words):
        """The commands that hosts truly received, those with all of `words`."""
        sent = [event for event in self.events("command") if all(w in event["line"] for w in words)]
        return [(event["host"], event["line"]) for event in sent]

    def execute(self, host, line):
        future = asyncio.run_coroutine_threadsafe(self.lab.site.execute(host, line), self._loop)
        out, err, status = future.result(60)
        return out.decode(), err.decode(), status

    def let_it_migrate(self):
        """Wait until the HMC has done with its migration, whoever listens."""

        async def over():
            current = self.lab.site.mobility.current
            if current is not None:
                await asyncio.shield(current.over)

        asyncio.run_coroutine_threadsafe(over(), self._loop).result(60)

    def fault(self, **fields):
        self.call(self.lab.faults.add, **fields)


@contextmanager
def lab(scenario, folder, speed=SPEED):
    """A lab for as long as the block lasts."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    running = Lab(scenario, folder, speed)
    try:
        asyncio.run_coroutine_threadsafe(running.__aenter__(), loop).result(60)
        try:
            yield RunningLab(running, loop)
        finally:
            leaving = running.__aexit__(None, None, None)
            asyncio.run_coroutine_threadsafe(leaving, loop).result(60)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def edited(path, *pairs):
    """The change file with pieces of its text replaced, read anew."""
    text = path.read_text(encoding="utf-8")
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")
    return change.read(path)


def options(folder, speed=SPEED, **fields):
    return session.Options(
        folder / "runs", speed, **{"watch": False, "measure": False, "interval": 0.0, **fields}
    )


def unattended(running, folder, *pairs):
    """Play the lab's change through the engine, answered by its decisions."""
    wanted = edited(running.change_path, *pairs)
    engine = session.begin(wanted, options(folder), answerer=prepared.decided(wanted))
    engine.start()
    return engine.join(), engine.latest()


def judge(verdict, route, *, migrated):
    """Nobody was harmed, nothing is left over, and each thing is as it should be for that end."""
    assert verdict["false_failovers"] == []
    assert verdict["memberships"] == []
    assert verdict["early_restores"] == []
    assert verdict["bystanders"] == []
    assert verdict["leftovers"] == []
    assert all(was == now for was, now in verdict["timers"].values())
    assert all(verdict["llttab"].values())
    assert verdict["live"] == (["p9-west"] if migrated else ["p9-east"])
    if not migrated:
        assert verdict["definition"]["same"]
        assert verdict["placeholder"] in ("none", "own name")
    elif route in WITH_PROFILES:
        assert verdict["definition"]["equal"], verdict["definition"]["differences"]
        assert verdict["placeholder"] == "gone"


def owed(snapshot):
    """The debts that are owed, by their ids."""
    return {debt.id: debt for debt in snapshot.ledger if debt.state == "owed"}


def hook(site, host, pattern, call, **more):
    """Call something right before a command runs."""
    site.fault(kind="hook", host=host, pattern=pattern, call=call, **more)


def begun(site, folder, answerer=None, *pairs, **more):
    """An engine for the lab's change that is yet to be started."""
    wanted = edited(site.change_path, *pairs)
    return session.begin(wanted, options(folder, **more), answerer=answerer)


def planned(snapshot, action):
    """The state of an action on its page; None where it is on none."""
    return next((p.state for page in snapshot.pages for p in page.plan if p.id == action), None)
