"""Sites without any SSH, whose time jumps whenever everybody waits."""

import asyncssh
import pytest

from lparwiz.lab.scenario import Scenario
from lparwiz.lab.site import Site


class Told(str):
    """What a host printed, on both channels, with the exit status."""

    __slots__ = ("err", "out", "status")

    def __new__(cls, out: bytes, err: bytes, status: int):
        told = super().__new__(cls, (out + err).decode("utf-8", "surrogateescape"))
        told.out, told.err, told.status = out, err, status
        return told


@pytest.fixture
async def site_of():
    """Make a site of a scenario's fields."""
    made = []

    def make(**fields):
        made.append(Site(Scenario(**fields)))
        return made[-1]

    yield make
    for site in made:
        await site.close()


@pytest.fixture
def ask():
    """Run a line on a host of a site."""

    async def asked(site, host, line, stdin=b""):
        return Told(*await site.execute(host, line, stdin))

    return asked


@pytest.fixture
def connect():
    """Connect to a host of a running lab the way an operator would."""

    async def connected(lab, label, **options):
        return await asyncssh.connect(
            "127.0.0.1",
            lab.ports[label],
            username=lab.site.hosts[label].user,
            client_keys=[str(lab.directory / "id_ed25519")],
            known_hosts=str(lab.directory / "known_hosts"),
            config=None,
            **options,
        )

    return connected
