"""The ProfileFile of the new server: what is collected, written, left to a person and read back."""

import functools

import pytest

from lparwiz import prepared
from lparwiz.run.answers import Prepared
from lparwiz.run.step import Conclusion

from .by_vcs import FILE, MIGRATE, PROFILE_FILE, TARGET, nothing_harmed


@pytest.fixture
def run(run):
    """Make a run of route vcs."""
    return functools.partial(run, route="vcs")


async def test_what_the_guide_names_is_collected_and_the_rest_said_plainly(run):
    it = run()
    await it.once()
    text = (it.folder / f"profilefile.{TARGET}.txt").read_text()
    assert "lssyscfg -r lpar -m p9-west --filter lpar_names=db01\nname=db01,lpar_id=3" in text
    assert "The documentation known to lparwiz ends after name, lpar_id" in text
    assert "partition: lpar_id is 5, the console has 3" in text
    assert "remote_lpar_name=vios1" in text
    assert it.site.hosts["mgmt2"].files.read(FILE) == it.site.start.profile_files["mgmt2"][1]
    asked = [each["id"] for each in it.told("question")]
    assert "cleanup.profile-file" in asked
    assert "ProfileFile of MGMT2-vcs must be recreated" in it.ledger


async def test_the_documented_pairs_are_written_where_that_was_said(run):
    it = run({"profile_file": True})
    file = it.site.hosts["mgmt2"].files.get(FILE)
    file.mode, file.owner = 0o640, "vcsadm"
    before = file.content.decode().splitlines(keepends=True)
    assert await it.once() == 3
    now = it.site.hosts["mgmt2"].files
    after = now.read(FILE).decode().splitlines(keepends=True)
    assert after == [before[0].replace("lpar_id=5", "lpar_id=3"), *before[1:]]
    assert (now.get(FILE).mode, now.get(FILE).owner) == (0o640, "vcsadm")
    (copy,) = [path for path in now.tree if path.startswith(f"{FILE}.")]
    assert now.read(copy).decode() == "".join(before)
    assert PROFILE_FILE in it.owed  # the profile in it still has the former id
    assert it.site.verdict()["strays"] == ["mgmt1:/etc/lparwiz.run", "mgmt2:/etc/lparwiz.run"]
    tables = {each["title"]: each["rows"] for each in it.told("table")}
    assert ("- line 1", before[0].rstrip(), "mgmt2") in tables[f"What would change in {FILE}"]


def kept_files(it):
    """The ProfileFiles of the target's system in the run's folder, the first one kept first."""
    return [path.read_bytes() for path in sorted(it.folder.glob(f"backup/profilefile.{TARGET}*"))]


async def test_a_former_file_that_is_kept_already_is_never_taken_for_another(run):
    """Written, edited by a person, written again: the copy would have the oldest text."""
    it = run({"profile_file": True})
    assert await it.once() == 3
    files = it.site.hosts["mgmt2"].files
    (copy,) = [path for path in files.tree if path.startswith(f"{FILE}.")]
    kept = files.read(copy)
    edited = files.read(FILE).replace(b"lpar_id=3", b"lpar_id=5", 1)
    edited = edited.replace(b"min_mem=", b"pair_of_the_guide=1,min_mem=")
    files.write(FILE, edited)
    assert await it.once() == 3
    assert (files.read(FILE), files.read(copy)) == (edited, kept)
    assert f"{copy} is there and is not the former file: move it away by hand" in it.said
    del files.tree[copy]
    assert await it.once() == 3
    assert files.read(copy) == edited
    assert b"lpar_id=3" in files.read(FILE).splitlines()[0]


async def test_the_file_that_is_written_over_is_kept_in_the_runs_folder_to_the_byte(run):
    """VCS, or a person, may have changed it since all of them were kept before the migration."""
    it = run({"profile_file": True})
    files = it.site.hosts["mgmt2"].files
    first = files.read(FILE)
    since = first.replace(b"min_mem=", b"pair_of_the_guide=1,min_mem=")
    it.happens.append(("virtualio --rsubtype fc -m p9-west", lambda: files.write(FILE, since)))
    assert await it.once() == 3
    assert files.read(FILE) == since.replace(b"lpar_id=5", b"lpar_id=3", 1) != since
    assert kept_files(it) == [first, since]
    files.write(FILE, first)
    assert await it.once() == 3
    assert kept_files(it) == [first, since]


@pytest.mark.parametrize("how", ["killed before", "killed after", "lost after", "lost before"])
async def test_writing_it_is_taken_up_again(run, how):
    it = run({"profile_file": True})
    it.happens.append((f"mv -f {FILE}.lparwiz", how))
    assert await it.once() in (None, 3)
    assert await it.once() == 3
    assert "lpar_id=3" in it.site.hosts["mgmt2"].files.read(FILE).decode().splitlines()[0]
    assert PROFILE_FILE in it.owed
    nothing_harmed(it, lives_on="p9-west")


async def test_a_command_that_was_declined_is_not_said_to_run_any_more(run):
    it = run()
    assert await it.once() == 3
    asked = [event["question"] for event in it.told("decision")]
    assert "cleanup.profile-file" in asked
    assert it.play.picture.pages["cleanup"].plan == ()


async def test_a_file_that_is_made_anew_by_hand_pays_the_debt(run):
    it = run()
    assert await it.once() == 3
    files = it.site.hosts["mgmt2"].files
    files.write(FILE, files.read(FILE).replace(b"lpar_id=5", b"lpar_id=3"))
    assert await it.once(prepared.paying(it.change)) == 0, it.said
    assert it.owed == set()
    verdict = nothing_harmed(it, lives_on="p9-west")
    assert verdict["clean"], verdict
    assert verdict["profile_files"]["mgmt2"] == "current"


FINISHED = {"continue": "go", "proceed": "go", "migrate": "go", "stopped": "back"} | {
    "outcome": Conclusion.MIGRATED.value,
    "by-hand": "finished",
}
"""The answers of an operator who says that they have finished the file."""


LINE = "\nname=db01,"
"""The beginning of the partition's line, with the end of what may stand before it."""


def by_hand(run, old, new):
    """Somebody edits the file while the question whether it is finished stands open."""
    files = run.site.hosts["mgmt2"].files
    text = "\n" + files.read(FILE).decode()
    assert old in text
    files.write(FILE, text.replace(old, new)[1:].encode())


@pytest.mark.parametrize(
    ("old", "new"),
    [("min_mem=", "pair_of_the_guide=1,min_mem="), (LINE, "\nlines as the guide has them" + LINE)],
    ids=["a pair that no console tells", "a line of another form"],
)
async def test_what_a_person_has_finished_is_read_back_and_the_run_ends_well(run, old, new):
    it = run()
    assert await it.once() == 3
    by_hand(it, "lpar_id=5", "lpar_id=3")
    by_hand(it, old, new)
    assert (
        await it.once(prepared.paying(it.change)) == 3
    )  # no reading proves what nothing documents
    assert await it.once(Prepared("ann", FINISHED, ("all",))) == 0, it.said
    assert it.owed == set()
    settled = [each for each in it.told("debt settled") if each["id"] == PROFILE_FILE]
    assert settled[-1]["how"].startswith("ann has finished it by hand; ")
    verdict = it.site.verdict()
    assert verdict["live"] == ["p9-west"]
    assert verdict["strays"] == verdict["bystanders"] == []
    assert len(it.sent(MIGRATE)) == 1
    assert it.sent("mv -f /profile") == []


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("lpar_id=5", "lpar_id=5", "lpar_id of the partition is 5, the console has 3"),
        (f"{LINE}lpar_id=5,", f"{LINE}lpar_id=3,", "lpar_id of normal is 5"),
        ("lpar_id=5", "lpar_no=3", "the partition has no lpar_id"),
        ("/vios1/", "/vios7/", "vios7 is no VIOS of that server"),
        ("/client/", "/klient/", "no VIOS mapping is found in it"),
        (f"{LINE}lpar_id=5,", "\nlpar_id=5,", "no line of it is the partition's"),
    ],
)
async def test_a_person_s_word_is_not_taken_against_what_is_read(run, old, new, why):
    it = run()
    assert await it.once() == 3
    by_hand(it, old, new)
    assert await it.once(Prepared("ann", FINISHED, ("all",))) == 3
    assert "doesn't read as finished" in it.said
    assert why in it.said
    assert PROFILE_FILE in it.owed


async def test_a_file_without_a_vios_mapping_is_never_finished(run):
    """VCS could not remove the mappings, and would stop midway."""
    it = run(same_lpar_id=True)
    files = it.site.hosts["mgmt2"].files
    only = files.read(FILE).splitlines(keepends=True)[0]
    it.happens.append(("virtualio --rsubtype fc -m p9-west", lambda: files.write(FILE, only)))
    assert await it.once() == 3
    assert await it.once(Prepared("ann", FINISHED, ("all",))) == 3
    assert "no VIOS mapping is found in it" in it.said
    assert PROFILE_FILE in it.owed


@pytest.mark.parametrize("gone", [True, False])
async def test_a_file_that_cannot_be_read_back_is_not_finished(run, gone):
    it = run()
    assert await it.once() == 3
    files = it.site.hosts["mgmt2"].files
    if gone:
        files.remove(FILE)
    else:
        files.write(FILE, b"as the guide says\n")
    assert await it.once(Prepared("ann", FINISHED, ("all",))) == 3
    assert PROFILE_FILE in it.owed
    assert "doesn't read as finished" in it.said


async def test_nobody_who_was_not_asked_says_that_it_is_finished(run):
    it = run()
    by_hand(it, "min_mem=", "profile_of_ours=1,min_mem=")
    assert await it.once() == 3
    decided = [e for e in it.told("decision") if e["question"].startswith("cleanup.by-hand")]
    assert [each["choice"] for each in decided] == ["leave"]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (None, "there is no such file"),
        (b"# a file of another kind\nLPAR db01\n", "can't be compared"),
        (b"name=db01,lpar_id=5\nname=db01,lpar_id=5\n", "has 2 lines of the partition"),
        ('name=db01,"description=Gr\u00fc\u00dfe",lpar_id=5\n'.encode(), "quoted as an HMC"),
    ],
    ids=["gone", "not understood", "twice", "quoted otherwise"],
)
async def test_a_file_that_is_not_understood_is_only_handed_over(run, content, why):
    it = run({"profile_file": True})
    files = it.site.hosts["mgmt2"].files
    it.happens.append(
        (
            "virtualio --rsubtype fc -m p9-west",
            lambda: files.remove(FILE) if content is None else files.write(FILE, content),
        )
    )
    assert await it.once() == 3
    assert why in it.said
    assert (files.read(FILE) if FILE in files.tree else None) == content
    assert (it.folder / f"profilefile.{TARGET}.txt").exists()
    assert PROFILE_FILE in it.owed
