"""AIX's commands for files, and those that filter text."""

import posixpath
import re
from collections.abc import Callable

from lparwiz.lab.files import File, FileProblemError
from lparwiz.lab.shell import Command, Shell, Streams


def programs() -> dict[str, Command]:
    """Commands for files, by name."""
    return {
        "cat": _cat, "cp": _cp, "mv": _mv, "rm": _rm, "ln": _ln, "cmp": _cmp, "cksum": _cksum,
        "ls": _ls,
        "mkdir": _mkdir, "rmdir": _rmdir, "chmod": _chmod, "chown": _chown, "touch": _touch,
        "tee": _tee, "basename": _basename, **filters(),
    }  # fmt: skip


def filters() -> dict[str, Command]:
    """What works behind a pipe on an HMC too (facts, hmc.md 3)."""
    return {"grep": _grep, "head": _head, "tail": _tail, "sort": _sort, "wc": _wc}


async def _contents(shell: Shell, names: list[str], io: Streams) -> list[tuple[str, bytes]]:
    if not names:
        return [("", await io.stdin.read())]
    return [
        (n, await io.stdin.read() if n == "-" else shell.files.read(shell.path(n))) for n in names
    ]


async def _cat(shell: Shell, argv: list[str], io: Streams) -> int:
    status = 0
    for name in argv[1:] or ["-"]:
        try:
            ((_, content),) = await _contents(shell, [name], io)
            io.out(content)
        except FileProblemError:
            io.complain(f"cat: 0652-050 Cannot open {name}.")
            status = 2
    return status


def _targets(shell: Shell, words: list[str]) -> tuple[list[str], str]:
    *sources, target = [shell.path(word) for word in words]
    found = shell.files.tree.get(target)
    if found is not None and found.folder:
        target = posixpath.join(target, posixpath.basename(sources[0]))
    return sources, target


def _cp(shell: Shell, argv: list[str], io: Streams) -> int:
    return _two(shell, argv, io, lambda a, b, flags: shell.files.copy(
        a, b, preserve="p" in flags, user=shell.user))  # fmt: skip


def _mv(shell: Shell, argv: list[str], io: Streams) -> int:
    return _two(shell, argv, io, lambda a, b, _: shell.files.move(a, b, user=shell.user))


def _ln(shell: Shell, argv: list[str], io: Streams) -> int:
    if "s" in flags_of(argv)[0] or "f" in flags_of(argv)[0]:
        io.complain("ln: only hard links here, and none over another file")
        return 1
    return _two(shell, argv, io, lambda a, b, _: shell.files.link(a, b, user=shell.user))


def _two(shell: Shell, argv: list[str], io: Streams, act: Callable[[str, str, str], None]) -> int:
    flags, words = flags_of(argv)
    if len(words) != 2:
        io.complain(f"Usage: {argv[0]} [-fhip] File1 File2")
        return 1
    sources, target = _targets(shell, words)
    try:
        act(sources[0], target, flags)
    except FileProblemError as problem:
        io.complain(f"{argv[0]}: {words[0]}: {problem}")
        return 1
    return 0


def flags_of(argv: list[str]) -> tuple[str, list[str]]:
    """A command's one-letter options, run together, and its other words."""
    flags = ""
    words = argv[1:]
    while words and words[0].startswith("-") and words[0] != "-":
        first, *words = words
        if first == "--":
            break
        flags += first[1:]
    return flags, words


def _rm(shell: Shell, argv: list[str], io: Streams) -> int:
    flags, words = flags_of(argv)
    status = 0
    for word in words:
        try:
            shell.files.remove(shell.path(word), user=shell.user)
        except FileProblemError as problem:
            if "f" in flags and "No such file" in str(problem):
                continue
            io.complain(f"rm: {word}: {problem}")
            status = 2
    return status


async def _cmp(shell: Shell, argv: list[str], io: Streams) -> int:
    flags, words = flags_of(argv)
    (name, one), (other, two) = await _contents(shell, words, io)
    if one == two:
        return 0
    if "s" not in flags:
        at = next((i for i, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), -1)
        if at < 0:
            io.complain(f"cmp: EOF on {name if len(one) < len(two) else other}")
        else:
            io.say(f"{name} {other} differ: char {at + 1}, line {one[:at].count(10) + 1}")
    return 1


def posix_checksum(content: bytes) -> int:
    """The CRC that `cksum` prints (POSIX: CRC-32/CKSUM over content and length)."""
    length = len(content)
    tail = bytearray()
    while length:
        tail.append(length & 0xFF)
        length >>= 8
    value = 0
    for byte in content + bytes(tail):
        value ^= byte << 24
        for _ in range(8):
            value = (value << 1) ^ (0x04C11DB7 if value & 0x80000000 else 0)
        value &= 0xFFFFFFFF
    return value ^ 0xFFFFFFFF


async def _cksum(shell: Shell, argv: list[str], io: Streams) -> int:
    for name, content in await _contents(shell, argv[1:], io):
        io.say(f"{posix_checksum(content)} {len(content)} {name}".rstrip())
    return 0


def _mode(file: File) -> str:
    letters = "rwxrwxrwx"
    bits = "".join(
        letter if file.mode & (1 << (8 - i)) else "-" for i, letter in enumerate(letters)
    )
    return ("d" if file.folder else "-") + bits


def _ls(shell: Shell, argv: list[str], io: Streams) -> int:
    flags, words = flags_of(argv)
    status = 0
    for word in words or ["."]:
        path = shell.path(word)
        found = shell.files.tree.get(path)
        if found is None:
            io.complain(f"ls: 0653-341 The file {word} does not exist.")
            status = 2
            continue
        names = [word]
        if found.folder and "d" not in flags:
            names = [posixpath.join(word, name) for name in shell.files.children(path)]
        for name in names:
            file = shell.files.get(shell.path(name))
            shown = posixpath.basename(name) if len(names) > 1 or found.folder else name
            if "i" in flags:
                shown = f"{file.inode:>6} {shown}"
            if "l" in flags:
                seconds = int(file.mtime)
                io.say(
                    f"{_mode(file)}    1 {file.owner:<8} {file.group:<8} "
                    f"{len(file.content):>10} Nov 22 {2 + seconds // 3600 % 22:02}:"
                    f"{seconds // 60 % 60:02} {shown}"
                )
            else:
                io.say(shown)
    return status


def _mkdir(shell: Shell, argv: list[str], io: Streams) -> int:
    flags, words = flags_of(argv)
    for word in words:
        try:
            shell.files.make_folder(shell.path(word), user=shell.user)
        except FileProblemError as problem:
            if "p" in flags and "exists" in str(problem):
                continue
            io.complain(f"mkdir: 0653-358 Cannot create {word}.")
            io.complain(f"{word}: {problem}")
            return 2
    return 0


def _rmdir(shell: Shell, argv: list[str], io: Streams) -> int:
    del io
    for word in argv[1:]:
        shell.files.remove(shell.path(word), user=shell.user)
    return 0


def _chmod(shell: Shell, argv: list[str], io: Streams) -> int:
    if len(argv) < 3 or not re.fullmatch(r"[0-7]{3,4}", argv[1]):
        io.complain("Usage: chmod [-R] [-f] Mode File ...")
        return 1
    for word in argv[2:]:
        shell.files.get(shell.path(word)).mode = int(argv[1], 8)
    return 0


def _chown(shell: Shell, argv: list[str], io: Streams) -> int:
    del io
    owner, _, group = argv[1].replace(".", ":").partition(":")
    for word in argv[2:]:
        file = shell.files.get(shell.path(word))
        file.owner, file.group = owner, group or file.group
    return 0


def _touch(shell: Shell, argv: list[str], io: Streams) -> int:
    del io
    for word in argv[1:]:
        shell.files.write(shell.path(word), b"", append=True, user=shell.user)
    return 0


async def _tee(shell: Shell, argv: list[str], io: Streams) -> int:
    flags, words = flags_of(argv)
    content = await io.stdin.read()
    for word in words:
        shell.files.write(shell.path(word), content, append="a" in flags, user=shell.user)
    io.out(content)
    return 0


async def _grep(shell: Shell, argv: list[str], io: Streams) -> int:
    flags, words = flags_of(argv)
    pattern, names = words[0], words[1:]
    pattern = re.escape(pattern) if "F" in flags else pattern.replace("\\(", "(")
    wanted = re.compile(pattern, re.IGNORECASE if "i" in flags else 0)
    try:
        contents = await _contents(shell, names, io)
    except FileProblemError as problem:
        if "s" not in flags:
            io.complain(f"grep: {problem}")
        return 2
    lines = [
        line
        for _, content in contents
        for line in content.decode(errors="replace").splitlines()
        if bool(wanted.search(line)) != ("v" in flags)
    ]
    if "c" in flags:
        io.say(str(len(lines)))
    elif "q" not in flags:
        for line in lines:
            io.say(line)
    return 0 if lines else 1


async def _lines(shell: Shell, argv: list[str], io: Streams) -> tuple[int, list[bytes]]:
    words = argv[1:]
    count = 10
    if words and re.fullmatch(r"-\d+", words[0]):
        count, words = int(words[0][1:]), words[1:]
    elif words[:1] == ["-n"]:
        count, words = int(words[1]), words[2:]
    contents = await _contents(shell, words, io)
    return count, b"".join(content for _, content in contents).splitlines(keepends=True)


async def _head(shell: Shell, argv: list[str], io: Streams) -> int:
    count, lines = await _lines(shell, argv, io)
    io.out(b"".join(lines[:count]))
    return 0


async def _tail(shell: Shell, argv: list[str], io: Streams) -> int:
    if argv[1:2] == ["-c"] and re.fullmatch(r"\+\d+", argv[2]):  # from that byte on
        for _, content in await _contents(shell, argv[3:], io):
            io.out(content[max(int(argv[2]) - 1, 0) :])
        return 0
    count, lines = await _lines(shell, argv, io)
    io.out(b"".join(lines[-count:]))
    return 0


async def _wc(shell: Shell, argv: list[str], io: Streams) -> int:
    flags, words = flags_of(argv)
    for name, content in await _contents(shell, words, io):
        counts = {"l": content.count(b"\n"), "w": len(content.split()), "c": len(content)}
        shown = "".join(f"{counts[f]:>8}" for f in "lwc" if not flags or f in flags)
        io.say(f"{shown} {name}".rstrip())
    return 0


async def _sort(shell: Shell, argv: list[str], io: Streams) -> int:
    flags, words = flags_of(argv)
    lines = [
        line for _, content in await _contents(shell, words, io) for line in content.splitlines()
    ]
    for line in sorted(set(lines) if "u" in flags else lines):
        io.out(line + b"\n")
    return 0


def _basename(shell: Shell, argv: list[str], io: Streams) -> int:
    del shell
    io.say(posixpath.basename(argv[1]))
    return 0
