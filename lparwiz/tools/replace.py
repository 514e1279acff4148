"""Replacing a node's text file in one step, with the former one kept beside it."""

import re

from lparwiz.tools.command import Command
from lparwiz.tools.errors import Refused
from lparwiz.tools.shell import on_node, quote, quote_text

_UNIX, _DOS = r"%s\n", r"%s\r\n"
"""printf's format for a line; it is used again for each further word."""
_POLYNOMIAL = 0x104C11DB7
"""CRC-32's, with the bit that falls out."""
_LINE = re.compile(r"([^\n]*?)(\r?\n|\Z)")


def lines_of(text: str) -> list[tuple[str, str]]:
    """Each line with its own end, which the last one may lack."""
    return [(line, end) for line, end in _LINE.findall(text) if line or end]


def visible(text: str) -> str:
    r"""A piece of a file as it may be shown: whatever drives a terminal is written out.

    Files are read to the byte, past the transport's sanitiser. Line ends and tabs stay; the rest
    that can't be printed becomes such as `\x1b`, a byte that is no UTF-8 such as `\udce9`.
    """
    return "".join(c if c.isprintable() or c in "\n\t" else ascii(c)[1:-1] for c in text)


def beside(path: str) -> str:
    """Where the new text is written first, so that moving it over the file is one rename."""
    return f"{path}.lparwiz"


def plain_path(path: str) -> str:
    """The path, where a line carries it as it stands.

    Raises:
        Refused: it is none.
    """
    if not re.fullmatch(r"/[A-Za-z0-9._/-]+", path):
        raise Refused(path, "is no plain absolute path")
    return path


def no_link(path: str) -> str:
    """The start of a command that ends, in words, where the path is a symbolic link.

    `&&` follows: it and `||` bind alike, from the left.

    Raises:
        Refused: it is no plain path.
    """
    file = quote(plain_path(path))
    # No group around it: an assignment may stand in front, which ksh takes before a command only.
    return f"test ! -h {file} || (echo {file} is a symbolic link >&2; false)"


def still(path: str, text: str) -> str:
    """The part of a command that ends, in words, where the file is not this text any more.

    Raises:
        Refused: the path is no plain path.
    """
    file = quote(plain_path(path))
    found = f'"$(echo $(cksum < {file}))"'
    wanted = quote(checksum(text.encode("utf-8", "surrogateescape")))
    return f"(test {found} = {wanted} || (echo {file} was edited >&2; false))"


def checksum(content: bytes) -> str:
    """What `cksum` prints: CRC and length in bytes (POSIX, `cksum`: CRC-32/CKSUM)."""
    size = len(content)
    value = 0
    for byte in content + size.to_bytes((size.bit_length() + 7) // 8, "little"):
        value ^= byte << 24
        for _ in range(8):
            value = value << 1 ^ (_POLYNOMIAL if value >> 31 else 0)
    return f"{value ^ 0xFFFFFFFF} {size}"


def replace_file(path: str, former: str, new_text: str, copy_path: str) -> Command:
    r"""Replace a file that is `former` to the byte, keeping it at `copy_path`.

    Uses `test -h`, `cksum`, `test -s`, `cp -p`, `printf '%s\n'`, `>`, `mv -f`, `( )`, `$( )`, `||`
    and `&&`, all POSIX. A symbolic link is refused: the rename would make a file of its own of it.
    So is what somebody has edited since it was read, however late the command runs. The copy
    gets its name once it is whole: one that a full disk cut short never has it. A copy that is
    there already is never written over: repeated, the command would keep its own work. The new
    text goes into a second copy made by `cp -p`, so that owner and mode stay, and is moved over
    the file in one step: whoever reads it sees the old or the new, never half. A step that fails
    leaves the file as it was.

    Raises:
        Refused: the text is empty, its last line has no end, it can't be carried, or a path is no
            plain path.
    """
    lines = lines_of(new_text)
    if not new_text.strip():
        raise Refused(new_text, "an empty file is not written")
    if not lines[-1][1]:
        raise Refused(new_text, "its last line has no end")
    dos = all(end == "\r\n" for _, end in lines)
    words = [line if dos else (line + end).removesuffix("\n") for line, end in lines]
    paths = (path, copy_path, beside(copy_path), beside(path))
    file, copy, part, new = (quote(plain_path(each)) for each in paths)
    return on_node(
        f"{no_link(path)} && {still(path, former)} && "
        f"(test -s {copy} || (cp -p {file} {part} && mv -f {part} {copy})) && "
        f"cp -p {file} {new} && "
        f"printf '{_DOS if dos else _UNIX}' {' '.join(map(quote_text, words))} > {new} && "
        f"mv -f {new} {file}",
        changes=True,
    )
