"""Somebody with no lparwiz at all finishes a run from its ledger.md."""

import re

import pytest

from lparwiz import session
from lparwiz.lab.scenario import Scenario
from lparwiz.run.answers import Left, Prepared

from ..labs import edited, lab, options

HOSTS = {"source HMC": "hmc1", "target HMC": "hmc2"}


class LeavingAt(Prepared):
    """Goes on with everything, until the question of this id: there the wizard is gone."""

    def __init__(self, question):
        answers = {"continue": "go", "proceed": "go", "migrate": "go", "stopped": "back"}
        super().__init__("the test", answers, ("all",))
        self.question = question

    async def answer(self, question):
        if question.id == self.question:
            raise Left("killed")
        return await super().answer(question)


def commands(ledger):
    """What ledger.md tells to run, and where, from top to bottom."""
    for host, block in re.findall(
        r"Run this on ([^\n]*?)(?: \([^\n]*?\))?:\n\n```\n(.*?)\n```", ledger, re.DOTALL
    ):
        for line in block.splitlines():
            if not line.startswith("#"):
                yield HOSTS.get(host, host), line


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
