"""What `ping` speaks on AIX: one request a second, one line for each reply, none without.

AIX's own form (its manual: `ping -c Count -i Wait -w Timeout Host`, whole seconds). Eight of them
an eighth of a second apart give 0.125 s where one gives 1 s, without an option that AIX lacks. A
perl beside them says no more than a letter for each reply: the lines would cost twice as much.
"""

import re
import shlex
from dataclasses import dataclass

from lparwiz.tools.command import Command
from lparwiz.tools.errors import Refused
from lparwiz.tools.shell import on_node, quote

LIFE = 3600
"""Requests after which each ping ends by itself, whatever becomes of us."""
AT_ONCE = 8
"""Pings side by side. A silence is told to two intervals: one before it, one after it."""

# Starts the pings one after the other, and ends them with its connection: a ping without a reply
# prints nothing, and so would never notice. It ends when the last ping has.
_PERL = r"""
$|=1;($k,$w,$l,$a)=@ARGV;$SIG{PIPE}="IGNORE";$p=getppid;$s=$w/$k;pipe(R,W);print "P $s\n";
for $i(0..$k-1){defined($f=fork)||last;if(!$f){close R;open(STDOUT,">&W");$SIG{PIPE}="DEFAULT";
select(undef,undef,undef,$i*$s);exec "ping","-c",$l,($w>1?("-i",$w):()),$a;exit 127}push @k,$f}
close W;L:while(getppid==$p&&print "\n"){for($t=time+5;($u=$t-time)>0;){
$v="";vec($v,fileno(R),1)=1;next if select($v,undef,undef,$u)<1;
sysread(R,$b,4096,length $b)||last L;
while($b=~s/^([^\n]*)\n//){print "R\n" if $1=~/bytes from .*icmp_seq=[0-9]/}}}
kill 15,@k
"""

_START = re.compile(r"P ([0-9]{1,5}(?:\.[0-9]{1,20})?)")
_REPLY = re.compile(r"\bbytes from .*\bicmp_seq=[0-9]+\b")


@dataclass(frozen=True)
class Start:
    """The first line of the stream."""

    interval: float
    """Seconds between two requests."""


@dataclass(frozen=True)
class Reply:
    """One reply."""


def once(host: str) -> Command:
    """Ask `host` for one reply, to learn whether it is known by that name here.

    Raises:
        Refused: a name that can't be sent.
    """
    return on_node(f"ping -c 1 -w 2 {_name(host)}", limit=10)


def again_and_again(host: str, wait: int = 1, at_once: int = AT_ONCE, life: int = LIFE) -> Command:
    """Ask `host` again and again: a stream, which ends with its connection, or by itself.

    Args:
        host: a name or address, as the asking node knows it.
        wait: seconds between two requests of one ping.
        at_once: pings side by side; one alone where perl is missing.
        life: requests of each ping.

    Raises:
        Refused: a name that can't be sent.
    """
    perl = shlex.quote("".join(_PERL.strip().splitlines()))
    slow = f"-i {wait} " if wait > 1 else ""
    return Command(
        "PATH=$PATH:/usr/sbin; export PATH; if perl -e 1 2>/dev/null; "
        f"then exec perl -e {perl} {at_once} {wait} {life} {_name(host)}; "
        f"else echo P {wait}; exec ping -c {life} {slow}{_name(host)}; fi"
    )


def _name(host: str) -> str:
    if not host or host.startswith("-"):
        raise Refused(host, "no host's name")
    return quote(host)


def parse(line: str) -> Start | Reply | None:
    """What a line of the stream says; None for any other text."""
    if line == "R" or _REPLY.search(line):
        return Reply()
    if (found := _START.fullmatch(line)) and float(found[1]) > 0:
        return Start(float(found[1]))
    return None
