"""Locks of this machine: what keeps two runs off each other, whatever their --runs."""

import getpass
import os
from pathlib import Path

import pytest
import tomli_w

from lparwiz import change as changes
from lparwiz import locks, runs, session
from lparwiz.errors import Trouble
from lparwiz.lab import papers
from lparwiz.lab.scenario import Scenario
from lparwiz.lab.site import Site
from lparwiz.locks import Busy, hold
from lparwiz.run.journal import Played, read
from lparwiz.run.orders import Leave

from .labs import edited, lab, options


def change(first_port=2201, address="127.0.0.1"):
    """A change as the lab writes it; nobody listens at its hosts."""
    site = Site(Scenario(route="full"))
    ports = {label: first_port + number for number, label in enumerate(site.hosts)}
    text = tomli_w.dumps(papers.change(site, ports)).replace("127.0.0.1", address)
    return changes.parse(text, Path("/nowhere/change.toml"))


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A folder of locks of the test's own."""
    place = tmp_path / "locks"
    monkeypatch.setattr(locks, "FOLDER", place)
    return place


def test_a_change_is_held_once_and_nothing_is_left_behind(folder):
    with hold(change(), "the first"):
        assert folder.stat().st_mode & 0o7777 == 0o1777, "each user's, and each removes their own"
        assert {each.stat().st_mode & 0o777 for each in folder.iterdir()} == {0o666}
        with pytest.raises(Busy, match=r'the first "Move db01.*", process'):
            hold(change(), "the second")
    assert list(folder.iterdir()) == []
    hold(change(), "the second").close()


def test_a_second_wizard_on_the_same_change_is_told_of_its_own_run():
    with hold(change(), "20261123-0217-db01"), pytest.raises(Busy) as busy:
        hold(change(), "the second")
    assert busy.value.title.startswith("A run of this very change is at ")
    assert f"process {os.getpid()} of {getpass.getuser()}" in busy.value.seen
    assert "`lparwiz runs`" in busy.value.next_step


def test_what_another_version_wrote_into_a_lock_is_shown_as_it_is(folder):
    with hold(change(), "the first"):
        for each in folder.iterdir():
            each.write_text("20261123-0217-db01, process 1255\x1b[2J")
        with pytest.raises(Busy) as busy:
            hold(change(), "the second")
    assert busy.value.seen == "20261123-0217-db01, process 1255[2J"


def test_an_lpar_is_held_whatever_its_hosts_are_called():
    one, other = change(address="10.1.2.3"), change(address="jump.example")
    with hold(one, "the first"), pytest.raises(Busy, match="LPAR db01"):
        hold(other, "the second")


def test_labs_on_one_machine_have_an_lpar_of_the_same_name_each():
    with hold(change(2201), "one"), hold(change(2301), "other"):
        pass


@pytest.mark.parametrize("link", [os.symlink, os.link], ids=["symbolic", "hard"])
def test_a_link_that_somebody_planted_is_refused_and_what_it_names_stays(folder, tmp_path, link):
    with hold(change(), "learn the names"):
        names = [each.name for each in folder.iterdir()]
    victim = tmp_path / "victim"
    victim.write_text("precious")
    for name in names:
        link(victim, folder / name)
    with pytest.raises(Trouble, match="chmod 1777"):
        hold(change(), "the first")
    assert victim.read_text() == "precious"


def test_a_folder_that_is_a_link_is_refused(folder, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    folder.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Trouble, match="chmod 1777"):
        hold(change(), "the first")
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_run_is_never_played_twice_whatever_its_runs_folder(tmp_path, monkeypatch):
    with lab(Scenario(route="outside"), tmp_path / "lab") as site:
        first = session.begin(edited(site.change_path), options(tmp_path))
        left(first)
        run = Path(first.latest().folder)
        second = session.take_up(run, options(tmp_path))
        with pytest.raises(Busy):
            session.take_up(run, options(tmp_path / "another"))
        monkeypatch.setattr(locks, "FOLDER", tmp_path / "elsewhere")
        with pytest.raises(Played, match="plays"):
            session.take_up(run, options(tmp_path / "another"))
        found = runs.summary(runs.PastRun(run, read(run / "journal.jsonl")))
        assert found["state"] == "being played"
        left(second)
        left(session.take_up(run, options(tmp_path / "another")))
        assert site.commands("") == []
    assert [event.kind for event in read(run / "journal.jsonl")].count("taken up") == 2


def left(engine):
    engine.send(Leave("enough"))
    engine.start()
    engine.join()


def test_a_demo_locks_nothing_as_its_hosts_are_its_own(folder, tmp_path):
    with lab(Scenario(route="outside"), tmp_path / "lab") as site:
        wanted = edited(site.change_path)
        engine = session.begin(wanted, options(tmp_path, own_site=True))
        assert not folder.exists()
        left(engine)
