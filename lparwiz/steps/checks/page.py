"""The checks as Markdown: the reference of all of them, and one page of what they found."""

from collections.abc import Iterable, Mapping, Sequence

from lparwiz.run.snapshot import Finding, Level
from lparwiz.steps.checks.check import Check

_ORDER = (Level.STOP, Level.UNKNOWN, Level.WARNING, Level.NOTE, Level.PASS)
_CAUGHT = {Level.STOP: "stops", Level.WARNING: "warns", Level.NOTE: "notes", Level.UNKNOWN: "-"}

_INTRODUCTION = """\
# Checks

Written by `lparwiz checks --markdown`. `lparwiz check CHANGE.toml` runs them by themselves; the
wizard runs them as its second step. They read and change nothing.

A check that *stops* ends the way forward. One that *warns* has to be accepted: in the wizard by
going on, unattended by its id in `[decisions] accept`. What is *noted* asks for nothing. A reading
that can't be had or understood is *unknown*, and stops. What no command can tell is asked of a
person: these have ids that begin with `asked.`

A *source* is the vendor's guide, or a section of the fact sheets: notes on the vendors' documents,
which are no part of this repository."""
_HEAD = ("| check | where all is well | else | reading broken |", "|---|---|---|---|")
_PLAYED = """\
Each cell of this table is played in the lab by `tests/steps/test_checks.py`. A check that has
*shown with* can be seen at work: `lparwiz demo` with what is named there."""


def reference(checks: Sequence[Check], shown_with: Mapping[str, Sequence[str]]) -> str:
    """Every check with what it reads, concludes and advises.

    Args:
        checks: all of them.
        shown_with: what a demo takes to show what it is there to catch, by its id.
    """
    rows = [
        f"| {each.id} | {_well(each)} | {_CAUGHT[each.level]} | {_broken(each)} |"
        for each in checks
    ]
    lines = [*_INTRODUCTION.splitlines(), "", *_HEAD, *rows, "", *_PLAYED.splitlines()]
    for check in checks:
        lines += ["", f"## {check.id}", "", f"{check.title}.", ""]
        lines += [f"- reads: {check.reads or 'nothing on any host'}", f"- else: {check.remedy}"]
        lines += [f"- source: {check.source}"]
        if troubles := shown_with.get(check.id):
            lines += [f"- shown with: {', '.join(f'`{options}`' for options in troubles)}"]
    return "\n".join(lines) + "\n"


def _well(check: Check) -> str:
    return "asks, where it applies" if check.id.startswith("asked.") else "passes"


def _broken(check: Check) -> str:
    return "unknown" if check.reads else "-"


def results(
    title: str, head: Iterable[str], findings: Sequence[Finding], accepted: Iterable[str] = ()
) -> str:
    """What the checks found, the worst first, to be attached to a change ticket.

    Args:
        title: the change's.
        head: lines about the change, such as its ticket and when this was read.
        findings: what was found.
        accepted: ids of warnings that are accepted; `all`: every one.
    """
    accepted = tuple(accepted)
    lines = [f"# Checks: {_plain(title)}", "", *(f"- {_plain(line)}" for line in head), ""]
    lines += [f"**{summary(findings, accepted)}**"]
    for level in _ORDER:
        found = [finding for finding in findings if finding.level is level]
        if found:
            lines += ["", f"## {level.value}", "", "| check | host | what was read | what to do |"]
            lines += ["|---|---|---|---|", *(_row(each, accepted) for each in found)]
    return "\n".join(lines) + "\n"


def summary(findings: Sequence[Finding], accepted: Iterable[str] = ()) -> str:
    """All of it in a sentence."""
    accepted = tuple(accepted)
    stops = sum(each.level is Level.STOP for each in findings)
    unknown = sum(each.level is Level.UNKNOWN for each in findings)
    warned = [each for each in findings if each.level is Level.WARNING]
    taken = sum(is_accepted(each, accepted) for each in warned)
    passed = sum(each.level is Level.PASS for each in findings)
    return f"{passed} pass, {len(warned)} warn ({taken} accepted), {stops} stop, {unknown} unknown."


def is_accepted(finding: Finding, accepted: Iterable[str]) -> bool:
    """Whether this warning is accepted by its id, or with all."""
    return any(each in (finding.id, "all") for each in accepted)


def _row(finding: Finding, accepted: tuple[str, ...]) -> str:
    remedy = finding.remedy
    if finding.level is Level.WARNING and is_accepted(finding, accepted):
        remedy = f"accepted; {remedy}"
    cells = (finding.id, finding.host, finding.text, remedy)
    return f"| {' | '.join(map(_plain, cells))} |"


def _plain(text: str) -> str:
    """One line that Markdown leaves alone: a host's words are no markup."""
    line = " ".join(text.split())
    return "".join(f"\\{char}" if char in "\\`*_[]<>|#" else char for char in line)
