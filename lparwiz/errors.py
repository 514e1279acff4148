"""What can go wrong, as seen by a caller who can do something about it.

Every error has a title, what was seen, and what to do next. The tree:

    Trouble
    ├── ChangeInvalid      the change file: every problem, with its place     (change)
    ├── SettingsInvalid    the settings: every problem, with its place        (settings)
    ├── Refused            a name that can't be carried to a host safely      (tools)
    ├── Stopped            a step can't go forward; the way back is open      (run)
    ├── Owing              an earlier run still owes something here           (owing)
    ├── Busy               another run is at the same LPAR or host right now  (locks)
    ├── Played             another process plays this very run right now      (run)
    ├── JournalFailed      the journal can't be written: nothing is sent      (run)
    ├── JournalDamaged     a journal that doesn't read back as it was written (run)
    └── NoTerminal         the wizard was started without a terminal          (ui)

`Unreadable`, the parsers' own error, stays below: it becomes an `unknown` reading, never a
message of its own.
"""


class Trouble(Exception):  # noqa: N818 - the leaves are situations, named as such
    """The root: raised itself only where nobody but the reader of its message can act on it."""

    status = 2
    """Exit status of the command line that it ends: what was asked for is wrong."""

    def __init__(self, title: str, seen: str = "", next_step: str = "") -> None:
        self.title = title
        """What is wrong, in a short sentence."""
        self.seen = seen
        """What was seen that says so; may have several lines."""
        self.next_step = next_step
        """What the operator does now."""
        super().__init__(title, seen, next_step)

    def __str__(self) -> str:
        return "\n".join(part for part in (self.title, self.seen, self.next_step) if part)
