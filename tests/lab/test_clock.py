"""The lab's clock: it jumps where everybody waits, and things happen in their order."""

import asyncio

from lparwiz.lab.clock import Clock


async def test_time_jumps_to_the_next_event_when_everybody_waits():
    clock = Clock()
    await asyncio.gather(clock.sleep(3600), clock.sleep(60))
    assert clock.now() == 3600


async def test_events_happen_in_order_and_at_their_own_second():
    clock = Clock()
    seen = []
    clock.at(5, lambda: seen.append(("b", clock.now())))
    clock.at(2, lambda: (seen.append(("a", clock.now())), clock.after(1, lambda: seen.append("c"))))
    clock.advance(10)
    assert seen == [("a", 2), "c", ("b", 5)]
    assert clock.now() == 10


async def test_a_clock_that_does_not_jump_stands_until_it_is_told():
    clock = Clock(jumps=False)
    sleeper = asyncio.ensure_future(clock.sleep(1))
    for _ in range(50):
        await asyncio.sleep(0)
    assert not sleeper.done()
    assert clock.now() == 0
    clock.advance(1)
    await sleeper


async def test_with_a_speed_lab_time_runs_that_much_faster_than_the_wall_clock():
    clock = Clock(speed=10_000)
    await asyncio.wait_for(clock.sleep(600), timeout=30)
    assert clock.now() >= 600
    clock.close()


async def test_a_waiting_sleeper_is_not_jumped_past_while_somebody_works():
    clock = Clock()
    order = []

    async def worker():
        for _ in range(40):
            await asyncio.sleep(0)
            clock.settle()  # what every command does
        order.append("worked")

    async def sleeper():
        await clock.sleep(1)
        order.append("slept")

    await asyncio.gather(sleeper(), worker())
    assert order == ["worked", "slept"]
