"""AIX itself: processes, users, the machine and its error log."""

from typing import TYPE_CHECKING

from lparwiz.lab import aix_files, aix_shell, aix_streams
from lparwiz.lab.aix_files import flags_of
from lparwiz.lab.models import ErrorEntry, Node
from lparwiz.lab.shell import Command, Input, Shell, Streams

if TYPE_CHECKING:
    from lparwiz.lab.site import Site


def programs(site: "Site", node: Node) -> dict[str, Command]:
    """AIX's programs on a node, by absolute path."""
    machine = _Machine(site, node)
    own = aix_shell.builtins()
    plain: dict[str, Command] = {
        **{name: own[name] for name in ("echo", "printf", "test", "[", "true", "false", "pwd")},
        **aix_files.programs(),
        "env": _env, "sh": _sh, "sudo": machine.sudo, "id": _id, "whoami": _whoami,
        "sleep": machine.sleep, "hostname": machine.hostname, "uname": machine.uname,
        "oslevel": machine.oslevel, "errpt": machine.errpt, "date": machine.date,
        "lparstat": machine.lparstat, "sync": own["true"],
    }  # fmt: skip
    found = {f"/usr/bin/{name}": command for name, command in plain.items()}
    found["/bin/sh"] = found["/usr/bin/sh"]
    return found | aix_streams.programs(site, node, _sh)


async def _env(shell: Shell, argv: list[str], io: Streams) -> int:
    inner = shell.child()
    words = argv[1:]
    while words and "=" in words[0]:
        name, _, value = words.pop(0).partition("=")
        inner.variables[name] = value
    if words:
        return await inner.call(words, io)
    for name, value in inner.variables.items():
        io.say(f"{name}={value}")
    return 0


async def _sh(shell: Shell, argv: list[str], io: Streams) -> int:
    inner = shell.child()
    words = [word for word in argv[1:] if word not in ("-s", "-e", "-u", "-")]
    if words[:1] == ["-c"] and len(words) > 1:
        inner.arguments = words[2:]
        return await inner.run(words[1], io)
    if words:
        script = shell.files.read(shell.path(words[0])).decode()
        inner.arguments = words
        return await inner.run(script, io)
    return await _read_lines(inner, io)


async def _read_lines(shell: Shell, io: Streams) -> int:
    """Run line after line from standard input, as a shell without arguments does."""
    while True:
        line = await io.stdin.readline()
        if not line:
            return shell.status
        text = line.decode(errors="replace").strip()
        if text == "exit":
            return shell.status
        shell.status = await shell.run(text, Streams(Input(), io.out, io.err)) if text else 0


def _id(shell: Shell, argv: list[str], io: Streams) -> int:
    flags, _ = flags_of(argv)
    number = 0 if shell.user == "root" else 204
    if "u" in flags:
        io.say(shell.user if "n" in flags else str(number))
    else:
        io.say(f"uid={number}({shell.user}) gid={number}(system)")
    return 0


def _whoami(shell: Shell, argv: list[str], io: Streams) -> int:
    del argv
    io.say(shell.user)
    return 0


class _Machine:
    """Commands that speak of the machine that they run on."""

    def __init__(self, site: "Site", node: Node) -> None:
        self.site = site
        self.node = node

    async def sudo(self, shell: Shell, argv: list[str], io: Streams) -> int:
        words = argv[1:]
        while words and words[0] in ("-n", "-H", "--"):
            words = words[1:]
        if not self.node.sudo and shell.user != "root":
            io.complain("sudo: a password is required")
            return 1
        if not words or words[0].startswith("-"):
            io.complain("usage: sudo -h | -K | -k | -V")
            return 1
        inner = shell.child("root")
        program = inner.program(words[0])
        if program is None:
            io.complain(f"sudo: {words[0]}: command not found")
            return 1
        return await inner.start(program, words, io)

    async def sleep(self, shell: Shell, argv: list[str], io: Streams) -> int:
        if len(argv) != 2 or not argv[1].isdigit():
            io.complain("Usage: sleep Seconds")
            return 2
        await self.site.clock.sleep(int(argv[1]))
        await shell.pause()
        return 0

    def hostname(self, shell: Shell, argv: list[str], io: Streams) -> int:
        del shell
        io.say(self.node.hostname.partition(".")[0] if "-s" in argv else self.node.hostname)
        return 0

    def uname(self, shell: Shell, argv: list[str], io: Streams) -> int:
        del shell
        flags, _ = flags_of(argv)
        short = self.node.hostname.partition(".")[0]
        known = {"s": "AIX", "n": short, "v": "7", "r": "2", "m": "00F6AAAA4C00", "p": "powerpc"}
        shown = "snrvm" if "a" in flags else (flags or "s")
        order = [known[f] for f in "snrvmp" if f in shown]
        if "a" in flags:
            order = ["AIX", short, "2", "7", known["m"]]
        io.say(" ".join(order))
        return 0

    def oslevel(self, shell: Shell, argv: list[str], io: Streams) -> int:
        del shell
        io.say("7200-05-03-2148" if "-s" in argv else "7.2.0.0")
        return 0

    def date(self, shell: Shell, argv: list[str], io: Streams) -> int:
        del shell
        seconds = self.site.date(self.site.clock.now() + self.node.clock_offset)
        wanted = (
            argv[1][1:] if argv[1:2] and argv[1].startswith("+") else "%a %b %e %H:%M:%S UTC %Y"
        )
        io.say(seconds.strftime(wanted))
        return 0

    def lparstat(self, shell: Shell, argv: list[str], io: Streams) -> int:
        del shell
        if argv[1:] != ["-i"]:
            io.complain("Usage: lparstat [ -i ]")
            return 1
        found = self.site.partition_of(self.node)
        name, number = (found.name, found.lpar_id) if found else (self.node.label, "1")
        for label, value in (
            ("Node Name", self.node.hostname.partition(".")[0]),
            ("Partition Name", name),
            ("Partition Number", number),
            ("Type", "Shared-SMT-4"),
            ("Mode", "Uncapped"),
            ("Entitled Capacity", "2.00"),
            ("Online Virtual CPUs", "4"),
            ("Online Memory", "32768 MB"),
        ):
            io.say(f"{label:<43}: {value}")
        return 0

    def errpt(self, shell: Shell, argv: list[str], io: Streams) -> int:
        del shell
        wanted: list[str] = []
        words = argv[1:]
        if "-J" in words:
            wanted = words[words.index("-J") + 1].split(",")
        entries = [e for e in reversed(self.node.errors) if not wanted or e.label in wanted]
        if "-a" in words:
            for entry in entries:
                self._in_full(entry, io)
        elif entries:
            io.say("IDENTIFIER TIMESTAMP  T C RESOURCE_NAME  DESCRIPTION")
            for entry in entries:
                stamp = self.site.date(entry.at).strftime("%m%d%H%M%y")
                io.say(f"{entry.identifier}   {stamp} I S pmig           {entry.text}")
        return 0

    def _in_full(self, entry: ErrorEntry, io: Streams) -> None:
        """An entry as `errpt -a` prints it."""
        when = self.site.date(entry.at).strftime("%a %b %e %H:%M:%S UTC %Y")
        io.say("-" * 75)
        io.say(f"LABEL:          {entry.label}")
        io.say(f"IDENTIFIER:     {entry.identifier}")
        io.say("")
        io.say(f"Date/Time:       {when}")
        io.say(f"Sequence Number: {100 + self.node.errors.index(entry)}")
        io.say(f"Node Id:         {self.node.hostname.partition('.')[0]}")
        io.say("Class:           S")
        io.say("Type:            INFO")
        io.say("Resource Name:   pmig")
        io.say("")
        io.say(f"Description\n{entry.text}")
        io.say("")
