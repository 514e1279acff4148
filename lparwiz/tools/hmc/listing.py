"""What an HMC's answer to a listing means: rows, a failure with its codes, or nothing certain.

Errors come on either channel and in the locale of the HMC; only the codes are the same
everywhere (facts, hmc.md 2). So the words of a message are never looked at.
"""

import re
from dataclasses import dataclass

from lparwiz.tools.command import Answer, Outcome
from lparwiz.tools.errors import Unreadable
from lparwiz.tools.hmc.record import parse_records

ABSENT_CODES = frozenset({"HSCL8011", "HSCL8012"})
"""No partition of that id, of that name (facts, hmc.md 2)."""

_CODE = re.compile(r"\bHSCL[0-9A-Z]{4}\b")
_FULL_STOPS = (".", "\u3002", "\uff0e", "\uff61", "\u0964")
"""Latin, CJK, fullwidth, halfwidth, Devanagari: what sentences end with in an HMC's languages."""
_NOT_IN_SENTENCE = re.compile(r'[="\n]')


@dataclass(frozen=True)
class Rows:
    """What was listed; no rows: it is not there."""

    rows: tuple[dict[str, str], ...]


@dataclass(frozen=True)
class Failed:
    """The HMC refused; this says nothing about what was asked for."""

    codes: tuple[str, ...]
    """All `HSCL` codes, outermost first; none with usage errors (facts, hmc.md 2)."""
    text: str


@dataclass(frozen=True)
class Unknown:
    """Nobody can tell: never to be taken for absent."""

    reason: str


Listing = Rows | Failed | Unknown


def codes(text: str) -> tuple[str, ...]:
    """Every HMC message code in the text, once each, in order; codes nest."""
    return tuple(dict.fromkeys(_CODE.findall(text)))


def interpret(answer: Answer) -> Listing:
    """What a listing command's answer means.

    Absent are: exit 0 with a sentence instead of rows on standard output, `No results were found.`
    in the HMC's own language, and any failure whose only codes are those for an unknown name or id
    (facts, hmc.md 1.3). Exit 0 without a word there, or with anything else that is no row, is
    unknown: what else comes on standard error may be a banner.
    """
    if answer.outcome is not Outcome.EXITED or answer.status is None:
        return Unknown(f"{answer.outcome}: {answer.reason}" if answer.reason else answer.outcome)
    if answer.status != 0:
        found = codes(answer.text)
        if found and ABSENT_CODES.issuperset(found):
            return Rows(())
        return Failed(found, answer.text)
    return _listed(answer)


def _listed(answer: Answer) -> Listing:
    """What exit status 0 brought."""
    if found := codes(answer.stderr) or _leading_codes(answer.stdout):
        if ABSENT_CODES.issuperset(found) and "=" not in answer.stdout:
            return Rows(())
        return Unknown(f"exit status 0 with {', '.join(found)}")
    text = answer.stdout
    if not text.strip():
        return Unknown("exit status 0 and not a word on standard output")
    if _is_sentence(text.strip()):
        return Rows(())
    try:
        return Rows(parse_records(text))
    except Unreadable as error:
        return Unknown(f"exit status 0 and {error}")


def _leading_codes(text: str) -> tuple[str, ...]:
    """Codes of lines that begin with one; a description may mention a code, a message starts so."""
    return codes("\n".join(line for line in text.splitlines() if _CODE.match(line)))


def _is_sentence(text: str) -> bool:
    return text.endswith(_FULL_STOPS) and not _NOT_IN_SENTENCE.search(text)
