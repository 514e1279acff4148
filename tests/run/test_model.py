"""Whatever happens in whatever order: what we changed is owed, and nothing is sent blindly.

A small world of switches, an engine over it, and everything that can come in between: faults,
kills, a disk that is full, somebody else's hands.
"""

import asyncio
import shutil
import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from lparwiz.run.action import Moved, Standing, blocked
from lparwiz.run.answers import Prepared
from lparwiz.run.journal import JournalFailed, read
from lparwiz.run.ledger import replay
from lparwiz.steps.moved import decide
from lparwiz.tools.command import Command

from .world import World, playing, step, switch

HOSTS = ("a", "b", "c")
FAULTS = ("refuses", "loses", "silent")


class Killed(BaseException):
    """The process is gone, here and now."""


class FragileWorld(World):
    """Counts down to a kill: before a command reaches its host, or after."""

    kill_before = kill_after = None

    async def run(self, host_id, command):
        if command.changes and self.kill_before == host_id:
            self.kill_before = None
            raise Killed
        answer = await super().run(host_id, command)
        if command.changes and self.kill_after == host_id:
            self.kill_after = None
            raise Killed
        return answer


class Engine(RuleBasedStateMachine):
    """One run, played in pieces."""

    def __init__(self):
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.world = FragileWorld(dict.fromkeys(HOSTS, "off"))
        self.others = set()
        """Hosts that somebody else touched."""
        self.begin()

    def teardown(self):
        self.play.journal.close()
        shutil.rmtree(self.folder)

    def begin(self):
        self.play = playing(self.world, self.folder)
        self.play.picture.begin(step("timers", None))

    def action(self, host, to):
        """As `switch`, but what is neither ours nor as it was is never overwritten."""
        ours = switch(self.play, host, to=to)
        check = ours.check

        async def careful():
            verdict = await check()
            if verdict.standing is Standing.OPEN and verdict.text not in ("on", "off"):
                return blocked(self.moved(host, verdict.text))
            return verdict

        return type(ours)(**{**vars(ours), "check": careful})

    def moved(self, host, found):
        put = Command("off", changes=True)
        return Moved(f"switch/{host}", host.upper(), "switch", "off", "on", found, "fine", put)

    def do(self, host, to):
        before = len(self.world.sent)
        holds = self.world.switches[host] == to
        try:
            asyncio.run(self.play.do([self.action(host, to)]))
        except (Killed, JournalFailed):
            self.play.journal.close()
            self.begin()
        sent = self.world.sent[before:]
        assert len(sent) <= 1
        assert not (holds and sent), "sent although its goal held"

    @rule(host=st.sampled_from(HOSTS))
    def switch_on(self, host):
        self.do(host, "on")

    @rule(host=st.sampled_from(HOSTS))
    def put_back(self, host):
        if self.play.owes(f"switch/{host}"):
            self.do(host, "off")

    @rule(host=st.sampled_from(HOSTS), choice=st.sampled_from(("leave", "put", "owed")))
    def the_operator_decides(self, host, choice):
        """What is theirs is put back only where that was chosen, and sent at most once for it."""
        if not self.play.owes(f"switch/{host}"):
            return
        self.play.closing = True
        self.play.answerer = Prepared("the test", {f"moved.switch.{host}": choice})
        before = len(self.world.sent)

        async def decided():
            found = await decide(self.play, "timers", [self.action(host, "off")])
            await self.play.do(found.actions)

        try:
            asyncio.run(decided())
        except (Killed, JournalFailed):
            self.play.journal.close()
            self.begin()
        sent = self.world.sent[before:]
        assert len(sent) <= 1
        if sent and choice == "put":
            self.others.discard(host)

    @rule()
    def killed_between(self):
        self.play.journal.close()
        self.begin()

    @rule()
    def killed_in_the_middle_of_a_write(self):
        self.play.journal.close()
        path = self.folder / "journal.jsonl"
        path.write_bytes(path.read_bytes() + b'{"n": 99, "kind": "int')
        self.begin()

    @rule(host=st.sampled_from(HOSTS), when=st.sampled_from(("kill_before", "kill_after")))
    def will_be_killed(self, host, when):
        setattr(self.world, when, host)

    @rule(host=st.sampled_from(HOSTS), fault=st.sampled_from(FAULTS))
    def fault(self, host, fault):
        getattr(self.world, fault).symmetric_difference_update({host})

    @rule(host=st.sampled_from(HOSTS))
    def somebody_else(self, host):
        self.world.switches[host] = "theirs"
        self.others.add(host)

    @rule()
    def disk_is_full_for_a_moment(self):
        keep = self.play.folder.keep

        def full(_name, _text):
            self.play.folder.keep = keep
            raise OSError(28, "No space left on device")

        self.play.folder.keep = full

    @invariant()
    def nothing_of_ours_is_left_on_in_silence(self):
        owed = {debt.id for debt in self.play.picture.ledger.owed}
        for host, state in self.world.switches.items():
            assert state != "on" or f"switch/{host}" in owed, host

    @invariant()
    def nothing_of_theirs_is_overwritten(self):
        for host in self.others:
            assert self.world.switches[host] == "theirs", host

    @invariant()
    def the_disk_tells_the_same(self):
        events = read(self.folder / "journal.jsonl")
        assert replay(events).owed == self.play.picture.ledger.owed


Engine.TestCase.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
test_the_engine = Engine.TestCase
