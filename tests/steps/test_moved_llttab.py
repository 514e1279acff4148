"""Somebody else edits /etc/llttab, or removes our copy of it, while the run goes on."""

import pytest

from lparwiz.lab.scenario import Scenario
from lparwiz.lines import as_text
from lparwiz.remote.sanitise import sanitise
from lparwiz.run.journal import read
from lparwiz.tools import llt

from ..labs import PERSIST
from ..operators import Deciding, LeavingAt, commands
from .somebody import BACK, World, played

FILE = "restore.moved.llttab.db02"
TYPED = "link en9 en-9 - ether - -"


def edits(text):
    """Somebody adds a line to db02's /etc/llttab."""

    async def somebody(world):
        files = world.node("db02").files
        files.write("/etc/llttab", files.tree["/etc/llttab"].content + f"{text}\n".encode())

    return somebody


async def removes_the_copy(world):
    tree = world.node("db02").files.tree
    copies = [path for path in tree if path.startswith("/etc/llttab.")]
    assert copies
    for path in copies:
        del tree[path]


async def file_put_back(folder, choices, somebody, question="timers.stopped"):
    """db03 can't be raised, so all goes back; meanwhile somebody is at db02's llttab."""
    world = World(Scenario(route="outside", nodes=3), PERSIST)
    world.site.faults.add("fail", "db03", "-T peerinact:9000", count=None)
    answers = Deciding(choices, {question: somebody})
    run = await played(world, folder, answers)
    run.answers = answers
    run.file = world.node("db02").files.tree["/etc/llttab"].content.decode(errors="replace")
    return run


async def test_an_edited_llttab_is_left_as_found(folder):
    run = await file_put_back(folder, {FILE: "leave"}, edits(TYPED))
    assert run.status == 1, run.snapshot.closing
    assert TYPED in run.file
    assert run.states["llttab/db02"] == "taken over"
    (row,) = run.tables()
    assert row[1:] == ["/etc/llttab", "peerinact not set", "peerinact:9000", f"+ {TYPED}"]


async def test_the_former_llttab_is_put_back_over_an_edit_only_on_the_operators_word(folder):
    run = await file_put_back(folder, {FILE: "put"}, edits(TYPED))
    assert run.status == 1, run.snapshot.closing
    assert all(run.verdict["llttab"].values())
    assert run.owed == {}
    (put,) = [c for c in run.answers.asked[FILE][0].choices if c.id == "put"]
    assert "Their edit is lost." in put.hint


async def test_unattended_an_edited_llttab_stays_and_stays_owed(folder):
    run = await file_put_back(folder, {}, edits(TYPED))
    assert run.status == 3
    assert TYPED in run.file
    assert set(run.owed) == {"llttab/db02"}
    assert TYPED in run.owed["llttab/db02"].what
    assert run.verdict["timers"]["db02"] == [1600, 1600]


async def test_a_file_that_somebody_edits_as_it_is_written_is_left_alone(folder):
    world = World(Scenario(route="outside"), PERSIST)
    theirs = world.node("db02").files.read("/etc/llttab") + b"link en9 en9 - ether - -\n"

    def edit():
        world.node("db02").files.write("/etc/llttab", theirs)

    world.site.faults.add("hook", "db02", "printf.*llttab", call=edit)
    run = await played(world, folder, Deciding())
    assert run.status == 3, run.snapshot.closing
    assert world.node("db02").files.read("/etc/llttab") == theirs
    assert run.world.commands("migrlpar", "-o m") == []
    assert "llttab/db02" in run.owed
    assert run.verdict["timers"] == {"db01": [3200, 3200], "db02": [1600, 1600]}


async def test_a_file_that_somebody_edits_as_it_is_put_back_is_left_alone(folder):
    """As where the command hung on the node: it comes when nobody looks any more."""
    world = World(Scenario(route="outside", nodes=3), PERSIST)
    world.site.faults.add("fail", "db03", "-T peerinact:9000", count=None)
    files = world.node("db02").files

    def edit():
        content = files.tree["/etc/llttab"].content
        files.write("/etc/llttab", content + f"{TYPED}\n".encode())

    world.site.faults.add("hook", "db02", "cp -p /etc/llttab[.]2.*mv", call=edit)
    run = await played(world, folder, Deciding())
    assert run.status == 3, run.snapshot.closing
    assert TYPED in files.tree["/etc/llttab"].content.decode()
    assert set(run.owed) == {"llttab/db02"}


@pytest.mark.parametrize("edited", [True, False])
async def test_the_ledgers_command_puts_no_file_back_over_somebodys_edit(folder, edited):
    world = World(Scenario(route="outside"), PERSIST)
    run = await played(world, folder, LeavingAt("migrate.proceed"))
    if edited:
        await edits(TYPED)(world)
    for host, line in commands(run.ledger):
        _, errors, status = await world.site.execute(host, line)
        refused = edited and host == "db02" and "llttab" in line
        assert (status != 0) is refused, (host, line, errors)
    content = world.node("db02").files.tree["/etc/llttab"].content.decode()
    assert (TYPED in content) is edited
    assert world.site.verdict()["llttab"] == {"db01": True, "db02": not edited}


@pytest.mark.parametrize("choice", ["put", "leave"])
async def test_without_the_copy_a_file_that_is_no_text_any_more_is_decided_on(folder, choice):
    async def somebody(world):
        await removes_the_copy(world)
        files = world.node("db02").files
        files.write("/etc/llttab", files.tree["/etc/llttab"].content + b"# \xe9\n")

    run = await file_put_back(folder, {FILE: choice}, somebody)
    assert run.status == 1, run.snapshot.closing
    assert run.verdict["llttab"]["db02"] is (choice == "put")


async def test_a_file_that_somebody_edited_just_as_wanted_is_theirs_and_stays(folder):
    world = World(Scenario(route="outside"), PERSIST)
    before = world.node("db02").files.read("/etc/llttab").decode()

    async def edits(world):
        after = llt.llttab_with_peerinact(before, 9000)
        world.node("db02").files.write("/etc/llttab", after.encode())

    answers = {"timers.moved.llttab.db02": "leave", "migrate.migrate": "back"}
    run = await played(world, folder, Deciding(answers, {"timers.proceed": edits}))
    assert run.status == 1, run.snapshot.closing
    now = world.node("db02").files.read("/etc/llttab").decode()
    assert now == llt.llttab_with_peerinact(before, 9000)


@pytest.mark.parametrize("choice", ["put", "leave", None])
async def test_a_removed_copy_of_llttab_is_seen(folder, choice):
    """The former file is in the run's folder, too: it is written from there."""
    run = await file_put_back(folder, {FILE: choice} if choice else {}, removes_the_copy)
    assert run.status == (1 if choice else 3), run.snapshot.closing
    assert run.verdict["llttab"]["db02"] is (choice == "put")
    assert [row[4] for row in run.tables()] == ["removed"]


async def test_a_file_that_says_0_never_expires_is_shown_so_and_not_lowered(folder):
    world = World(Scenario(route="outside"), PERSIST)
    files = world.node("db02").files
    own = files.tree["/etc/llttab"].content + b"set-timer peerinact:0\n"
    files.write("/etc/llttab", own)
    run = await played(world, folder, Deciding())
    assert run.status == 0, run.snapshot.closing
    assert files.tree["/etc/llttab"].content == own
    assert run.verdict["timers"] == BACK
    shown = [data for data in run.events("table") if data["title"].startswith("peerinact")]
    assert {row[-1] for data in shown for row in data["rows"] if row[0] == "db02"} == {"0"}


async def test_a_file_edited_before_it_was_written_becomes_the_nodes_own(folder):
    chosen = {"timers.moved.llttab.db02": "leave"}
    run = await file_put_back(folder, chosen, edits("# theirs"), "timers.proceed")
    assert run.status == 1, run.snapshot.closing
    assert "# theirs" in run.file
    assert "peerinact:9000" not in run.file


async def test_somebodys_edit_of_a_persisted_llttab_is_shown_and_stays(folder):
    """Nothing is put back there, so nothing would have been read."""

    async def edited(world):
        await world.execute("db02", "echo '# by bob' >> /etc/llttab")

    world = World(Scenario(route="outside"), ("persist = false", "persist = true"))
    run = await played(world, folder, Deciding(beside={"restore.proceed": edited}))
    assert run.status == 0, run.snapshot.closing
    assert [row[0] for row in run.tables()] == ["db02"]
    assert run.states["llttab/db01"] == "paid"
    assert run.states["llttab/db02"] == "taken over"
    assert "# by bob" in run.ledger
    assert world.node("db02").files.tree["/etc/llttab"].content.endswith(b"# by bob\n")


HOSTILE = "# \x1b]0;owned\x07\x1b[2J \udce9 \u202e"


@pytest.mark.parametrize("choice", ["leave", "owed"])
async def test_what_somebody_wrote_into_it_reaches_no_terminal_as_it_is(folder, choice):
    """A file is read byte for byte, past the transport's sanitiser, and then shown."""

    async def somebody(world):
        files = world.node("db02").files
        text = files.tree["/etc/llttab"].content + f"{HOSTILE}\n".encode(errors="surrogateescape")
        files.write("/etc/llttab", text)

    run = await file_put_back(folder, {FILE: choice}, somebody)
    told = [as_text(event) or "" for event in read(folder / "journal.jsonl")]
    shown = "\n".join((*told, run.ledger, repr(run.snapshot)))
    assert r"\x1b[2J" in shown, "and yet it is seen"
    assert sanitise(shown) == shown
    assert shown.encode()
