"""ping's lines as AIX prints them, and the very command line with a ping of our own."""

import os
import shutil
import subprocess

import pytest

from lparwiz.tools import ping
from lparwiz.tools.errors import Refused
from lparwiz.tools.ping import Reply, Start, parse

# AIX's manual page of ping shows these lines.
SHOWN = """\
PING canopus.austin.century.com: (128.116.1.5): 56 data bytes
64 bytes from 128.116.1.5: icmp_seq=0 ttl=255 time=2 ms
64 bytes from 128.116.1.5: icmp_seq=1 ttl=255 time=2 ms

----canopus.austin.century.com PING Statistics----
2 packets transmitted, 2 packets received, 0% packet loss
round-trip min/avg/max = 2/2/3 ms
"""

FAKE = """\
#!/bin/sh
echo "asked $*" >&2
while echo '64 bytes from 10.1.1.1: icmp_seq=0 ttl=255 time=0 ms'; do sleep 1; done
"""


def test_replies_are_counted_and_nothing_else_is():
    assert [parse(line) for line in SHOWN.splitlines()].count(Reply()) == 2
    assert [parse(line) for line in SHOWN.splitlines()].count(None) == 5


@pytest.mark.parametrize("line", ["", "P", "P 0", "P x", "icmp_seq=1", "64 bytes from 10.1.1.1"])
def test_other_text_is_nothing(line):
    assert parse(line) is None


@pytest.mark.parametrize("name", ["", "-f", "db01\n-f"])
def test_what_is_no_name_is_not_sent(name):
    with pytest.raises(Refused):
        ping.again_and_again(name)
    with pytest.raises(Refused):
        ping.once(name)


@pytest.fixture
def asking(tmp_path):
    """Start the command with a ping that counts its replies here; `(process, env)`."""
    fake = tmp_path / "ping"
    fake.write_text(FAKE)
    fake.chmod(0o755)
    started = []

    def start(command, *, perl=True):
        path = str(tmp_path)
        for name in ("sleep", *(["perl"] if perl else [])):
            if shutil.which(name) is None:
                pytest.skip(f"no {name} here")
            (tmp_path / name).symlink_to(shutil.which(name))
        process = subprocess.Popen(
            ["/bin/sh", "-c", command.text],
            env={**os.environ, "PATH": path},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.stdout.close()
        process.stderr.close()
        process.kill()
        process.wait()


def test_eight_pings_side_by_side_end_with_whoever_listens(asking):
    process = asking(ping.again_and_again("db01", life=60))
    told = [process.stdout.readline().rstrip("\n") for _ in range(12)]
    assert parse(told[0]) == Start(0.125)
    assert sum(parse(line) == Reply() for line in told) >= 4
    assert [process.stderr.readline() for _ in range(8)] == ["asked -c 60 db01\n"] * 8
    process.stdout.close()
    process.wait(10)
    process.stderr.read()  # ends when the last ping has


def test_one_ping_alone_where_perl_is_missing(asking):
    process = asking(ping.again_and_again("db01", wait=2, life=60), perl=False)
    assert parse(process.stdout.readline().rstrip("\n")) == Start(2.0)
    assert parse(process.stdout.readline().rstrip("\n")) == Reply()
    assert process.stderr.readline() == "asked -c 60 -i 2 db01\n"
    process.stdout.close()
    process.wait(10)
