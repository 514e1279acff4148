"""The grammar of the lab's shell: a line of text in, a tree out."""

import re
from dataclasses import dataclass, field
from functools import lru_cache

from lparwiz.lab.tokens import Part, SyntaxProblemError, Token, Word, split


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

ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=")


@lru_cache(maxsize=1024)  # hosts are asked the same again and again
def parse(line: str) -> Sequence:
    """Parse a line. The tree is shared: nobody changes it.

    Raises:
        SyntaxProblemError: It is no shell.
    """
    parser = _Parser(split(line))
    program = parser.sequence(())
    if parser.at < len(parser.tokens):
        raise parser.unexpected()
    return program


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
                if not command.words and (assigned := _assignment(token)):
                    command.assignments.append(assigned)
                else:
                    command.words.append(token)
            else:
                break
        if not (command.words or command.assignments or command.redirects):
            raise self.unexpected()
        return command


def _assignment(word: Word) -> tuple[str, Word] | None:
    """The name and the value of `name=value`; None for any other word."""
    head = word.parts[0] if word.parts else None
    if head is None or head.kind != "text" or head.quoted:
        return None
    found = ASSIGNMENT.match(head.text)
    if found is None:
        return None
    value = Part("text", head.text[found.end() :], quoted=False)
    return found[0][:-1], Word((value, *word.parts[1:]))
