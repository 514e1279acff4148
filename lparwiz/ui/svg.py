"""A screen's SVG made fit to be kept: nothing from the net, right in any font. Pure.

Textual's export asks for its font from a server and names classes after a checksum of the whole,
so that one changed cell would rename them all (measured).
"""

import re

FONTS = "'DejaVu Sans Mono', 'Liberation Mono', Menlo, Consolas, monospace"
"""Monospaced fonts that have the box characters; every text also tells its length."""

_FONT_FACE = re.compile(r"\s*@font-face\s*\{[^}]*\}")
_COMMENT = re.compile(r"\s*<!--.*?-->", re.DOTALL)
_FAMILY = re.compile(r"font-family:[^;}]*")
_CHECKSUM = re.compile(r"\bterminal-\d+-")


def clean(svg: str) -> str:
    """The SVG that `App.export_screenshot` made, without its fonts, comment and checksum."""
    head, style, rest = svg.partition("</style>")
    head = _COMMENT.sub("", _FONT_FACE.sub("", head))
    head = _FAMILY.sub(f"font-family: {FONTS}", head)
    head = head.replace("<svg ", '<svg xml:space="preserve" ', 1)
    return _CHECKSUM.sub("lw-", f"{head}{style}{rest}")
