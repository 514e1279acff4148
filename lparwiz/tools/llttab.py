"""LLT's own files: /etc/llttab and /etc/llthosts, read, edited and written back.

Timer values are centiseconds (facts, vcs.md 1.2). A node's llttab is never sent to another one:
it names the node itself (facts, vcs.md 1.5).
"""

import re
from enum import StrEnum

from lparwiz.tools.command import Command
from lparwiz.tools.errors import Refused, Unreadable
from lparwiz.tools.replace import beside, lines_of, no_link, plain_path, replace_file, still
from lparwiz.tools.shell import on_node, quote

LLTTAB = "/etc/llttab"
LLTHOSTS = "/etc/llthosts"
_NEW = beside(LLTTAB)

_PEERINACT = re.compile(r"[ \t]*set-timer[ \t]+peerinact:([0-9]{1,18})[ \t]*(?:#[^\n]*)?")
_ODD_PEERINACT = re.compile(r"[ \t]*set-timer\b[^#\n]*\bpeerinact\b")
"""The same in a form that no source tells of, such as beside another timer."""
_START = re.compile(r"[ \t]*start[ \t]*(?:#[^\n]*)?")
_LINK = re.compile(
    r"[ \t]*link(?:-lowpri)?[ \t]+(\S+)[ \t]+[a-z]+[0-9]*-([0-9a-f]{1,2}(?::[0-9a-f]{1,2}){5})"
    r"(?:[ \t].*)?",
    re.IGNORECASE,
)
_HOST = re.compile(r"[ \t]*([0-9]{1,4})[ \t]+([^\s#]+)[ \t]*(?:#.*)?")


def read_llttab() -> Command:
    """Print /etc/llttab."""
    return on_node(f"cat {LLTTAB}")


class FileKind(StrEnum):
    """What stands at /etc/llttab."""

    FILE = "file"
    LINK = "link"
    """A symbolic link, wherever it leads."""
    OTHER = "other"
    MISSING = "missing"


def look_at_llttab() -> Command:
    """Print what stands at /etc/llttab, in words of our own: cat's are in the host's language.

    Uses `[ -h ]`, `[ -f ]`, `[ -e ]` and `echo`, all POSIX.
    """
    return Command(
        f"if [ -h {LLTTAB} ]; then echo {FileKind.LINK}; elif [ -f {LLTTAB} ]; "
        f"then echo {FileKind.FILE}; elif [ -e {LLTTAB} ]; then echo {FileKind.OTHER}; "
        f"else echo {FileKind.MISSING}; fi"
    )


def parse_file_kind(text: str) -> FileKind:
    """What `look_at_llttab` printed.

    Raises:
        Unreadable: none of its words.
    """
    try:
        return FileKind(text.strip())
    except ValueError as error:
        raise Unreadable(f"what stands at {LLTTAB}", text) from error


def llttab_peerinact(text: str) -> int | None:
    """The peerinact that the file sets, in centiseconds; None: it leaves LLT's own default.

    Which of two lines wins is unknown [NF]; the last one is taken.
    """
    found = [match[1] for line, _ in lines_of(text) if (match := _PEERINACT.fullmatch(line))]
    return int(found[-1]) if found else None


def llttab_with_peerinact(text: str, centiseconds: int) -> str:
    """The same file with peerinact set to `centiseconds`, all else kept to the byte.

    A line that sets it is replaced where it stands, every one where there are several; otherwise
    one is added, before a `start`, which must stay last (facts, vcs.md 1.5). A last line without
    an end gets one, or two directives would fuse; a comment on a replaced line goes.

    Raises:
        Refused: a negative or absurd value; a line that sets peerinact in a form of its own: of it
            and another one nobody knows which wins [NF].
    """
    if not 0 <= centiseconds < 2**31:
        raise Refused(str(centiseconds), "no value for a timer in llttab")
    for line, _ in lines_of(text):
        if _ODD_PEERINACT.match(line) and not _PEERINACT.fullmatch(line):
            raise Refused(line, f"is not of the form `set-timer peerinact:{centiseconds}`")
    setting = f"set-timer peerinact:{centiseconds}"
    eol = "\r\n" if "\r\n" in text else "\n"
    lines = [(line, end or eol) for line, end in lines_of(text)]
    if llttab_peerinact(text) is not None:
        lines = [(setting if _PEERINACT.fullmatch(line) else line, end) for line, end in lines]
    else:
        starts = [index for index, (line, _) in enumerate(lines) if _START.fullmatch(line)]
        lines.insert(starts[-1] if starts else len(lines), (setting, eol))
    return "".join(line + end for line, end in lines)


def write_llttab(former: str, new_text: str, copy_path: str) -> Command:
    """Replace /etc/llttab while it is `former`, keeping that at `copy_path`.

    Raises:
        Refused: as `replace_file`; the copy's path is one of LLT's own.
    """
    if not new_text.strip():
        raise Refused(new_text, "an empty llttab would keep LLT from starting")
    return replace_file(LLTTAB, former, new_text, _plain_path(copy_path))


def restore_llttab(copy_path: str, written: str) -> Command:
    """Put the kept copy back while /etc/llttab is what was `written`, in one step; the copy stays.

    Uses `test -h`, `cksum`, `cp -p`, `mv -f`, `||` and `&&`. A symbolic link is refused, as when
    written; and so is somebody's edit, however late the command runs, and whoever runs it.

    Raises:
        Refused: the copy's path is no plain path.
    """
    copy = quote(_plain_path(copy_path))
    return on_node(
        f"{no_link(LLTTAB)} && {still(LLTTAB, written)} && "
        f"cp -p {copy} {_NEW} && mv -f {_NEW} {LLTTAB}",
        changes=True,
    )


def read_llttab_copy(copy_path: str) -> Command:
    """Print the kept copy; nothing where there is none. Uses `test -s`, `!`, `cat` and `||`.

    Raises:
        Refused: the copy's path is no plain path.
    """
    copy = quote(_plain_path(copy_path))
    return on_node(f"test ! -s {copy} || cat {copy}")


def _plain_path(path: str) -> str:
    if path in (LLTTAB, LLTHOSTS, _NEW):
        raise Refused(path, "is no path for a copy")
    return plain_path(path)


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


def llttab_macs(text: str) -> dict[str, str]:
    """The addresses by which the file names its links, lower case, by the link's tag.

    A device may be named by its address, as in `link en2 en-00:15:17:48:b5:80 - ether - -`
    (facts, vcs.md 1.5); one that isn't is left out.
    """
    found = (_LINK.fullmatch(line) for line, _ in lines_of(text))
    return {match[1]: match[2].lower() for match in found if match}


def same_mac(one: str, other: str) -> bool:
    """Whether two addresses are the same, however their bytes are written."""
    return [byte.lower().zfill(2) for byte in one.split(":")] == [
        byte.lower().zfill(2) for byte in other.split(":")
    ]
