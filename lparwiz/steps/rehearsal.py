"""What a rehearsal outside of any run has found, and what follows from it: in words, or as JSON."""

import json
from dataclasses import asdict, dataclass
from typing import Any

from lparwiz.history import Seen
from lparwiz.run.snapshot import Finding
from lparwiz.steps import rule
from lparwiz.steps.chart import chart_of, table_of
from lparwiz.steps.longest_freeze import in_words, not_believed
from lparwiz.watch.figures import Figures, Source


@dataclass(frozen=True)
class Summary:
    """What a rehearsal has found, and what follows from it."""

    lpar: str
    seconds: float
    """How long it was watched."""
    figures: Figures | None
    seen: Seen | None
    """The longest freeze of this rehearsal."""
    migrated: bool
    """Whether the LPAR is proven to have migrated meanwhile."""
    kept: str
    """Where it is kept, or why not, in a sentence."""
    unread: str
    """What of the history can't be read, in a sentence; empty: nothing."""
    most: Seen | None
    """The longest that is known."""
    proposal: rule.Proposal
    against: tuple[Finding, ...]
    missing: tuple[str, ...]
    """Nodes that don't tell their timers."""

    @property
    def as_json(self) -> str:
        """As one object in a line."""
        data = {
            "kind": "summary",
            "seconds": round(self.seconds, 1),
            "sources": [as_data(each) for each in self.figures.sources] if self.figures else [],
            "seen": self.seen.as_data() if self.seen is not None else None,
            "migrated": self.migrated,
            "not believed": not_believed(self.figures),
            "unread": self.unread,
            "longest": self.most.as_data() if self.most is not None else None,
            "proposal": asdict(self.proposal),
            "findings": [asdict(finding) for finding in self.against],
            "without timers": self.missing,
        }
        return json.dumps(data)

    @property
    def as_lines(self) -> list[str]:
        """In words."""
        lines = [f"Watched {self.lpar} for {self.seconds:.0f} s."]
        if self.figures is not None:
            lines += _table(self.figures, self.lpar)
        if why := not_believed(self.figures):
            lines.append(why)
        lines += self._verdict
        if self.kept:
            lines.append(self.kept)
        if self.unread:
            lines.append(self.unread)
        most = self.most
        if most is not None and (self.seen is None or most.seconds > self.seen.seconds):
            lines.append(f"The longest known is {most.seconds:.2f} s, by the {most.by}.")
        lines.append(f"By the rule: {self.proposal.rule}.")
        lines += [_finding(finding) for finding in self.against]
        if self.missing:
            lines.append(f"Left out, for they don't tell their timers: {', '.join(self.missing)}.")
        return lines

    @property
    def _verdict(self) -> tuple[str, ...]:
        if self.seen is not None:
            return in_words(self.seen, migrated=self.migrated)
        if self.figures is None or not self.figures.told:
            return ("No source told anything.",)
        return ("No freeze was seen.",)


def _finding(finding: Finding) -> str:
    where = f"{finding.host}: " if finding.host else ""
    remedy = f" ({finding.remedy})" if finding.remedy else ""
    return f"{finding.level}: {where}{finding.text}{remedy}"


def _table(figures: Figures, lpar: str) -> list[str]:
    table = table_of(chart_of(lpar, figures, ()))
    rows = [table.columns, *table.rows]
    widths = [max(len(row[n]) for row in rows) for n in range(len(table.columns))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def as_data(source: Source) -> dict[str, Any]:
    """A source as JSON; seconds."""
    gap = source.longest
    return {
        "id": source.id,
        "now": source.recent[-1] if source.recent else None,
        "longest": round(gap.seconds, 3) if gap else None,
        "least": round(gap.least, 3) if gap else None,
        "samples": source.samples,
        "lost": source.lost,
        "other": [[round(each.seconds, 3), each.cause.value] for each in source.other],
    }
