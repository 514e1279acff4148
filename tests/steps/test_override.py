"""An outcome that is decided against both consoles; judged by the lab's own record."""

import pytest

from lparwiz import prepared
from lparwiz.lab.scenario import Scenario
from lparwiz.run.answers import Prepared, fits
from lparwiz.run.orders import Answered
from lparwiz.run.step import Conclusion
from lparwiz.steps.outcome import question

from ..labs import begun, lab, owed
from ..operators import Answering
from .in_memory import Run


class Tired(Prepared):
    """Answers as the change file, but the outcome as it is told to, one after the other."""

    def __init__(self, change, outcomes, against="outcome") -> None:
        answers = prepared.decided(change)
        super().__init__("ann", answers._answers | {"against": against}, ("all",))
        self._outcomes = list(outcomes)
        self.met = []

    async def answer(self, question):
        self.met.append(question)
        if question.id.startswith("outcome.outcome") and self._outcomes:
            self._answers = self._answers | {"outcome": self._outcomes.pop(0)}
        return await super().answer(question)


@pytest.mark.parametrize("route", ["full", "outside", "managed", "vcs"])
@pytest.mark.parametrize("proven", [Conclusion.MIGRATED, Conclusion.NOT_MIGRATED])
@pytest.mark.parametrize("doubtful", [False, True])
async def test_the_lpars_name_never_decides_against_both_consoles(folder, route, proven, doubtful):
    asked = question(Run(folder, route=route).change, proven, doubtful=doubtful)
    against = [c for c in asked.choices if "against both consoles: " in c.hint]
    other = ({Conclusion.MIGRATED, Conclusion.NOT_MIGRATED} - {proven}).pop()
    assert [choice.id for choice in against] == [other.value]
    for choice in against:
        assert not fits(asked, Answered(asked.id, choice.id, "db01"))
        assert fits(asked, Answered(asked.id, choice.id, asked.word_for(choice)))
        assert asked.word_for(choice) in choice.label


@pytest.mark.parametrize("route", ["full", "managed", "vcs"])
async def test_clean_up_offers_the_way_back_to_the_outcome_and_takes_it(folder, route):
    it = Run(folder, route=route)
    tired = Tired(it.change, ["not migrated", "migrated"])
    status = await it.once(tired)
    assert "not migrated by the word of ann, against both consoles" in it.said
    assert "cleanup.against" in [asked.id for asked in tired.met]
    assert status == (3 if route == "vcs" else 0), it.said
    assert it.site.verdict()["false_failovers"] == []
    if route != "vcs":  # there the ProfileFile is left to a person
        assert it.site.verdict()["clean"]


async def test_the_other_way_round_nothing_is_made_anew_or_deleted(folder):
    it = Run(folder, route="full", migration="fails-midway")
    assert await it.once(Tired(it.change, ["migrated", "not migrated"])) == 1, it.said
    assert it.sent("mksyscfg") == it.sent("rmsyscfg") == []
    assert it.site.verdict()["clean"]


async def test_left_owed_it_is_asked_again_when_the_run_is_taken_up(folder):
    it = Run(folder, route="full")
    assert await it.once(Tired(it.change, ["not migrated"], against="later")) == 3
    assert it.sent("mksyscfg") == it.sent("new_name=db01\n") == []
    assert await it.once(Tired(it.change, ["migrated"])) == 0, it.said
    assert it.site.verdict()["clean"]


async def test_killed_on_the_way_back_to_the_outcome_it_is_asked_again(folder):
    it = Run(folder, route="full")

    class Gone(Tired):
        async def answer(self, question):
            if question.id.startswith("outcome.outcome#"):
                it.dead = True
            return await super().answer(question)

    assert await it.once(Gone(it.change, ["not migrated", "migrated"])) is None
    assert await it.once(Tired(it.change, ["migrated"])) == 0, it.said
    assert it.site.verdict()["clean"]


def test_an_override_without_a_placeholder_does_not_pay_for_the_lost_definition(tmp_path):
    """`it never left the source`, says the ledger, of a definition that is gone."""
    with lab(Scenario(route="full", placeholder=False), tmp_path / "lab") as site:
        engine = begun(
            site, tmp_path, Answering(outcome_outcome="not migrated", cleanup_against="later")
        )
        engine.start()
        status = engine.join()
        assert not site.verdict()["definition"]["exists"]
    assert "definition" in owed(engine.latest())
    assert status == 3, engine.latest().closing
