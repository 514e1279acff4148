"""What is sent to a host and what comes back: the two values that every layer shares."""

from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """How a command ended, as far as we can know.

    The middle three mean that its effect on the host is unknown: it may have run, in part or
    whole, and only the host's own state can tell.
    """

    EXITED = "exited"
    SIGNALLED = "signalled"
    TIMED_OUT = "timed out"
    LOST = "lost"
    NOT_STARTED = "not started"


@dataclass(frozen=True)
class Command:
    """One line for a host's shell, exactly as it is shown, sent and journaled."""

    text: str
    """The whole line; nothing is added on its way to the host."""
    changes: bool = False
    """Whether it changes anything there."""
    limit: float | None = None
    """Seconds until it counts as timed out; None: the change's `[limits] command`."""


@dataclass(frozen=True)
class Answer:
    """What a host made of a command.

    The texts have passed the transport's sanitiser; the raw bytes have not and are for the
    journal only.
    """

    outcome: Outcome
    status: int | None = None
    """The exit status; None unless the outcome is `exited`."""
    stdout: str = ""
    stderr: str = ""
    raw_stdout: bytes = b""
    raw_stderr: bytes = b""
    seconds: float = 0.0
    """How long it took, in seconds, from sending to the end."""
    reason: str = ""
    """In words, why it did not start, was lost or ended by a signal."""

    @property
    def succeeded(self) -> bool:
        """Whether it exited with status 0 (which alone proves nothing)."""
        return self.outcome is Outcome.EXITED and self.status == 0

    @property
    def text(self) -> str:
        """Both channels, output first: an HMC prints errors on either (facts, hmc.md 2)."""
        return "\n".join(part for part in (self.stdout.rstrip(), self.stderr.rstrip()) if part)
