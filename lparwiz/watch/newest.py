"""The newest answer to each of the watch's commands, whoever asked for it.

A step reads back what it changed, with the commands that the watch uses. A pane that went on
showing the older answer of its own would contradict the page above it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import count

from lparwiz.run.action import Transport
from lparwiz.tools.command import Answer, Command, Outcome


@dataclass
class _Known:
    """What is known of one host."""

    news: Callable[[], None]
    """Called when somebody else than the watch has got a newer answer."""
    answers: dict[str, tuple[int, Answer]] = field(default_factory=dict)
    """By the command's text: the question's number and its answer."""


class Newest:
    """A transport between a run and its hosts that keeps what the watch shows.

    Of two answers the one that was asked for later counts: it can't tell of an earlier state.

    Args:
        transport: the hosts.
    """

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._numbers = count()
        self._hosts: dict[str, _Known] = {}
        self._wanted: set[tuple[str, str]] = set()

    def want(self, host_id: str, commands: Sequence[Command], news: Callable[[], None]) -> None:
        """Keep the answers of this host to these commands.

        Args:
            host_id: the host.
            commands: exactly as they are sent.
            news: called when somebody else than the watch has got a newer answer.
        """
        self._hosts[host_id] = _Known(news)
        self._wanted |= {(host_id, command.text) for command in commands}

    async def run(self, host_id: str, command: Command) -> Answer:
        """Run a command for the run; the watch hears its answer, if the host gave one."""
        number = next(self._numbers)
        answer = await self._transport.run(host_id, command)
        if (host_id, command.text) in self._wanted and answer.outcome is Outcome.EXITED:
            self._keep(host_id, command, number, answer)
            self._hosts[host_id].news()
        return answer

    async def ask(self, host_id: str, command: Command) -> Answer:
        """Run a command for the watch; the newest answer to it by then, whoever asked."""
        number = next(self._numbers)
        answer = await self._transport.run(host_id, command)
        return self._keep(host_id, command, number, answer)

    def answers(self, host_id: str, commands: Sequence[Command]) -> tuple[Answer, ...] | None:
        """The newest answers to these commands; None until each has one."""
        known = self._hosts[host_id].answers
        if any(command.text not in known for command in commands):
            return None
        return tuple(known[command.text][1] for command in commands)

    def forgive(self, host_id: str) -> None:
        """Log in again where a login was refused."""
        self._transport.forgive(host_id)

    def _keep(self, host_id: str, command: Command, number: int, answer: Answer) -> Answer:
        known = self._hosts[host_id].answers
        if command.text not in known or known[command.text][0] < number:
            known[command.text] = number, answer
        return known[command.text][1]
