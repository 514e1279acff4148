"""A question as a line to be answered with a letter, as Veritas' installers ask. Pure.

`y` goes on and `n` is the safe answer; where it isn't a matter of yes and no, the choices have
numbers. Enter alone gives the safe answer, which stands in brackets behind.
"""

from dataclasses import dataclass

from lparwiz.run.orders import Answered
from lparwiz.run.snapshot import Choice, Question, QuestionKind

LETTERS = {
    "go": "y",
    "yes": "y",
    "no": "n",
    "none": "n",
    "back": "b",
    "later": "l",
    "again": "r",
}
"""What is typed for a choice, by its id; every other choice has a number."""

WORDS = {"y": ("yes",), "n": ("no",), "b": ("back",), "l": ("later",), "r": ("again",)}
"""What may be typed in full."""


@dataclass(frozen=True)
class Option:
    """A choice and what is typed for it."""

    sign: str
    choice: Choice
    others: tuple[str, ...] = ()
    """What may be typed for it as well."""


def options(question: Question) -> tuple[Option, ...]:
    """What may be typed: yes first, then the safe answer, then the rest."""
    typed = _for_the_value(question)
    offered = [choice for choice in question.choices if choice is not typed]
    yes = any(LETTERS.get(choice.id) == "y" for choice in offered)
    no = any(LETTERS.get(choice.id) == "n" for choice in offered)
    found: list[Option] = []
    number = 0
    for choice in offered:
        letter = LETTERS.get(choice.id, "")
        also = (letter, *WORDS.get(letter, ())) if letter else ()
        if yes and not no and choice.id == question.safe and letter != "y":
            found.append(Option("n", choice, ("no", *also)))
        elif letter:
            found.append(Option(letter, choice, also))
        else:
            number += 1
            found.append(Option(str(number), choice))
    order = {"y": 0, "n": 1}
    return tuple(sorted(found, key=lambda option: order.get(option.sign, 2)))


def _for_the_value(question: Question) -> Choice | None:
    """The choice that takes what is typed."""
    if question.kind is not QuestionKind.VALUE:
        return None
    return next((choice for choice in question.choices if choice.id == question.takes), None)


def prompt(question: Question) -> str:
    """`[y,n,q,?] (n)`: what may be typed, and what Enter alone means."""
    offered = options(question)
    numbers = [option.sign for option in offered if option.sign.isdigit()]
    signs = [option.sign for option in offered if not option.sign.isdigit()]
    if numbers:
        signs.insert(0, f"{numbers[0]}-{numbers[-1]}" if len(numbers) > 1 else numbers[0])
    safe = next((option.sign for option in offered if option.choice.id == question.safe), "")
    label = f"{question.value_label}, or " if _for_the_value(question) is not None else ""
    return f"{label}[{','.join([*signs, 'q', '?'])}] ({safe or question.value or 'nothing'}) "


def understood(question: Question, typed: str) -> tuple[Choice, Answered] | None:
    """The choice that was meant, and the answer without its word; None: it is none of them."""
    offered = options(question)
    value = _for_the_value(question)
    wanted = typed.strip()
    for option in offered:
        safe = not wanted and option.choice.id == question.safe
        if safe or wanted.lower() in (option.sign, *option.others):
            return option.choice, Answered(question.id, option.choice.id)
    if value is None or not (wanted or question.value or value.id == question.safe):
        return None
    return value, Answered(question.id, value.id, wanted or question.value)
