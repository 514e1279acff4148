"""The runbook: the steps of a route, in their order."""

from functools import partial

from lparwiz.change import Change, Part, Trigger
from lparwiz.run.step import Step
from lparwiz.steps import (
    check,
    cleanup,
    connect,
    freeze,
    mark,
    measure,
    migrate,
    outcome,
    physical_server,
    profiles,
    report,
    restore,
    timers,
    unfreeze,
)
from lparwiz.steps.payment_order import OUTCOME_DEBT
from lparwiz.steps.vcs import cleanup as vcs_cleanup
from lparwiz.steps.vcs import migrate as vcs_migrate
from lparwiz.steps.vcs import outcome as vcs_outcome
from lparwiz.steps.vcs import profiles as vcs_profiles
from lparwiz.steps.watching import Freezes

CHAPTER = "Providing high availability with live migration in a Cluster Server environment"
"""The chapter of the InfoScale 9.0 Virtualization Guide for AIX that all this follows."""
OUTSIDE = f"{CHAPTER}: LPAR migrated outside of VCS control"
MANAGED = f"{CHAPTER}: managed LPAR without ProfileFile"
BY_VCS = f"{CHAPTER}: managed LPAR with ProfileFile, migrated by VCS"


def runbook(change: Change, freezes: Freezes | None = None) -> tuple[Step, ...]:
    """The steps that this change takes.

    Args:
        change: what is wanted.
        freezes: what was seen of freezes before, and how to watch for one; None: nothing.
    """
    seen = freezes or Freezes()
    migrates = _by_vcs if change.route.trigger is Trigger.VCS else _by_hmc
    return (*_before(change, seen), *migrates(change, seen), *_after(change))


def _before(change: Change, freezes: Freezes) -> tuple[Step, ...]:
    """What every migration begins with."""
    return (
        Step(
            "connect",
            "Connect",
            "Reach every host, and see that the four names of a machine (HMC, hostname, LLT, VCS) "
            "mean the same one.",
            CHAPTER,
            partial(connect.play, change=change),
            wants=connect.WANTS,
            does=connect.DOES,
            renewed=True,
        ),
        Step(
            "check",
            "Check",
            "Learn now what would stop or spoil the migration. Nothing is changed here.",
            CHAPTER,
            partial(check.play, change=change, freezes=freezes),
            wants=check.WANTS,
            does=check.DOES,
            renewed=True,
        ),
        Step(
            "measure",
            "Measure",
            "Determine how long the migrating node is unresponsive. Below the peer inactive "
            "timeout of every node nothing needs changing.",
            OUTSIDE,
            partial(measure.play, change=change, freezes=freezes),
            wants=measure.WANTS,
            does=measure.DOES,
        ),
        Step(
            "mark",
            "Mark",
            "Before the first change: a mark on every node and manager, so that a run from another "
            "machine on the same cluster keeps off.",
            CHAPTER,
            partial(mark.play, change=change),
            wants=mark.WANTS,
            does=mark.DOES,
            renewed=True,
        ),
        Step(
            "timers",
            "Timers",
            "Raise LLT's peerinact on every node before the migration, and verify it on every "
            "node: all or none.",
            OUTSIDE,
            partial(timers.play, change=change),
            wants=timers.WANTS,
            does=timers.DOES,
        ),
    )


def _by_hmc(change: Change, freezes: Freezes) -> tuple[Step, ...]:
    """The HMC migrates."""
    return (
        Step(
            "profiles",
            "Profiles",
            "Back up the definition, which the migration deletes on the source; rename the one "
            "of the same name on the target, on which validation would fail.",
            MANAGED,
            partial(profiles.play, change=change),
            wants=profiles.WANTS,
            does=profiles.DOES,
        ),
        Step(
            "freeze",
            "Freeze",
            "Offer to freeze the service groups on or of the LPAR until the migration is over. "
            "Groups that somebody else froze stay so.",
            CHAPTER,
            partial(freeze.play, change=change),
            wants=freeze.WANTS,
            does=freeze.DOES,
        ),
        Step(
            "migrate",
            "Migrate",
            "Let the HMC validate, then migrate. The HMC's command ends when the migration does.",
            CHAPTER,
            partial(migrate.play, change=change, freezes=freezes),
            wants=migrate.WANTS,
            does=migrate.DOES,
        ),
        Step(
            "outcome",
            "Outcome",
            "Prove where the LPAR runs, from both consoles, before one of two opposite clean-ups "
            "begins.",
            CHAPTER,
            partial(outcome.play, change=change),
            wants=outcome.WANTS,
            does=outcome.DOES,
            closing=True,
            reads="Both consoles, twice, to prove where the LPAR runs.",
            pays=(OUTCOME_DEBT,),
        ),
        Step(
            "cleanup",
            "Clean up",
            "Success: make the LPAR anew on the source, delete the placeholder. Failure: "
            "recover, and give the placeholder its name back.",
            MANAGED,
            partial(cleanup.play, change=change),
            wants=cleanup.WANTS,
            does=cleanup.DOES,
            closing=True,
            reads="Both consoles: the placeholder is known by its recorded id and uuid, the "
            "definition by each of its attributes.",
            pays=(cleanup.HALF_DONE_DEBT, migrate.DEFINITION_DEBT, profiles.NAME_DEBT),
        ),
    )


def _by_vcs(change: Change, freezes: Freezes) -> tuple[Step, ...]:
    """VCS itself migrates."""
    return (
        Step(
            "profiles",
            "Profiles",
            "Keep every system's ProfileFile, and what the source's console has: the migration "
            "deletes the definition and its VIOS mappings there.",
            BY_VCS,
            partial(vcs_profiles.play, change=change),
            wants=vcs_profiles.WANTS,
            does=vcs_profiles.DOES,
        ),
        Step(
            "migrate",
            "Migrate",
            "Have VCS migrate, with hagrp -migrate on a management LPAR. It returns at once; VCS "
            "goes on alone.",
            BY_VCS,
            partial(vcs_migrate.play, change=change, freezes=freezes),
            wants=vcs_migrate.WANTS,
            does=vcs_migrate.DOES,
        ),
        Step(
            "outcome",
            "Outcome",
            "Prove where the LPAR runs, from both consoles and from the group on every system. "
            "Where VCS stopped on its way, say what exists where.",
            BY_VCS,
            partial(vcs_outcome.play, change=change),
            wants=vcs_outcome.WANTS,
            does=vcs_outcome.DOES,
            closing=True,
            reads="Both consoles and VCS, until nothing changes any more.",
            pays=(OUTCOME_DEBT,),
        ),
        Step(
            "cleanup",
            "Clean up",
            "Success: the ProfileFile must be recreated for the server that the LPAR runs on now. "
            "Collect what it is made from, compare, hand over.",
            BY_VCS,
            partial(vcs_cleanup.play, change=change),
            wants=vcs_cleanup.WANTS,
            does=vcs_cleanup.DOES,
            closing=True,
            reads="The target's console and its ProfileFile, pair by pair.",
            pays=(vcs_migrate.PROFILE_FILE_DEBT,),
        ),
    )


def _after(change: Change) -> tuple[Step, ...]:
    """What every run ends with."""
    return (
        Step(
            "restore",
            "Restore",
            "Put each node's own former peerinact back, once every peer sees every node OPEN "
            "with all links UP.",
            OUTSIDE,
            partial(restore.play, change=change),
            wants=restore.WANTS,
            does=restore.DOES,
            closing=True,
            reads="Every node, until each sees each of them OPEN with all links UP and GAB is as "
            "it was; then each node's own timer.",
            pays=("peerinact", "llttab"),
        ),
        *(_around_hmc(change) if change.route.trigger is Trigger.HMC else ()),
        Step(
            "report",
            "Report",
            "What was done, what is owed, and where it is written down.",
            CHAPTER,
            partial(report.play, change=change),
            wants=report.WANTS,
            does=report.DOES,
            closing=True,
            reads="The mark on each host.",
            pays=("mark",),
        ),
    )


def _around_hmc(change: Change) -> tuple[Step, ...]:
    """What VCS is told after the HMC has migrated."""
    steps = [
        Step(
            "unfreeze",
            "Unfreeze",
            "Unfreeze the service groups that this run froze, and no others.",
            CHAPTER,
            partial(unfreeze.play, change=change),
            wants=unfreeze.WANTS,
            does=unfreeze.DOES,
            closing=True,
            reads="The groups' states: one that VCS would act on stays frozen.",
            pays=(freeze.DEBT,),
        )
    ]
    if Part.TIMERS in change.route.parts:
        steps.append(
            Step(
                "server",
                "Server",
                "After a management LPAR has moved: compare its PhysicalServer, and offer to "
                "correct it.",
                OUTSIDE,
                partial(physical_server.play, change=change),
                wants=physical_server.WANTS,
                does=physical_server.DOES,
                closing=True,
                reads="PhysicalServer of the node that has moved.",
                pays=(physical_server.STALE_DEBT, physical_server.DEBT),
            )
        )
    return tuple(steps)
