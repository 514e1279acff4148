"""Hold and the way back, typed at any prompt of the wizard without a screen."""

import re
import signal

from .labs import judge
from .talking import PROMPT, at_the_point_of_no_return, let_it_migrate, plainly, walk


def test_ctrl_c_holds_a_run_and_it_goes_on_again(tmp_path):
    with at_the_point_of_no_return(tmp_path) as (talking, site):
        let_it_migrate(talking)
        talking.process.send_signal(signal.SIGINT)
        said = talking.hear(re.compile(r"Go on\? \[y,n,b,q,\?\] \(n\) $"))[1]
        assert "On hold" in said
        talking.type("n")
        talking.hear(re.compile("Still on hold"))
        talking.type("y")
        talking.hear(re.compile("Going on"))
        walk(talking)
        assert talking.end() == 0, talking.text
        judge(site.verdict(), "full", migrated=True)


def test_the_way_back_is_shown_as_commands_and_taken_after_a_yes(tmp_path):
    with plainly(tmp_path, "full") as (talking, site):
        walk(talking, until="Rename the placeholder on")
        for refused in ("n", ""):
            talking.type("abort")
            said = talking.hear(PROMPT)[1]
            assert "the way back is open" in said
            assert "reads first:" in said
            assert "lltconfig -T peerinact:3200" in " ".join(said.split())
            assert said.endswith("Take the way back? [y,n,q,?] (n) ")
            talking.type(refused)
            assert "Rename the placeholder on" in talking.hear(PROMPT)[1]
        assert not any("3200" in line for _, line in site.commands("-T peerinact"))
        talking.type("abort")
        talking.hear(PROMPT)
        talking.type("y")
        walk(talking)
        assert talking.end() == 1
        judge(site.verdict(), "full", migrated=False)
        assert site.commands("migrlpar", "-o m") == []


def test_the_way_back_while_the_hmc_migrates_is_to_ask_it_to_stop(tmp_path):
    with at_the_point_of_no_return(tmp_path) as (talking, site):
        let_it_migrate(talking)
        talking.type("abort")
        said = ""
        while not said.endswith("Ask the HMC to stop it? [y,n,q,?] (n) "):
            match, new = talking.hear(PROMPT)
            said += new
            if match["safe"] == "y":  # a screenful was full
                talking.type("")
        assert "can't be called back from here" in " ".join(said.split())
        assert "migrlpar -o s" in " ".join(said.split())
        talking.type("y")
        walk(talking)
        status = talking.end()
        assert len(site.commands("migrlpar", "-o s")) == 1
        judge(site.verdict(), "full", migrated=status == 0)


def test_hold_can_be_typed_too(tmp_path):
    with at_the_point_of_no_return(tmp_path) as (talking, site):
        talking.type("hold")
        assert "Nothing runs while this waits" in talking.hear(PROMPT)[1]
        let_it_migrate(talking)
        talking.type("hold")
        assert "On hold" in talking.hear(re.compile(r"Go on\? \[y,n,b,q,\?\] \(n\) $"))[1]
        talking.type("y")
        walk(talking)
        assert talking.end() == 0, talking.text
        judge(site.verdict(), "full", migrated=True)


def test_the_way_back_puts_everything_right(tmp_path):
    with plainly(tmp_path, "full") as (talking, site):
        assert "Rename the placeholder" in walk(talking, until="Rename the placeholder on")
        talking.type("b")
        walk(talking)
        assert talking.end() == 1
        judge(site.verdict(), "full", migrated=False)
        assert site.commands("migrlpar", "-o m") == []
    assert "Not migrated; nothing is owed." in talking.text
