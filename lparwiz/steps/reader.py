"""What reads the hosts where no run is played, for `lparwiz check` and `lparwiz measure`."""

from pathlib import Path

from lparwiz.change import Change
from lparwiz.run.action import Transport
from lparwiz.run.answers import Prepared
from lparwiz.run.clock import Clock
from lparwiz.run.folder import NoFolder
from lparwiz.run.journal import Journal
from lparwiz.run.picture import Heading, Picture
from lparwiz.run.play import Play


def reader(change: Change, transport: Transport, clock: Clock) -> Play:
    """A play that only reads: nothing is kept, nobody is asked."""
    lpar = change.lpar
    heading = Heading("", Path(), change.title, change.ticket, lpar.name, change.route.value)
    return Play(
        transport=transport,
        labels={host.id: host.label for host in change.hosts},
        journal=Journal(None, clock.now),
        picture=Picture(heading, ()),
        clock=clock,
        answerer=Prepared("nobody", {}),
        folder=NoFolder(),
        rehearsal=True,
    )
