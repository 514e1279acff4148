"""What an HMC's answer means (hmc.md 2, 8.3 to 8.6)."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lparwiz.tools import hmc
from lparwiz.tools.command import Answer, Outcome
from lparwiz.tools.errors import ToolError

POLISH = (Path(__file__).parent / "samples/messages_localised_polish.txt").read_text()


def exited(status, stdout="", stderr=""):
    return Answer(Outcome.EXITED, status, stdout, stderr)


@pytest.mark.parametrize(
    "text",
    ["No results were found.", "Nie znaleziono wyników.", "未找到结果。"],
    ids=["en", "pl", "zh"],
)
def test_no_results_with_exit_0_is_absent_in_any_language_on_standard_output_alone(text):
    assert text.isascii() or text in POLISH or text.endswith("。")
    assert hmc.interpret(exited(0, text + "\n")) == hmc.Rows(())
    assert isinstance(hmc.interpret(exited(0, "", text + "\n")), hmc.Unknown)


@pytest.mark.parametrize("code", ["HSCL8011", "HSCL8012"])
def test_an_unknown_name_with_a_failure_is_absent_on_either_channel(code):
    text = f"{code} The partition named x was not found.\n"
    assert hmc.interpret(exited(1, text)) == hmc.Rows(())
    assert hmc.interpret(exited(1, "", text)) == hmc.Rows(())
    assert hmc.interpret(exited(0, text)) == hmc.Rows(())


def test_other_failures_are_not_absence():
    listing = hmc.interpret(exited(1, "HSCL0238 This operation is only allowed when ..."))
    assert listing == hmc.Failed(("HSCL0238",), "HSCL0238 This operation is only allowed when ...")


def test_codes_nest_and_an_absent_code_among_others_is_a_failure():
    assert hmc.codes("HSCL127D: HSCL1288 x HSCLA246 HSCL127D") == (
        "HSCL127D",
        "HSCL1288",
        "HSCLA246",
    )
    assert isinstance(hmc.interpret(exited(1, "HSCL127D: HSCL8012 x")), hmc.Failed)


def test_a_usage_error_has_no_code():
    assert hmc.interpret(exited(1, "Wprowadzono niepoprawny atrybut.")) == hmc.Failed(
        (), "Wprowadzono niepoprawny atrybut."
    )


def test_rows_are_rows():
    listing = hmc.interpret(exited(0, "name=a,lpar_id=1\nname=b,lpar_id=2\n", "a warning\n"))
    assert [row["name"] for row in listing.rows] == ["a", "b"]


def test_a_description_may_mention_a_code():
    listing = hmc.interpret(exited(0, "name=a,description=see HSCL8012\n"))
    assert listing.rows == ({"name": "a", "description": "see HSCL8012"},)


@pytest.mark.parametrize(
    "answer",
    [
        Answer(Outcome.TIMED_OUT),
        Answer(Outcome.LOST, reason="connection reset"),
        Answer(Outcome.SIGNALLED, reason="TERM"),
        Answer(Outcome.NOT_STARTED),
        Answer(Outcome.EXITED),
        exited(0),
        exited(0, "name=a,lpar_i"),
        exited(0, 'name=a,"io_slots=1,'),
        exited(0, "nam"),
        exited(0, "", "Authorized use only."),
        exited(0, "", "name=a,lpar_id=1\n"),
        exited(0, "No results were fo"),
        exited(0, "x\ufffd\ufffd~!"),
        exited(0, "A sentence.\nAnd another one."),
        exited(0, "name=a,lpar_id=1\n", "HSCL8012 gone"),
        exited(0, "HSCL350B The user does not have the appropriate authority."),
    ],
)
def test_whatever_cannot_be_told_is_unknown_and_never_absent(answer):
    assert isinstance(hmc.interpret(answer), hmc.Unknown)


@settings(deadline=None)
@given(
    st.sampled_from(Outcome),
    st.none() | st.integers(0, 255),
    st.text() | st.text(alphabet='a=",.\nHSCL8012 '),
    st.text(alphabet="HSCL8012. ="),
)
def test_every_answer_means_something(outcome, status, stdout, stderr):
    listing = hmc.interpret(Answer(outcome, status, stdout, stderr))
    if outcome is not Outcome.EXITED:
        assert isinstance(listing, hmc.Unknown)


def test_the_level_is_read_in_both_formats():
    old = (Path(__file__).parent / "samples/lshmc_V_v8.txt").read_text()
    level = hmc.parse_version(old)
    assert level == hmc.Version(8, "8.2.0")
    new = "Version: 10\nRelease: 3\nService Pack: 1060\nBuild level: 2405070412\n"
    assert hmc.parse_version(new) == hmc.Version(10, "3")
    assert hmc.parse_version('"base_version=V9R2\n"').version == 9
    with pytest.raises(ToolError):
        hmc.parse_version("lshmc: not found")


def test_a_users_role_is_found():
    users = (Path(__file__).parent / "samples/lshmcusr_v7.txt").read_text()
    text = "".join(line for line in users.splitlines(keepends=True) if line[0] != "#")
    assert hmc.parse_taskrole(text, "hscroot") == "hmcsuperadmin"
    assert hmc.parse_taskrole(text, "nobody") is None


ROW = {"name": "db 01", "lpar_id": "3", "state": "Running", "some_new_key": "x"}


def test_a_row_is_a_partition_and_unknown_keys_are_kept():
    found = hmc.partition(ROW)
    assert (found.lpar_id, found.uuid, found.running, found.migrating) == (3, None, True, False)
    assert found.row["some_new_key"] == "x"
    assert hmc.partition(ROW | {"migration_disabled": "1"}).migration_disabled


@pytest.mark.parametrize("state", ["Migrating - Not Activated", "Migrating - Not Active"])
def test_both_spellings_are_migrating(state):
    found = hmc.partition(ROW | {"state": state})
    assert found.migrating
    assert not found.not_activated
    assert not found.running


@pytest.mark.parametrize("row", [{}, {"name": "a"}, ROW | {"lpar_id": "x"}, ROW | {"state": ""}])
def test_a_row_without_what_every_partition_has_is_unreadable(row):
    with pytest.raises(ToolError):
        hmc.partition(row)


def test_a_partition_is_found_by_its_exact_name_only():
    rows = [ROW, ROW | {"name": "db 01_old", "lpar_id": "4"}]
    assert hmc.named(rows, "db 01").lpar_id == 3
    assert hmc.named(rows, "db") is None
    with pytest.raises(ToolError):
        hmc.named([ROW, ROW], "db 01")


def test_a_migrations_keys_are_optional_and_unknown_states_are_not_idle():
    assert hmc.migration({"migration_state": "Not Migrating"}).idle
    moving = hmc.migration({"migration_state": "Migration Starting", "bytes_remaining": "7"})
    assert (moving.idle, moving.transmitted, moving.remaining) == (False, None, 7)
    assert not hmc.migration({"migration_state": "Nieznane"}).idle
    with pytest.raises(ToolError):
        hmc.migration({})
