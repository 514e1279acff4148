"""LLT's lines in a syslog, where there is one (facts, vcs.md 2.1)."""

import pytest

from lparwiz.tools import llt_log
from lparwiz.tools.llt_log import Silences, after, logs

LINE = "Nov 22 {} aixdb02 kern:info unix: LLT INFO V-14-1-{} link {} ({}) node {} {}"


def lines(*said, node=0):
    """`(time, link, text)` as syslogd writes them."""
    numbers = {"in trouble": "10205", "active": "10024"}
    return [
        LINE.format(at, numbers.get(text, "10032"), link, f"en{link + 2}", node, text)
        for at, link, text in said
    ]


@pytest.mark.parametrize(
    ("configuration", "found"),
    [
        ("", ()),
        ("# kern.debug /var/adm/messages\n*.err /dev/console\nmail.debug /var/adm/mail\n", ()),
        ("kern.debug\t/var/adm/kern rotate size 1m files 4\n", ("/var/adm/kern",)),
        ("*.info;mail.none /var/adm/messages\n", ("/var/adm/messages",)),
        ("auth,kern.info /a\n*.debug @loghost\n*.debug /b\n*.debug /b\n", ("/a", "/b")),
        ("kern.crit /var/adm/crit\n*.notice /var/adm/notice\n", ()),
        ("kern.debug\n", ()),
        ("*.info;kern.none /var/adm/messages\n", ()),
        (
            "kern.none;*.info /var/adm/messages\nuser,kern.none;mail.info /x\n",
            ("/var/adm/messages",),
        ),
    ],
)
def test_a_log_is_found_by_the_configuration_or_not_at_all(configuration, found):
    assert logs(configuration) == found


def test_a_silence_on_all_links_is_the_shortest_of_them():
    read = Silences(node=0, links=2, trouble=2.0).read(
        lines(
            ("02:00:02", 0, "in trouble"),
            ("02:00:02", 1, "in trouble"),
            ("02:00:08", 0, "inactive 8 sec (696686965)"),
            ("02:00:08", 1, "inactive 8 sec (510)"),
            ("02:00:12", 0, "active"),
            ("02:00:14", 1, "active"),
        )
    )
    assert read == [13.0]  # 10 s to the second, the 2 s before, and the second's rest


def test_one_link_alone_in_trouble_is_no_silence():
    silences = Silences(node=0, links=2, trouble=2.0)
    assert silences.read(lines(("02:00:02", 1, "in trouble"), ("02:00:05", 1, "active"))) == []


def test_another_node_is_not_ours():
    said = lines(("02:00:02", 0, "in trouble"), ("02:00:05", 0, "active"), node=3)
    assert Silences(node=0, links=1, trouble=2.0).read(said) == []


def test_midnight_may_pass_in_between():
    said = lines(("23:59:58", 0, "in trouble"), ("00:00:03", 0, "active"))
    assert Silences(node=0, links=1, trouble=2.0).read(said) == [8.0]


def test_the_seconds_that_it_says_count_where_the_trouble_was_not_seen():
    said = lines(("02:00:20", 0, "inactive 18 sec (1)"), ("02:00:21", 0, "active"))
    assert Silences(node=0, links=1, trouble=2.0).read(said) == [19.0]


def test_it_goes_on_over_readings_that_cut_a_silence():
    silences = Silences(node=0, links=1, trouble=2.0)
    assert silences.read(lines(("02:00:02", 0, "in trouble"))) == []
    assert silences.read(["garbage", "", *lines(("02:00:05", 0, "active"))]) == [6.0]


def test_only_new_lines_are_read():
    assert after("a\nb\n", "") == (["a", "b"], "b")
    assert after("a\nb\nc\nd\n", "b") == (["c", "d"], "d")
    assert after("a\nb\n", "b") == ([], "b")
    assert after("", "b") == ([], "b")


def test_after_the_log_was_turned_over_it_is_begun_anew():
    assert after("x\ny\n", "b") == (["x", "y"], "y")


def test_nothing_is_written_by_reading():
    assert not llt_log.read("/var/adm/messages").changes
    assert not llt_log.read_configuration().changes


def line(second, link, said):
    return (
        f"Nov 22 02:{second // 60:02}:{second % 60:02} db02 kern:info unix: LLT INFO "
        f"V-14-1-10205 link {link} (en{link}) node 0 {said}"
    )


def test_a_link_that_flapped_once_takes_nothing_off_a_later_silence():
    """A link's old silence is taken for its share in the new one: 20 s read as some 5."""
    log = Silences(node=0, links=2, trouble=2.0)
    assert log.read([line(10, 0, "in trouble"), line(12, 0, "active")]) == []
    told = log.read(
        [
            line(600, 0, "in trouble"),
            line(600, 1, "in trouble"),
            line(620, 1, "active"),
            line(620, 0, "active"),
        ]
    )
    assert max(told) >= 20.0


def test_silences_of_two_links_that_do_not_overlap_are_none():
    log = Silences(node=0, links=2, trouble=2.0)
    assert log.read([line(10, 0, "in trouble"), line(12, 0, "active")]) == []
    assert log.read([line(600, 1, "in trouble"), line(620, 1, "active")]) == []


def test_a_link_that_flaps_within_the_others_silence_shortens_it_by_nothing():
    log = Silences(node=0, links=2, trouble=2.0)
    said = [(0, 1, "in trouble"), (3, 0, "in trouble"), (5, 0, "active"), (10, 0, "in trouble")]
    said += [(30, 1, "active"), (40, 0, "active")]
    (told,) = log.read([line(*each) for each in said])
    assert told >= 20.0
