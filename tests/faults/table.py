"""The table fault x step: how many points were tried, and how many held."""

from collections import Counter
from collections.abc import Iterable

from .matrix import Tried


def table(tried: Iterable[Tried]) -> str:
    """`held/tried` for each fault and step, with the sums."""
    total: Counter[tuple[str, str]] = Counter()
    held: Counter[tuple[str, str]] = Counter()
    faults: dict[str, None] = {}
    steps: dict[str, None] = {}
    for each in tried:
        faults[each.case.fault] = steps[each.case.step] = None
        for fault in (each.case.fault, "all"):
            for step in (each.case.step, "all"):
                total[fault, step] += 1
                held[fault, step] += not each.wrong
    rows = [["fault", *steps, "all"]]
    for fault in (*sorted(faults), "all"):
        cells = [
            f"{held[fault, step]}/{total[fault, step]}" if total[fault, step] else "-"
            for step in (*steps, "all")
        ]
        rows.append([fault, *cells])
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        " ".join(
            [
                row[0].ljust(widths[0]),
                *(c.rjust(w) for c, w in zip(row[1:], widths[1:], strict=True)),
            ]
        )
        for row in rows
    )
