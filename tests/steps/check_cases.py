"""Each check's cases: what it is made to catch, and how its reading is broken."""

from dataclasses import dataclass, field

from lparwiz.run.snapshot import Level

NOTHING, UNREACHABLE, FORGOTTEN = "nothing", "db02 unreachable", "a node forgotten"
NO_MANAGERS = "no manager named"
LONG_FREEZE, DISK = "a freeze above the limit", "disk"
"""Conditions that are not the site's own, but the change's or this machine's."""

LPP, HA = "/usr/bin/", "/opt/VRTS/bin/"
HMC_LPAR, HMC_SYS = r"^lssyscfg -r lpar", r"^lssyscfg -r sys"
HMC_PROF, HMC_MIG = r"^lssyscfg -r prof", r"^lslparmigr"
USERS = r"^lshmcusr"
LSHW = r"^lshwres -r "


@dataclass(frozen=True)
class Case:
    """How a check is made to catch something, and how its reading is broken."""

    on: tuple[str, ...]
    """Troubles of the lab, each of which it catches alone."""
    broken: tuple[str, ...] = ()
    """Programs of nodes, or patterns of HMC commands: each alone makes it unknown."""
    route: str = "full"
    also_on: str = ""
    """A second route on which all of it is played: there it looks at other hosts."""
    level: Level | None = None
    """None: the check's own."""
    remedy: str = ""
    """Part of it, where it isn't the check's own."""
    also: tuple[str, ...] = ()
    """Checks that speak up too."""
    scenario: dict = field(default_factory=dict)
    no_garbage: tuple[str, ...] = ()
    """What may print anything and be read all the same: its layout is documented nowhere."""


LLT = ("/sbin/lltconfig",)
STAT = ("/sbin/lltstat",)
GAB = ("/sbin/gabconfig",)
SUM = (HA + "hastatus",)
RES = (HA + "hares", HA + "hatype")
CASES = {
    "cluster.reached": Case((UNREACHABLE,), (LPP + "date",), also=("*",)),
    "llt.running": Case(
        ("llt-stopped",),
        LLT,
        also_on="vcs",
        also=("llt.*", "gab.*", "vcs.*", "cluster.*", "aix.*"),
    ),
    "llt.links": Case(("link-down",), STAT, also_on="vcs"),
    "llt.nodes": Case((FORGOTTEN,), STAT, scenario={"nodes": 3}),
    "llt.peerinact": Case(("peerinact-zero",), LLT, also=("llt.same",)),
    "llt.llttab": Case(("timer-forgotten",), (LPP + "cat", *LLT), also=("llt.same",)),
    "llt.persist": Case(("llttab-linked",), (LPP + "cat",), scenario={"persist": True}),
    "llt.same": Case(("timers-differ",), LLT),
    "llt.macs": Case(("mac-changed",), (LPP + "cat", *STAT)),
    "gab.ports": Case(("no-port-h", "jeopardy", "visible"), GAB, also_on="vcs"),
    "gab.same": Case(("members-differ",), GAB, also_on="vcs", also=("vcs.running",)),
    "gab.cfs": Case(("cluster-file-system",), GAB),
    "cluster.migrating": Case(("node-migrating",), (LPP + "errpt",)),
    "cluster.clock": Case(("clock-wrong",), (LPP + "date",)),
    "aix.levels": Case(("old-software",), (LPP + "oslevel", LPP + "lslpp")),
    "aix.scripts": Case(("dlpar-script",), ("/usr/sbin/drmgr",), no_garbage=("/usr/sbin/drmgr",)),
    "vcs.running": Case(("system-not-running",), SUM),
    "vcs.faulted": Case(("group-faulted",), SUM),
    "vcs.autodisabled": Case(("group-autodisabled",), SUM),
    "vcs.in-transition": Case(("group-in-transition",), SUM),
    "vcs.pending": Case(("failover-pending",), (HA + "hagrp",)),
    "gab.fencing": Case(("fencing-lost",), (HA + "haclus", *GAB), also_on="vcs"),
    "freeze.had": Case((LONG_FREEZE,)),
    "hmc.version": Case(("old-hmc",), (r"^lshmc -V",)),
    "hmc.role": Case(("lesser-role",), (USERS,)),
    "hmc.resources": Case(("some-resources",), (USERS,)),
    "hmc.timeout": Case(("session-timeout",), (USERS,)),
    "hmc.system": Case(
        ("not-managed-there",), (HMC_SYS,), also=("*",), scenario={"old_filters": True}
    ),
    "hmc.operating": Case(("target-standby",), (HMC_SYS,)),
    "hmc.mobility": Case(("target-incapable",), (HMC_SYS,)),
    "hmc.msp": Case(("no-mover",), (HMC_LPAR,)),
    "hmc.vios": Case(("vios-silent",), (HMC_LPAR,)),
    "hmc.migrations": Case(("mate-migrating",), (HMC_MIG,), remedy="quorum"),
    "lpar.found": Case(("lpar-elsewhere",), (HMC_LPAR,), also=("lpar.idle", "lpar.drift")),
    "lpar.running": Case(("lpar-suspended",), (HMC_LPAR,)),
    "lpar.rmc": Case(("no-rmc",), (HMC_LPAR,)),
    "lpar.allowed": Case(("barred",), (HMC_LPAR,)),
    "lpar.idle": Case(("lpar-migrating",), (HMC_MIG,)),
    "lpar.pool": Case(("own-pool",), (HMC_PROF,)),
    "lpar.drift": Case(("drifted",), (HMC_PROF, LSHW + "mem", LSHW + "proc")),
    "lpar.definition": Case(("foreign-profile",), (HMC_PROF, HMC_LPAR), also=("definition",)),
    "definition": Case(("fibre-channel",), (HMC_PROF, HMC_LPAR), also=("asked.wwpns",)),
    "target.name": Case(("name-taken",), (HMC_LPAR,), route="outside"),
    "target.free": Case(("interim-name-taken",), (HMC_LPAR,)),
    "backup.space": Case((DISK,), (DISK,)),
    "vcs.role": Case(("both-roles",), (HA + "hatype",), also=("asked.managers",)),
    "vcs.physical-server": Case(
        ("server-stale", "server-unset"),
        (HA + "hasys", LPP + "lparstat", *STAT),
        route="vcs",
    ),
    "vcs.target": Case(("target-not-listed",), (*SUM, HA + "hasys", *RES), route="vcs"),
    "vcs.sys-down-policy": Case(("policy-unset",), (HA + "hagrp", *RES), route="vcs"),
    "vcs.remove-profile": Case(("removes-profile",), RES, route="vcs"),
    "vcs.profile-file": Case(
        ("profile-file-unset", "profile-file-empty"),
        (HA + "hasys", LPP + "cat", *RES, *STAT),
        route="vcs",
        no_garbage=(LPP + "cat",),
        also=("vcs.mappings",),
    ),
    "vcs.mappings": Case(
        ("profile-file-wrong", "profile-file-unmapped"),
        (LPP + "cat", HMC_LPAR),
        route="vcs",
    ),
    "mark.none": Case((NO_MANAGERS,), route="managed"),
    "asked.limitations": Case((NOTHING,)),
    "asked.terminal": Case((NOTHING,)),
    "asked.wwpns": Case(("fibre-channel",), also=("definition.*",)),
    "asked.managers": Case(("both-roles",), also=("vcs.role",)),
    "asked.keys": Case((NOTHING,), route="vcs"),
}
"""A check without its case fails test_checks.py."""
PLAYED = [(i, on) for i, case in CASES.items() for on in (case.route, case.also_on) if on]
"""Each check, and each route on which it is played."""

ALSO_CAUGHT = {
    "llttab-missing": ("llt.llttab", "full", Level.WARNING, "there is no /etc/llttab"),
    "engine-down": ("vcs.running", "full", Level.STOP, "engine is not running"),
    "bystander-migrating": ("hmc.migrations", "full", Level.WARNING, "nim server"),
    "not-managed": ("vcs.role", "vcs", Level.STOP, "names db01"),
}
"""What a check catches besides: its id, the route, the level and a word of its text."""
