"""The lab as a process of its own, and how to talk to it.

`DIR/control` names a loopback port and a token, one JSON object; a request is one JSON line with
the token in it, the answer is one JSON line.
"""

import asyncio
import json
import os
import secrets
import shlex
import signal
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lparwiz.lab import papers
from lparwiz.lab.lab import Lab
from lparwiz.lab.scenario import Scenario
from lparwiz.lab.server import ADDRESS

STDIN = 0
CONTROL_LIMIT = 60.0
"""Seconds that `control` waits for an answer."""


def serve(
    scenario: Scenario,
    directory: Path,
    speed: float = 1.0,
    say: Callable[[str], None] = print,
    *,
    while_read: bool = False,
) -> None:
    """Run a lab until SIGTERM, SIGINT or a `stop`; then write DIR/verdict.json.

    Says one line per host and the change file's path; `DIR/ready` exists once all is up.
    With `while_read` it ends with its standard input too, so that no killed demo leaves it behind.
    """
    asyncio.run(_serve(scenario, directory, speed, say, while_read=while_read))


async def _serve(
    scenario: Scenario,
    directory: Path,
    speed: float,
    say: Callable[[str], None],
    *,
    while_read: bool,
) -> None:
    for left in ("ready", "verdict.json", "control"):
        (directory / left).unlink(missing_ok=True)
    over = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, over.set)
    if while_read:
        asyncio.get_running_loop().add_reader(STDIN, _end_with_it, over)
    async with Lab(scenario, directory, speed) as lab:
        token = secrets.token_hex(16)

        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                while line := await reader.readline():
                    request = json.loads(line)
                    right = secrets.compare_digest(str(request.pop("token", "")), token)
                    reply = await _obey(lab, over, request) if right else {"error": "wrong token"}
                    writer.write(json.dumps(reply).encode() + b"\n")
                    await writer.drain()
            finally:
                writer.close()

        listener = await asyncio.start_server(answer, ADDRESS, 0, limit=2**24)
        port = listener.sockets[0].getsockname()[1]
        _write(directory / "control", {"port": port, "token": token})
        for label, host in lab.site.hosts.items():
            say(f"{label:<8} {ADDRESS}:{lab.ports[label]:<6} {papers.describe(host)}")
        say(f"change   {lab.change_path}")
        words = ["lparwiz", "wizard", str(lab.change_path), "--speed", f"{speed:g}"]
        say(f"begin    {shlex.join(words)}")
        _write(directory / "ready", {"pid": os.getpid(), "change": str(lab.change_path)})
        await over.wait()
        listener.close()
        _write(directory / "verdict.json", lab.verdict())


def _end_with_it(over: asyncio.Event) -> None:
    if not os.read(STDIN, 1):
        over.set()


def _write(path: Path, content: dict[str, Any]) -> None:
    passing = path.with_name(path.name + ".new")
    papers.write_private(passing, json.dumps(content, indent=1).encode() + b"\n")
    passing.replace(path)


async def _obey(  # noqa: C901, PLR0912 -- one arm a request
    lab: Lab, over: asyncio.Event, request: dict[str, Any]
) -> dict[str, Any]:
    """Do what a request asks.

    `verdict`; `record` (with `since`: from that event on); `fault` (fields of `Fault`); `clear`
    (all faults off); `execute` (`host`, `line`); `cut`, `freeze`, `part` and `set clock` (`host`,
    `seconds`); `kill` (`host`); `time`; `stop`.
    """
    site = lab.site
    what = request.pop("do", "")
    try:
        match what:
            case "verdict":
                return {"verdict": lab.verdict()}
            case "record":
                return {"record": site.record.events[int(request.get("since", 0)) :]}
            case "fault":
                site.faults.add(**request)
            case "clear":
                site.faults.clear()
            case "execute":
                out, err, status = await site.execute(request["host"], request["line"])
                texts = {"out": out.decode(errors="replace"), "err": err.decode(errors="replace")}
                return {**texts, "status": status}
            case "cut":
                site.cut_off(request["host"], request.get("seconds"))
            case "freeze":
                site.freeze(request["host"], request["seconds"])
            case "part":
                site.part(request["host"], request["seconds"])
            case "set clock":
                site.set_clock(request["host"], request["seconds"])
            case "kill":
                site.kill(request["host"])
            case "time":
                return {"time": site.clock.now()}
            case "stop":
                over.set()
            case _:
                return {"error": f"no such request: {what}"}
    except (KeyError, TypeError, ValueError, ConnectionError) as problem:
        return {"error": f"{type(problem).__name__}: {problem}"}
    return {"done": what}


def control(directory: Path, request: dict[str, Any]) -> dict[str, Any]:
    """Send one request to the lab that runs in `directory` and return its answer.

    Raises:
        OSError: No lab runs there.
    """
    where = json.loads((directory / "control").read_text(encoding="utf-8"))
    with socket.create_connection((ADDRESS, where["port"]), CONTROL_LIMIT) as link:
        link.sendall(json.dumps({**request, "token": where["token"]}).encode() + b"\n")
        with link.makefile("rb") as answers:
            reply: dict[str, Any] = json.loads(answers.readline())
    return reply
