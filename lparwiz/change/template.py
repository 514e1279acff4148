"""A commented change file to start from."""

from lparwiz.change.model import Limits, Part, Route, Trigger

_HEAD = """\
# A change for lparwiz: which LPAR, from where to where, through which hosts.
# Fill in every name and address; lines that begin with '#' are optional.
version = 1
title   = "Move db01 from p9-east to p9-west"
# ticket = "CHG0031337"

# outside: the LPAR is a node of an LLT cluster           (timers, the HMC migrates)
# managed: VCS starts and stops it from management LPARs  (profiles, the HMC migrates)
# vcs:     VCS itself migrates it
# full:    timers and profiles, the HMC migrates
route   = "{route}"

[lpar]
name    = "db01"      # as the HMC knows it
source  = "p9-east"   # managed systems, as the HMC knows them
target  = "p9-west"
"""

_LPAR_NODE = """\
node    = "db01"      # its LLT node name (/etc/llthosts), which may differ
"""

_TIMERS = """
[timers]
# peerinact = "90s"   # for the migration; absent: worked out from a measurement
persist = false       # true: also write it to /etc/llttab
# freeze    = "14.5s" # how long the node was silent in an earlier migration, and
# freeze_from = "the rehearsal of 3 November"   # where that figure is from
# reboot    = "5m"    # the fastest reboot of a node: a raised peerinact should be below it
"""

_LIMITS = """
# [limits]            # how long things may take
# connect   = "{connect:g}s"
# command   = "{command:g}s"
# migration = "{migration:g}m"
# settle    = "{settle:g}s"   # until all links are UP again after the migration
"""

_CONSOLES = """
[console.source]
address = "hmc1.example.com"
user    = "hscroot"

# [console.target]    # absent: the HMC above manages both systems
# address = "hmc2.example.com"
# user    = "hscroot"
"""

_NODES = """
# Every node of the LLT cluster, the LPAR itself among them.
[[node]]
name    = "db01"
address = "db01.example.com"
user    = "root"

[[node]]
name    = "db02"
address = "db02.example.com"
user    = "lparwiz"
become  = "sudo -n"   # in front of commands that need root
"""

_MANAGER = """
# The management LPARs: VCS is checked on them, and they bear the mark that keeps others off.
# [[manager]]
# name    = "mgmt1"
# address = "mgmt1.example.com"
# user    = "root"
"""

_MANAGERS = """
# The management LPARs.
[[manager]]
name    = "mgmt1"
address = "mgmt1.example.com"
user    = "root"

[[manager]]
name    = "mgmt2"
address = "mgmt2.example.com"
user    = "root"

[vcs]
group    = "db01_lpar_sg"
resource = "db01_lpar"
to       = "mgmt2"    # the VCS system to migrate to: a management LPAR, not a managed system
"""

_TAIL = """
# [ssh]               # for every host that doesn't say otherwise; relative to this file
# known_hosts = "known_hosts"
# identity    = "id_ed25519"
# config      = "ssh_config"
# port        = 22

# [decisions]         # what an unattended run answers; absent: it stops at the first question
# proceed = true
# outcome = "evidence"   # or "stop"
# accept  = []           # ids of accepted warnings; ["all"]: every one
"""

_FREEZE = """\
# freeze  = true         # temporarily freeze the service groups on the LPAR meanwhile
"""

_PHYSICAL_SERVER = """\
# physical_server = true # correct PhysicalServer where a management LPAR has moved
"""

_PROFILE_FILE = """\
# profile_file = true    # write the documented pairs into a stale ProfileFile
"""


def template(route: Route = Route.FULL) -> str:
    """A change file for this route; it reads without problems as it stands."""
    timers = Part.TIMERS in route.parts
    by_vcs = route.trigger is Trigger.VCS
    limits = Limits()
    return "".join(
        [
            _HEAD.format(route=route),
            _LPAR_NODE if timers else "",
            _TIMERS if timers else "",
            _LIMITS.format(
                connect=limits.connect,
                command=limits.command,
                migration=limits.migration / 60,
                settle=limits.settle,
            ),
            _CONSOLES,
            _NODES if timers else "",
            _MANAGERS if by_vcs else "",
            "" if timers or by_vcs else _MANAGER,
            _TAIL,
            _PROFILE_FILE if by_vcs else _FREEZE,
            _PHYSICAL_SERVER if timers else "",
        ]
    )
