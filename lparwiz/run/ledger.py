"""The ledger: what we changed that must be put back, with the exact command that does it.

A debt is written down before the change is made. A run is over when every debt is paid, or taken
over by the operator in writing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from lparwiz.run.journal import Event
from lparwiz.run.snapshot import DebtView

NOWHERE: Mapping[str, str] = MappingProxyType({})

LAST = 100
"""The turn of what is paid after everything else."""


class DebtState(StrEnum):
    """Where a debt stands."""

    OWED = "owed"
    PAID = "paid"
    TAKEN_OVER = "taken over"


@dataclass(frozen=True)
class Debt:
    """Something that must be put back."""

    id: str
    host: str
    """The host's label."""
    what: str
    """What was changed, and when it is put back, in a sentence or two."""
    pays: str
    """The exact commands that put it back by hand, one a line."""
    turn: int = 0
    """When it is paid: the lower, the earlier; those of one turn as they were incurred."""
    after: str = ""
    """The id of the debt that must not be open any more when this one is paid."""


@dataclass(frozen=True)
class Entry:
    """A debt and where it stands."""

    debt: Debt
    state: DebtState
    how: str = ""
    """How it was settled."""


@dataclass(frozen=True)
class Ledger:
    """All debts of a run, in the order in which they were incurred."""

    entries: tuple[Entry, ...] = ()

    @property
    def owed(self) -> tuple[Debt, ...]:
        """The debts that are open, in the order in which they are paid."""
        owed = (entry.debt for entry in self.entries if entry.state is DebtState.OWED)
        return tuple(sorted(owed, key=lambda debt: debt.turn))

    def owes(self, debt_id: str) -> bool:
        """Whether this debt is open."""
        return any(debt.id == debt_id for debt in self.owed)

    def incur(self, debt: Debt) -> "Ledger":
        """With `debt` open; one of the same id is replaced, in its place."""
        entry = Entry(debt, DebtState.OWED)
        if any(known.debt.id == debt.id for known in self.entries):
            return Ledger(tuple(entry if e.debt.id == debt.id else e for e in self.entries))
        return Ledger((*self.entries, entry))

    def settle(self, debt_id: str, state: DebtState, how: str) -> "Ledger":
        """With the debt `debt_id`, if there is one, no longer open."""
        return Ledger(
            tuple(
                replace(entry, state=state, how=how) if entry.debt.id == debt_id else entry
                for entry in self.entries
            )
        )

    def view(self) -> tuple[DebtView, ...]:
        """As a screen shows it: in the order in which they are paid."""
        return tuple(
            DebtView(e.debt.id, e.debt.host, self.told(e.debt), e.debt.pays, e.state.value)
            for e in sorted(self.entries, key=lambda entry: entry.debt.turn)
        )

    def told(self, debt: Debt) -> str:
        """What is owed, and first of all what it has to wait for now."""
        if self.owes(debt.id) and self.owes(debt.after):
            first = next(each for each in self.owed if each.id == debt.after)
            sentence = first.what.partition(". ")[0].rstrip(".")
            return f'Only after this is settled on {first.host}: "{sentence}". {debt.what}'
        return debt.what

    def markdown(self, title: str, ends: str = "", places: Mapping[str, str] = NOWHERE) -> str:
        """`ledger.md`: what is owed now, and the exact command that pays it.

        Args:
            title: what the run is about.
            ends: the last event of the journal that this tells, in a line.
            places: where a person logs in to each host, by its label.
        """
        lines = [f"# Ledger: {title}", ""]
        if not self.owed:
            lines += ["Nothing is owed.", ""]
        for debt in self.owed:
            lines += [f"## Owed on {debt.host}: {debt.id}", "", self.told(debt), ""]
            place = f" ({places[debt.host]})" if debt.host in places else ""
            lines += [f"Run this on {debt.host}{place}:", "", "```", debt.pays, "```", ""]
        settled = [entry for entry in self.entries if entry.state is not DebtState.OWED]
        if settled:
            lines += ["## Settled", ""]
            lines += [f"- {e.debt.id} on {e.debt.host}: {e.state}, {e.how}" for e in settled]
            lines.append("")
        if ends:
            lines += [ends, ""]
        return "\n".join(lines)


def replay(events: Iterable[Event]) -> Ledger:
    """The ledger as a journal tells it."""
    ledger = Ledger()
    for event in events:
        if event.kind == "debt incurred":
            ledger = ledger.incur(_debt(dict(event.data["debt"])))
        elif event.kind == "debt settled":
            state = DebtState(event.data["state"])
            ledger = ledger.settle(event.data["id"], state, event.data["how"])
    return ledger


def as_data(debt: Debt) -> dict[str, str | int]:
    """A debt as the journal keeps it."""
    return asdict(debt)


def _debt(data: dict[str, Any]) -> Debt:
    """A debt as a journal has it; the first ones told only whether it is `last`."""
    if data.pop("last", False):
        data["turn"] = LAST
    return Debt(**data)
