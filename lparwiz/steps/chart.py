"""The chart of a watch: which sources it names, what it says of each, and the same as a table."""

from dataclasses import replace

from lparwiz.run.snapshot import Chart, Limit, Table, Trace
from lparwiz.watch.figures import Figures, Source

TRACES = 8
"""Sources that a chart names: what fits on a page, and into the journal in one line."""


def chart_of(title: str, figures: Figures, limits: tuple[Limit, ...]) -> Chart:
    """The figures drawn beside the limits: the ticks, then those that saw most.

    By whole seconds, so that jitter doesn't make them change places; those that are lost first
    among equals, and SSH, which is heard by the ticks, last. None that is left out saw more than
    all of those that are named.
    """
    first, others = figures.sources[:1], figures.sources[1:]
    ranked = sorted(others, key=lambda s: (-int(_seconds(s)), not s.lost, s.id == "ssh"))
    room = TRACES - len(first)
    if (most := max(ranked, key=_seconds, default=None)) in ranked[room:]:
        ranked = [*ranked[: room - 1], most]
    shown = (*first, *ranked[:room])
    traces = tuple(_trace(source, figures.at) for source in shown)
    return Chart(title, traces, limits, len(figures.sources) - len(shown))


def _seconds(source: Source) -> float:
    """The longest silence that it saw, ended or not."""
    ended = source.longest.seconds if source.longest is not None else 0.0
    return max(ended, source.standing)


def _trace(source: Source, at: float) -> Trace:
    gap = source.longest
    recent = tuple(None if each is None else round(each, 2) for each in source.recent)
    trace = Trace(source.label, recent, samples=source.samples, remark=_remark(source))
    if gap is None:
        return trace
    ended = max(0.0, at - gap.began - gap.seconds)
    return replace(
        trace, longest=round(gap.seconds, 3), least=round(gap.least, 3), ended=round(ended, 1)
    )


def _remark(source: Source) -> str:
    if source.lost:
        return f"lost: {source.lost}"
    if source.standing >= 1.0:
        return f"silent now, for {source.standing:.0f} s"
    if not source.other:
        return ""
    other = max(source.other, key=lambda gap: gap.seconds)
    return f"{other.seconds:.2f} s not counted: {other.cause}"


def table_of(chart: Chart) -> Table:
    """What each source saw, with its uncertainty."""
    rows = [
        (
            trace.label,
            "none" if trace.longest is None else f"{trace.longest:.2f}",
            "" if trace.longest is None else f"{trace.least:.2f}",
            str(trace.samples),
            trace.remark,
        )
        for trace in chart.traces
    ]
    if chart.more:
        rows.append((f"and {chart.more} more", "none longer", "", "", ""))
    columns = ("source", "longest, s", "at least, s", "samples", "remark")
    return Table("Longest freeze, as each source saw it", columns, tuple(rows))
