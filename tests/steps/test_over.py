"""A run that is over, or on its way back, never goes forward again; judged by the lab's record."""

import dataclasses

import pytest
from click.testing import CliRunner

from lparwiz import owing, prepared, runs
from lparwiz.cli import main
from lparwiz.lab.scenario import ROUTES

from .in_memory import Run

FORWARD = ("migrlpar", "hagrp -migrate", "-T peerinact:9000", "new_name=", "hagrp -freeze")
"""Pieces of the commands with which a run goes forward."""

SETTINGS = (*((route, True) for route in ROUTES), ("managed", False), ("outside", False))
"""Each route, with the nodes and managers that bear a mark and without."""


async def left_at_the_point_of_no_return(folder, route, *, marked=True) -> Run:
    it = Run(folder, route=route)
    if not marked:
        it.change = dataclasses.replace(it.change, nodes=(), managers=())
    (folder / "change.toml").write_text(it.change.text)
    leaving = prepared.decided(it.change)
    leaving._leaves = ("migrate",)
    await it.once(leaving)
    assert it.play.conclusion is None
    return it


def forward(it):
    return [line for piece in FORWARD for _, line in it.sent(piece)]


@pytest.mark.parametrize(("route", "marked"), SETTINGS)
async def test_paid_it_never_goes_forward_again(folder, route, marked):
    it = await left_at_the_point_of_no_return(folder, route, marked=marked)
    assert await it.once(prepared.paying(it.change), back=True) == 1
    assert it.site.verdict()["clean"]
    before = forward(it)
    assert await it.once() == 1
    assert forward(it) == before
    assert it.site.verdict()["clean"]


@pytest.mark.parametrize("route", ROUTES)
async def test_killed_while_it_is_paid_it_only_goes_on_with_the_way_back(folder, route):
    it = await left_at_the_point_of_no_return(folder, route)
    it.happens.append(("", "killed before"))  # its very first command
    assert await it.once(prepared.paying(it.change), back=True) is None
    before = forward(it)
    assert await it.once() == 1
    assert set(forward(it)) - set(before) <= {line for line in forward(it) if "new_name=" in line}
    assert it.sent("-o m") == it.sent("hagrp -migrate") == []
    assert it.site.verdict()["clean"]


async def test_left_and_not_paid_it_still_goes_forward(folder):
    it = await left_at_the_point_of_no_return(folder, "full")
    assert await it.once() == 0
    assert len(it.sent("-o m")) == 1


async def test_handed_over_it_never_goes_forward_again(folder):
    """A person has put the timers back by hand, or is about to."""
    it = await left_at_the_point_of_no_return(folder, "full")
    assert owing.hand_over(folder, "ann", "by hand") > 0
    before = forward(it)
    assert await it.once() == 1
    assert forward(it) == before


def resumed(folder, *words):
    found = CliRunner().invoke(main, [*words, "--runs", str(folder.parent)])
    return found.exit_code, found.output


@pytest.mark.parametrize("words", ["--plain", "--unattended"])
async def test_a_run_that_is_over_is_refused_in_words(folder, words):
    it = await left_at_the_point_of_no_return(folder, "full")
    assert await it.once(prepared.paying(it.change), back=True) == 1
    kept = (folder / "journal.jsonl").read_bytes()
    status, output = resumed(folder, "resume", folder.name, words)
    assert status == 2
    assert "is over" in output
    assert f"lparwiz wizard {it.change.path}" in output
    assert (folder / "journal.jsonl").read_bytes() == kept
    assert not runs.unfinished(runs.find(folder.parent, folder.name))


async def test_paid_twice_is_refused_as_nothing_is_owed(folder):
    it = await left_at_the_point_of_no_return(folder, "full")
    await it.once(prepared.paying(it.change), back=True)
    status, output = resumed(folder, "pay", folder.name)
    assert (status, "nothing is owed" in output) == (2, True)


async def test_left_before_anything_was_changed_it_is_not_over(folder):
    it = Run(folder, route="full")
    (folder / "change.toml").write_text(it.change.text)
    leaving = prepared.decided(it.change)
    leaving._leaves = ("continue",)
    assert await it.once(leaving) == 1
    assert not runs.over(runs.find(folder.parent, folder.name))
    assert await it.once() == 0
    assert runs.over(runs.find(folder.parent, folder.name))


async def test_turned_back_before_anything_was_changed_it_is_over(folder):
    it = Run(folder, {"proceed": False}, route="full")
    (folder / "change.toml").write_text(it.change.text)
    assert await it.once() == 1
    assert runs.over(runs.find(folder.parent, folder.name))


async def test_begun_anew_after_it_has_migrated_the_check_says_where_it_runs_already(folder):
    it = Run(folder, route="outside")
    assert await it.once() == 0
    it.folder = folder.with_name("20261122-0314-db01")
    it.folder.mkdir()
    assert await it.once() == 1
    (found,) = [each for each in it.told("finding") if each["id"] == "lpar.found"]
    assert found["text"].startswith("db01 runs on p9-west (id ")
    assert "Nothing is to be migrated" in found["remedy"]
    assert len(it.sent("migrlpar -o m")) == 1
