"""/etc/llttab in every form of the facts, written and put back through the lab to the byte."""

import pytest

from lparwiz.lab.scenario import Scenario
from lparwiz.run.snapshot import Level
from lparwiz.steps.edit import edit, edits
from lparwiz.tools.command import Answer, Outcome

from ..labs import PERSIST, begun, lab, owed, unattended
from ..operators import Answering, Deciding
from .somebody import World, played

LINKS = (
    "link en2 en-00:15:17:48:b5:80 - ether - -\n"
    "link en3 en-00:15:17:48:b5:81 - ether - -\n"
    "link-lowpri en0 en-00:15:17:48:b5:82 - ether - -\n"
)
HEAD = "set-node db02\nset-cluster 1234\n"
PLAIN = HEAD + LINKS
OURS = "set-timer peerinact:9000\n"

FORMS = {
    "no line of its own": (PLAIN, PLAIN + OURS),
    "its own line": (
        HEAD + "set-timer peerinact:1600\n" + LINKS,
        HEAD + OURS + LINKS,
    ),
    "several timers": (
        PLAIN + "set-timer peertrouble:350\nset-timer peerinact:1600\nexclude 2-31\n",
        PLAIN + "set-timer peertrouble:350\n" + OURS + "exclude 2-31\n",
    ),
    "its own line twice": (
        "set-timer peerinact:1600\n" + PLAIN + "set-timer peerinact:3200\n",
        OURS + PLAIN + OURS,
    ),
    "start last": (PLAIN + "start\n", PLAIN + OURS + "start\n"),
    "start last without an end": (PLAIN + "start", PLAIN + OURS + "start\n"),
    "no final newline": (PLAIN.rstrip("\n"), PLAIN + OURS),
    "CRLF": (PLAIN.replace("\n", "\r\n"), (PLAIN + OURS).replace("\n", "\r\n")),
    "comments": (
        "# set-timer peerinact:100 is no timer\n" + PLAIN + "  # it's `odd` $HOME %s \\n\n",
        "# set-timer peerinact:100 is no timer\n" + PLAIN + "  # it's `odd` $HOME %s \\n\n" + OURS,
    ),
    "a comment behind its own line": (
        PLAIN + "\tset-timer  peerinact:1600  # CHG7\n",
        PLAIN + OURS,
    ),
}
each_form = pytest.mark.parametrize(("before", "after"), FORMS.values(), ids=FORMS)


def files_of(site, number):
    return site.lab.site.cluster.nodes[number].files


def put(site, text, *, mode=0o640, owner="llt", group="staff", number=1):
    """Give a node this llttab, with an owner and a mode of its own."""
    files = files_of(site, number)

    def write():
        files.write("/etc/llttab", text.encode())
        entry = files.tree["/etc/llttab"]
        entry.mode, entry.owner, entry.group = mode, owner, group
        site.lab.site.start.llttab["db02"] = text.encode()

    site.call(write)


def entry(site, number=1, path="/etc/llttab"):
    return site.call(lambda: files_of(site, number).tree[path])


def kept_beside(site, number=1):
    names = site.call(lambda: files_of(site, number).children("/etc"))
    return [name for name in names if name.startswith("llttab.")]


def test_a_persisted_value_keeps_all_else_and_the_former_file_in_two_places(tmp_path):
    before, after = FORMS["several timers"]
    with lab(Scenario(route="outside"), tmp_path / "lab") as site:
        put(site, before)
        own = entry(site, 0).content
        status, snapshot = unattended(site, tmp_path, PERSIST)
        now, (copy,) = entry(site), kept_beside(site)
        beside = entry(site, path=f"/etc/{copy}").content
        other = entry(site, 0).content
    assert status == 0, snapshot.closing
    assert now.content == after.encode()
    assert (now.mode, now.owner, now.group) == (0o640, "llt", "staff")
    assert beside == before.encode()
    (folder,) = tmp_path.glob("runs/*/backup")
    assert (folder / "llttab.db02").read_bytes() == before.encode()
    assert other == own.replace(b"peerinact:3200", b"peerinact:9000") != own
    assert b"set-node db02" not in other


@each_form
def test_every_form_goes_there_and_back_byte_for_byte(tmp_path, before, after):
    """Another node's timer is not proven raised: the ledger puts every file back in full."""
    written = []
    with lab(Scenario(route="outside", nodes=3), tmp_path / "lab") as site:
        put(site, before)
        site.fault(host="db03", pattern="-T peerinact:9000", kind="fail")
        site.fault(
            kind="hook",
            host="db02",
            pattern=r"cp -p /etc/llttab\.2",
            call=lambda: written.append(files_of(site, 1).tree["/etc/llttab"].content),
        )
        status, snapshot = unattended(site, tmp_path, PERSIST)
        now, verdict = entry(site), site.verdict()
    assert written == [after.encode()]
    assert now.content == before.encode()
    assert (now.mode, now.owner, now.group) == (0o640, "llt", "staff")
    assert all(verdict["llttab"].values())
    assert status == 1, snapshot.closing
    assert snapshot.owed == 0


def test_a_read_only_file_system_leaves_every_node_as_it_was(tmp_path):
    with lab(Scenario(route="outside"), tmp_path / "lab") as site:
        before = entry(site).content

        def protect():
            files_of(site, 1).read_only = True

        site.fault(kind="hook", host="db02", pattern="printf", call=protect)
        _, snapshot = unattended(site, tmp_path, PERSIST)
        verdict = site.verdict()
        now = entry(site).content
        assert site.commands("migrlpar", "-o m") == []
    assert now == before
    assert all(verdict["llttab"].values())
    assert all(was == is_ for was, is_ in verdict["timers"].values())
    said = " ".join(p.result for page in snapshot.pages for p in page.plan)
    assert "Read-only file system" in said


@pytest.mark.parametrize(
    ("migration", "turned"), [("succeeds", "migrate_proceed"), ("fails-validation", "")]
)
def test_where_nothing_migrated_every_file_is_put_back_with_the_timers(tmp_path, migration, turned):
    """The timers were proven raised; the way back is taken only then."""
    before, after = FORMS["start last without an end"]
    with lab(Scenario(route="outside", migration=migration), tmp_path / "lab") as site:
        put(site, before)
        answerer = Answering(**({turned: "back"} if turned else {}))
        engine = begun(site, tmp_path, answerer, PERSIST)
        engine.start()
        status, snapshot = engine.join(), engine.latest()
        now, verdict = entry(site), site.verdict()
        assert len(site.commands(r"llttab", "set-timer peerinact:9000")) == 2
    assert now.content == before.encode() != after.encode()
    assert (now.mode, now.owner, now.group) == (0o640, "llt", "staff")
    assert all(verdict["llttab"].values())
    assert status == 1, snapshot.closing
    assert snapshot.owed == 0


def test_a_missing_file_is_a_warning_where_nothing_is_to_be_written_into_it(tmp_path):
    with lab(Scenario(route="outside", troubles=frozenset({"llttab-missing"})), tmp_path) as site:
        status, snapshot = unattended(site, tmp_path)
        verdict = site.verdict()
        assert len(site.commands("-T peerinact:9000")) == 2
    assert status == 0, snapshot.closing
    assert verdict["migrated"]
    assert all(was == is_ for was, is_ in verdict["timers"].values())
    for step, check in (("check", "llt.llttab"), ("timers", "llttab.unread")):
        page = next(page for page in snapshot.pages if page.step == step)
        (found,) = [f for f in page.findings if f.id == check and f.level is not Level.PASS]
        assert (found.level, found.host) == (Level.WARNING, "db02")
    (folder,) = tmp_path.glob("runs/*/backup")
    assert not (folder / "llttab.db02").exists()


@pytest.mark.parametrize("trouble", ["llttab-missing", "llttab-linked"])
def test_a_file_that_persist_could_not_write_stops_at_the_check(tmp_path, trouble):
    with lab(Scenario(route="outside", troubles=frozenset({trouble})), tmp_path / "lab") as site:
        site.change_path.write_text(site.change_path.read_text().replace(*PERSIST))
        status, snapshot = unattended(site, tmp_path)
        assert (status, snapshot.page.step) == (1, "check")
        (stop,) = [f for f in snapshot.page.findings if f.level is Level.STOP]
        assert (stop.id, stop.host) == ("llt.persist", "db02")
        assert site.commands("-T peerinact:") == []
        assert site.commands("migrlpar", "-o m") == []
        assert kept_beside(site, 0) == []


@pytest.mark.parametrize("step", ["check", "timers"])
def test_a_line_that_sets_peerinact_in_another_form_stops_before_anything_is_changed(
    tmp_path, step
):
    """It is there from the beginning, or since the check."""
    text = PLAIN + "set-timer peerinact:3200 peertrouble:400\n"

    def edit():
        files_of(site, 1).tree["/etc/llttab"].content = text.encode()

    with lab(Scenario(route="outside"), tmp_path / "lab") as site:
        if step == "check":
            put(site, text)
        else:
            site.fault(kind="hook", host="db02", pattern="-T query", skip=1, call=edit)
        status, snapshot = unattended(site, tmp_path, PERSIST)
        page = next(page for page in snapshot.pages if page.step == step)
        assert status == 1, snapshot.closing
        assert "is not of the form `set-timer peerinact:9000`" in str(page)
        assert site.commands("-T peerinact:") == []
        assert [kept_beside(site, number) for number in (0, 1)] == [[], []]


def test_the_difference_is_on_the_page_before_anybody_is_asked(tmp_path):
    with lab(Scenario(route="outside"), tmp_path / "lab") as site:
        put(site, PLAIN + "start")
        engine = begun(site, tmp_path, Answering(timers_proceed="back"), PERSIST)
        engine.start()
        assert engine.join() == 1
        assert site.commands("-T peerinact:") == []
        snapshot = engine.latest()
    timers = next(page for page in snapshot.pages if page.step == "timers")
    table = next(table for table in timers.tables if table.title == "What changes in /etc/llttab")
    assert [row for row in table.rows if "db02" in row[2]] == [
        ("- line 6", "start (no line end)", "db02"),
        ("+ line 6", "set-timer peerinact:9000", "db02"),
        ("+ line 7", "start", "db02"),
    ]


def test_an_edit_names_each_line_that_goes_and_comes_by_its_number():
    assert edit("a\nb\nc\n", "a\nB\nc\nd\n") == (
        ("- line 2", "b"),
        ("+ line 2", "B"),
        ("+ line 4", "d"),
    )
    assert edit("a\r\n", "a\n") == (("- line 1", "a (CR LF)"), ("+ line 1", "a"))
    assert edit("a\n", "a\n") == ()


def test_the_same_edit_on_many_hosts_is_told_once():
    table = edits("f", {"db01": ("a\n", "a\nb\n"), "db02": ("a\n", "a\nb\n"), "db03": ("", "c\n")})
    assert table.rows == (("+ line 2", "b", "db01, db02"), ("+ line 1", "c", "db03"))


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


def test_a_file_with_other_characters_than_ascii_stops_at_the_check_and_keeps_every_byte(tmp_path):
    """A comment in Latin-1 is no rarity on AIX; it would come back as three other bytes."""
    comment = "# ge\xe4ndert von M\xfcller\n".encode("latin-1")
    with lab(Scenario(route="outside"), tmp_path / "lab") as site:
        files = site.lab.site.cluster.nodes[1].files
        content = comment + files.tree["/etc/llttab"].content
        site.call(files.write, "/etc/llttab", content)
        status, snapshot = unattended(site, tmp_path, PERSIST)
        now = site.call(lambda: files.tree["/etc/llttab"].content)
    assert (status, snapshot.page.step) == (1, "check")
    stops = [f for f in snapshot.page.findings if f.level is Level.STOP]
    assert [(f.id, f.host) for f in stops] == [("llt.persist", "db02")]
    assert now == content


def test_persisting_keeps_the_line_ends_of_llttab(tmp_path):
    with lab(Scenario(route="outside"), tmp_path / "lab") as site:
        files = site.lab.site.cluster.nodes[1].files
        content = files.tree["/etc/llttab"].content.replace(b"\n", b"\r\n")
        site.call(files.write, "/etc/llttab", content)
        unattended(site, tmp_path, PERSIST)
        now = site.call(lambda: files.tree["/etc/llttab"].content)
    assert now == content + b"set-timer peerinact:9000\r\n"


def test_persisting_never_lowers_what_a_file_says(tmp_path):
    """db01 runs and boots with 120 s; 90 s were wanted."""
    with lab(Scenario(route="outside", peerinact=(12000, 1600)), tmp_path / "lab") as site:
        unattended(site, tmp_path, PERSIST)
        now = site.call(lambda: site.lab.site.cluster.nodes[0].files.tree["/etc/llttab"].content)
    assert b"peerinact:12000" in now


class FullDisk(World):
    """The first copy of db02's llttab is cut short, as /etc has no room; db01 can't be raised."""

    full = True

    async def run(self, host_id, command):
        label = self.labels[host_id]
        if label == "db01" and "-T peerinact:9000" in command.text:
            return Answer(Outcome.EXITED, 1, "", "refused\n", b"", b"refused\n")
        if self.full and label == "db02" and "mv -f /etc/llttab.lparwiz" in command.text:
            self.full = False
            copy = command.text.split("cp -p /etc/llttab ")[1].split()[0]
            await self.execute("db02", f"cp -p /etc/llttab {copy}; printf 'set-node db' > {copy}")
            text = f"cp: {copy}: No space left on device.\n"
            return Answer(Outcome.EXITED, 1, "", text, b"", text.encode())
        return await super().run(host_id, command)


async def test_a_copy_of_llttab_that_was_cut_short_is_never_put_back(folder):
    """Room was made and the step tried again; then the run takes the way back."""
    world = FullDisk(Scenario(route="outside"), ("persist = false", "persist = true"))
    before = world.node("db02").files.tree.get("/etc/llttab").content
    run = await played(world, folder, Deciding({"timers.stopped": ["again", "back"]}))
    after = world.node("db02").files.tree.get("/etc/llttab").content
    assert after == before, (run.status, run.states)


async def test_a_file_that_has_the_copys_name_is_not_taken_for_the_copy(folder):
    """Two machines may give a run the same name: it tells the minute and the LPAR."""
    world = World(Scenario(route="outside"), ("persist = false", "persist = true"))
    before = world.node("db02").files.tree["/etc/llttab"].content
    copy = f"/etc/llttab.{folder.name}"
    await world.execute("db02", f"echo set-node db99 > {copy}")
    run = await played(world, folder, Deciding({"timers.stopped": "back"}))
    assert run.status == 1, run.snapshot.closing
    assert world.node("db02").files.tree["/etc/llttab"].content == before
    assert world.node("db02").files.tree[copy].content == b"set-node db99\n"
    assert world.commands("migrlpar", "-o m") == []


async def test_a_file_that_has_the_value_already_raises_no_running_timer_and_stays(folder):
    """llttab is read when LLT is configured, and not before (facts, vcs.md 10.5)."""
    world = World(Scenario(route="outside"), PERSIST)
    files = world.node("db02").files
    own = files.tree["/etc/llttab"].content + OURS.encode()
    files.write("/etc/llttab", own)
    run = await played(world, folder, Deciding())
    assert run.status == 0, run.snapshot.closing
    assert [host for host, _ in world.commands("-T peerinact:9000")].count("db02") == 1
    assert run.verdict["false_failovers"] == []
    assert run.verdict["timers"]["db02"] == [1600, 1600]
    assert files.tree["/etc/llttab"].content == own
