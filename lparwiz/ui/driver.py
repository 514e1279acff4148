"""Textual's terminal driver, made to outlive its terminal.

As it comes, the loop waits for ever once thirty writes are unread, and a terminal that is gone
kills the writing thread in silence, with the same end; SIGHUP's handler then never runs (seen).
Here a write never waits, and one can ask whether the terminal still reads, and is still there.
"""

import os
import select
import sys
from queue import SimpleQueue
from typing import IO, Any

from textual.drivers._writer_thread import MAX_QUEUED_WRITES, WriterThread
from textual.drivers.linux_driver import LinuxDriver
from textual.events import AppBlur, AppFocus
from textual.message import Message

from lparwiz.ui.opening import ENTER, take_over

PARTING = 1.0
"""Seconds that a terminal which doesn't read gets to take the last words."""

_GONE = select.POLLHUP | select.POLLERR | select.POLLNVAL


class PatientWriter(WriterThread):
    """Writes in the background; its queue has no end, so that nobody waits for the terminal."""

    def __init__(self, file: IO[str]) -> None:
        super().__init__(file)
        self.waiting: SimpleQueue[str | None] = SimpleQueue()
        self.lost = False
        """Whether a write failed: there is nobody left to write to."""

    def write(self, text: str) -> None:
        """Queue a text; once the terminal is gone it is dropped."""
        if not self.lost:
            self.waiting.put(text)

    def run(self) -> None:
        """Write what is queued until told to stop, or until nobody is left to write to."""
        try:
            while (text := self.waiting.get()) is not None:
                self._file.write(text)
                if self.waiting.empty():
                    self._file.flush()
            self._file.flush()
        except OSError:
            self.lost = True

    def stop(self) -> None:
        """Stop, waiting no longer than a terminal that is there would need."""
        self.waiting.put(None)
        self.join(PARTING)


class PatientDriver(LinuxDriver):
    """Textual's driver with a writer that never makes the loop wait."""

    _patient: PatientWriter | None = None

    def __init__(self, *args: Any, **options: Any) -> None:
        """Have the size from one place alone, from the first frame on.

        Rich tells 80x25 of a terminal that it calls dumb, whatever the terminal says. Two sizes at
        once make a screen lay itself out for each in turn, for ever, and nothing else gets its
        turn in the loop: no key, no signal (seen).
        """
        super().__init__(*args, **options)
        self._size = self._get_terminal_size()

    @property
    def _writer_thread(self) -> WriterThread | None:
        return self._patient

    @_writer_thread.setter
    def _writer_thread(self, offered: WriterThread | None) -> None:
        """Take ours wherever Textual sets its own, which it hasn't started yet."""
        self._patient = None if offered is None else PatientWriter(sys.__stderr__ or sys.stderr)

    def write(self, data: str) -> None:
        """Write; but the screen that the first page stands on already isn't entered again."""
        if data == ENTER and take_over():
            return
        super().write(data)

    def _get_terminal_size(self) -> tuple[int, int]:
        """The size of the terminal that is drawn on.

        Textual's asks standard output, which may be a file: then the screen would be laid out for
        80x24 and for its true size in turn, for ever (seen).
        """
        told = os.get_terminal_size(self.fileno)
        return told if all(told) else super()._get_terminal_size()

    def process_message(self, message: Message) -> None:
        """Hand on what the terminal says, but not that nobody looks at it.

        tmux says so when its last terminal is detached: Textual would take the focus from the
        choices, and give it back to nobody where tmux tells of no return (seen).
        """
        if not isinstance(message, AppBlur | AppFocus):
            super().process_message(message)

    @property
    def behind(self) -> bool:
        """Whether a frame would only be queued behind others that nobody reads."""
        return self._patient is not None and self._patient.waiting.qsize() >= MAX_QUEUED_WRITES

    @property
    def gone(self) -> bool:
        """Whether the terminal was closed; its end of file alone would spin the input thread."""
        poll = select.poll()
        poll.register(self.fileno, _GONE)
        hung_up = any(events & _GONE for _, events in poll.poll(0))
        return hung_up or (self._patient is not None and self._patient.lost)
