"""Which host is pointed at, and which one comes next. Pure."""

from collections.abc import Sequence

from lparwiz.ui.hosts_text import Group


def pointed(groups: Sequence[Group], host: str) -> str:
    """The host that the arrows start from: `host`, or the first one where that is gone."""
    if not groups:
        return ""
    return host if any(group.has(host) for group in groups) else groups[0].first.host


def row_after(groups: Sequence[Group], host: str, step: int) -> int:
    """The number of the row that many after the host's own; it stays at the ends."""
    here = next((number for number, group in enumerate(groups) if group.has(host)), 0)
    return max(0, min(len(groups) - 1, here + step))


def opened(groups: Sequence[Group], host: str) -> Group | None:
    """The row that Enter opens."""
    return next((group for group in groups if group.has(host)), next(iter(groups), None))


def host_after(hosts: Sequence[str], host: str, step: int) -> int:
    """The number of the host that many further; it stays at the ends."""
    here = hosts.index(host) if host in hosts else 0
    return max(0, min(len(hosts) - 1, here + step))
