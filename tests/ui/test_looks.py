"""What the screens look like, as pictures; what they mean is asserted in test_wizard.py."""

import pytest
import ui_seam as sample

from lparwiz.ui.app import Wizard


def wizard(snapshot, theme="night"):
    return Wizard(sample.ScriptedSeam(snapshot), theme=theme)


def check(nodes):
    return sample.snapshot(
        nodes,
        current="check",
        pages=(sample.CONNECT, sample.CHECK),
        steps=sample.steps("check"),
    )


@pytest.mark.parametrize("size", [(80, 24), (160, 50)], ids=("80x24", "160x50"))
def test_a_question_before_a_plan_for_many_hosts(snap_compare, size):
    assert snap_compare(wizard(sample.snapshot(64)), terminal_size=size)


@pytest.mark.parametrize("size", [(80, 24), (160, 50)], ids=("80x24", "160x50"))
def test_the_migration_under_way(snap_compare, size):
    assert snap_compare(wizard(sample.migrating()), terminal_size=size)


def test_the_point_of_no_return(snap_compare):
    app = wizard(sample.snapshot(question=sample.WORD))
    assert snap_compare(app, press=("up", *"db01"), terminal_size=(80, 24))


def test_the_page_before_leaving(snap_compare):
    assert snap_compare(wizard(sample.snapshot()), press=("f10",), terminal_size=(80, 24))


@pytest.mark.parametrize("theme", ["day", "high-contrast"])
def test_warnings_and_a_stop_in_each_other_theme(snap_compare, theme):
    assert snap_compare(wizard(check(64), theme), terminal_size=(80, 24))
