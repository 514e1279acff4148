"""A change file with everything in it, the template of one, and what is wrong with another."""

from pathlib import Path

import pytest

from lparwiz.change import ChangeInvalid, Route, parse, template

HERE = Path("/changes/db01.toml")
FULL = template(Route.FULL)
ISSUE = """
version = 1
title   = "Move db01 from p9-east to p9-west"
ticket  = "CHG0031337"
route   = "full"
[lpar]
name    = "db 01"
source  = "p9-east"
target  = "p9-west"
node    = "db01"
[timers]
peerinact = "90s"
persist   = true
[limits]
command = "1.5s"
migration = "1h30m"
[console.source]
address = "hmc1.example.com"
user    = "hscroot"
[console.target]
address = "hmc2.example.com"
port = 2222
[[node]]
name    = "db01"
address = "db01.example.com"
user    = "root"
[[node]]
name    = "db02"
address = "10.0.0.2"
port    = 2022
become  = "sudo -n"
identity = "/keys/db02"
[[manager]]
name = "mgmt1"
address = "mgmt1.example.com"
[vcs]
group = "db01_lpar_sg"
resource = "db01_lpar"
to = "mgmt2"
[ssh]
known_hosts = "known_hosts"
identity = "id_ed25519"
config = "~/.ssh/config"
user = "operator"
[decisions]
proceed = true
outcome = "evidence"
accept = ["llt.jeopardy"]
"""


def problems(text):
    with pytest.raises(ChangeInvalid) as invalid:
        parse(text, HERE)
    return invalid.value.problems


def only(text):
    (problem,) = problems(text)
    return problem
