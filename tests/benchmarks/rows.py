"""The table of measured stops: each kind of stop, what was told of it, and what was wrong."""

import math
import statistics
from dataclasses import dataclass, field

from lparwiz.watch.figures import Gap

from .nodes import Stop


@dataclass
class Row:
    """Runs of one kind, and what became of them."""

    what: str
    bound: float
    """Seconds that a figure may be above the truth."""
    true: list[float] = field(default_factory=list)
    above: list[float] = field(default_factory=list)
    """Seconds by which each figure was above the least that the stop may have been."""
    below: int = 0
    late: int = 0
    """Runs beyond the bound by no more than this machine itself was late then."""
    wrong: list[str] = field(default_factory=list)
    remark: str = ""

    def add(self, stop: Stop, gap: Gap | None, others: str = "", late: float = 0.0) -> None:
        """One run: what truly was, what was reported, and how late the machine was by itself."""
        self.true.append(stop.least)
        if gap is None:
            self.wrong.append(f"{stop.least:.2f} s: not seen {others}")
            return
        self.above.append(gap.seconds - stop.least)
        self.below += gap.seconds < stop.most
        self.late += self.bound < self.above[-1] <= self.bound + late

    @property
    def beyond(self) -> int:
        """Runs whose figure is too far above the truth."""
        return sum(above > self.bound for above in self.above)

    @property
    def bounded(self) -> bool:
        """Whether its figures have a bound; else only what they are called is judged."""
        return math.isfinite(self.bound)

    def unmet(self) -> list[str]:
        """What of it is not as the issue asks."""
        if not self.true:
            return []
        found = {
            "below the truth": self.below if self.bounded else 0,
            "beyond the bound, and the machine was not late": self.beyond - self.late,
            "wrong": len(self.wrong),
        }
        return [f"{self.what}: {n} of {len(self.true)} {what}" for what, n in found.items() if n]

    def line(self) -> str:
        if not self.true:
            return f"{self.what:<44} not run: {self.remark}"
        spread = ["-"] * 3
        if self.above:
            figures = (min(self.above), statistics.median(self.above), max(self.above))
            spread = [f"{1000 * figure:.1f}" for figure in figures]
        return (
            f"{self.what:<44} {len(self.true):>4} {min(self.true):>5.2f}-{max(self.true):<5.2f} "
            f"{spread[0]:>7} {spread[1]:>7} {spread[2]:>7} {self._judged()} "
            f"{len(self.wrong):>5}  {self.remark}"
        )

    def _judged(self) -> str:
        if not self.bounded:
            return f"{'none':>6} {'-':>5} {'-':>6} {'-':>5}"
        return f"{1000 * self.bound:>6.0f} {self.below:>5} {self.beyond:>6} {self.late:>5}"


HEADING = (
    f"{'':<44} {'runs':>4} {'true, s':>11} {'least':>7} {'median':>7} {'most':>7} {'bound':>6} "
    f"{'below':>5} {'beyond':>6} {'late':>5} {'wrong':>5}\n"
    f"{'':<44} {'':>4} {'':>11} {'ms above the truth':>23} {'ms':>6} {'truth':>5} {'bound':>6} "
    f"{'host':>5}"
)
