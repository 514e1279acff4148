"""Operators for tests: who answers a run's questions, leaves it, or finishes it by hand."""

import re

from lparwiz.run.answers import Left, Prepared
from lparwiz.run.orders import Answered

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


class Deciding(Prepared):
    """Answers as a change file does, but for some questions; and does something beside others.

    Args:
        choices: by a question's id, what is chosen; several: one each time that it is asked.
        beside: by a question's id, what somebody else does while it stands, once.
    """

    def __init__(self, choices=None, beside=None):
        answers = {"continue": "go", "proceed": "go", "migrate": "go", "stopped": "back"}
        super().__init__("the test", answers, ("all",))
        self.choices = {k: [v] if isinstance(v, str) else v for k, v in (choices or {}).items()}
        self.beside = dict(beside or {})
        self.asked = {}
        self.world = None

    async def answer(self, question):
        name = question.id.split("#")[0]
        self.asked.setdefault(name, []).append(question)
        if name in self.beside:
            await self.beside.pop(name)(self.world)
        if not self.choices.get(name):
            return await super().answer(question)
        wanted = self.choices[name].pop(0)
        offered = {choice.id for choice in question.choices}
        assert wanted in offered, (wanted, offered)
        before = self._answers
        self._answers = {**before, name.split(".", 1)[-1]: wanted}
        try:
            return await super().answer(question)
        finally:
            self._answers = before

    def offered(self, name):
        """What was offered when this was asked last."""
        return {choice.id for choice in self.asked[name][-1].choices}


class Answering(Prepared):
    """Prepared answers by the question's whole id; everything else is gone on with."""

    def __init__(self, **by_id):
        names = {"continue": "go", "proceed": "go", "migrate": "go", "stopped": "back"}
        super().__init__("the test", names, ("all",))
        self.by_id = by_id
        self.asked = []

    async def answer(self, question):
        self.asked.append(question)
        wanted = self.by_id.get(question.id.replace(".", "_"))
        if wanted is not None:
            self._answers = {**self._answers, question.id.split(".", 1)[-1]: wanted}
        reply = await super().answer(question)
        if wanted is not None:
            del self._answers[question.id.split(".", 1)[-1]]
            self._answers |= {"proceed": "go", "continue": "go"}
        return reply


class Hands:
    """An operator who answers each question as it comes, and does what `on` says besides."""

    def __init__(self, engine, on=lambda _snapshot, _hands: None, **by_id):
        self.engine, self.on, self.by_id = engine, on, by_id
        self.done, self.seen = set(), []
        engine.subscribe(self.arrived)

    def once(self, what, *orders):
        if what not in self.done:
            self.done.add(what)
            for order in orders:
                self.engine.send(order)

    def arrived(self, snapshot):
        self.on(snapshot, self)
        question = snapshot.question
        if question is None or question.id in self.done:
            return
        self.done.add(question.id)
        self.seen.append(question.id)
        ids = [choice.id for choice in question.choices]
        wanted = self.by_id.get(question.id.replace(".", "_"))
        if wanted is None:
            wanted = next((i for i in ("go", "none") if i in ids), question.safe)
            if question.id.split("#")[0].endswith(".stopped"):
                wanted = "back" if "back" in ids else "later"
        if wanted != "wait":
            choice = next(choice for choice in question.choices if choice.id == wanted)
            word = question.word_for(choice) or question.word
            self.engine.send(Answered(question.id, wanted, word))
