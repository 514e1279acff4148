"""The check on who else may be at work: whether a run on another machine would be kept off."""

from collections.abc import Iterable

from lparwiz.run.snapshot import Level
from lparwiz.steps.checks.check import Check, Judged, passes, together, warns
from lparwiz.steps.checks.gathered import Gathered
from lparwiz.steps.mark import ALONE, UNMARKED, marked_hosts


def _marked(site: Gathered) -> Iterable[Judged]:
    hosts = [host.label for host in marked_hosts(site.change)]
    yield passes(f"a run will have its mark on {together(hosts)}") if hosts else warns(UNMARKED)


MARK = (
    Check(
        "mark.none",
        "A mark on nodes or managers keeps a run on another machine off",
        "",
        Level.WARNING,
        ALONE,
        "facts, hmc.md 3: an HMC keeps no file",
        _marked,
    ),
)
