"""`lparwiz check` and `lparwiz checks`: what they print, write and return."""

import json
import socket
import tomllib

import pytest
from click.testing import CliRunner

from lparwiz.cli import main
from lparwiz.lab.scenario import Scenario
from lparwiz.run.journal import Journal
from lparwiz.run.ledger import Debt, as_data

from .labs import SPEED, lab, unattended


def run(*words):
    return CliRunner().invoke(main, [str(word) for word in words], catch_exceptions=False)


def check(tmp_path, *more, accept='"all"', **fields):
    """`lparwiz check` on a lab, and whether the lab is as it was."""
    with lab(Scenario(plain=True, **{"route": "full", **fields}), tmp_path / "lab") as site:
        text = site.change_path.read_text().replace('"all"', accept)
        site.change_path.write_text(text)
        before = site.verdict()
        words = ("check", site.change_path, "--runs", tmp_path / "runs", "--speed", SPEED)
        result = run(*words, *more)
        after = site.verdict()
    assert {**before, "at": 0} == {**after, "at": 0}
    assert not (tmp_path / "runs").exists()
    return result


@pytest.mark.parametrize(
    ("accept", "troubles", "status"),
    [
        ('"all"', (), 0),
        ('"asked.limitations", "asked.terminal"', (), 0),
        ('"asked.limitations"', (), 1),
        ('"all"', ("group-faulted",), 0),
        ('"asked.limitations", "asked.terminal"', ("group-faulted",), 1),
        ('"all"', ("no-rmc",), 2),
    ],
)
def test_the_exit_status_says_how_it_stands(tmp_path, accept, troubles, status):
    result = check(tmp_path, accept=accept, troubles=frozenset(troubles))
    assert result.exit_code == status, result.output
    *_, stop = result.output.splitlines()
    assert "pass" in stop
    assert ("0 stop" in stop) == (status < 2)


def test_a_host_that_says_nothing_is_waited_for_as_long_as_the_change_says(tmp_path):
    with (
        lab(Scenario(plain=True), tmp_path / "lab") as site,
        socket.create_server(("127.0.0.1", 0)) as silent,
    ):
        text = site.change_path.read_text()
        port = tomllib.loads(text)["node"][1]["port"]
        text = text.replace(f"port = {port}", f"port = {silent.getsockname()[1]}")
        site.change_path.write_text(f'{text}\n[limits]\nconnect = "0.4s"\n')
        result = run("check", site.change_path, "--runs", tmp_path / "runs", "--speed", SPEED)
    assert "did not answer within 0.4 s" in result.output


def test_what_an_earlier_run_owes_here_stops_the_next_and_is_said(tmp_path):
    with lab(Scenario(plain=True), tmp_path / "lab") as site:
        site.fault(
            host="db02", pattern="-T peerinact:1600", kind="fail", count=None, text="refused"
        )
        assert unattended(site, tmp_path)[0] == 3
        words = ("check", site.change_path, "--runs", tmp_path / "runs", "--speed", SPEED)
        result = run(*words)
    assert result.exit_code == 2
    (line,) = [line for line in result.stdout.splitlines() if "[run.owing]" in line]
    assert "still owes something here" in line
    assert "`lparwiz ledger`" in line


def test_a_run_that_is_being_played_here_stops_the_next_and_is_not_to_be_paid(tmp_path):
    with lab(Scenario(plain=True), tmp_path / "lab") as site:
        folder = tmp_path / "runs" / "20260101-0000-db01"
        folder.mkdir(parents=True)
        (folder / "change.toml").write_text(site.change_path.read_text())
        journal = Journal(folder / "journal.jsonl", lambda: 0.0)
        journal.write("begun", lpar="db01")
        debt = Debt("peerinact/db01", "db01", "raised", "lower it")
        journal.write("debt incurred", debt=as_data(debt))
        words = ("check", site.change_path, "--runs", tmp_path / "runs", "--speed", SPEED)
        result = run(*words)
        journal.close()
    assert result.exit_code == 2, result.output
    (line,) = [line for line in result.stdout.splitlines() if "[run.owing]" in line]
    assert "plays 20260101-0000-db01 right now" in line
    assert "pay" not in line
    assert "1 stop" in result.stdout, "the rest is checked all the same"


@pytest.mark.parametrize("unreachable", [{"db02"}, {"db01", "db02"}])
def test_a_host_out_of_reach_is_unknown_and_stops(tmp_path, unreachable):
    result = check(tmp_path, unreachable=frozenset(unreachable))
    assert result.exit_code == 2
    told = result.output.splitlines()
    for host in unreachable:
        assert len([line for line in told if line.startswith(f"unknown  {host}: ")]) == 1, told
    (rest,) = [line for line in told if " checks more of db02 could not be read " in line]
    assert "llt.links" in rest


def test_each_line_has_its_id_and_what_to_do(tmp_path):
    result = check(tmp_path, accept='"lpar.pool"', troubles=frozenset({"own-pool", "no-rmc"}))
    told = result.output.splitlines()
    assert any(line.startswith("accepted") and "[lpar.pool]" in line for line in told)
    assert any(line.startswith("warning") and "[asked.terminal]" in line for line in told)
    (stop,) = [line for line in told if line.startswith("stop")]
    assert "source HMC: RMC is inactive [lpar.rmc] (Mend RMC" in stop


def test_json_has_a_finding_a_line_and_the_status_last(tmp_path):
    result = check(tmp_path, "--json", troubles=frozenset({"group-faulted"}))
    *found, last = map(json.loads, result.output.splitlines())
    assert last["status"] == result.exit_code == 0
    (faulted,) = [each for each in found if each["id"] == "vcs.faulted"]
    assert faulted["level"] == "warning"
    assert faulted["accepted"]
    assert faulted["remedy"]


def test_the_page_for_the_ticket_has_the_worst_first_and_no_markup_of_a_host(tmp_path):
    page = tmp_path / "checks.md"
    check(tmp_path, "--markdown", page, lpar="db_01", troubles=frozenset({"no-rmc"}))
    text = page.read_text()
    assert text.startswith("# Checks: Move ")
    assert text.index("## stop") < text.index("## warning") < text.index("## pass")
    assert "| lpar.rmc | source HMC | RMC is inactive | Mend RMC" in text
    assert "LAB0000001" in text
    assert r"from p9-east to p9-west" in text
    assert r"db\_01" in text
    assert " db_01 " not in text


def test_route_vcs_is_checked_although_it_is_not_played(tmp_path):
    result = check(tmp_path, route="vcs", troubles=frozenset({"profile-file-wrong"}))
    assert result.exit_code == 2
    assert "[vcs.mappings]" in result.output


def test_a_name_that_cannot_be_sent_is_said_before_any_host_is_asked(tmp_path):
    result = check(tmp_path, lpar="db01|x")
    assert result.exit_code == 2
    assert "can't be carried" in result.output


def test_a_page_that_cannot_be_written_is_said_in_words(tmp_path):
    result = check(tmp_path, "--markdown", tmp_path / "no" / "such" / "folder.md")
    assert result.exit_code == 2
    assert "can't be written" in result.output


def test_the_checks_are_listed_in_lines_json_and_markdown():
    told = run("checks").output.splitlines()
    listed = [json.loads(line) for line in run("checks", "--json").output.splitlines()]
    page = run("checks", "--markdown").output
    assert len(told) == len(listed) > 50
    for line, each in zip(told, listed, strict=True):
        assert line.startswith(each["id"])
        assert each["title"] in line
        assert each["remedy"]
        assert each["source"]
        assert f"\n## {each['id']}\n" in page
