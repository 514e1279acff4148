"""The step's page as it stands on the screen, and how much of what it confirms was in sight."""

from lparwiz.run.snapshot import PlanState, Snapshot
from lparwiz.ui.eye import Eye
from lparwiz.ui.text import Paragraph, wrap
from lparwiz.ui.views import Scene, moment, step_text


class StepPage:
    """Drawn anew only where something has changed: much of it is long."""

    def __init__(self) -> None:
        self._drawn: tuple[tuple[object, ...], list[Paragraph]] = ((), [])
        """As it was drawn last, and what from."""
        self._must_see = 0
        """How many lines of it end with what is confirmed."""
        self._seen: tuple[object, ...] = ()
        """What is confirmed, as far as it was in sight to its end."""

    def draw(self, eye: Eye, scene: Scene, width: int) -> list[Paragraph]:
        """The page that is looked at; the very same one where nothing has changed."""
        page = scene.page(eye)
        if page is None:
            return [wrap([("dim", "Nothing has begun yet.")], width)]
        made_from = (width, eye.unfolded, page, moment(scene.snapshot, page))
        if made_from != self._drawn[0]:
            drawn = step_text(eye, scene, page, width)
            self._must_see = sum(len(lines) for lines in drawn.first)
            self._drawn = (made_from, drawn.whole)
        return self._drawn[1]

    def unseen(self, snapshot: Snapshot, end: int) -> int:
        """How many lines of what is confirmed were never in sight; at least one while some were.

        Args:
            snapshot: the run.
            end: the first line of the page that is out of sight below.
        """
        wanted = _confirmed(snapshot)
        if not wanted or wanted == self._seen:
            return 0
        return max(1, self._must_see - end)

    def see(self, snapshot: Snapshot, end: int) -> bool:
        """What stands above `end` was in sight: whether that is the first time for all of it."""
        wanted = _confirmed(snapshot)
        if self._must_see > end or self._seen == wanted:
            return False
        self._seen = wanted
        return True


def _confirmed(snapshot: Snapshot) -> tuple[object, ...]:
    """The commands that will run and the warnings that going on accepts."""
    page, question = snapshot.page, snapshot.question
    if page is None:
        return ()
    accepts = question.warnings if question is not None else ()
    commands = [(e.host, e.command) for e in page.plan if e.state is PlanState.PLANNED]
    warnings = [(f.host, f.id, f.text) for f in page.findings if f.id in accepts]
    return (*commands, *warnings)
