"""`lparwiz measure` and `lparwiz history`: a rehearsal without a run, against the lab."""

import asyncio
import json
import os
import signal
import subprocess
import sys

import pytest
from click.testing import CliRunner

from lparwiz import measure as measuring
from lparwiz.cli import main
from lparwiz.history import read
from lparwiz.lab.scenario import Scenario
from lparwiz.watch.figures import Cause, Figures, Gap, Source

from .labs import edited, lab

NO_WISH = ('peerinact = "90s"\n', "")


def sees(*seconds, samples=480):
    """A watch that sees these silences one after the other, each at once."""

    async def measure(_transport, _change, clock, put, *, speed=1.0):
        for each in seconds:
            gap = Gap(clock.now() - each, each, 0.05, Cause.FREEZE)
            ticks = Source("ticks", "ticks of db01", "", 0.05, samples, gap, recent=(each,))
            lost = Source("ping/db02", "ping from db02", "", 1.0, lost="no ping on db02")
            put(Figures(clock.now(), (ticks, lost)))
        await asyncio.Event().wait()

    return measure


def run(site, folder, *words):
    path = str(site.change_path)
    arguments = ["measure", path, "--runs", str(folder / "runs"), "--speed", "150", *words]
    result = CliRunner().invoke(main, arguments, catch_exceptions=False)
    return result.exit_code, result.output


def quiet(site):
    """The commands that change something; there must be none."""
    words = ("-T peerinact:", "migrlpar", "chsyscfg", "mksyscfg", "rmsyscfg", "> /")
    return [line for word in words for _, line in site.commands(word)]


def test_it_says_what_was_seen_what_follows_and_changes_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(measuring, "measure", sees(3.0, 24.0))
    with lab(Scenario(route="outside"), tmp_path / "lab") as site:
        edited(site.change_path, NO_WISH)
        before = site.verdict()
        status, told = run(site, tmp_path, "--for", "30")
        after = site.verdict()
        assert quiet(site) == []
    assert status == 0
    assert {**before, "at": 0} == {**after, "at": 0}
    assert "24.00 s, at least 23.95 s" in told
    assert "lost: no ping on db02" in told
    assert "49 s = 4900" in told
    (kept,) = read(tmp_path / "runs" / "history.jsonl")
    assert (kept.seconds, kept.kind, kept.memory, kept.run) == (24.0, "rehearsal", 32768, "")
    assert list((tmp_path / "runs").iterdir()) == [tmp_path / "runs" / "history.jsonl"]


def test_as_json_every_line_is_an_object_and_the_last_one_sums_up(tmp_path, monkeypatch):
    monkeypatch.setattr(measuring, "measure", sees(24.0))
    with lab(Scenario(route="outside"), tmp_path / "lab") as site:
        edited(site.change_path, NO_WISH)
        status, told = run(site, tmp_path, "--for", "30", "--json")
    summary = [json.loads(line) for line in told.splitlines()][-1]
    assert status == 0
    assert summary["kind"] == "summary"
    assert summary["proposal"]["wanted"] == 4900
    assert summary["seen"]["seconds"] == 24.0
    assert [(s["id"], s["longest"], s["least"]) for s in summary["sources"]] == [
        ("ticks", 24.0, 23.95),
        ("ping/db02", None, None),
    ]


def test_the_longest_of_several_rehearsals_is_what_the_proposal_goes_by(tmp_path, monkeypatch):
    with lab(Scenario(route="outside"), tmp_path / "lab") as site:
        edited(site.change_path, NO_WISH)
        for seconds in (24.0, 6.0):
            monkeypatch.setattr(measuring, "measure", sees(seconds))
            _, told = run(site, tmp_path, "--for", "30")
    assert "The longest known is 24.00 s" in told
    assert "4900" in told
    listed = CliRunner().invoke(main, ["history", "--runs", str(tmp_path / "runs")])
    assert [line.split(", ")[0].split("  ")[-1] for line in listed.output.splitlines()] == [
        "24.00 s",
        "6.00 s",
    ]
    assert "480 samples, 32768 MB, rehearsal: ticks of db01" in listed.output
    as_json = CliRunner().invoke(main, ["history", "--json", "--runs", str(tmp_path / "runs")])
    assert [json.loads(line)["seconds"] for line in as_json.output.splitlines()] == [24.0, 6.0]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_on_ctrl_c_with_its_summary(tmp_path, monkeypatch, number):
    async def measure(_transport, _change, clock, put, *, speed=1.0):
        await sees(24.0)(_transport, _change, clock, put_and_end, speed=speed)

    def put_and_end(_figures):
        os.kill(os.getpid(), number)

    monkeypatch.setattr(measuring, "measure", measure)
    with lab(Scenario(route="outside"), tmp_path / "lab") as site:
        status, told = run(site, tmp_path)
    assert "Watched db01" in told
    assert status == 4, "nothing was handed up but the signal"


def test_nothing_seen_keeps_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(measuring, "measure", sees(0.1))
    with lab(Scenario(route="outside"), tmp_path / "lab") as site:
        status, told = run(site, tmp_path, "--for", "30")
    assert status == 0
    assert "No freeze was seen." in told
    assert not (tmp_path / "runs").exists()


def test_a_watch_that_fails_says_why_and_is_exit_status_4(tmp_path, monkeypatch):
    async def fails(*_args, **_more):
        raise RuntimeError("neither perl nor ksh")

    monkeypatch.setattr(measuring, "measure", fails)
    with lab(Scenario(route="outside"), tmp_path / "lab") as site:
        status, told = run(site, tmp_path)
    assert status == 4
    assert "neither perl nor ksh" in told


def test_a_node_that_is_out_of_reach_is_left_out_by_name(tmp_path, monkeypatch):
    monkeypatch.setattr(measuring, "measure", sees(24.0))
    scenario = Scenario(route="outside", unreachable=frozenset({"db02"}))
    with lab(scenario, tmp_path / "lab") as site:
        status, told = run(site, tmp_path, "--for", "30")
    assert status == 0
    assert "don't tell their timers: db02" in told


def test_a_route_without_nodes_has_nothing_to_be_watched(tmp_path):
    with lab(Scenario(route="managed"), tmp_path / "lab") as site:
        status, told = run(site, tmp_path)
    assert status == 2
    assert "no node to be watched" in told


def test_where_nobody_reads_any_more_the_figure_is_kept_all_the_same(tmp_path):
    """`lparwiz measure | head`."""
    with lab(Scenario(route="outside"), tmp_path / "lab", 20.0) as site:
        reading, writing = os.pipe()
        os.close(reading)
        words = ["measure", str(site.change_path), "--runs", str(tmp_path / "runs")]
        words += ["--speed", "20", "--for", "120"]
        command = [sys.executable, "-m", "lparwiz", *words]
        with subprocess.Popen(command, stdout=writing, stderr=subprocess.PIPE, text=True) as own:
            os.close(writing)
            while not site.commands("exec perl", "ping"):  # it has found db01's name on db02
                site.execute("db02", "sleep 2")
            site.execute("db02", "sleep 20")
            site.call(site.lab.site.freeze, "db01", 20.0)
            _, errors = own.communicate(timeout=40)
    assert (own.returncode, errors) == (0, "")
    (kept,) = read(tmp_path / "runs" / "history.jsonl")
    assert kept.seconds >= 20.0
