"""The lab's own nested CSV."""

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lparwiz.lab import nested

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\r\n\0"), max_size=20)
NAMES = st.from_regex(r"[a-z_]{1,12}", fullmatch=True)


@given(st.dictionaries(NAMES, TEXT, min_size=1))
def test_a_record_comes_back_as_it_was_written(attributes):
    assert dict(nested.read(nested.row(attributes))) == attributes


@given(st.lists(TEXT, min_size=1))
def test_what_is_written_is_csv_to_pythons_own_reader_too(fields):
    line = nested.join(fields)
    if all(fields) or len(fields) > 1:
        assert next(csv.reader([line])) == fields


def test_a_wwpn_pair_is_wrapped_once_more_inside_its_list():
    value = nested.join(["504/client/2/v1/8/c0,c1/1", "604/client/3/v2/5/c2,c3/1"])
    assert nested.row({"virtual_fc_adapters": value}) == (
        '"virtual_fc_adapters=""504/client/2/v1/8/c0,c1/1"",""604/client/3/v2/5/c2,c3/1"""'
    )


@pytest.mark.parametrize(
    "text",
    [
        'name=a,"open=1',
        'name=a,"x=1"y',
        "name=a,virtual_scsi_adapters=3/c,4/c",
        'na"me=a',
        "=a",
        "",
    ],
)
def test_what_is_no_record_is_refused(text):
    with pytest.raises(nested.MalformedRecordError):
        nested.read(text)
