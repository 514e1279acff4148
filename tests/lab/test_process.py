"""The lab as a process of its own."""

import asyncio
import json
import signal
import subprocess
import sys

import pytest

from lparwiz.lab.process import control

PROGRAM = """
import sys
from pathlib import Path
from lparwiz.lab.process import serve
from lparwiz.lab.scenario import Scenario
serve(Scenario(route="full", nodes=3), Path(sys.argv[1]), speed=50.0)
"""


@pytest.fixture
async def lab(tmp_path):
    """A lab process and its folder."""
    folder = tmp_path / "a folder of some length that is too long for a unix socket" / "lab"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PROGRAM, str(folder), stdout=subprocess.PIPE
    )
    lines = [(await process.stdout.readline()).decode() for _ in range(7)]
    while not (folder / "ready").exists():
        assert process.returncode is None
        await asyncio.sleep(0.01)
    yield process, folder, lines
    if process.returncode is None:
        process.kill()
    await process.wait()


async def test_it_says_where_every_host_is_answers_requests_and_leaves_a_verdict(lab):
    process, folder, lines = lab
    assert lines[0].startswith("db01     127.0.0.1:")
    assert lines[3].startswith("hmc1     127.0.0.1:")
    assert lines[5] == f"change   {folder / 'change.toml'}\n"
    start = f"lparwiz wizard '{folder / 'change.toml'}' --speed "
    assert lines[6].startswith(f"begin    {start}")

    def ask(**request):
        return control(folder, request)

    assert ask(do="execute", host="hmc1", line="lssyscfg -r sys -F name")["out"] == "p9-east\n"
    assert ask(do="fault", kind="fail", host="hmc1") == {"done": "fault"}
    assert ask(do="execute", host="hmc1", line="lshmc -V")["status"] == 1
    assert "no such fault" in ask(do="fault", kind="nonsense")["error"]
    assert ask(do="record")["record"][0]["kind"] == "command"
    for what in ("freeze", "part", "set clock"):
        assert ask(do=what, host="db01", seconds=0.5) == {"done": what}
    kinds = [event["kind"] for event in ask(do="record")["record"]]
    assert {"freeze", "parted", "clock set"} <= set(kinds)
    assert ask(do="verdict")["verdict"]["clean"] is True
    assert ask(do="nonsense") == {"error": "no such request: nonsense"}
    assert ask(do="stop") == {"done": "stop"}
    assert await process.wait() == 0
    assert json.loads((folder / "verdict.json").read_text())["clean"] is True


async def test_sigterm_ends_it_with_a_verdict(lab):
    process, folder, _ = lab
    process.send_signal(signal.SIGTERM)
    assert await process.wait() == 0
    assert "clean" in json.loads((folder / "verdict.json").read_text())
    record = (folder / "record.jsonl").read_text()
    assert record == "" or json.loads(record.splitlines()[0])


async def test_without_the_token_nobody_is_obeyed(lab):
    _, folder, _ = lab
    where = json.loads((folder / "control").read_text())
    reader, writer = await asyncio.open_connection("127.0.0.1", where["port"])
    writer.write(b'{"do": "verdict", "token": "guess"}\n')
    assert json.loads(await reader.readline()) == {"error": "wrong token"}
    writer.close()
    await writer.wait_closed()
