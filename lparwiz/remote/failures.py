"""How a connection fails. Imports no asyncssh, so that a run can be put together without it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class LoginFailed:
    """Why there is no connection."""

    reason: str
    """What happened and the next step, for the operator."""
    refused: bool
    """Whether the host may have counted it as a failed login, so that no second may follow."""


class NotOpened(Exception):  # noqa: N818 - what it is, not a fault of ours
    """No channel could be opened: nothing was sent, so asking again is safe."""
