"""What is played for the pictures: each route through, both clean-ups, and what goes wrong.

A picture of a route is called `ROUTE-NN-STEP`, after the step that it shows; where a step asks
more than once, the name of the question follows.
"""

from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from lparwiz.lab.scenario import Scenario
from lparwiz.run.picture import Picture
from lparwiz.run.snapshot import Choice, Question, StepState
from lparwiz.screenshots.life import Run
from lparwiz.screenshots.memory import Memory
from lparwiz.screenshots.walk import Album, Walk, walking
from lparwiz.ui.theme_files import theme_folders

THINKS = 8.0
"""Seconds that the operator looks at a page before they answer."""
HALF = 0.5
"""Of the memory, when the migration is photographed."""
CHOSEN = {
    "measure.freeze": "figure",
    "freeze.freeze": "freeze",
    "cleanup.profile-file": "write",
    "server.physical-server": "correct",
}
"""The answers that lead on, by question; everywhere else it is `go`, or the safe one."""

Aside = Callable[[Walk], Coroutine[None, None, None]]
Scene = Callable[[Album], Coroutine[None, None, None]]


async def through(
    walk: Walk, album: Album, scene: str, asides: Mapping[str, Aside] | None = None
) -> None:
    """Walk a run to its end, with a picture of each question and of each step that asked none.

    Args:
        walk: the run.
        album: where the pictures go.
        scene: what their names begin with.
        asides: what is done besides at a question, after its picture was taken.
    """
    await walk.life.asked()
    first = _place(walk, walk.life.picture.current)
    while asked := await walk.life.asked():
        await walk.life.wait(THINKS)
        await walk.picture_of(_name(walk, album, scene, asked), words(walk))
        if asides and asked in asides:
            await asides[asked](walk)
        if walk.life.picture.question is not None:
            await forward(walk)
        if asked == "migrate.migrate" and asides:
            await _under_way(walk, scene)
    await walk.picture_of(_name(walk, album, scene), walk.life.picture.closing)
    album.played[scene], album.steps[scene] = walk.life.play.journal.events, walk.life.steps
    for number, step in enumerate(walk.life.picture.steps, start=1):
        name = f"{scene}-{number:02d}-{step.id}"
        if number > first and name not in album.shots and step.state is not StepState.SKIPPED:
            await walk.look_back(step.id)
            await walk.picture_of(name, f"{step.title}, when the run was over.")


def words(walk: Walk) -> str:
    """What is asked."""
    question = walk.life.picture.question
    return " ".join(question.text.split()) if question is not None else ""


def _name(walk: Walk, album: Album, scene: str, asked: str = "") -> str:
    steps = [step.id for step in walk.life.picture.steps]
    step = walk.life.picture.current
    name = f"{scene}-{steps.index(step) + 1:02d}-{step}"
    if name not in album.shots:
        return name
    return f"{name}-{asked.partition('.')[2].replace('#', '-')}"


async def forward(walk: Walk) -> None:
    """Answer so that the run goes on."""
    question = walk.life.picture.question
    assert question is not None
    choice = onward(question)
    await walk.answer(choice.id, question.word if choice.needs_word else "")


def onward(question: Question) -> Choice:
    """The answer that leads on."""
    offered = {choice.id: choice for choice in question.choices}
    wanted = CHOSEN.get(question.id.partition("#")[0], "go")
    return offered.get(wanted, offered[question.safe])


async def _under_way(walk: Walk, scene: str) -> None:
    """The migration, half done; and the node while it stands still."""
    number = f"{scene}-{_place(walk, 'migrate'):02d}-migrate"
    await walk.life.until(_half_done)
    await walk.picture_of(f"{number}-running", "Half of the memory is copied.")
    await walk.life.until(_silent)
    await walk.life.wait(THINKS)
    await walk.picture_of(
        f"{number}-frozen", "The node stands still: its peers are silent about it, too, for 90 s."
    )


def _place(walk: Walk, step: str) -> int:
    return [each.id for each in walk.life.picture.steps].index(step) + 1


def _half_done(picture: Picture) -> bool:
    told = picture.now.progress
    return told is not None and bool(told.total) and (told.done or 0) >= HALF * (told.total or 0)


def _silent(picture: Picture) -> bool:
    return any(pane.state == "SILENT" for pane in picture.panes)


# -- the routes ---------------------------------------------------------------------------------


async def full(album: Album) -> None:
    """The way through with both parts, and every page beside the steps'."""

    async def checks(walk: Walk) -> None:
        await walk.picture_of("more", "All checks, with their evidence.", "f7", back="f7")
        for file in sorted(theme_folders()[0].glob("*.toml")):
            theme = file.stem
            await walk.picture_of(f"theme-{theme}", f"The theme {theme}.", theme=theme)

    async def timers(walk: Walk) -> None:
        await walk.picture_of("help", "Help: F1 explains the page in sight.", "f1")
        await walk.picture_of("abort", "The way back: F6 shows it before it is taken.", "f6")
        await walk.picture_of("commands", "Every command by its words: F12.", "f12")
        await walk.picture_of("hold", "On hold: no host is asked anything.", "f5", back="f5")
        await walk.picture_of("look-back", "An earlier step's page: F8.", "f8", back="f2")

    async def migrate(walk: Walk) -> None:
        await walk.picture_of("ledger", "Ledger: F3 shows what is owed, and what pays it.", "f3")
        await walk.picture_of("hosts", "Hosts: F4 shows all that is read of each.", "f4")
        await walk.picture_of(
            "host", "One host: readings, answers, its log.", "f4", "enter", back="escape escape"
        )
        await walk.picture_of("leave", "Before leaving: what stays owed.", "f10")

    async def clean_up(walk: Walk) -> None:
        await walk.picture_of("timeline", "Timeline: what happened, and when.", "t")
        await walk.picture_of("journal", "Journal: every command and answer.", "j")

    asides = {
        "check.continue": checks,
        "timers.proceed": timers,
        "migrate.migrate": migrate,
        "cleanup.proceed": clean_up,
    }
    await _through(album, "full", Scenario(route="full"), asides)


async def outside(album: Album) -> None:
    """The way through for an LPAR that is a node: here a management LPAR itself."""
    memory = Memory(Scenario(route="outside"))
    stale_server(memory)
    async with walking(Run(memory), album) as walk:
        await through(walk, album, "outside")


def stale_server(memory: Memory) -> None:
    """Have the LPAR be a management LPAR itself: its PhysicalServer names where it came from."""
    memory.site.cluster.system_attributes["DB01-vcs", "PhysicalServer"] = "p9-east"


async def managed(album: Album) -> None:
    """The way through for an LPAR that VCS looks after from management LPARs."""
    await _through(album, "managed", Scenario(route="managed"))


async def vcs(album: Album) -> None:
    """The way through where VCS itself migrates."""
    await _through(album, "vcs", Scenario(route="vcs"))


async def failure(album: Album) -> None:
    """The other ending: a migration that fails midway."""
    scenario = Scenario(route="full", migration="fails-midway")
    async with walking(Run(Memory(scenario)), album) as walk:
        await _until(walk, "outcome.outcome")
        await through(walk, album, "failure")


# -- what goes wrong ----------------------------------------------------------------------------


async def stop(album: Album) -> None:
    """A check that stops, and a validation that fails."""
    scenario = Scenario(route="outside", troubles=frozenset({"link-down"}))
    async with walking(Run(Memory(scenario)), album) as walk:
        await _until(walk, "check.stopped")
        await walk.picture_of("stop", f"A check stops: {words(walk)}")


async def refused(album: Album) -> None:
    """A validation that fails."""
    scenario = Scenario(route="managed", migration="fails-validation")
    async with walking(Run(Memory(scenario)), album) as walk:
        await _until(walk, "migrate.stopped")
        await walk.picture_of("refused", f"The HMC refuses: {words(walk)}")


async def unknown(album: Album) -> None:
    """A console is lost while the HMC migrates: nobody can tell where the LPAR runs."""
    async with walking(Run(Memory(Scenario(route="full"))), album) as walk:
        await _until(walk, "migrate.migrate")
        await forward(walk)
        await walk.life.until(_half_done)
        walk.life.memory.site.cut_off("hmc2", None)
        await walk.life.asked()
        await walk.picture_of("unknown", f"Unknown is a result: {words(walk)}")


async def lost(album: Album) -> None:
    """A node is lost while the timers are raised."""
    async with walking(Run(Memory(Scenario(route="outside"))), album) as walk:
        await _until(walk, "timers.proceed")
        walk.life.memory.site.cut_off("db02", None)
        await walk.life.wait(20.0)
        await walk.picture_of("host-lost", "A host is lost: SILENT, and how old its readings are.")
        await forward(walk)
        await walk.life.asked()
        await walk.picture_of("host-lost-stopped", f"All nodes or none: {words(walk)}")


async def moved(album: Album) -> None:
    """Somebody else sets a node's timer during the run."""
    async with walking(Run(Memory(Scenario(route="outside"))), album) as walk:
        await _until(walk, "migrate.migrate")
        await walk.life.memory.site.execute("db02", "/sbin/lltconfig -T peerinact:3000")
        while not (await walk.life.asked()).startswith("restore."):
            await forward(walk)
        await walk.picture_of("moved", f"The world moved: {words(walk)}")


async def resumed(album: Album) -> None:
    """A run is killed while the HMC migrates, and taken up again."""
    with TemporaryDirectory() as scratch:
        run = Run(Memory(Scenario(route="full")), Path(scratch) / "journal.jsonl")
        async with walking(run, album) as walk:
            await _until(walk, "migrate.migrate")
            await forward(walk)
            await walk.life.until(_half_done)
        async with walking(run, album) as walk:
            await walk.life.until(lambda now: now.current == "outcome")
            await walk.life.wait(THINKS)
            told = "Taken up again: the HMC goes on, both consoles are read."
            await walk.picture_of("resume", told)
            await walk.life.asked()
            await walk.picture_of("resume-outcome", f"Taken up again: {words(walk)}")


async def crowd(album: Album) -> None:
    """Many nodes."""
    async with walking(Run(Memory(Scenario(nodes=24))), album) as walk:
        await _until(walk, "timers.proceed")
        await walk.life.wait(THINKS)
        await walk.picture_of("many-hosts", "Hosts of the same state are folded.")


async def _until(walk: Walk, wanted: str) -> None:
    """Go forward until this is asked."""
    while await walk.life.asked() != wanted:
        await forward(walk)


async def _through(
    album: Album,
    scene: str,
    scenario: Scenario,
    asides: Mapping[str, Aside] | None = None,
) -> None:
    async with walking(Run(Memory(scenario)), album) as walk:
        await through(walk, album, scene, asides)


SCENES: dict[str, Scene] = {
    "full": full,
    "outside": outside,
    "managed": managed,
    "vcs": vcs,
    "failure": failure,
    "stop": stop,
    "refused": refused,
    "unknown": unknown,
    "lost": lost,
    "moved": moved,
    "resumed": resumed,
    "crowd": crowd,
}
"""All that is played, in the order in which the guide shows it."""
