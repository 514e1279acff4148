"""All checks, in the order in which a page shows them."""

from lparwiz.run.snapshot import Finding
from lparwiz.steps.checks.check import Check
from lparwiz.steps.checks.cluster import CLUSTER
from lparwiz.steps.checks.engine import ENGINE
from lparwiz.steps.checks.gathered import Gathered
from lparwiz.steps.checks.lpar import LPAR
from lparwiz.steps.checks.managed import MANAGED
from lparwiz.steps.checks.mark import MARK
from lparwiz.steps.checks.questions import QUESTIONS
from lparwiz.steps.checks.systems import SYSTEMS

CHECKS: tuple[Check, ...] = (
    *CLUSTER,
    *ENGINE,
    *SYSTEMS,
    *LPAR,
    *MANAGED,
    *MARK,
    *QUESTIONS,
)


def judge(gathered: Gathered) -> list[Finding]:
    """What all checks that apply conclude of what was read."""
    return [finding for check in CHECKS for finding in check.findings(gathered)]
