"""A small POSIX shell: what a node's ksh and an HMC's restricted bash have in common.

It parses a line as those would and looks commands up in a PATH, so that quoting and PATH mistakes
of whoever calls are found here and not on a real host. Not there: here documents, `case`,
functions, arithmetic, background jobs.
"""

import fnmatch
import posixpath
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace

from lparwiz.lab.files import FileProblemError, Files
from lparwiz.lab.syntax import (
    AndOr,
    For,
    Group,
    If,
    Loop,
    Node,
    Pipeline,
    Redirect,
    Sequence,
    Simple,
    parse,
)
from lparwiz.lab.tokens import Part, SyntaxProblemError, Word

Sink = Callable[[bytes], None]


class Input:
    """What stands on a command's standard input, all of it at once or as it comes.

    Args:
        content: What is there already.
        more: Gives further bytes, empty at the end; None: there is no more.
    """

    def __init__(
        self, content: bytes = b"", more: Callable[[], Awaitable[bytes]] | None = None
    ) -> None:
        self._content = content
        self._more = more

    async def read(self) -> bytes:
        """Everything up to the end."""
        while self._more is not None and (chunk := await self._more()):
            self._content += chunk
        content, self._content = self._content, b""
        return content

    async def readline(self) -> bytes:
        """One line with its end; empty at the end of the input."""
        while b"\n" not in self._content and self._more is not None:
            chunk = await self._more()
            if not chunk:
                self._more = None
            self._content += chunk
        line, sign, self._content = self._content.partition(b"\n")
        return line + sign


@dataclass(frozen=True)
class Streams:
    """A command's three channels."""

    stdin: Input
    out: Sink
    err: Sink

    def say(self, text: str) -> None:
        """Print a line."""
        self.out(text.encode() + b"\n")

    def complain(self, text: str) -> None:
        """Print a line on the error channel."""
        self.err(text.encode() + b"\n")


Command = Callable[["Shell", list[str], Streams], int | Awaitable[int]]


class ExitError(Exception):
    """`exit`: leaves the shell with its status."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


@dataclass
class Shell:
    """One shell process.

    Args:
        commands: Programs by absolute path.
        builtins: Commands that need no PATH.
        files: The file system.
        user: Who runs it.
        variables: The environment.
        name: What error texts begin with: `ksh` or `/bin/bash`.
        restricted: Whether redirection to files and commands with a `/` are refused.
        pause: Awaited before each command: where a frozen machine stands still.
    """

    commands: dict[str, Command]
    builtins: dict[str, Command]
    files: Files
    user: str
    variables: dict[str, str]
    pause: Callable[[], Awaitable[None]]
    name: str = "ksh"
    restricted: bool = False
    folder: str = "/"
    status: int = 0
    arguments: list[str] = field(default_factory=list)

    async def run(self, line: str, streams: Streams) -> int:
        """Run a line and return its exit status."""
        try:
            program = parse(line)
        except SyntaxProblemError as problem:
            streams.complain(f"{self.name}: {problem}")
            return 2
        try:
            return await self._run(program, streams)
        except ExitError as leave:
            return leave.status

    def child(self, user: str | None = None) -> "Shell":
        """A shell that starts with this one's environment and changes nothing in it."""
        return replace(self, user=user or self.user, variables=dict(self.variables), status=0)

    def path(self, name: str) -> str:
        """A file name made absolute."""
        return posixpath.normpath(posixpath.join(self.folder, name))

    def find(self, name: str) -> Command | None:
        """The program that a name runs; builtins first."""
        if "/" in name:
            return None if self.restricted else self.commands.get(self.path(name))
        return self.builtins.get(name) or self.program(name)

    def program(self, name: str) -> Command | None:
        """The program that a name runs, builtins left aside."""
        if "/" in name:
            return self.commands.get(self.path(name))
        for folder in self.variables.get("PATH", "").split(":"):
            if (found := self.commands.get(f"{folder}/{name}")) is not None:
                return found
        return None

    async def call(self, argv: list[str], streams: Streams) -> int:
        """Run one command with its arguments."""
        await self.pause()
        command = self.find(argv[0])
        if command is None:
            streams.complain(self._not_found(argv[0]))
            return 127
        return await self.start(command, argv, streams)

    async def start(self, command: Command, argv: list[str], streams: Streams) -> int:
        """Run what `find` or `program` has found."""
        try:
            result = command(self, argv, streams)
            return result if isinstance(result, int) else await result
        except FileProblemError as problem:
            streams.complain(f"{argv[0]}: {problem}")
            return 1

    def _not_found(self, name: str) -> str:
        if self.restricted and "/" in name:
            return f"{self.name}: {name}: restricted: cannot specify `/' in command names"
        if self.restricted:
            return f"{self.name}: {name}: command not found"
        return f"{self.name}: {name}:  not found."

    # -- running ----------------------------------------------------------------------------

    async def _run(  # noqa: C901, PLR0912 -- one arm a kind of node
        self, node: Node, streams: Streams
    ) -> int:
        match node:
            case Sequence(items):
                for item in items:
                    self.status = await self._run(item, streams)
                return self.status if items else 0
            case AndOr(first, rest):
                status = await self._run(first, streams)
                for operator, then in rest:
                    if (status == 0) == (operator == "&&"):
                        self.status = status
                        status = await self._run(then, streams)
                return status
            case Pipeline(stages, negated):
                status = await self._pipe(stages, streams)
                return int(status == 0) if negated else status
            case Simple():
                return await self._simple(node, streams)
            case Group(body, subshell, redirects):
                shell = self.child() if subshell else self
                inner = await self._redirected(redirects, streams)
                try:
                    return await shell._run(body, inner)  # noqa: SLF001 -- its own kind
                except ExitError as leave:
                    if not subshell:
                        raise
                    return leave.status
            case If(branches, otherwise):
                for condition, body in branches:
                    if await self._run(condition, streams) == 0:
                        return await self._run(body, streams)
                return await self._run(otherwise, streams) if otherwise is not None else 0
            case Loop(condition, body, until):
                status = 0
                while (await self._run(condition, streams) == 0) != until:
                    status = await self._run(body, streams)
                return status
            case For(name, words, body):
                status = 0
                for value in await self._expand_all(words, streams):
                    self.variables[name] = value
                    status = await self._run(body, streams)
                return status

    async def _pipe(self, stages: list[Node], streams: Streams) -> int:
        stdin = streams.stdin
        for stage in stages[:-1]:
            passed = bytearray()
            await self.child()._run(  # noqa: SLF001 -- its own kind
                stage, Streams(stdin, passed.extend, streams.err)
            )
            stdin = Input(bytes(passed))
        return await self._run(stages[-1], Streams(stdin, streams.out, streams.err))

    async def _simple(self, node: Simple, streams: Streams) -> int:
        try:
            inner = await self._redirected(node.redirects, streams)
        except FileProblemError as problem:
            streams.complain(f"{self.name}: {problem}")
            return 1
        argv = await self._expand_all(node.words, streams)
        assigned = {name: await self._text(word, streams) for name, word in node.assignments}
        if self.restricted and "PATH" in assigned:
            streams.complain(f"{self.name}: PATH: readonly variable")
            return 1
        if not argv:
            self.variables.update(assigned)
            return 0
        if not assigned:
            return await self.call(argv, inner)
        former = dict(self.variables)
        self.variables.update(assigned)
        try:
            return await self.call(argv, inner)
        finally:
            for name in assigned:
                if name in former:
                    self.variables[name] = former[name]
                else:
                    self.variables.pop(name, None)

    async def _redirected(self, redirects: list[Redirect], streams: Streams) -> Streams:
        if not redirects:
            return streams
        stdin, out, err = streams.stdin, streams.out, streams.err
        for redirect in redirects:
            target = await self._text(redirect.target, streams)
            if redirect.operator == "<":
                stdin = Input(b"" if target == "/dev/null" else self._read(target))
                continue
            if redirect.operator == ">&":
                sink = {"1": out, "2": err}.get(target, _nowhere)
            elif target == "/dev/null" and not self.restricted:
                sink = _nowhere
            else:
                sink = self._file_sink(target, append=redirect.operator == ">>")
            if redirect.channel == 1:
                out = sink
            else:
                err = sink
        return Streams(stdin, out, err)

    def _read(self, name: str) -> bytes:
        try:
            return self.files.read(self.path(name))
        except FileProblemError as problem:
            raise FileProblemError(f"{name}: {problem}") from None

    def _file_sink(self, name: str, *, append: bool) -> Sink:
        if self.restricted:
            raise FileProblemError(f"{name}: restricted: cannot redirect output")
        path = self.path(name)
        try:
            self.files.write(path, b"", append=append, user=self.user)
        except FileProblemError as problem:
            raise FileProblemError(f"{name}: cannot create: {problem}") from None
        return lambda chunk: self.files.write(path, chunk, append=True, user=self.user)

    # -- expansion --------------------------------------------------------------------------

    async def _expand_all(self, words: list[Word], streams: Streams) -> list[str]:
        out: list[str] = []
        for word in words:
            literal = word.literal
            out += await self._expand(word, streams) if literal is None else literal
        return out

    async def _expand(self, word: Word, streams: Streams) -> list[str]:
        """Expand one word into none, one or several, as splitting and patterns have it."""
        fields: list[str] = []
        text, any_text, pattern = "", False, False
        for part in word.parts:
            value = await self._value(part, streams)
            if part.quoted or part.kind == "text":
                pattern |= not part.quoted and any(c in value for c in "*?[")
                text += value
                any_text = any_text or bool(value) or part.quoted
                continue
            pieces = value.split()
            if value[:1].isspace() and any_text:
                fields.append(text)
                text, any_text = "", False
            for number, piece in enumerate(pieces):
                if number:
                    fields.append(text)
                    text = ""
                text, any_text = text + piece, True
            if value[-1:].isspace() and any_text:
                fields.append(text)
                text, any_text = "", False
        if any_text:
            fields.append(text)
        return [found for f in fields for found in (self._matches(f) if pattern else [f])]

    def _matches(self, pattern: str) -> list[str]:
        if "/" not in pattern:
            return [pattern]
        wanted = self.path(pattern)
        found = sorted(path for path in self.files.tree if fnmatch.fnmatchcase(path, wanted))
        return found or [pattern]

    async def _text(self, word: Word, streams: Streams) -> str:
        return "".join([await self._value(part, streams) for part in word.parts])

    async def _value(self, part: Part, streams: Streams) -> str:
        if part.kind == "text":
            return part.text
        if part.kind == "command":
            caught = bytearray()
            shell = self.child()
            self.status = await shell.run(
                part.text, Streams(streams.stdin, caught.extend, streams.err)
            )
            return caught.decode(errors="replace").rstrip("\n")
        return self._parameter(part.text)

    def _parameter(self, text: str) -> str:
        """The value of `name`, or of `name` with an operator and another value, as in `a:-b`."""
        operator = next((each for each in (":-", ":=", ":+", "-", "+") if each in text), "")
        name, _, other = text.partition(operator) if operator else (text, "", "")
        value = self._variable(name) or ""
        if operator in (":+", "+"):
            return other if value else ""
        return value or other

    def _variable(self, name: str) -> str | None:
        if name == "?":
            return str(self.status)
        if name == "$":
            return "4194"
        if name == "#":
            return str(max(len(self.arguments) - 1, 0))
        if name.isdigit():
            index = int(name)
            return self.arguments[index] if index < len(self.arguments) else ""
        if name in ("@", "*"):
            return " ".join(self.arguments[1:])
        return self.variables.get(name)


def _nowhere(_: bytes) -> None:
    """Take what is written to /dev/null."""
