"""What changes something on an HMC, word by word (hmc.md 1.1, 1.4, 1.5)."""

import shlex

import pytest

from lparwiz.tools import hmc
from lparwiz.tools.errors import Refused

OTHER = hmc.TargetConsole("hmc2", "hscroot")


def test_validating_changes_nothing_and_migrating_does():
    command = hmc.validate("p9-east", "p9-west", "db 01", limit=600)
    assert command.text == "migrlpar -o v -m p9-east -t p9-west -p 'db 01'"
    assert (command.changes, command.limit) == (False, 600)
    command = hmc.migrate("p9-east", "p9-west", "db 01", limit=3600)
    assert command.text == "migrlpar -o m -m p9-east -t p9-west -p 'db 01'"
    assert (command.changes, command.limit) == (True, 3600)


def test_another_hmc_of_the_target_is_named():
    command = hmc.migrate("a", "b", "db01", console=OTHER)
    assert command.text == "migrlpar -o m -m a -t b --ip hmc2 -u hscroot -p db01"
    command = hmc.recover("a", "db01", console=hmc.TargetConsole("hmc2"), force=True)
    assert command.text == "migrlpar -o r -m a --ip hmc2 -p db01 --force"
    with pytest.raises(Refused):
        hmc.migrate("a", "b", "db01", console=hmc.TargetConsole("-x"))


def test_the_processor_pool_is_passed_or_it_would_become_the_default():
    command = hmc.migrate("a", "b", "db01", pool="Pool 1")
    assert command.text.endswith("-i 'shared_proc_pool_name=Pool 1'")


def test_stop_goes_to_the_source():
    assert hmc.stop("a", "db01").text == "migrlpar -o s -m a -p db01"
    assert hmc.stop("a", "db01").changes


def test_no_command_asks_for_async_or_newer_flags():
    for command in (hmc.migrate("a", "b", "c"), hmc.validate("a", "b", "c"), hmc.recover("a", "c")):
        assert "--async" not in command.text
        assert "--" not in command.text


def test_listings_ask_for_no_single_attributes():
    for command in (
        hmc.list_system("a"),
        hmc.list_partitions("a"),
        hmc.list_partition("a", "b"),
        hmc.list_profiles("a", "b"),
        hmc.migration_state("a", "b"),
        hmc.list_users(),
        hmc.version(),
    ):
        assert " -F" not in command.text
        assert not command.changes


def test_a_partition_is_deleted_by_its_id_only():
    command = hmc.delete_partition("p9 west", 7)
    assert command.text == "rmsyscfg -r lpar -m 'p9 west' --id 7"
    assert command.changes
    with pytest.raises(Refused):
        hmc.delete_partition("p9 west", 0)


def test_a_rename_checks_the_new_name():
    command = hmc.rename_partition("a", "db01", "db01_lparwiz")
    assert shlex.split(command.text)[-1] == "name=db01,new_name=db01_lparwiz"
    assert command.changes
    with pytest.raises(Refused):
        hmc.rename_partition("a", "db01", "x" * 32)
    with pytest.raises(Refused):
        hmc.rename_partition("a", "db,01", "x")


def test_a_partitions_settings_name_the_partition():
    command = hmc.change_partition("a", {"lpar_id": "3", "sync_curr_profile": "1"})
    assert shlex.split(command.text)[-1] == "lpar_id=3,sync_curr_profile=1"
    with pytest.raises(Refused):
        hmc.change_partition("a", {"sync_curr_profile": "1"})


def test_quotes_of_a_record_survive_the_shell():
    record = {
        "name": "a",
        "virtual_fc_adapters": '"1/client/2/v/3/c0,c1/1","2/client/2/v/4/c2,c3/1"',
    }
    for build in (hmc.create_partition, hmc.create_profile):
        sent = shlex.split(build("p9", record).text)[-1]
        assert (
            sent
            == 'name=a,"virtual_fc_adapters=""1/client/2/v/3/c0,c1/1"",""2/client/2/v/4/c2,c3/1"""'
        )
        assert hmc.parse_records(sent) == (record,)
