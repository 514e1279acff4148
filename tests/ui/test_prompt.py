"""Questions as lines: what may be typed, what Enter alone means."""

from dataclasses import replace

import pytest

from lparwiz.run.orders import Answered
from lparwiz.run.snapshot import Choice, Question, QuestionKind
from lparwiz.steps.asking import go_on, proceed, put_right
from lparwiz.ui.prompt import options, prompt, understood

from . import seam as sample

OUTCOME = Question(
    "outcome.outcome",
    QuestionKind.WORD,
    "Is that so?",
    (
        Choice("migrated", "It was migrated"),
        Choice("not migrated", "It was not", needs_word=True),
    ),
    "migrated",
    word="db01",
)
STOPPED = Question(
    "check.stopped",
    QuestionKind.CHOICE,
    "It stopped.",
    (Choice("again", "Try again"), Choice("back", "Take the way back")),
    "again",
)
FIGURE = replace(
    sample.VALUE,
    choices=(Choice("none", "No figure"), *sample.VALUE.choices),
    safe="none",
    value="",
)


@pytest.mark.parametrize(
    ("question", "line"),
    [
        (proceed("timers", "Raise?", "Raise it"), "[y,n,q,?] (n) "),
        (go_on("connect", "Go on?"), "[y,b,q,?] (y) "),
        (go_on("check", "Go on?", warnings=("w",)), "[y,n,b,q,?] (n) "),
        (put_right("restore", "Put back?", "Put back"), "[y,n,l,q,?] (n) "),
        (STOPPED, "[r,b,q,?] (r) "),
        (OUTCOME, "[1-2,q,?] (1) "),
        (sample.WORD, "[y,n,q,?] (n) "),
        (sample.VALUE, "seconds, or [b,q,?] (45) "),
        (FIGURE, "seconds, or [n,b,q,?] (n) "),
    ],
)
def test_a_prompt_is_one_that_operators_of_veritas_know(question, line):
    assert prompt(question) == line


@pytest.mark.parametrize(
    ("question", "typed", "choice", "value"),
    [
        (proceed("timers", "Raise?", "Raise it"), "", "back", ""),
        (proceed("timers", "Raise?", "Raise it"), "Y", "go", ""),
        (proceed("timers", "Raise?", "Raise it"), "no", "back", ""),
        (proceed("timers", "Raise?", "Raise it"), "b", "back", ""),
        (go_on("check", "Go on?", warnings=("w",)), "", "again", ""),
        (go_on("check", "Go on?", warnings=("w",)), "r", "again", ""),
        (go_on("check", "Go on?", warnings=("w",)), "back", "back", ""),
        (put_right("restore", "Put back?", "Put back"), "later", "later", ""),
        (STOPPED, "", "again", ""),
        (OUTCOME, "2", "not migrated", ""),
        (sample.VALUE, "", "use", "45"),
        (sample.VALUE, " 14.5 ", "use", "14.5"),
        (sample.VALUE, "b", "back", ""),
        (FIGURE, "", "none", ""),
        (FIGURE, "60", "use", "60"),
    ],
)
def test_what_is_typed_is_understood(question, typed, choice, value):
    found = understood(question, typed)
    assert found is not None
    assert found[0].id == choice
    assert found[1] == Answered(question.id, choice, value)


@pytest.mark.parametrize("typed", ["x", "3", "yes please", "db01"])
def test_what_is_no_answer_is_none(typed):
    assert understood(OUTCOME, typed) is None
    assert understood(proceed("timers", "Raise?", "Raise it"), typed) is None


@pytest.mark.parametrize("question", [sample.WORD, OUTCOME, STOPPED, FIGURE, sample.VALUE])
def test_every_choice_can_be_typed_and_no_two_by_the_same(question):
    signs = [option.sign for option in options(question)]
    assert len(set(signs)) == len(signs)
    found = [understood(question, sign) for sign in (*signs, "60")]
    assert {each[0].id for each in found if each} == {choice.id for choice in question.choices}
