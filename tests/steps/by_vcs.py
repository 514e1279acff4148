"""A migration by VCS in the lab: its names, and what must hold however it ends."""

MIGRATE = "hagrp -migrate"
GROUP, SOURCE, TARGET = "db01_lpar_sg", "MGMT1-vcs", "MGMT2-vcs"
FILE = "/profile/db01.p9-west"
PROFILE_FILE = f"profile-file/{TARGET}"
MARKS = {"mark/mgmt1", "mark/mgmt2"}


def nothing_harmed(run, *, lives_on):
    verdict = run.site.verdict()
    assert verdict["live"] == [lives_on]
    assert verdict["bystanders"] == []
    assert verdict["frozen_groups"] == []
    assert run.site.cluster.writable is False
    changed = [each for each in run.sent("syscfg") if not each[1].startswith("lssyscfg")]
    assert changed == []
    assert run.sent("migrlpar") == run.sent("hagrp -switch") == []
    assert len(run.sent(MIGRATE)) <= 1
    if lives_on == "p9-west" and verdict["profile_files"]["mgmt2"] == "stale":
        assert PROFILE_FILE in run.owed
    return verdict
