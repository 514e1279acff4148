"""The grammar of the lab's shell: a line of text in, a tree out."""

import re
from dataclasses import dataclass, field
from functools import cached_property, lru_cache


class SyntaxProblemError(Exception):
    """A line that a shell can't parse. Its text is the shell's."""


@dataclass(frozen=True)
class Part:
    """A piece of a word: `text`, a `variable` or a `command` to be replaced by its output."""

    kind: str
    text: str
    quoted: bool


@dataclass(frozen=True)
class Word:
    """Pieces that stand together without a blank."""

    parts: tuple[Part, ...]

    @property
    def bare(self) -> str | None:
        """Its text where nothing in it is quoted or replaced."""
        if all(part.kind == "text" and not part.quoted for part in self.parts):
            return "".join(part.text for part in self.parts)
        return None

    @cached_property
    def literal(self) -> tuple[str, ...] | None:
        """What it expands to whatever the shell holds; None: that depends."""
        for part in self.parts:
            if part.kind != "text" or not (part.quoted or set(part.text).isdisjoint("*?[")):
                return None
        text = "".join(part.text for part in self.parts)
        return (text,) if text or any(part.quoted for part in self.parts) else ()


@dataclass(frozen=True)
class Redirect:
    """`channel` goes to (`>`, `>>`, `>&`) or comes from (`<`) `target`."""

    channel: int
    operator: str
    target: Word


@dataclass(frozen=True)
class Simple:
    """Assignments, a command with its arguments, redirections."""

    assignments: list[tuple[str, Word]] = field(default_factory=list)
    words: list[Word] = field(default_factory=list)
    redirects: list[Redirect] = field(default_factory=list)


@dataclass(frozen=True)
class Pipeline:
    """Commands, each reading what the one before prints."""

    stages: "list[Node]"
    negated: bool


@dataclass(frozen=True)
class AndOr:
    """Commands joined by `&&` and `||`."""

    first: "Node"
    rest: "list[tuple[str, Node]]"


@dataclass(frozen=True)
class Sequence:
    """Commands one after the other."""

    items: "list[Node]"


@dataclass(frozen=True)
class Group:
    """`{ ...; }` or, with `subshell`, `( ... )`."""

    body: "Node"
    subshell: bool
    redirects: list[Redirect]


@dataclass(frozen=True)
class If:
    """Conditions with their bodies, and what else."""

    branches: "list[tuple[Node, Node]]"
    otherwise: "Node | None"


@dataclass(frozen=True)
class Loop:
    """`while` or `until`."""

    condition: "Node"
    body: "Node"
    until: bool


@dataclass(frozen=True)
class For:
    """`for name in words`."""

    name: str
    words: list[Word]
    body: "Node"


Node = Simple | Pipeline | AndOr | Sequence | Group | If | Loop | For
Token = Word | str | tuple[int, str]
"""A word, an operator, or a redirection's channel and operator."""

OPERATORS = ("&&", "||", ";", "|", "(", ")", "\n", "&")
ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=")
REDIRECTION = re.compile(r"(\d?)(>>|>&|<|>)")


@lru_cache(maxsize=1024)  # hosts are asked the same again and again
def parse(line: str) -> Sequence:
    """Parse a line. The tree is shared: nobody changes it.

    Raises:
        SyntaxProblemError: It is no shell.
    """
    parser = _Parser(_tokens(line))
    program = parser.sequence(())
    if parser.at < len(parser.tokens):
        raise parser.unexpected()
    return program


def _tokens(line: str) -> list[Token]:
    tokens: list[Token] = []
    at = 0
    while at < len(line):
        if line[at] in " \t" or line.startswith("\\\n", at):
            at += 1 if line[at] != "\\" else 2
        elif line[at] == "#":
            end = line.find("\n", at)
            at = len(line) if end < 0 else end
        elif found := REDIRECTION.match(line, at):
            operator = found[2]
            channel = int(found[1]) if found[1] else (0 if operator == "<" else 1)
            tokens.append((channel, operator))
            at = found.end()
        elif operator := next((o for o in OPERATORS if line.startswith(o, at)), ""):
            if operator == "&":
                raise SyntaxProblemError("syntax error: no background jobs here: `&'")
            tokens.append(";" if operator == "\n" else operator)
            at += len(operator)
        else:
            word, at = _word(line, at)
            tokens.append(word)
    return tokens


def _word(line: str, at: int) -> tuple[Word, int]:
    parts: list[Part] = []
    while at < len(line) and line[at] not in " \t\n;|&()<>":
        char = line[at]
        if char == "'":
            end = line.find("'", at + 1)
            if end < 0:
                raise SyntaxProblemError("syntax error: `'' unmatched")
            parts.append(Part("text", line[at + 1 : end], quoted=True))
            at = end + 1
        elif char == '"':
            at = _double(line, at + 1, parts)
        elif char == "\\":
            parts.append(Part("text", line[at + 1 : at + 2], quoted=True))
            at += 2
        elif char in "$`":
            at = _replacement(line, at, parts, quoted=False)
        else:
            end = at
            while end < len(line) and line[end] not in " \t\n;|&()<>'\"\\$`":
                end += 1
            parts.append(Part("text", line[at:end], quoted=False))
            at = end
    return Word(tuple(parts)), at


def _double(line: str, at: int, parts: list[Part]) -> int:
    text = ""
    parts.append(Part("text", "", quoted=True))
    while at < len(line):
        char = line[at]
        if char == '"':
            parts.append(Part("text", text, quoted=True))
            return at + 1
        if char == "\\" and line[at + 1 : at + 2] in ('"', "\\", "$", "`", "\n"):
            text += "" if line[at + 1] == "\n" else line[at + 1]
            at += 2
        elif char in "$`":
            parts.append(Part("text", text, quoted=True))
            text = ""
            at = _replacement(line, at, parts, quoted=True)
        else:
            text += char
            at += 1
    raise SyntaxProblemError("syntax error: `\"' unmatched")


def _replacement(line: str, at: int, parts: list[Part], *, quoted: bool) -> int:
    """A `$name`, `${...}`, `$(...)` or backquotes at `at`; returns where it ends."""
    if line[at] == "`":
        end = line.find("`", at + 1)
        if end < 0:
            raise SyntaxProblemError("syntax error: ``' unmatched")
        parts.append(Part("command", line[at + 1 : end], quoted))
        return end + 1
    if line.startswith("$(", at):
        end = _closing(line, at + 2)
        parts.append(Part("command", line[at + 2 : end], quoted))
        return end + 1
    if line.startswith("${", at):
        end = line.find("}", at)
        if end < 0:
            raise SyntaxProblemError("syntax error: `{' unmatched")
        parts.append(Part("variable", line[at + 2 : end], quoted))
        return end + 1
    found = re.compile(r"\$(\w+|[?$#@*])").match(line, at)
    if found is None:
        parts.append(Part("text", "$", quoted))
        return at + 1
    name = found[1][0] if found[1][0].isdigit() else found[1]
    parts.append(Part("variable", name, quoted))
    return at + 1 + len(name)


def _closing(line: str, at: int) -> int:
    depth = 1
    quote = ""
    while at < len(line):
        char = line[at]
        if char == "\\" and quote != "'":
            at += 1
        elif quote:
            quote = "" if char == quote else quote
        elif char in "'\"":
            quote = char
        elif char in "()":
            depth += 1 if char == "(" else -1
            if depth == 0:
                return at
        at += 1
    raise SyntaxProblemError("syntax error: `(' unmatched")


class _Parser:
    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.at = 0

    def unexpected(self) -> SyntaxProblemError:
        token = self.tokens[self.at] if self.at < len(self.tokens) else "newline"
        shown = token if isinstance(token, str) else getattr(token, "bare", None) or token
        return SyntaxProblemError(f"syntax error: `{shown}' unexpected")

    def peek(self) -> Token | None:
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def keyword(self) -> str | None:
        """The bare word that comes next, where a command may begin."""
        token = self.peek()
        return token.bare if isinstance(token, Word) else None

    def expect(self, keyword: str) -> None:
        if self.keyword() != keyword and self.peek() != keyword:
            raise self.unexpected()
        self.at += 1

    def sequence(self, ends: tuple[str, ...]) -> Sequence:
        items: list[Node] = []
        while self.at < len(self.tokens):
            if self.peek() == ";":
                self.at += 1
                continue
            if self.keyword() in ends or self.peek() in ends:
                break
            items.append(self.and_or())
            if self.peek() not in (";", None) and self.peek() not in ends:
                if self.keyword() in ends:
                    break
                raise self.unexpected()
        return Sequence(items)

    def and_or(self) -> Node:
        first = self.pipeline()
        rest: list[tuple[str, Node]] = []
        while (operator := self.peek()) in ("&&", "||"):
            self.at += 1
            while self.peek() == ";":
                self.at += 1
            rest.append((str(operator), self.pipeline()))
        return AndOr(first, rest) if rest else first

    def pipeline(self) -> Node:
        negated = self.keyword() == "!"
        if negated:
            self.at += 1
        stages = [self.command()]
        while self.peek() == "|":
            self.at += 1
            stages.append(self.command())
        return Pipeline(stages, negated) if negated or len(stages) > 1 else stages[0]

    def command(self) -> Node:
        if self.peek() == "(":
            self.at += 1
            body = self.sequence((")",))
            self.expect(")")
            return Group(body, subshell=True, redirects=self.redirects())
        match self.keyword():
            case "{":
                self.at += 1
                body = self.sequence(("}",))
                self.expect("}")
                return Group(body, subshell=False, redirects=self.redirects())
            case "if":
                return self.conditional()
            case "while" | "until" as which:
                self.at += 1
                condition = self.sequence(("do",))
                return Loop(condition, self.body(), until=which == "until")
            case "for":
                return self.for_loop()
        return self.simple()

    def body(self) -> Sequence:
        self.expect("do")
        body = self.sequence(("done",))
        self.expect("done")
        return body

    def conditional(self) -> If:
        branches: list[tuple[Node, Node]] = []
        while self.keyword() in ("if", "elif"):
            self.at += 1
            condition = self.sequence(("then",))
            self.expect("then")
            branches.append((condition, self.sequence(("elif", "else", "fi"))))
        otherwise = None
        if self.keyword() == "else":
            self.at += 1
            otherwise = self.sequence(("fi",))
        self.expect("fi")
        return If(branches, otherwise)

    def for_loop(self) -> For:
        self.at += 1
        name = self.keyword() or ""
        self.at += 1
        self.expect("in")
        words: list[Word] = []
        while isinstance(token := self.peek(), Word):
            words.append(token)
            self.at += 1
        while self.peek() == ";":
            self.at += 1
        return For(name, words, self.body())

    def redirects(self) -> list[Redirect]:
        found: list[Redirect] = []
        while isinstance(token := self.peek(), tuple):
            self.at += 1
            target = self.peek()
            if not isinstance(target, Word):
                raise self.unexpected()
            self.at += 1
            found.append(Redirect(token[0], token[1], target))
        return found

    def simple(self) -> Simple:
        command = Simple()
        while True:
            token = self.peek()
            if isinstance(token, tuple):
                command.redirects.extend(self.redirects())
            elif isinstance(token, Word):
                self.at += 1
                head = token.parts[0] if token.parts else None
                if (
                    not command.words
                    and head is not None
                    and head.kind == "text"
                    and not head.quoted
                    and (found := ASSIGNMENT.match(head.text))
                ):
                    value = Part("text", head.text[found.end() :], quoted=False)
                    command.assignments.append((found[0][:-1], Word((value, *token.parts[1:]))))
                else:
                    command.words.append(token)
            else:
                break
        if not (command.words or command.assignments or command.redirects):
            raise self.unexpected()
        return command
