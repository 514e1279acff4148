"""What another run still owes, or has in doubt, keeps the next off its LPAR and its hosts."""

import dataclasses
from pathlib import Path
from time import time

import pytest
import tomli_w

from lparwiz import change as changes
from lparwiz import session
from lparwiz.lab import papers
from lparwiz.lab.scenario import Scenario
from lparwiz.lab.site import Site
from lparwiz.locks import Busy, hold
from lparwiz.owing import Owing, hand_over, refuse_if_owing
from lparwiz.run.doubt import DOUBT
from lparwiz.run.journal import Journal, Played
from lparwiz.run.orders import Leave

from .labs import options

DEBT = {"id": "peerinact/db02", "host": "db02", "what": "raised", "pays": "lltconfig -T x"}
LOWER = "lltconfig -T peerinact:1600"


@pytest.fixture
def change():
    """A change as the lab writes it; nobody listens at its hosts."""
    site = Site(Scenario(route="outside"))
    ports = {label: 2201 + number for number, label in enumerate(site.hosts)}
    return changes.parse(tomli_w.dumps(papers.change(site, ports)), Path("/nowhere/change.toml"))


class Earlier:
    """A run's folder, as an earlier run left it, or has it open still."""

    def __init__(self, folder, change):
        self.path = folder / "runs" / "20261122-0214-db01"
        self.path.mkdir(parents=True)
        (self.path / "change.toml").write_text(change.text)
        self.at = time()
        self.journal = Journal(self.path / "journal.jsonl", lambda: self.at)
        self.journal.write(
            "begun", format=1, run=self.path.name, title="t", lpar="db01", origin="/nowhere/x"
        )

    @property
    def runs(self):
        return self.path.parent

    def owe(self):
        self.journal.write("debt incurred", debt=DEBT)
        return self

    def lower(self, **ended):
        """Send the timer down; without `ended` it was killed before any answer."""
        sent = {"host": "db02", "command": LOWER}
        self.journal.write("intent", action="timers.restore.db02", debts=[DEBT["id"]], **sent)
        self.journal.write("sent", **sent)
        if ended:
            self.journal.write("answered", **sent, **ended)
        return self

    def gone(self):
        self.journal.close()
        return self


def leave(engine):
    engine.send(Leave("enough"))
    engine.start()
    engine.join()


def another_lpar(change):
    """A change of another LPAR by way of the same hosts."""
    return dataclasses.replace(change, lpar=dataclasses.replace(change.lpar, name="db09"))


def test_nobody_is_told_to_pay_what_a_run_owes_that_is_being_played(tmp_path, change):
    """The commands would take away what protects its migration right now."""
    earlier = Earlier(tmp_path, change).owe()
    with pytest.raises(Played) as refused:
        refuse_if_owing(earlier.runs, another_lpar(change))
    assert DEBT["pays"] not in str(refused.value)
    assert "handover" not in str(refused.value)
    earlier.gone()
    with pytest.raises(Owing, match=DEBT["pays"]) as refused:
        refuse_if_owing(earlier.runs, another_lpar(change))
    told = str(refused.value)
    by_itself, by_hand = (f"lparwiz {word} {earlier.path}" for word in ("pay", "handover"))
    assert told.index(by_itself) < told.index(by_hand), "by hand is the last resort"


@pytest.mark.parametrize("text", ["", "version = 99\n", None])
def test_a_debt_counts_though_its_runs_change_cannot_be_read(tmp_path, change, text):
    """Whether it concerns these hosts nobody can tell: that is no reason to pass over it."""
    earlier = Earlier(tmp_path, change).owe().gone()
    copy = earlier.path / "change.toml"
    if text is None:
        copy.unlink()
    else:
        copy.write_text(text)
    with pytest.raises(Owing):
        refuse_if_owing(earlier.runs, another_lpar(change))


def test_a_host_is_the_same_however_its_address_is_written(tmp_path, change):
    text = change.text.replace("127.0.0.1", "db.example").replace("port = 2201", "port = 22")
    earlier = Earlier(tmp_path, dataclasses.replace(change, text=text)).owe().gone()
    before = changes.read(earlier.path / "change.toml")
    (first,) = (node for node in before.nodes if node.port == 22)
    console = dataclasses.replace(before.source_console, address="elsewhere.example")
    now = dataclasses.replace(
        another_lpar(before),
        nodes=(dataclasses.replace(first, address="DB.Example", port=None),),
        source_console=console,
        target_console=console,
    )
    with pytest.raises(Owing):
        refuse_if_owing(earlier.runs, now)


@pytest.mark.parametrize("ended", [{"outcome": "timed out"}, {}], ids=["timed out", "killed"])
def test_what_may_still_lower_a_timer_keeps_the_next_run_off_though_it_was_taken_over(
    tmp_path, change, ended
):
    """It would come while the next run's migration relies on that timer."""
    earlier = Earlier(tmp_path, change)
    earlier.at -= DOUBT - 60
    earlier.owe().lower(**ended).gone()
    hand_over(earlier.path, "ann", "paid by hand")
    with pytest.raises(Owing, match=LOWER):
        refuse_if_owing(earlier.runs, another_lpar(change))
    elsewhere = dataclasses.replace(change.source_console, address="elsewhere.example")
    no_concern = dataclasses.replace(
        another_lpar(change), nodes=(), source_console=elsewhere, target_console=elsewhere
    )
    refuse_if_owing(earlier.runs, no_concern)


def test_a_quarter_of_an_hour_later_it_may_begin(tmp_path, change):
    earlier = Earlier(tmp_path, change)
    earlier.at -= DOUBT + 60
    earlier.owe().lower(outcome="timed out").gone()
    hand_over(earlier.path, "ann", "paid by hand")
    refuse_if_owing(earlier.runs, another_lpar(change))


def test_what_a_run_itself_proved_paid_keeps_nobody_off(tmp_path, change):
    """Killed while the HMC migrated, taken up, and brought to its end: both consoles proved it."""
    earlier = Earlier(tmp_path, change)
    debt = {"id": "migration", "host": "source HMC", "what": "was started", "pays": "look"}
    sent = {"host": "source HMC", "command": "migrlpar -o m"}
    for kind, data in (
        ("debt incurred", {"debt": debt}),
        ("intent", {"action": "migrate", "debts": ["migration"], **sent}),
        ("sent", sent),
        ("taken up", {"back": False}),
        ("debt settled", {"id": "migration", "state": "paid", "how": "migrated"}),
        ("ended", {"status": 0, "closing": "Migrated; nothing is owed."}),
    ):
        earlier.journal.write(kind, **data)
    earlier.gone()
    refuse_if_owing(earlier.runs, another_lpar(change))


@pytest.mark.parametrize("changed", [False, True])
def test_a_run_that_has_changed_nothing_yet_is_not_taken_up_over_anothers_debts(
    tmp_path, change, changed
):
    """It was left at its first pages, and another was begun; without marks nothing else tells."""
    own = options(tmp_path)
    leave(session.begin(change, own))
    (mine,) = own.runs.iterdir()
    earlier = Earlier(tmp_path, change).owe().gone()
    if changed:  # then it is this run that has to be brought to its end
        journal = Journal(mine / "journal.jsonl", time)
        journal.write("intent", action="x", host="db01", command="x", debts=[])
        journal.close()
        leave(session.take_up(mine, own))
        return
    with pytest.raises(Owing, match=earlier.path.name):
        session.take_up(mine, own)
    leave(session.take_up(mine, own, back=True))


def test_a_second_run_is_told_that_the_first_is_there_before_what_that_one_owes(tmp_path, change):
    own = options(tmp_path)
    first = session.begin(change, own)
    earlier = Earlier(tmp_path, change).owe().gone()
    with pytest.raises(Busy):
        session.begin(change, own)
    leave(first)
    with pytest.raises(Owing, match=earlier.path.name):
        session.begin(change, own)
    hold(change, "nothing is left held").close()
