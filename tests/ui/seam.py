"""A scripted engine: the snapshots are the test's, the orders are kept."""

import base64
from collections.abc import Callable
from dataclasses import replace

from lparwiz.run.journal import Event
from lparwiz.run.orders import Order
from lparwiz.run.snapshot import (
    Choice,
    DebtView,
    Field,
    Finding,
    Heard,
    Level,
    Page,
    Pane,
    PlannedCommand,
    PlanState,
    Progress,
    Question,
    QuestionKind,
    RunState,
    Snapshot,
    StepState,
    StepView,
    Table,
)

AT = 1_795_314_840.0
TITLES = (
    "Connect",
    "Check",
    "Measure",
    "Mark",
    "Timers",
    "Profiles",
    "Migrate",
    "Outcome",
    "Clean up",
    "Restore",
    "Report",
)


class ScriptedSeam:
    """A Seam whose engine is the test."""

    def __init__(self, snapshot: Snapshot):
        self.orders: list[Order] = []
        self.journal: tuple[Event, ...] = ()
        self._latest = snapshot
        self._listeners: list[Callable[[Snapshot], None]] = []

    def latest(self) -> Snapshot:
        return self._latest

    def subscribe(self, listener: Callable[[Snapshot], None]) -> Callable[[], None]:
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def events(self, after: int) -> tuple[Event, ...]:
        return self.journal[after:]

    def send(self, order: Order) -> None:
        self.orders.append(order)

    def publish(self, **fields: object) -> Snapshot:
        """The latest with some fields changed, one version on."""
        self._latest = replace(self._latest, version=self._latest.version + 1, **fields)
        for listener in tuple(self._listeners):
            listener(self._latest)
        return self._latest

    def set_quietly(self, **fields: object) -> None:
        """The engine is already further than any screen was told."""
        self._latest = replace(self._latest, version=self._latest.version + 1, **fields)


def steps(current: str, **states: StepState) -> tuple[StepView, ...]:
    """The rail with everything before `current` done."""
    views = []
    reached = False
    for title in TITLES:
        step = title.lower().replace(" ", "")
        reached = reached or step == current
        state = StepState.NOW if step == current else StepState.TODO
        if not reached:
            state = StepState.DONE
        views.append(StepView(step, title, states.get(step, state)))
    return tuple(views)


def node_pane(number: int, ago: float = 2.0) -> Pane:
    return Pane(
        f"node{number:02d}",
        "node",
        (
            Field("LLT", "2/2 UP"),
            Field("peerinact", "9000/1600"),
            Field("GAB", "ab 0-63"),
            Field("VCS", "RUNNING"),
        ),
        "OK",
        Level.PASS,
        AT - ago,
    )


def panes(nodes: int) -> tuple[Pane, ...]:
    """`nodes` nodes and a console; from the third node on they differ in health."""
    found = [node_pane(n) for n in range(1, nodes + 1)]
    if nodes > 2:
        found[5 % nodes] = replace(
            found[5 % nodes],
            fields=(
                Field("LLT", "1/2 UP", Level.WARNING),
                *found[5 % nodes].fields[1:],
            ),
            state="LOOK",
            level=Level.WARNING,
        )
        found[40 % nodes] = replace(
            found[40 % nodes], state="SILENT", level=Level.UNKNOWN, read_at=AT - 73
        )
    console = Pane(
        "hmc1",
        "console",
        (Field("p9-east", "Running"), Field("p9-west", "-")),
        "OK",
        Level.PASS,
        AT - 3,
    )
    return (*found, console)


CONNECT = Page(
    "connect",
    "Connect",
    "Reach every host, and show that the four name spaces mean the same machine:\n"
    "HMC, hostname, LLT and VCS.",
    "Before you begin",
    lines=("node01 answers", "hmc1 answers"),
    result="Every host answers.",
)

CHECK = Page(
    "check",
    "Check",
    "Find what would stop or spoil the migration.\n"
    "Each check says how it was read, and what to do about it.",
    "Prerequisites for live partition mobility",
    findings=(
        *(
            Finding(f"check.{n}", Level.PASS, f"check {n} is well", evidence=f"read {n}")
            for n in range(1, 13)
        ),
        *(
            Finding(
                f"warn.{n}",
                Level.WARNING,
                f"warning {n} says that something is not as the guide wants it, in a sentence "
                "that is too long for one line of eighty columns",
                "node02",
                f"remedy {n}",
            )
            for n in range(1, 13)
        ),
        Finding(
            "llt.peers",
            Level.STOP,
            "a peer is not OPEN",
            "node02",
            "bring its links up",
            "lltstat -nvv: node02 CONNWAIT",
        ),
    ),
)


def timers(nodes: int) -> Page:
    return Page(
        "timers",
        "Timers",
        "Set LLT's peerinact on every node, so that the others wait out the time in which\n"
        "the node is frozen.",
        "Setting the LLT peerinact timer",
        tables=(
            Table(
                "Each node's timer, in centiseconds",
                ("node", "was", "wanted", "is", "in llttab"),
                tuple(
                    (f"node{n:02d}", "3200" if n % 2 else "1600", "9000", "-", "none")
                    for n in range(1, nodes + 1)
                ),
            ),
        ),
        plan=tuple(
            PlannedCommand(
                f"timers.{n}",
                f"node{n:02d}",
                "Set peerinact to 90 s",
                "lltconfig -T peerinact:9000",
                PlanState.DONE if n == 1 else PlanState.PLANNED,
                "peerinact is 9000" if n == 1 else "",
            )
            for n in range(1, nodes + 1)
        ),
    )


GO = Question(
    "timers.go",
    QuestionKind.CHOICE,
    "Set peerinact to 9000 on every node?",
    (
        Choice("back", "Not now", "Nothing is changed; the run goes back from here."),
        Choice("go", "Set the timers", "Runs the commands above, then reads every node."),
    ),
    "back",
)

WORD = Question(
    "migrate.go#2",
    QuestionKind.WORD,
    "Migrate db01 from p9-east to p9-west now? This is the point of no return.",
    (
        Choice("back", "Go back"),
        Choice("go", "Migrate", needs_word=True),
    ),
    "back",
    word="db01",
    warnings=("llt.links", "vcs.frozen"),
)

VALUE = Question(
    "measure.freeze",
    QuestionKind.VALUE,
    "For how many seconds is the node unresponsive while it moves?",
    (Choice("use", "Use this value"), Choice("back", "Go back")),
    "use",
    value="45",
    value_label="seconds",
    takes="use",
)

DEBTS = (
    DebtView(
        "timer.node01",
        "node01",
        "peerinact was raised from 3200 to 9000.",
        "lltconfig -T peerinact:3200",
        "owed",
    ),
    DebtView(
        "name.db01",
        "hmc2",
        "The placeholder db01 is called db01_lparwiz.",
        "chsyscfg -r lpar -m p9-west -i 'name=db01_lparwiz,new_name=db01'\n"
        "lssyscfg -r lpar -m p9-west -F name,lpar_id",
        "owed",
    ),
    DebtView("timer.node02", "node02", "peerinact was raised.", "lltconfig -T x", "paid"),
)

LONG_COMMAND = (
    "mksyscfg -r prof -m p9-east -i 'name=default_profile,lpar_name=db01,min_mem=8192,"
    'desired_mem=28672,max_mem=65536,"virtual_eth_adapters=""2/0/1//0/0/ETHERNET0//all/none'
    '"",""3/0/99//0/0/ETHERNET0//all/none"""\''
)

HOSTILE = Page(
    "check",
    "Check",
    "[/foo] [b]purpose[/b]\x1b[2J",
    "[link=x]guide",
    findings=(
        Finding("x.y", Level.WARNING, "ls: [/foo]: arr[idx]=b [x=y]\x1b]0;pwn\x07", "[red]h"),
    ),
    tables=(Table("[t]", ("[a]", "b"), (("[/]", "\x9b31m"),)),),
    plan=(PlannedCommand("p", "[h]", "[i]title", "echo [/foo] [b]x"),),
    lines=("[/foo] [b]x",),
    result="[/r]",
)

MIGRATING = Page(
    "migrate",
    "Migrate",
    "Validate, then move the LPAR while it runs.\nThe node is frozen for some seconds at the end.",
    "Performing the migration",
    plan=(
        PlannedCommand(
            "migrate.1",
            "hmc1",
            "Validate",
            "migrlpar -o v -m p9-east -t p9-west -p db01",
            PlanState.DONE,
            "no output, exit status 0",
        ),
        PlannedCommand(
            "migrate.2",
            "hmc1",
            "Migrate",
            "migrlpar -o m -m p9-east -t p9-west -p db01",
            PlanState.RUNNING,
        ),
        PlannedCommand("migrate.3", "hmc1", "Recreate the profile", LONG_COMMAND),
    ),
    lines=tuple(f"02:14:{n:02d} line {n} of the log" for n in range(30)),
    progress=Progress("copying memory", 252.0, 3600.0, 12300, 28672),
)


def snapshot(nodes: int = 2, **fields: object) -> Snapshot:
    """A run that waits at Timers, with two debts."""
    base = Snapshot(
        version=1,
        run="20261122-0214-db01",
        folder="/home/op/runs/20261122-0214-db01",
        title="Move db01 from p9-east to p9-west",
        ticket="CHG0031337",
        lpar="db01",
        route="full",
        at=AT,
        state=RunState.WAITING,
        steps=steps("timers"),
        current="timers",
        pages=(CONNECT, CHECK, timers(nodes)),
        question=GO,
        ledger=DEBTS,
        panes=panes(nodes),
    )
    return replace(base, **fields)


def migrating(nodes: int = 2, **fields: object) -> Snapshot:
    """A run in the middle of its migration: nothing is asked."""
    return snapshot(
        nodes,
        state=RunState.WORKING,
        steps=steps("migrate", profiles=StepState.SKIPPED),
        current="migrate",
        pages=(CONNECT, CHECK, timers(nodes), MIGRATING),
        question=None,
        **fields,
    )


PRINTED = b"uptime\x1b[2J\x1b]0;pwn\x07 ok\xff"


def event(number, kind, **data):
    return Event(number, AT + number, kind, data)


def answered(number, host, kind="reading", text=b"first\nsecond\n", command="lltstat -nvv"):
    return event(
        number,
        kind,
        host=host,
        command=command,
        outcome="exited",
        status=0,
        seconds=0.25,
        reason="",
        stdout=base64.b64encode(text).decode(),
        stderr="",
    )


JOURNAL = (
    event(1, "begun", run="r", title="t"),
    event(2, "step", id="timers", title="Timers"),
    answered(3, "node01", text=b"".join(b"line %d\n" % n for n in range(60))),
    answered(4, "node02", text=PRINTED),
    event(5, "question", id="timers.go", text="Raise it?"),
    event(
        6,
        "decision",
        question="timers.go",
        choice="go",
        label="Raise it",
        value="",
        by="the operator",
    ),
    event(7, "intent", action="a", host="node01", command="lltconfig -T peerinact:9000"),
    answered(8, "node01", "answered", b"", "lltconfig -T peerinact:9000"),
    event(9, "done", action="a", host="node01", title="Raise", state="done", text="is 9000"),
    event(10, "something newer", about="what this version has no words for"),
)


def detailed():
    pane = replace(
        node_pane(1, ago=12.0),
        details=(
            Table("LLT, as this node sees its peers", ("peer", "state"), (("node02", "OPEN"),)),
            Table("Service groups", ("system", "group", "state"), (("node01", "app", "ONLINE"),)),
        ),
        heard=(
            Heard("lltstat -nvv active", "exited 0 after 0.02 s", "LLT node information:\n *0"),
        ),
        heard_at=AT,
    )
    return snapshot(panes=(pane, *panes(2)[1:]))
