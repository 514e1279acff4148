"""What a lab writes into its folder: keys, known_hosts, ssh_config and a ready change file."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import asyncssh
import tomli_w

from lparwiz.lab.models import Console, Node
from lparwiz.lab.server import ADDRESS

if TYPE_CHECKING:
    from lparwiz.lab.site import Site


def write_private(path: Path, content: bytes) -> None:
    """Write a file that only its owner may read, replacing one that is there."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)


def user_key(folder: Path) -> asyncssh.SSHKey:
    """Make the key that the lab's users log in with."""
    key = asyncssh.generate_private_key("ssh-ed25519", comment="lparwiz lab")
    write_private(folder / "id_ed25519", key.export_private_key())
    write_private(folder / "id_ed25519.pub", key.export_public_key())
    return key


def known_hosts(folder: Path, ports: dict[str, int], keys: dict[str, asyncssh.SSHKey]) -> None:
    """Write every host's key under its address and port."""
    lines = [
        f"[{ADDRESS}]:{ports[label]} {' '.join(key.export_public_key().decode().split()[:2])}"
        for label, key in keys.items()
    ]
    write_private(folder / "known_hosts", ("\n".join(lines) + "\n").encode())


def ssh_config(folder: Path, site: "Site", ports: dict[str, int]) -> None:
    """Write a configuration for OpenSSH: `ssh -F ssh_config db01`."""
    known, identity = folder / "known_hosts", folder / "id_ed25519"
    blocks = [
        f"Host {label}\n  HostName {ADDRESS}\n  Port {ports[label]}\n  User {host.user}\n"
        for label, host in site.hosts.items()
    ]
    blocks.append(
        f'Host *\n  UserKnownHostsFile "{known}"\n  IdentityFile "{identity}"\n'
        "  IdentitiesOnly yes\n  BatchMode yes\n  StrictHostKeyChecking yes\n"
    )
    write_private(folder / "ssh_config", "\n".join(blocks).encode())


def change(site: "Site", ports: dict[str, int]) -> dict[str, Any]:
    """The change file that fits the scenario."""
    scenario = site.scenario
    lpar = {
        "name": "no such lpar" if scenario.unknown_lpar else scenario.lpar,
        "source": scenario.source,
        "target": scenario.target,
    }
    made: dict[str, Any] = {
        "version": 1,
        "title": f"Move {scenario.lpar} from {scenario.source} to {scenario.target}",
        "ticket": "LAB0000001",
        "route": scenario.route,
        "lpar": lpar,
    }
    if site.moving is not None:
        lpar["node"] = site.moving.llt_name
        made["timers"] = {"peerinact": "90s", "persist": scenario.persist}

    def entry(label: str) -> dict[str, Any]:
        return {"address": ADDRESS, "port": ports[label], "user": site.hosts[label].user}

    names = ("source", "target")
    made["console"] = {
        name: entry(console.label) for name, console in zip(names, site.consoles, strict=False)
    }
    for host in site.cluster.nodes:
        table = {"name": host.llt_name, **entry(host.label)}
        if host.user != "root":
            table["become"] = "sudo -n"
        made.setdefault(host.kind, []).append(table)
    if scenario.by_vcs:
        made["vcs"] = {
            "group": site.cluster.groups[0].name,
            "resource": site.cluster.resources[0].name,
            "to": site.cluster.nodes[1].system,
        }
    made["ssh"] = {"known_hosts": "known_hosts", "identity": "id_ed25519"}
    made["decisions"] = {"proceed": True, "outcome": "evidence", "accept": ["all"]}
    return made


def write_change(folder: Path, site: "Site", ports: dict[str, int]) -> Path:
    """Write the change file and return its path."""
    path = folder / "change.toml"
    write_private(path, tomli_w.dumps(change(site, ports)).encode())
    return path


def describe(host: Node | Console) -> str:
    """A host in a word or two, for the list of hosts."""
    if isinstance(host, Console):
        return "console of " + " and ".join(s.name for s in host.systems)
    return f"{host.kind}, VCS system {host.system}"
