"""What route vcs leaves to a person by design, done by hand as its ledger says.

lparwiz's documentation ends before the ProfileFile does, and where VCS has stopped on its way an
administrator is needed: such a run ends with debts, whatever lparwiz does. So that it can still be
seen to come to its end, somebody does both between two lives, once nothing moves any more.
"""

from lparwiz.lab import judge
from lparwiz.lab.site import Site

_WRONG_SLOT = (b"/vios1/44/", b"/vios1/4/")
"""What the lab spoils where the ProfileFile is wrong, and as the console tells it."""


def finish(site: Site, ledger: str) -> None:
    """Do what this ledger leaves to a person.

    Args:
        site: nothing is done while the LPAR or its group is still on its way.
        ledger: `ledger.md` as the life that ended last has left it.
    """
    if site.scenario.route != "vcs" or site.mobility.current:
        return
    if "needs an administrator" in ledger:
        if site.mobility.unrecovered:
            site.mobility.recover(site.scenario.lpar, site.systems[0])
        _put_right(site)
    if site.agent.migrating:
        return
    if ": profile-file/" in ledger and judge.live(site) == [site.systems[1].name]:
        _make_anew(site)


def _put_right(site: Site) -> None:
    """Where VCS has stopped for good after the LPAR moved: its group, where the LPAR is."""
    group = site.agent.migrating
    stopped = group is not None and (
        not group.online_on or site.scenario.migration == "stuck-midway"
    )
    if stopped and judge.live(site) == [site.systems[1].name]:
        group.online_on, group.states = site.cluster.nodes[1].system, {}
        site.agent.migrating = None


def _make_anew(site: Site) -> None:
    """The target's ProfileFile, with the id that the LPAR has there."""
    source, target = site.systems
    was = next(p for p in site.start.partitions[source.name] if p.uuid == site.start.lpar)
    now = next(p for p in target.partitions if p.uuid == site.start.lpar)
    label = site.cluster.nodes[1].label
    path, content = site.start.profile_files[label]
    ids = (f"lpar_id={each.lpar_id}".encode() for each in (was, now))
    # Past the record, which would have it as done by the last command that came.
    site.hosts[label].files.tree[path].content = content.replace(*ids).replace(*_WRONG_SLOT)
