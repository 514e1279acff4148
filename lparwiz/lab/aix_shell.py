"""What a node's shell knows itself, without any PATH."""

import posixpath
import re

from lparwiz.lab.shell import Command, ExitError, Shell, Streams


def builtins() -> dict[str, Command]:
    """The shell's own commands, by name."""
    return {
        "echo": _echo, "printf": _printf, "true": _true, ":": _true, "false": _false,
        "test": _test, "[": _test, "exit": _exit, "export": _export, "cd": _cd, "pwd": _pwd,
        "umask": _true, "trap": _true, "set": _true, "wait": _true, "unset": _unset,
        "command": _command, "whence": _whence, "type": _whence, "exec": _exec, "read": _read,
    }  # fmt: skip


def _true(shell: Shell, argv: list[str], io: Streams) -> int:
    del shell, argv, io
    return 0


def _false(shell: Shell, argv: list[str], io: Streams) -> int:
    del shell, argv, io
    return 1


def _echo(shell: Shell, argv: list[str], io: Streams) -> int:
    del shell
    text = " ".join(argv[1:])
    if text.endswith("\\c"):
        io.out(text[:-2].encode())
    else:
        io.say(text)
    return 0


ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", "a": "\a", "b": "\b", "f": "\f"}


def _unescape(text: str) -> str:
    return re.sub(
        r"\\(0?[0-7]{3}|.)",
        lambda m: chr(int(m[1], 8)) if m[1][0].isdigit() else ESCAPES.get(m[1], m[0]),
        text,
    )


def _fill(found: re.Match[str], value: str) -> str:
    """One conversion of printf with its value."""
    if found[2] == "b":
        return _unescape(value)
    return f"%{found[1]}{found[2]}" % (int(value or 0) if found[2] == "d" else value)


def _printf(shell: Shell, argv: list[str], io: Streams) -> int:
    del shell
    pieces = re.split(r"(%%|%-?\d*[sdb])", argv[1])
    values = argv[2:]
    while True:
        out = ""
        for piece in pieces:
            if piece == "%%":
                out += "%"
            elif found := re.fullmatch(r"%(-?\d*)([sdb])", piece):
                out += _fill(found, values.pop(0) if values else "")
            else:
                out += _unescape(piece)
        io.out(out.encode())
        if not values or len(pieces) == 1:
            return 0


def _test(shell: Shell, argv: list[str], io: Streams) -> int:
    args = argv[1:]
    if argv[0] == "[":
        if not args or args[-1] != "]":
            io.complain(f"{shell.name}: test: ] missing")
            return 2
        args = args[:-1]
    return 0 if _holds(shell, args) else 1


def _holds(shell: Shell, args: list[str]) -> bool:  # noqa: C901 -- one arm a form of test
    if "-o" in args:
        at = args.index("-o")
        return _holds(shell, args[:at]) or _holds(shell, args[at + 1 :])
    if "-a" in args:
        at = args.index("-a")
        return _holds(shell, args[:at]) and _holds(shell, args[at + 1 :])
    match args:
        case ["!", *rest]:
            return not _holds(shell, rest)
        case [value]:
            return bool(value)
        case ["-n", value]:
            return bool(value)
        case ["-z", value]:
            return not value
        case [("-f" | "-e" | "-d" | "-r" | "-w" | "-s" | "-x" | "-h" | "-L") as what, name]:
            return _is(shell, what, name)
        case [left, ("=" | "=="), right]:
            return left == right
        case [left, "!=", right]:
            return left != right
        case [left, ("-eq" | "-ne" | "-lt" | "-le" | "-gt" | "-ge") as what, right]:
            a, b = int(left or 0), int(right or 0)
            return {"-eq": a == b, "-ne": a != b, "-lt": a < b, "-le": a <= b, "-gt": a > b,
                    "-ge": a >= b}[what]  # fmt: skip
    return False


def _is(shell: Shell, what: str, name: str) -> bool:
    found = shell.files.tree.get(shell.path(name))
    if found is None:
        return what == "-x" and shell.path(name) in shell.commands
    return {
        "-f": not found.folder,
        "-d": found.folder,
        "-s": bool(found.content),
        "-w": not shell.files.read_only,
        "-h": found.linked,
        "-L": found.linked,
    }.get(what, True)


def _exit(shell: Shell, argv: list[str], io: Streams) -> int:
    del io
    raise ExitError(int(argv[1]) if len(argv) > 1 else shell.status)


def _export(shell: Shell, argv: list[str], io: Streams) -> int:
    del io
    for word in argv[1:]:
        name, sign, value = word.partition("=")
        if sign:
            shell.variables[name] = value
    return 0


def _unset(shell: Shell, argv: list[str], io: Streams) -> int:
    del io
    for name in argv[1:]:
        shell.variables.pop(name, None)
    return 0


def _cd(shell: Shell, argv: list[str], io: Streams) -> int:
    target = shell.path(argv[1] if len(argv) > 1 else "/")
    found = shell.files.tree.get(target)
    if found is None or not found.folder:
        io.complain(f"{shell.name}: {argv[1]}:  not found.")
        return 1
    shell.folder = target
    return 0


def _pwd(shell: Shell, argv: list[str], io: Streams) -> int:
    del argv
    io.say(shell.folder)
    return 0


async def _command(shell: Shell, argv: list[str], io: Streams) -> int:
    if argv[1:2] == ["-v"]:
        return _whence(shell, argv[1:], io)
    return await shell.call(argv[1:], io)


def _whence(shell: Shell, argv: list[str], io: Streams) -> int:
    name = argv[-1]
    if name in shell.builtins:
        io.say(name)
        return 0
    for folder in shell.variables.get("PATH", "").split(":"):
        if (path := posixpath.join(folder, name)) in shell.commands:
            io.say(path)
            return 0
    return 1


async def _exec(shell: Shell, argv: list[str], io: Streams) -> int:
    if argv[1:]:
        raise ExitError(await shell.call(argv[1:], io))
    return 0


async def _read(shell: Shell, argv: list[str], io: Streams) -> int:
    line = await io.stdin.readline()
    names = [name for name in argv[1:] if not name.startswith("-")] or ["REPLY"]
    values = line.decode(errors="replace").strip().split(None, len(names) - 1)
    for name, value in zip(names, [*values, *[""] * len(names)], strict=False):
        shell.variables[name] = value
    return 0 if line else 1
