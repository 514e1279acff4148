"""The HMC commands that change something: create, change, remove (facts, hmc.md 1)."""

import re
from typing import TYPE_CHECKING

from lparwiz.lab import nested
from lparwiz.lab.defaults import (
    LPAR_DEFAULTS,
    POOLS,
    PROFILE_DEFAULTS,
    READ_ONLY,
    SETTABLE_ON_LPAR,
)
from lparwiz.lab.hmc_call import Action, Call, Grammar, command
from lparwiz.lab.hmc_migrate import MIGRATE, migrlpar
from lparwiz.lab.messages import HmcRefusesError
from lparwiz.lab.models import PSEUDO_PROFILE, Console, Partition, Row, System
from lparwiz.lab.shell import Command

if TYPE_CHECKING:
    from lparwiz.lab.site import Site

NAME = re.compile(r"[A-Za-z0-9 ,./;:~@#^\-_=+{}]{1,31}")
"""What a profile may be called (facts, hmc.md 1.8); the lab asks the same of an LPAR."""

CHANGE = Grammar(
    frozenset({"-r", "-m", "-i", "-f", "-o", "-p", "-n", "--id", "--filter"}),
    frozenset({"--force"}),
)


def commands(site: "Site", console: Console) -> dict[str, Command]:
    """Every command that changes something."""
    actions: dict[str, tuple[Grammar, Action]] = {
        "mksyscfg": (CHANGE, mksyscfg),
        "chsyscfg": (CHANGE, chsyscfg),
        "rmsyscfg": (CHANGE, rmsyscfg),
        "migrlpar": (MIGRATE, migrlpar),
        "rmvterm": (Grammar(frozenset({"-m", "-p", "--id"})), rmvterm),
    }
    return {name: command(site, console, grammar, act) for name, (grammar, act) in actions.items()}


# -- records --------------------------------------------------------------------------------


def _record(call: Call) -> Row:
    try:
        pairs = nested.read(call.need("-i"))
    except nested.MalformedRecordError as problem:
        raise HmcRefusesError("record", str(problem)) from None
    names = [name for name, _ in pairs]
    for name in names:
        if names.count(name) > 1:
            raise HmcRefusesError("attribute", name)
    return dict(pairs)


def _check_name(name: str) -> None:
    if not NAME.fullmatch(name):
        raise HmcRefusesError("parameter", "name")


ADAPTER_FIELDS = {
    "virtual_serial_adapters": (7, 7),
    "virtual_scsi_adapters": (6, 6),
    "virtual_fc_adapters": (7, 7),
    "virtual_eth_adapters": (6, 9),
}
"""How many slashes' worth an adapter has (facts, hmc.md 1.4)."""


def _check_values(call: Call, attributes: Row) -> None:
    for name, value in attributes.items():
        if value == "null" or name in call.site.scenario.refused:
            raise HmcRefusesError("attribute", name)
        if name not in ADAPTER_FIELDS or value in ("none", ""):
            continue
        fewest, most = ADAPTER_FIELDS[name]
        try:
            adapters = nested.elements(value)
        except nested.MalformedRecordError as problem:
            raise HmcRefusesError("record", str(problem)) from None
        for adapter in adapters:
            # One more for an Ethernet adapter whose VLAN list is in use: that holds no slash.
            if not fewest <= len(adapter.split("/")) <= most + 1:
                raise HmcRefusesError("parameter", name)


def _profile(attributes: Row, partition: Row, name: str) -> Row:
    """A whole profile made of what was given and the HMC's own defaults."""
    given = {k: v for k, v in attributes.items() if k in PROFILE_DEFAULTS}
    profile = {
        "name": name,
        "lpar_name": partition["name"],
        "lpar_id": partition["lpar_id"],
        "lpar_env": partition["lpar_env"],
        **PROFILE_DEFAULTS,
        **given,
    }
    profile["shared_proc_pool_id"] = POOLS[profile["shared_proc_pool_name"]]
    return profile


# -- mksyscfg -------------------------------------------------------------------------------


def mksyscfg(call: Call) -> None:
    """Create an LPAR or a profile."""
    match call.need("-r"), call.options.get("-o"):
        case "lpar", None:
            call.may("CreateLPAR")
            _make_lpar(call, call.system(), _record(call))
        case "prof", None:
            call.may("CreateProfile")
            _make_profile(call, call.system(), _record(call))
        case "prof", "save":
            call.may("CreateProfile")
            _save_profile(call, call.system())
        case _:
            raise HmcRefusesError("parameter", "-r")


def _operating(system: System) -> System:
    if system.state != "Operating":
        raise HmcRefusesError("not operating")
    return system


def _make_lpar(call: Call, system: System, record: Row) -> None:
    _operating(system)
    for needed in ("name", "profile_name", "lpar_env"):
        if not record.get(needed):
            raise HmcRefusesError("parameter", needed)
    for needed in ("min_mem", "desired_mem", "max_mem"):
        if needed not in record and "all_resources" not in record:
            raise HmcRefusesError("parameter", needed)
    _check_name(record["name"])
    _check_name(record["profile_name"])
    allowed = {"name", "profile_name", "lpar_id", "lpar_env"} | SETTABLE_ON_LPAR
    for name in record:
        if name not in allowed and name not in PROFILE_DEFAULTS:
            raise HmcRefusesError("attribute", name)
    _check_values(call, record)
    _check_pool(record)
    if system.find(record["name"]) is not None:
        raise HmcRefusesError("duplicate name", record["name"], system.name)
    lpar_id = record.get("lpar_id") or system.free_id("2")
    if system.by_id(lpar_id) is not None:
        raise HmcRefusesError("taken id", lpar_id, system.name)
    given = {k: v for k, v in record.items() if k in SETTABLE_ON_LPAR and k in LPAR_DEFAULTS}
    row = {
        "name": record["name"],
        "lpar_id": lpar_id,
        "lpar_env": record["lpar_env"],
        **LPAR_DEFAULTS,
        **given,
        "default_profile": record["profile_name"],
    }
    partition = Partition(row=row, profiles=[], uuid=call.site.new_uuid())
    row["logical_serial_num"] = call.site.serial(system, partition)
    partition.profiles.append(_profile(record, row, record["profile_name"]))
    system.partitions.append(partition)
    call.site.record.note(
        "lpar created", host=call.console.label, system=system.name, lpar=partition.name,
        lpar_id=lpar_id, uuid=partition.uuid,
    )  # fmt: skip


def _check_pool(record: Row) -> None:
    if record.get("shared_proc_pool_name", "DefaultPool") not in POOLS:
        raise HmcRefusesError("parameter", "shared_proc_pool_name")


def _owner(call: Call, system: System, record: Row) -> Partition:
    if "lpar_name" in record and "lpar_id" in record:
        raise HmcRefusesError("attribute", "lpar_id")
    return call.partition(system, record.get("lpar_name"), record.get("lpar_id"))


def _make_profile(call: Call, system: System, record: Row) -> None:
    partition = _owner(call, _operating(system), record)
    name = record.get("name", "")
    _check_name(name)
    for attribute in record:
        # lpar_env and all_resources belong to the LPAR here (facts, hmc.md 4.3).
        known = attribute in PROFILE_DEFAULTS and attribute != "all_resources"
        if not known and attribute not in ("name", "lpar_name", "lpar_id"):
            raise HmcRefusesError("attribute", attribute)
    _check_values(call, record)
    _check_pool(record)
    if partition.profile(name) is not None:
        raise HmcRefusesError("profile exists", name)
    partition.profiles.append(_profile(record, partition.row, name))
    _note_profile(call, "profile created", system, partition, name)


def _note_profile(
    call: Call, kind: str, system: System, partition: Partition, name: str, **more: str
) -> None:
    call.site.record.note(
        kind, host=call.console.label, system=system.name, lpar=partition.name,
        profile=name, **more,
    )  # fmt: skip


def _save_profile(call: Call, system: System) -> None:
    partition = call.partition(system, call.options.get("-p"), call.options.get("--id"))
    name = call.need("-n")
    _check_name(name)
    existing = partition.profile(name)
    if existing is not None and "--force" not in call.options:
        raise HmcRefusesError("profile exists", name)
    current = partition.profile(partition.row["curr_profile"])
    if current is None:
        raise HmcRefusesError("state")
    if existing is not None:
        existing.update({**current, "name": name})
    else:
        partition.profiles.append({**current, "name": name})
    _note_profile(call, "profile saved", system, partition, name)


# -- chsyscfg -------------------------------------------------------------------------------


def chsyscfg(call: Call) -> None:
    """Change or rename an LPAR or a profile."""
    match call.need("-r"):
        case "lpar":
            call.may("ChangeLPARProperty")
            _change_lpar(call, _operating(call.system()), _record(call))
        case "prof":
            call.may("ChangeProfileProperty")
            _change_profile(call, _operating(call.system()), _record(call))
        case _:
            raise HmcRefusesError("parameter", "-r")


def _change_lpar(call: Call, system: System, record: Row) -> None:
    name = record.pop("name", None) or call.options.get("-p")
    lpar_id = record.pop("lpar_id", None) or call.options.get("--id")
    partition = call.partition(system, name, lpar_id)
    if partition.state.startswith("Migrating"):
        raise HmcRefusesError("state")
    new_name = record.pop("new_name", None)
    for attribute, value in record.items():
        if attribute == "default_profile" and partition.profile(value) is not None:
            continue
        if attribute in READ_ONLY or attribute not in SETTABLE_ON_LPAR:
            raise HmcRefusesError("attribute", attribute)
    _check_values(call, record)
    if new_name is not None and new_name != partition.name:
        _check_name(new_name)
        clash = system.find(new_name)
        # A migration's leftover doesn't hold the name: the clash comes back in the
        # recovery (facts, hmc.md 8.16).
        if clash is not None and not clash.leftover:
            raise HmcRefusesError("duplicate name", new_name, system.name)
    call.site.record.note(
        "lpar changed", host=call.console.label, system=system.name, lpar=partition.name,
        changes={**record, **({"new_name": new_name} if new_name else {})},
    )  # fmt: skip
    partition.row.update(record)
    if new_name is not None:
        partition.row["name"] = new_name
        for profile in partition.profiles:
            profile["lpar_name"] = new_name


def _change_profile(call: Call, system: System, record: Row) -> None:
    partition = _owner(call, system, record)
    name = record.pop("name", "")
    record.pop("lpar_name", None)
    record.pop("lpar_id", None)
    profile = partition.profile(name)
    if profile is None or name == PSEUDO_PROFILE:
        raise HmcRefusesError("parameter", "name")
    new_name = record.pop("new_name", None)
    for attribute in record:
        if attribute not in PROFILE_DEFAULTS or attribute == "all_resources":
            raise HmcRefusesError("attribute", attribute)
    _check_values(call, record)
    _check_pool(record)
    if new_name is not None and new_name != name:
        _check_name(new_name)
        if partition.profile(new_name) is not None:
            raise HmcRefusesError("profile exists", new_name)
    _note_profile(call, "profile changed", system, partition, name,
                  **record, **({"new_name": new_name} if new_name else {}))  # fmt: skip
    profile.update(record)
    if new_name is not None:
        profile["name"] = new_name
        for attribute in ("default_profile", "curr_profile"):
            if partition.row.get(attribute) == name:
                partition.row[attribute] = new_name


# -- rmsyscfg and the rest ------------------------------------------------------------------


def rmsyscfg(call: Call) -> None:
    """Remove an LPAR with all its profiles, or one profile."""
    system = _operating(call.system())
    match call.need("-r"):
        case "lpar":
            call.may("DeleteLPAR")
            partition = call.partition(system, call.options.get("-n"), call.options.get("--id"))
            if partition.state != "Not Activated":
                raise HmcRefusesError("state")
            if partition.vterm:
                raise HmcRefusesError("vterm", partition.name)
            system.partitions.remove(partition)
            call.site.record.note(
                "definition gone", host=call.console.label, system=system.name,
                lpar=partition.name, profiles=[p["name"] for p in partition.profiles],
                uuid=partition.uuid, why="rmsyscfg",
            )  # fmt: skip
        case "prof":
            call.may("DeleteProfile")
            name = call.need("-n")
            names = call.filters.get("lpar_names") or [call.options.get("-p") or ""]
            partition = call.partition(system, names[0], call.options.get("--id"))
            if partition.profile(name) is None:
                raise HmcRefusesError("parameter", "-n")
            if partition.row["default_profile"] == name:
                raise HmcRefusesError("last profile", name)
            partition.profiles[:] = [p for p in partition.profiles if p["name"] != name]
            _note_profile(call, "profile removed", system, partition, name)
        case _:
            raise HmcRefusesError("parameter", "-r")


def rmvterm(call: Call) -> None:
    """Close a virtual terminal."""
    call.may("CloseVTerm")
    partition = call.partition(call.system(), call.options.get("-p"), call.options.get("--id"))
    partition.vterm = False
    call.site.record.note("vterm closed", host=call.console.label, lpar=partition.name)
