"""A run whose watch is handed in: it sees what the test says."""

import asyncio

from lparwiz import session
from lparwiz.history import read
from lparwiz.run import journal as journals
from lparwiz.watch.figures import Cause, Figures, Gap, Source

from ..labs import edited, options
from ..operators import Hands

NO_WISH = ('peerinact = "90s"\n', "")


def figures(at, seconds, label="ticks of db01"):
    gap = Gap(at - seconds - 5.0, seconds, 0.05, Cause.FREEZE) if seconds else None
    ticks = Source("ticks", label, "the freeze", 0.05, 480, gap, recent=(0.05,) * 120)
    other = Source("ping/db02", "ping from db02", "the path", 1.0, 0, lost="no ping here")
    return Figures(at, (ticks, other))


def sees(*freezes):
    """A watch that sees each of these in turn, one a watch."""
    left = list(freezes)

    async def measure(_transport, _change, clock, put, *, speed=1.0):
        put(figures(clock.now(), left.pop(0)))
        await asyncio.Event().wait()

    return measure


def play(site, folder, monkeypatch, measure, *pairs, on=lambda *_: None, **answers):
    """A run with an operator who answers each question once; its snapshot and its questions."""
    monkeypatch.setattr(session, "measure", measure)
    wanted = edited(site.change_path, *pairs)
    engine = session.begin(wanted, options(folder, measure=True))
    hands = Hands(engine, on, **answers)
    engine.start()
    status = engine.join()
    return status, engine.latest(), hands


def facts(folder, key):
    (run,) = folder.glob("runs/*/journal.jsonl")
    events = journals.read(run)
    return [e.data["value"] for e in events if e.kind == "fact" and e.data["key"] == key]


def page(snapshot, step):
    return next(page for page in snapshot.pages if page.step == step)


def history(folder):
    return read(folder / "runs" / "history.jsonl")
