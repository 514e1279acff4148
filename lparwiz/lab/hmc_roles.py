"""Task roles of an HMC (facts, hmc.md 1.9 and sample lsaccfg_taskrole)."""

from lparwiz.lab.models import Row

LISTING = "ListLPARProperty+ListProfileProperty+ManageProfile"
CHANGING = (
    "ActivateLPAR+ChangeLPARProperty+ChangeProfileProperty+CloseVTerm+CreateProfile"
    "+DeleteProfile+DlparOperation+MigrateLPAR+OpenVTerm+RebootLPAR+ShutdownLPAR"
    "+VirtualIOServerCommand"
)

LPAR_TASKS = {
    "hmcviewer": f"CapturePartitionTemplate+{LISTING}",
    "hmcservicerep": f"CloseVTerm+OpenVTerm+{LISTING}",
    "hmcpe": f"{CHANGING}+CreateLPAR+{LISTING}",
    "hmcoperator": f"{CHANGING}+CreateLPAR+DeleteLPAR+HibernateLPAR+{LISTING}",
    "hmcsuperadmin": f"{CHANGING}+CreateLPAR+DeleteLPAR+HibernateLPAR+{LISTING}",
}
"""What a role may do to partitions. `CreateLPAR` stands under `cec:` in the listing."""


def tasks(role: str) -> set[str]:
    """Every task that a role has on partitions."""
    return set(LPAR_TASKS[role].split("+"))


def rows() -> list[Row]:
    """The roles as `lsaccfg -t taskrole` lists them."""
    out: list[Row] = []
    for role, granted in LPAR_TASKS.items():
        names = granted.split("+")
        cec = ["ListCECProperty", *[n for n in names if n == "CreateLPAR"]]
        lpar = [n for n in names if n != "CreateLPAR"]
        resources = (
            "frame:CheckPSN+ListFrameProperty,"
            f"cec:{'+'.join(cec)},lpar:{'+'.join(lpar)},"
            "HMCConsole:ChangeUserPasswords+ListHMCConfiguration+ViewHMCFileSystems"
        )
        out.append({"name": role, "parent": "Predefined", "resources": f'"{resources}"'})
    return out
