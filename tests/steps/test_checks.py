"""Every check three times: all is well, its condition is on, its reading is broken."""

import shutil
import tomllib
from collections import Counter
from fnmatch import fnmatch
from pathlib import Path

import pytest
import tomli_w

from lparwiz import change as changes
from lparwiz.history import History, Kind, Seen
from lparwiz.lab.models import Console
from lparwiz.lab.scenario import Scenario
from lparwiz.lab.troubles.registry import TROUBLES, by_check
from lparwiz.run.snapshot import Level
from lparwiz.steps import check as step
from lparwiz.steps.checks.check import UNREAD
from lparwiz.steps.checks.page import reference
from lparwiz.steps.checks.registry import CHECKS
from lparwiz.steps.reader import reader
from lparwiz.tools.command import Answer, Outcome

from ..memory import Memory
from .check_cases import (
    ALSO_CAUGHT,
    CASES,
    DISK,
    FORGOTTEN,
    LONG_FREEZE,
    LPP,
    NO_MANAGERS,
    PLAYED,
    UNREACHABLE,
)

HERE = Path(__file__).parent
CHECK = {check.id: check for check in CHECKS}
ALWAYS_ASKED = {"asked.limitations", "asked.terminal", "asked.keys"}
"""Questions that no reading can answer or spare."""
WITHOUT = {FORGOTTEN: "node", NO_MANAGERS: "manager"}


class Hosts(Memory):
    """A site whose hosts may be out of reach, and whose commands are counted."""

    def __init__(self, scenario):
        super().__init__(scenario, Path("/nowhere/change.toml"))
        self.sent = Counter()

    async def run(self, host_id, command):
        assert not command.changes
        self.sent[self.labels[host_id]] += 1
        try:
            return await super().run(host_id, command)
        except ConnectionError as cut:
            return Answer(Outcome.NOT_STARTED, reason=str(cut))


def break_it(hosts, what, *, garbage, says="%&/ what a mess"):
    """Let a program of every node, or an HMC's command, answer nothing that means anything.

    `garbage`: False: it fails; True: it succeeds, and says something; None: and says nothing.
    """
    if not what.startswith("/"):
        kind = {"kind": "garbage", "text": "binary"} if garbage else {"kind": "fail"}
        hosts.site.faults.add(host="*", pattern=what, count=None, **kind)
        return

    def broken(shell, argv, io):
        if garbage is not None:
            (io.say if garbage else io.complain)(says)
        return int(garbage is False)

    for node in hosts.site.cluster.nodes:
        programs = hosts.site.programs(node)
        name = what.rpartition("/")[2]
        for path in [path for path in programs if path.rpartition("/")[2] == name]:
            programs[path] = broken


def without(change, kind):
    """The change as somebody wrote it who forgot the last of its nodes, or all its managers."""
    table = tomllib.loads(change.text)
    table[kind] = table[kind][:-1] if kind == "node" else []
    return changes.parse(tomli_w.dumps(table), change.path)


async def examined(route, trouble="", broken="", *, garbage=False, says="", **more):
    """What the checks find in a lab with this trouble and this broken reading, and the lab.

    `says`: what the broken one prints, all the same with success.
    """
    known = frozenset({trouble} & TROUBLES.keys())
    away = frozenset({"db02"} if trouble == UNREACHABLE else ())
    fields = {"plain": True, "peerinact": (1600,), "troubles": known, "unreachable": away}
    hosts = Hosts(Scenario(**{"route": route, **fields, **more}))
    change = without(hosts.change, WITHOUT[trouble]) if trouble in WITHOUT else hosts.change
    if broken and broken != DISK:
        broken_how = {"garbage": True, "says": says} if says else {"garbage": garbage}
        break_it(hosts, broken, **broken_how)
    freeze = 40.0 if trouble == LONG_FREEZE else 12.0
    seen = Seen(0.0, "db01", "p9-east", "p9-west", freeze, freeze, 1, "ticks", Kind.MIGRATION)
    found = await step.examine(reader(change, hosts, hosts), change, History(None, [seen]), HERE)
    await hosts.site.close()
    return found, hosts


def of(check_id, findings):
    """The findings of one check."""
    return [f for f in findings if f.id == check_id or f.id.startswith(f"{check_id}.")]


def worst(findings):
    order = (Level.PASS, Level.NOTE, Level.WARNING, Level.STOP, Level.UNKNOWN)
    return max((f.level for f in findings), key=order.index, default=None)


def test_every_check_has_its_three_cases():
    assert CASES.keys() == CHECK.keys()
    for check_id, case in CASES.items():
        assert case.on
        assert bool(case.broken) == bool(CHECK[check_id].reads), check_id


def test_every_trouble_of_the_lab_names_the_check_that_catches_it():
    for trouble in TROUBLES.values():
        routes = {r for i, r in PLAYED if i == trouble.check and trouble.name in CASES[i].on}
        also = ALSO_CAUGHT.get(trouble.name)
        routes |= {also[1]} if also and also[0] == trouble.check else set()
        assert routes
        assert routes <= set(trouble.routes)


@pytest.mark.parametrize(
    ("trouble", "route"), [(t.name, route) for t in TROUBLES.values() for route in t.routes]
)
async def test_a_trouble_shows_on_every_route_that_it_says(trouble, route):
    old = {"old_filters": True} if trouble == "not-managed-there" else {}
    found, _ = await examined(route, trouble, **old)
    assert {f.level for f in of(TROUBLES[trouble].check, found)} - {Level.PASS, Level.UNKNOWN}


@pytest.mark.parametrize("route", ["outside", "managed", "full", "vcs"])
async def test_all_is_well(route):
    found, _ = await examined(route)
    assert {f.id for f in found if f.level is not Level.PASS} <= ALWAYS_ASKED
    told = {check_id for check_id in CHECK if of(check_id, found)}
    apply = {check.id for check in CHECKS if check.applies(Hosts(Scenario(route=route)).change)}
    assert apply - told <= {"asked.wwpns", "asked.managers"}
    assert told <= apply


@pytest.mark.parametrize(("check_id", "route"), PLAYED)
async def test_where_all_is_well_it_passes(check_id, route):
    found, _ = await examined(route, **CASES[check_id].scenario)
    levels = {f.level for f in of(check_id, found)}
    assert levels == ({Level.PASS} if not asks(check_id) else levels & {Level.WARNING})


def asks(check_id):
    return check_id.startswith("asked.")


@pytest.mark.parametrize(
    ("check_id", "route", "trouble"),
    [(i, route, trouble) for i, route in PLAYED for trouble in CASES[i].on],
)
async def test_its_condition_is_caught(check_id, route, trouble, monkeypatch):
    case, check = CASES[check_id], CHECK[check_id]
    if trouble == DISK:
        monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(9, 8, 1))
    found, _ = await examined(route, trouble, **case.scenario)
    caught = [f for f in of(check_id, found) if f.level is not Level.PASS]
    assert worst(caught) is check.level
    first = next(f for f in caught if f.level is check.level)
    assert first.text
    remedy = case.remedy or (UNREAD if check.level is Level.UNKNOWN else check.remedy)
    assert remedy in first.remedy or check.id == "definition"
    others = {f.id for f in found if f.level is not Level.PASS} - {f.id for f in caught}
    strangers = {i for i in others - ALWAYS_ASKED if not any(fnmatch(i, p) for p in case.also)}
    assert not strangers


MAY_BE_SILENT = {LPP + "errpt"}
"""It prints nothing where it has nothing to tell: `errpt -a` has no head."""


@pytest.mark.parametrize(
    ("check_id", "route", "reading"),
    [
        (i, route, reading)
        for i, route in PLAYED
        for reading in CASES[i].broken
        if reading.startswith("/") and reading not in (*MAY_BE_SILENT, *CASES[i].no_garbage)
    ],
)
async def test_a_program_that_prints_nothing_at_all_has_told_nothing(check_id, route, reading):
    case = CASES[check_id]
    found, _ = await examined(route, "", reading, garbage=None, **case.scenario)
    told = of(check_id, found)
    assert worst(told) is Level.UNKNOWN
    assert not [f for f in told if f.level is Level.PASS]


async def test_a_partition_that_migrates_may_be_a_node_where_a_node_does_not_tell_its_own():
    found, _ = await examined("full", "bystander-migrating", LPP + "lparstat")
    (told,) = [f for f in of("hmc.migrations", found) if f.level is not Level.PASS]
    assert told.level is Level.UNKNOWN
    assert "nim server; db01 and db02 may be" in told.text.replace(", ", " and ")


async def test_a_drmgr_that_prints_nothing_is_no_proof_that_no_script_is_installed():
    found, _ = await examined("full", "", "/usr/sbin/drmgr", garbage=None)
    (told,) = of("aix.scripts", found)
    assert told.level is Level.WARNING
    assert "not known" in told.text
    assert "drmgr -l" in told.remedy


SYSTEMS_ONLY = "-- SYSTEM STATE\n-- System State Frozen\n\nA  {0}1-vcs  RUNNING  0\n"
CUT_LLTTAB = "set-node db01\nset-cluster 1234\n"
SAYS_OTHERWISE = [
    ("vcs.faulted", "full", "hastatus", SYSTEMS_ONLY.format("DB0"), "tells nothing of"),
    ("vcs.target", "vcs", "hastatus", SYSTEMS_ONLY.format("MGMT"), "nothing of db01_lpar_sg"),
    ("vcs.pending", "full", "hagrp", "another  ToQ  global\n", "tells nothing of"),
    ("vcs.sys-down-policy", "vcs", "hagrp", "db01_lpar_sg  ToQ  global\n", "no SysDownPolicy"),
    ("gab.fencing", "full", "haclus", "scsi-5\n", "no mode we know"),
    ("aix.scripts", "full", "drmgr", "%&$ what a mess\n", "DLPAR scripts"),
    ("cluster.clock", "full", "date", "202611220214\n", "a time"),
    ("llt.macs", "full", "cat", CUT_LLTTAB, "llttab"),
    ("llt.llttab", "full", "cat", CUT_LLTTAB, "llttab"),
    ("vcs.mappings", "vcs", "cat", "name=db01\nvios mapping lines\n", "form that is known"),
]  # fmt: skip


@pytest.mark.parametrize(("check_id", "route", "program", "says", "why"), SAYS_OTHERWISE)
async def test_what_is_cut_or_of_another_form_is_never_taken_for_well(
    check_id, route, program, says, why
):
    found, _ = await examined(route, broken=f"/{program}", says=says)
    told = of(check_id, found)
    assert worst(told) is Level.UNKNOWN
    assert not [f for f in told if f.level is Level.PASS]
    assert any(why in f.text for f in told)


@pytest.mark.parametrize(
    ("check_id", "route", "program", "says"),
    [
        ("vcs.pending", "vcs", "hagrp", "db01_lpar_sg  SysDownPolicy  global\n"),
        ("vcs.remove-profile", "vcs", "hares", "db01_lpar  LPARName  global  db01\n"),
        ("aix.levels", "full", "lslpp", "VRTSllt:VRTSllt:8.0.2.0: : :C:\n"),
    ],
)
async def test_what_a_release_does_not_tell_is_said(check_id, route, program, says):
    found, _ = await examined(route, broken=f"/{program}", says=says)
    assert {f.level for f in of(check_id, found)} == {Level.NOTE}


BROKEN = [
    pytest.param(
        i, on, reading, garbage, id=f"{i}-{on}-{reading}-{'garbage' if garbage else 'refused'}"
    )
    for i, on in PLAYED
    for reading in CASES[i].broken
    for garbage in (False, True)
    if not (garbage and reading in (*CASES[i].no_garbage, DISK))
]


@pytest.mark.parametrize(("check_id", "route", "reading", "garbage"), BROKEN)
async def test_what_cannot_be_read_is_unknown(check_id, route, reading, garbage, monkeypatch):
    case = CASES[check_id]
    if reading == DISK:
        monkeypatch.setattr(shutil, "disk_usage", refuse)
    found, _ = await examined(route, "", reading, garbage=garbage, **case.scenario)
    told = of(check_id, found)
    assert worst(told) is Level.UNKNOWN
    assert not [f for f in told if f.level is Level.PASS]
    assert all(f.remedy == UNREAD and f.text for f in told if f.level is Level.UNKNOWN)


def refuse(path):
    raise OSError(5, "Input/output error")


@pytest.mark.parametrize(("trouble", "case"), ALSO_CAUGHT.items())
async def test_a_further_condition_is_caught(trouble, case):
    check_id, route, level, text = case
    found, _ = await examined(route, trouble)
    told = of(check_id, found)
    assert worst(told) is level
    assert any(text in f.text for f in told)
    assert all(f.remedy for f in told if f.level is level)


ODD = "# f\u00fcr die Knoten\nset-node db02\nset-cluster 1\nlink en2 en2 - ether - -\n"
FORMS = {
    "missing": (lambda files, path: files.remove(path), "no /etc/llttab", "persist = false"),
    "a folder": (lambda files, path: setattr(files.get(path), "folder", True), "no file", "hand"),
    "odd": (lambda files, path: files.write(path, ODD.encode()), "beyond ASCII", "by hand"),
    "a bell": (
        lambda files, path: files.write(path, ODD.replace("\u00fc", "\a").encode()),
        "control character",
        "by hand",
    ),
}


@pytest.mark.parametrize(("make", "why", "remedy"), FORMS.values(), ids=FORMS)
@pytest.mark.parametrize("persist", [False, True])
async def test_a_file_that_cannot_be_written_stops_only_where_persist_asks_for_it(
    make, why, remedy, persist
):
    hosts = Hosts(Scenario(route="full", plain=True, peerinact=(1600,), persist=persist))
    make(hosts.site.cluster.nodes[1].files, "/etc/llttab")
    readings = reader(hosts.change, hosts, hosts)
    found = await step.examine(readings, hosts.change, History(None), HERE)
    await hosts.site.close()
    caught = [f for f in of("llt.persist", found) if f.level is not Level.PASS]
    assert [(f.level, f.host) for f in caught] == ([(Level.STOP, "db02")] if persist else [])
    assert all(why in f.text and remedy in f.remedy for f in caught)


@pytest.mark.parametrize("route", ["outside", "managed", "full", "vcs"])
async def test_a_node_costs_two_commands_at_most(route):
    _, hosts = await examined(route)
    consoles = {label for label, host in hosts.site.hosts.items() if isinstance(host, Console)}
    assert all(count <= 2 for label, count in hosts.sent.items() if label not in consoles)
    assert all(count <= 8 for label, count in hosts.sent.items() if label in consoles)


async def test_a_silent_host_makes_all_its_checks_unknown_and_no_others():
    found, _ = await examined("full", UNREACHABLE)
    silent = {f.id for f in found if f.level is Level.UNKNOWN}
    assert {"llt.links", "gab.ports", "llt.llttab", "vcs.running"} <= silent
    assert {f.host for f in found if f.level is Level.UNKNOWN} == {"db02"}


async def test_one_console_for_both_systems_hides_neither():
    found, _ = await examined("full", "target-standby", consoles=1)
    told = {f.host: f.level for f in of("hmc.operating", found)}
    assert told == {"HMC, p9-east": Level.PASS, "HMC, p9-west": Level.STOP}


async def test_a_node_behind_sudo_is_read_as_one_of_root():
    found, hosts = await examined("full", node_user="ops")
    assert {f.id for f in found if f.level is not Level.PASS} <= ALWAYS_ASKED
    assert hosts.sent["db02"] == 1


async def test_an_answer_cut_off_keeps_what_had_come():
    hosts = Hosts(Scenario(route="full", plain=True, peerinact=(1600,)))
    hosts.site.faults.add(kind="cut-short", host="db02", pattern="lltconfig", count=None)
    found = await step.examine(
        reader(hosts.change, hosts, hosts), hosts.change, History(None), HERE
    )
    await hosts.site.close()
    levels = {f.id: f.level for f in found if f.host == "db02"}
    assert levels["vcs.running"] is Level.UNKNOWN


def test_the_reference_page_is_current():
    page = Path(__file__).parents[2] / "docs" / "checks.md"
    assert page.read_text(encoding="utf-8") == reference(CHECKS, by_check()), (
        "lparwiz checks --markdown"
    )
