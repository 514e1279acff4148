"""The lab's AIX node: its tools as the facts show them, and its files."""

import pytest

from .lines import VRTS


@pytest.fixture
def site(site_of):
    return site_of(nodes=3)


async def test_without_a_path_the_cluster_tools_are_not_found(site, ask):
    told = await ask(site, "db01", "lltconfig -T query")
    assert told.status == 127
    assert told.err == b"ksh: lltconfig:  not found.\n"


async def test_the_timers_look_as_in_the_guide_with_one_row_padded_badly(site, ask):
    told = await ask(site, "db02", VRTS + "lltconfig -T query")
    lines = told.splitlines()
    assert lines[0] == "Current LLT timer values (.01 sec units):"
    assert " peerinact   = 1600" in lines
    assert " arpreq         = 3000" in lines
    assert " Current LLT flow control values (in packets):" in lines
    assert " peertroublelo = 400" in lines
    assert "peertroublelo" not in await ask(site, "db01", VRTS + "lltconfig -T query")


async def test_nodes_differ_in_peerinact_and_in_their_llttab(site, ask):
    assert " peerinact   = 3200" in await ask(site, "db01", VRTS + "lltconfig -T query")
    one = await ask(site, "db01", "cat /etc/llttab")
    two = await ask(site, "db02", "cat /etc/llttab")
    assert "set-timer peerinact:3200\n" in one
    assert one.endswith("\nstart\n")
    assert "set-timer" not in two


@pytest.mark.parametrize(
    "line",
    [
        "lltconfig -Q",
        "lltconfig -T peerinact",
        "lltconfig -T nosuch:1",
        "lltstat -x",
        "gabconfig -z",
        "hasys -nope",
        "hagrp -migrate x",
        "hares",
        "haclus -x",
        "hastatus",
    ],
)
async def test_unknown_options_get_a_usage_error(site, ask, line):
    told = await ask(site, "db01", VRTS + line)
    assert told.status == 1
    assert "Usage:" in told


async def test_llt_belongs_to_root(site_of, ask):
    site = site_of(node_user="oper")
    assert (await ask(site, "db01", VRTS + "lltconfig -T query")).status == 1
    told = await ask(site, "db01", f"sudo -n /bin/sh -c '{VRTS}lltconfig -T peerinact:9000'")
    assert told.status == 0, told
    assert site.cluster.nodes[0].timers["peerinact"] == 9000
    assert (await ask(site, "db01", "echo x > /etc/llttab")).status == 1


async def test_sudo_without_the_right_asks_for_a_password_it_never_gets(site_of, ask):
    site = site_of(node_user="oper", sudo=False)
    told = await ask(site, "db01", "sudo -n id -u")
    assert (told.status, told.err) == (1, b"sudo: a password is required\n")


async def test_a_node_without_vcs_has_none_of_the_tools(site_of, ask):
    site = site_of(without_vcs=frozenset({"db02"}))
    for tool in ("lltconfig", "gabconfig -a", "hastatus -sum"):
        assert (await ask(site, "db02", VRTS + tool)).status == 127


async def test_llt_down_on_one_node_is_seen_there_and_by_its_peers(site_of, ask):
    site = site_of(llt_down=frozenset({"db02"}))
    assert await ask(site, "db02", VRTS + "lltconfig") == "LLT is not running\n"
    assert "Port" not in (await ask(site, "db02", VRTS + "gabconfig -a")).splitlines()[2:]
    assert "CONNWAIT" in await ask(site, "db01", VRTS + "lltstat -nvv active")
    assert "membership 0\n" in await ask(site, "db01", VRTS + "gabconfig -a")


async def test_the_star_is_glued_on_one_node_and_spaced_on_another(site, ask):
    assert "    *0 db01" in await ask(site, "db01", VRTS + "lltstat -n")
    assert "    * 2 db03" in await ask(site, "db03", VRTS + "lltstat -n")


async def test_without_active_phantoms_are_listed(site, ask):
    assert (await ask(site, "db01", VRTS + "lltstat -nvv")).count("CONNWAIT") == 29


async def test_the_four_names_of_a_machine_differ(site_of, ask):
    site = site_of(lpar="db 01")
    assert await ask(site, "db01", "hostname") == "aixdb01.lab\n"
    assert "0 db01\n" in await ask(site, "db01", "cat /etc/llthosts")
    assert "DB01-vcs\n" in await ask(site, "db01", VRTS + "hasys -list")
    assert "Partition Name                             : db 01\n" in (
        await ask(site, "db01", "lparstat -i")
    )


async def test_llttab_is_replaced_atomically_and_put_back_with_owner_and_mode(site, ask):
    file = site.cluster.nodes[0].files.get("/etc/llttab")
    file.mode, file.owner = 0o640, "bin"
    before = file.content
    line = (
        "cp -p /etc/llttab /etc/llttab.kept && cp -p /etc/llttab /etc/llttab.new && "
        "printf '%s\\n' 'set-node db01' '  a  b' > /etc/llttab.new && "
        "mv -f /etc/llttab.new /etc/llttab"
    )
    assert (await ask(site, "db01", line)).status == 0
    assert await ask(site, "db01", "cat /etc/llttab") == "set-node db01\n  a  b\n"
    assert site.verdict()["llttab"]["db01"] is False
    assert "-rw-r-----    1 bin" in await ask(site, "db01", "ls -l /etc/llttab")
    await ask(site, "db01", "mv -f /etc/llttab.kept /etc/llttab")
    assert site.cluster.nodes[0].files.read("/etc/llttab") == before
    assert site.verdict()["llttab"]["db01"] is True


async def test_a_read_only_file_system_takes_nothing(site, ask):
    site.cluster.nodes[0].files.read_only = True
    told = await ask(site, "db01", "echo x >> /etc/llttab")
    assert told.status == 1
    assert "Read-only file system" in told
    assert site.verdict()["llttab"]["db01"] is True


async def test_cksum_is_the_posix_one(site, ask):
    await ask(site, "db01", "printf '123456789' > /tmp/x")
    assert await ask(site, "db01", "cksum /tmp/x") == "930766865 9 /tmp/x\n"


async def test_ping_in_aix_own_form(site, ask):
    told = await ask(site, "db02", "/etc/ping -c 3 aixdb01.lab")
    assert told.status == 0
    assert told.count("64 bytes from") == 3
    assert "3 packets transmitted, 3 packets received, 0% packet loss" in told
    assert site.clock.now() == 2


async def test_vcs_speaks_of_groups_systems_and_the_configuration(site, ask):
    told = await ask(site, "db01", VRTS + "hastatus -sum")
    assert "A  DB01-vcs             RUNNING              0\n" in told
    assert "B  oradb_sg        DB01-vcs             Y          N               ONLINE\n" in told
    assert await ask(site, "db01", VRTS + "haclus -value ReadOnly") == "1\n"
    assert await ask(site, "db01", VRTS + "hasys -value DB02-vcs SysState") == "RUNNING\n"
    refused = await ask(site, "db01", VRTS + "hagrp -freeze oradb_sg -persistent")
    assert refused.status == 1
    assert (await ask(site, "db01", VRTS + "hasys -value nope SysState")).status == 1


async def test_managers_show_the_lpar_resource_and_its_profile_file_per_system(site_of, ask):
    site = site_of(route="vcs")
    assert "db01_lpar" in await ask(site, "mgmt1", VRTS + "hares -list Type=LPAR")
    ask_for = VRTS + "hares -value db01_lpar ProfileFile {}"
    one = await ask(site, "mgmt1", ask_for.format("MGMT1-vcs"))
    two = await ask(site, "mgmt1", ask_for.format("MGMT2-vcs"))
    assert one != two
    assert await ask(site, "mgmt2", VRTS + "hasys -value MGMT2-vcs PhysicalServer") == "p9-west\n"


async def test_hagrp_migrate_returns_at_once_and_the_group_follows(site_of, ask):
    site = site_of(route="vcs", placeholder=False)
    line = VRTS + "hagrp -migrate db01_lpar_sg -to MGMT2-vcs"
    assert (await ask(site, "mgmt1", line)).status == 0
    state = VRTS + "hagrp -state db01_lpar_sg"
    assert "|OFFLINE|STARTING|MIGRATING|" in await ask(site, "mgmt1", state)
    await site.clock.sleep(200)
    told = await ask(site, "mgmt1", state)
    assert "MGMT2-vcs  |ONLINE|" in told
    assert "MGMT1-vcs  |OFFLINE|" in told
    assert site.verdict()["live"] == ["p9-west"]


async def test_a_node_whose_engine_is_down_is_gone_from_its_port_alone(site_of, ask):
    site = site_of(troubles=frozenset({"engine-down"}))
    told = (await ask(site, "db01", VRTS + "gabconfig -a")).splitlines()
    members = {line.split()[1]: line.split()[-1] for line in told if line.startswith("Port")}
    assert members["a"] == "01"
    assert members["h"] == "0"


async def test_a_symbolic_link_is_told_from_the_file_that_it_leads_to(site_of, ask):
    site = site_of(troubles=frozenset({"llttab-linked"}))
    for node, kind in (("db01", "1"), ("db02", "0")):
        assert (await ask(site, node, "test -h /etc/llttab; echo $?")).strip() == kind
        assert "set-node" in await ask(site, node, "cat /etc/llttab")
