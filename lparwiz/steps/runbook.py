"""The runbook: the steps of a route, in their order."""

from functools import partial

from lparwiz.change import Change, Trigger
from lparwiz.errors import Trouble
from lparwiz.run.step import Step
from lparwiz.steps import (
    check,
    cleanup,
    connect,
    measure,
    migrate,
    outcome,
    profiles,
    report,
    restore,
    timers,
)

CHAPTER = "Providing high availability with live migration in a Cluster Server environment"
"""The chapter of the InfoScale 9.0 Virtualization Guide for AIX that all this follows."""
OUTSIDE = f"{CHAPTER}: LPAR migrated outside of VCS control"
MANAGED = f"{CHAPTER}: managed LPAR without ProfileFile"


class NotPlayed(Trouble):
    """A route that can be written down but not played."""


def runbook(change: Change, known: measure.Known | None = None) -> tuple[Step, ...]:
    """The steps that this change takes.

    Args:
        change: what is wanted.
        known: the freeze that an earlier run took down, if any.

    Raises:
        NotPlayed: the route is one that lparwiz reads but doesn't play.
    """
    if change.route.trigger is not Trigger.HMC:
        raise NotPlayed(
            f"Route {change.route} is not played by this version.",
            "It begins with hagrp -migrate on a management LPAR.",
            "Migrate it as the guide says, or use another route.",
        )
    return (
        Step(
            "connect",
            "Connect",
            "Reach every host, and see that the four names of a machine (HMC, hostname, LLT, VCS) "
            "mean the same one.",
            CHAPTER,
            partial(connect.play, change=change),
        ),
        Step(
            "check",
            "Check",
            "Learn now what would stop or spoil the migration. Nothing is changed here.",
            CHAPTER,
            partial(check.play, change=change),
        ),
        Step(
            "measure",
            "Measure",
            "Determine how long the migrating node is unresponsive. Below the peer inactive "
            "timeout of every node nothing needs changing.",
            OUTSIDE,
            partial(measure.play, change=change, known=known),
        ),
        Step(
            "timers",
            "Timers",
            "Raise LLT's peerinact on every node before the migration, and verify it on every "
            "node: all or none.",
            OUTSIDE,
            partial(timers.play, change=change),
        ),
        Step(
            "profiles",
            "Profiles",
            "Back up the definition, which the migration deletes on the source; rename the one "
            "of the same name on the target, on which validation would fail.",
            MANAGED,
            partial(profiles.play, change=change),
        ),
        Step(
            "migrate",
            "Migrate",
            "Let the HMC validate, then migrate. The HMC's command ends when the migration does.",
            CHAPTER,
            partial(migrate.play, change=change),
        ),
        Step(
            "outcome",
            "Outcome",
            "Prove where the LPAR runs, from both consoles, before one of two opposite clean-ups "
            "begins.",
            CHAPTER,
            partial(outcome.play, change=change),
            closing=True,
        ),
        Step(
            "cleanup",
            "Clean up",
            "Success: make the LPAR anew on the source, delete the placeholder. Failure: "
            "recover, and give the placeholder its name back.",
            MANAGED,
            partial(cleanup.play, change=change),
            closing=True,
        ),
        Step(
            "restore",
            "Restore",
            "Put each node's own former peerinact back, once every peer sees every node OPEN "
            "with all links UP.",
            OUTSIDE,
            partial(restore.play, change=change),
            closing=True,
        ),
        Step(
            "report",
            "Report",
            "What was done, what is owed, and where it is written down.",
            CHAPTER,
            partial(report.play, change=change),
            closing=True,
        ),
    )
