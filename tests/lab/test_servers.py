"""The same site behind real SSH servers."""

import asyncio
import gc
import shutil
import stat
import subprocess
import tomllib
import warnings

import asyncssh
import pytest

from lparwiz.lab.lab import Lab
from lparwiz.lab.scenario import Scenario

from .lines import MIGRATE, VRTS


async def until(happened):
    """Wait for something in the lab; its own clock decides when."""
    while not happened():  # noqa: ASYNC110 -- the lab's record is a plain list
        await asyncio.sleep(0.005)


async def test_a_migration_over_ssh_stalls_the_frozen_node_for_exactly_its_freeze(
    tmp_path, connect
):
    scenario = Scenario(migration_seconds=20.0, freeze=120.0)
    async with Lab(scenario, tmp_path, speed=60) as lab:
        node, peer, hmc = [await connect(lab, label) for label in ("db01", "db02", "hmc1")]
        moving = asyncio.ensure_future(hmc.run(MIGRATE.format("m")))
        await until(lambda: lab.site.record.of("freeze"))
        assert (await peer.run("hostname")).stdout == "aixdb02.lab\n"
        assert not lab.site.record.of("thaw")
        newcomer = asyncio.ensure_future(connect(lab, "db01"))
        told = await node.run("hostname")
        assert told.stdout == "aixdb01.lab\n"
        (thaw,) = lab.site.record.of("thaw")
        assert thaw["seconds"] == 120.0
        (answered,) = [e for e in lab.site.record.of("answered") if e["host"] == "db01"]
        assert answered["n"] > thaw["n"]
        assert (await moving).exit_status == 0
        (await newcomer).close()
        assert lab.verdict()["false_failovers"]
        for connection in (node, peer, hmc):
            connection.close()


async def test_output_that_comes_bit_by_bit_arrives_bit_by_bit(tmp_path, connect):
    async with Lab(Scenario(), tmp_path, speed=50) as lab, await connect(lab, "db02") as peer:
        process = await peer.create_process("/etc/ping -c 1000 db01")
        first = [await process.stdout.readline() for _ in range(3)]
        assert "icmp_seq=1" in first[2]
        assert process.exit_status is None
        process.close()
        await process.wait_closed()


async def test_a_shell_stays_open_and_any_byte_survives(tmp_path, connect):
    async with Lab(Scenario(), tmp_path, speed=50) as lab, await connect(lab, "db01") as node:
        process = await node.create_process("sh")
        process.stdin.write("echo one\n")
        assert await process.stdout.readline() == "one\n"
        process.stdin.write("X=two; echo $X\n")
        assert await process.stdout.readline() == "two\n"
        process.stdin.write_eof()
        assert (await process.wait()).exit_status == 0
        lab.faults.add("garbage", "db01", text="binary")
        raw = await node.run("hostname", encoding=None)
        assert raw.stdout.startswith(bytes(range(256)))
        prompt = await node.run(input="hostname\nexit\n")
        assert prompt.stdout == "aixdb01.lab\n"


async def test_a_client_that_goes_at_once_leaves_no_socket_behind(tmp_path):
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        async with Lab(Scenario(), tmp_path) as lab:
            for _ in range(20):
                _, writer = await asyncio.open_connection("127.0.0.1", lab.ports["db01"])
                writer.transport.abort()
            for _ in range(200):
                await asyncio.sleep(0)
        gc.collect()
    assert [str(each.message) for each in told if each.category is ResourceWarning] == []


async def test_faults_cut_the_connection(tmp_path, connect):
    async with Lab(Scenario(), tmp_path, speed=50) as lab:
        for kind in ("drop-before", "drop-after", "cut-short"):
            node = await connect(lab, "db01")
            lab.faults.add(kind, "db01")
            told = await node.run(VRTS + "lltconfig -T query")
            assert told.exit_status is None
            assert bool(told.stdout) == (kind == "cut-short")
            await node.wait_closed()
        node = await connect(lab, "db02")
        hanging = asyncio.ensure_future(node.run("sleep 9999"))
        await until(lambda: lab.site.record.commands("db02"))
        lab.site.cut_off("db02", 30)
        assert (await hanging).exit_status is None
        with pytest.raises(OSError, match=r"refused|Connect call failed"):
            await connect(lab, "db02")
        await lab.site.clock.sleep(31)
        (await connect(lab, "db02")).close()


async def test_a_host_out_of_reach_from_the_start_a_wrong_host_key_and_an_unknown_user_key(
    tmp_path, connect
):
    scenario = Scenario(
        nodes=3,
        unreachable=frozenset({"db01"}),
        wrong_host_key=frozenset({"db02"}),
        refused_key=frozenset({"db03"}),
    )
    async with Lab(scenario, tmp_path) as lab:
        with pytest.raises(OSError, match=r"refused|Connect call failed"):
            await connect(lab, "db01")
        with pytest.raises(asyncssh.HostKeyNotVerifiable):
            await connect(lab, "db02")
        with pytest.raises(asyncssh.PermissionDenied):
            await connect(lab, "db03")


async def test_a_locked_console_shows_its_banner_and_lets_nobody_in(tmp_path, connect):
    banners = []

    class Client(asyncssh.SSHClient):
        def auth_banner_received(self, msg, lang):
            banners.append((msg, lang))

    async with Lab(Scenario(locked=frozenset({"hmc1"})), tmp_path) as lab:
        with pytest.raises(asyncssh.PermissionDenied):
            await connect(lab, "hmc1", client_factory=Client)
        (await connect(lab, "hmc2")).close()
    ((banner, _),) = banners
    assert banner == "The account is locked due to 3 failed logins.\n(5 minutes left to unlock)\n"


async def test_three_wrong_keys_lock_a_console(tmp_path, connect):
    async with Lab(Scenario(), tmp_path) as lab:
        known = str(tmp_path / "known_hosts")
        for _ in range(3):
            with pytest.raises(asyncssh.PermissionDenied):
                await asyncssh.connect(
                    "127.0.0.1",
                    lab.ports["hmc1"],
                    username="hscroot",
                    client_keys=[asyncssh.generate_private_key("ssh-ed25519")],
                    known_hosts=known,
                    config=None,
                    agent_path=None,
                )
        with pytest.raises(asyncssh.PermissionDenied):
            await connect(lab, "hmc1")


@pytest.mark.parametrize("route", ["outside", "managed", "vcs", "full"])
async def test_the_folder_holds_all_that_a_run_needs(tmp_path, route):
    async with Lab(Scenario(route=route, consoles=2, lpar="db 01"), tmp_path) as lab:
        change = tomllib.loads(lab.change_path.read_text())
        known = (tmp_path / "known_hosts").read_text()
        config = (tmp_path / "ssh_config").read_text()
        for label, port in lab.ports.items():
            assert f"[127.0.0.1]:{port} ssh-ed25519 " in known
            assert f"Host {label}\n" in config
    assert change["route"] == route
    assert change["lpar"]["name"] == "db 01"
    assert ("node" in change) == ("timers" in change) == (route in ("outside", "full"))
    assert ("manager" in change) == (route in ("managed", "vcs"))
    assert ("vcs" in change) == (route == "vcs")
    assert set(change["console"]) == {"source", "target"}
    assert change["decisions"] == {"proceed": True, "outcome": "evidence", "accept": ["all"]}
    for name in ("id_ed25519", "known_hosts", "change.toml"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600


@pytest.mark.skipif(shutil.which("ssh") is None, reason="no OpenSSH client here")
async def test_a_person_gets_in_with_openssh_and_the_written_configuration(tmp_path):
    async with Lab(Scenario(), tmp_path):
        process = await asyncio.create_subprocess_exec(
            *("ssh", "-F", str(tmp_path / "ssh_config"), "hmc1", "lssyscfg -r sys -F 'name'"),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
        )
        out, _ = await process.communicate()
        assert (out, process.returncode) == (b"p9-east\n", 0)


async def test_64_nodes_come_up_and_answer(tmp_path, connect):
    async with Lab(Scenario(nodes=64), tmp_path) as lab:
        some = [await connect(lab, label) for label in ("db01", "db33", "db64")]
        for connection in some:
            told = await connection.run(VRTS + "lltstat -n")
            assert told.stdout.count("OPEN") == 64
            connection.close()
