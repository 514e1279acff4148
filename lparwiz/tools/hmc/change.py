"""What changes something on an HMC."""

from collections.abc import Mapping
from dataclasses import dataclass

from lparwiz.tools.command import Command
from lparwiz.tools.errors import Refused
from lparwiz.tools.hmc.names import carry, carry_new, carry_system
from lparwiz.tools.hmc.record import format_record
from lparwiz.tools.shell import line


@dataclass(frozen=True)
class TargetConsole:
    """The other HMC, where the target is managed by one of its own."""

    address: str
    """As the source's HMC reaches it."""
    user: str | None = None


def validate(
    source: str,
    target: str,
    lpar: str,
    *,
    console: TargetConsole | None = None,
    pool: str | None = None,
    limit: float | None = None,
) -> Command:
    """Check whether the partition could migrate; changes nothing. `limit` in seconds."""
    words = _migrlpar("v", source, lpar, target=target, console=console, pool=pool)
    return Command(line(*words), limit=limit)


def migrate(
    source: str,
    target: str,
    lpar: str,
    *,
    console: TargetConsole | None = None,
    pool: str | None = None,
    limit: float | None = None,
) -> Command:
    """Migrate; the command ends when the migration does (facts, hmc.md 1.1). `limit` in seconds.

    Without `pool` the partition lands in the default shared processor pool (hmc.md 8.14).
    """
    words = _migrlpar("m", source, lpar, target=target, console=console, pool=pool)
    return Command(line(*words), changes=True, limit=limit)


def stop(source: str, lpar: str, *, limit: float | None = None) -> Command:
    """Stop a migration; only on the console of the source (facts, hmc.md 1.1)."""
    return Command(line(*_migrlpar("s", source, lpar)), changes=True, limit=limit)


def recover(
    source: str,
    lpar: str,
    *,
    console: TargetConsole | None = None,
    force: bool = False,
    limit: float | None = None,
) -> Command:
    """Take a migration that hangs half-done back (facts, hmc.md 1.1). `limit` in seconds."""
    words = _migrlpar("r", source, lpar, console=console)
    return Command(line(*words, *(["--force"] if force else [])), changes=True, limit=limit)


def _migrlpar(
    operation: str,
    source: str,
    lpar: str,
    *,
    target: str | None = None,
    console: TargetConsole | None = None,
    pool: str | None = None,
) -> list[str]:
    words = ["migrlpar", "-o", operation, "-m", carry_system(source)]
    if target is not None:
        words += ["-t", carry_system(target)]
    if console is not None:
        words += ["--ip", _option_value(console.address)]
        if console.user is not None:
            words += ["-u", _option_value(console.user)]
    words += ["-p", carry(lpar)]
    if pool is not None:
        words += ["-i", format_record({"shared_proc_pool_name": pool})]
    return words


def _option_value(word: str) -> str:
    if not word or word.startswith("-"):
        raise Refused(word, "would be read as an option")
    return word


def rename_partition(system: str, old: str, new: str) -> Command:
    """Give a partition another name."""
    record = format_record({"name": carry(old), "new_name": carry_new(new)})
    return _chsyscfg(system, record)


def change_partition(system: str, settings: Mapping[str, str]) -> Command:
    """Change a partition's own attributes; `settings` names it by `name` or `lpar_id`.

    Raises:
        Refused: it names none.
    """
    if "name" in settings:
        carry(settings["name"])
    elif "lpar_id" not in settings:
        raise Refused(",".join(settings), "names no partition")
    return _chsyscfg(system, format_record(settings))


def _chsyscfg(system: str, record: str) -> Command:
    words = ("chsyscfg", "-r", "lpar", "-m", carry_system(system), "-i", record)
    return Command(line(*words), changes=True)


def delete_partition(system: str, lpar_id: int) -> Command:
    """Delete a partition with all its profiles, by its id, never by its name."""
    if lpar_id < 1:
        raise Refused(str(lpar_id), "is no partition's id")
    words = ("rmsyscfg", "-r", "lpar", "-m", carry_system(system), "--id", str(lpar_id))
    return Command(line(*words), changes=True)


def create_partition(system: str, record: Mapping[str, str]) -> Command:
    """Create a partition with its first profile."""
    return _mksyscfg("lpar", system, record)


def create_profile(system: str, record: Mapping[str, str]) -> Command:
    """Create one more profile of a partition."""
    return _mksyscfg("prof", system, record)


def _mksyscfg(resource: str, system: str, record: Mapping[str, str]) -> Command:
    words = ("mksyscfg", "-r", resource, "-m", carry_system(system), "-i", format_record(record))
    return Command(line(*words), changes=True)
