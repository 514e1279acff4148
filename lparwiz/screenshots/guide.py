"""The guide that is made with the pictures: the whole procedure in words, pictures and commands.

What the vendor's guide asks and what lparwiz does stands beside each step in the code, and is what
the help shows; the commands are those that the runs in the pictures sent.
"""

from collections.abc import Iterable, Iterator

from lparwiz.run.journal import Event
from lparwiz.run.snapshot import StepState
from lparwiz.run.step import Step
from lparwiz.screenshots.walk import Album, Shot

HEAD = """\
# The procedure in pictures

Made by `lparwiz screenshots`, which plays runs on the simulated site through the real wizard. Do
not edit it: change the step's own text under `lparwiz/steps/`, or what is played in
`lparwiz/screenshots/script.py`, and make it again.

Each step says what the vendor's guide asks, what lparwiz does, and the commands that changed
something, as the hosts got them. A step is explained where it comes first. The guide is the
*InfoScale Virtualization Guide, AIX*.
"""

ABOUT = {
    "full": "Route `full`: timers and profiles",
    "outside": "Route `outside`: the LPAR is a node of an LLT cluster",
    "managed": "Route `managed`: VCS starts and stops the LPAR from management LPARs",
    "vcs": "Route `vcs`: VCS itself migrates the LPAR",
    "failure": "The other clean-up: the migration failed midway",
}
"""What stands above the pictures of a run that is told step by step."""


def guide(album: Album) -> str:
    """The text, which shows each picture of the album once and explains each step once."""
    left = dict(album.shots)
    told: set[str] = set()
    parts = [HEAD]
    for scene, title in ABOUT.items():
        if scene in album.played:
            parts += [f"## {title}\n", *_scene(album, scene, left, told)]
    if left:
        parts += ["## Other pages, and what may go wrong\n", *map(_picture, left.values())]
    return "\n".join(parts)


def _scene(album: Album, scene: str, left: dict[str, Shot], told: set[str]) -> Iterator[str]:
    for number, step in enumerate(album.steps[scene], start=1):
        stem = f"{scene}-{number:02d}-{step.id}"
        shots = [left.pop(name) for name in list(left) if f"{name}-".startswith(f"{stem}-")]
        skipped = _skipped(album.played[scene], step)
        if not shots and not skipped:
            continue  # played, but told in another scene
        yield f"### {number}. {step.title}\n"
        if skipped:
            yield f"Skipped: {skipped}\n"
        elif step.does not in told:
            told.add(step.does)
            yield f"{step.purpose}\n\nSection: *{step.guide}*\n"
            yield f"- **The guide asks:** {step.wants}\n- **lparwiz does:** {step.does}\n"
        yield from map(_picture, shots)
        if shots and (sent := _sent(album.played[scene], step)):
            yield "What it sent to change something:\n\n```\n" + "\n".join(sent) + "\n```\n"


def _skipped(events: Iterable[Event], step: Step) -> str:
    """Why a step had nothing to do; empty where it had."""
    why = ""
    for event in events:
        if event.kind == "result" and event.data["step"] == step.id:
            why = event.data["text"]
        elif event.kind == "step ended" and event.data["id"] == step.id:
            return why if event.data["state"] == StepState.SKIPPED else ""
    return ""


def _picture(shot: Shot) -> str:
    return f"{shot.caption}\n\n![{shot.caption}]({shot.name}.svg)\n"


def _sent(events: Iterable[Event], step: Step) -> list[str]:
    """The commands of a step that change something, each with its host."""
    sent, here = [], False
    for event in events:
        if event.kind == "step":
            here = event.data["id"] == step.id
        elif event.kind == "intent" and here:
            sent.append(f"{event.data['host']}: {event.data['command']}")
    return sent
