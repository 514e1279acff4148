"""Somebody with no lparwiz at all finishes a run from its ledger.md."""

import pytest

from lparwiz import session
from lparwiz.lab.scenario import Scenario

from ..labs import edited, lab, options
from ..operators import LeavingAt, commands


@pytest.mark.parametrize(
    ("question", "migrated"),
    [("migrate.proceed", False), ("migrate.migrate", False), ("cleanup.proceed", True)],
)
def test_the_ledgers_commands_put_everything_right(tmp_path, question, migrated):
    with lab(Scenario(route="full", nodes=3), tmp_path / "lab") as site:
        engine = session.begin(
            edited(site.change_path), options(tmp_path), answerer=LeavingAt(question)
        )
        engine.start()
        assert engine.join() == 3
        assert not site.verdict()["clean"]
        (folder,) = (tmp_path / "runs").iterdir()
        told = list(commands((folder / "ledger.md").read_text()))
        for host, line in told:
            out, err, status = site.execute(host, line)
            assert status == 0, (host, line, out, err)
        verdict = site.verdict()
    assert verdict["migrated"] is migrated
    assert verdict["clean"], verdict
