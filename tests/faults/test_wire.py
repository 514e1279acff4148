"""What was sent, and when somebody looked: a change upon an unknown is named."""

import pytest

from lparwiz.tools.command import Outcome

from .doctored import MOVED, doctored, named
from .wire import Sent, Wire, blind, migrates


def wire(*told):
    """A wire with these on it: (life, host, text, how it ended), one after another."""
    made = Wire()
    for life, host, text, outcome, *fault in told:
        changes = "query" not in text and "lssyscfg" not in text
        sent = made.send(Sent(life, host, text, changes, *(fault or [None])))
        if outcome is not None:
            made.end(sent, outcome)
    return made


RAISE = "lltconfig -T peerinact:9000"
LOWER = "lltconfig -T peerinact:1600"
LOOK = "lltconfig -T query"
MIGRATE = "migrlpar -o m -m east -t west -p db01"
LIST = "lssyscfg -r lpar -m east"
RENAME = "chsyscfg -r lpar -m west -i name=db01"
EXITED, LOST, GONE = Outcome.EXITED, Outcome.LOST, Outcome.NOT_STARTED


@pytest.mark.parametrize(
    "told",
    [
        [(1, "db02", RAISE, LOST), (1, "db02", LOWER, EXITED)],
        [(1, "db02", RAISE, EXITED), (1, "db02", LOWER, EXITED)],
        [(1, "db02", RAISE, None), (2, "db02", RAISE, EXITED)],
        [(1, "db02", RAISE, LOST), (1, "db02", LOOK, LOST), (1, "db02", LOWER, EXITED)],
        [(1, "db02", RAISE, LOST), (1, "db02", LOOK, EXITED, "binary"), (1, "db02", LOWER, EXITED)],
        [(1, "db02", RAISE, LOST), (1, "db01", LOOK, EXITED), (1, "db02", LOWER, EXITED)],
        [(1, "db02", RAISE, LOST), (1, "hmc1", MIGRATE, EXITED)],
        [(1, "hmc2", RENAME, LOST), (1, "hmc2", LOOK, EXITED), (1, "hmc2", RENAME, EXITED)],
        [(1, "hmc1", MIGRATE, LOST), (1, "db02", LOWER, EXITED)],
        [(1, "hmc1", MIGRATE, LOST), (1, "hmc1", LIST, EXITED), (1, "hmc2", RENAME, EXITED)],
        [(1, "hmc1", MIGRATE, None), (2, "hmc2", LIST, EXITED), (2, "db02", LOWER, EXITED)],
    ],
)
def test_a_change_after_an_unknown_that_it_depends_on_is_named(told):
    named(blind(wire(*told), {"hmc1", "hmc2"}), "after an unknown")


@pytest.mark.parametrize(
    "told",
    [
        [(1, "db02", RAISE, LOST), (1, "db02", LOOK, EXITED), (1, "db02", LOWER, EXITED)],
        [(1, "db02", RAISE, None), (2, "db02", LOOK, EXITED), (2, "db02", RAISE, EXITED)],
        [(1, "db02", RAISE, GONE), (1, "db02", RAISE, EXITED)],
        [(1, "db02", RAISE, LOST), (1, "db01", RAISE, EXITED)],
        [
            (1, "hmc1", MIGRATE, LOST),
            (1, "hmc1", LIST, EXITED),
            (1, "hmc2", LIST, EXITED),
            (1, "db02", LOWER, EXITED),
        ],
    ],
)
def test_a_change_after_a_look_or_after_what_it_does_not_depend_on_is_right(told):
    assert blind(wire(*told), {"hmc1", "hmc2"}) == []


def test_a_migration_that_hung_and_was_sent_anew_counts_twice_though_it_came_but_once(tmp_path):
    def doctor(world):
        (life, host, text) = next(
            (each.life, each.host, each.text) for each in world.wire.sent if migrates(each.text)
        )
        world.wire.send(Sent(life, host, text, changes=True, fault="hangs"))

    named(doctored(MOVED, doctor, tmp_path), "the migration was sent 2 times")
