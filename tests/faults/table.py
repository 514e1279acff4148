"""The table fault x step: how many points were tried, and how many held."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping

from lparwiz.lab.scenario import MIGRATIONS

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


def struck(tried: Iterable[Tried]) -> int:
    """How many points of the runs were struck, each by one fault or more."""
    return len({(each.case.setting, each.case.strikes[0].point) for each in tried})


def markdown(
    tried: Collection[Tried],
    scopes: Mapping[str, str],
    day: str,
    seconds: float,
    jobs: int,
) -> str:
    """The README's tables: by route and migration, by what VCS alone can end with, and by fault.

    Args:
        tried: all replays.
        scopes: by row, what of it was played; empty: everything.
        day: when.
        seconds: how long it took.
        jobs: how many processes played.
    """
    held = sum(not each.wrong for each in tried)
    points = struck(tried)
    routes = _pairs(
        [each for each in tried if not each.case.setting.by_vcs_alone],
        "route",
        lambda each: each.case.setting.row,
        MIGRATIONS,
        lambda each: each.case.setting.migration,
        lambda row: f"{row} ({scopes[row]})" if scopes[row] else row,
    )
    alone = _pairs(
        [each for each in tried if each.case.setting.by_vcs_alone],
        "what only VCS's own migration ends with",
        lambda each: each.case.setting.row,
        ("replays",),
        lambda _: "replays",
        lambda row: f"{row} ({scopes[row]})" if scopes[row] else row,
    )
    found = _pairs(
        sorted(tried, key=lambda each: each.case.fault),
        "fault",
        lambda each: each.case.fault,
        ("replays",),
        lambda _: "replays",
        str,
    )
    return (
        f"Last full result, {day}: {points:,} points, {held:,} of {len(tried):,} replays held, in "
        f"memory, in {seconds / 60:.0f} minutes on {jobs} cores. Replays held of replays tried:"
        f"\n\n{routes}\n\n{alone}\n\n{found}"
    )


def _pairs(
    tried: Iterable[Tried],
    head: str,
    row_of: Callable[[Tried], str],
    columns: Iterable[str],
    column_of: Callable[[Tried], str],
    shown: Callable[[str], str],
) -> str:
    total: Counter[tuple[str, str]] = Counter()
    held: Counter[tuple[str, str]] = Counter()
    rows: dict[str, None] = {}
    for each in tried:
        place = row_of(each), column_of(each)
        rows[place[0]] = None
        total[place] += 1
        held[place] += not each.wrong
    columns = [column for column in columns if any(total[row, column] for row in rows)]
    lines = [f"| {' | '.join((head, *columns))} |", "|---" * (len(columns) + 1) + "|"]
    lines += [
        f"| {shown(row)} | "
        + " | ".join(f"{held[row, column]} of {total[row, column]}" for column in columns)
        + " |"
        for row in rows
    ]
    return "\n".join(lines)
