"""Clean up, with ProfileFile: the one of the server that the LPAR runs on now.

The guide: the ProfileFile must be recreated for the physical server that an LPAR was live-migrated
to, as its VIOS mappings may differ there. What of that is documented (facts, vcs.md 5 and hmc.md
4.2) is collected; where the documentation that we have ends, it is handed to a person. A file of
which every pair is what the console tells is recreated, whoever did it.

Reads:   the LPAR, its profiles and the virtual adapters on the target; the target's ProfileFile.
Asks:    whether the documented pairs are brought up to date in that file; whether the operator has
         finished it by hand, said by the system's name and read back.
Changes: these pairs of that file, where it was said so; the former one is kept beside it, and in
         the run's folder.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain, count

from lparwiz.change import Change, Host
from lparwiz.run.action import Action, Standing, Verdict
from lparwiz.run.play import Play
from lparwiz.run.snapshot import Choice, Finding, Level, Question, QuestionKind, Table
from lparwiz.run.step import Conclusion, Skipped, Stopped, WayBack
from lparwiz.steps import override, readings
from lparwiz.steps.edit import edits, room_for_copy
from lparwiz.steps.mark import nobody_else
from lparwiz.steps.vcs.migrate import PROFILE_FILE_DEBT, profile_file_debt
from lparwiz.steps.vcs.profiles import KINDS, OnConsole, on_console
from lparwiz.steps.vcs.systems import (
    OnSystem,
    host_of,
    note_systems,
    profile_file_on,
    read_file,
    wanted,
)
from lparwiz.tools import hmc, profile_file
from lparwiz.tools.errors import ToolError
from lparwiz.tools.profile_file import Stale

WANTS = (
    "Recreate the ProfileFile for the physical server that the LPAR was migrated to: its VIOS "
    "mappings may differ there."
)
"""What the vendor's guide asks."""
DOES = (
    "Collects what it is made from, compares it pair by pair, offers to bring the documented "
    "pairs up to date, and hands the rest to you, as a debt."
)
"""What lparwiz does."""

WRITE = "write"
DONE = "finished"
TO_DO = (
    "Make the file anew on that system, as the guide says under ProfileFile.",
    f"The documentation known to lparwiz ends after {', '.join(profile_file.DOCUMENTED)}.",
    "The profile and the VIOS mappings must follow them as the guide of your version has it.",
    "Then say so on this page, or take the run up again: the file is read back.",
    "lparwiz pay RUN pays it where every pair is what the console tells.",
    "lparwiz handover RUN takes it over.",
)


@dataclass(frozen=True)
class _Now:
    """The target's console, and the file that should say the same."""

    console: OnConsole
    file: OnSystem
    stale: tuple[Stale, ...] | None
    """None: the file can't be compared."""
    why: str = ""
    """Why it can't."""

    @property
    def text(self) -> str:
        """What is wrong with the file, in a sentence."""
        if self.stale is None:
            return f"{self.file.path or 'It'} can't be compared: {self.why}."
        count = len(self.stale)
        pairs = "1 pair is" if count == 1 else f"{count} pairs are"
        return f"{pairs} not what the console tells in {self.file.path}."


async def play(play: Play, change: Change) -> None:
    """Collect, compare, hand over; write only what was agreed to."""
    await override.look_again(play, change)
    debt = f"{PROFILE_FILE_DEBT}/{wanted(change).to}"
    match play.conclusion:
        case Conclusion.MIGRATED:
            pass
        case Conclusion.NOT_MIGRATED:
            play.settle(debt, f"{change.lpar.name} never left {change.lpar.source}")
            raise Skipped("VCS migrated nothing: no ProfileFile is to be made anew.")
        case _:
            raise Skipped("The outcome is not proven: no ending is opened.")
    if play.rehearsal:
        commands = _commands(change)
        play.result(f"These would be collected for the ProfileFile: {'; '.join(commands)}.")
        return
    await note_systems(play, change)
    now = await _look(play, change)
    if now.stale:
        await _offer(play, change, now)
        now = await _look(play, change)
    _show(play, now)
    if now.stale == ():
        text = f"every pair in {now.file.path} is what {change.target_console.label} tells"
        play.settle(debt, text)
        play.result(f"The ProfileFile of {now.file.system} is recreated: {text}.")
        return
    name = _hand_over(play, change, now)
    play.incur(profile_file_debt(play, change, now.text))
    for line in TO_DO:
        play.say(line)
    reply = await play.ask(_by_hand(now.file, name))
    if reply.choice != DONE:
        raise WayBack(f"{now.text} What is left to do by hand stands in {name}")
    text = await _finished(play, change)
    play.settle(debt, f"{reply.by} has finished it by hand; {text}")
    play.result(f"The ProfileFile of {now.file.system} is recreated by hand: {text}.")


def _host(play: Play, change: Change) -> Host:
    host = host_of(play, change, wanted(change).to)
    assert host is not None  # `note_systems` has seen to it
    return host


async def _look(play: Play, change: Change) -> _Now:
    """Read the console and the file, and compare them.

    Raises:
        Stopped: one of them can't be read.
    """
    lpar = change.lpar
    console = await on_console(play, change.target_console, lpar.target, lpar.name)
    unread = [each for each in (console.partition, console.profiles) if not each.value]
    if unread:
        raise Stopped(
            f"{lpar.name} can't be read on {lpar.target}.",
            f"{unread[0].host}: {unread[0].problem or 'there is no such thing'}",
            "Try again once the console answers. The ledger keeps what is owed.",
        )
    file = await profile_file_on(play, change, _host(play, change))
    if file.text is None:
        return _Now(console, file, None, "there is no such file" if file.path else "none is named")
    (row, *_), profiles = console.partition.value or (), console.profiles.value or ()
    try:
        stale = profile_file.stale(file.text, row, profiles)
    except ToolError as error:
        return _Now(console, file, None, str(error))
    if not profile_file.mappings(file.text):  # VCS could not remove them (facts, vcs.md 5)
        stale = (*stale, Stale("the file", "VIOS mapping", "none is found", "see its profiles"))
    return _Now(console, file, stale)


def _show(play: Play, now: _Now) -> None:
    label = now.file.host.label
    rows = tuple((s.record, s.attribute, s.in_file, s.now) for s in now.stale or ())
    title = f"ProfileFile of {now.file.system} beside the console"
    play.table(Table(title, ("record", "pair", "in the file", "on the console"), rows))
    level = Level.PASS if now.stale == () else Level.WARNING
    text = now.text if now.stale != () else f"every pair in {now.file.path} is as it should be"
    play.find(Finding("cleanup.profile-file", level, text, label))


def _commands(change: Change) -> tuple[str, ...]:
    system, name = change.lpar.target, change.lpar.name
    return (
        hmc.list_partition(system, name).text,
        hmc.list_profiles(system, name).text,
        *(hmc.virtual_adapters(system, kind).text for kind in KINDS),
    )


def _hand_over(play: Play, change: Change, now: _Now) -> str:
    """Keep all that was collected; its name in the run's folder."""
    listings = {
        reading.command: reading.answer.stdout if reading.value is not None else reading.problem
        for reading in now.console.by_name.values()
    }
    system = now.file.system
    lines = [*TO_DO, now.text, *_told(now.stale or ())]
    name = f"profilefile.{system}.txt"
    text = profile_file.handed_over(system, change.lpar.target, lines, listings)
    play.folder.keep(name, text)
    return name


def _told(stale: Iterable[Stale]) -> list[str]:
    return [f"{s.record}: {s.attribute} is {s.in_file}, the console has {s.now}" for s in stale]


# What a person has finished by hand


def _by_hand(file: OnSystem, name: str) -> Question:
    """Whether it is finished, which a person has to say: nothing documented tells."""
    return Question(
        id="cleanup.by-hand",
        kind=QuestionKind.WORD,
        text=f"What is left to do in {file.path or 'the ProfileFile'} on {file.host.label} stands "
        f"in {name}. Have you finished it? Type {file.system}: it is then read back.",
        choices=(
            Choice("leave", "Leave it owed", "`lparwiz pay` compares it again at any time"),
            Choice(DONE, "I have finished it", "the file is read back", needs_word=True),
        ),
        safe="leave",
        word=file.system,
    )


async def _finished(play: Play, change: Change) -> str:
    """What was read back of the file of which a person says that it is finished.

    Raises:
        Stopped: it can't be read, or what is documented of it is not as the console tells.
    """
    partitions = await readings.partitions(play, change.target_console, change.lpar.target)
    now = await _look(play, change)
    _show(play, now)
    path, label = now.file.path, now.file.host.label
    if now.stale == ():
        return f"every pair in {path} is what {change.target_console.label} tells"
    if partitions.value is None:
        unfit: tuple[str, ...] = (f"{partitions.host}: {partitions.problem}",)
    elif now.file.text is None:
        unfit = (f"{label}: {now.why}",)
    else:
        vios = {each.name: each.lpar_id for each in partitions.value if each.is_vios}
        (lpar, *_) = now.console.partition.value or ()
        unfit = profile_file.unfit(now.file.text, lpar, vios)
    if unfit:
        raise Stopped(
            "The ProfileFile doesn't read as finished.",
            "\n".join(unfit),
            f"Look at {path or 'it'} on {label}. It stays owed until it reads as it must.",
        )
    return (
        f"{path} names the partition as {change.target_console.label} does, and VIOS of "
        f"{change.lpar.target} alone"
    )


# Bringing the documented pairs up to date


async def _offer(play: Play, change: Change, now: _Now) -> None:
    """Offer to write the documented pairs of the partition's line, where the file allows it.

    Raises:
        Stopped: the file is not proven to be as it was meant.
    """
    assert now.file.text is not None
    before, (lpar, *_) = now.file.text, now.console.partition.value or ()
    try:
        after = profile_file.updated(before, lpar)
        if after == before:
            return
        action = _writing(play, change, now.file, before, after)
    except ToolError as error:
        play.say(f"lparwiz doesn't write into it: {error}.")
        return
    _show(play, now)
    play.table(edits(f"What would change in {now.file.path}", {action.label: (before, after)}))
    play.plan([action])
    reply = await play.ask(_question(now.file))
    if reply.choice != WRITE:
        play.drop([action])
        return
    await nobody_else(play, change)
    _keep(play, now.file, before)
    (done,) = await play.do([action])
    if not done.proven:
        raise Stopped(
            "The ProfileFile is not proven to be as it was meant.",
            f"{action.label}: {done.text}",
            f"Look at {now.file.path} there; the former file is {_copy(play, now.file)}.",
        )


def _keep(play: Play, file: OnSystem, before: str) -> None:
    """Keep what is written over in the run's folder too, never in another one's place there."""
    stem = f"backup/profilefile.{file.system}"
    names = chain([stem], (f"{stem}.{number}" for number in count(2)))
    free = next(name for name in names if play.folder.kept(name) in (None, before))
    play.folder.keep(free, before)


def _copy(play: Play, file: OnSystem) -> str:
    """Where the former file stays: beside it, under the run's name."""
    return f"{file.path}.{play.picture.heading.run}"


def _question(file: OnSystem) -> Question:
    return Question(
        id="cleanup.profile-file",
        kind=QuestionKind.CHOICE,
        text=f"Bring the documented pairs up to date in {file.path}? The rest of the file is left "
        "to you in either case.",
        choices=(
            Choice("leave", "Leave the file as it is", "it is owed, with all that was collected"),
            Choice(WRITE, "Write these pairs", "the former file is kept beside it"),
        ),
        safe="leave",
    )


def _writing(play: Play, change: Change, file: OnSystem, before: str, after: str) -> Action:
    """Write the file.

    Raises:
        Refused: it can't be sent safely.
    """
    copy = _copy(play, file)
    command = readings.on(file.host, profile_file.write_file(file.path, before, after, copy))

    async def check() -> Verdict:
        text = await read_file(play, file.host, file.path)
        if text == after:
            return Verdict(Standing.HOLDS, f"{file.path} reads as it should, byte for byte")
        if text != before:
            return Verdict(Standing.BLOCKED, f"somebody else has changed {file.path}")
        kept = await read_file(play, file.host, copy) or ""
        return room_for_copy(file.path, copy, kept, before)

    return Action(
        id=f"cleanup.profile-file.{file.system}",
        host=file.host.id,
        label=file.host.label,
        title=f"the documented pairs in {file.path}, the former file kept as {copy}",
        command=command,
        check=check,
        subjects=(f"{PROFILE_FILE_DEBT}/{file.system}",),
        debts=(
            profile_file_debt(
                play, change, f"The documented pairs were written into it; {copy} is the former."
            ),
        ),
    )
