"""A site in memory whose output can be listened to as it comes."""

import asyncio

from lparwiz.lab import execute
from lparwiz.lab.models import Node
from lparwiz.lab.shell import Input, Streams
from lparwiz.remote.sanitise import sanitise
from lparwiz.tools.command import Answer, Outcome

from ..memory import Memory


class Streaming(Memory):
    """What `Connections` is to a real site. Bytes wait while a node is frozen or cut off."""

    streams = 0
    """How many are open now."""

    async def run(self, host_id, command):
        await self._joined(host_id)
        try:
            answer = await super().run(host_id, command)
        except ConnectionError as cut:
            return Answer(Outcome.LOST, reason=str(cut))
        await self._joined(host_id)
        return answer

    async def stream(self, host_id, command, heard):
        label, began = self.labels[host_id], self.now()
        coming, errors = asyncio.Queue(), bytearray()
        await self._joined(host_id)

        async def carry():
            while True:
                piece = await coming.get()
                await self._joined(host_id)
                heard(piece)

        carrier = asyncio.ensure_future(carry())
        self.streams += 1
        outcome, status, reason = Outcome.EXITED, None, ""
        try:
            sinks = Streams(Input(), coming.put_nowait, errors.extend)
            status = await execute.run(self.site, label, command.text, sinks)
        except ConnectionError as cut:
            outcome, reason = Outcome.LOST, f"The connection was lost ({cut})."
        finally:
            self.streams -= 1
            carrier.cancel()
            await asyncio.gather(carrier, return_exceptions=True)
        while not coming.empty():
            heard(coming.get_nowait())
        return Answer(
            outcome,
            status,
            stderr=sanitise(errors.decode(errors="replace")),
            seconds=self.now() - began,
            reason=reason,
        )

    async def _joined(self, host_id):
        host = self.site.hosts[self.labels[host_id]]
        if isinstance(host, Node):
            await self.site.joined(host)
