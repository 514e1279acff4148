"""The tick stream: a loop on the node that prints a number and the node's own clock each time.

The node sends and we are silent: a heartbeat that we drive reads 54.7 s for a freeze of 40 s, as
TCP backs off (measured). A line is `t12 3.766`: the number, and the clock in seconds since the
loop began, without a fraction where the node tells none. It is so short that it fits into two
cipher blocks, which saves a tenth of the traffic. A line `T 0.05 perl` comes first: the interval in
seconds, and what prints. No file is made and no GNU tool is used.
"""

import re
import shlex
from dataclasses import dataclass

from lparwiz.tools.command import Command

LIFE = 4 * 3600
"""Seconds after which the loop ends by itself, whatever becomes of us."""
LONGEST_LINE = 4096
"""Bytes without a line end after which they count as garbage."""

# A pipe that is full makes a tick fall out, its number stays: so a stalled path never looks like
# a node that stood still. Errors 11 and 54 are EAGAIN and AIX's old EWOULDBLOCK, on a full pipe.
# The loop keeps its own pace, and begins it anew after a freeze and when its clock was set. With a
# handler of SIGCONT it ticks at once after a signal stopped it, as after a freeze of the partition.
_PERL = r"""
$|=1;($i,$l)=@ARGV;alarm $l;$SIG{PIPE}="DEFAULT";$SIG{CONT}=sub{};$p=getppid;
$h=eval{require Time::HiRes;1};sub now{$h?Time::HiRes::time():time}
eval{require Fcntl;fcntl(STDOUT,Fcntl::F_SETFL(),Fcntl::O_NONBLOCK())};
print "T $i perl\n";
for($n=0,$t=$b=now;getppid==$p;$n++){
defined syswrite(STDOUT,sprintf($h?"t%d %.3f\n":"t%d %d\n",$n,now()-$b))||$!==11||$!==54||exit;
$t+=$i;$d=$t-now;if(!$h||$d<0||$d>$i){$d=$i;$t=now()+$i}
select(undef,undef,undef,$d)}
"""

# AIX's sleep takes whole seconds only. Each turn of the loop hangs on an `echo` that succeeds and
# on a parent that lives: `while :` would go on for ever when the connection is gone (measured).
# Who may not signal the parent at all goes by the echo alone.
_KSH = """
n=0;k=:;kill -0 $PPID 2>/dev/null&&k="kill -0 $PPID";echo "T 1 ksh";
while [ $SECONDS -lt $1 ]&&$k&&echo "t$n $SECONDS"&&sleep 1;do n=$((n+1));done
"""

_START = re.compile(r"T ([0-9]{1,5}(?:\.[0-9]{1,6})?) (perl|ksh)")
_TICK = re.compile(r"t([0-9]{1,9}) (-?[0-9]{1,11})(\.[0-9]{1,6})?")


@dataclass(frozen=True)
class Start:
    """The first line of a stream."""

    interval: float
    """Seconds between two ticks."""
    by: str
    """`perl`, or `ksh` where perl is missing."""


@dataclass(frozen=True)
class Tick:
    """One tick."""

    number: int
    clock: float
    """The node's own clock, in seconds since the loop began; below 0 where it was set back."""
    fine: bool = True
    """Whether the clock tells fractions of a second."""


def tick(interval: float, life: int = LIFE) -> Command:
    """The tick loop: perl's every `interval` seconds, ksh's every second where perl is missing.

    It ends with its connection, with its parent, and after `life` seconds; it needs no root. The
    command has no limit of its own: it is made for a stream.
    """
    perl = shlex.quote(_one_line(_PERL))
    ksh = shlex.quote(_one_line(_KSH))
    return Command(
        f"if perl -e 1 2>/dev/null; then exec perl -e {perl} {interval:g} {life}; "
        f"else exec ksh -c {ksh} ticks {life}; fi"
    )


def _one_line(script: str) -> str:
    return "".join(script.strip().splitlines())


def split(kept: bytes, data: bytes) -> tuple[tuple[str, ...], bytes]:
    """The whole lines in what came, and what is left until the next time.

    Args:
        kept: what was left the last time.
        data: what came now; lines may be cut anywhere.
    """
    *whole, rest = (kept + data).split(b"\n")
    lines = tuple(line.decode("ascii", errors="replace").rstrip("\r") for line in whole)
    return lines, rest if len(rest) <= LONGEST_LINE else b""


def parse(line: str) -> Start | Tick | None:
    """What a line of the stream says; None for any other text, such as a banner's."""
    if found := _TICK.fullmatch(line):
        fraction = found[3] or ""
        return Tick(int(found[1]), float(found[2] + fraction), fine=bool(fraction))
    if (found := _START.fullmatch(line)) and float(found[1]) > 0:
        return Start(float(found[1]), found[2])
    return None
