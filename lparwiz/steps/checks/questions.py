"""What no command can tell: questions for a person, answered by accepting them by name.

Each is a warning with the guide's reference. An unattended run goes on only where the change
file's `[decisions] accept` has its id (or `all`).
"""

from collections.abc import Iterable

from lparwiz.run.snapshot import Level
from lparwiz.steps.checks.check import Check, Judge, Judged, has_managers, warns
from lparwiz.steps.checks.gathered import Gathered


def _always(question: str) -> Judge:
    return lambda _: [warns(question)]


def _adapters(site: Gathered) -> Iterable[Judged]:
    rows = site.profiles.value or ()  # where they can't be read, that is unknown already
    if any(row.get("virtual_fc_adapters", "none") not in ("none", "null", "") for row in rows):
        yield warns(
            "Are both WWPNs of each of its virtual Fibre Channel adapters zoned and masked, and, "
            "with SCSI-3 fencing, are its keys registered again after the move?"
        )


def _manager(site: Gathered) -> Iterable[Judged]:
    name = site.change.lpar.name
    if site.cluster is not None and site.cluster.lpar_resources.value:
        yield warns(f"Is {name} a management LPAR that the guide allows to be migrated?")


QUESTIONS = (
    Check(
        "asked.limitations",
        "None of the guide's limitations applies",
        "",
        Level.WARNING,
        'Read "Limitations and unsupported LPAR features" in the guide of your version.',
        "guide, Limitations and unsupported LPAR features; facts, vcs.md 6",
        _always("Does none of the guide's limitations and unsupported LPAR features apply here?"),
    ),
    Check(
        "asked.terminal",
        "Nobody has the LPAR's virtual terminal open",
        "",
        Level.WARNING,
        "An open one makes the migration fail. rmvterm on the console closes it.",
        "facts, hmc.md 7 and 8.21",
        _always("Is the LPAR's virtual terminal closed?"),
    ),
    Check(
        "asked.wwpns",
        "Both WWPNs of each virtual Fibre Channel adapter are zoned",
        "",
        Level.WARNING,
        "Ask your SAN team: the LPAR runs with the other WWPN of each pair after the move.",
        "facts, vcs.md 6",
        _adapters,
    ),
    Check(
        "asked.managers",
        "A management LPAR is migrated only as the guide has it",
        "",
        Level.WARNING,
        'Read "Live partition mobility of management LPARs" in the guide of your version.',
        "guide, Live partition mobility of management LPARs; facts, vcs.md 6",
        _manager,
    ),
    Check(
        "asked.keys",
        "Every VCS system logs in to the consoles without a password",
        "",
        Level.WARNING,
        "Log in once from each by hand. lparwiz does not try: three failed logins lock the "
        "account that VCS needs.",
        "facts, vcs.md 5; hmc.md 2",
        _always("Does every VCS system log in to its HMCs by key?"),
        has_managers,
    ),
)
