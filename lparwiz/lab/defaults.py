"""The attributes of partitions, profiles and systems, in the order that an HMC lists them.

Shaped on facts, samples lssyscfg_lpar_varied, lssyscfg_prof_varied and lssyscfg_sys_full.
"""

from lparwiz.lab.models import Row

POOLS = {"DefaultPool": "0", "dbpool": "1"}
"""Shared processor pools by name, the same on every system."""

LPAR_DEFAULTS: Row = {
    "state": "Not Activated",
    "resource_config": "0",
    "os_version": "Unknown",
    "logical_serial_num": "",
    "default_profile": "",
    "curr_profile": "",
    "work_group_id": "none",
    "shared_proc_pool_util_auth": "0",
    "allow_perf_collection": "0",
    "power_ctrl_lpar_ids": "none",
    "boot_mode": "norm",
    "lpar_keylock": "norm",
    "auto_start": "0",
    "redundant_err_path_reporting": "0",
    "rmc_state": "inactive",
    "rmc_ipaddr": "",
    "time_ref": "0",
    "lpar_avail_priority": "127",
    "desired_lpar_proc_compat_mode": "default",
    "curr_lpar_proc_compat_mode": "default",
    "suspend_capable": "0",
    "remote_restart_capable": "0",
    "simplified_remote_restart_capable": "0",
    "remote_restart_status": "Invalid",
    "sync_curr_profile": "0",
    "affinity_group_id": "none",
    "vtpm_enabled": "0",
    "migration_disabled": "0",
    "description": "",
}

READ_ONLY = frozenset({
    "state", "resource_config", "os_version", "logical_serial_num", "curr_profile", "rmc_state",
    "rmc_ipaddr", "curr_lpar_proc_compat_mode", "remote_restart_status", "vtpm_enabled",
    "desired_lpar_proc_compat_mode", "uuid", "lpar_env", "msp_version",
})  # fmt: skip
"""What an LPAR shows but nobody sets."""

SETTABLE_ON_LPAR = frozenset(LPAR_DEFAULTS) - READ_ONLY - {"default_profile"} | {"msp"}
"""What mksyscfg and chsyscfg take for an LPAR; default_profile is chsyscfg's own matter."""

PROFILE_DEFAULTS: Row = {
    "all_resources": "0",
    "min_mem": "256",
    "desired_mem": "1024",
    "max_mem": "1024",
    "min_num_huge_pages": "null",
    "desired_num_huge_pages": "null",
    "max_num_huge_pages": "null",
    "mem_mode": "ded",
    "mem_expansion": "0.0",
    "hpt_ratio": "1:64",
    "proc_mode": "shared",
    "min_proc_units": "0.1",
    "desired_proc_units": "0.5",
    "max_proc_units": "1.0",
    "min_procs": "1",
    "desired_procs": "1",
    "max_procs": "1",
    "sharing_mode": "uncap",
    "uncap_weight": "128",
    "shared_proc_pool_id": "0",
    "shared_proc_pool_name": "DefaultPool",
    "affinity_group_id": "none",
    "io_slots": "none",
    "lpar_io_pool_ids": "none",
    "max_virtual_slots": "64",
    "virtual_serial_adapters": "0/server/1/any//any/1,1/server/1/any//any/1",
    "virtual_scsi_adapters": "none",
    "virtual_eth_adapters": "none",
    "vtpm_adapters": "none",
    "virtual_fc_adapters": "none",
    "hca_adapters": "none",
    "sriov_eth_logical_ports": "none",
    "boot_mode": "norm",
    "conn_monitoring": "0",
    "auto_start": "0",
    "power_ctrl_lpar_ids": "none",
    "work_group_id": "none",
    "redundant_err_path_reporting": "null",
    "bsr_arrays": "0",
    "lpar_proc_compat_mode": "default",
    "electronic_err_reporting": "null",
}

_CAPABILITIES = [
    "active_lpar_mobility_capable=1",
    "inactive_lpar_mobility_capable=1",
    "active_lpar_share_idle_procs_capable=1",
    "active_mem_expansion_capable=1",
    "hardware_active_mem_expansion_capable=1",
    "active_mem_sharing_capable=1",
    "addr_broadcast_perf_policy_capable=0",
    "bsr_capable=0",
    "cod_mem_capable=0",
    "cod_proc_capable=1",
    "dynamic_platform_optimization_capable=1",
    "electronic_err_reporting_capable=0",
    "firmware_power_saver_capable=0",
    "hardware_power_saver_capable=0",
    "hardware_discovery_capable=0",
    "hca_capable=1",
    "huge_page_mem_capable=1",
    "lhea_capable=0",
    "lpar_avail_priority_capable=1",
    "lpar_proc_compat_mode_capable=1",
    "lpar_remote_restart_capable=0",
    "powervm_lpar_remote_restart_capable=1",
    "lpar_suspend_capable=0",
    "micro_lpar_capable=1",
    "os400_capable=0",
    "5250_application_capable=0",
    "redundant_err_path_reporting_capable=1",
    "shared_eth_failover_capable=1",
    "sni_msg_passing_capable=0",
    "sp_failover_capable=1",
    "vet_activation_capable=1",
    "virtual_fc_capable=1",
    "virtual_io_server_capable=1",
    "virtual_switch_capable=1",
    "vsn_phase2_capable=1",
    "vsi_on_veth_capable=1",
    "assign_5250_cpw_percent=0",
    "max_lpars=400",
    "max_power_ctrl_lpars=1",
]

_SETTINGS = [
    "hca_bandwidth_capabilities=null",
    "service_lpar_id=none",
    "curr_sys_keylock=norm",
    "pend_sys_keylock=norm",
    "curr_power_on_side=temp",
    "pend_power_on_side=temp",
    "curr_power_on_speed=fast",
    "pend_power_on_speed=fast",
    "curr_power_on_speed_override=none",
    "pend_power_on_speed_override=none",
]


def system_row(serial: str, address: str, state: str) -> Row:
    """A managed system's attributes without its name."""
    row = {
        "type_model": "9009-42A",
        "serial_num": serial,
        "ipaddr": address,
        "state": state,
        "detailed_state": "None",
        "sys_time": "11/22/2026 02:00:00",
        "power_off_policy": "1",
    }
    for pair in [*_CAPABILITIES, *_SETTINGS]:
        name, _, value = pair.partition("=")
        row[name] = value
    return {**row, "power_on_type": "power on", "mfg_default_config": "0"}
