"""What operators get wrong: a clear message with the place and the next step, nothing changed."""

import pytest

from lparwiz import session
from lparwiz.lab.scenario import Scenario
from lparwiz.run.orders import Leave
from lparwiz.run.snapshot import Level

from ..labs import SPEED, begun, edited, lab, unattended
from ..operators import Hands

CHANGING = ("-T peerinact", "chsyscfg", "mksyscfg", "rmsyscfg", "migrlpar", "mv ", "cp ")


def untouched(site):
    changing = [e["line"] for e in site.events("command") if any(w in e["line"] for w in CHANGING)]
    verdict = site.verdict()
    return changing == [] and verdict["clean"] and not verdict["migrated"]


def stops(snapshot):
    return [
        finding
        for page in snapshot.pages
        for finding in page.findings
        if finding.level in (Level.STOP, Level.UNKNOWN)
    ]


@pytest.mark.parametrize(
    ("scenario", "host", "words"),
    [
        ({"unreachable": frozenset({"db02"})}, "db02", ["not started"]),
        ({"wrong_host_key": frozenset({"db01"})}, "db01", ["host key", "known_hosts"]),
        ({"refused_key": frozenset({"db02"})}, "db02", ["id_ed25519"]),
        ({"locked": frozenset({"hmc1"})}, "source HMC", ["locked"]),
        ({"without_vcs": frozenset({"db02"})}, "db02", ["not found"]),
        ({"llt_down": frozenset({"db02"})}, "db02", []),
        ({"unknown_lpar": True}, "source HMC", ["no LPAR"]),
        ({"role": "hmcpe"}, "source HMC", ["hmcpe"]),
        ({"rmc": False}, "source HMC", ["RMC"]),
        ({"migration_disabled": True}, "source HMC", ["migration_disabled"]),
        ({"target_state": "Standby"}, "target HMC", ["Standby"]),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else None,
)
def test_it_is_named_with_its_host_and_a_next_step(tmp_path, scenario, host, words):
    with lab(Scenario(route="full", **scenario), tmp_path / "lab") as site:
        status, snapshot = unattended(site, tmp_path)
        assert untouched(site)
    assert status == 1
    found = [finding for finding in stops(snapshot) if finding.host == host]
    assert found, stops(snapshot)
    assert all(finding.remedy for finding in found)
    text = " ".join(finding.text for finding in found)
    assert all(word.lower() in text.lower() for word in words), text


def test_a_node_that_the_change_forgot_stops_it(tmp_path):
    """A node left at its own timer would time the frozen one out (facts, vcs.md 10.3)."""
    with lab(Scenario(route="outside", nodes=3), tmp_path / "lab") as site:
        text = site.change_path.read_text()
        third = next(line for line in text.splitlines() if '"db03"' in line)
        status, snapshot = unattended(site, tmp_path, (third, ""))
        assert untouched(site)
    assert status == 1
    assert any(f.id == "llt.nodes" and "db03" in f.text for f in stops(snapshot))


def test_a_name_clash_on_the_target_stops_the_route_without_profiles(tmp_path):
    with lab(Scenario(route="outside", placeholder=True), tmp_path / "lab") as site:
        status, snapshot = unattended(site, tmp_path)
        assert untouched(site)
    assert status == 1
    assert any(f.id == "target.name" for f in stops(snapshot))


def test_an_unaccepted_warning_turns_back_and_is_named(tmp_path):
    scenario = Scenario(route="full", placeholder=False)
    with lab(scenario, tmp_path / "lab") as site:
        status, snapshot = unattended(site, tmp_path, ('"all",', ""))
        assert untouched(site)
    assert status == 1
    assert any("target.name" in page.result for page in snapshot.pages)


def test_without_proceed_nothing_is_changed(tmp_path):
    with lab(Scenario(route="full"), tmp_path / "lab") as site:
        status, _ = unattended(site, tmp_path, ("proceed = true", "proceed = false"))
        assert untouched(site)
    assert status == 1


def test_a_node_that_runs_in_another_lpar_is_warned_of(tmp_path):
    """Four name spaces: the change names an LPAR that exists, but the node is another one."""
    with lab(Scenario(route="outside"), tmp_path / "lab") as site:
        pairs = (('\nnode = "db01"', '\nnode = "db02"'), ('"all",', ""))
        status, snapshot = unattended(site, tmp_path, *pairs)
        assert untouched(site)
    assert status == 1
    found = [f for page in snapshot.pages for f in page.findings if f.id == "connect.lpar"]
    assert [f.level for f in found] == [Level.WARNING]


def test_a_name_that_the_watch_can_not_carry_does_not_break_the_run(tmp_path):
    """Connect stops on `db,01` with a clear message; the watch then ends the engine raw."""
    with lab(Scenario(route="full"), tmp_path / "lab") as site:
        wanted = edited(site.change_path, ('name = "db01"\nsource', 'name = "db,01"\nsource'))
        engine = session.begin(
            wanted, session.Options(tmp_path / "runs", SPEED, watch=True, interval=0.0)
        )

        def leave(snapshot, hands):
            if snapshot.panes and snapshot.question is not None:
                hands.once("leave", Leave("seen it"))

        Hands(engine, leave, connect_stopped="wait")
        engine.start()
        assert engine.join() == 1
    (folder,) = (tmp_path / "runs").iterdir()
    assert (folder / "report.md").exists()


def test_a_login_that_was_mended_is_tried_again(tmp_path):
    """`Try this step again` is the advice; the connection never tries a second login."""
    with lab(Scenario(route="outside", refused_key=frozenset({"db02"})), tmp_path / "lab") as site:
        engine = begun(site, tmp_path)

        def mend(snapshot, hands):
            question = snapshot.question
            if question is not None and question.id == "connect.stopped":
                servers = site.lab.servers
                servers["db02"].client_key = servers["db01"].client_key

        hands = Hands(engine, mend, connect_stopped="again", check_continue="back")
        engine.start()
        engine.join()
    assert "connect.continue" in hands.seen, hands.seen
