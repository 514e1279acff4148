r"""Several readings of a node in one command, each with its own output and exit status.

The shell runs each line on its own and prints after it, on both channels, a line that no tool
prints: a mark, the exit status and the command itself. So `n` readings cost one round trip, and
one channel, on a host that may grant few; and `become` is paid once.

What a host prints can't be taken for such a line in silence: the mark is the caller's own, made for
this one reading, and the commands must come back complete and in their order. Where they don't,
nothing of the answer counts. Uses `export`, `for`, `sh -c`, `printf` and `>&2`, all POSIX.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from lparwiz.tools.command import Answer, Command, Outcome
from lparwiz.tools.errors import Refused
from lparwiz.tools.shell import NODE_PATH, quote

Text = TypeVar("Text", str, bytes)


def bare(command: Command) -> str:
    """A node's command without the search path in front, which a batch sets once."""
    return command.text.removeprefix(f"{NODE_PATH} ").removeprefix(f"{NODE_PATH}; export PATH; ")


def batch(commands: Sequence[Command], mark: str) -> Command:
    """Run reading commands one after another, whatever each of them returns.

    Args:
        commands: what is read; each a line of its own.
        mark: lower-case letters and digits that stand in no output.

    Raises:
        Refused: a command that changes something, the same one twice, or no such mark.
    """
    lines = [bare(command) for command in commands]
    if any(command.changes for command in commands) or len(set(lines)) != len(lines) or not lines:
        raise Refused("; ".join(lines), "a batch reads, and each thing once")
    if not re.fullmatch(r"[0-9a-z]+", mark):
        raise Refused(mark, "no mark for a batch")
    words = " ".join(quote(line) for line in lines)
    tell = f'printf \'\\n@{mark} %s %s\\n\' "$s" "$c"'
    return Command(
        f'{NODE_PATH}; export PATH; for c in {words}; do sh -c "$c"; s=$?; {tell}; {tell} >&2; done'
    )


def split(answer: Answer, commands: Sequence[Command], mark: str) -> tuple[Answer, ...]:
    """One answer a command, as each would have come alone.

    An answer that was cut off still counts for the commands that had ended by then; for the others
    it is whatever became of the whole. A refusal, such as sudo's, is every command's answer.
    """
    end = rf"\n@{mark} (\d{{1,3}}) ([^\n]*)\n"
    out, err = _pieces(answer.stdout, end), _pieces(answer.stderr, end)
    raw_out = _pieces(answer.raw_stdout, end.encode())
    raw_err = _pieces(answer.raw_stderr, end.encode())
    told = ([each.command for each in pieces] for pieces in (out, err, raw_out, raw_err))
    lines = [bare(command) for command in commands]
    ended = min(len(out), len(err), len(raw_out), len(raw_err))
    exited = answer.outcome is Outcome.EXITED
    if not (out or err) and exited and answer.status:
        return (answer,) * len(lines)
    if any(names != lines[: len(names)] for names in told):
        unread = _unread(answer, "the answers of several commands can't be told apart")
        return (unread,) * len(lines)
    if ended < len(lines) and exited:
        return (_unread(answer, "it ended before all was answered"),) * len(lines)
    whole = (
        replace(
            answer,
            outcome=Outcome.EXITED,
            status=raw_out[number].status,
            stdout=out[number].text,
            stderr=err[number].text,
            raw_stdout=raw_out[number].text,
            raw_stderr=raw_err[number].text,
            reason="",
        )
        for number in range(ended)
    )
    return (*whole, *[_unread(answer, "it was cut off before its end")] * (len(lines) - ended))


@dataclass(frozen=True)
class _Piece(Generic[Text]):
    """What one channel had of one command."""

    text: Text
    status: int
    command: str


def _pieces(text: Text, pattern: Text) -> list[_Piece[Text]]:
    """What stands before each mark, with the status and the command that the mark names."""
    pieces: list[_Piece[Text]] = []
    at = 0
    for found in re.finditer(pattern, text):
        named = found[2]
        command = named.decode("utf-8", "replace") if isinstance(named, bytes) else named
        pieces.append(_Piece(text[at : found.start()], int(found[1]), command))
        at = found.end()
    return pieces


def _unread(whole: Answer, why: str) -> Answer:
    """What a command's answer is of which the end never came."""
    outcome = Outcome.LOST if whole.outcome is Outcome.EXITED else whole.outcome
    return Answer(outcome, seconds=whole.seconds, reason=whole.reason or why)
