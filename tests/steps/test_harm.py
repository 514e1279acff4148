"""Each of these would be an outage, a lost definition or a debt in silence."""

import asyncio
import signal

import pytest
from click.testing import CliRunner

from lparwiz import change as changes
from lparwiz import session
from lparwiz.cli import main
from lparwiz.lab import mobility
from lparwiz.lab.scenario import Scenario
from lparwiz.run.journal import Journal
from lparwiz.run.snapshot import Abort, Hold, Leave, PlanState
from lparwiz.runs import Owing, hand_over
from lparwiz.steps import rule

from ..labs import SPEED, edited, lab, options, unattended
from ..operators import Answering, Hands

ACCEPTED = (
    '"all",',
    '"lpar.pool", "asked.limitations", "asked.terminal", "asked.wwpns",',
)


def owed(snapshot):
    return {debt.id: debt for debt in snapshot.ledger if debt.state == "owed"}


def hook(site, host, pattern, call, **more):
    site.fault(kind="hook", host=host, pattern=pattern, call=call, **more)


def to_its_end(site):
    """Wait until the HMC has done with its migration, whoever listens."""

    async def over():
        current = site.lab.site.mobility.current
        if current is not None:
            await asyncio.shield(current.over)

    asyncio.run_coroutine_threadsafe(over(), site._loop).result(60)


def begun(site, folder, answerer=None, *pairs, **more):
    wanted = edited(site.change_path, *pairs)
    return session.begin(wanted, options(folder, **more), answerer=answerer)


def planned(snapshot, action):
    return next((p.state for page in snapshot.pages for p in page.plan if p.id == action), None)


# -- the outcome ------------------------------------------------------------------------------


def test_a_migration_that_still_validates_when_the_link_breaks_is_not_called_not_migrated(
    tmp_path, monkeypatch
):
    """Both looks come within milliseconds, while lslparmigr says `Migration Starting`."""
    monkeypatch.setitem(mobility.SHARES, "validating", 0.8)
    scenario = Scenario(route="outside", migration_seconds=250.0)
    with lab(scenario, tmp_path / "lab") as site:

        def cut_soon():
            site.lab.site.clock.after(5.0, site.lab.servers["hmc1"].cut)

        hook(site, "hmc1", "migrlpar -o m", cut_soon)
        status, snapshot = unattended(site, tmp_path)
        to_its_end(site)
        verdict = site.verdict()
    assert verdict["migrated"]
    assert verdict["false_failovers"] == []
    assert status != 1, snapshot.closing


def test_somebody_elses_migration_is_not_called_not_migrated(tmp_path):
    """`no migration was ever sent` by us proves nothing about where the LPAR runs (rule 6)."""
    with lab(Scenario(route="full"), tmp_path / "lab") as site:
        site.fault(
            kind="hook",
            host="hmc1",
            pattern="migrlpar -o v",
            on="hmc1",
            command="migrlpar -o m -m p9-east -t p9-west --ip 127.0.0.1 -u hscroot -p db01",
        )
        status, snapshot = unattended(site, tmp_path)
        verdict = site.verdict()
    assert verdict["migrated"]
    assert not verdict["definition"]["exists"]
    assert "Not migrated" not in snapshot.closing
    assert "definition" in owed(snapshot)
    assert status in (3, 4)


def test_somebody_elses_migration_on_a_route_without_profiles_is_not_exit_status_1(tmp_path):
    with lab(Scenario(route="outside"), tmp_path / "lab") as site:
        site.fault(
            kind="hook",
            host="hmc1",
            pattern="migrlpar -o v",
            on="hmc1",
            command="migrlpar -o m -m p9-east -t p9-west --ip 127.0.0.1 -u hscroot -p db01",
        )
        status, snapshot = unattended(site, tmp_path)
        assert site.verdict()["migrated"]
    assert status != 1, snapshot.closing


def test_an_override_without_a_placeholder_does_not_pay_for_the_lost_definition(tmp_path):
    """`it never left the source`, says the ledger, of a definition that is gone."""
    with lab(Scenario(route="full", placeholder=False), tmp_path / "lab") as site:
        engine = begun(
            site, tmp_path, Answering(outcome_outcome="not migrated", cleanup_against="later")
        )
        engine.start()
        status = engine.join()
        assert not site.verdict()["definition"]["exists"]
    assert "definition" in owed(engine.latest())
    assert status == 3, engine.latest().closing


def test_the_two_looks_at_the_consoles_are_apart_in_time(tmp_path):
    """A stale inventory, or a migration about to begin, outlives the 20 ms between them."""
    with lab(Scenario(route="outside"), tmp_path / "lab") as site:
        unattended(site, tmp_path)
        looks = [
            event["at"]
            for event in site.events("command")
            if event["host"] == "hmc2"
            and event["line"].endswith("p9-west --filter lpar_names=db01")
            if event["line"].startswith("lssyscfg")
        ]
    *_, first, second, _ = looks  # the last is the restore's
    assert second - first >= 10.0


def test_a_migration_that_hangs_on_both_sides_can_be_recovered(tmp_path):
    """Both rows `Migrating` for good: the facts' table says stop or recover, after polling."""
    scenario = Scenario(route="outside", migration="fails-midway")
    with lab(scenario, tmp_path / "lab") as site:

        def hang():
            if site.lab.site.mobility.unrecovered is not None:
                for system in site.lab.site.systems:
                    for partition in system.partitions:
                        if partition.name == "db01":
                            partition.row["state"] = "Migrating - Running"

        hook(site, "*", "lpar_names=db01", hang, count=None)
        _, snapshot = unattended(site, tmp_path, ("[ssh]", '[limits]\nmigration = "5m"\n\n[ssh]'))
        sent = site.commands("migrlpar", "-o r")
    told = [debt for debt in owed(snapshot).values() if "migrlpar -o r" in debt.what + debt.pays]
    assert sent or told


# -- timers -----------------------------------------------------------------------------------


def test_a_timer_that_fell_back_since_the_timers_step_stops_the_migration(tmp_path):
    """A node rebooted, or its administrator `mended` it, while the operator read the pages."""
    with lab(Scenario(route="outside"), tmp_path / "lab") as site:
        site.fault(
            kind="hook",
            host="hmc1",
            pattern="migrlpar -o v",
            on="db02",
            command="PATH=$PATH:/sbin lltconfig -T peerinact:1600",
        )
        unattended(site, tmp_path)
        verdict = site.verdict()
        sent = site.commands("migrlpar", "-o m")
    assert verdict["false_failovers"] == []
    assert sent == []


def test_a_link_that_went_down_since_the_check_stops_the_migration(tmp_path):
    with lab(Scenario(route="outside"), tmp_path / "lab") as site:
        hook(
            site,
            "hmc1",
            "migrlpar -o v",
            lambda: site.lab.site.cluster.down.setdefault((1, 0), set()).add("en3"),
        )
        unattended(site, tmp_path, ("[ssh]", '[limits]\nsettle = "30s"\n\n[ssh]'))
        assert site.commands("migrlpar", "-o m") == []


def test_a_wanted_timer_below_the_measured_freeze_does_not_migrate(tmp_path):
    """The run itself knows 40 s, and goes with the change file's 20 s without a word."""
    _earlier(tmp_path, 40.0)
    with lab(Scenario(route="outside", freeze=40.0), tmp_path / "lab") as site:
        unattended(site, tmp_path, ('peerinact = "90s"', 'peerinact = "20s"'))
        assert site.verdict()["false_failovers"] == []


def test_the_proposal_is_never_below_the_freeze():
    running = {name: rule.Running.of({"peerinact": 1600}) for name in ("db01", "db02")}
    proposal = rule.propose(rule.Figure(40.0), 2000, running)
    assert proposal.wanted is None or proposal.wanted > 4000


def test_a_warning_of_the_measure_step_that_nobody_accepted_turns_back(tmp_path):
    """`accept` names the warnings that are accepted; `peerinact.reboot` is in no list here."""
    reboot = ("persist = false", 'persist = false\nreboot = "60s"')
    with lab(Scenario(route="outside"), tmp_path / "lab") as site:
        _, snapshot = unattended(site, tmp_path, ACCEPTED, reboot)
        assert any(f.id == "peerinact.reboot" for page in snapshot.pages for f in page.findings)
        assert site.commands("migrlpar", "-o m") == []


def _earlier(folder, freeze):
    runs = folder / "runs" / "20260101-0000-db01"
    runs.mkdir(parents=True)
    journal = Journal(runs / "journal.jsonl", lambda: 0.0)
    journal.write("begun", lpar="db01")
    journal.write("fact", key="peerinact", value={"freeze": freeze, "wanted": None, "rule": ""})
    journal.close()


def test_timers_are_not_lowered_on_the_way_back_while_a_link_is_down(tmp_path):
    """Rule 9: after every peer sees every node OPEN; `_go_back` doesn't look."""
    with lab(Scenario(route="outside", nodes=3), tmp_path / "lab") as site:

        def lose():
            site.lab.site.cluster.down.setdefault((1, 0), set()).update({"en2", "en3"})

        hook(site, "db03", "-T peerinact:9000", lose)
        site.fault(host="db03", pattern="-T peerinact:9000", kind="fail")
        unattended(site, tmp_path, ("[ssh]", '[limits]\nsettle = "30s"\n\n[ssh]'))
        assert site.verdict()["early_restores"] == []


def test_timers_are_not_lowered_when_a_link_went_down_while_the_question_stood(tmp_path):
    """The cluster was whole when it was asked; the operator answers an hour later."""
    with lab(Scenario(route="outside"), tmp_path / "lab") as site:
        engine = begun(site, tmp_path, None, ("[ssh]", '[limits]\nsettle = "30s"\n\n[ssh]'))

        def lose(snapshot, _hands):
            question = snapshot.question
            if question is not None and question.id == "restore.proceed":
                links = site.lab.site.cluster.down.setdefault((1, 0), set())
                site.call(links.update, {"en2", "en3"})

        Hands(engine, lose)
        engine.start()
        engine.join()
        assert site.verdict()["early_restores"] == []


def test_a_peer_that_lltstat_no_longer_lists_is_not_whole(tmp_path):
    """`lltstat -nvv active` leaves a lost node out; GAB notices 5 s later (facts, vcs.md 2.4)."""
    only_itself = (
        "LLT node information:\n    Node          State      Link    Status      Address\n"
        "   *1 db02          OPEN\n"
        "                             en2     UP     08:00:20:93:01:34\n"
        "                             en3     UP     08:00:20:93:01:35\n"
    )
    with lab(Scenario(route="outside"), tmp_path / "lab") as site:
        # lltstat reads of db02: Connect, Check, then Restore's.
        site.fault(
            host="db02", pattern="lltstat -nvv", kind="fail", skip=2, count=None,
            text=only_itself, status=0,
        )  # fmt: skip
        _stdout_instead(site)
        status, snapshot = unattended(
            site, tmp_path, ("[ssh]", '[limits]\nsettle = "30s"\n\n[ssh]')
        )
        assert site.events("fault")
    assert status == 3, snapshot.closing
    assert {"peerinact/db01", "peerinact/db02"} <= set(owed(snapshot))


def _stdout_instead(site):
    """A refusal of the lab goes to stderr; this one has to come as output."""
    site.fault(host="db02", pattern="lltstat -nvv", kind="other-channel", skip=2, count=None)


def test_a_running_value_that_no_file_explains_is_no_pass(tmp_path):
    """9000 running and nothing in llttab: somebody's unpaid debt, taken for the node's own."""
    with lab(Scenario(route="outside", peerinact=(3200, 1600)), tmp_path / "lab") as site:
        site.execute("db02", "PATH=$PATH:/sbin lltconfig -T peerinact:9000")
        _, snapshot = unattended(site, tmp_path)
    found = [
        f
        for page in snapshot.pages
        for f in page.findings
        if f.host == "db02" and f.id in ("llt.peerinact", "llt.llttab")
    ]
    assert [f.level.value for f in found] != ["pass"]


def test_debts_of_an_earlier_run_are_not_taken_for_the_nodes_own_values(tmp_path):
    """Run 1 leaves 9000 owed; run 2 finds `9000 or above already` and says nothing is owed."""
    scenario = Scenario(route="outside", migration="fails-validation")
    with lab(scenario, tmp_path / "lab") as site:
        site.fault(host="*", pattern="-T peerinact:(1600|3200)", kind="fail", count=None)
        first, _ = unattended(site, tmp_path)
        site.call(site.lab.faults.clear)
        with pytest.raises(Owing, match="lltconfig -T peerinact:1600"):
            unattended(site, tmp_path)
        (folder,) = (tmp_path / "runs").iterdir()
        for node in ("db01", "db02"):
            site.execute(node, "rm /etc/lparwiz.run")
        assert hand_over(folder, "ann", "paid by hand") == 4
        assert "by ann: paid by hand" in (folder / "ledger.md").read_text()
        third, _ = unattended(site, tmp_path)
    assert first == 3
    assert third == 1


# -- llttab -----------------------------------------------------------------------------------

PERSIST = ("persist = false", "persist = true")


def test_an_llttab_that_is_not_proven_back_stays_owed_with_persist(tmp_path):
    """Timers failed, so all go back; db02's file didn't, and Restore calls that `as asked`."""
    with lab(Scenario(route="outside", nodes=3), tmp_path / "lab") as site:
        site.fault(host="db03", pattern="-T peerinact:9000", kind="fail")
        site.fault(host="db02", pattern=r"cp -p /etc/llttab\.2", kind="fail", count=None)
        status, snapshot = unattended(site, tmp_path, PERSIST)
        verdict = site.verdict()
    assert not verdict["llttab"]["db02"]
    assert all(verdict["llttab"][node] for node in ("db01", "db03"))
    assert "llttab/db02" in owed(snapshot)
    assert status == 3, snapshot.closing


def test_persisting_keeps_every_other_byte_of_llttab(tmp_path):
    """A comment in Latin-1 is no rarity on AIX; it comes back as three other bytes."""
    comment = "# ge\xe4ndert von M\xfcller\n".encode("latin-1")
    with lab(Scenario(route="outside"), tmp_path / "lab") as site:
        files = site.lab.site.cluster.nodes[1].files
        content = comment + files.tree["/etc/llttab"].content
        site.call(files.write, "/etc/llttab", content)
        unattended(site, tmp_path, PERSIST)
        now = site.call(lambda: files.tree["/etc/llttab"].content)
    assert now in (content, content + b"set-timer peerinact:9000\n")


def test_persisting_keeps_the_line_ends_of_llttab(tmp_path):
    with lab(Scenario(route="outside"), tmp_path / "lab") as site:
        files = site.lab.site.cluster.nodes[1].files
        content = files.tree["/etc/llttab"].content.replace(b"\n", b"\r\n")
        site.call(files.write, "/etc/llttab", content)
        unattended(site, tmp_path, PERSIST)
        now = site.call(lambda: files.tree["/etc/llttab"].content)
    assert now in (content, content + b"set-timer peerinact:9000\r\n")


def test_persisting_never_lowers_what_a_file_says(tmp_path):
    """db01 runs and boots with 120 s; 90 s were wanted."""
    with lab(Scenario(route="outside", peerinact=(12000, 1600)), tmp_path / "lab") as site:
        unattended(site, tmp_path, PERSIST)
        now = site.call(lambda: site.lab.site.cluster.nodes[0].files.tree["/etc/llttab"].content)
    assert b"peerinact:12000" in now


# -- consoles and the ledger ------------------------------------------------------------------


@pytest.mark.parametrize("route", ["outside", "full"])
def test_a_half_done_migration_that_is_not_recovered_is_owed(tmp_path, route):
    """Exit status 1 says `everything put back, nothing owed`; a half-made twin hangs there."""
    with lab(Scenario(route=route, migration="fails-midway"), tmp_path / "lab") as site:
        site.fault(host="hmc1", pattern="migrlpar -o r", kind="fail", count=None)
        status, snapshot = unattended(site, tmp_path)
        assert site.verdict()["leftovers"]
    debts = owed(snapshot)
    assert any("migrlpar -o r" in debt.pays for debt in debts.values()), debts.keys()
    assert status == 3, snapshot.closing


def test_an_empty_listing_of_the_target_does_not_pay_for_the_placeholder(tmp_path):
    """A system that runs the LPAR and two VIOS lists `No results`: that is no proof of absence."""
    with lab(Scenario(route="full"), tmp_path / "lab") as site:
        _listing_before_the_deletion(site, text="No results were found.", status=0)
        status, snapshot = unattended(site, tmp_path)
        verdict = site.verdict()
    assert verdict["placeholder"] == "gone" or "placeholder" in owed(snapshot), verdict
    assert status == 3 or verdict["placeholder"] == "gone", snapshot.closing


def test_an_absent_code_for_a_whole_listing_is_no_absence(tmp_path):
    """HSCL8012 speaks of a name; nobody asked for one."""
    with lab(Scenario(route="full"), tmp_path / "lab") as site:
        text = "HSCL8012 The partition named x was not found."
        _listing_before_the_deletion(site, text=text, status=1)
        _, snapshot = unattended(site, tmp_path)
        verdict = site.verdict()
    assert verdict["placeholder"] == "gone" or "placeholder" in owed(snapshot), verdict


def _listing_before_the_deletion(site, **answer):
    """The console's next whole listing of the target, once the LPAR is being made anew."""

    def spoil():
        pattern = "lssyscfg -r lpar -m p9-west$"
        site.lab.faults.add("fail", "hmc2", pattern, **answer)

    hook(site, "hmc1", "mksyscfg -r lpar", spoil)


def test_the_command_that_pays_for_the_placeholder_fits_the_outcome(tmp_path):
    """After success it must be deleted; the ledger tells to name it back beside the real one."""
    with lab(Scenario(route="full"), tmp_path / "lab") as site:
        site.fault(host="hmc2", pattern="rmsyscfg", kind="fail", count=1)
        status, snapshot = unattended(site, tmp_path)
        debt = owed(snapshot)["placeholder"]
        _, _, answered = site.execute("hmc2", debt.pays)
        after = site.verdict()["placeholder"]
    assert status == 3
    assert answered == 0
    assert after == "gone"


def test_the_shared_processor_pool_goes_with_the_lpar_or_is_warned_of(tmp_path):
    """Without `shared_proc_pool_name` it lands in DefaultPool, silently (facts, hmc.md 8.14)."""
    with lab(Scenario(route="full"), tmp_path / "lab") as site:
        _, snapshot = unattended(site, tmp_path)
        ((_, sent),) = site.commands("migrlpar", "-o m")
    warned = [
        f
        for page in snapshot.pages
        for f in page.findings
        if f.level.value == "warning" and "pool" in f.text.lower()
    ]
    assert "dbpool" in sent or warned


def test_a_name_too_long_to_be_given_back_stops_before_anything_is_changed(tmp_path):
    """interim -> own name is refused at 32 characters; that is learned after timers were raised."""
    with lab(Scenario(route="full", lpar="x" * 32), tmp_path / "lab") as site:
        status, snapshot = unattended(site, tmp_path)
        assert all(was == now for was, now in site.verdict()["timers"].values())
        assert not site.commands("-T peerinact:")
    assert status == 1, snapshot.closing


# -- what ends the engine ---------------------------------------------------------------------


def _spoil_backup(folder):
    """As a full or unmounted disk does, in the middle of a run."""
    for backup in (folder / "runs").glob("*/backup"):
        for file in backup.iterdir():
            file.unlink()
        backup.rmdir()
        backup.write_text("no folder any more")


def test_a_backup_that_can_not_be_kept_takes_the_way_back(tmp_path):
    with lab(Scenario(route="full"), tmp_path / "lab") as site:
        hook(site, "db01", "-T peerinact:9000", lambda: _spoil_backup(tmp_path))
        status, snapshot = unattended(site, tmp_path)
        assert all(was == now for was, now in site.verdict()["timers"].values())
    assert status == 1, snapshot.closing


def test_a_backup_that_does_not_read_back_after_the_migration_is_a_stop_with_debts(tmp_path):
    with lab(Scenario(route="full"), tmp_path / "lab") as site:

        def tear():
            (file,) = (tmp_path / "runs").glob("*/backup/definition.json")
            file.write_text(file.read_text()[:100])

        hook(site, "hmc1", "migrlpar -o m", tear)
        status, snapshot = unattended(site, tmp_path)
        verdict = site.verdict()
    assert status == 3, snapshot.closing
    assert "definition" in owed(snapshot)
    assert all(was == now for was, now in verdict["timers"].values())


def test_when_lparwiz_itself_fails_the_exit_status_is_not_the_one_for_everything_put_back(
    tmp_path,
):
    """With timers raised and owed, `lparwiz run` ends 1, and no debt is printed."""
    before = {n: signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        with lab(Scenario(route="full"), tmp_path / "lab") as site:
            hook(site, "db01", "-T peerinact:9000", lambda: _spoil_backup(tmp_path))
            arguments = ["run", str(site.change_path), "--runs", str(tmp_path / "runs")]
            arguments += ["--speed", str(SPEED)]
            result = CliRunner().invoke(main, arguments)
            timers = site.verdict()["timers"]
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if all(was == now for was, now in timers.values()):
        assert result.exit_code == 1
    else:
        assert result.exit_code == 3, result.exception
        assert "lltconfig -T peerinact:1600" in result.output.split("Pay it with", 1)[-1]


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


# -- orders at wrong moments ------------------------------------------------------------------


def _migrating(snapshot):
    return planned(snapshot, "migrate.migrate") is PlanState.RUNNING


def test_leaving_while_held_before_the_migration_is_not_an_unknown_outcome(tmp_path):
    """Held at the last question, the link dies: nothing was sent, and the status says so."""
    with lab(Scenario(route="outside"), tmp_path / "lab") as site:
        engine = begun(site, tmp_path)

        def act(snapshot, hands):
            if snapshot.question is not None and snapshot.question.id == "migrate.migrate":
                hands.once("hold", Hold())
                if snapshot.holding:
                    hands.once("leave", Leave("the link died"))

        Hands(engine, act)
        engine.start()
        status = engine.join()
        assert site.verdict()["migrations"] == []
    assert status == 3, engine.latest().closing


def test_a_stop_is_sent_though_the_run_is_held(tmp_path):
    """The stop goes through the same safe point that the hold closes."""
    with lab(Scenario(route="outside", migration_seconds=600.0), tmp_path / "lab") as site:
        engine = begun(site, tmp_path)

        def act(snapshot, hands):
            if _migrating(snapshot) and snapshot.page.progress is not None:
                hands.once("stop", Hold(), Abort())
            elif "stop" in hands.done and not _migrating(snapshot):
                hands.once("on", Hold(on=False))

        Hands(engine, act)
        engine.start()
        engine.join()
        assert site.commands("migrlpar", "-o s")
        assert not site.verdict()["migrated"]


def test_a_stop_is_sent_though_the_migrations_answer_was_lost(tmp_path):
    """Nobody follows the migration any more once its session broke."""
    with lab(Scenario(route="outside", migration_seconds=900.0), tmp_path / "lab") as site:
        engine = begun(site, tmp_path)

        def cut(snapshot, hands):
            if _migrating(snapshot) and snapshot.page.progress is not None:
                in_progress = "Progress" in snapshot.page.progress.phase
                if in_progress and "cut" not in hands.done:
                    hands.done.add("cut")
                    site.call(site.lab.servers["hmc1"].cut)
                    hands.once("stop", Abort())

        Hands(engine, cut)
        engine.start()
        engine.join()
        (journal,) = (tmp_path / "runs").glob("*/journal.jsonl")
        assert '"outcome": "lost"' in journal.read_text()
        assert site.commands("migrlpar", "-o s")
        assert not site.verdict()["migrated"]


def test_a_stop_that_came_too_late_does_not_skip_the_clean_up(tmp_path):
    """The order outlives the migration and answers the clean-up's question with `back`."""
    with lab(Scenario(route="full"), tmp_path / "lab") as site:
        engine = begun(site, tmp_path)

        def late(snapshot, hands):
            if snapshot.current == "outcome":
                hands.once("stop", Abort())

        hands = Hands(engine, late)
        engine.start()
        engine.join()
    decisions = [q for q in hands.seen if q == "cleanup.proceed"]
    assert decisions
    assert owed(engine.latest()) == {}


@pytest.mark.parametrize("step", ["cleanup", "restore"])
def test_the_focused_choice_of_a_closing_step_does_what_it_says(tmp_path, step):
    """Enter on `Take the way back: put back whatever was changed so far` puts nothing back."""
    answers = Answering(**{f"{step}_proceed": "back"})
    with lab(Scenario(route="full"), tmp_path / "lab") as site:
        engine = begun(site, tmp_path, answers)
        engine.start()
        engine.join()
    (question,) = [q for q in answers.asked if q.id == f"{step}.proceed"]
    safe = next(c for c in question.choices if c.id == question.safe)
    promised = "put back" in safe.hint
    assert not (promised and owed(engine.latest())), (safe, owed(engine.latest()).keys())


# -- the dry run ------------------------------------------------------------------------------


def test_a_dry_run_shows_the_command_that_a_run_would_send(tmp_path):
    """With persist the copy's path is made of the run's name, which is `dry-run` here."""
    with lab(Scenario(route="outside"), tmp_path / "lab") as site:
        wanted = edited(site.change_path, PERSIST)
        told = []
        engine = session.dry_run(
            changes.read(wanted.path),
            options(tmp_path),
            listener=lambda e: told.append(e.data["command"]) if e.kind == "planned" else None,
        )
        engine.start()
        engine.join()
    assert told
    assert not any("dry-run" in command for command in told)
