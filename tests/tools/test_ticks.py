"""The very command line, with real perl and real ksh, and the parser of its lines."""

import contextlib
import os
import re
import shutil
import signal
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lparwiz.tools import ticks
from lparwiz.tools.ticks import Start, Tick, parse, split

needs_perl = pytest.mark.skipif(shutil.which("perl") is None, reason="no perl here")
needs_ksh = pytest.mark.skipif(shutil.which("ksh") is None, reason="no ksh here")


def without_perl(folder):
    """A PATH that has what AIX has, but no perl."""
    for name in ("ksh", "sleep"):
        (folder / name).symlink_to(shutil.which(name))
    return {"PATH": str(folder)}


def without_module(folder, name):
    """A perl that lacks a module."""
    (folder / f"{name}.pm").parent.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.pm").write_text("die 'missing';")
    return {**os.environ, "PERL5LIB": str(folder)}


def told(output):
    lines, rest = split(b"", output)
    assert rest == b""
    return [parse(line) for line in lines]


def run(command, env=None, shell="/bin/sh"):
    """Run it to its own end: start line, ticks, status."""
    done = subprocess.run([shell, "-c", command.text], env=env, capture_output=True, timeout=30)  # noqa: PLW1510 - its status is asked for
    start, *rest = told(done.stdout)
    assert all(isinstance(tick, Tick) for tick in rest)
    return start, rest, done.returncode


@needs_perl
def test_perl_ticks_to_the_interval_and_ends_by_its_life_limit():
    start, rest, status = run(ticks.tick(0.05, life=1))
    assert start == Start(0.05, "perl")
    assert [tick.number for tick in rest] == list(range(len(rest)))
    assert all(tick.fine for tick in rest)
    assert rest[-1].clock - rest[0].clock >= 0.05 * (len(rest) - 1) - 0.002
    assert status == -signal.SIGALRM


@needs_perl
def test_perl_without_its_modules_ticks_on_with_a_clock_of_whole_seconds(tmp_path):
    for module in ("Time/HiRes", "Fcntl"):
        without_module(tmp_path, module)
    _, rest, status = run(ticks.tick(0.05, life=1), without_module(tmp_path, "Time/HiRes"))
    assert len(rest) > 2
    assert not any(tick.fine for tick in rest)
    assert status == -signal.SIGALRM


@needs_ksh
@pytest.mark.parametrize("shell", ["sh", "ksh"])
def test_ksh_ticks_where_perl_is_missing_and_ends_by_its_life_limit(tmp_path, shell):
    start, rest, status = run(ticks.tick(0.05, life=2), without_perl(tmp_path), shutil.which(shell))
    assert start == Start(1.0, "ksh")
    assert [tick.number for tick in rest] == [0, 1]
    assert status == 0


@pytest.fixture(params=["perl", "ksh"])
def loop(request, tmp_path):
    """A running loop, its first tick read."""
    if shutil.which(request.param) is None:
        pytest.skip(f"no {request.param} here")
    env = without_perl(tmp_path) if request.param == "ksh" else None
    process = subprocess.Popen(
        ["/bin/sh", "-c", ticks.tick(0.05, life=60).text],
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        assert parse(process.stdout.readline().decode().rstrip()).by == request.param
        assert parse(process.stdout.readline().decode().rstrip()).number == 0
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
        process.stderr.close()


def test_it_ends_when_nobody_listens_any_more(loop):
    loop.stdout.close()
    loop.wait(10)


def test_it_ends_when_nobody_listens_though_sigpipe_is_ignored(tmp_path):
    for name, env in (("perl", None), ("ksh", without_perl(tmp_path))):
        if shutil.which(name) is None:
            pytest.skip(f"no {name} here")
        process = subprocess.Popen(
            ["/bin/sh", "-c", f"trap '' PIPE; {ticks.tick(0.05, life=60).text}"],
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        process.stdout.readline()
        process.stdout.close()
        process.wait(10)


@pytest.mark.parametrize("by", ["perl", "ksh"])
def test_it_ends_when_its_parent_goes(tmp_path, by):
    if shutil.which(by) is None:
        pytest.skip(f"no {by} here")
    env = without_perl(tmp_path) if by == "ksh" else dict(os.environ)
    # What the loop prints to stays open here, so only the parent's end can end it.
    parent = subprocess.Popen(
        ["/bin/sh", "-c", '"$@" & read x; exit', "sh", "/bin/sh", "-c", ticks.tick(0.05, 60).text],
        env=env,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    while not isinstance(parse(parent.stdout.readline().decode().rstrip()), Tick):
        pass
    parent.stdin.close()
    parent.wait(10)
    parent.stdout.read()  # ends when the loop has
    parent.stdout.close()


def turns(process):
    """How often a process has waited for something."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    return int(re.search(r"^voluntary_ctxt_switches:\s*(\d+)", status, re.MULTILINE)[1])


@needs_perl
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="no /proc here")
def test_a_full_pipe_makes_ticks_fall_out_but_their_numbers_go_on():
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    for piece in (b"before\n" * 100, b"\n"):  # to the last byte
        with contextlib.suppress(BlockingIOError):
            while os.write(writing, piece):
                pass
    os.set_blocking(writing, True)
    process = subprocess.Popen(["/bin/sh", "-c", ticks.tick(0.01, life=30).text], stdout=writing)
    try:
        os.close(writing)
        before = turns(process)
        while turns(process) < before + 50:  # one that blocks would never get there
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(0.05)
            assert process.returncode is None
        with os.fdopen(reading, "rb") as output:
            found = (parse(line.decode().rstrip()) for line in output)
            assert next(tick.number for tick in found if isinstance(tick, Tick)) > 10
    finally:
        process.kill()
        process.wait()


def test_it_makes_no_file_and_uses_no_gnu_option():
    text = ticks.tick(0.05).text
    assert ">" not in text.replace("2>/dev/null", "").replace("$d>$i", "")
    assert "sleep 0" not in text
    assert "sleep ." not in text


@pytest.mark.parametrize(
    "line",
    [
        "",
        "t",
        "t1",
        "t1 ",
        "t1 2 3",
        "tt1 1795312800.123",
        "t1 1795312800.",
        "t-1 1795312800.123",
        "t1 --3.766",
        "t1 1795312800.123 ",
        "T 0 perl",
        "T x perl",
        "T 0.05 python",
        "ksh: perl:  not found.",
        "Last unsuccessful login: Sun Nov 22 02:00:00 2026",
        "t1 17953128001795312800.123",
        "\ufffd\ufffd",
    ],
)
def test_other_text_is_no_tick(line):
    assert parse(line) is None


@given(
    numbers=st.lists(st.integers(0, 999_999_999), max_size=20),
    cuts=st.lists(st.integers(1, 30)),
    noise=st.binary(max_size=40).filter(lambda noise: b"\n" not in noise),
)
def test_lines_may_be_cut_anywhere(numbers, cuts, noise):
    lines = [b"T 0.05 perl", noise + b"\x00", *(b"t%d 1795312800.123" % n for n in numbers)]
    stream = b"".join(line + b"\r\n" for line in lines)
    kept, found = b"", []
    for cut in [*cuts, len(stream)]:
        piece, stream = stream[:cut], stream[cut:]
        whole, kept = split(kept, piece)
        found += [parse(line) for line in whole]
    assert kept == b""
    assert found == [Start(0.05, "perl"), None, *(Tick(n, 1795312800.123) for n in numbers)]


def test_a_clock_that_was_set_back_is_below_its_beginning():
    assert parse("t7 -3599.250") == Tick(7, -3599.25)


@needs_perl
def test_a_line_fits_into_two_cipher_blocks():
    _, rest, _ = run(ticks.tick(0.05, life=1))
    longest = f"t{ticks.LIFE * 50} {ticks.LIFE}.999\n"
    assert len(longest) <= 32 - 14  # the least padding and the message's head (RFC 4253, 4254)
    assert 0.0 <= rest[0].clock < 1.0


def test_garbage_without_an_end_is_dropped_and_what_follows_is_read():
    kept = b""
    for _ in range(100):
        whole, kept = split(kept, b"x" * 1000)
        assert whole == ()
        assert len(kept) <= ticks.LONGEST_LINE
    whole, kept = split(kept, b"\nt1 2.5\n")
    assert parse(whole[-1]) == Tick(1, 2.5)
