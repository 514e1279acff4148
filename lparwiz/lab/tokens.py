"""A line of the lab's shell as its words and operators."""

import re
from dataclasses import dataclass
from functools import cached_property


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


Token = Word | str | tuple[int, str]
"""A word, an operator, or a redirection's channel and operator."""

OPERATORS = ("&&", "||", ";", "|", "(", ")", "\n", "&")
REDIRECTION = re.compile(r"(\d?)(>>|>&|<|>)")


def split(line: str) -> list[Token]:
    """The words, operators and redirections of a line.

    Raises:
        SyntaxProblemError: It is no shell.
    """
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
