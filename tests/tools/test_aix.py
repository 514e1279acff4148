"""AIX's error log, its names and its levels."""

from hypothesis import given, settings
from hypothesis import strategies as st

from lparwiz.tools import aix

LOG = """---------------------------------------------------------------------------
LABEL:          CLIENT_PMIG_DONE
IDENTIFIER:     A5E6DB96

Date/Time:       Sun Nov 22 02:41:07 CET 2026
Sequence Number: 4711
Class:           S

Description
Client Partition Migration Completed
---------------------------------------------------------------------------
LABEL:          CLIENT_PMIG_STARTED
IDENTIFIER:     08917DC6

Date/Time:       Sun Nov 22 02:14:55 CET 2026
"""


def test_the_log_is_asked_for_with_its_long_timestamps_and_aborts_too():
    assert aix.migration_log().text.endswith(
        "errpt -a -J CLIENT_PMIG_STARTED,CLIENT_PMIG_DONE,CLIENT_PMIG_ABORTED"
    )


def test_entries_come_in_the_order_printed():
    done, started = aix.parse_migration_log(LOG)
    assert done == aix.ErrorLogEntry(aix.DONE, "Sun Nov 22 02:41:07 CET 2026")
    assert started.label == aix.STARTED


def test_a_cut_entry_lacks_its_date_and_an_empty_log_has_no_entry():
    assert aix.parse_migration_log(LOG[:150]) == (aix.ErrorLogEntry(aix.DONE),)
    assert aix.parse_migration_log("") == ()


def test_name_and_level_are_read():
    assert aix.parse_hostname("db01\n") == "db01"
    assert aix.parse_hostname("") == ""
    assert aix.parse_level("7200-05-03-2136\n") == "7200-05-03-2136"
    assert aix.parse_level("oslevel: not found") is None


@settings(deadline=None)
@given(st.text())
def test_no_text_breaks_the_parsers(text):
    aix.parse_migration_log(text)
    aix.parse_hostname(text)
    aix.parse_level(text)


def test_the_partitions_name_is_read_whatever_stands_around_it():
    text = "Node Name     : aixdb01\nPartition Name   : db 01 \nType : Shared"
    assert aix.parse_partition_name(text) == "db 01"
    assert aix.parse_partition_name("Node Name : aixdb01") is None


@given(st.text())
def test_no_text_makes_the_partitions_name_raise(text):
    aix.parse_partition_name(text)
