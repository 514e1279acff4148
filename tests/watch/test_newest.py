"""A pane says what a step has just read back, however long ago the watch itself has looked."""

import asyncio
from contextlib import asynccontextmanager

from lparwiz.lab.scenario import Scenario
from lparwiz.tools import hmc, llt
from lparwiz.tools.command import Answer, Outcome
from lparwiz.watch import follow as following
from lparwiz.watch.newest import Newest

from ..memory import Memory

QUERY = llt.query_timers()


def answer(text):
    return Answer(Outcome.EXITED, 0, text)


class Slow:
    """Hosts that answer when the test says so."""

    def __init__(self):
        self.asked = []

    async def run(self, _host_id, _command):
        coming = asyncio.get_running_loop().create_future()
        self.asked.append(coming)
        return await coming


async def begun(coroutine):
    """It as a task that has sent its command."""
    task = asyncio.ensure_future(coroutine)
    await asyncio.sleep(0)
    return task


async def test_an_answer_that_was_asked_for_earlier_and_comes_later_is_not_believed():
    slow, told = Slow(), []
    newest = Newest(slow)
    newest.want("n", [QUERY], lambda: told.append(newest.answers("n", [QUERY])))
    watch = await begun(newest.ask("n", QUERY))
    step = await begun(newest.run("n", QUERY))
    slow.asked[1].set_result(answer("after"))
    assert (await step).stdout == "after"
    assert [answers[0].stdout for answers in told] == ["after"]
    slow.asked[0].set_result(answer("before"))
    assert (await watch).stdout == "after"


async def test_what_the_run_could_not_read_is_no_news_of_a_host():
    slow, told = Slow(), []
    newest = Newest(slow)
    newest.want("n", [QUERY], lambda: told.append("news"))
    step = await begun(newest.run("n", QUERY))
    slow.asked[0].set_result(Answer(Outcome.LOST))
    await step
    assert told == []
    assert newest.answers("n", [QUERY]) is None


@asynccontextmanager
async def watching(memory, newest):
    """The panes by host, looked at once and never again by the watch itself."""
    panes, read = {}, asyncio.Event()

    def put(drawn):
        panes.update({pane.host: pane for pane in drawn})
        if all(pane.read_at is not None for pane in drawn):
            read.set()

    class Still:
        now = memory.now

        async def sleep(self, _seconds):
            await asyncio.Event().wait()

    task = asyncio.ensure_future(following.follow(newest, memory.change, Still(), put))
    await read.wait()
    try:
        yield panes
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def said(pane):
    return {field.label: field.text for field in pane.fields}


async def test_a_pane_says_what_a_step_read_back_of_a_node(tmp_path):
    memory = Memory(Scenario(), tmp_path / "change.toml")
    newest = Newest(memory)
    node = memory.change.migrating_node
    async with watching(memory, newest) as panes:
        before = panes[node.label]
        assert said(before)["peerinact"].startswith("3200")
        await newest.run(node.id, llt.set_peerinact(9000))
        await newest.run(node.id, QUERY)
        after = panes[node.label]
    assert said(after)["peerinact"].startswith("9000")
    assert any("9000" in heard.text for heard in after.heard)
    assert after.read_at == before.read_at, "what was not read again is as old as it was"


async def test_a_pane_says_what_a_step_read_back_of_a_console(tmp_path):
    memory = Memory(Scenario(route="full"), tmp_path / "change.toml")
    newest = Newest(memory)
    change = memory.change
    target, lpar = change.lpar.target, change.lpar.name
    async with watching(memory, newest) as panes:
        console = change.target_console
        assert "Not Activated" in said(panes[console.label])[target]
        rename = hmc.rename_partition(target, lpar, "elsewhere")
        await newest.run(console.id, rename)
        await newest.run(console.id, hmc.list_partition(target, lpar))
        assert said(panes[console.label])[target] == f"no {lpar}"
