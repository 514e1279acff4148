"""An HMC's command line: its options, its filters, and how it refuses (facts, hmc.md 1 to 3)."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lparwiz.lab import hmc_roles, nested
from lparwiz.lab.messages import HmcRefusesError, text
from lparwiz.lab.models import Console, Partition, System
from lparwiz.lab.shell import Command, Shell, Streams

if TYPE_CHECKING:
    from lparwiz.lab.site import Site


@dataclass(frozen=True)
class Grammar:
    """A command's options: those with a value, and those without."""

    valued: frozenset[str]
    flags: frozenset[str] = frozenset()


@dataclass
class Call:
    """One HMC command under way."""

    site: "Site"
    console: Console
    options: dict[str, str]
    io: Streams
    filters: dict[str, list[str]] = field(default_factory=dict)

    def need(self, option: str) -> str:
        """An option's value.

        Raises:
            HmcRefusesError: It is missing or empty.
        """
        if not self.options.get(option):
            raise HmcRefusesError("parameter", option)
        return self.options[option]

    def system(self) -> System:
        """The managed system that `-m` names.

        Raises:
            HmcRefusesError: Missing, or this console doesn't manage it.
        """
        found = self.console.system(self.need("-m"))
        if found is None:
            raise HmcRefusesError("parameter", "-m")
        return found

    def partition(self, system: System, name: str | None, lpar_id: str | None) -> Partition:
        """The partition of that name or id.

        Raises:
            HmcRefusesError: There is none, or neither was given.
        """
        if name:
            found = system.find(name)
            if found is None:
                raise HmcRefusesError("unknown name", name)
            return found
        if lpar_id:
            found = system.by_id(lpar_id)
            if found is None:
                raise HmcRefusesError("unknown id", lpar_id)
            return found
        raise HmcRefusesError("parameter", "-p")

    def may(self, task: str) -> None:
        """Check the role.

        Raises:
            HmcRefusesError: The role doesn't have that task.
        """
        if task not in hmc_roles.tasks(self.console.role):
            raise HmcRefusesError("authority")

    def say(self, key: str, *parts: str) -> None:
        """Print a message of the table on standard output."""
        self.io.say(text(self.console.locale, key, *parts))


Action = Callable[[Call], Awaitable[None] | None]


def command(site: "Site", console: Console, grammar: Grammar, act: Action) -> Command:
    """A shell command made of an HMC command's grammar and what it does."""

    async def run(shell: Shell, argv: list[str], io: Streams) -> int:
        del shell
        try:
            options = _options(argv[1:], grammar)
            call = Call(site, console, options, io)
            call.filters = _filters(options.get("--filter", ""))
            done = act(call)
            if done is not None:
                await done
        except HmcRefusesError as no:
            message = text(console.locale, no.key, *no.parts)
            (io.complain if console.errors_on == "stderr" else io.say)(message)
            return 1
        return 0

    return run


def _options(words: list[str], grammar: Grammar) -> dict[str, str]:
    options: dict[str, str] = {}
    at = 0
    while at < len(words):
        word = words[at]
        at += 1
        if word in grammar.flags:
            options[word] = "1"
        elif word not in grammar.valued:
            raise HmcRefusesError("option", word)
        elif at < len(words) and (word == "-i" or not words[at].startswith("-")):
            options[word] = words[at]
            at += 1
        elif word == "-F":
            options[word] = ""
        else:
            raise HmcRefusesError("parameter", word)
    return options


def _filters(given: str) -> dict[str, list[str]]:
    if not given:
        return {}
    try:
        return {name: nested.split(value) for name, value in nested.read(given)}
    except nested.MalformedRecordError:
        raise HmcRefusesError("parameter", "--filter") from None
