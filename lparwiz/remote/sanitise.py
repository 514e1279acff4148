"""The one sanitiser: what a host prints loses whatever could drive a terminal or mislead an eye."""

import re

_ESCAPES = re.compile(
    r"""
      (?: \x1b\[ | \x9b ) [0-?]* [ -/]* [@-~]                         # CSI: colours, cursor, modes
    | (?: \x1b[]PX^_] | [\x9d\x90\x98\x9e\x9f] )                      # OSC, DCS, SOS, PM, APC ...
      [^\x07\x1b\x9c\n]* (?: \x07 | \x1b\\ | \x9c )                   # ... up to BEL or ST
    | \x1b [ -/]* [0-~]?                                              # what is left of any other
    """,
    re.VERBOSE,
)
# A string that is never terminated loses its introducer only: its text is then harmless, and
# swallowing the rest would let one byte hide a whole answer.

_LINE_ENDS = re.compile(r"\r+\n?")

_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 but tab and newline, DEL, C1
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # bidi marks, embeddings, overrides, isolates
    "\ufffe\uffff]"  # no characters: a picture that held one would be no XML
)


def sanitise(text: str) -> str:
    r"""Strip what could drive a terminal or reorder a line; ordinary text stays as it is.

    Gone are escape sequences, control characters but newline and tab, bidi controls, and what is
    no character. CRLF and a carriage return on its own (a progress display) each become a newline.
    Idempotent.
    """
    return _UNSEEN.sub("", _LINE_ENDS.sub("\n", _ESCAPES.sub("", text)))


def readable(raw: bytes | bytearray) -> str:
    """What a host printed, as text: sanitised, and what is no UTF-8 replaced."""
    return sanitise(raw.decode("utf-8", errors="replace"))
