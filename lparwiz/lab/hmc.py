"""What an HMC lists (facts, hmc.md 1 to 3). Its command line stands in `hmc_call`."""

from typing import TYPE_CHECKING

from lparwiz.lab import hmc_roles, nested
from lparwiz.lab.hmc_call import Action, Call, Grammar, command
from lparwiz.lab.lpar_agent import adapters
from lparwiz.lab.messages import HmcRefusesError
from lparwiz.lab.mobility import STATES
from lparwiz.lab.models import Console, Partition, Row, System
from lparwiz.lab.shell import Command

if TYPE_CHECKING:
    from lparwiz.lab.site import Site


LIST = Grammar(
    frozenset({"-r", "-m", "--filter", "-F", "-t", "-n", "-s", "--rsubtype", "--level"}),
    frozenset({"--header"}),
)


def listings(site: "Site", console: Console) -> dict[str, Command]:
    """Every command that only looks."""
    actions: dict[str, tuple[Grammar, Action]] = {
        "lssyscfg": (LIST, lssyscfg),
        "lslparmigr": (LIST, lslparmigr),
        "lsrefcode": (LIST, lsrefcode),
        "lshmcusr": (LIST, lshmcusr),
        "lsaccfg": (LIST, lsaccfg),
        "lshmc": (Grammar(frozenset(), frozenset({"-V", "-l"})), lshmc),
        "lshwres": (LIST, lshwres),
        "lspartition": (Grammar(frozenset(), frozenset({"-dlpar"})), lspartition),
        "lssysconn": (LIST, lssysconn),
    }
    return {name: command(site, console, grammar, act) for name, (grammar, act) in actions.items()}


def show(call: Call, rows: list[Row], known: set[str] | None = None) -> None:
    """Print rows as `-F` and `--header` have it; `known`: attributes of rows not here."""
    fields = call.options.get("-F")
    if "--header" in call.options and fields is None:
        raise HmcRefusesError("parameter", "-F")
    if fields:
        names = fields.split(",")
        valid = (known or set()) | {name for row in rows for name in row}
        for name in names:
            if name not in valid:
                raise HmcRefusesError("attribute", name)
    if not rows:
        call.say("no rows")
        return
    if fields is None:
        for row in rows:
            call.io.say(nested.row(row))
        return
    names = fields.split(",") if fields else list(rows[0])
    if "--header" in call.options:
        call.io.say(",".join(names))
    for row in rows:
        call.io.say(nested.join([row.get(name, "") for name in names]))


def lssyscfg(call: Call) -> None:
    """Systems, partitions or profiles."""
    match call.need("-r"):
        case "sys":
            systems = call.console.systems
            if "-m" in call.options:
                found = call.console.system(call.need("-m"))
                # An older HMC has no rows for a name that it doesn't know (facts, hmc.md 1.3).
                old = found is None and call.site.scenario.old_filters
                systems = [] if old else [call.system()]
            show(call, [{"name": s.name, **s.row} for s in systems])
        case "lpar":
            system = call.system()
            _operating(system)
            everything = [lpar_row(call, p) for p in system.partitions]
            known = {name for row in everything for name in row}
            show(call, [lpar_row(call, p) for p in _chosen(call, system)], known)
        case "prof":
            system = call.system()
            _operating(system)
            chosen = _chosen(call, system)
            wanted = call.filters.get("profile_names")
            rows = [
                profile
                for partition in chosen
                for profile in partition.profiles
                if wanted is None or profile["name"] in wanted
            ]
            known = {name for p in system.partitions for profile in p.profiles for name in profile}
            show(call, rows, known)
        case _:
            raise HmcRefusesError("parameter", "-r")


def _operating(system: System) -> None:
    if system.state not in ("Operating", "Standby"):
        raise HmcRefusesError("not operating")


def lpar_row(call: Call, partition: Partition) -> Row:
    """A partition as listed: newer consoles show its uuid too (facts, hmc.md 1.3)."""
    row = dict(partition.row)
    if call.console.locale == "pl" and row["os_version"] == "Unknown":
        row["os_version"] = "Nieznane"
    return row if call.console.version < 10 else {**row, "uuid": partition.uuid}


def _chosen(call: Call, system: System) -> list[Partition]:
    names, ids = call.filters.get("lpar_names"), call.filters.get("lpar_ids")
    for kind in call.filters:
        if kind not in ("lpar_names", "lpar_ids", "profile_names", "lpar_types"):
            raise HmcRefusesError("parameter", "--filter")
    if not call.site.scenario.old_filters:
        for name in names or []:
            if system.find(name) is None:
                raise HmcRefusesError("unknown name", name)
        for lpar_id in ids or []:
            if system.by_id(lpar_id) is None:
                raise HmcRefusesError("unknown id", lpar_id)
    return [
        p
        for p in system.partitions
        if (names is None or p.name in names) and (ids is None or p.lpar_id in ids)
    ]


def lslparmigr(call: Call) -> None:
    """Each partition's migration state; keys as recalled only (facts, hmc.md 1.2)."""
    if call.need("-r") != "lpar":
        raise HmcRefusesError("parameter", "-r")
    system = call.system()
    rows: list[Row] = []
    migration = call.site.mobility.current
    for partition in _chosen(call, system):
        row = {"name": partition.name, "lpar_id": partition.lpar_id}
        moving = migration is not None and partition in (migration.partition, migration.arriving)
        if migration is None or not moving:
            rows.append({**row, "migration_state": partition.moving or "Not Migrating"})
            continue
        sent = migration.transmitted(call.site.clock.now())
        arriving = migration.arriving
        rows.append(
            {
                **row,
                "migration_state": STATES[migration.phase],
                "migration_type": "active",
                "source_sys_name": migration.source.name,
                "dest_sys_name": migration.target.name,
                "source_lpar_id": migration.partition.lpar_id,
                "dest_lpar_id": arriving.lpar_id if arriving else "unavailable",
                "source_msp_name": "vios1",
                "source_msp_id": "1",
                "dest_msp_name": "vios1",
                "dest_msp_id": "1",
                "bytes_transmitted": str(sent),
                "bytes_remaining": str(migration.memory - sent),
            }
        )
    show(call, rows, {"migration_type", "bytes_transmitted", "bytes_remaining", "dest_lpar_id"})


def lsrefcode(call: Call) -> None:
    """A partition's last reference code; empty while it runs."""
    if call.need("-r") not in ("lpar", "sys"):
        raise HmcRefusesError("parameter", "-r")
    system = call.system()
    stamp = call.site.date().strftime("%m/%d/%Y %H:%M:%S")
    show(
        call,
        [
            {"lpar_name": p.name, "lpar_id": p.lpar_id, "time_stamp": stamp, "refcode": ""}
            for p in _chosen(call, system)
        ],
    )


def lshwres(call: Call) -> None:
    """What partitions run with (facts, hmc.md 4.4): by their current profile, and what drifted."""
    resource = call.need("-r")
    if resource not in ("mem", "proc", "virtualio") or call.options.get("--level") != "lpar":
        raise HmcRefusesError("parameter", "-r")
    system = call.system()
    _operating(system)
    if resource == "virtualio":
        show(call, _virtual_adapters(call, system))
        return
    rows: list[Row] = []
    for partition in _chosen(call, system):
        profile = partition.profile(partition.row["curr_profile"]) or {}
        shown = {
            "mem": ("desired_mem",),
            "proc": ("proc_mode", "desired_proc_units", "desired_procs", "sharing_mode"),
        }[resource]
        row = {f"curr_{key.removeprefix('desired_')}": profile.get(key, "0") for key in shown}
        row |= {key: value for key, value in partition.drift.items() if key in row}
        rows.append({"lpar_name": partition.name, "lpar_id": partition.lpar_id, **row})
    show(call, rows)


def _virtual_adapters(call: Call, system: System) -> list[Row]:
    kind = call.need("--rsubtype")
    if kind not in ("scsi", "fc"):
        raise HmcRefusesError("parameter", "--rsubtype")
    rows = [row for partition in system.partitions for row in adapters(partition, kind)]
    rows += system.left if kind == "scsi" else []
    chosen = {partition.name for partition in _chosen(call, system)}
    return [row for row in rows if row["lpar_name"] in chosen]


def lshmcusr(call: Call) -> None:
    """The console's users (facts, sample lshmcusr_v7)."""
    names = call.filters.get("names")
    rows = [
        {
            "name": name,
            "taskrole": role,
            "description": "HMC Super User" if name == "hscroot" else name,
            "pwage": "99999",
            "resourcerole": call.console.resource_role,
            "authentication_type": "local",
            "remote_webui_access": "1",
            "remote_ssh_access": "1",
            "min_pwage": "0",
            "session_timeout": call.console.session_timeout,
            "verify_timeout": "15",
            "idle_timeout": "0",
            "inactivity_expiration": "0",
            "resources": "<ResourceID = ALL:><UserDefinedName = AllSystemResources>",
            "password_encryption": "sha512",
            "disabled": "0",
        }
        for name, role in ((call.console.user, call.console.role), ("root", "hmcsuperadmin"))
    ]
    show(call, [row for row in rows if names is None or row["name"] in names])


def lsaccfg(call: Call) -> None:
    """Task roles and what they may do (facts, hmc.md 1.9)."""
    if call.need("-t") != "taskrole":
        raise HmcRefusesError("parameter", "-t")
    names = call.filters.get("taskroles") or call.filters.get("names")
    show(call, [row for row in hmc_roles.rows() if names is None or row["name"] in names])


def lshmc(call: Call) -> None:
    """The console's version, in the form of its release (facts, hmc.md 1.7)."""
    if "-l" in call.options:
        call.io.say(f"locale={'pl_PL' if call.console.locale == 'pl' else 'en_US'}")
    elif call.console.version >= 10:
        call.io.say(
            "Version: 10\n Release: 3\n Service Pack: 1060\nHMC Build level 2410210338\n"
            "base_version=V10R3"
        )
    else:
        call.io.say(
            '"version= Version: 8\n Release: 8.2.0\n Service Pack: 0\n'
            'HMC Build level 20141006.3\n","base_version=V8R8.2.0\n"'
        )


def lspartition(call: Call) -> None:
    """RMC as the console sees it (facts, sample lspartition_dlpar)."""
    if "-dlpar" not in call.options:
        raise HmcRefusesError("parameter", "-dlpar")
    number = 0
    for system in call.console.systems:
        for p in system.partitions:
            if not p.row.get("rmc_ipaddr"):
                continue
            active = int(p.row["rmc_state"] == "active")
            call.io.say(
                f"<#{number}> Partition:<{p.lpar_id}*{system.type_serial}, "
                f"{p.name.replace(' ', '')}.lab, {p.row['rmc_ipaddr']}>"
            )
            call.io.say(
                f"Active:<{active}>, OS:<AIX>, DCaps:<{'0x2c5f' if active else '0x0'}>, "
                "CmdCaps:<0x0b, 0x0b>, PinnedMem:<340>"
            )
            number += 1


def lssysconn(call: Call) -> None:
    """How the console is connected to its systems (facts, sample lssysconn_v7)."""
    show(
        call,
        [
            {
                "resource_type": "sys",
                "type_model_serial_num": system.type_serial,
                "sp": "primary",
                "sp_phys_loc": "unavailable",
                "ipaddr": system.row["ipaddr"],
                "alt_ipaddr": "unavailable",
                "state": "Connected",
            }
            for system in call.console.systems
        ],
    )
