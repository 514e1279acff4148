"""The live picture over real SSH: a host that falls silent is shown so, and comes back."""

import threading
from contextlib import contextmanager

from lparwiz import change, session
from lparwiz.lab.scenario import Scenario
from lparwiz.run.orders import Answered, Leave
from lparwiz.run.snapshot import Level

from ..labs import lab

SPEED = 20.0
PATIENCE = 60
"""Seconds; only a failure takes so long."""


class Watcher:
    """Waits for snapshots."""

    def __init__(self, engine):
        self.engine = engine
        self._news = threading.Condition()
        engine.subscribe(self._listen)

    def _listen(self, _snapshot):
        with self._news:
            self._news.notify_all()

    def until(self, condition):
        with self._news:
            assert self._news.wait_for(lambda: condition(self.engine.latest()), PATIENCE)
        return self.engine.latest()


def pane(snapshot, host):
    return next(pane for pane in snapshot.panes if pane.host == host)


@contextmanager
def watched(tmp_path):
    """A run that waits for its first answer, with every host read: `(watcher, site)`."""
    with lab(Scenario(route="full"), tmp_path / "lab", SPEED) as site:
        options = session.Options(tmp_path / "runs", SPEED, interval=0.0)
        engine = session.begin(change.read(site.change_path), options)
        watcher = Watcher(engine)
        engine.start()
        try:
            watcher.until(lambda s: s.question and all(pane.state == "OK" for pane in s.panes))
            yield watcher, site
        finally:
            engine.send(Leave("the test is over"))
            engine.join()


def test_a_node_that_does_not_answer_is_silent_with_its_last_readings_and_comes_back(tmp_path):
    with watched(tmp_path) as (watcher, site):
        well = pane(watcher.engine.latest(), "db01")
        site.fault(kind="hang", host="db01", pattern="lltstat", seconds=25.0)
        silent = pane(watcher.until(lambda s: pane(s, "db01").state == "SILENT"), "db01")
        assert silent.level is Level.UNKNOWN
        assert silent.fields == well.fields
        after = pane(watcher.until(lambda s: pane(s, "db01").state == "OK"), "db01")
        assert after.read_at > silent.read_at


def test_consoles_are_read_less_often_than_nodes_and_say_so(tmp_path):
    with watched(tmp_path) as (watcher, _):
        intervals = {pane.kind: pane.interval for pane in watcher.engine.latest().panes}
    assert intervals == {"node": 5.0, "console": 20.0}


def test_what_stays_on_the_screen_is_what_the_run_left_behind(tmp_path):
    with watched(tmp_path) as (watcher, site):
        asked = watcher.engine.latest().question
        site.execute("db02", "/sbin/lltconfig -T peerinact:2345")
        watcher.engine.send(Answered(asked.id, "back"))
        watcher.engine.join()
        fields = {field.label: field.text for field in pane(watcher.engine.latest(), "db02").fields}
    assert fields["peerinact"].startswith("2345")
