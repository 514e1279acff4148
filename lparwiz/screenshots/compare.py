"""Whether the pictures in a folder are those that would be made now, and what differs, in words."""

import re
from collections.abc import Iterator
from difflib import unified_diff
from html import unescape
from pathlib import Path

_TEXT = re.compile(r'<text [^>]*?y="([\d.]+)"[^>]*>(.*?)</text>', re.DOTALL)
_ENDINGS = (".svg", ".md")
"""Of the files that are compared; PNG are made from the SVG."""


def differences(made: dict[str, bytes], folder: Path) -> Iterator[str]:
    """Each difference in lines for people; nothing where there is none."""
    there = {path.name for path in folder.glob("*") if path.suffix in _ENDINGS}
    for name in sorted(there - set(made)):
        yield f"{name}: is there, and is not made any more"
    for name, content in made.items():
        if not name.endswith(_ENDINGS):
            continue
        if name not in there:
            yield f"{name}: is missing"
        elif (before := (folder / name).read_bytes()) != content:
            yield from _difference(name, before.decode("utf-8", "replace"), content.decode())


def _difference(name: str, before: str, now: str) -> Iterator[str]:
    words = shown if name.endswith(".svg") else str.splitlines
    lines = list(
        unified_diff(words(before), words(now), f"{name} there", f"{name} made now", lineterm="")
    )
    yield from lines or [f"{name}: the same words in other colours or places"]


def shown(svg: str) -> list[str]:
    """What a picture says, line by line."""
    rows: dict[str, str] = {}
    for y, text in _TEXT.findall(svg):
        rows[y] = f"{rows.get(y, '')}{unescape(text)}"
    return [text.replace("\xa0", " ").rstrip() for text in rows.values()]
