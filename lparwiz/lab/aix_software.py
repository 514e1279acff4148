"""What AIX has installed: filesets and DLPAR scripts."""

from lparwiz.lab.models import Node
from lparwiz.lab.shell import Command, Shell, Streams


def programs(node: Node) -> dict[str, Command]:
    """The programs that list them, by absolute path."""

    def lslpp(shell: Shell, argv: list[str], io: Streams) -> int:
        del shell
        status = 0
        for name in argv[2:] if argv[1:2] == ["-Lqc"] else []:
            level = node.filesets.get(name) if node.has_vcs else None
            if level is None:
                io.complain(f"lslpp: Fileset {name} not installed.")  # the lab's text
                status = 1
            else:
                io.say(f"{name}:{name}:{level}: : :C: :Veritas {name}: : : : : : :0:0:/:")
        return status

    def drmgr(shell: Shell, argv: list[str], io: Streams) -> int:
        del shell
        if argv[1:] != ["-l"]:
            io.complain("usage: drmgr -l")  # the lab's text
            return 1
        # The real layout was not found (facts, vcs.md 6): this is the lab's.
        io.say("DR Install Root Directory: /usr/lib/dr/scripts")
        io.say("Syslog ID: DRMGR")
        for path in node.scripts:
            io.say("-" * 60)
            io.say(f"{path}    A script of this site")
            io.say("        Vendor:site,    Version:1,      Date:11222026")
        return 0

    return {"/usr/bin/lslpp": lslpp, "/usr/sbin/drmgr": drmgr}
