"""A dry run shows what a run would send, and sends none of it."""

import json

from lparwiz import change, session
from lparwiz import change as changes
from lparwiz.lab.scenario import Scenario

from ..labs import PERSIST, edited, lab, options


def test_a_dry_run_prints_both_endings_and_changes_nothing(tmp_path):
    with lab(Scenario(route="full"), tmp_path / "lab") as site:
        before = site.verdict()
        planned = []

        def listen(event):
            if event.kind == "planned":
                planned.append((event.data["host"], event.data["command"]))

        wanted = change.read(site.change_path)
        engine = session.dry_run(wanted, options(tmp_path), listener=listen)
        engine.start()
        assert engine.join() == 0
        after = site.verdict()
        changing = [
            event["line"]
            for event in site.events("command")
            if any(
                word in event["line"]
                for word in ("-T peerinact", "chsyscfg", "mksyscfg", "rmsyscfg", "migrlpar")
            )
        ]
    assert changing == []
    assert {**before, "at": 0} == {**after, "at": 0}
    assert not (tmp_path / "runs").exists()
    text = json.dumps(planned)
    for wanted_command in (
        "lltconfig -T peerinact:9000",
        "new_name=db01_placeholder",
        "migrlpar -o v",
        "migrlpar -o m",
        "mksyscfg -r lpar",
        "rmsyscfg -r lpar",
        "name=db01_placeholder,new_name=db01",
        "lltconfig -T peerinact:1600",
        "lltconfig -T peerinact:3200",
    ):
        assert wanted_command in text, wanted_command
    order = [command for _, command in planned]
    assert order.index(next(c for c in order if "-o v" in c)) < order.index(
        next(c for c in order if "-o m" in c)
    )


def test_a_dry_run_shows_the_command_that_a_run_would_send(tmp_path):
    """With persist the copy's path is made of the run's name, which is `dry-run` here."""
    with lab(Scenario(route="outside"), tmp_path / "lab") as site:
        wanted = edited(site.change_path, PERSIST)
        told = []
        engine = session.dry_run(
            changes.read(wanted.path),
            options(tmp_path),
            listener=lambda e: told.append(e.data["command"]) if e.kind == "planned" else None,
        )
        engine.start()
        engine.join()
    assert told
    assert not any("dry-run" in command for command in told)
