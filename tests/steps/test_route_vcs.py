"""Route vcs: VCS migrates, and the lab's own record judges what came of it."""

import functools

import pytest

from lparwiz import session
from lparwiz.lab.lpar_agent import LOG
from lparwiz.run.answers import Prepared
from lparwiz.run.folder import NoFolder
from lparwiz.run.journal import Journal
from lparwiz.run.runner import rehearse
from lparwiz.run.step import Conclusion

from .by_vcs import FILE, GROUP, MARKS, MIGRATE, PROFILE_FILE, SOURCE, TARGET, nothing_harmed


@pytest.fixture
def run(run):
    """Make a run of route vcs."""
    return functools.partial(run, route="vcs")


# -- how it may end ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("migration", "status", "owed", "lives_on", "sent"),
    [
        ("succeeds", 3, {PROFILE_FILE, *MARKS}, "p9-west", 1),
        ("fails-validation", 1, set(), "p9-east", 1),
        ("fails-midway", 4, {"migration", PROFILE_FILE, *MARKS}, "p9-east", 1),
        ("wrong-profile-file", 4, {"migration", PROFILE_FILE, *MARKS}, "p9-west", 1),
        ("no-vios-mapping", 1, set(), "p9-east", 0),
        ("not-in-system-list", 1, set(), "p9-east", 0),
        ("hmc-unreachable", 1, set(), "p9-east", 1),
        ("stuck-midway", 4, {"migration", PROFILE_FILE, *MARKS}, "p9-west", 1),
    ],
)
async def test_it_ends_as_the_evidence_says(run, migration, status, owed, lives_on, sent):
    it = run(migration=migration)
    assert await it.once() == status, it.said
    assert it.owed == owed
    assert len(it.sent(MIGRATE)) == sent
    verdict = nothing_harmed(it, lives_on=lives_on)
    if status == 1:
        assert verdict["clean"], verdict


@pytest.mark.parametrize(
    ("migration", "check"),
    [("no-vios-mapping", "vcs.mappings"), ("not-in-system-list", "vcs.target")],
)
async def test_what_a_reading_tells_stops_at_the_check(run, migration, check):
    it = run(migration=migration)
    assert await it.once() == 1
    assert {f["id"] for f in it.told("finding") if f["level"] == "stop"} == {check}


async def test_the_page_of_the_checks_is_kept_and_it_is_said_where(run):
    it = run(migration="no-vios-mapping")
    assert await it.once() == 1
    page = (it.folder / "checks.md").read_text()
    assert "| vcs.mappings | mgmt2 |" in page
    assert page.startswith("# Checks: ")
    assert "For the change ticket: " in it.said
    assert "checks.md" in it.said


async def test_where_the_file_says_what_the_console_does_nothing_is_owed(run):
    it = run(same_lpar_id=True)
    assert await it.once() == 0, it.said
    assert it.owed == set()
    verdict = nothing_harmed(it, lives_on="p9-west")
    assert verdict["clean"], verdict
    assert verdict["profile_files"] == {"mgmt1": "as it was", "mgmt2": "current"}


async def test_everything_that_a_person_needs_is_kept_before_anything_is_sent(run):
    it = run()
    it.happens.append((MIGRATE, "killed before"))
    assert await it.once() is None
    kept = {path.name: path.read_text() for path in (it.folder / "backup").iterdir()}
    for label, system in (("mgmt1", SOURCE), ("mgmt2", TARGET)):
        path, content = it.site.start.profile_files[label]
        assert kept[f"profilefile.{system}"].encode() == content, path
    assert "name=db01,lpar_id=5" in kept["source-lpar.txt"]
    assert "name=month end" in kept["source-profiles.txt"]
    assert "remote_lpar_name=db01" in kept["source-adapters-scsi.txt"]
    assert "504" in kept["source-adapters-fc.txt"]
    assert {"migration", PROFILE_FILE} <= it.owed  # on the disk before it left
    assert f"hagrp -state {GROUP}" in it.ledger


async def test_the_engine_logs_of_both_systems_are_shown_as_they_come(run):
    it = run()
    it.happens.append(("lssyscfg -r prof -m p9-west", lambda: None))
    await it.once()
    said = it.said
    assert "mgmt1: 2026/11/22 02:00:05 VCS NOTICE V-16-99-00003 db01_lpar: live" in said
    assert f"Group {GROUP} is online on {TARGET}" in said
    assert "VCS engine runs on" not in said  # older than the migration
    lines = [each["text"] for each in it.told("said")]
    assert len(lines) == len(set(lines))


async def test_a_log_that_rolls_loses_no_line(run):
    it = run()
    node = it.site.cluster.nodes[0]

    def roll():
        it.site.agent.log(node, "NOTICE", 99, "the last line of the old log")
        it.site.agent.roll(node)
        it.site.agent.log(node, "NOTICE", 99, "the first line of the new one")

    it.happens.append((MIGRATE, roll))
    await it.once()
    assert "the last line of the old log" in it.said
    assert "the first line of the new one" in it.said
    assert it.site.hosts["mgmt1"].files.read(LOG.format("B"))


# -- VCS stops on its way ----------------------------------------------------------------------


async def test_an_intermediate_state_is_told_with_what_exists_where(run):
    it = run()
    mgmt1 = it.site.hosts["mgmt1"].files
    it.happens.append((MIGRATE, lambda: mgmt1.write("/profile/db01.p9-east", b"name=db01\n")))
    assert await it.once() == 4
    tables = {each["title"]: each["rows"] for each in it.told("table")}
    exists = {row[0]: row[1:] for row in tables["What exists where"]}
    assert exists["partition"] == ("none", "Running, id 3")
    assert exists["profiles"][0] == "none"
    assert "month end" in exists["profiles"][1]
    there = "2 scsi (vios1, vios2), 2 fc (vios1, vios2)"
    assert exists["its virtual adapters"] == ("0 scsi, 0 fc", there)
    assert exists["VIOS ends of them"] == ("2 scsi (vios1, vios2), 0 fc", there)
    assert tables["What VCS has"] == (
        (SOURCE, "FAULTED|OFFLINE", "/profile/db01.p9-east, changed since"),
        (TARGET, "PARTIAL|STARTING", "/profile/db01.p9-west, as it was"),
    )
    missing = [f["text"] for f in it.told("finding") if f["id"].startswith("outcome.missing")]
    assert missing == [
        "2 scsi adapters of VIOS on p9-east are still meant for it",
        f"the group is not ONLINE on the system of p9-west: {TARGET} has it PARTIAL|STARTING",
        f"the group is FAULTED|OFFLINE on {SOURCE}, not OFFLINE",
    ]
    assert "needs an administrator" in it.ledger
    assert "PARTIAL|STARTING" in it.ledger
    nothing_harmed(it, lives_on="p9-west")


async def test_a_half_done_copy_is_not_recovered_behind_the_back_of_vcs(run):
    it = run(migration="fails-midway")
    assert await it.once() == 4
    assert it.site.verdict()["leftovers"] == ["p9-west"]
    missing = [f["text"] for f in it.told("finding") if f["id"].startswith("outcome.missing")]
    assert missing == [
        "a definition of db01 stands on p9-west, too: Migrating - Not Activated, id 3"
    ]
    assert "db01: it runs on the source, with a half-done copy on the target." in it.said


async def test_where_the_consoles_lack_nothing_it_is_said_what_to_look_at(run):
    it = run(migration="stuck-midway")
    assert await it.once() == 4
    said = it.said
    assert "db01: it runs on the target, and only there." in said
    assert "The consoles lack nothing: only VCS's own state is to be mended." in said
    assert f"Don't send hagrp -migrate {GROUP} again" in said
    assert "/var/VRTSvcs/log, in the engine's and the agent's logs: mgmt1, mgmt2" in said


async def test_what_cannot_be_read_of_an_intermediate_state_is_not_taken_for_nothing(run):
    it = run(migration="stuck-midway")
    fail = {"kind": "fail", "pattern": "rsubtype scsi -m p9-west", "count": None}
    it.happens.append((MIGRATE, lambda: it.site.faults.add(**fail)))
    assert await it.once() == 4
    missing = [f["text"] for f in it.told("finding") if f["id"].startswith("outcome.missing")]
    assert [text for text in missing if "doesn't tell adapters-scsi on p9-west" in text]
    assert "The consoles lack nothing" not in it.said


async def test_once_an_administrator_has_ended_it_the_run_goes_on(run):
    it = run(migration="stuck-midway")
    assert await it.once() == 4
    group = it.site.cluster.groups[0]
    group.states, group.online_on = {}, TARGET
    assert await it.once() == 3
    assert it.play.conclusion is Conclusion.MIGRATED
    assert it.owed == {PROFILE_FILE, *MARKS}
    nothing_harmed(it, lives_on="p9-west")


async def test_managers_that_differ_are_no_answer(run):
    it = run(migration="stuck-midway")
    await it.once()
    other = it.site.cluster.groups[0]
    seen = []
    original = type(it.site.cluster).group_state

    def differs(cluster, group, system):
        seen.append(system)
        return "ONLINE" if len(seen) % 3 == 0 else original(cluster, group, system)

    it.site.cluster.group_state = differs.__get__(it.site.cluster)
    assert await it.once() == 4
    assert "differ on" in it.said
    assert other.states


async def test_one_manager_that_is_gone_is_no_matter_for_the_proof(run):
    it = run(same_lpar_id=True)
    gone = it.site.hosts["mgmt1"]
    it.happens.append((MIGRATE, "killed after"))
    assert await it.once() is None
    gone.had_running = False
    await it.site.clock.sleep(300)
    assert await it.once() == 0, it.said
    assert it.play.conclusion is Conclusion.MIGRATED


# -- killed, lost, and never sent twice --------------------------------------------------------


@pytest.mark.parametrize("sleeps", [0, 1, 3, 5])
async def test_killed_while_vcs_goes_on_it_is_taken_up_from_what_there_is(run, sleeps):
    it = run(same_lpar_id=True)
    it.happens.append((MIGRATE, lambda: setattr(it, "sleeps", sleeps)))
    assert await it.once() is None
    assert await it.once() == 0, it.said
    assert len(it.sent(MIGRATE)) == 1
    assert nothing_harmed(it, lives_on="p9-west")["clean"]


@pytest.mark.parametrize("how", ["lost after", "killed after"])
async def test_a_lost_answer_is_found_in_the_readings(run, how):
    it = run(same_lpar_id=True)
    it.happens.append((MIGRATE, how))
    status = await it.once()
    status = await it.once() if status is None else status
    assert status == 0, it.said
    assert len(it.sent(MIGRATE)) == 1
    assert nothing_harmed(it, lives_on="p9-west")["clean"]


@pytest.mark.parametrize("how", ["lost before", "killed before"])
async def test_a_command_that_never_arrived_is_not_sent_again(run, how):
    """Whether it is still to arrive only a person who has looked can say."""
    it = run()
    it.happens.append((MIGRATE, how))
    status = await it.once()
    status = await it.once() if status is None else status
    assert status == 4, it.said
    looked = {"continue": "go", "proceed": "go", "stopped": "back", "outcome": "not migrated"}
    assert await it.once(Prepared("ann", looked, ("all",))) == 1, it.said
    assert it.sent(MIGRATE) == []
    assert nothing_harmed(it, lives_on="p9-east")["clean"]


async def test_readings_that_are_lost_on_the_way_change_nothing(run):
    it = run(same_lpar_id=True)
    lost = ("hastatus -sum", "lslparmigr", "lssyscfg -r lpar -m p9-west", "wc -c")
    it.happens.append(
        (MIGRATE, lambda: it.happens.extend((piece, "lost before") for piece in lost))
    )
    assert await it.once() == 0, it.said
    assert it.happens == []


# -- not ready ---------------------------------------------------------------------------------


async def refused(it):
    assert await it.once() == 1
    assert it.sent(MIGRATE) == []
    nothing_harmed(it, lives_on="p9-east")
    return it.said


async def test_a_group_that_is_on_the_target_already_is_not_migrated(run):
    it = run()
    it.site.cluster.groups[0].online_on = TARGET
    assert "is ONLINE on MGMT2-vcs already" in await refused(it)


async def test_a_frozen_group_is_not_migrated(run):
    it = run()
    it.site.cluster.groups[0].attributes["TFrozen"] = "1"
    assert await it.once() == 1
    assert it.sent(MIGRATE) == []
    assert "frozen until unfrozen or restarted: VCS would not act on it" in it.said
    assert it.site.verdict()["frozen_groups"] == [GROUP]  # as somebody wants it


async def test_a_server_that_is_not_the_one_meant_is_not_migrated_to(run):
    it = run()
    servers = it.site.cluster.system_attributes
    wrong = (TARGET, "PhysicalServer")
    it.happens.append(("wc -c", lambda: servers.update({wrong: "p9-north"})))
    assert "PhysicalServer of MGMT2-vcs is p9-north, not p9-west" in await refused(it)


async def test_a_profile_file_changed_since_it_was_kept_is_not_relied_on(run):
    it = run()
    files = it.site.hosts["mgmt2"].files
    it.happens.append(("wc -c", lambda: files.write(FILE, files.read(FILE) + b"\n")))
    assert f"{FILE} is not what was kept" in await refused(it)


async def test_a_profile_file_that_is_gone_is_not_relied_on(run):
    it = run()
    files = it.site.hosts["mgmt2"].files
    it.happens.append(("hasys -display", lambda: None))
    it.happens.append(("hares -value db01_lpar Group", lambda: files.remove(FILE)))
    assert f"mgmt2: {FILE}" in await refused(it)


async def test_group_and_resource_must_belong_together(run):
    it = run()
    it.site.cluster.resources[0].group = "another"
    it.site.cluster.groups.append(type(it.site.cluster.groups[0])("another", "", [SOURCE, TARGET]))
    assert "is not in the group" in await refused(it)


# -- a dry run ---------------------------------------------------------------------------------


async def test_a_dry_run_shows_the_command_and_changes_nothing(run):
    it = run()
    before = it.site.verdict()
    answers = {"continue": "go", "proceed": "go", "migrate": "go", "stopped": "back"}
    journal = Journal(None, it.now)
    endings = {
        each.value: Prepared("the test", {**answers, "outcome": each.value}, ("all",))
        for each in (Conclusion.MIGRATED, Conclusion.NOT_MIGRATED)
    }
    play, steps = session.stage(it.change, it, it, NoFolder(), journal, endings["migrated"])
    assert await rehearse(play, steps, endings) == 0
    planned = [event.data["command"] for event in journal.events if event.kind == "planned"]
    assert any(f"hagrp -migrate {GROUP} -to {TARGET}" in each for each in planned)
    assert it.sent(MIGRATE) == []
    assert {**before, "at": 0} == {**it.site.verdict(), "at": 0}
