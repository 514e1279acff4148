"""The ProfileFile from which VCS makes a managed LPAR anew on one physical server.

The documentation that we have ends after its second step: keep these pairs of what
`lssyscfg -r lpar` prints. What follows them is not known for certain (facts, vcs.md 5 and 9; hmc.md
4.2); files are read as lines of pairs as an HMC prints them, and one that isn't is left alone.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from lparwiz.tools.command import Command
from lparwiz.tools.errors import Refused, Unreadable
from lparwiz.tools.hmc.record import format_record, parse_records
from lparwiz.tools.replace import lines_of, plain_path, replace_file, visible

DOCUMENTED = (
    "name",
    "lpar_id",
    "lpar_env",
    "work_group_id",
    "shared_proc_pool_util_auth",
    "allow_perf_collection",
    "power_ctrl_lpar_ids",
    "boot_mode",
    "auto_start",
    "redundant_err_path_reporting",
    "time_ref",
    "lpar_avail_priority",
)
"""The pairs that the documentation names before it ends; of the last it has `lpar_avail_priori`."""
OF_SERVER = ("lpar_id", "lpar_name")
"""The pairs of a profile by which it is one partition's on one server (facts, hmc.md 1.4)."""
_CLIENT = re.compile(r"\b\d+/client/(\d*)/([^/\",]*)/(\d*|any)\b")
"""A virtual adapter's slot, VIOS id, VIOS name and VIOS slot (facts, hmc.md 1.4)."""
_NONE = "lparwiz: no such file"
"""What our own reading prints, whatever the host's language is."""

Row = Mapping[str, str]


@dataclass(frozen=True)
class Stale:
    """A pair of the file that is not what the console tells."""

    record: str
    """`partition`, or a profile's name."""
    attribute: str
    in_file: str
    now: str


def read_file(path: str) -> Command:
    """Print a ProfileFile; by words of our own where there is none.

    Raises:
        Refused: it is no plain absolute path.
    """
    path = plain_path(path)
    return Command(f"if [ -e {path} ]; then cat {path}; else echo '{_NONE}'; fi")


def parse_file(text: str) -> str | None:
    """The file as it stands; None: there is none."""
    return None if text == f"{_NONE}\n" else text


def mappings(text: str) -> tuple[tuple[int | None, str], ...]:
    """Id and name of the VIOS behind each virtual adapter in the file; None, or empty: not told.

    None at all may mean as well that they stand there in another form than an HMC's.
    """
    return tuple((int(id_) if id_ else None, name) for id_, name, _ in _CLIENT.findall(text))


def strangers(text: str, vios: Mapping[str, int]) -> tuple[str, ...]:
    """The VIOS that the file names and the server doesn't have, or has with another id.

    Args:
        text: the file.
        vios: the ids of the server's VIOS, by name.
    """
    wrong = {
        visible(name) or str(id_)
        for id_, name in mappings(text)
        if (name and name not in vios)
        or (id_ is not None and id_ not in vios.values())
        or (name and id_ is not None and vios.get(name) != id_)
    }
    return tuple(sorted(wrong))


def records(text: str) -> tuple[dict[str, str], ...]:
    """The file's lines as pairs.

    Raises:
        Unreadable: a line is no record, or there is none.
    """
    found = parse_records(text)
    if not found:
        raise Unreadable("a ProfileFile", text)
    return found


def _of_partition(record: Row) -> bool:
    """Whether it is what `lssyscfg -r lpar` prints: a profile's names its LPAR, or resources."""
    return "name" in record and not record.keys() & {"lpar_name", "profile_name", "desired_mem"}


def stale(text: str, lpar: Row, profiles: Iterable[Row]) -> tuple[Stale, ...]:
    """Which pairs of the file the console tells otherwise; none: each of them is as it says.

    Args:
        text: the file.
        lpar: what the console tells of the partition.
        profiles: what it tells of its profiles.

    Raises:
        Unreadable: the file can't be understood.
    """
    by_name = {profile.get("name", ""): profile for profile in profiles}
    found: list[Stale] = []
    seen = False
    for record in records(text):
        if _of_partition(record):
            seen = True
            wanted = [*record, *(name for name in DOCUMENTED if name in lpar)]
            found += _differing("partition", record, lpar, dict.fromkeys(wanted))
            continue
        name = record.get("profile_name") or record.get("name", "")
        now = by_name.get(name)
        if now is None:
            found.append(Stale(visible(name), "name", visible(name), "no such profile"))
        else:
            found += _differing(name, record, now, record)
    if not seen:
        found.append(Stale("partition", "name", "no line of the partition", lpar.get("name", "")))
    return tuple(found)


def _differing(name: str, record: Row, now: Row, attributes: Iterable[str]) -> list[Stale]:
    return [
        Stale(visible(name), each, visible(record.get(each, "missing")), now.get(each, "not told"))
        for each in attributes
        if each != "profile_name" and record.get(each) != now.get(each)
    ]


def unfit(text: str, lpar: Row, vios: Mapping[str, int]) -> tuple[str, ...]:
    """What stands against a person's word that the file is finished for this server, a line each.

    Only what is documented is judged: the partition's pairs, whose partition each profile is, and
    the VIOS. Lines of another form are left to that person (facts, vcs.md 5).

    Args:
        text: the file.
        lpar: what the server's console tells of the partition.
        vios: the ids of the server's VIOS, by name.
    """
    found: list[str] = []
    seen = False
    for record in _understood(text):
        own = _of_partition(record)
        seen = seen or own
        name = "the partition" if own else record.get("profile_name") or record.get("name", "?")
        if own:
            lacking = [each for each in ("name", "lpar_id") if each not in record]
            found += [f"{name} has no {each}" for each in lacking]
        now = lpar if own else {**lpar, "lpar_name": lpar.get("name", "")}
        found += [
            f"{each} of {visible(name)} is {visible(record[each])}, the console has {now[each]}"
            for each in (DOCUMENTED if own else OF_SERVER)
            if each in record and each in now and record[each] != now[each]
        ]
    if not seen:
        found.insert(0, "no line of it is the partition's")
    if not mappings(text):
        found.append("no VIOS mapping is found in it")
    found += [f"{each} is no VIOS of that server as such" for each in strangers(text, vios)]
    return tuple(found)


def _understood(text: str) -> Iterable[dict[str, str]]:
    """Those of the file's lines that are records."""
    for line, _ in lines_of(text):
        try:
            yield from parse_records(line)
        except Unreadable:
            continue


def updated(text: str, lpar: Row) -> str:
    """The file with the documented pairs of the partition's line as the console tells them.

    Pairs that don't stand there are not added, and nothing else in it is touched.

    Raises:
        Unreadable: the file can't be understood.
        Refused: that line can't be written again without touching anything else in it.
    """
    lines = list(lines_of(text))
    at = [
        number
        for number, (line, _) in enumerate(lines)
        if line.strip() and _of_partition(records(line)[0])
    ]
    if len(at) != 1:
        raise Refused(text[:60], f"has {len(at)} lines of the partition")
    line, end = lines[at[0]]
    (record,) = records(line)
    if format_record(record) != line:
        raise Refused(line[:60], "is not quoted as an HMC does it")
    known = {name: lpar[name] for name in DOCUMENTED if name in record and name in lpar}
    lines[at[0]] = (format_record({**record, **known}), end)
    return "".join(line + end for line, end in lines)


def write_file(path: str, former: str, text: str, copy: str) -> Command:
    """Replace a ProfileFile that is `former`, owner and mode kept, the former one kept at `copy`.

    Raises:
        Refused: as `replace_file`; or characters beyond ASCII, which may not arrive as they are.
    """
    if not text.isascii():
        raise Refused(path, "holds characters beyond ASCII")
    return replace_file(path, former, text, copy)


def handed_over(system: str, server: str, lines: Sequence[str], listings: Mapping[str, str]) -> str:
    """What a person makes the file from: what is left to do, then each listing as it was printed.

    Args:
        system: the VCS system whose ProfileFile it is for.
        server: the managed system.
        lines: what is left to do.
        listings: what the console printed, by the command.
    """
    head = [f"For the ProfileFile of {system}, physical server {server}. This is no ProfileFile."]
    text = "".join(f"# {line}\n" for line in (*head, *lines))
    for command, printed in listings.items():
        text += f"\n# {command}\n{printed.rstrip()}\n"
    return text
