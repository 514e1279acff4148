"""A chart as SVG: drawn by hand, for it is lines and words, and must look the same for ever."""

from collections.abc import Iterable, Sequence
from html import escape

from lparwiz.run.journal import Event
from lparwiz.run.retell import chart_of
from lparwiz.run.snapshot import SPAN, Chart, Trace

WIDTH, LEFT, RIGHT = 1020, 70, 370
"""Pixels: the picture, what stands in front of a strip, what stands behind it."""
STRIP, GAP, TOP = 90, 22, 46
"""Pixels: the height of a strip, the space below it, the title's."""
HOSTS = 6
"""How many hosts of the same limit are named."""
_STYLE = (
    "text{font:13px sans-serif;fill:#222}.d{fill:#666}.s{fill:#b00020}"
    ".g{fill:#f4f6f8}.l{stroke:#b00020;stroke-dasharray:6 4}.t{fill:#3b6ea5}"
    ".m{stroke:#222;stroke-width:1.5;fill:none}"
)


def files(events: Iterable[Event]) -> dict[str, str]:
    """The pictures of a run's charts by their names in its folder, told from its journal."""
    charts = [event for event in events if event.kind == "chart"]
    return {name_of(number): svg(chart_of(event.data)) for number, event in enumerate(charts)}


def name_of(number: int) -> str:
    """What the picture of the run's chart of this number, from 0, is called."""
    return f"freeze-{number + 1}.svg" if number else "freeze.svg"


def svg(chart: Chart) -> str:
    """The chart as an SVG document: a strip a source, the limits across it, the longest marked."""
    strips = [trace for trace in chart.traces if trace.recent]
    limits = sorted({limit.seconds for limit in chart.limits})
    longest = max((trace.longest or 0.0 for trace in strips), default=0.0)
    highest = max(
        (limit for limit in limits if limit <= 2 * longest), default=limits[0] if limits else 1.0
    )
    top = max(1.15 * max(longest, highest), 1.0)
    foot = TOP + len(strips) * (STRIP + GAP)
    height = foot + 64
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}">',
        f"<style>{_STYLE}</style>",
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>',
        _text(LEFT, 26, chart.title),
    ]
    for number, trace in enumerate(strips):
        parts += _strip(trace, chart, [s for s in limits if s <= top], top, number)
    wide = WIDTH - LEFT - RIGHT
    parts.append(_text(LEFT, foot - 4, "two minutes before", "d"))
    parts.append(_text(LEFT + wide - 52, foot - 4, "the end", "d"))
    others = len(chart.traces) - len(strips) + chart.more
    above = [limit for limit in limits if limit > top]
    said = [f"limits above the picture: {', '.join(f'{s:g} s' for s in above)}"] if above else []
    said += [f"and {others} more, none longer"] if others else []
    by_limit = [(s, [each.host for each in chart.limits if each.seconds == s]) for s in limits]
    if by_limit:
        gives_up = "; ".join(f"{seconds:g} s {_few(hosts)}" for seconds, hosts in by_limit)
        parts.append(_text(LEFT, foot + 24, f"gives a silent node up after: {gives_up}", "d"))
    parts.append(_text(LEFT, foot + 46, "; ".join(said), "d"))
    return "\n".join([*parts, "</svg>"]) + "\n"


def _strip(trace: Trace, chart: Chart, limits: list[float], top: float, number: int) -> list[str]:
    y = TOP + number * (STRIP + GAP)
    wide = WIDTH - LEFT - RIGHT
    cell = wide / SPAN
    parts = [f'<rect class="g" x="{LEFT}" y="{y}" width="{wide}" height="{STRIP}"/>']
    for second, value in enumerate(trace.strip):
        if value is not None:
            tall = max(0.6, min(value / top, 1.0) * STRIP)
            x = LEFT + second * cell
            parts.append(
                f'<rect class="t" x="{x:.1f}" y="{y + STRIP - tall:.1f}" width="{cell:.2f}" '
                f'height="{tall:.1f}"/>'
            )
    for seconds in limits:
        level = y + STRIP - seconds / top * STRIP
        parts.append(
            f'<line class="l" x1="{LEFT}" x2="{LEFT + wide}" y1="{level:.1f}" y2="{level:.1f}"/>'
        )
        parts.append(_text(8, level + 4, f"{seconds:g} s", "s"))
    if trace.longest is not None and trace.ended is not None and trace.ended < SPAN:
        x = LEFT + (SPAN - trace.ended) * cell
        level = y + STRIP - min(trace.longest / top, 1.0) * STRIP
        parts.append(f'<path class="m" d="M{x - 6:.1f} {level - 8:.1f}l6 7 6-7"/>')
    x = LEFT + wide + 12
    parts.append(_text(x, y + 18, trace.label))
    reached = trace.reached(chart.limits)
    if trace.longest is None:
        parts.append(_text(x, y + 38, f"no gap, {trace.samples} samples"))
    else:
        text = f"{trace.longest:.2f} s, at least {trace.least:.2f} s; {trace.samples} samples"
        parts.append(_text(x, y + 38, text, "s" if reached else ""))
    if reached:
        lowest = reached[0]
        parts.append(_text(x, y + 58, f"reaches the {lowest.seconds:g} s of {lowest.host}", "s"))
    if trace.remark:
        parts.append(_text(x, y + 78, trace.remark, "d"))
    return parts


def _few(hosts: Sequence[str]) -> str:
    """The first of many."""
    more = f" and {len(hosts) - HOSTS} more" if len(hosts) > HOSTS else ""
    return " ".join(hosts[:HOSTS]) + more


def _text(x: float, y: float, text: str, style: str = "") -> str:
    named = f' class="{style}"' if style else ""
    return f'<text x="{x:.0f}" y="{y:.0f}"{named}>{escape(text)}</text>'
