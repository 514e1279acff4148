"""What goes wrong between a value and a remote tool's language.

ToolError
├── Unreadable   what a host printed is not what its tool prints
└── Refused      a value that can't be sent safely, or must not be sent at all
"""

_EXCERPT = 200
"""Characters of a host's text in a message."""


class ToolError(Exception):
    """Root of this package's errors; never raised itself."""


class Unreadable(ToolError):  # noqa: N818 - a reading is unreadable; that is the word on screens
    """A host's text that can't be understood: the reading is unknown, neither good nor bad."""

    def __init__(self, what: str, text: str) -> None:
        self.what = what
        """What was expected, such as `a record of attributes`."""
        self.text = text if len(text) <= _EXCERPT else text[:_EXCERPT] + "…"
        """The beginning of the text that isn't one."""
        super().__init__(what, self.text)

    def __str__(self) -> str:
        return f"not {self.what}: {self.text!r}"


class Refused(ToolError):  # noqa: N818 - a value is refused; that is the word on screens
    """A value that is not sent, with the reason in words."""

    def __init__(self, value: str, reason: str) -> None:
        self.value = value
        self.reason = reason
        super().__init__(value, reason)

    def __str__(self) -> str:
        return f"{self.value!r}: {self.reason}"
