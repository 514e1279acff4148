"""Output as C's stdio has it where no terminal reads: in one piece, when the program ends."""

import inspect

from lparwiz.lab.shell import Command, Shell, Streams


def buffered(command: Command) -> Command:
    """The same command, whose output comes when it ends. Its errors come as they are written."""

    async def run(shell: Shell, argv: list[str], io: Streams) -> int:
        written = bytearray()
        try:
            result = command(shell, argv, Streams(io.stdin, written.extend, io.err))
            return await result if inspect.isawaitable(result) else result
        finally:
            if written:
                io.out(bytes(written))

    return run
