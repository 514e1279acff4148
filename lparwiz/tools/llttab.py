"""LLT's own files: /etc/llttab and /etc/llthosts, read, edited and written back.

Timer values are centiseconds (facts, vcs.md 1.2). A node's llttab is never sent to another one:
it names the node itself (facts, vcs.md 1.5).
"""

import re

from lparwiz.tools.command import Command
from lparwiz.tools.errors import Refused, Unreadable
from lparwiz.tools.shell import on_node, quote, quote_text

LLTTAB = "/etc/llttab"
LLTHOSTS = "/etc/llthosts"
_NEW = LLTTAB + ".lparwiz"
"""Written beside the file, so that moving it over the file is one rename."""

_UNIX, _DOS = r"%s\n", r"%s\r\n"
"""printf's format for a line; it is used again for each further word."""

_PEERINACT = re.compile(r"[ \t]*set-timer[ \t]+peerinact:([0-9]{1,18})[ \t]*(?:#[^\n]*)?")
_START = re.compile(r"[ \t]*start[ \t]*(?:#[^\n]*)?")
_LINE = re.compile(r"([^\n]*?)(\r?\n|\Z)")
_HOST = re.compile(r"[ \t]*([0-9]{1,4})[ \t]+([^\s#]+)[ \t]*(?:#.*)?")


def read_llttab() -> Command:
    """Print /etc/llttab."""
    return on_node(f"cat {LLTTAB}")


def llttab_peerinact(text: str) -> int | None:
    """The peerinact that the file sets, in centiseconds; None: it leaves LLT's own default.

    Which of two lines wins is unknown [NF]; the last one is taken.
    """
    found = [match[1] for line, _ in _lines(text) if (match := _PEERINACT.fullmatch(line))]
    return int(found[-1]) if found else None


def llttab_with_peerinact(text: str, centiseconds: int) -> str:
    """The same file with peerinact set to `centiseconds`, all else kept to the byte.

    A line that sets it is replaced where it stands, every one where there are several; otherwise
    one is added, before a `start`, which must stay last (facts, vcs.md 1.5). A last line without
    an end gets one, or two directives would fuse; a comment on a replaced line goes.

    Raises:
        Refused: a negative or absurd value.
    """
    if not 0 <= centiseconds < 2**31:
        raise Refused(str(centiseconds), "no value for a timer in llttab")
    setting = f"set-timer peerinact:{centiseconds}"
    eol = "\r\n" if "\r\n" in text else "\n"
    lines = [(line, end or eol) for line, end in _lines(text)]
    if llttab_peerinact(text) is not None:
        lines = [(setting if _PEERINACT.fullmatch(line) else line, end) for line, end in lines]
    else:
        starts = [index for index, (line, _) in enumerate(lines) if _START.fullmatch(line)]
        lines.insert(starts[-1] if starts else len(lines), (setting, eol))
    return "".join(line + end for line, end in lines)


def _lines(text: str) -> list[tuple[str, str]]:
    """Each line with its own end, which the last one may lack."""
    return [(line, end) for line, end in _LINE.findall(text) if line or end]


def write_llttab(new_text: str, copy_path: str) -> Command:
    r"""Replace /etc/llttab, keeping the former one at `copy_path`.

    Uses `test -f`, `cp -p`, `printf '%s\n'`, `>`, `mv -f`, `||` and `&&`, all POSIX. A copy that
    is there already is never written over: repeated, the command would keep its own work. The
    new text goes into a second copy made by `cp -p`, so that owner and mode stay, and is moved
    over the file in one step: whoever reads it sees the old or the new, never half. A step that
    fails leaves the file as it was.

    Raises:
        Refused: the text is empty, its last line has no end, it can't be carried, or the copy's
            path is no plain path.
    """
    lines = _lines(new_text)
    if not new_text.strip():
        raise Refused(new_text, "an empty llttab would keep LLT from starting")
    if not lines[-1][1]:
        raise Refused(new_text, "its last line has no end")
    dos = all(end == "\r\n" for _, end in lines)
    words = [line if dos else (line + end).removesuffix("\n") for line, end in lines]
    copy = quote(_plain_path(copy_path))
    return on_node(
        f"test -f {copy} || cp -p {LLTTAB} {copy} && cp -p {LLTTAB} {_NEW} && "
        f"printf '{_DOS if dos else _UNIX}' {' '.join(map(quote_text, words))} > {_NEW} && "
        f"mv -f {_NEW} {LLTTAB}",
        changes=True,
    )


def restore_llttab(copy_path: str) -> Command:
    """Put the kept copy back, in one step; the copy stays. Uses `cp -p`, `mv -f` and `&&`.

    Raises:
        Refused: the copy's path is no plain path.
    """
    copy = quote(_plain_path(copy_path))
    return on_node(f"cp -p {copy} {_NEW} && mv -f {_NEW} {LLTTAB}", changes=True)


def remove_llttab_copy(copy_path: str) -> Command:
    """Remove the kept copy. Uses `rm -f`.

    Raises:
        Refused: the copy's path is no plain path.
    """
    return on_node(f"rm -f {quote(_plain_path(copy_path))}", changes=True)


def _plain_path(path: str) -> str:
    if not re.fullmatch(r"/[A-Za-z0-9._/-]+", path) or path in (LLTTAB, LLTHOSTS, _NEW):
        raise Refused(path, "is no plain absolute path for a copy")
    return path


def read_llthosts() -> Command:
    """Print /etc/llthosts."""
    return on_node(f"cat {LLTHOSTS}")


def parse_llthosts(text: str) -> dict[int, str]:
    """LLT's node names by id. The file is the same on every node (facts, vcs.md 1.5).

    Raises:
        Unreadable: there is no node in it, a line is none, or an id stands twice.
    """
    names: dict[int, str] = {}
    for line in text.splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        found = _HOST.fullmatch(line)
        if not found or int(found[1]) in names:
            raise Unreadable("a list of LLT nodes", line)
        names[int(found[1])] = found[2]
    if not names:
        raise Unreadable("a list of LLT nodes", text)
    return names
