"""The change file: every route, every refusal, everything wrong at once."""

from pathlib import Path

import pytest

from lparwiz.change import ChangeInvalid, Part, Route, Trigger, parse, read, template

from .sample import FULL, HERE, ISSUE, only, problems


def test_the_whole_shape_is_read():
    change = parse(ISSUE, HERE)
    assert (change.route, change.lpar.name, change.ticket) == (Route.FULL, "db 01", "CHG0031337")
    assert (change.timers.peerinact, change.timers.persist) == (9000, True)
    assert (change.limits.command, change.limits.migration, change.limits.connect) == (
        1.5,
        5400,
        30,
    )
    assert [host.id for host in change.hosts] == [
        "node/db01",
        "node/db02",
        "manager/mgmt1",
        "console/source",
        "console/target",
    ]
    assert change.vcs.to == "mgmt2"
    assert change.decisions.accept == ("llt.jeopardy",)
    assert change.text == ISSUE
    assert change.migrating_node is change.nodes[0]
    assert change.host("manager/mgmt1") is change.managers[0]


def test_a_host_overrides_what_ssh_says_for_all():
    db01, db02 = parse(ISSUE, HERE).nodes
    assert (db01.user, db02.user) == ("root", "operator")
    assert (db01.port, db02.port) == (None, 2022)
    assert db01.identity == Path("/changes/id_ed25519")
    assert db02.identity == Path("/keys/db02")
    assert db01.known_hosts == Path("/changes/known_hosts")
    assert db01.config == Path.home() / ".ssh/config"
    assert (db01.become, db02.become) == ("", "sudo -n")


def test_two_consoles_are_told_apart_and_one_is_the_very_same():
    two = parse(ISSUE, HERE)
    assert [host.label for host in two.consoles] == ["source HMC", "target HMC"]
    one = parse(FULL, HERE)
    assert one.source_console is one.target_console
    assert [host.label for host in one.consoles] == ["HMC"]


def test_routes_are_what_the_design_says():
    assert {route: (set(route.parts), route.trigger) for route in Route} == {
        Route.OUTSIDE: ({Part.TIMERS}, Trigger.HMC),
        Route.MANAGED: ({Part.PROFILES}, Trigger.HMC),
        Route.VCS: (set(), Trigger.VCS),
        Route.FULL: ({Part.TIMERS, Part.PROFILES}, Trigger.HMC),
    }


@pytest.mark.parametrize("route", Route)
def test_the_template_of_every_route_reads_as_it_stands(route, tmp_path):
    path = tmp_path / "change.toml"
    path.write_text(template(route))
    change = read(path)
    assert change.route is route
    assert change.path == path


@pytest.mark.parametrize("route", Route)
def test_the_commented_lines_of_the_template_are_right_too(route):
    text = "\n".join(
        line.removeprefix("# ") if " = " in line or line.startswith("# [") else line
        for line in template(route).splitlines()
    )
    change = parse(text, HERE)
    assert change.limits == parse(template(route), HERE).limits
    assert change.decisions.outcome == "evidence"
    assert change.nodes or change.managers, "without one no host bears the run's mark"


MINIMAL = """
version = 1
title = "t"
route = "{route}"
lpar = {{ name = "a", source = "s", target = "t"{node} }}
console.source.address = "hmc1"
{more}
"""
NODES = 'node = [{ name = "a", address = "a" }, { name = "b", address = "b" }]'


@pytest.mark.parametrize(
    ("route", "node", "more"),
    [
        ("outside", ', node = "a"', NODES),
        ("full", ', node = "a"', NODES),
        ("managed", "", ""),
        ("managed", "", NODES + '\nvcs = { group = "g", resource = "r", to = "m" }'),
        (
            "vcs",
            "",
            'vcs.group = "g"\nvcs.resource = "r"\nvcs.to = "m"\nmanager = [{name="m",address="m"}]',
        ),
    ],
)
def test_the_least_that_each_route_needs(route, node, more):
    change = parse(MINIMAL.format(route=route, node=node, more=more), HERE)
    assert change.decisions.proceed is False
    assert change.decisions.outcome == "stop"
    assert change.decisions.accept == ()
    assert change.timers.peerinact is None


def test_every_problem_comes_at_once_with_place_line_found_and_expected():
    text = """version = 2
titel = "x"
route = "ful"
[lpar]
name = " a"
source = "s"
target = "s"
node = "c"
[timers]
peerinact = 9000
[console.source]
address = "root@hmc"
[[node]]
name = "a"
address = "h:22"
port = 70000
adress = "x"
[[node]]
name = "a"
address = "h"
become = "sudo"
[limits]
command = 30
"""
    found = {(each.line, each.place) for each in problems(text)}
    assert found == {
        (1, "version"),
        (2, "titel"),
        (3, "route"),
        (5, "lpar.name"),
        (7, "lpar.target"),
        (8, "lpar.node"),
        (10, "timers.peerinact"),
        (12, "console.source.address"),
        (15, "node[1].address"),
        (16, "node[1].port"),
        (17, "node[1].adress"),
        (19, "node[2].name"),
        (21, "node[2].become"),
        (23, "limits.command"),
        (None, "title"),
    }
    assert all(each.found and each.expected for each in problems(text))


def test_the_message_names_file_problems_and_the_next_step():
    with pytest.raises(ChangeInvalid) as invalid:
        parse(ISSUE.replace("ticket", "tikcet"), HERE)
    assert str(invalid.value) == (
        "The change file '/changes/db01.toml' has 1 problem:\n"
        "  line 4, tikcet: found an unknown key; expected a known key; did you mean `ticket`?\n"
        "Nothing has been done on any host. Correct the file and start again."
    )


@pytest.mark.parametrize(
    ("old", "new", "place", "expected"),
    [
        ('"90s"', "9000", "timers.peerinact", '"90s"'),
        ('"90s"', "90", "timers.peerinact", "unit"),
        ('"90s"', '"90"', "timers.peerinact", "unit"),
        ('"90s"', "true", "timers.peerinact", "unit"),
        ('"90s"', '"0s"', "timers.peerinact", "no failure would be noticed"),
        ('"90s"', '"2s"', "timers.peerinact", "peertrouble"),
        ('"90s"', '"4s"', "timers.peerinact", "peertrouble"),
        ('"90s"', '"61m"', "timers.peerinact", "hour"),
        ('"90s"', '"9.005s"', "timers.peerinact", "hundredths"),
        ('"90s"', '"-9s"', "timers.peerinact", "unit"),
        ('"1.5s"', '"0s"', "limits.command", "more than 0s"),
        ('"1.5s"', '"169h"', "limits.command", "week"),
        ('"1.5s"', "30.0", "limits.command", "unit"),
        ("version = 1", "version = true", "version", "1"),
        ("version = 1", "version = 1.0", "version", "1"),
        ('"full"', '"fulll"', "route", 'did you mean "full"'),
        ('"full"', "3", "route", "outside"),
        ('"p9-west"', '"p9-east"', "lpar.target", "another system"),
        ('node    = "db01"', 'node    = "db03"', "lpar.node", '"db01", "db02"'),
        ('node    = "db01"', "", "lpar.node", "LLT node name"),
        ('name    = "db02"', 'name    = "db 02"', "node[2].name", "blanks"),
        ('name    = "db02"', 'name    = "db01"', "node[2].name", "node[1]"),
        ('"db 01"', '""', "lpar.name", "some text"),
        ('"db 01"', '"db\\u0007"', "lpar.name", "control"),
        ('"db 01"', '"db01 "', "lpar.name", "blanks"),
        ('"db 01"', f'"{"x" * 65}"', "lpar.name", "64"),
        ('"10.0.0.2"', '"-oProxyCommand"', "node[2].address", "host name"),
        ('"10.0.0.2"', '"a b"', "node[2].address", "host name"),
        ('"10.0.0.2"', '"h:22"', "node[2].address", "`port`"),
        ('"10.0.0.2"', '"u@h"', "node[2].address", "`user`"),
        ('"10.0.0.2"\nport    = 2022', '"DB01.example.com"', "node[2].address", "node[1]"),
        (
            '"hmc2.example.com"\nport = 2222',
            '"hmc1.example.com"',
            "console.target.address",
            "leave",
        ),
        ("2022", "0", "node[2].port", "65535"),
        ("2022", '"2022"', "node[2].port", "whole number"),
        ("2022", "true", "node[2].port", "whole number"),
        ("2022", "99999999999999999999999", "node[2].port", ""),
        ('"sudo -n"', '"sudo"', "node[2].become", "sudo -n"),
        ('"sudo -n"', '"sudo -n \'"', "node[2].become", "quotes"),
        ('"operator"', '"-l root"', "ssh.user", "login name"),
        ('["llt.jeopardy"]', '["all", "x"]', "decisions.accept", "alone"),
        ('["llt.jeopardy"]', "[1]", "decisions.accept[1]", "text"),
        ('["llt.jeopardy"]', '"all"', "decisions.accept", "a list"),
        ('"evidence"', '"guess"', "decisions.outcome", "stop"),
        ("proceed = true", "proceed = 1", "decisions.proceed", "true or false"),
        ("[console.target]", "[console.taget]", "console.taget", "`target`"),
        ("[timers]", "[timer]", "timer", "`timers`"),
        ("[vcs]", "[[vcs]]", "vcs", "[vcs]"),
        ('to = "mgmt2"', "", "vcs.to", "required"),
    ],
)
def test_each_refusal_has_its_place_and_says_what_was_expected(old, new, place, expected):
    assert ISSUE.count(old) >= 1
    problem = only(ISSUE.replace(old, new, 1))
    assert problem.place == place
    assert expected in problem.expected
    assert problem.line is not None


@pytest.mark.parametrize("text", ["90s", "1m30s", "0.025h", "1.5m"])
def test_durations_may_be_written_in_any_unit(text):
    assert parse(ISSUE.replace('"90s"', f'"{text}"'), HERE).timers.peerinact == 9000


def test_peerinact_just_above_peertrouble_is_taken():
    assert parse(ISSUE.replace('"90s"', '"4.01s"'), HERE).timers.peerinact == 401


def test_a_route_with_timers_wants_two_nodes():
    start, end = ISSUE.index('[[node]]\nname    = "db02"'), ISSUE.index("[[manager]]")
    problem = only(ISSUE[:start] + ISSUE[end:])
    assert (problem.place, problem.found) == ("node", "one node")


def test_route_vcs_wants_its_table_and_managers():
    text = template(Route.VCS)
    without = text[: text.index("\n# The management LPARs")] + text[text.index("\n# [ssh]") :]
    assert {each.place for each in problems(without)} == {"vcs", "manager"}


@pytest.mark.parametrize("route", ["managed", "vcs"])
def test_a_timer_that_would_never_be_set_is_refused(route):
    found = problems(ISSUE.replace('"full"', f'"{route}"'))
    assert {each.place for each in found} == {"timers.peerinact", "timers.persist"}


def test_one_port_for_all_does_not_make_two_hosts_one_and_the_lab_shares_an_address():
    text = ISSUE.replace("db01.example.com", "127.0.0.1").replace("10.0.0.2", "127.0.0.1")
    assert len(parse(text, HERE).nodes) == 2
    text = text.replace("[ssh]", "[ssh]\nport = 2022")
    assert only(text).place == "node[2].address"


def test_a_manager_may_be_a_node():
    assert parse(ISSUE.replace("mgmt1.example.com", "db01.example.com"), HERE).managers


def test_how_long_a_reboot_takes_is_read_in_seconds_and_not_asked_for():
    assert parse(FULL, HERE).timers.reboot is None
    told = FULL.replace("persist = false", 'persist = false\nreboot = "5m"')
    assert parse(told, HERE).timers.reboot == 300.0
    with pytest.raises(ChangeInvalid, match=r"timers\.reboot"):
        parse(told.replace('"5m"', "300"), HERE)


def test_a_freeze_that_is_told_says_where_it_is_from_and_its_unit():
    whole = 'persist = false\nfreeze = "14.5s"\nfreeze_from = "CHG0031337"'
    timers = parse(FULL.replace("persist = false", whole), HERE).timers
    assert (timers.freeze, timers.freeze_from) == (14.5, "CHG0031337")
    assert parse(FULL, HERE).timers.freeze is None


@pytest.mark.parametrize(
    ("lines", "place", "expected"),
    [
        ('freeze = "14.5s"', "freeze_from", "where the figure is from"),
        ('freeze_from = "CHG0031337"', "freeze", "the figure"),
        ('freeze = 1450\nfreeze_from = "x"', "freeze", "a duration with its unit"),
        ('freeze = "0s"\nfreeze_from = "x"', "freeze", "more than 0s"),
        ('freeze = "1450s"\nfreeze_from = "x"', "freeze", "at most 600s"),
    ],
)
def test_a_freeze_that_is_no_freeze_or_from_nowhere_is_an_error(lines, place, expected):
    with pytest.raises(ChangeInvalid) as invalid:
        parse(FULL.replace("persist = false", f"persist = false\n{lines}"), HERE)
    (problem,) = invalid.value.problems
    assert problem.place == f"timers.{place}"
    assert expected in problem.expected
