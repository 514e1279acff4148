"""Two runs at once on one machine: the second is refused, and nothing is sent by it."""

import pytest

from lparwiz import session
from lparwiz.lab.scenario import Scenario
from lparwiz.locks import Busy
from lparwiz.run.orders import Leave

from ..labs import edited, lab, options


def test_the_second_run_is_refused_while_the_first_is_there_and_not_after(tmp_path):
    with lab(Scenario(route="outside"), tmp_path / "lab") as site:
        wanted = edited(site.change_path)
        first = session.begin(wanted, options(tmp_path))
        with pytest.raises(Busy, match="process"):
            session.begin(wanted, options(tmp_path))
        first.send(Leave("enough"))
        first.start()
        first.join()
        second = session.begin(wanted, options(tmp_path))
        second.send(Leave("enough"))
        second.start()
        assert second.join() == 1
