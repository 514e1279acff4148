"""A partition's definition: from what `lssyscfg` printed to the commands that make it anew.

What an HMC's level refuses or what must not come back is data, in the tables below; each line
names its source. Whatever is in no table is sent as it was printed (facts, hmc.md 4.3).
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from lparwiz.tools.command import Command
from lparwiz.tools.errors import Refused, Unreadable
from lparwiz.tools.hmc.change import change_partition, create_partition, create_profile
from lparwiz.tools.hmc.names import carry, carry_profile

Row = Mapping[str, str]
Within = Literal["lpar", "prof"]

PSEUDO_PROFILE = "last*valid*configuration"
"""PowerVM's own; its name can't be given to a profile (facts, hmc.md 1.3)."""


@dataclass(frozen=True)
class Rule:
    """One attribute that a command doesn't take."""

    attribute: str
    within: Within | Literal["both"]
    """`mksyscfg -r lpar` (first profile), `mksyscfg -r prof` (the others), or both."""
    reason: str
    returns: bool = False
    """Whether it must be there again nevertheless, by another way."""
    unless_missing: str = ""
    """The rule holds only where this other attribute is there."""


RULES = (
    Rule(
        "electronic_err_reporting",
        "both",
        "mksyscfg doesn't take it",
    ),
    Rule(
        "shared_proc_pool_id",
        "both",
        "the pool's name says it",
        returns=True,
        unless_missing="shared_proc_pool_name",
    ),
    Rule("lpar_env", "prof", "belongs to the partition", returns=True),
    Rule("all_resources", "prof", "mksyscfg -r prof doesn't take it", returns=True),
    Rule("lpar_id", "prof", "lpar_name says it", returns=True),
)
"""What mksyscfg refuses (facts, hmc.md 4.3). virtual_serial_adapters and lpar_proc_compat_mode are
sent: one tool drops them, other administrators pass them."""

SETTINGS = (
    "description",
    "sync_curr_profile",
    "migration_disabled",
    "remote_restart_capable",
    "simplified_remote_restart_capable",
    "time_ref",
    "lpar_avail_priority",
    "allow_perf_collection",
    "shared_proc_pool_util_auth",
)
"""The partition's own settings, which no profile has (facts, hmc.md 4.4): set by chsyscfg. The
default profile is set by a command of its own, so that a refused setting doesn't take it along."""

UNSETTABLE = (
    "lpar_keylock",
    "suspend_capable",
    "vtpm_enabled",
)
"""The partition's own, too; nobody has been seen to set them by chsyscfg [NF]. They are expected
to be as they were, and a difference is for the operator."""

BY_PROFILE = (
    "work_group_id",
    "power_ctrl_lpar_ids",
    "boot_mode",
    "auto_start",
    "redundant_err_path_reporting",
    "desired_lpar_proc_compat_mode",
    "affinity_group_id",
)
"""Shown in the partition's row, and compared in its profiles."""

OBSERVED = (
    "state",
    "resource_config",
    "os_version",
    "logical_serial_num",
    "curr_profile",
    "rmc_state",
    "rmc_ipaddr",
    "rmc_osshutdown_capable",
    "dlpar_mem_capable",
    "dlpar_proc_capable",
    "dlpar_io_capable",
    "curr_lpar_proc_compat_mode",
    "remote_restart_status",
    "uuid",
)
"""What the HMC tells of a partition's life, and its serial and uuid: nobody can set them."""

_IDENTITY = ("name", "lpar_id", "lpar_env", "default_profile")
_SENT_OR_SHOWN = frozenset({*_IDENTITY, *SETTINGS, *BY_PROFILE, *OBSERVED})
_WWPN = re.compile(r"\b[0-9a-f]{16}\b", re.IGNORECASE)


@dataclass(frozen=True)
class Definition:
    """What the HMC keeps about a partition: its own row, and a row a profile."""

    lpar: Row
    profiles: tuple[Row, ...]


@dataclass(frozen=True)
class Dropped:
    """What the commands leave out."""

    profile: str
    """Empty: the partition's own attribute."""
    attribute: str
    value: str
    reason: str


@dataclass(frozen=True)
class Note:
    """What whoever looks after the new definition must know."""

    profile: str
    attribute: str
    text: str


@dataclass(frozen=True)
class RecreationStep:
    """One command of the re-creation."""

    title: str
    command: Command
    profile: str = ""
    """The profile that it makes; empty: it sets the partition's own attributes."""
    settings: tuple[str, ...] = ()
    """The partition's own attributes that it sets; none where it makes a profile."""


@dataclass(frozen=True)
class Recreation:
    """How to make a definition anew, in order, and what must then be read."""

    steps: tuple[RecreationStep, ...]
    dropped: tuple[Dropped, ...]
    notes: tuple[Note, ...]
    expected: Definition


def recreate(system: str, definition: Definition, rules: Iterable[Rule] = RULES) -> Recreation:
    """The commands that make `definition` anew on `system`, and what must then be read there.

    The default profile goes in with the partition, the others follow, then come the partition's
    own settings (facts, hmc.md 4.4). auto_start becomes 0 everywhere: the twin must not boot with
    the frame (hmc.md 4.5).

    Raises:
        Unreadable: a row lacks what every one has, or a profile is another partition's.
        Refused: a name can't be sent, or there is no profile at all.
    """
    rules = tuple(rules)
    name = carry(_required(definition.lpar, "name"))
    profiles, pseudo = _own_profiles(definition, name)
    lpar, orphan = _with_own_default(definition.lpar, profiles)
    return Recreation(
        steps=(
            *_profile_steps(system, name, profiles, rules),
            *_setting_steps(system, name, lpar),
        ),
        dropped=(*_dropped(profiles, rules), *_lpar_dropped(lpar), *orphan, *pseudo),
        notes=tuple(note for each in profiles for note in _notes(each)),
        expected=Definition(
            _expected_lpar(lpar),
            tuple(_expected(each, _within(n), rules) for n, each in enumerate(profiles)),
        ),
    )


def _within(number: int) -> Within:
    """Which command makes the profile of this number."""
    return "prof" if number else "lpar"


def _profile_steps(
    system: str, name: str, profiles: list[Row], rules: tuple[Rule, ...]
) -> Iterator[RecreationStep]:
    first, *others = profiles
    command = create_partition(system, _for_lpar(_record(first, "lpar", rules)))
    label = first["name"]
    yield RecreationStep(f'make partition {name} with profile "{label}"', command, profile=label)
    for profile in others:
        command, label = create_profile(system, _record(profile, "prof", rules)), profile["name"]
        yield RecreationStep(f'make profile "{label}"', command, profile=label)


def _setting_steps(system: str, name: str, row: Row) -> Iterator[RecreationStep]:
    default = row.get("default_profile", "")
    if _said(default):
        command = change_partition(system, {"name": name, "default_profile": default})
        title = f'make "{default}" the default profile'
        yield RecreationStep(title, command, settings=("default_profile",))
    settings = {key: row[key] for key in SETTINGS if _said(row.get(key))}
    if settings:
        command = change_partition(system, {"name": name, **settings})
        title = "set the partition's own attributes"
        yield RecreationStep(title, command, settings=tuple(settings))


def _own_profiles(definition: Definition, name: str) -> tuple[list[Row], list[Dropped]]:
    """The profiles to make, the default one first, and PowerVM's own, which can't be made."""
    profiles, pseudo = [], []
    for profile in definition.profiles:
        label = _required(profile, "name")
        if profile.get("lpar_name") != name:
            raise Unreadable(f"a profile of {name}", f"{label} of {profile.get('lpar_name')}")
        if label == PSEUDO_PROFILE:
            pseudo.append(Dropped(label, "", "", "PowerVM makes it itself"))
        else:
            carry_profile(label)
            profiles.append(profile)
    if not profiles:
        raise Refused(name, "has no profile that could be made anew")
    default = definition.lpar.get("default_profile")
    return sorted(profiles, key=lambda profile: profile["name"] != default), pseudo


def _with_own_default(row: Row, profiles: list[Row]) -> tuple[Row, list[Dropped]]:
    """The partition's row, without a default profile that is not among those to be made."""
    default = row.get("default_profile")
    if not default or any(profile["name"] == default for profile in profiles):
        return row, []
    rest = {key: value for key, value in row.items() if key != "default_profile"}
    return rest, [Dropped("", "default_profile", default, "no profile of that name is made")]


def _required(row: Row, key: str) -> str:
    value = row.get(key)
    if not value:
        raise Unreadable(f"a row with {key}", ",".join(row))
    return value


def _said(value: str | None) -> bool:
    """Whether a value says something that can be set."""
    return bool(value) and value not in ("null", "unavailable")


def _reason(row: Row, key: str, within: Within, rules: tuple[Rule, ...]) -> str | None:
    """Why an attribute is not sent; None: it is."""
    if not _said(row[key]):
        return "says nothing that could be set"
    rule = _rule(row, key, within, rules)
    return rule.reason if rule else None


def _rule(row: Row, key: str, within: Within, rules: tuple[Rule, ...]) -> Rule | None:
    for rule in rules:
        if (
            rule.attribute == key
            and rule.within in (within, "both")
            and (not rule.unless_missing or _said(row.get(rule.unless_missing)))
        ):
            return rule
    return None


def _record(profile: Row, within: Within, rules: tuple[Rule, ...]) -> dict[str, str]:
    return {
        key: "0" if key == "auto_start" else value
        for key, value in profile.items()
        if _reason(profile, key, within, rules) is None
    }


def _for_lpar(record: Row) -> dict[str, str]:
    """The same record in the words of `mksyscfg -r lpar` (facts, hmc.md 4.3)."""
    words = {"name": "profile_name", "lpar_name": "name"}
    renamed = {words.get(key, key): value for key, value in record.items()}
    return {"name": renamed.pop("name"), **renamed}


def _expected(profile: Row, within: Within, rules: tuple[Rule, ...]) -> dict[str, str]:
    """What the profile must show: all that was sent, and what comes back by another way."""
    sent = _record(profile, within, rules)
    return sent | {
        key: value
        for key, value in profile.items()
        if _said(value) and (rule := _rule(profile, key, within, rules)) and rule.returns
    }


def _expected_lpar(row: Row) -> dict[str, str]:
    """What the partition's row must show; what profiles decide is compared there."""
    keys = (*_IDENTITY, *SETTINGS, *UNSETTABLE)
    expected = {key: row[key] for key in keys if _said(row.get(key))}
    return expected | ({"auto_start": "0"} if "auto_start" in row else {})


def _dropped(profiles: list[Row], rules: tuple[Rule, ...]) -> Iterator[Dropped]:
    for number, profile in enumerate(profiles):
        for key, value in profile.items():
            reason = _reason(profile, key, _within(number), rules)
            if reason is not None:
                yield Dropped(profile["name"], key, value, reason)


def _lpar_dropped(row: Row) -> Iterator[Dropped]:
    """The partition's own attributes that no command carries, but for what is only observed."""
    for key, value in row.items():
        if key not in _SENT_OR_SHOWN and _said(value):
            yield Dropped("", key, value, "nobody has been seen to set it by chsyscfg")


def _notes(profile: Row) -> Iterator[Note]:
    """What nobody sees in the definition itself (facts, hmc.md 4.5)."""
    label = profile["name"]
    if profile.get("auto_start", "0") != "0":
        text = "is 0 in the profile made anew: the twin must not boot with the frame"
        yield Note(label, "auto_start", text)
    if _WWPN.search(profile.get("virtual_fc_adapters", "")):
        text = "keeps the WWPNs that the moved LPAR runs with: never activate both"
        yield Note(label, "virtual_fc_adapters", text)
    for key in ("virtual_scsi_adapters", "virtual_fc_adapters"):
        if profile.get(key, "none") not in ("none", ""):
            text = "its server adapters on the VIOS go with the migration"
            yield Note(label, key, text)
