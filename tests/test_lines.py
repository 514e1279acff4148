"""The lines of an unattended run: the last one is printed; output decides no exit status."""

import io
import signal
import threading

import pytest

from lparwiz.lines import Printer, as_text
from lparwiz.run.journal import Event


class Ended:
    """An engine that comes to its end just while the printer looks."""

    def __init__(self, printer):
        self.printer = printer
        self.looked = threading.Event()

    def start(self):
        pass

    def send(self, order):
        pass

    @property
    def ended(self):
        if not self.looked.is_set():
            self.looked.set()
            self.printer.take(Event(1, 0.0, "ended", {"closing": "3 debts are owed."}))
        return True

    def join(self):
        return 3


@pytest.fixture
def signals():
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.getsignal(number) for number in numbers}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("signals")
def test_the_last_lines_are_printed():
    out = io.StringIO()
    printer = Printer(out, as_json=False)
    assert printer.play(Ended(printer)) == 3
    assert "3 debts are owed" in out.getvalue()


@pytest.mark.usefixtures("signals")
@pytest.mark.parametrize("failing", ["locale", "terminal"])
def test_an_output_that_fails_does_not_change_the_exit_status(failing):
    """Polish text on a Latin-1 terminal, or a terminal that is gone (EIO): status 1, unhandled."""

    class Gone(io.StringIO):
        def write(self, _text):
            raise OSError(5, "Input/output error")

    out = io.TextIOWrapper(io.BytesIO(), "latin-1") if failing == "locale" else Gone()
    printer = Printer(out, as_json=False)
    printer.take(
        Event(1, 0.0, "said", {"text": "Nie znaleziono wynik\u00f3w \u017c\u00f3\u0142\u0107"})
    )
    assert printer.play(Ended(printer)) == 3


def test_cells_of_a_table_are_told_apart_though_they_hold_commas():
    rows = [["source HMC", "Running on p9-east, id 5"], ["target HMC", "not on p9-west"]]
    data = {"title": "Evidence, read twice", "columns": ["console", "shows"], "rows": rows}
    assert as_text(Event(1, 0.0, "table", data)).endswith(
        "table Evidence, read twice (console | shows): "
        "source HMC | Running on p9-east, id 5; target HMC | not on p9-west"
    )
