"""/etc/llttab in every form of the facts, written and put back through the lab to the byte."""

import pytest

from lparwiz.lab.scenario import Scenario
from lparwiz.run.snapshot import Level
from lparwiz.steps.edit import edit, edits

from ..labs import lab, unattended
from ..operators import Answering
from .test_harm import begun

PERSIST = ("persist = false", "persist = true")
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
