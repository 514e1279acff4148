"""`lparwiz measure` and `lparwiz history`: a rehearsal without a run, against the lab."""

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys

import pytest
from click.testing import CliRunner

from lparwiz import measure as measuring
from lparwiz.cli import main
from lparwiz.history import read
from lparwiz.lab.scenario import Scenario
from lparwiz.runs import history
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


def migrated(site, seen):
    """A watch during which somebody migrates the node, and ends it afterwards with Ctrl-C."""
    line = "migrlpar -o m -m p9-east -t p9-west -p db01"

    async def measure(_transport, _change, clock, put, *, speed=1.0):
        watch = asyncio.ensure_future(seen(_transport, _change, clock, put, speed=speed))
        # For its place, for its memory, and for whether it migrates already.
        while len(site.commands("lssyscfg -r lpar")) < 3 or not site.commands("lslparmigr"):
            await clock.sleep(1.0)
        await asyncio.to_thread(site.execute, "hmc1", line)
        os.kill(os.getpid(), signal.SIGINT)
        await watch

    return measure


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
    assert "Nobody saw db01 migrate meanwhile: this figure only raises a timer." in told
    assert "the guide's 9000 (90 s)" in told
    (kept,) = read(tmp_path / "runs" / "history.jsonl")
    assert not kept.whole
    assert (kept.seconds, kept.kind, kept.memory, kept.run) == (24.0, "rehearsal", 32768, "")
    assert list((tmp_path / "runs").iterdir()) == [tmp_path / "runs" / "history.jsonl"]


@pytest.mark.parametrize("as_json", [False, True])
def test_where_both_consoles_show_that_it_migrated_the_figure_counts_in_full(
    tmp_path, monkeypatch, as_json
):
    scenario = Scenario(route="outside", consoles=1, migration_seconds=60.0)
    with lab(scenario, tmp_path / "lab") as site:
        edited(site.change_path, NO_WISH)
        monkeypatch.setattr(measuring, "measure", migrated(site, sees(24.0)))
        status, told = run(site, tmp_path, *(["--json"] if as_json else []))
    assert status == 0
    assert ('"wanted": 4900' if as_json else "4900 (49 s)") in told
    assert ('"migrated": true' in told) is as_json
    assert "only raises" not in told
    (kept,) = read(tmp_path / "runs" / "history.jsonl")
    assert kept.whole


def test_a_node_that_hangs_holds_up_neither_the_watch_nor_its_end(tmp_path, monkeypatch):
    monkeypatch.setattr(measuring, "measure", sees(24.0))
    monkeypatch.setattr(measuring, "LAST", 0.5)
    with lab(Scenario(route="outside"), tmp_path / "lab") as site:
        site.fault(kind="hang", host="db02", pattern="lltconfig -T query", seconds=None)
        status, told = run(site, tmp_path, "--for", "30")
    assert status == 0
    assert "don't tell their timers: db02" in told


def test_as_json_every_line_is_an_object_and_the_last_one_sums_up(tmp_path, monkeypatch):
    monkeypatch.setattr(measuring, "measure", sees(24.0))
    with lab(Scenario(route="outside"), tmp_path / "lab") as site:
        edited(site.change_path, NO_WISH)
        status, told = run(site, tmp_path, "--for", "30", "--json")
    summary = [json.loads(line) for line in told.splitlines()][-1]
    assert status == 0
    assert summary["kind"] == "summary"
    assert summary["proposal"]["wanted"] == 9000
    assert (summary["migrated"], summary["seen"]["whole"]) == (False, False)
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
    assert "a freeze of at least 24 s was not seen whole" in told
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


def test_where_the_history_can_be_neither_read_nor_written_the_figure_is_kept_all_the_same(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(measuring, "measure", sees(24.0))
    (tmp_path / "runs" / "history.jsonl").mkdir(parents=True)
    with lab(Scenario(route="outside"), tmp_path / "lab") as site:
        status, told = run(site, tmp_path, "--for", "30")
    assert status == 0
    assert "The history could not be written" in told
    assert "The history can't be read" in told
    assert [seen.seconds for seen in history(tmp_path / "runs").all] == [24.0]
    listed = CliRunner().invoke(main, ["history", "--runs", str(tmp_path / "runs")])
    assert "can't be read" in listed.stderr
    assert "24.00 s" in listed.stdout


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


@pytest.mark.parametrize(
    ("seconds", "known"),
    [((3.0, 24.0, 6.0), [24.0]), ((24.0, 0.1), [24.0]), ((0.1,), [])],
    ids=["the longest of several", "jitter after it", "nothing"],
)
def test_a_killed_rehearsal_leaves_the_longest_that_it_had_seen(
    tmp_path, monkeypatch, seconds, known
):
    """What stands in the folder of the runs at the instant of a kill, right after the last one."""
    longest = [max(seconds[: at + 1]) for at in range(len(seconds))]

    async def measure(_transport, _change, clock, put, *, speed=1.0):
        watch = asyncio.ensure_future(sees(*longest)(_transport, _change, clock, put, speed=speed))
        await asyncio.sleep(0)
        if (tmp_path / "runs").exists():
            shutil.copytree(tmp_path / "runs", tmp_path / "killed")
        await watch

    monkeypatch.setattr(measuring, "measure", measure)
    with lab(Scenario(route="outside"), tmp_path / "lab") as site:
        edited(site.change_path, NO_WISH)
        run(site, tmp_path, "--for", "30")
        assert [p.name for p in (tmp_path / "runs").glob("*")] == ["history.jsonl"] * len(known)
        found = history(tmp_path / "killed").all
        assert [(seen.seconds, seen.lpar) for seen in found] == [(each, "db01") for each in known]
        assert all("cut off by a kill: at least" in seen.by for seen in found)
        monkeypatch.setattr(measuring, "measure", sees(6.0))
        path = str(site.change_path)
        words = ["measure", path, "--runs", str(tmp_path / "killed"), "--speed", "150"]
        told = CliRunner().invoke(main, [*words, "--for", "30"], catch_exceptions=False).output
    assert ("The longest known is 24.00 s" in told) == bool(known)
    assert ("cut off by a kill" in told) == bool(known)


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


@pytest.mark.parametrize("full", [False, True], ids=["told", "to a full disk"])
def test_under_nohup_a_hangup_ends_nothing_and_lines_that_do_not_fit_end_nothing(tmp_path, full):
    out = os.open("/dev/full", os.O_WRONLY) if full else subprocess.PIPE
    with lab(Scenario(route="outside"), tmp_path / "lab", 20.0) as site:
        words = ["measure", str(site.change_path), "--runs", str(tmp_path / "runs")]
        words += ["--speed", "20", "--for", "50"]
        command = ["nohup", sys.executable, "-m", "lparwiz", *words]
        with subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.PIPE, text=True
        ) as own:
            while not site.commands("exec perl"):
                site.execute("db02", "sleep 2")
            own.send_signal(signal.SIGHUP)
            told, errors = own.communicate(timeout=40)
    if full:
        os.close(out)
    assert (own.returncode, errors) == (0, "")
    assert full or "Watched db01 for 5" in told
