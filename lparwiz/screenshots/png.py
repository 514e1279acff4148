"""PNG of the pictures, for where SVG can't be shown: drawn by resvg, offline.

resvg silently draws no text at all where it doesn't find the font that is named, takes a font per
line where one lacks a glyph, and knows nothing of a text's own length (measured): so it gets
exactly one font, which has every glyph, at the size at which its letters are as wide as a cell.
"""

import re
from pathlib import Path

from lparwiz.errors import Trouble
from lparwiz.ui.svg import CELL, in_font

FAMILY = "DejaVu Sans Mono"
"""Debian's fonts-dejavu-core."""
FOLDERS = (
    Path("/usr/share/fonts/truetype/dejavu"),
    Path("/usr/share/fonts/dejavu-sans-mono-fonts"),
    Path("/usr/share/fonts/TTF"),
)
"""Where Debian, Fedora and Arch keep it."""
FILES = ("DejaVuSansMono.ttf", "DejaVuSansMono-Bold.ttf")
GLYPHS = frozenset(map(chr, (*range(0x20, 0x7F), *range(0xA0, 0x180), *range(0x2500, 0x25A0))))
"""What it has for certain, by its own table: Latin, box drawing, blocks."""
ADVANCE = 1233 / 2048
"""Width of the font's letters, in ems, by its own table."""

_SIZE = re.compile(r"font-size: 20px")


def png(svg: str) -> bytes:
    """A picture as PNG.

    Raises:
        Trouble: resvg_py or the font is missing.
    """
    try:
        from resvg_py import svg_to_bytes  # noqa: PLC0415 - an extra
    except ImportError:
        raise Trouble(
            "PNG needs resvg_py.",
            "It is not installed.",
            "pip install 'lparwiz[png]', or leave --png out.",
        ) from None
    files = [str(file) for file in font()]
    return bytes(svg_to_bytes(svg_string=for_resvg(svg), skip_system_fonts=True, font_files=files))


def for_resvg(svg: str) -> str:
    """The picture with one font, at the size at which it fills its cells."""
    return _SIZE.sub(f"font-size: {CELL / ADVANCE:.3f}px", in_font(svg, FAMILY))


def font() -> tuple[Path, ...]:
    """The font's files.

    Raises:
        Trouble: it isn't on this machine.
    """
    for folder in FOLDERS:
        files = tuple(folder / name for name in FILES)
        if all(file.is_file() for file in files):
            return files
    raise Trouble(
        f"PNG needs the font {FAMILY}.",
        ", ".join(str(folder / FILES[0]) for folder in FOLDERS),
        "On Debian: apt-get install fonts-dejavu-core",
    )
