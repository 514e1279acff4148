"""A ProfileFile: what is read of it, and what is changed in it."""

import subprocess

import pytest

from lparwiz.tools import profile_file
from lparwiz.tools.errors import Refused, Unreadable
from lparwiz.tools.profile_file import Stale

LPAR = {"name": "db01", "lpar_id": "3", "lpar_env": "aixlinux", "boot_mode": "norm", "state": "x"}
PROFILE = {"name": "normal", "lpar_name": "db01", "lpar_id": "3", "desired_mem": "4096"}
FIRST = "name=db01,lpar_id=5,lpar_env=aixlinux,boot_mode=norm\n"
SECOND = "name=normal,lpar_name=db01,lpar_id=3,desired_mem=4096\n"


def test_each_pair_that_the_console_tells_otherwise_is_stale():
    assert profile_file.stale(FIRST + SECOND, LPAR, [PROFILE]) == (
        Stale("partition", "lpar_id", "5", "3"),
    )
    assert profile_file.stale(FIRST.replace("5", "3") + SECOND, LPAR, [PROFILE]) == ()


def test_documented_pairs_that_are_missing_are_stale_and_others_are_not():
    text = "name=db01,lpar_id=3,lpar_env=aixlinux\n" + SECOND
    found = profile_file.stale(text, LPAR, [PROFILE])
    assert found == (Stale("partition", "boot_mode", "missing", "norm"),)


def test_a_profile_that_the_console_has_not_is_stale():
    text = FIRST.replace("5", "3") + SECOND.replace("normal", "other")
    assert profile_file.stale(text, LPAR, [PROFILE]) == (
        Stale("other", "name", "other", "no such profile"),
    )


def test_a_file_without_the_partition_is_stale():
    assert profile_file.stale(SECOND, LPAR, [PROFILE])[0].attribute == "name"


@pytest.mark.parametrize("text", ["", "# words\n", '"name=db01\n'])
def test_what_is_no_file_of_pairs_is_unreadable(text):
    with pytest.raises(Unreadable):
        profile_file.stale(text, LPAR, [PROFILE])


def test_only_the_documented_pairs_of_the_partition_are_brought_up_to_date():
    first = FIRST.replace("\n", ",mine=5,state=y\n")
    after = profile_file.updated(first + SECOND, LPAR)
    assert after == first.replace("lpar_id=5", "lpar_id=3") + SECOND
    assert profile_file.updated(after, LPAR) == after


@pytest.mark.parametrize(
    "text",
    [SECOND, FIRST + FIRST, 'name=db01,"lpar_id=5"\n'],
    ids=["no partition", "two of them", "quoted otherwise"],
)
def test_a_line_that_can_not_be_written_with_care_is_refused(text):
    with pytest.raises(Refused):
        profile_file.updated(text, LPAR)


@pytest.mark.parametrize("path", ["relative", "/with space", "/quo'te", "/a;b", ""])
def test_a_path_that_is_not_plain_is_refused(path):
    with pytest.raises(Refused):
        profile_file.read_file(path)
    with pytest.raises(Refused):
        profile_file.write_file(path, FIRST, SECOND, "/copy")


def test_bytes_that_may_not_arrive_are_refused():
    with pytest.raises(Refused):
        profile_file.write_file("/profile/db01", FIRST, "name=Gr\u00fc\u00dfe\n", "/copy")


def test_a_real_shell_reads_writes_and_keeps_it(tmp_path):
    path, copy = tmp_path / "db01", tmp_path / "db01.run"

    def shell(command):
        done = subprocess.run(["/bin/sh", "-c", command.text], capture_output=True, check=False)
        return done.stdout.decode()

    assert profile_file.parse_file(shell(profile_file.read_file(str(path)))) is None
    path.write_text(FIRST)
    path.chmod(0o640)
    assert profile_file.parse_file(shell(profile_file.read_file(str(path)))) == FIRST
    for _ in range(2):
        shell(profile_file.write_file(str(path), FIRST, "name='$x'\n", str(copy)))
    assert (path.read_text(), copy.read_text()) == ("name='$x'\n", FIRST)
    assert path.stat().st_mode & 0o777 == 0o640
    assert sorted(each.name for each in tmp_path.iterdir()) == ["db01", "db01.run"]


MAPPED = SECOND.replace("\n", ",virtual_scsi_adapters=304/client/1/vios1/4/1\n")
VIOS = {"vios1": 1, "vios2": 2}


def test_a_file_that_names_the_server_s_partition_and_its_vios_is_fit():
    assert profile_file.unfit(FIRST.replace("5", "3") + MAPPED, LPAR, VIOS) == ()
    other_form = "# lines of another form\n"
    assert profile_file.unfit(other_form + FIRST.replace("5", "3") + MAPPED, LPAR, VIOS) == ()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (FIRST + MAPPED, "lpar_id of the partition is 5, the console has 3"),
        (
            FIRST.replace("5", "3") + MAPPED.replace("lpar_id=3", "lpar_id=5"),
            "lpar_id of normal is 5, the console has 3",
        ),
        (
            FIRST.replace("5", "3") + MAPPED.replace("lpar_name=db01", "lpar_name=x"),
            "lpar_name of normal is x, the console has db01",
        ),
        ("name=db01,lpar_env=aixlinux\n" + MAPPED, "the partition has no lpar_id"),
        (FIRST.replace("5", "3") + SECOND, "no VIOS mapping is found in it"),
        (
            FIRST.replace("5", "3") + MAPPED.replace("1/vios1", "2/vios1"),
            "vios1 is no VIOS of that server as such",
        ),
    ],
)
def test_what_the_console_tells_otherwise_is_unfit(text, why):
    assert profile_file.unfit(text, LPAR, VIOS) == (why,)


@pytest.mark.parametrize("text", ["", "what a mess\n", '"name=db01\n'])
def test_what_names_no_partition_is_unfit(text):
    assert "no line of it is the partition's" in profile_file.unfit(text, LPAR, VIOS)


def test_a_vios_may_be_told_by_its_id_alone():
    assert profile_file.mappings("virtual_scsi_adapters=304/client/1//4/1") == ((1, ""),)
    assert profile_file.strangers("virtual_scsi_adapters=304/client/7//4/1", VIOS) == ("7",)


def test_what_a_file_says_is_shown_without_what_drives_a_terminal():
    """It is read byte for byte, past the transport's sanitiser."""
    profile = 'name=n\x1b\udce9,"virtual_scsi_adapters=2/client/7/v\x1b/11/1"\n'
    text = f"name=db01\x1b[2J,lpar_id=5\x07\n{profile}"
    lpar = {"name": "db01", "lpar_id": "6"}
    shown = [
        *(piece for each in profile_file.stale(text, lpar, []) for piece in vars(each).values()),
        *profile_file.unfit(text, lpar, {"vios1": 1}),
    ]
    assert shown
    assert all(piece.isprintable() for piece in shown), shown
    assert any(r"\x1b[2J" in piece for piece in shown)
