"""What VCS is told around a migration by the HMC: freezes of groups, and PhysicalServer."""

import pytest

from lparwiz import prepared
from lparwiz.run.answers import Prepared
from lparwiz.run.doubt import DOUBT
from lparwiz.run.step import Conclusion

from ..operators import Deciding

FREEZE, UNFREEZE = "hagrp -freeze", "hagrp -unfreeze"
MODIFY, OPEN, CLOSE = "hasys -modify", "haconf -makerw", "haconf -dump -makero"
DB01 = ("DB01-vcs", "PhysicalServer")
GROUPS = {"outside": "oradb_sg", "full": "oradb_sg", "managed": "db01_lpar_sg"}
every_route = pytest.mark.parametrize("route", GROUPS)


def group(it):
    return next(g for g in it.site.cluster.groups if g.name == GROUPS[it.change.route])


def lines(it, text):
    return [line.partition("bin ")[2] for _, line in it.sent(text)]


# -- freezes -----------------------------------------------------------------------------------


@every_route
async def test_left_alone_unless_somebody_says_so(run, route):
    it = run(route=route)
    assert await it.once() == 0, it.said
    assert "freeze.freeze" in [each["id"] for each in it.told("question")]
    assert it.sent("hagrp -freeze") == it.sent("hagrp -unfreeze") == []


@every_route
async def test_frozen_for_the_migration_and_unfrozen_after_it(run, route):
    it = run({"freeze": True}, route=route)
    seen = []
    it.happens.append(("migrlpar -o m", lambda: seen.append(group(it).attributes["TFrozen"])))
    assert await it.once() == 0, it.said
    assert seen == ["1"]
    assert lines(it, FREEZE) == [f"hagrp -freeze {GROUPS[route]}"]
    assert lines(it, UNFREEZE) == [f"hagrp -unfreeze {GROUPS[route]}"]
    assert it.sent("hasys -freeze") == []  # that keeps no group where it is (facts, vcs.md 10.10)
    assert it.site.verdict()["clean"]


async def test_unfrozen_only_once_the_timers_are_back(run):
    it = run({"freeze": True}, route="outside")
    await it.once()
    order = [line for line in it.site.record.commands() if UNFREEZE in line or "-T peeri" in line]
    assert UNFREEZE in order[-1]


@pytest.mark.parametrize("migration", ["fails-validation", "fails-midway"])
async def test_unfrozen_where_nothing_migrated(run, migration):
    it = run({"freeze": True}, route="full", migration=migration)
    assert await it.once() == 1, it.said
    assert it.site.verdict()["clean"]


@pytest.mark.parametrize("flavour", ["TFrozen", "Frozen"])
async def test_what_somebody_else_froze_stays_so(run, flavour):
    it = run({"freeze": True}, route="outside")
    group(it).attributes[flavour] = "1"
    assert await it.once() == 0, it.said
    assert it.sent(FREEZE) == it.sent(UNFREEZE) == []
    assert group(it).attributes[flavour] == "1"
    assert "freeze.foreign" in [each["id"] for each in it.told("finding")]


async def test_a_freeze_for_good_that_came_meanwhile_stays(run):
    it = run({"freeze": True}, route="outside")
    attributes = group(it).attributes
    it.happens.append(("migrlpar -o m", lambda: attributes.update(Frozen="1")))
    assert await it.once() == 0, it.said
    assert (attributes["TFrozen"], attributes["Frozen"]) == ("0", "1")


async def test_a_faulted_group_stays_frozen_and_owed(run):
    it = run({"freeze": True}, route="outside")
    found = group(it)
    it.happens.append((UNFREEZE, lambda: None))
    it.happens.append(
        ("-T peerinact:3200", lambda: found.states.update({"DB01-vcs": "OFFLINE|FAULTED"}))
    )
    assert await it.once() == 3
    assert "freeze/oradb_sg" in it.owed
    assert it.sent(UNFREEZE) == []
    assert "VCS would act on it; clear it" in it.said
    found.states.clear()
    assert await it.once(prepared.paying(it.change)) == 0, it.said
    assert it.site.verdict()["clean"]


@pytest.mark.parametrize("text", [FREEZE, UNFREEZE])
@pytest.mark.parametrize("how", ["killed before", "killed after", "lost before", "lost after"])
async def test_killed_or_unheard_it_ends_unfrozen(run, text, how):
    it = run({"freeze": True}, route="managed")
    it.happens.append((text, how))
    status = await it.once()
    for _ in range(2):
        if status not in (0, 1):
            await it.site.clock.sleep(DOUBT)
            status = await it.once()
    assert status in (0, 1), it.said
    verdict = it.site.verdict()
    assert verdict["clean"], verdict
    assert it.owed == set()


async def test_our_own_freeze_is_nobody_elses_change(run):
    it = run({"freeze": True}, route="outside")
    await it.once()
    assert not any("moved" in each["id"] for each in it.told("question"))


# -- PhysicalServer ----------------------------------------------------------------------------


def a_management_lpar(it, server="p9-east"):
    it.site.cluster.system_attributes[DB01] = server
    return it


async def test_a_node_that_is_no_management_lpar_is_left_alone(run):
    it = run({"physical_server": True}, route="outside")
    assert await it.once() == 0
    assert it.sent(MODIFY) == it.sent(OPEN) == []


async def test_a_stale_physical_server_is_told_and_left(run):
    it = a_management_lpar(run(route="outside"))
    assert await it.once() == 0
    assert it.sent(MODIFY) == it.sent(OPEN) == []
    (found,) = [each for each in it.told("finding") if each["id"] == "server.stale"]
    assert found["text"] == "PhysicalServer of DB01-vcs is p9-east, and it runs on p9-west now"


async def test_it_is_corrected_and_the_configuration_closed_again(run):
    it = a_management_lpar(run({"physical_server": True}, route="full"))
    assert await it.once() == 0, it.said
    assert it.site.cluster.system_attributes[DB01] == "p9-west"
    assert it.site.cluster.writable is False
    assert [len(it.sent(each)) for each in (OPEN, MODIFY, CLOSE)] == [1, 1, 1]


async def test_a_configuration_that_is_open_stays_open(run):
    it = a_management_lpar(run({"physical_server": True}, route="outside"))
    it.site.cluster.writable = True
    assert await it.once() == 0, it.said
    assert it.site.cluster.system_attributes[DB01] == "p9-west"
    assert it.site.cluster.writable is True
    assert it.sent(OPEN) == it.sent(CLOSE) == []


async def test_one_that_somebody_opens_at_the_same_instant_is_not_closed(run):
    it = a_management_lpar(run({"physical_server": True}, route="outside"))
    asked = []

    def second_time():
        asked.append(1)
        if len(asked) == 1:
            it.happens.append(("-value ReadOnly", second_time))
        else:
            it.site.cluster.writable = True

    it.happens.append(("-value ReadOnly", second_time))
    assert await it.once() == 0, it.said
    assert it.site.cluster.writable is True
    assert it.sent(OPEN) == it.sent(CLOSE) == []


async def test_one_that_is_closed_while_the_question_stands_is_opened_only_once_that_was_shown(run):
    it = a_management_lpar(run(route="outside"))
    it.site.cluster.writable = True
    shown = []

    class Looking(Deciding):
        async def answer(self, question):
            if question.id.startswith("server.physical-server"):
                shown.append([each.command for each in it.play.picture.now.plan])
            return await super().answer(question)

    async def closed(_world):
        it.site.cluster.writable = False

    name = "server.physical-server"
    assert await it.once(Looking({name: ["correct", "correct"]}, {name: closed})) == 0, it.said
    sent = [command for each in (OPEN, MODIFY, CLOSE) for _, command in it.sent(each)]
    assert len(sent) == 3
    assert set(sent) <= set(shown[-1])
    assert it.site.cluster.writable is False


async def test_right_already_nothing_is_asked(run):
    it = a_management_lpar(run({"physical_server": True}, route="outside"), "p9-west")
    assert await it.once() == 0
    assert it.sent(MODIFY) == []


@pytest.mark.parametrize("text", [OPEN, MODIFY, CLOSE])
@pytest.mark.parametrize("how", ["killed before", "killed after", "lost before", "lost after"])
async def test_killed_or_unheard_the_configuration_ends_closed(run, text, how):
    it = a_management_lpar(run({"physical_server": True}, route="outside"))
    it.happens.append((text, how))
    status = await it.once()
    for _ in range(2):
        if status != 0:
            await it.site.clock.sleep(DOUBT)
            status = await it.once()
    if (text, how) == (OPEN, "killed after"):  # nobody can tell any more who opened it
        assert (status, it.owed & {"configuration"}) == (3, {"configuration"})
        status = await it.once(Prepared("ann", {"configuration": "ours"}, ("all",)))
    assert status == 0, it.said
    assert it.play.conclusion is Conclusion.MIGRATED
    assert it.site.cluster.writable is False
    assert it.site.cluster.system_attributes[DB01] == "p9-west"


async def died_while_opening(run):
    """Before the command left; then somebody else opens the configuration, for work of their own.

    And says that the LPAR runs on a third server.
    """
    it = a_management_lpar(run({"physical_server": True}, route="outside"))
    it.happens.append((OPEN, "killed before"))
    assert await it.once() is None
    it.site.cluster.system_attributes[DB01] = "p9-north"
    it.site.cluster.writable = True
    await it.site.clock.sleep(DOUBT)
    return it


async def test_what_somebody_else_has_set_and_opened_meanwhile_stays_so(run):
    it = await died_while_opening(run)
    assert await it.once() == 3
    assert it.site.cluster.system_attributes[DB01] == "p9-north"
    assert it.site.cluster.writable is True
    assert it.sent(OPEN) == it.sent(MODIFY) == it.sent(CLOSE) == []
    assert {"configuration", "physical-server"} <= it.owed


@pytest.mark.parametrize(("choice", "server"), [("leave", "p9-north"), ("put", "p9-west")])
async def test_a_person_says_whose_it_is_and_what_becomes_of_it(run, choice, server):
    it = await died_while_opening(run)
    answers = {"configuration": "theirs", "moved.physical-server": choice, "stopped": "back"}
    assert await it.once(Prepared("ann", answers, ("all",))) == 0, it.said
    assert it.site.cluster.system_attributes[DB01] == server
    assert it.site.cluster.writable is True
    assert it.sent(OPEN) == it.sent(CLOSE) == []
    assert it.owed == set()


async def test_a_value_that_is_set_between_opening_and_correcting_stays(run):
    it = a_management_lpar(run({"physical_server": True}, route="outside"))
    theirs = it.site.cluster.system_attributes
    it.happens.append((OPEN, lambda: theirs.update({DB01: "p9-north"})))
    assert await it.once() == 3
    assert theirs[DB01] == "p9-north"
    assert it.sent(MODIFY) == []
    assert it.site.cluster.writable is False
    assert "configuration" not in it.owed
