"""Runs whose site was meddled with since, and what the matrix says of them."""

import asyncio

from .invariants import broken
from .play import armed, play, play_out
from .setting import Setting

MOVED = Setting("full", "succeeds")
STAYED = Setting("full", "fails-midway")


def named(wrong, words):
    assert any(words in each for each in wrong), wrong


def point_of(setting, words):
    """The point of the command with these words."""
    (points, *_) = play(setting).points
    return next(each for each in points if words in each.what and each.changes)


def doctored(setting, doctor, folder, *strikes):
    """What the matrix says of a run that went well, and of a site that was meddled with since."""

    async def whole():
        world = armed(setting, strikes, folder)
        try:
            await play_out(world)
            assert broken(world) == []
            doctor(world)
            return broken(world)
        finally:
            await world.site.close()

    return asyncio.run(whole())
