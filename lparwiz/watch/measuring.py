"""Watches the migrating node from several sides at once, and finds out how long it is silent.

The sources: the node's own ticks and how they come here (`own`), and from each other node ping,
LLT's links and LLT's log (`peers`). Gaps are judged in `gaps`; what was found is in `figures`. A
source that is lost says why and is tried again, and the others go on.
"""

import asyncio
from collections.abc import Callable

from lparwiz.change import Change
from lparwiz.run.clock import Clock
from lparwiz.tools.errors import Refused
from lparwiz.watch.figures import Figures
from lparwiz.watch.gaps import Lag
from lparwiz.watch.listening import AGAIN, Listening, Scene
from lparwiz.watch.own import Own
from lparwiz.watch.peers import Links, Log, Ping
from lparwiz.watch.streams import Streams

RATE = 20
"""Ticks a second: the issue's figure; 50 work too (measured)."""
PUBLISH = 0.25
"""Seconds of the wall clock between two figures: four a second at most."""
PROBE = 0.1
"""Seconds of the wall clock between two looks at our own loop: a wake-up each."""
LATE = 0.02
"""The same, by which it is late when that may matter: half an interval of the ticks."""

Ear = Own | Ping | Links | Log
"""What listens to one or two sources."""


async def measure(
    transport: Streams,
    change: Change,
    clock: Clock,
    put: Callable[[Figures], None],
    *,
    rate: int = RATE,
    speed: float = 1.0,
) -> None:
    """Watch the change's migrating node until cancelled; changes nothing anywhere.

    Args:
        transport: how hosts are reached.
        change: whose migrating node is watched, and from whose other nodes.
        clock: the engine's.
        put: called with all that was found so far, at most four times a second of the wall clock,
            and once more, with open gaps closed, when it is cancelled.
        rate: ticks of the node's own in a second of the wall clock.
        speed: how much faster than the wall clock `clock` goes (a lab); the intervals of all
            sources are longer by it, so that the cost stays the same.

    Raises:
        ValueError: the change names no migrating node.
    """
    node = change.migrating_node
    if node is None:
        raise ValueError("the change names no migrating node")
    scene = Scene(transport, clock, speed, Lag(), node)
    others = [peer for peer in change.nodes if peer is not node]
    pings = [Ping(scene, peer, len(others)) for peer in others]
    links = [Links(scene, peer, len(others)) for peer in others]
    logs = [Log(scene, peer) for peer in others]
    ears: tuple[Ear, ...] = (Own(scene, speed / rate), *pings, *links, *logs)

    def sources() -> list[Listening]:
        return [source for ear in ears for source in ear.sources]

    def show() -> None:
        now = clock.now()
        for each in links:
            each.hold(now)
        put(Figures(now, tuple(source.view(now) for source in sources())))

    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(_watch_ourselves(scene))
            for ear in ears:
                group.create_task(_listen(ear, scene))
            while True:
                show()
                await clock.sleep(PUBLISH * speed)
    finally:
        for source in sources():
            source.finish(clock.now())
        show()


async def _listen(ear: Ear, scene: Scene) -> None:
    """Listen until cancelled; whatever goes wrong in one source ends none of the others."""
    while True:
        try:
            await ear.listen()
        except Exception as error:  # noqa: BLE001 - it is lost with the reason, and tried again
            for source in ear.sources:
                source.gone(scene.clock.now(), str(error) or type(error).__name__)
            if isinstance(error, Refused):  # a name that can't be sent now or later
                return
            await scene.rest(AGAIN)
        else:
            return


async def _watch_ourselves(scene: Scene) -> None:
    """Note when our own loop may not have turned: since it was last seen to."""
    step, late = PROBE * scene.speed, LATE * scene.speed
    while True:
        before = scene.clock.now()
        await scene.clock.sleep(step)
        if (now := scene.clock.now()) - before - step > late:
            scene.lag.note(before, now)
